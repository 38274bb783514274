/* SPDX-License-Identifier: Apache-2.0 */
/* The grammar is that of cmake-language(7): commands with words in brackets. */

#include "explain/code/cmake_lists.h"

#include <ctype.h>

#include "base/path.h"
#include "explain/code/cmake_needs.h"
#include "explain/code/folder_names.h"

#define CMAKE_FILE "CMakeLists.txt"
#define CMAKE_DEPTH_MAX 16
#define CMAKE_VARIABLES_MAX 500
#define CMAKE_VALUE_MAX 1024

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
	static const char *const own[] = { "PROJECT_NAME", "CMAKE_PROJECT_NAME" };
	const char *name = c->words.v[0];

	if (c->words.n < 2 || (r->out->name && name_among(name, own, ARRAY_SIZE(own))))
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
			r->p->has_cxx = cmake_command_place(r, c);
	}
}

static void cmake_add_program(struct cmake_reading *r, const struct cmake_command *c,
			      const char *name, bool installed)
{
	bool aside = folder_is_for_tests(r->folder) || folder_is_foreign(r->folder);

	if (r->out->programs.n < CMAKE_NOTES_MAX)
		*list_push(r->p->a, &r->out->programs) =
			(struct cmake_program){ .name = name,
						.folder = r->folder,
						.output = name,
						.installed = installed,
						.for_tests = aside,
						.at = cmake_command_place(r, c) };
}

/* function(shop_program name) add_executable(${name} ...): what calls it makes a program. */
static void cmake_note_program(struct cmake_reading *r, const struct cmake_command *c)
{
	if (c->words.n > 1 &&
	    (strcmp(c->words.v[1], "ALIAS") == 0 || strcmp(c->words.v[1], "IMPORTED") == 0))
		return;
	if (!r->function.n)
		cmake_add_program(r, c, c->words.v[0], false);
	for (size_t i = 1; i < r->function.n && r->wrappers.n < CMAKE_NOTES_MAX; i++) {
		if (strcmp(c->words.v[0], arena_printf(r->p->a, "${%s}", r->function.v[i])) == 0)
			*list_push(r->p->a, &r->wrappers) =
				(struct cmake_wrapper){ .name = r->function.v[0], .word = i - 1 };
	}
}

/* Its parameters are known to who calls it. */
static void cmake_enter_function(struct cmake_reading *r, const struct cmake_command *c)
{
	r->function = c->words;
	for (size_t i = 1; i < c->words.n; i++)
		cmake_set(r, c->words.v[i], arena_printf(r->p->a, "${%s}", c->words.v[i]));
}

static void cmake_note_call(struct cmake_reading *r, const struct cmake_command *c)
{
	list_each(w, &r->wrappers) {
		if (cmake_command_is(c, w->name) && !r->function.n && c->words.n > w->word) {
			cmake_add_program(r, c, c->words.v[w->word], w->installed);
			return;
		}
	}
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
	if (r->function.n && r->wrappers.n && strcmp(c->words.v[0], "TARGETS") == 0)
		r->wrappers.v[r->wrappers.n - 1].installed |=
			strcmp(r->wrappers.v[r->wrappers.n - 1].name, r->function.v[0]) == 0;
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
		if (strcmp(c->words.v[i], "OUTPUT_NAME") == 0 ||
		    strcmp(c->words.v[i], "RUNTIME_OUTPUT_NAME") == 0)
			x->output = c->words.v[i + 1];
	}
}

/* set_property(TARGET a PROPERTY OUTPUT_NAME b) */
static void cmake_note_property(struct cmake_reading *r, const struct cmake_command *c)
{
	struct cmake_command without = { c->name, { c->words.v + 1, c->words.n - 1, 0 } };

	if (c->words.n > 1 && strcmp(c->words.v[0], "TARGET") == 0)
		cmake_note_properties(r, &without);
}

/* foreach(x a b), foreach(x IN LISTS names): the first stands for all. */
static void cmake_note_loop(struct cmake_reading *r, const struct cmake_command *c)
{
	size_t i = c->words.n > 1 && strcmp(c->words.v[1], "IN") == 0 ? 3 : 1;
	const char *first = i < c->words.n ? c->words.v[i] : NULL;

	if (first && i == 3 && strcmp(c->words.v[2], "LISTS") == 0)
		first = cmake_value(r, str_of(first));
	if (first && strcmp(first, "RANGE") != 0)
		cmake_set(r, c->words.v[0], first);
}

static void cmake_note(struct cmake_reading *r, const struct cmake_command *c)
{
	if (cmake_command_is(c, "endfunction") || cmake_command_is(c, "endmacro"))
		r->function.n = 0;
	if (c->words.n == 0)
		return;
	if (cmake_command_is(c, "add_executable") || cmake_command_is(c, "add_library") ||
	    cmake_command_is(c, "target_sources"))
		cmake_note_language(r, c);
	if (cmake_command_is(c, "project"))
		cmake_note_project(r, c);
	else if (cmake_command_is(c, "set"))
		cmake_note_variable(r, c);
	else if (cmake_command_is(c, "add_executable"))
		cmake_note_program(r, c);
	else if (cmake_command_is(c, "add_library"))
		cmake_note_library(r, c);
	else if (cmake_command_is(c, "install"))
		cmake_note_install(r, c);
	else if (cmake_command_is(c, "set_target_properties"))
		cmake_note_properties(r, c);
	else if (cmake_command_is(c, "set_property"))
		cmake_note_property(r, c);
	else if (cmake_command_is(c, "foreach"))
		cmake_note_loop(r, c);
	else if (cmake_command_is(c, "function") || cmake_command_is(c, "macro"))
		cmake_enter_function(r, c);
	else
		cmake_note_call(r, c);
	cmake_needs_note(r, c);
}

