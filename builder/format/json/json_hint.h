/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FORMAT_JSON_JSON_HINT_H
#define FORMAT_JSON_JSON_HINT_H

/* What people do about a text that is nearly JSON, from the words of jansson: "" or what begins
 * with "; ". */
const char *json_hint(const char *why);

#endif
