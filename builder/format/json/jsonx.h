/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FORMAT_JSON_JSONX_H
#define FORMAT_JSON_JSONX_H

/* Reading JSON that others wrote. Go's encoders write null where there is nothing; here that
 * counts as absent, and a value of another type is an error at its place. Unknown members are
 * left alone, as the OCI specification demands of readers. */

#include "format/json/json.h"

bool jsonx_get(const struct json_node *object, const char *key, struct json_node *out);

/* A member that is a string; NULL for any other, where that is not an error. */
const char *jsonx_text(struct arena *a, const struct json_node *object, const char *key);

MUST_CHECK bool jsonx_string(struct arena *a, const struct json_node *object, const char *key,
			     const char **out, struct error *e);
MUST_CHECK bool jsonx_strings(struct arena *a, const struct json_node *object, const char *key,
			      struct strings *out, struct error *e);
/* The names of the members of an object ({"80/tcp": {}}), in the order of the text. */
MUST_CHECK bool jsonx_keys(const struct json_node *object, const char *key, struct arena *a,
			   struct strings *out, struct error *e);

#endif