/* "*.cmake" in .gitignore means what CMake makes; what is included is the project's own, as it has
 * been added with git add -f. */
static void cmake_take_ignored(struct cmake_reading *r, const char *path)
{
	struct own_project *p = r->p;
	const char *rule = own_ignored(p, path), *folder = path_dir(p->a, path);
	const char *pattern = arena_printf(p->a, "!%s%s*.cmake", folder, folder[0] ? "/" : "");

	if (!rule || strings_has(&p->ignore, pattern))
		return;
	*list_push(p->a, &p->ignore) = pattern;
	draft_chose(p->d, "ignore", pattern, "%s includes %s, which %s leaves out",
		    own_path(p, r->file), path, rule);
}

/* include(cmake/openssl.cmake), include(openssl): a file of the project; NULL: it is none of it. */
static const char *cmake_included(struct cmake_reading *r, const char *name)
{
	struct arena *a = r->p->a;
	const char *const tries[] = { arena_printf(a, "%s/%s", r->folder, name), name,
				      arena_printf(a, "cmake/%s.cmake", name),
				      arena_printf(a, "cmake/modules/%s.cmake", name) };

	for (size_t i = 0; i < ARRAY_SIZE(tries); i++) {
		struct error outside = { .kind = ERR_NONE };
		const char *path;

		if (!str_ends(str_of(tries[i]), STR(".cmake")) ||
		    !path_normalise(a, str_of(tries[i]), &path, &outside) || !own_has(r->p, path))
			continue;
		cmake_take_ignored(r, path);
		return path;
	}
	return NULL;
}

static bool cmake_read(struct cmake_reading *r, const char *folder, const char *file,
		       struct error *e);

static bool cmake_read_folder(struct cmake_reading *r, const char *name, struct error *e)
{
	struct arena *a = r->p->a;
	struct error outside = { .kind = ERR_NONE };
	const char *path;

	return !path_normalise(a, str_of(arena_printf(a, "%s/%s", r->folder, name)), &path,
			       &outside) ||
	       cmake_read(r, path, path[0] ? arena_printf(a, "%s/" CMAKE_FILE, path) : CMAKE_FILE,
			  e);
}

/* The files that a command names; *out: whether it is one that does. */
static bool cmake_enter(struct cmake_reading *r, const struct cmake_command *c, bool *out,
			struct error *e)
{
	size_t names = cmake_command_is(c, "add_subdirectory") ? 1
		       : cmake_command_is(c, "subdirs")	       ? c->words.n
							       : 0;

	if (c->words.n > 0 && cmake_command_is(c, "include")) {
		*out = true;
		return cmake_read(r, r->folder, cmake_included(r, c->words.v[0]), e);
	}
	*out = names > 0;
	for (size_t i = 0; i < names && i < c->words.n; i++) {
		if (!cmake_read_folder(r, c->words.v[i], e))
			return false;
	}
	return true;
}

/* Each file is read once: folders that name themselves would have no end. */
static bool cmake_read(struct cmake_reading *r, const char *folder, const char *file,
		       struct error *e)
{
	const struct cmake_reading above = *r;
	struct cmake_command c;
	struct str rest;

	if (!file || !own_has(r->p, file) || r->depth >= CMAKE_DEPTH_MAX ||
	    r->files.n >= CMAKE_NOTES_MAX || strings_has(&r->files, file))
		return true; /* CMake says it */
	*list_push(r->p->a, &r->files) = file;
	r->folder = folder;
	r->file = file;
	if (!own_text(r->p, r->file, &r->text, e))
		return false;
	r->depth++;
	for (rest = r->text; cmake_next(r, &rest, &c);) {
		bool entered;

		if (!cmake_enter(r, &c, &entered, e))
			return false;
		if (!entered)
			cmake_note(r, &c);
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
	cmake_set(&r, "CMAKE_CURRENT_LIST_DIR", ".");
	cmake_set(&r, "CMAKE_BINARY_DIR", "build");
	cmake_set(&r, "PROJECT_BINARY_DIR", "build");
	cmake_set(&r, "CMAKE_CURRENT_BINARY_DIR", "build");
	return cmake_read(&r, "", CMAKE_FILE, e);
}

/* What is called like the project, or like its folder; what only a variable names comes last. */
static unsigned cmake_rank(const struct cmake_lists *l, const struct cmake_program *x,
			   const char *name)
{
	bool named = (l->name && strcasecmp(x->name, l->name) == 0) || strcmp(x->name, name) == 0 ||
		     strcmp(x->output, name) == 0;

	return strstr(x->output, "${") ? 4 : named ? 0 : x->for_tests ? 3 : x->installed ? 1 : 2;
}

const struct cmake_program *cmake_lists_choose(const struct cmake_lists *l, const char *name)
{
	const struct cmake_program *chosen = NULL;

	list_each(x, &l->programs) {
		if (!chosen || cmake_rank(l, x, name) < cmake_rank(l, chosen, name))
			chosen = x;
	}
	return chosen;
}
