/* SPDX-License-Identifier: Apache-2.0 */
/* Not a parser of m4 or make: words at the beginning of lines are what counts. */

#include "explain/code/autotools.h"

#include <ctype.h>

#define AUTOTOOLS_DEPTH_MAX 16
#define AUTOMAKE_RELEASE "1.17" /* of Debian 13 */

static bool autotools_have(const struct own_project *p, const char *name)
{
	return own_has(p, name) && !own_ignored(p, name);
}

/* Before autoconf 2.50 it was called otherwise, and it may be so still. */
static const char *autotools_file(const struct own_project *p)
{
	return own_has(p, "configure.in") && !own_has(p, "configure.ac") ? "configure.in"
									 : "configure.ac";
}

bool autotools_are_there(const struct own_project *p)
{
	static const char *const templates[] = { "Makefile.in", "makefile.in", "GNUmakefile.in",
						 "Makefile.am", "configure.in" };
	bool found = own_has(p, "configure.ac");
	bool configure = own_has(p, "configure") || own_has(p, "configure.in");

	for (size_t i = 0; !found && configure && i < ARRAY_SIZE(templates); i++)
		found = own_has(p, templates[i]);
	return found;
}

static bool autotools_has(struct str text, const char *macro)
{
	return memmem(text.p, text.n, macro, strlen(macro)) != NULL;
}

/* "[greeter]" -> "greeter"; further words of the macro after it. */
static const char *autotools_argument(struct arena *a, struct str *rest)
{
	struct str word;

	if (!str_next(rest, ',', &word))
		return NULL;
	while (word.n && strchr(" \t\r\n[", word.p[0]))
		word = str_from(word, 1);
	while (word.n && strchr(" \t\r\n])", word.p[word.n - 1]))
		word.n--;
	return word.n ? str_dup(a, word) : NULL;
}

/* What stands in the brackets after a macro at the beginning of a line, up to the first that closes
 * them; false: there is none in `text`, which goes behind it. */
static bool autotools_find(struct str *text, const char *macro, struct str *out)
{
	struct str line;

	while (str_next(text, '\n', &line)) {
		struct str word = str_trim(line);
		const char *end;

		if (!str_starts(word, str_of(macro)))
			continue;
		*out = (struct str){ word.p + strlen(macro),
				     (size_t)(text->p + text->n - word.p) - strlen(macro) };
		end = memchr(out->p, ')', out->n);
		out->n = end ? (size_t)(end - out->p) : out->n;
		return true;
	}
	return false;
}

/* PKG_CHECK_MODULES([ZLIB], [zlib >= 1.2 sqlite3]) */
static void autotools_add_modules(struct own_project *p, struct str text)
{
	struct str rest = text, all, word;

	while (autotools_find(&rest, "PKG_CHECK_MODULES(", &all)) {
		const char *at = all.p, *modules;
		struct str words;

		if (!autotools_argument(p->a, &all) || !(modules = autotools_argument(p->a, &all)))
			continue;
		for (words = str_of(modules); str_next(&words, ' ', &word);) {
			if (word.n && !strchr("<>=0123456789$", word.p[0]))
				own_read_library(p, LIBRARY_MODULE, word, autotools_file(p), text,
						 at);
		}
	}
}

/* AC_CHECK_LIB([z], [deflate]) */
static void autotools_add_libraries(struct own_project *p, struct str text)
{
	struct str rest = text, all;

	while (autotools_find(&rest, "AC_CHECK_LIB(", &all)) {
		const char *at = all.p, *name = autotools_argument(p->a, &all);

		if (name)
			own_read_library(p, LIBRARY_LINKED, str_of(name), autotools_file(p), text,
					 at);
	}
}

