/* SPDX-License-Identifier: Apache-2.0 */
/* Finds libraries among package entries by file name, in the folders where the loader would look,
 * and adds the file with the links that lead to it. Knows entries, not how packages are decoded. */

#include "make/closure/library_candidates.h"

#include <stdlib.h>

#include "format/elf/elf_machine.h"
#include "format/elf/loader_search.h"

#define LINKS_MAX 40

static int by_base(const void *a, const void *b)
{
	const struct candidate_entry *x = a, *y = b;
	int order = strcmp(x->base, y->base);

	if (!order)
		order = strcmp(x->name, y->name);
	if (!order) /* one for each machine */
		order = (x->package > y->package) - (x->package < y->package);
	return order ? order : strcmp(x->entry->path, y->entry->path);
}

static bool candidates_provide(struct closure_candidates *base, struct tree *t,
			       const struct closure_want *want, bool *found, struct error *e);

static void candidates_offer(struct candidates *c, const struct deb *deb)
{
	size_t package = c->packages.n;

	*list_push(c->a, &c->packages) = (struct candidate){ .deb = deb };
	for (size_t k = 0; k < deb->entries.n; k++) {
		const struct deb_entry *entry = &deb->entries.v[k];

		if (entry->type != NODE_DIR)
			*list_push(c->a, &c->index) = (struct candidate_entry){
				path_base(entry->path),
				deb->package->name,
				entry,
				package,
			};
	}
}

static void sort_index(struct candidates *c)
{
	if (c->index.n)
		qsort(c->index.v, c->index.n, sizeof(*c->index.v), by_base);
}

void candidates_add(struct candidates *c, const struct deb *deb)
{
	candidates_offer(c, deb);
	sort_index(c);
}

void candidates_init(struct candidates *c, struct arena *a, const struct deb *const *debs, size_t n,
		     const char *layer)
{
	*c = (struct candidates){ .base = { .provide = candidates_provide },
				  .a = a,
				  .layer = layer };
	for (size_t i = 0; i < n; i++)
		candidates_offer(c, debs[i]);
	sort_index(c);
}

