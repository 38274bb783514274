/* SPDX-License-Identifier: Apache-2.0 */
#include "explain/code/library_packages.h"

#include "input/resolve/development_search.h"

/* Folders of a machine's files: of "lib" that of its triplet, too. */
static void library_add_folder(struct arena *a, struct contents_file *f, const char *triplet,
			       const char *below, bool within)
{
	const char *slash = below[0] ? "/" : "";

	*list_push(a, &f->folders) = (struct contents_folder){
		arena_printf(a, "usr/lib/%s%s%s", triplet, slash, below), within
	};
	*list_push(a, &f->folders) =
		(struct contents_folder){ arena_printf(a, "usr/lib%s%s", slash, below), within };
	if (below[0])
		*list_push(a, &f->folders) =
			(struct contents_folder){ arena_printf(a, "usr/share/%s", below), within };
}

static struct contents_file *library_add_file(struct arena *a, struct contents_want *w,
					      const char *name, bool any_case)
{
	struct contents_file *f = list_push(a, &w->files);

	*f = (struct contents_file){ .name = name, .any_case = any_case };
	return f;
}

static void library_add_module(struct arena *a, struct contents_want *w, const char *triplet,
			       const char *name, bool any_case)
{
	library_add_folder(a, library_add_file(a, w, arena_printf(a, "%s.pc", name), any_case),
			   triplet, "pkgconfig", false);
}

/* A package of CMake has files of its own, or CMake looks for a library, which most often has a
 * module of pkg-config of that name ("ZLIB", "CURL"), or its name itself. */
static void library_add_cmake(struct arena *a, struct contents_want *w, const char *triplet,
			      const char *name)
{
	const char *small = str_lower(a, str_of(name));
	bool lib = strncmp(small, "lib", 3) == 0; /* "Libev" */
	const char *const files[] = { arena_printf(a, "%sConfig.cmake", name),
				      arena_printf(a, "%s-config.cmake", small) };

	for (size_t i = 0; i < ARRAY_SIZE(files); i++)
		library_add_folder(a, library_add_file(a, w, files[i], true), triplet, "cmake",
				   true);
	library_add_module(a, w, triplet, small, true);
	library_add_module(a, w, triplet, arena_printf(a, "lib%s", small), true);
	library_add_folder(a,
			   library_add_file(a, w,
					    arena_printf(a, "%s%s.so", lib ? "" : "lib", small),
					    false),
			   triplet, "", false);
}

/* Packages that CMake looks for itself, and the module of pkg-config, where that has another name.
 */
static const struct {
	const char *package, *module;
} library_modules[] = {
	{ "Lua", "lua5.4" },	     { "Curses", "ncurses" }, { "Freetype", "freetype2" },
	{ "LibXml2", "libxml-2.0" }, { "OpenGL", "gl" },      { "PostgreSQL", "libpq" },
	{ "TIFF", "libtiff-4" },     { "ZeroMQ", "libzmq" },
};

/* NULL: it is not of CMake, or has a name that CMake's packages have. */
static const char *library_known_module(const struct own_library *l)
{
	for (size_t i = 0; l->form == LIBRARY_OF_CMAKE && i < ARRAY_SIZE(library_modules); i++) {
		if (strcmp(l->name, library_modules[i].package) == 0)
			return library_modules[i].module;
	}
	return NULL;
}

static void library_want(struct arena *a, const struct own_library *l, const char *triplet,
			 struct contents_want *w)
{
	const char *known = library_known_module(l);
	const char *name = known ? known : l->name;

	*w = (struct contents_want){ .library = name };
	if (known || l->form == LIBRARY_MODULE)
		library_add_module(a, w, triplet, name, false);
	else if (l->form == LIBRARY_OF_CMAKE)
		library_add_cmake(a, w, triplet, name);
	else if (l->form == LIBRARY_LINKED)
		library_add_folder(a,
				   library_add_file(a, w, arena_printf(a, "lib%s.so", name), false),
				   triplet, "", false);
}

