/* SPDX-License-Identifier: Apache-2.0 */
/* The grammar is that of cmake-language(7): commands with words in brackets. */

#include "explain/code/cmake_lists.h"

#include <ctype.h>

#include "base/path.h"

#define CMAKE_FILE "CMakeLists.txt"
#define CMAKE_DEPTH_MAX 16
#define CMAKE_VARIABLES_MAX 500
#define CMAKE_VALUE_MAX 1024
#define CMAKE_NOTES_MAX 1000 /* programs, needs: nobody writes more */

struct cmake_reading {
	struct own_project *p;
	struct cmake_lists *out;
	struct LIST(struct draft_variable) variables;
	const char *folder, *file; /* that is read */
	struct str text;
	unsigned depth;
};

/* One command: its name is of the text, its words are not. */
struct cmake_command {
	struct str name;
	struct strings words;
};

bool folder_is_for_tests(const char *path)
{
	static const char *const names[] = { "test",	 "tests",     "testing",    "example",
					     "examples", "benchmark", "benchmarks", "bench",
					     "fuzz",	 "samples" };
	struct str rest = str_of(path), word;

	while (str_next(&rest, '/', &word)) {
		for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
			if (word.n == strlen(names[i]) &&
			    strncasecmp(word.p, names[i], word.n) == 0)
				return true;
		}
	}
	return false;
}

static const char *cmake_value(const struct cmake_reading *r, struct str name)
{
	const char *value = NULL;

	list_each(x, &r->variables) {
		if (str_eq(name, str_of(x->name)))
			value = x->value;
	}
	return value;
}

/* "${PROJECT_NAME}-cli" -> "shop-cli"; what is not known stays. */
static const char *cmake_expand(const struct cmake_reading *r, struct str word)
{
	struct buf out = { .a = r->p->a };

	while (word.n) {
		const char *end = word.n > 1 && word.p[0] == '$' && word.p[1] == '{'
					  ? memchr(word.p, '}', word.n)
					  : NULL;
		const char *value = end ? cmake_value(r, (struct str){ word.p + 2,
								       (size_t)(end - word.p) - 2 })
					: NULL;
		size_t n = value ? (size_t)(end - word.p) + 1 : 1;

		if (value)
			buf_puts(&out, value);
		else
			buf_printf(&out, "%c", word.p[0]);
		word = str_from(word, n);
	}
	return buf_cstr(&out);
}

static void cmake_pass_comment(struct str *rest)
{
	const char *end = str_starts(*rest, STR("#[[")) ? memmem(rest->p, rest->n, "]]", 2)
							: memchr(rest->p, '\n', rest->n);

	*rest = str_from(*rest, end ? (size_t)(end - rest->p) + 1 : rest->n);
}

/* One word of a command, or a bracket: then it is empty. */
static struct str cmake_take_word(struct str *rest)
{
	struct str word = *rest;
	size_t n = 0;

	if (word.p[0] == '"') {
		for (n = 1; n < word.n && word.p[n] != '"'; n++)
			n += word.p[n] == '\\';
		*rest = str_from(*rest, n + 1);
		return (struct str){ word.p + 1, n < word.n ? n - 1 : 0 };
	}
	while (n < word.n && !strchr(" \t\r\n;()\"#", word.p[n]))
		n += word.p[n] == '\\' && n + 1 < word.n ? 2 : 1; /* -DNAME=\"text\" */
	word.n = n;
	*rest = str_from(*rest, n ? n : 1);
	return word;
}

static void cmake_read_words(const struct cmake_reading *r, struct str *rest,
			     struct cmake_command *c)
{
	unsigned depth = 1; /* of brackets */

	while (rest->n && depth) {
		char first = rest->p[0];
		struct str word;

		if (first == '#') {
			cmake_pass_comment(rest);
			continue;
		}
		depth += first == '(';
		depth -= first == ')';
		word = cmake_take_word(rest);
		if (word.n)
			*list_push(r->p->a, &c->words) = cmake_expand(r, word);
	}
}

