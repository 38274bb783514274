/* SPDX-License-Identifier: Apache-2.0 */
/* Modules of interpreters: scripts ask for them, so no ELF file tells that they are needed, also
 * where their package has a library (lua-filesystem) or programs (python3-chardet) besides. */

#include "make/compose/depends_parts.h"

/* Folders below usr/share, usr/lib and usr/lib/TRIPLET, and how the names of files begin that can
 * load what is there: programs, and the libraries that others embed. */
static const struct module_home {
	struct str folder;
	const char *loaders[3];
	const char *end; /* of names of modules, where others are beside them; or NULL */
} module_homes[] = {
	{ STR("lua/"), { "lua5.", "liblua5.", "libluajit-5." }, NULL },
	{ STR("perl/"), { "perl", "libperl.so." }, NULL },
	{ STR("perl5/"), { "perl", "libperl.so." }, NULL },
	{ STR("python3/"), { "python3", "libpython3." }, NULL },
	{ STR("ruby/"), { "ruby", "libruby-" }, NULL },
	{ STR("rubygems-integration/"), { "ruby", "libruby-" }, NULL },
	{ STR("tcltk/"), { "tclsh", "libtcl8.", "libtcl9." }, NULL },
	{ STR("guile/"), { "guile", "libguile-" }, NULL },
	/* the date of its API; beside it are scripts */
	{ STR("php/20"), { "php8.", "php-fpm", "libphp" }, NULL },
	{ STR("php/"), { "php8.", "php-fpm", "libphp" }, ".php" },
	{ STR("nodejs/"), { "nodejs", "libnode.so." }, NULL },
	{ STR("java/"), { "libjvm.so" }, NULL },
	{ STR("R/"), { "libR.so" }, NULL },
	{ STR("erlang/"), { "beam.smp" }, NULL },
};

static bool modules_cut(struct str *path, struct str front)
{
	if (!str_starts(*path, front))
		return false;
	*path = str_from(*path, front.n);
	return true;
}

static const struct module_home *modules_home_of(const char *path, const char *triplet)
{
	struct str rest = str_of(path), part = { triplet, strlen(triplet) };

	if (!modules_cut(&rest, STR("usr/share/")) && !modules_cut(&rest, STR("usr/lib/")))
		return NULL;
	if (modules_cut(&rest, part) && !modules_cut(&rest, STR("/")))
		return NULL;
	for (size_t i = 0; i < ARRAY_SIZE(module_homes); i++) {
		const struct module_home *x = &module_homes[i];

		if (str_starts(rest, x->folder) && (!x->end || str_ends(rest, str_of(x->end))))
			return x;
	}
	return NULL;
}

static bool modules_owns(const struct dependent *p, const char *name)
{
	for (size_t i = 0; p && i < p->deb->entries.n; i++) {
		if (strcmp(path_base(p->deb->entries.v[i].path), name) == 0)
			return true;
	}
	return false;
}

/* The name of a file of the image that can load them, but for those that `by` has itself: "rubyfmt"
 * of who asks is no ruby. NULL: there is none. */
static const char *modules_loader(const struct depending *d, const struct module_home *home,
				  const struct dependent *by)
{
	for (size_t i = 0; i < ARRAY_SIZE(home->loaders) && home->loaders[i]; i++) {
		const char *name = home->loaders[i];

		list_each(file, &d->files) {
			if (strncmp(*file, name, strlen(name)) == 0 && !modules_owns(by, *file))
				return *file;
		}
	}
	return NULL;
}

static const char *modules_tell(const struct depending *d, const struct dependent *p,
				const struct dependent *by, const char *path)
{
	const char *triplet = compile_platform(p->composition->order->lock)->machine->triplet;
	const struct module_home *home = modules_home_of(path, triplet);
	const char *loader = home ? modules_loader(d, home, by) : NULL;

	return loader ? arena_printf(d->a, "its modules for %s are not in the image, /%s", loader,
				     path)
		      : NULL;
}

const char *dependent_modules(const struct depending *d, const struct dependent *p,
			      const struct dependent *by)
{
	const struct strings *libraries = &p->placed->locked->notes.libraries;
	const char *told = NULL;

	for (size_t i = 0; i < p->deb->entries.n && !told; i++) {
		if (p->deb->entries.v[i].type != NODE_DIR)
			told = modules_tell(d, p, by, p->deb->entries.v[i].path);
	}
	for (size_t i = 0; i < libraries->n && !told; i++)
		told = modules_tell(d, p, by, libraries->v[i]);
	return told;
}
