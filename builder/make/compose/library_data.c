/* SPDX-License-Identifier: Apache-2.0 */
/* Files that a package of shared libraries has for them: the closure takes libraries alone, and one
 * that names the folder of its data opens it at run time, as libgrpc does /usr/share/grpc. */

#include "make/compose/depends_parts.h"

#include "base/path.h"

#define DATA_PARENT "usr/share/"

/* For people, debuggers and desktops. */
static const char *const data_documents[] = {
	"applications", "bug",	   "doc",    "doc-base", "gdb",	     "gir-1.0", "gtk-doc",
	"info",		"lintian", "locale", "man",	 "metainfo", "mime",	"pixmaps",
};

/* "usr/share/grpc" of "usr/share/grpc/roots.pem"; NULL: it is no data. What can be started is not
 * either: nobody of the image's files has a path to it. */
static const char *data_folder(struct arena *a, const struct deb_entry *entry)
{
	const struct str parent = STR(DATA_PARENT);
	struct str rest = str_of(entry->path), name, below;

	if (entry->type != NODE_FILE || entry->mode & 0111 || !str_starts(rest, parent) ||
	    !str_cut(str_from(rest, parent.n), '/', &name, &below) || name.n == 0)
		return NULL;
	for (size_t i = 0; i < ARRAY_SIZE(data_documents); i++) {
		if (str_eq(name, str_of(data_documents[i])))
			return NULL;
	}
	return arena_printf(a, DATA_PARENT STR_FMT, STR_ARG(name));
}

/* The folders of a package of which the image has no file. */
static void absent_folders(const struct depending *d, const struct dependent *p,
			   struct strings *out)
{
	for (size_t i = 0; i < p->deb->entries.n; i++) {
		const struct deb_entry *entry = &p->deb->entries.v[i];
		const char *folder = data_folder(d->a, entry);

		if (folder && tree_find(d->tree, entry->path)) {
			out->n = 0; /* it was taken whole */
			return;
		}
		if (folder && !strings_has(out, folder))
			*list_push(d->a, out) = folder;
	}
}

/* "/usr/share/grpc" as a whole name. */
static bool bytes_name_folder(struct str bytes, const char *folder)
{
	size_t n = strlen(folder);

	while (bytes.n) {
		const char *at = memmem(bytes.p, bytes.n, folder, n);

		if (!at)
			return false;
		if (at > bytes.p && at[-1] == '/' &&
		    (at + n == bytes.p + bytes.n || memchr("/\0 :", at[n], 4)))
			return true;
		bytes = str_from(bytes, (size_t)(at + n - bytes.p));
	}
	return false;
}

/* Is it of the package itself, or of one that depends on it by name? */
static bool is_user_of(const struct depending *d, const struct node *n, const char *package)
{
	if (n->owner->kind != OWNER_PACKAGE)
		return false;
	if (strcmp(n->owner->name, package) == 0)
		return true;
	list_each(p, &d->all) {
		if (strcmp(p->deb->package->name, n->owner->name) == 0)
			return relations_name(str_of(p->placed->locked->depends), package);
	}
	return false;
}

bool dependent_data(struct depending *d, const struct dependent *p, const char **spelt,
		    struct error *e)
{
	struct strings folders = { 0 };

	absent_folders(d, p, &folders);
	for (size_t i = 0; folders.n && !*spelt && i < d->tree->n; i++) {
		const struct node *n = d->tree->v[i];
		AUTO_MAPPING map = { 0 };

		if (n->type != NODE_FILE || !is_user_of(d, n, p->deb->package->name))
			continue;
		if (!node_map(n, &map, e))
			return false;
		if (!str_starts(map.bytes, STR("\177ELF")))
			continue;
		list_each(folder, &folders) {
			if (!*spelt && bytes_name_folder(map.bytes, *folder))
				*spelt = arena_printf(d->a, "/%s names its data in /%s", n->path,
						      *folder);
		}
	}
	return true;
}