/* Of several packages that have it: one that stands on OpenSSL, as bases do, else that of the
 * shortest name ("libboost1.83-dev" and "libboost1.88-dev": the first). */
static const char *library_choose(const struct strings *packages)
{
	const char *best = packages->v[0];

	list_each(x, packages) {
		if (strstr(*x, "openssl"))
			return *x;
		if (strlen(*x) < strlen(best))
			best = *x;
	}
	return best;
}

static void library_take(struct own_project *p, const struct own_library *l,
			 const struct contents_want *w)
{
	const char *package = library_choose(&w->packages);

	if (p->plain && l->form == LIBRARY_MODULE)
		*list_push(p->a, &p->modules) = l->name;
	if (strings_has(&p->build_depends, package))
		return;
	*list_push(p->a, &p->build_depends) = package;
	if (!w->path)
		draft_chose(p->d, "build-depends", package, "%s asks for it", l->at);
	else if (w->packages.n > 1)
		draft_chose(p->d, "build-depends", package, "%s asks for %s: /%s is in %s", l->at,
			    l->name, w->path, strings_join(p->a, &w->packages, ", "));
	else
		draft_chose(p->d, "build-depends", package, "%s asks for %s: it has /%s", l->at,
			    l->name, w->path);
}

/* Libraries that need no package beside those of a compiler; or that other systems have, for what
 * is in glibc itself. */
static bool library_is_of_compiler(const struct own_library *l)
{
	static const char *const names[] = { "c",      "dl",	 "gcc", "gcc_s",   "gomp",
					     "m",      "nsl",	 "rt",	"pthread", "resolv",
					     "socket", "stdc++", "util" };

	return l->form == LIBRARY_LINKED && name_among(l->name, names, ARRAY_SIZE(names));
}

bool library_packages_find(struct own_project *p, const struct lock_order *o, struct error *e)
{
	const char *triplet = o->platform->machine->triplet;
	struct contents_wants wants = { NULL, 0, 0 };
	size_t left = 0;

	for (size_t i = 0; i < p->libraries.n; i++) {
		if (!library_is_of_compiler(&p->libraries.v[i]))
			p->libraries.v[left++] = p->libraries.v[i];
	}
	p->libraries.n = left;
	list_each(l, &p->libraries)
		library_want(p->a, l, triplet, list_push(p->a, &wants));
	left = 0;
	if (wants.n && !development_find(p->a, o, &wants, e))
		return false;
	for (size_t i = 0; i < wants.n; i++) {
		if (wants.v[i].packages.n)
			library_take(p, &p->libraries.v[i], &wants.v[i]);
		else
			p->libraries.v[left++] = p->libraries.v[i];
	}
	p->libraries.n = left;
	return true;
}

/* Packages of headers whose libraries stand on OpenSSL, which the base "base" has, with what Debian
 * lets it depend on. */
void library_packages_choose_base(struct own_project *p)
{
	static const char *const names[] = { "libssl-dev", "libpq-dev", "libmariadb-dev" };

	const char *needs = NULL;

	list_each(x, &p->build_depends) {
		if (strstr(*x, "openssl") || name_among(*x, names, ARRAY_SIZE(names)))
			needs = *x;
	}
	if (!needs || strcmp(p->base, "base-nossl") != 0)
		return;
	p->base = "base";
	list_each(choice, &p->d->choices) {
		if (strcmp(choice->key, "base") == 0) {
			choice->value = p->base;
			choice->from = arena_printf(p->a, "%s stands on OpenSSL", needs);
		}
	}
}

/* A library to link with may be one that the project makes itself. */
void library_packages_leave(const struct own_project *p, bool asked)
{
	const char *what = asked ? ", which no package of the archive is known to have: add the one"
				 : ": add the Debian package";

	list_each(l, &p->libraries) {
		if (l->form != LIBRARY_LINKED)
			draft_leave(p->d,
				    "%s asks for %s%s with its headers (mostly lib...-dev) to "
				    "\"build-depends\"",
				    l->at, l->name, what);
	}
}