/* AC_SEARCH_LIBS([initscr], [ncursesw curses]): the first that is there. */
static void autotools_add_searched(struct own_project *p, struct str text)
{
	struct str rest = text, all, words, word;

	while (autotools_find(&rest, "AC_SEARCH_LIBS(", &all)) {
		const char *at = all.p, *names;

		if (!autotools_argument(p->a, &all) || !(names = autotools_argument(p->a, &all)))
			continue;
		for (words = str_of(names); str_next(&words, ' ', &word);) {
			own_read_library(p, LIBRARY_LINKED, str_trim(word), autotools_file(p), text,
					 at);
		}
	}
}

/* Packages that macros stand for: of programs without which make cannot go on, and of a library. */
static void autotools_add_packages(struct own_project *p, struct str text)
{
	static const struct {
		const char *macro, *package;
	} programs[] = {
		{ "AC_PROG_LEX", "flex" },
		{ "AM_PROG_LEX", "flex" },
		{ "AC_PROG_YACC", "bison" },
		{ "AM_GNU_GETTEXT", "gettext" },
		{ "AX_WITH_CURSES", "libncurses-dev" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(programs); i++) {
		const char *at = memmem(text.p, text.n, programs[i].macro,
					strlen(programs[i].macro));

		if (at)
			own_add_library(p, LIBRARY_PACKAGE, programs[i].package,
					own_place(p, autotools_file(p), text, at));
	}
}

/* BOOST_REQUIRE([1.42]), AX_BOOST_BASE; BOOST_PROGRAM_OPTIONS, AX_BOOST_SYSTEM: Debian has a
 * package for each library of Boost that is more than headers. */
static void autotools_add_boost(struct own_project *p, struct str text)
{
	static const char *const parts[] = {
		"atomic",     "chrono",		 "context",   "coroutine", "date_time",
		"filesystem", "graph",		 "iostreams", "json",	   "locale",
		"log",	      "program_options", "random",    "regex",	   "serialization",
		"system",     "thread",		 "timer",     "wave"
	};
	struct str rest = text, line;

	while (str_next(&rest, '\n', &line)) {
		struct str word = str_trim(line);
		const char *at = word.p;
		char *name;

		if (str_starts(word, STR("AX_")))
			word = str_from(word, 3);
		if (!str_starts(word, STR("BOOST_")))
			continue;
		own_read_library(p, LIBRARY_PACKAGE, STR("libboost-dev"), autotools_file(p), text,
				 at);
		word = str_from(word, 6);
		for (size_t n = 0; n < word.n; n++)
			word.n = isalpha((unsigned char)word.p[n]) || word.p[n] == '_' ? word.n : n;
		name = arena_strdup(p->a, str_lower(p->a, word));
		if (!name_among(name, parts, ARRAY_SIZE(parts)))
			continue;
		for (char *c = name; *c; c++)
			*c = *c == '_' ? '-' : *c;
		own_read_library(p, LIBRARY_PACKAGE,
				 str_of(arena_printf(p->a, "libboost-%s-dev", name)),
				 autotools_file(p), text, at);
	}
}

static bool autotools_read_ac(struct own_project *p, struct str *text, struct error *e)
{
	struct str rest, init;

	*text = STR("");
	if (!own_has(p, autotools_file(p)))
		return true;
	if (!own_text(p, autotools_file(p), text, e))
		return false;
	rest = *text;
	if (autotools_find(&rest, "AC_INIT(", &init)) {
		p->name = autotools_argument(p->a, &init);
		if (p->name && strchr(p->name, '.')) /* a source file, as in old ones */
			p->name = NULL;
		p->version = autotools_argument(p->a, &init);
		/* a macro, as m4_esyscmd(...), is not known */
		if (p->version && !strchr("0123456789", p->version[0]))
			p->version = NULL;
	}
	autotools_add_modules(p, *text);
	autotools_add_libraries(p, *text);
	autotools_add_searched(p, *text);
	autotools_add_packages(p, *text);
	autotools_add_boost(p, *text);
	return true;
}

/* Macros of Debian packages of their own, by what their names begin with. */
static const struct autotools_macro {
	const char *name, *package;
	bool sure; /* who names it has need of the package; else the build tells */
} autotools_macros[] = {
	{ "LT_INIT", "libtool", true },
	{ "AC_PROG_LIBTOOL", "libtool", true },
	{ "AM_PROG_LIBTOOL", "libtool", true },
	{ "AM_GNU_GETTEXT", "autopoint", true },
	{ "AX_", "autoconf-archive", true },
	{ "AC_DISABLE_S", "libtool", false },
	{ "AC_ENABLE_S", "libtool", false },
	{ "AC_LIBTOOL", "libtool", false },
	{ "AM_ICONV", "gettext", false },
	{ "IT_PROG_INTLTOOL", "intltool", false },
	{ "LT_", "libtool", false },
	{ "PKG_", "pkgconf", false },
};

const char *autotools_package(const char *macro)
{
	for (size_t i = 0; i < ARRAY_SIZE(autotools_macros); i++) {
		if (str_starts(str_of(macro), str_of(autotools_macros[i].name)))
			return autotools_macros[i].package;
	}
	return NULL;
}

/* What autoreconf needs. */
static void autotools_add_reconf(struct own_project *p, struct str text)
{
	static const char *const always[] = { "autoconf", "automake" };

	for (size_t i = 0; i < ARRAY_SIZE(always); i++)
		*list_push(p->a, &p->build_depends) = always[i];
	for (size_t i = 0; i < ARRAY_SIZE(autotools_macros); i++) {
		const struct autotools_macro *m = &autotools_macros[i];

		if (m->sure && autotools_has(text, m->name) &&
		    !strings_has(&p->build_depends, m->package))
			*list_push(p->a, &p->build_depends) = m->package;
	}
	/* their own names are links of update-alternatives */
	own_add_env(p, "ACLOCAL", "aclocal-" AUTOMAKE_RELEASE);
	own_add_env(p, "AUTOMAKE", "automake-" AUTOMAKE_RELEASE);
	PROJECT_STEP(p, "autoreconf", "autoreconf", "--force", "--install");
	draft_chose(p->d, "build-depends", strings_join(p->a, &p->build_depends, ", "),
		    "%s: autoreconf makes a configure script of it",
		    own_path(p, autotools_file(p)));
}

struct autotools_program {
	const char *name, *at;
	bool sbin;
};
struct autotools_programs LIST(struct autotools_program);

/* A line with those that end with "\\" joined to it, without what is commented out. */
static bool autotools_next_line(struct arena *a, struct str *text, struct str *out)
{
	struct buf all = { .a = a };
	struct str line;
	bool goes_on = true;

	if (!text->n)
		return false;
	while (goes_on && str_next(text, '\n', &line)) {
		const char *mark = memchr(line.p, '#', line.n);

		line.n = mark ? (size_t)(mark - line.p) : line.n;
		goes_on = line.n && line.p[line.n - 1] == '\\';
		buf_add(&all, (struct str){ line.p, line.n - goes_on });
		buf_puts(&all, " ");
	}
	*out = str_trim(str_of(buf_cstr(&all)));
	return true;
}

/* "bin_PROGRAMS = a b", "bin_PROGRAMS += c": what make or configure fill in is not known. */
static void autotools_add_programs(struct own_project *p, const char *file, struct str text,
				   bool sbin, struct autotools_programs *out)
{
	static const struct str names[] = { STR("bin_PROGRAMS"), STR("sbin_PROGRAMS") };
	struct str rest = text, line, word;

	while (autotools_next_line(p->a, &rest, &line)) {
		if (!str_starts(line, names[sbin]))
			continue;
		line = str_trim(str_from(line, names[sbin].n));
		if (str_starts(line, STR("+")))
			line = str_from(line, 1);
		if (!str_starts(line, STR("=")))
			continue;
		for (line = str_from(line, 1); str_next(&line, ' ', &word);) {
			word = str_trim(word);
			if (word.n && !memchr(word.p, '$', word.n) && !memchr(word.p, '@', word.n))
				*list_push(p->a, out) = (struct autotools_program){
					str_dup(p->a, word), own_path(p, file), sbin
				};
		}
	}
}

/* Those of bin_PROGRAMS, then of sbin_PROGRAMS, here and below. */
static bool autotools_find_programs(struct own_project *p, const char *folder, unsigned depth,
				    struct autotools_programs *out, struct error *e)
{
	const char *file = folder[0] ? arena_printf(p->a, "%s/Makefile.am", folder) : "Makefile.am";
	struct strings names = { NULL, 0, 0 };
	struct str text;

	if (own_has(p, file)) {
		if (!own_text(p, file, &text, e))
			return false;
		autotools_add_programs(p, file, text, false, out);
		autotools_add_programs(p, file, text, true, out);
	}
	if (!own_names(p, folder, &names, e))
		return false;
	for (size_t i = 0; i < names.n && depth < AUTOTOOLS_DEPTH_MAX; i++) {
		const char *path = folder[0] ? arena_printf(p->a, "%s/%s", folder, names.v[i])
					     : names.v[i];

		if (names.v[i][0] != '.' && own_is_folder(p, path) &&
		    !autotools_find_programs(p, path, depth + 1, out, e))
			return false;
	}
	return true;
}

/* The one that is called like the project or its folder, else the first; NULL: there is none. */
static const struct autotools_program *autotools_choose(struct own_project *p,
							const struct autotools_programs *programs)
{
	const struct autotools_program *chosen = programs->n ? &programs->v[0] : NULL;
	struct strings others = { NULL, 0, 0 };

	list_each(x, programs) {
		if ((p->name && strcmp(x->name, p->name) == 0) ||
		    strcmp(x->name, p->d->name) == 0) {
			chosen = x;
			break;
		}
	}
	list_each(x, programs)
		*list_push(p->a, &others) = x->name;
	if (chosen)
		own_tell_programs(p, &others, chosen->name, chosen->at);
	return chosen;
}

bool autotools_add(struct own_project *p, struct error *e)
{
	struct autotools_programs programs = { NULL, 0, 0 };
	const struct autotools_program *found;
	const char *program;
	struct str text;

	if (!autotools_read_ac(p, &text, e) || !autotools_find_programs(p, "", 0, &programs, e))
		return false;
	found = autotools_choose(p, &programs);
	program = found ? found->name : p->name ? p->name : p->d->name;
	if (!found) {
		p->doubt = "no Makefile.am has bin_PROGRAMS";
	}
	p->toolchain = "cxx";
	if (!autotools_have(p, "configure"))
		autotools_add_reconf(p, text);
	PROJECT_STEP(p, "configure", "./configure", "--prefix=/usr", "--libdir=/usr/lib/${target}",
		     "--sysconfdir=/etc", "--localstatedir=/var");
	PROJECT_STEP(p, "build", "make", "-j", "${jobs}");
	PROJECT_STEP(p, "install", "make", own_has(p, "Makefile.am") ? "install-strip" : "install",
		     "DESTDIR=${destdir}");
	*list_push(p->a, &p->keep) = arena_printf(p->a, "/usr/%s/%s",
						  found && found->sbin ? "sbin" : "bin", program);
	*list_push(p->a, &p->entrypoint) = p->keep.v[0];
	if (!text.n || autotools_has(text, "LT_INIT") || autotools_has(text, "AC_PROG_LIBTOOL"))
		*list_push(p->a, &p->keep) = "/usr/lib/**/*.so*";
	p->name = program;
	draft_chose(p->d, "steps", "configure, make", "%s",
		    own_path(p, own_has(p, autotools_file(p)) ? autotools_file(p) : "configure"));
	return true;
}
