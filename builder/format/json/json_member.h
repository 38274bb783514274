/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FORMAT_JSON_JSON_MEMBER_H
#define FORMAT_JSON_JSON_MEMBER_H

/* One value of a text of which the rest does not matter and may be large: json.h reads and checks
 * it then. */

#include "base/str.h"

/* The value under these keys, found by brackets and quotes alone: keys with escapes are not found.
 * false: there is none, or the text is no JSON. */
bool json_member_find(struct str text, const char *const *keys, size_t n, struct str *out);

#endif
