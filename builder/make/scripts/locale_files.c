/* SPDX-License-Identifier: Apache-2.0 */
/* Locales of the package locales-all, as nodes of the tree. It runs nothing, and knows nothing of
 * what is in the files. */

#include "make/scripts/locale_files.h"

#include <ctype.h>

#include "base/path.h"

#define LOCALE_LINKS_MAX 8

const char *locale_folder(struct arena *a, const char *name)
{
	struct str language, codeset, modifier, rest;
	struct buf out = { .a = a };

	str_cut(str_of(name), '@', &rest, &modifier);
	if (!str_cut(rest, '.', &language, &codeset))
		return name;
	buf_printf(&out, STR_FMT ".", STR_ARG(language));
	for (size_t i = 0; i < codeset.n; i++) {
		if (isalnum((unsigned char)codeset.p[i]))
			buf_putc(&out, (char)tolower((unsigned char)codeset.p[i]));
	}
	if (rest.n < strlen(name))
		buf_printf(&out, "@" STR_FMT, STR_ARG(modifier));
	return buf_cstr(&out);
}

/* The file that an entry is or leads to; NULL: nowhere within the package. */
static const struct deb_entry *locale_file(struct arena *a, const struct deb *all,
					   const struct deb_entry *entry)
{
	for (unsigned i = 0; entry && entry->type == NODE_LINK && i < LOCALE_LINKS_MAX; i++) {
		const char *to = path_follow(a, entry->path, entry->target);

		entry = to ? deb_find(all, to) : NULL;
	}
	return entry && entry->type == NODE_FILE ? entry : NULL;
}

/* Names of all folders there, as they may be asked for. */
static const char *locale_near(struct arena *a, const struct deb *all, const char *folder)
{
	struct strings names = { 0 };

	list_each(entry, &all->entries) {
		const char *name = entry->path + strlen(EFFECTS_LOCALES);

		if (entry->type == NODE_DIR &&
		    str_starts(str_of(entry->path), STR(EFFECTS_LOCALES)) && *name &&
		    !strchr(name, '/'))
			*list_push(a, &names) = name;
	}
	return str_nearest(str_of(folder), names.v, names.n);
}

static bool locale_add(struct arena *a, const struct deb *all, const char *name,
		       const struct owner *owner, const struct effects_to *to, struct error *e)
{
	const char *folder = locale_folder(a, name), *near;
	const char *prefix = arena_printf(a, EFFECTS_LOCALES "%s/", folder);
	size_t files = 0;

	list_each(entry, &all->entries) {
		const struct deb_entry *file;
		struct node n;

		if (entry->type == NODE_DIR || !str_starts(str_of(entry->path), str_of(prefix)))
			continue;
		file = locale_file(a, all, entry);
		if (!file)
			return err_set(e, ERR_INPUT, "/%s leads nowhere in it", entry->path);
		n = deb_node(all, file, owner);
		n.path = entry->path;
		if (!tree_replace(to->t, &n, e))
			return false;
		files++;
	}
	if (files)
		return true;
	near = locale_near(a, all, folder);
	return err_set(e, ERR_INPUT, "it has no locale %s%s%s%s", name,
		       near ? "; did you mean \"" : "", near ? near : "", near ? "\"?" : "");
}

static const struct owner *locale_owner(struct arena *a, const struct deb *all,
					enum owner_kind kind, const struct effects_to *to)
{
	struct owner *o = arena_alloc(a, sizeof(*o));

	*o = (struct owner){ .kind = kind,
			     .name = all->package->name,
			     .version = all->package->version,
			     .layer = to->layer,
			     .why = to->why };
	return o;
}

/* So that the package has its record. */
static bool locale_add_copyright(struct arena *a, const struct deb *all,
				 const struct effects_to *to, struct error *e)
{
	const struct deb_entry *entry = deb_find(all, arena_printf(a, "usr/share/doc/%s/copyright",
								   all->package->name));
	struct node n;

	if (!entry)
		return true;
	n = deb_node(all, entry, locale_owner(a, all, OWNER_PACKAGE, to));
	return tree_add(to->t, &n, e);
}

bool effects_locales(struct arena *a, const struct deb *all, const struct strings *names,
		     const struct effects_to *to, struct error *e)
{
	const struct owner *owner = locale_owner(a, all, OWNER_GENERATED, to);

	for (size_t i = 0; i < names->n; i++) {
		if (!locale_add(a, all, names->v[i], owner, to, e))
			return false;
	}
	return locale_add_copyright(a, all, to, e);
}
