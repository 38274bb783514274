/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FORMAT_JSON_JSON_PLACE_H
#define FORMAT_JSON_JSON_PLACE_H

/* Where a value stands in its text, found by scanning a text that is known to be valid JSON. */

#include "format/json/json_node.h"

/* Byte offsets of a value, and of the key of a member of an object. */
size_t json_place_value(const struct json_node *n);
size_t json_place_key(const struct json_node *object, const char *key);

/* The offset behind a value. */
size_t json_place_end(const struct json_node *n);

#endif