static bool cmake_next(const struct cmake_reading *r, struct str *rest, struct cmake_command *c)
{
	while (rest->n) {
		size_t n = 0;

		if (rest->p[0] == '#') {
			cmake_pass_comment(rest);
			continue;
		}
		while (n < rest->n && (isalnum((unsigned char)rest->p[n]) || rest->p[n] == '_'))
			n++;
		if (n == 0) {
			*rest = str_from(*rest, 1);
			continue;
		}
		*c = (struct cmake_command){ .name = { rest->p, n } };
		*rest = str_from(*rest, n);
		while (rest->n && strchr(" \t", rest->p[0]))
			*rest = str_from(*rest, 1);
		if (!rest->n || rest->p[0] != '(')
			continue;
		*rest = str_from(*rest, 1);
		cmake_read_words(r, rest, c);
		return true;
	}
	return false;
}

static bool cmake_is(const struct cmake_command *c, const char *name)
{
	return c->name.n == strlen(name) && strncasecmp(c->name.p, name, c->name.n) == 0;
}

static const char *cmake_place(const struct cmake_reading *r, const struct cmake_command *c)
{
	return own_place(r->p, r->file, r->text, c->name.p);
}

static void cmake_set(struct cmake_reading *r, const char *name, const char *value)
{
	if (r->variables.n < CMAKE_VARIABLES_MAX && strlen(value) <= CMAKE_VALUE_MAX)
		*list_push(r->p->a, &r->variables) = (struct draft_variable){ name, value };
}

/* project(shop VERSION 1.2) */
static void cmake_note_project(struct cmake_reading *r, const struct cmake_command *c)
{
	if (r->out->name)
		return;
	r->out->name = c->words.v[0];
	cmake_set(r, "PROJECT_NAME", c->words.v[0]);
	cmake_set(r, "CMAKE_PROJECT_NAME", c->words.v[0]);
	for (size_t i = 1; i + 1 < c->words.n; i++) {
		if (strcmp(c->words.v[i], "VERSION") == 0)
			r->out->version = c->words.v[i + 1];
	}
}

/* set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bin) */
static void cmake_note_variable(struct cmake_reading *r, const struct cmake_command *c)
{
	const char *name = c->words.v[0];

	if (c->words.n < 2)
		return;
	cmake_set(r, name, c->words.v[1]);
	if (strcmp(name, "CMAKE_RUNTIME_OUTPUT_DIRECTORY") == 0 ||
	    strcmp(name, "EXECUTABLE_OUTPUT_PATH") == 0)
		r->out->outputs = c->words.v[1];
}

/* add_executable(a a.cc), target_sources(a PRIVATE b.cpp) */
static void cmake_note_language(struct cmake_reading *r, const struct cmake_command *c)
{
	static const char *const endings[] = { ".cc", ".cpp", ".cxx", ".C", NULL };

	for (size_t i = 1; i < c->words.n && !r->p->has_cxx && !folder_is_for_tests(r->folder);
	     i++) {
		if (own_name_ends(c->words.v[i], endings))
			r->p->has_cxx = cmake_place(r, c);
	}
}

static void cmake_note_program(struct cmake_reading *r, const struct cmake_command *c)
{
	const char *name = c->words.v[0];

	if (r->out->programs.n >= CMAKE_NOTES_MAX ||
	    (c->words.n > 1 &&
	     (strcmp(c->words.v[1], "ALIAS") == 0 || strcmp(c->words.v[1], "IMPORTED") == 0)))
		return;
	*list_push(r->p->a, &r->out->programs) =
		(struct cmake_program){ .name = name,
					.folder = r->folder,
					.output = name,
					.for_tests = folder_is_for_tests(r->folder),
					.at = cmake_place(r, c) };
}

/* add_library(a a.cc): shared or static as BUILD_SHARED_LIBS says */
static void cmake_note_library(struct cmake_reading *r, const struct cmake_command *c)
{
	static const char *const others[] = { "STATIC", "INTERFACE", "OBJECT", "ALIAS",
					      "IMPORTED" };
	const char *type = c->words.n > 1 ? c->words.v[1] : "";

	if (!name_among(type, others, ARRAY_SIZE(others)))
		r->out->libraries = true;
}

static struct cmake_program *cmake_find(struct cmake_lists *l, const char *name)
{
	list_each(x, &l->programs) {
		if (strcmp(x->name, name) == 0)
			return x;
	}
	return NULL;
}