static size_t first_named(const struct candidates *c, const char *base)
{
	size_t low = 0, high = c->index.n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (strcmp(c->index.v[middle].base, base) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* The next entry with this path at or behind *at in the index; moves *at behind it. */
static const struct candidate_entry *next_at(const struct candidates *c, const char *path,
					     size_t *at)
{
	for (; *at < c->index.n; (*at)++) {
		const struct candidate_entry *entry = &c->index.v[*at];

		if (strcmp(entry->base, path_base(path)) != 0)
			return NULL;
		if (strcmp(entry->entry->path, path) == 0) {
			(*at)++;
			return entry;
		}
	}
	return NULL;
}

/* An absolute path as a path of the merged image: "/lib64/../lib/x" -> "usr/lib/x". Lexical: the
 * folders between need not be there yet. */
static const char *image_path(struct arena *a, const char *absolute)
{
	static const char *const merged[] = { "bin", "sbin", "lib", "lib32", "lib64", "libx32" };
	struct strings parts = { 0 };
	struct buf out = { .a = a };
	struct str rest = str_of(absolute), one;

	while (str_next(&rest, '/', &one)) {
		if (str_eq(one, STR("..")))
			parts.n -= parts.n > 0;
		else if (one.n && !str_eq(one, STR(".")))
			*list_push(a, &parts) = str_dup(a, one);
	}
	for (size_t i = 0; parts.n && i < ARRAY_SIZE(merged); i++) {
		if (strcmp(parts.v[0], merged[i]) == 0)
			buf_puts(&out, "usr/");
	}
	for (size_t i = 0; i < parts.n; i++) {
		buf_puts(&out, i ? "/" : "");
		buf_puts(&out, parts.v[i]);
	}
	return buf_cstr(&out);
}

/* The entries from a name to a file: links, then the file. `in_tree` when the way ends at a node
 * that the tree has already. */
struct library_way {
	const struct candidate_entry *v[LINKS_MAX + 1];
	size_t n;
	const struct node *in_tree;
};

static bool candidates_lead(const struct candidates *c, struct arena *a, const struct tree *t,
			    const struct candidate_entry *from, struct library_way *w)
{
	*w = (struct library_way){ .v = { from }, .n = 1 };
	while (w->v[w->n - 1]->entry->type == NODE_LINK) {
		const struct deb_entry *link = w->v[w->n - 1]->entry;
		const char *path = link->target;
		size_t at;

		if (w->n > LINKS_MAX)
			return false;
		if (path[0] != '/')
			path = arena_printf(a, "/%s/%s", path_dir(a, link->path), path);
		path = image_path(a, path);
		w->in_tree = tree_find(t, path);
		if (w->in_tree)
			return w->in_tree->type == NODE_FILE;
		at = first_named(c, path_base(path));
		w->v[w->n] = next_at(c, path, &at);
		if (!w->v[w->n])
			return false;
		w->n++;
	}
	return true;
}

/* Does the way end at a library for the machine of `like`? */
static bool candidates_fit(const struct candidates *c, const struct library_way *w,
			   const struct elf *like, bool *yes, struct error *e)
{
	const struct candidate_entry *last = w->v[w->n - 1];
	const struct deb *deb = c->packages.v[last->package].deb;
	struct node n = deb_node(deb, last->entry, NULL);
	AUTO_MAPPING m = { 0 };
	struct elf elf = { 0 };

	*yes = false;
	if (!node_map(w->in_tree ? w->in_tree : &n, &m, e))
		return err_wrap(e, "package %s", deb->package->name);
	if (!elf_is(m.bytes))
		return true;
	if (!elf_read_header(m.bytes, &elf, e)) {
		err_wrap(e, "%s", last->entry->path);
		return err_wrap(e, "package %s", deb->package->name);
	}
	*yes = elf_same_machine(&elf, like);
	return true;
}

static const struct owner *candidate_owner(struct candidates *c, size_t package, const char *why)
{
	struct candidate *from = &c->packages.v[package];

	if (!from->owner) {
		from->owner = arena_alloc(c->a, sizeof(*from->owner));
		*from->owner = (struct owner){
			.kind = OWNER_PACKAGE,
			.name = from->deb->package->name,
			.version = from->deb->package->version,
			.layer = c->layer,
			.why = why,
		};
	}
	return from->owner;
}

static bool candidates_add_way(struct candidates *c, struct tree *t, const struct library_way *w,
			       const struct node *needed_by, struct error *e)
{
	const char *why = arena_printf(c->a, "needed by %s", needed_by->path);

	for (size_t i = w->n; i-- > 0;) {
		const struct candidate_entry *entry = w->v[i];
		struct node n;

		if (tree_find(t, entry->entry->path))
			continue;
		n = deb_node(c->packages.v[entry->package].deb, entry->entry,
			     candidate_owner(c, entry->package, why));
		n.why = why;
		if (!tree_add(t, &n, e))
			return err_wrap(e, "package %s", n.owner->name);
	}
	return true;
}

/* Tries all entries at one path. */
static bool provide_path(struct candidates *c, struct tree *t, const char *path,
			 const struct closure_want *want, bool *found, struct error *e)
{
	AUTO_ARENA a = { 0 };
	size_t at = first_named(c, path_base(path));
	const struct candidate_entry *entry;

	while (!*found && (entry = next_at(c, path, &at))) {
		struct library_way w;
		bool yes;

		if (!candidates_lead(c, &a, t, entry, &w))
			continue;
		if (!candidates_fit(c, &w, want->elf, &yes, e))
			return false;
		if (!yes)
			continue;
		if (!candidates_add_way(c, t, &w, want->file, e))
			return false;
		*found = true;
	}
	return true;
}

/* The folders where the file that needs the library would have it looked for. */
static void folders_of(struct arena *a, const struct closure_want *want, struct strings *out)
{
	const char *origin = search_folder_of(a, arena_printf(a, "/%s", want->file->path));
	const char *list = want->elf->runpath ? want->elf->runpath : want->elf->rpath;

	if (list)
		search_path_folders(a, want->elf, list, origin, out);
	search_default_folders(a, want->elf, out);
}

/* A folder by the path where its entries stand: through the links of the tree, or, while the
 * folder is not there, as merged /usr has it. */
static const char *real_folder(struct arena *a, const struct tree *t, const char *folder)
{
	const struct node *n = tree_resolve(t, folder);

	return n && n->type == NODE_DIR ? n->path : image_path(a, folder);
}

static bool candidates_provide(struct closure_candidates *base, struct tree *t,
			       const struct closure_want *want, bool *found, struct error *e)
{
	struct candidates *c = (struct candidates *)base;
	AUTO_ARENA a = { 0 };
	struct strings folders = { 0 };
	const char *name = path_base(want->soname);

	*found = false;
	if (want->soname[0] == '/')
		*list_push(&a, &folders) = search_folder_of(&a, want->soname);
	else if (!strchr(want->soname, '/'))
		folders_of(&a, want, &folders);
	for (size_t i = 0; i < folders.n && !*found; i++) {
		const char *folder = real_folder(&a, t, folders.v[i]);
		const char *path = arena_printf(&a, "%s%s%s", folder, *folder ? "/" : "", name);

		if (!provide_path(c, t, path, want, found, e))
			return false;
	}
	return true;
}

static int compare_candidates(const void *a, const void *b)
{
	const struct candidate *x = *(const struct candidate *const *)a;
	const struct candidate *y = *(const struct candidate *const *)b;

	return strcmp(x->deb->package->name, y->deb->package->name);
}

void candidates_used(const struct candidates *c, struct arena *a, struct candidate_list *out)
{
	*out = (struct candidate_list){ 0 };
	for (size_t i = 0; i < c->packages.n; i++) {
		if (c->packages.v[i].owner)
			*list_push(a, out) = &c->packages.v[i];
	}
	if (out->n > 1)
		qsort(out->v, out->n, sizeof(*out->v), compare_candidates);
}
