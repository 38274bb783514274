/* SPDX-License-Identifier: Apache-2.0 */
#include "explain/code/library_packages.h"

#include "base/path.h"
#include "explain/code/autotools.h"
#include "explain/code/distribution_packages.h"
#include "explain/init/locale.h"
#include "explain/init/terminal.h"
#include "input/resolve/development_search.h"

/* A module of Perl itself: what has it is of use with all of that. */
#define PERL_MODULES "perl-modules-5.40"

/* Folders of a machine's files: of "lib" that of its triplet, too. */
static void library_add_folder(struct arena *a, struct contents_file *f, const char *triplet,
			       const char *below, bool within)
{
	const char *slash = below[0] ? "/" : "";

	*list_push(a, &f->folders) = (struct contents_folder){
		.path = arena_printf(a, "usr/lib/%s%s%s", triplet, slash, below), .within = within
	};
	*list_push(a, &f->folders) = (struct contents_folder){
		.path = arena_printf(a, "usr/lib%s%s", slash, below), .within = within
	};
	if (below[0])
		*list_push(a, &f->folders) = (struct contents_folder){
			.path = arena_printf(a, "usr/share/%s", below), .within = within
		};
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
	{ "TIFF", "libtiff-4" },     { "ZeroMQ", "libzmq" },  { "gRPC", "grpc++" },
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

/* "dbus/dbus.h" is looked for in packages whose names have "dbus", "sys/acl.h" in those of "acl".
 */
static const char *library_of_header(struct arena *a, const char *header)
{
	static const char *const folders[] = { "sys", "linux", "net", "netinet", "c++" };
	const char *slash = strchr(header, '/');
	const char *first = slash ? arena_strndup(a, header, (size_t)(slash - header)) : NULL;
	const char *name = path_base(header), *dot = strrchr(name, '.');

	return first && !name_among(first, folders, ARRAY_SIZE(folders)) ? first
	       : dot ? arena_strndup(a, name, (size_t)(dot - name))
		     : name;
}

static void library_add_pattern(struct arena *a, struct contents_want *w, const char *pattern)
{
	struct contents_file *f = library_add_file(a, w, path_base(pattern), false);

	*list_push(a, &f->folders) = (struct contents_folder){ .path = pattern, .pattern = true };
}

/* Where every compiler finds it; else where a module of pkg-config leads to. */
static void library_add_header(struct arena *a, struct contents_want *w, const char *triplet,
			       const char *header)
{
	w->library = library_of_header(a, header);
	library_add_pattern(a, w, arena_printf(a, "usr/include/%s", header));
	library_add_pattern(a, w, arena_printf(a, "usr/include/%s/%s", triplet, header));
	library_add_pattern(a, w, arena_printf(a, "usr/include/**/%s", header));
}

/* Programs that builds run, and whose packages have another name. */
static const struct {
	const char *program, *package;
} library_programs[] = {
	{ "a2x", "asciidoc-base" },
	{ "aclocal", "automake" },
	{ "asciidoc", "asciidoc-base" },
	{ "autoreconf", "autoconf" },
	{ "gdbus-codegen", "libglib2.0-dev-bin" },
	{ "glib-compile-resources", "libglib2.0-dev-bin" },
	{ "glib-genmarshal", "libglib2.0-dev-bin" },
	{ "gencat", "libc-dev-bin" },
	{ "getconf", "libc-bin" },
	{ "glib-mkenums", "libglib2.0-dev-bin" },
	{ "grpc_cpp_plugin", "protobuf-compiler-grpc" },
	{ "iconv", "libc-bin" },
	{ "lex", "flex" },
	{ "libtoolize", "libtool" },
	{ "makeinfo", "texinfo" },
	{ "msgfmt", "gettext" },
	{ "msgmerge", "gettext" },
	{ "pkg-config", "pkgconf" },
	{ "pod2man", "perl" },
	{ "protoc", "protobuf-compiler" },
	{ "protoc-c", "protobuf-c-compiler" },
	{ "ps2pdf", "ghostscript" },
	{ "python", "python-is-python3" },
	{ "rpcgen", "rpcsvc-proto" },
	{ "rst2man", "python3-docutils" },
	{ "tclsh", "tcl" },
	{ "uudecode", "sharutils" },
	{ "wayland-scanner", "libwayland-bin" },
	{ "xgettext", "gettext" },
	{ "yacc", "bison" },
};

static void library_add_program(struct arena *a, struct contents_want *w, const char *program)
{
	static const char *const endings[] = { "bin", "tools", "utils", "base" };

	for (size_t i = 0; i < ARRAY_SIZE(library_programs); i++) {
		if (strcmp(program, library_programs[i].program) == 0) {
			w->library = library_programs[i].package; /* its file may be a link */
			return;
		}
	}
	*list_push(a, &w->guesses) = program;
	for (size_t i = 0; i < ARRAY_SIZE(endings); i++)
		*list_push(a, &w->guesses) = arena_printf(a, "%s-%s", program, endings[i]);
	library_add_pattern(a, w, arena_printf(a, "usr/bin/%s", program));
	library_add_pattern(a, w, arena_printf(a, "usr/sbin/%s", program));
}

/* Of "yaml.nodes" the package that has "yaml". */
static void library_add_python(struct arena *a, struct contents_want *w, const char *module)
{
	const char *top = arena_strndup(a, module, strcspn(module, "."));

	*list_push(a, &w->guesses) = arena_printf(a, "python3-%s", str_lower(a, str_of(top)));
	library_add_pattern(a, w,
			    arena_printf(a, "usr/lib/python3/dist-packages/%s/__init__.py", top));
	library_add_pattern(a, w, arena_printf(a, "usr/lib/python3/dist-packages/%s.py", top));
}

/* "XML/Parser.pm" is in libxml-parser-perl, by the rules for names of such packages, or comes with
 * what "XML" is part of. */
static void library_add_perl(struct arena *a, struct contents_want *w, const char *file)
{
	const char *stem = arena_strndup(a, file, strcspn(file, "."));
	char *name = arena_strdup(a, str_lower(a, str_of(stem)));

	for (char *c = name; *c; c++)
		*c = *c == '/' ? '-' : *c;
	for (char *end = name + strlen(name); end; end = strrchr(name, '-')) {
		*end = '\0';
		*list_push(a, &w->guesses) = arena_printf(a, "lib%s-perl", name);
	}
	library_add_pattern(a, w, arena_printf(a, "usr/share/perl5/%s", file));
	library_add_pattern(a, w, arena_printf(a, "usr/lib/*/perl5/*/%s", file));
	*list_push(a, &w->guesses) = PERL_MODULES;
	library_add_pattern(a, w, arena_printf(a, "usr/share/perl/*/%s", file));
}

/* Packages of Python that go by the name of their module, and what is installed as another. */
static const struct {
	const char *name, *package, *installed;
} library_distributions[] = {
	{ "argon2-cffi", "python3-argon2", NULL },
	{ "attrs", "python3-attr", NULL },
	{ "beautifulsoup4", "python3-bs4", NULL },
	{ "gitpython", "python3-git", NULL },
	{ "meson-python", "python3-mesonpy", NULL },
	{ "mysqlclient", "python3-mysqldb", NULL },
	{ "pillow", "python3-pil", NULL },
	{ "psycopg2-binary", "python3-psycopg2", "psycopg2" },
	{ "scikit-image", "python3-skimage", NULL },
	{ "scikit-learn", "python3-sklearn", NULL },
	{ "websocket-client", "python3-websocket", NULL },
};

/* Most have their own name, some without "py" or "-python", or with the dot that they had. */
static void library_guess_distribution(struct arena *a, const char *name, struct strings *out)
{
	static const char *const before[] = { "python-", "py" }, *const after[] = { "-python",
										    "-py" };
	char *dotted = arena_strdup(a, name);
	size_t length = strlen(name);

	*list_push(a, out) = arena_printf(a, "python3-%s", name);
	for (size_t i = 0; i < ARRAY_SIZE(before); i++) {
		size_t n = strlen(before[i]), m = strlen(after[i]);

		if (strncmp(name, before[i], n) == 0 && name[n])
			*list_push(a, out) = arena_printf(a, "python3-%s", name + n);
		if (length > m && strcmp(name + length - m, after[i]) == 0)
			*list_push(a, out) = arena_printf(a, "python3-%.*s", (int)(length - m),
							  name);
	}
	for (char *c = dotted; (c = strchr(c, '-')); c++)
		*c = '.';
	*list_push(a, out) = arena_printf(a, "python3-%s", dotted);
}

/* By what is installed with it: "pyyaml" is that of which PyYAML-6.0.2.dist-info is there. */
static void library_add_distribution(struct arena *a, struct contents_want *w, const char *name)
{
	static const char *const metadata[] = { "-*.dist-info/METADATA", "-*.egg-info/PKG-INFO",
						".egg-info/PKG-INFO" };
	char *stem = arena_strdup(a, name);

	for (size_t i = 0; i < ARRAY_SIZE(library_distributions); i++) {
		if (strcmp(name, library_distributions[i].name) != 0)
			continue;
		*list_push(a, &w->guesses) = library_distributions[i].package;
		if (library_distributions[i].installed)
			stem = arena_strdup(a, library_distributions[i].installed);
	}
	library_guess_distribution(a, name, &w->guesses);
	for (char *c = stem; *c; c++)
		*c = *c == '-' ? '?' : *c;
	for (size_t i = 0; i < ARRAY_SIZE(metadata); i++) {
		library_add_pattern(a, w,
				    arena_printf(a, "usr/lib/python3/dist-packages/%s%s", stem,
						 metadata[i]));
		w->files.v[w->files.n - 1].any_case = true;
	}
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
	else if (l->form == LIBRARY_HEADER)
		library_add_header(a, w, triplet, name);
	else if (l->form == LIBRARY_PROGRAM)
		library_add_program(a, w, name);
	else if (l->form == LIBRARY_PYTHON)
		library_add_python(a, w, name);
	else if (l->form == LIBRARY_PERL)
		library_add_perl(a, w, name);
	else if (l->form == LIBRARY_DISTRIBUTION || l->form == LIBRARY_NEEDED)
		library_add_distribution(a, w, name);
	else if (l->form == LIBRARY_MACRO)
		w->library = autotools_package(name) ? autotools_package(name) : name;
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
	const char *chosen = library_choose(&w->packages);
	const char *package = strcmp(chosen, PERL_MODULES) == 0 ? "perl" : chosen;
	const char *file = !w->path		  ? NULL
			   : strchr(w->path, '*') ? l->name
						  : arena_printf(p->a, "/%s", w->path);

	if (p->plain && l->form == LIBRARY_MODULE)
		*list_push(p->a, &p->modules) = l->name;
	if (strings_has(&p->build_depends, package))
		return;
	*list_push(p->a, &p->build_depends) = package;
	if (!file)
		draft_chose(p->d, "build-depends", package, "%s asks for it", l->at);
	else if (w->packages.n > 1)
		draft_chose(p->d, "build-depends", package, "%s asks for %s: %s is in %s", l->at,
			    l->name, file, strings_join(p->a, &w->packages, ", "));
	else
		draft_chose(p->d, "build-depends", package, "%s asks for %s: it has %s", l->at,
			    l->name, file);
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
	const char **chosen;
	bool *taken;

	for (size_t i = 0; i < p->libraries.n; i++) {
		if (!library_is_of_compiler(&p->libraries.v[i]))
			p->libraries.v[left++] = p->libraries.v[i];
	}
	p->libraries.n = left;
	list_each(l, &p->libraries)
		library_want(p->a, l, triplet, list_push(p->a, &wants));
	left = 0;
	taken = arena_array(p->a, wants.n, sizeof(*taken));
	chosen = arena_array(p->a, wants.n, sizeof(*chosen));
	if (wants.n && !development_find(p->a, o, &wants, e))
		return false;
	for (size_t i = 0; i < wants.n; i++)
		chosen[i] = wants.v[i].packages.n ? library_choose(&wants.v[i].packages) : NULL;
	if (!distribution_packages_take(p, o, chosen, taken, e))
		return false;
	for (size_t i = 0; i < wants.n; i++) {
		if (taken[i])
			continue;
		if (wants.v[i].packages.n && p->libraries.v[i].form != LIBRARY_NEEDED)
			library_take(p, &p->libraries.v[i], &wants.v[i]);
		else
			p->libraries.v[left++] = p->libraries.v[i];
	}
	p->libraries.n = left;
	return true;
}

/* Packages of headers whose libraries stand on OpenSSL, which the base "base" has, with what Debian
 * lets it depend on. */
static void choose_base(struct own_project *p)
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

/* A program with windows on a terminal needs to know its kind. Letters beyond ASCII are none in the
 * C library's own locale: tmux does not even start. */
static void choose_terminal(struct own_project *p)
{
	static const char *const names[] = { "libncurses-dev", "libreadline-dev", "libedit-dev",
					     "libslang2-dev" };

	for (size_t i = 0; !p->d->locale && i < p->build_depends.n; i++) {
		const char *package = p->build_depends.v[i];

		if (!name_among(package, names, ARRAY_SIZE(names)))
			continue;
		p->d->locale = LOCALE_CHOSEN;
		p->d->terminals = true;
		*list_push(p->a, &p->image_env) = (struct draft_variable){ "LANG", LOCALE_CHOSEN };
		draft_chose(p->d, "effects.locales", LOCALE_CHOSEN,
			    "%s is for text on a terminal, in the character set of the locale",
			    package);
		draft_chose(p->d, "components", TERMINAL_PACKAGE,
			    "%s looks for the kind of the terminal there", package);
	}
}

void library_packages_shape_image(struct own_project *p)
{
	choose_base(p);
	choose_terminal(p);
}

/* A library to link with may be one that the project makes itself. */
void library_packages_leave(const struct own_project *p, bool asked)
{
	const char *what = asked ? ", which no package of the archive is known to have: add the one"
				 : ": add the Debian package";

	list_each(l, &p->libraries) {
		if (l->form == LIBRARY_DISTRIBUTION)
			draft_leave(p->d,
				    "%s needs %s to be built: add its Debian package (mostly "
				    "python3-...) to \"build-depends\"",
				    l->at, l->name);
		else if (l->form != LIBRARY_LINKED && l->form != LIBRARY_NEEDED)
			draft_leave(p->d,
				    "%s asks for %s%s with its headers (mostly lib...-dev) to "
				    "\"build-depends\"",
				    l->at, l->name, what);
	}
}