/* install(TARGETS a b RUNTIME DESTINATION bin); of a daemon sbin, or ${CMAKE_INSTALL_SBINDIR} */
static void cmake_note_install(struct cmake_reading *r, const struct cmake_command *c)
{
	bool sbin = false;
	struct cmake_program *x;

	r->out->installs = true;
	for (size_t i = 1; i + 1 < c->words.n; i++)
		sbin |= strcmp(c->words.v[i], "DESTINATION") == 0 &&
			(strstr(c->words.v[i + 1], "sbin") || strstr(c->words.v[i + 1], "SBIN"));
	for (size_t i = 1; strcmp(c->words.v[0], "TARGETS") == 0 && i < c->words.n; i++) {
		if ((x = cmake_find(r->out, c->words.v[i]))) {
			x->installed = true;
			x->sbin = sbin;
		}
	}
}

/* set_target_properties(a PROPERTIES OUTPUT_NAME b) */
static void cmake_note_properties(struct cmake_reading *r, const struct cmake_command *c)
{
	struct cmake_program *x = cmake_find(r->out, c->words.v[0]);

	for (size_t i = 1; x && i + 1 < c->words.n; i++) {
		if (strcmp(c->words.v[i], "OUTPUT_NAME") == 0)
			x->output = c->words.v[i + 1];
	}
}

static void cmake_add_need(struct cmake_reading *r, const struct cmake_command *c, const char *name,
			   enum own_library_form form)
{
	if (r->out->needs.n >= CMAKE_NOTES_MAX)
		return;
	*list_push(r->p->a, &r->out->needs) =
		(struct cmake_need){ .name = name, .at = cmake_place(r, c), .form = form };
}

static void cmake_add_fetched(struct cmake_reading *r, const struct cmake_command *c)
{
	if (r->out->needs.n >= CMAKE_NOTES_MAX)
		return;
	*list_push(r->p->a, &r->out->needs) = (struct cmake_need){ .name = c->words.v[0],
								   .at = cmake_place(r, c),
								   .fetched = true };
}

/* find_package(Boost 1.74 REQUIRED COMPONENTS filesystem program_options): Debian has a package for
 * each, which are named without a version. */
static void cmake_note_boost(struct cmake_reading *r, const struct cmake_command *c)
{
	bool components = false;

	cmake_add_need(r, c, "libboost-dev", LIBRARY_PACKAGE);
	for (size_t i = 1; i < c->words.n; i++) {
		char *name;

		if (isupper((unsigned char)c->words.v[i][0])) {
			components = strstr(c->words.v[i], "COMPONENTS") != NULL;
			continue;
		}
		name = arena_printf(r->p->a, "libboost-%s-dev", c->words.v[i]);
		for (char *u = name; *u; u++)
			*u = *u == '_' ? '-' : *u;
		if (components)
			cmake_add_need(r, c, name, LIBRARY_PACKAGE);
	}
}

static void cmake_note_package(struct cmake_reading *r, const struct cmake_command *c)
{
	/* of CMake itself, and what the toolchain has */
	static const char *const own[] = { "Threads", "PkgConfig", "Git",   "Python3",
					   "Doxygen", "Intl",	   "Iconv", "OpenMP" };
	/* programs */
	static const struct {
		const char *name, *package;
	} programs[] = { { "BISON", "bison" },
			 { "FLEX", "flex" },
			 { "Gettext", "gettext" },
			 { "Perl", "perl" },
			 { "SWIG", "swig" } };

	if (folder_is_for_tests(r->folder) || name_among(c->words.v[0], own, ARRAY_SIZE(own)))
		return;
	for (size_t i = 0; i < ARRAY_SIZE(programs); i++) {
		if (strcmp(c->words.v[0], programs[i].name) == 0) {
			cmake_add_need(r, c, programs[i].package, LIBRARY_PACKAGE);
			return;
		}
	}
	if (strcmp(c->words.v[0], "Boost") == 0)
		cmake_note_boost(r, c);
	else
		cmake_add_need(r, c, c->words.v[0], LIBRARY_OF_CMAKE);
}

