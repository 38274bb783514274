/* SPDX-License-Identifier: Apache-2.0 */
/* All entries of one tar as a set: sorted, each path once, hard links resolved. What can be judged
 * entry by entry is judged in tar.c. */

#include <stdlib.h>

#include "format/archive/tar.h"

/* An entry and its place in the stream, which decides what a hard link may name. */
struct numbered_entry {
	struct tar_entry entry;
	size_t number;
};

struct numbered_list {
	struct LIST(struct numbered_entry) v;
	const char *name; /* of the stream */
};

static int compare_numbered(const void *a, const void *b)
{
	const struct numbered_entry *x = a, *y = b;
	int order = strcmp(x->entry.path, y->entry.path);

	return order ? order : (x->number > y->number) - (x->number < y->number);
}

static int compare_path(const void *path, const void *entry)
{
	return strcmp(path, ((const struct numbered_entry *)entry)->entry.path);
}

static struct numbered_entry *find_numbered(const struct numbered_list *l, const char *path)
{
	return l->v.n ? bsearch(path, l->v.v, l->v.n, sizeof(*l->v.v), compare_path) : NULL;
}

static bool tarlist_fail(const struct numbered_list *l, const char *path, const char *why,
			 struct error *e)
{
	char shown[256];

	str_escape(str_of(path), shown, sizeof(shown));
	return err_set(e, ERR_INPUT, "%s: entry \"%s\": %s", l->name, shown, why);
}

static bool tarlist_collect(struct arena *a, struct tar *t, struct numbered_list *l,
			    struct error *e)
{
	struct tar_entry entry;
	int got;

	while ((got = tar_next(t, &entry, e)) == 1) {
		struct numbered_entry n = { entry, l->v.n };

		if (entry.path[0] != '\0')
			*list_push(a, &l->v) = n;
	}
	return got == 0;
}

/* Every folder above a path that is in the archive is a folder there. */
static bool check_parents(struct arena *a, const struct numbered_list *l, const char *path,
			  struct error *e)
{
	char *copy = arena_strdup(a, path);

	for (char *slash; (slash = strrchr(copy, '/'));) {
		const struct numbered_entry *up;

		*slash = '\0';
		up = find_numbered(l, copy);
		if (up)
			return up->entry.type == TAR_DIR ||
			       tarlist_fail(l, path, "lies below something that is not a folder",
					    e);
	}
	return true;
}

/* Names a regular file that came before: through that rule no chain of links can arise. */
static bool resolve_hardlink(const struct numbered_list *l, struct numbered_entry *n,
			     struct error *e)
{
	const struct numbered_entry *target = find_numbered(l, n->entry.target);
	const char *path = n->entry.path;

	if (!target || target->number >= n->number || target->entry.type != TAR_FILE)
		return tarlist_fail(l, path,
				    "a hard link to something that is not an earlier regular file",
				    e);
	return true;
}

/* Whether `other` (may be NULL) begins with the folder that `path` has before `slash`. */
static bool is_in_same_folder(const char *other, const char *path, const char *slash)
{
	return other && strncmp(other, path, (size_t)(slash + 1 - path)) == 0;
}

static bool check_set(const struct numbered_list *l, struct error *e)
{
	AUTO_ARENA scratch = { 0 };
	const char *folder = NULL;

	for (size_t i = 0; i < l->v.n; i++) {
		struct numbered_entry *n = &l->v.v[i];
		const char *slash = strrchr(n->entry.path, '/');

		if (i && strcmp(n[-1].entry.path, n->entry.path) == 0)
			return tarlist_fail(l, n->entry.path, "occurs twice", e);
		/* neighbours mostly share their folder: look it up once */
		if (slash && !is_in_same_folder(folder, n->entry.path, slash)) {
			if (!check_parents(&scratch, l, n->entry.path, e))
				return false;
			folder = n->entry.path;
		}
		if (n->entry.type == TAR_HARDLINK && !resolve_hardlink(l, n, e))
			return false;
	}
	return true;
}

/* A file over which another was written later goes. */
static void tarlist_overwrite(struct numbered_list *l)
{
	size_t left = 0;

	for (size_t i = 0; i < l->v.n; i++) {
		const struct tar_entry *now = &l->v.v[i].entry;
		const struct tar_entry *before = left ? &l->v.v[left - 1].entry : NULL;

		if (before && now->type == TAR_FILE && before->type == TAR_FILE &&
		    strcmp(before->path, now->path) == 0)
			left--;
		l->v.v[left++] = l->v.v[i];
	}
	l->v.n = left;
}

/* Hard links take over what they name; only then may types change, see resolve_hardlink. */
static void tarlist_give(struct arena *a, const struct numbered_list *l, struct tar_list *out)
{
	for (size_t i = 0; i < l->v.n; i++) {
		struct tar_entry *entry = list_push(a, &out->entries);

		*entry = l->v.v[i].entry;
		if (entry->type != TAR_HARDLINK)
			continue;
		*entry = find_numbered(l, entry->target)->entry;
		entry->path = l->v.v[i].entry.path;
	}
}

bool tar_read_all(struct arena *a, struct source *from, const struct tar_options *options,
		  struct tar_list *out, struct error *e)
{
	struct numbered_list l = { .name = from->name };
	AUTO_TAR *t = tar_open(a, from, options, e);

	*out = (struct tar_list){ { NULL, 0, 0 } };
	if (!t || !tarlist_collect(a, t, &l, e))
		return false;
	if (l.v.n)
		qsort(l.v.v, l.v.n, sizeof(*l.v.v), compare_numbered);
	if (options->loose)
		tarlist_overwrite(&l);
	if (!check_set(&l, e))
		return false;
	tarlist_give(a, &l, out);
	return true;
}
