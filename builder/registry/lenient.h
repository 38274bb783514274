/* SPDX-License-Identifier: Apache-2.0 */
#ifndef REGISTRY_LENIENT_H
#define REGISTRY_LENIENT_H

/* JSON that others wrote for many readers: what is null counts as not said, as Go's encoders mean it. */

#include "format/json.h"

/* As json_get, but for null. */
bool lenient_get(const struct json_node *object, const char *key, struct json_node *out);

/* A member that is a string; NULL for any other. */
const char *lenient_text(struct arena *a, const struct json_node *object, const char *key);

#endif
