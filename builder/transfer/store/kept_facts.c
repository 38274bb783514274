/* SPDX-License-Identifier: Apache-2.0 */
/* Results of the store, by the program that read. */

#include "transfer/store/kept_facts.h"

static struct digest kept_facts_key(const struct kept_facts *f, const struct digest *key)
{
	AUTO_ARENA a = { 0 };

	return f->reader ? digest_of(str_of(arena_printf(&a, "facts %s of %s",
							 digest_hex_dup(&a, key), f->reader)))
			 : *key;
}

bool kept_facts_find(struct arena *a, const struct kept_facts *f, const struct digest *key,
		     struct str *said)
{
	struct error ignored = { 0 };
	struct digest kept;

	if (!f->store)
		return false;
	kept = kept_facts_key(f, key);
	return store_get_action(a, f->store, &kept, said, &ignored) > 0;
}

void kept_facts_put(const struct kept_facts *f, const struct digest *key, struct str said,
		    const char *what)
{
	struct error ignored = { 0 };
	struct digest kept;

	if (!f->store)
		return;
	kept = kept_facts_key(f, key);
	if (!store_note_action(f->store, &kept, said, &ignored))
		progress_warn(f->store->progress, "%s: %s is not kept", f->store->path, what);
}
