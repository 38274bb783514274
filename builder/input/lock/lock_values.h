/* SPDX-License-Identifier: Apache-2.0 */
#ifndef INPUT_LOCK_LOCK_VALUES_H
#define INPUT_LOCK_LOCK_VALUES_H

/* Mandatory members of the objects of a lock. Each fails at the value, or at the object that lacks
 * it. Texts are in the arena. */

#include "base/digest.h"
#include "format/json/json.h"

MUST_CHECK bool lock_need_string(struct arena *a, const struct json_node *n, const char *key,
				 const char **out, struct error *e);
MUST_CHECK bool lock_need_u64(const struct json_node *n, const char *key, uint64_t *out,
			      struct error *e);

/* A SHA-256 digest: 64 lower-case hexadecimal digits. */
MUST_CHECK bool lock_need_digest(struct arena *a, const struct json_node *n, const char *key,
				 struct digest *out, struct error *e);

/* As lock_need_string, and the value must pass `check`. */
MUST_CHECK bool lock_need_name(struct arena *a, const struct json_node *n, const char *key,
			       bool (*check)(struct str), const char **out, struct error *e);

#endif
