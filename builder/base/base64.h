/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_BASE64_H
#define BASE_BASE64_H

/* Base64 (RFC 4648), through OpenSSL. */

#include "base/str.h"

/* The text of bytes; with `url` in the alphabet for URLs and without padding (section 5). In `a`.
 */
const char *base64_text(struct arena *a, struct str bytes, bool url);

#endif
