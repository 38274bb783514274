/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_REDACT_H
#define BASE_REDACT_H

/* Passwords in what is shown. Whatever a message quotes - an option, a reference, a URL of a proxy
 * in the words of a library - may hold "user:password@"; this is the last place at which it can be
 * struck out, so it takes malformed text too and rather strikes too much. */

#include "base/str.h"

/* Writes `s` to `out`, terminated and cut at `size`, with "***" in place of the user information of
 * every "scheme://user:password@host" and of "user:password@host/path". A digest behind an '@' is
 * none of these. Returns the length written. */
size_t redact_text(struct str s, char *out, size_t size);

#endif
