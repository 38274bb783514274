/* SPDX-License-Identifier: Apache-2.0 */
#ifndef INPUT_LOCK_LOCK_VARIANTS_H
#define INPUT_LOCK_LOCK_VARIANTS_H

/* One lock for a recipe and its variants: joined from one for each, and taken apart again. */

#include "format/json/json.h"
#include "format/json/jsonw.h"
#include "input/lock/lock.h"
#include "input/recipe/recipe.h"

/* What a lock calls a recipe that is its own or a variant of that: VARIANT_PLAIN, or its name. */
const char *lock_variant_name(const struct recipe *r);

/* The lock as far as one variant of its recipe uses it; `lock` itself where there are no variants.
 * In `a`; what the lock does not change is shared. Its text stays the same, whatever the other
 * variants come to use. */
struct lock lock_of_variant(struct arena *a, const struct lock *lock, const struct recipe *r);

/* Puts what a build has noted in such a part (locked_package.notes) into the lock. */
void lock_take_notes(struct lock *lock, const struct lock *part);

/* Joins the locks of `n` variants that were made of one state of the archive, the recipe itself
 * first. ERR_INPUT when two of them have different versions of a package or source. */
MUST_CHECK bool lock_join(struct arena *a, const struct recipe *const *v, const struct lock *parts,
			  size_t n, struct lock *out, struct error *e);

/* The lock's own member, and that of a package, in a lock file. ERR_INPUT at the value. */
MUST_CHECK bool lock_variants_read(struct arena *a, const struct json_node *root, struct lock *lock,
				   struct error *e);
void lock_variants_write(struct jsonw *w, const struct lock *lock);
MUST_CHECK bool variant_roles_read(struct arena *a, const struct json_node *package,
				   struct variant_roles *out, struct error *e);
void variant_roles_write(struct jsonw *w, const struct variant_roles *l);

#endif
