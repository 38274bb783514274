/* SPDX-License-Identifier: Apache-2.0 */
/* A string begins behind a zero byte and ends with one; the last part of a path begins behind its
 * last slash. */

#include "make/compose/spelt_libraries.h"

#include "base/parallel.h"

#define NAME_MAX_BYTES 255
#define ELF_LEAST 52 /* bytes: the header of a file of 32 bits */

bool spelt_is_library(const char *name)
{
	return str_starts(str_of(name), STR(LIBRARY_PREFIX)) && strstr(name, ".so") &&
	       strlen(name) <= NAME_MAX_BYTES;
}

/* Adds the name that begins here, if one does. */
static void spelt_take(struct arena *a, struct str bytes, struct strings *out)
{
	size_t n = strnlen(bytes.p, bytes.n < NAME_MAX_BYTES + 1 ? bytes.n : NAME_MAX_BYTES + 1);

	if (n < bytes.n && n <= NAME_MAX_BYTES && spelt_is_library(bytes.p))
		*list_push(a, out) = arena_strdup(a, bytes.p);
}

static void spelt_scan(struct arena *a, struct str bytes, struct strings *out)
{
	const char *at;

	while ((at = memmem(bytes.p, bytes.n, LIBRARY_PREFIX, strlen(LIBRARY_PREFIX)))) {
		struct str here = str_from(bytes, (size_t)(at - bytes.p));

		if (at > bytes.p && (at[-1] == '\0' || at[-1] == '/'))
			spelt_take(a, here, out);
		bytes = str_from(here, strlen(LIBRARY_PREFIX));
	}
	strings_unique(out);
}

/* The files that are read side by side, each with an arena of its own. */
struct spelt_reading {
	struct spelt_files files;
	struct arena *arenas;
};

static bool spelt_read(void *ctx, size_t i, struct error *e)
{
	struct spelt_reading *r = ctx;
	AUTO_MAPPING m = { 0 };

	if (!node_map(r->files.v[i].node, &m, e))
		return false;
	if (str_starts(m.bytes, STR("\177ELF")))
		spelt_scan(&r->arenas[i], m.bytes, &r->files.v[i].names);
	return true;
}

bool spelt_collect(struct arena *a, const struct tree *t, const char *package,
		   struct spelt_files *out, struct error *e)
{
	struct spelt_reading r = { 0 };
	bool ok;

	for (size_t i = 0; i < t->n; i++) {
		const struct node *n = t->v[i];

		if (n->type == NODE_FILE && n->content.size >= ELF_LEAST &&
		    n->owner->kind == OWNER_PACKAGE && strcmp(n->owner->name, package) == 0)
			*list_push(a, &r.files) = (struct spelt_file){ .node = n };
	}
	r.arenas = arena_array(a, r.files.n + 1, sizeof(*r.arenas));
	ok = parallel_for(r.files.n, 0, spelt_read, &r, e);
	for (size_t i = 0; i < r.files.n; i++)
		arena_join(a, &r.arenas[i]);
	list_each(f, &r.files) {
		if (f->names.n)
			*list_push(a, out) = *f;
	}
	return ok;
}
