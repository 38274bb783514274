/* SPDX-License-Identifier: Apache-2.0 */
#include "explain/code/cmake_needs.h"

#include <ctype.h>

#include "explain/code/folder_names.h"

bool cmake_command_is(const struct cmake_command *c, const char *name)
{
	return c->name.n == strlen(name) && strncasecmp(c->name.p, name, c->name.n) == 0;
}

const char *cmake_command_place(const struct cmake_reading *r, const struct cmake_command *c)
{
	return own_place(r->p, r->file, r->text, c->name.p);
}

static void needs_add(struct cmake_reading *r, const struct cmake_command *c, const char *name,
		      enum own_library_form form)
{
	if (r->out->needs.n >= CMAKE_NOTES_MAX)
		return;
	*list_push(r->p->a, &r->out->needs) =
		(struct cmake_need){ .name = name, .at = cmake_command_place(r, c), .form = form };
}

static void needs_add_fetched(struct cmake_reading *r, const struct cmake_command *c)
{
	if (r->out->needs.n >= CMAKE_NOTES_MAX)
		return;
	*list_push(r->p->a, &r->out->needs) = (struct cmake_need){ .name = c->words.v[0],
								   .at = cmake_command_place(r, c),
								   .fetched = true };
}

/* find_package(Boost 1.74 REQUIRED COMPONENTS filesystem program_options): Debian has a package for
 * each, which are named without a version. */
static void needs_note_boost(struct cmake_reading *r, const struct cmake_command *c)
{
	bool components = false;

	needs_add(r, c, "libboost-dev", LIBRARY_PACKAGE);
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
			needs_add(r, c, name, LIBRARY_PACKAGE);
	}
}

static void needs_note_package(struct cmake_reading *r, const struct cmake_command *c)
{
	/* of CMake itself, and what the toolchain has */
	static const char *const own[] = { "Threads", "PkgConfig", "Git",   "Python3",
					   "Doxygen", "Intl",	   "Iconv", "OpenMP" };
	/* programs */
	static const struct {
		const char *name, *package;
	} programs[] = { { "BISON", "bison" },		{ "FLEX", "flex" },
			 { "Gettext", "gettext" },	{ "Perl", "perl" },
			 { "PerlLibs", "libperl-dev" }, { "SWIG", "swig" } };

	if (folder_is_for_tests(r->folder) || name_among(c->words.v[0], own, ARRAY_SIZE(own)))
		return;
	for (size_t i = 0; i < ARRAY_SIZE(programs); i++) {
		if (strcmp(c->words.v[0], programs[i].name) == 0) {
			needs_add(r, c, programs[i].package, LIBRARY_PACKAGE);
			return;
		}
	}
	if (strcmp(c->words.v[0], "Boost") == 0)
		needs_note_boost(r, c);
	else
		needs_add(r, c, c->words.v[0], LIBRARY_OF_CMAKE);
}

/* pkg_check_modules(SQLITE REQUIRED IMPORTED_TARGET sqlite3>=3.40): the first word is a prefix. */
static void needs_note_modules(struct cmake_reading *r, const struct cmake_command *c)
{
	for (size_t i = 1; i < c->words.n && !folder_is_for_tests(r->folder); i++) {
		const char *word = c->words.v[i];
		size_t n = strcspn(word, "<>= ");

		if (n && !isupper((unsigned char)word[0]))
			needs_add(r, c, arena_strndup(r->p->a, word, n), LIBRARY_MODULE);
	}
}

/* find_library(UUID_LIB NAMES uuid): the first name. */
static void needs_note_library(struct cmake_reading *r, const struct cmake_command *c)
{
	size_t i = c->words.n > 1 && strcmp(c->words.v[1], "NAMES") == 0 ? 2 : 1;

	if (i < c->words.n && !folder_is_for_tests(r->folder) && !strpbrk(c->words.v[i], "$/."))
		needs_add(r, c, c->words.v[i], LIBRARY_LINKED);
}

/* option(BUILD_TESTS "..." ON): for what no image needs, and what takes programs and time. */
static void needs_note_option(struct cmake_reading *r, const struct cmake_command *c)
{
	static const char *const off[] = { "OFF", "0", "NO", "FALSE" };
	const char *name = c->words.v[0];

	if (c->words.n < 3 || name_among(c->words.v[2], off, ARRAY_SIZE(off)) ||
	    !option_is_aside(name) || strchr(name, '$') || r->out->off.n >= CMAKE_NOTES_MAX ||
	    folder_is_foreign(r->folder) || strings_has(&r->out->off, name))
		return;
	*list_push(r->p->a, &r->out->off) = name;
	r->out->off_at = r->out->off_at ? r->out->off_at : cmake_command_place(r, c);
}

void cmake_needs_note(struct cmake_reading *r, const struct cmake_command *c)
{
	if (cmake_command_is(c, "pkg_check_modules") || cmake_command_is(c, "pkg_search_module"))
		needs_note_modules(r, c);
	else if (cmake_command_is(c, "find_package"))
		needs_note_package(r, c);
	else if (cmake_command_is(c, "option") || cmake_command_is(c, "cmake_dependent_option"))
		needs_note_option(r, c);
	else if (cmake_command_is(c, "find_library"))
		needs_note_library(r, c);
	else if (cmake_command_is(c, "FetchContent_Declare") ||
		 cmake_command_is(c, "ExternalProject_Add") || cmake_command_is(c, "CPMAddPackage"))
		needs_add_fetched(r, c);
}
