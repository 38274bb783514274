/* SPDX-License-Identifier: Apache-2.0 */
#ifndef INPUT_LOCK_LOCK_VALUES_H
#define INPUT_LOCK_LOCK_VALUES_H

/* Members of the objects of a lock, read and written. Mandatory ones fail at the value, or at the
 * object that lacks them. Texts are in the arena. */

#include "base/digest.h"
#include "format/json/json.h"
#include "format/json/jsonw.h"
#include "input/lock/lock.h"

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

/* What a package is called, in the lock and in a base image: "name", "version", "architecture", and
 * "source" where that has another name or version. */
MUST_CHECK bool lock_need_package(struct arena *a, const struct json_node *n,
				  struct locked_package *p, struct error *e);
void lock_put_package(struct jsonw *w, const struct locked_package *p);

/* A text that is left out when it is NULL or empty. */
void lock_put_text(struct jsonw *w, const char *key, const char *value);

#endif
