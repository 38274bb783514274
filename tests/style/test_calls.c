/* SPDX-License-Identifier: Apache-2.0 */
/* Calls that nobody makes, how long functions and files may be, and that no script is in the tree.
 */

#include <criterion/criterion.h>

#include "support/fixture_code.h"
#include "support/fixture_files.h"

static const char *const banned[] = {
	"strcpy", "strcat",  "sprintf", "vsprintf", "strtok", "gets",
	"system", "popen",   "tmpnam",	"mktemp",   "atoi",   "atol",
	"alloca", "strncpy", "strncat", "rand",	    "srand",
};

/* Paths of recipes and images are walked with descriptors; a name that was worked out can be
 * another's by the time it is used. */
static const char *const banned_in_builder[] = { "realpath", "canonicalize_file_name" };

static const char *const roots[] = { "builder", "scripts-free" };

/* How many lines a file may have. */
static const struct {
	const char *root;
	size_t lines;
} sizes[] = { { "builder", 500 }, { "scripts-free", 500 }, { "tests", 600 } };

static void check_call(const char *file, const char *code, const char *name)
{
	size_t n = strlen(name);

	for (const char *p = strstr(code, name); p; p = strstr(p + n, name)) {
		if (p[n] == '(' && (p == code || !code_is_identifier(p[-1])))
			cr_expect(false, "%s calls %s()", file, name);
	}
}

static void check_builder_calls(const char *file, const char *code)
{
	for (size_t k = 0; k < ARRAY_SIZE(banned_in_builder); k++)
		check_call(file, code, banned_in_builder[k]);
	if (strcmp(file, "builder/main.c") == 0 || strcmp(file, "builder/base/arena.c") == 0)
		return;
	check_call(file, code, "exit");
	cr_expect(!strstr(code, "stderr"), "%s writes stderr", file);
}

Test(style, banned_calls_are_not_made)
{
	AUTO_ARENA a = { 0 };

	for (size_t r = 0; r < ARRAY_SIZE(roots); r++) {
		struct strings sources = files_below(&a, roots[r], ".c");

		for (size_t i = 0; i < sources.n; i++) {
			const char *code = code_only(&a, files_get(&a, sources.v[i]));

			for (size_t k = 0; k < ARRAY_SIZE(banned); k++)
				check_call(sources.v[i], code, banned[k]);
			if (r == 0)
				check_builder_calls(sources.v[i], code);
		}
	}
}

static void check_lengths(struct arena *a, const char *file, size_t most)
{
	const char *text = files_get(a, file);
	struct code_functions functions = code_functions(a, code_only(a, text));
	size_t lines = 0;

	for (const char *p = text; *p; p++)
		lines += *p == '\n';
	cr_expect_leq(lines, most, "%s has %zu lines", file, lines);
	for (size_t i = 0; i < functions.n; i++)
		cr_expect_leq(functions.v[i].lines, 70, "%s: " STR_FMT "() has %u lines", file,
			      STR_ARG(functions.v[i].name), functions.v[i].lines);
}

Test(style, functions_and_files_stay_short)
{
	AUTO_ARENA a = { 0 };

	for (size_t r = 0; r < ARRAY_SIZE(sizes); r++) {
		struct strings sources = files_below(&a, sizes[r].root, ".c");

		cr_assert_gt(sources.n, 0, "%s", sizes[r].root);
		for (size_t i = 0; i < sources.n; i++)
			check_lengths(&a, sources.v[i], sizes[r].lines);
	}
}

Test(style, no_script_is_in_the_tree)
{
	AUTO_ARENA a = { 0 };
	const char *const suffixes[] = { ".sh", ".bash", ".py", ".pl", ".rb", ".js" };
	const char *const folders[] = { "builder", "scripts-free", "recipes",
					"rootfs",  "tests",	   "docs" };

	for (size_t s = 0; s < ARRAY_SIZE(suffixes); s++) {
		for (size_t r = 0; r < ARRAY_SIZE(folders); r++) {
			struct strings found = files_below(&a, folders[r], suffixes[s]);

			/* the report's page is run by its reader's browser, by nothing here */
			for (size_t i = 0; i < found.n; i++)
				cr_expect(str_ends(str_of(found.v[i]), STR("/page.js")),
					  "%s is a script", found.v[i]);
		}
	}
}
