/* SPDX-License-Identifier: Apache-2.0 */
/* What upper layers take from libraries of the base, symbol by symbol: whichever program loads
 * which library, a symbol that the old base had under a SONAME must be there under it. */

#include "inspect/layers/elf_facts.h"
#include "trust/rebase/rebase.h"

struct rebase_library {
	const char *soname;
	const struct item *item;
	const struct item *now; /* the new base's; NULL: it has none */
};

struct rebase_libraries LIST(struct rebase_library);

struct rebase_taking {
	struct arena *a;
	const struct rebase_case *c;
	struct rebase_libraries libraries; /* of the old base */
	struct rebase_proof *proof;
	struct rebase_obstacles *out;
};

static const char *rebase_soname(const struct item *i)
{
	return i->elf && i->elf->readable && !i->elf->program ? i->elf->head.soname : NULL;
}

/* A library of this SONAME for the same machine. */
static const struct item *rebase_find_library(const struct model *m, const struct item *like)
{
	const char *soname = rebase_soname(like);

	for (size_t n = 0; n < m->items.n; n++) {
		const struct item *i = m->items.v[n];
		const char *own = rebase_soname(i);

		if (own && strcmp(own, soname) == 0 &&
		    i->elf->head.machine == like->elf->head.machine)
			return i;
	}
	return NULL;
}

static void rebase_list_libraries(struct rebase_taking *t)
{
	const struct items *l = &t->c->old->items;

	for (size_t n = 0; n < l->n; n++) {
		const struct item *i = l->v[n];
		const char *soname = rebase_soname(i);
		const struct item *now = soname ? rebase_find_library(t->c->now, i) : NULL;

		if (!soname)
			continue;
		*list_push(t->a, &t->libraries) = (struct rebase_library){ soname, i, now };
		if (!now)
			rebase_add(t->a, t->out, i->path,
				   "the new base has no library of the SONAME %s", soname);
	}
}

static bool rebase_offers(const struct item *i, const char *version)
{
	return strings_has(&i->elf->offers, version);
}

static void rebase_check_versions(struct rebase_taking *t, const struct item *i)
{
	for (size_t w = 0; w < i->elf->wants.n; w++) {
		const struct version_need *need = &i->elf->wants.v[w];

		list_each(l, &t->libraries) {
			if (l->now && !need->weak && strcmp(l->soname, need->library) == 0 &&
			    rebase_offers(l->item, need->version) &&
			    !rebase_offers(l->now, need->version))
				rebase_add(t->a, t->out, i->path,
					   "it needs version %s of %s, which the new base's does "
					   "not have",
					   need->version, l->soname);
		}
	}
}

static bool rebase_defines(const struct item *i, const struct symbol_need *need)
{
	return elf_facts_define(i->elf, need->versioned ? need->versioned : need->hash);
}

/* Of several libraries that define it one is enough: it is found in any of them. */
static void rebase_check_symbol(struct rebase_taking *t, const struct item *i,
				const struct symbol_need *need)
{
	const struct rebase_library *had = NULL;

	list_each(l, &t->libraries) {
		if (!rebase_defines(l->item, need))
			continue;
		if (!l->now)
			return; /* that was told */
		had = l;
		if (rebase_defines(l->now, need))
			break;
	}
	if (!had)
		return;
	t->proof->symbols++;
	if (!rebase_defines(had->now, need))
		rebase_add(t->a, t->out, i->path,
			   "it takes the symbol %s from %s, which the new base's does not have",
			   need->name, had->soname);
}

void rebase_check_libraries(struct arena *a, const struct rebase_case *c,
			    struct rebase_proof *proof, struct rebase_obstacles *out)
{
	struct rebase_taking t = { .a = a, .c = c, .proof = proof, .out = out };

	rebase_list_libraries(&t);
	proof->libraries = t.libraries.n;
	for (size_t n = 0; n < c->image->items.n; n++) {
		const struct item *i = c->image->items.v[n];

		if (i->layer < c->old_layers || !i->elf)
			continue;
		proof->programs++;
		if (i->elf->problem) {
			rebase_add(a, out, i->path, "what it needs of the base cannot be read: %s",
				   i->elf->problem);
			continue;
		}
		rebase_check_versions(&t, i);
		for (size_t s = 0; s < i->elf->undefined.n; s++)
			rebase_check_symbol(&t, i, &i->elf->undefined.v[s]);
	}
}
