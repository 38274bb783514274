/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FORMAT_TEXT_BASE64_H
#define FORMAT_TEXT_BASE64_H

/* Base64 with its padding (RFC 4648, 4). */

#include "base/str.h"

const char *base64_encode(struct arena *a, struct str bytes);

/* Padding may be missing. false for any other character, line ends included. `out` is
 * NUL-terminated and lives in `a`. */
MUST_CHECK bool base64_decode(struct arena *a, struct str text, struct str *out);

#endif