/* pkg_check_modules(SQLITE REQUIRED IMPORTED_TARGET sqlite3>=3.40): the first word is a prefix. */
static void cmake_note_modules(struct cmake_reading *r, const struct cmake_command *c)
{
	for (size_t i = 1; i < c->words.n && !folder_is_for_tests(r->folder); i++) {
		const char *word = c->words.v[i];
		size_t n = strcspn(word, "<>= ");

		if (n && !isupper((unsigned char)word[0]))
			cmake_add_need(r, c, arena_strndup(r->p->a, word, n), LIBRARY_MODULE);
	}
}

static void cmake_note(struct cmake_reading *r, const struct cmake_command *c)
{
	if (c->words.n == 0)
		return;
	if (cmake_is(c, "add_executable") || cmake_is(c, "add_library") ||
	    cmake_is(c, "target_sources"))
		cmake_note_language(r, c);
	if (cmake_is(c, "project"))
		cmake_note_project(r, c);
	else if (cmake_is(c, "set"))
		cmake_note_variable(r, c);
	else if (cmake_is(c, "add_executable"))
		cmake_note_program(r, c);
	else if (cmake_is(c, "add_library"))
		cmake_note_library(r, c);
	else if (cmake_is(c, "install"))
		cmake_note_install(r, c);
	else if (cmake_is(c, "set_target_properties"))
		cmake_note_properties(r, c);
	else if (cmake_is(c, "pkg_check_modules") || cmake_is(c, "pkg_search_module"))
		cmake_note_modules(r, c);
	else if (cmake_is(c, "find_package"))
		cmake_note_package(r, c);
	else if (cmake_is(c, "FetchContent_Declare") || cmake_is(c, "ExternalProject_Add") ||
		 cmake_is(c, "CPMAddPackage"))
		cmake_add_fetched(r, c);
}

static bool cmake_read(struct cmake_reading *r, const char *folder, struct error *e)
{
	const struct cmake_reading above = *r;
	struct cmake_command c;
	struct str rest;

	r->folder = folder;
	r->file = folder[0] ? arena_printf(r->p->a, "%s/" CMAKE_FILE, folder) : CMAKE_FILE;
	if (!own_has(r->p, r->file) || r->depth >= CMAKE_DEPTH_MAX)
		return true; /* CMake says it */
	if (!own_text(r->p, r->file, &r->text, e))
		return false;
	r->depth++;
	for (rest = r->text; cmake_next(r, &rest, &c);) {
		const char *path;
		struct error outside = { .kind = ERR_NONE };

		if (!cmake_is(&c, "add_subdirectory") || c.words.n == 0) {
			cmake_note(r, &c);
			continue;
		}
		if (path_normalise(r->p->a,
				   str_of(arena_printf(r->p->a, "%s/%s", folder, c.words.v[0])),
				   &path, &outside) &&
		    !cmake_read(r, path, e))
			return false;
	}
	r->folder = above.folder;
	r->file = above.file;
	r->text = above.text;
	r->depth--;
	return true;
}

bool cmake_lists_read(struct own_project *p, struct cmake_lists *out, struct error *e)
{
	struct cmake_reading r = { .p = p, .out = out };

	*out = (struct cmake_lists){ .name = NULL };
	cmake_set(&r, "CMAKE_SOURCE_DIR", ".");
	cmake_set(&r, "PROJECT_SOURCE_DIR", ".");
	cmake_set(&r, "CMAKE_CURRENT_SOURCE_DIR", ".");
	cmake_set(&r, "CMAKE_BINARY_DIR", "build");
	cmake_set(&r, "PROJECT_BINARY_DIR", "build");
	cmake_set(&r, "CMAKE_CURRENT_BINARY_DIR", "build");
	return cmake_read(&r, "", e);
}

static unsigned cmake_rank(const struct cmake_lists *l, const struct cmake_program *x)
{
	return l->name && strcmp(x->name, l->name) == 0 ? 0
	       : x->installed				? 1
	       : !x->for_tests				? 2
							: 3;
}

const struct cmake_program *cmake_lists_choose(const struct cmake_lists *l)
{
	const struct cmake_program *chosen = NULL;

	list_each(x, &l->programs) {
		if (!chosen || cmake_rank(l, x) < cmake_rank(l, chosen))
			chosen = x;
	}
	return chosen;
}
