/* SPDX-License-Identifier: Apache-2.0 */
/* Names that can be searched: a backtrace, a breakpoint and git grep show one without its file. */

#include <criterion/criterion.h>
#include <stdlib.h>

#include "support/fixture_code.h"
#include "support/fixture_files.h"

struct name {
	struct str text;
	const char *file;
};

static int compare_function_names(const void *a, const void *b)
{
	const struct name *x = a, *y = b;
	int order = str_cmp(x->text, y->text);

	return order ? order : strcmp(x->file, y->file);
}

struct names LIST(struct name);

static void add_statics(struct arena *a, const char *file, struct names *out)
{
	struct code_functions functions = code_functions(a, code_only(a, files_get(a, file)));

	for (size_t i = 0; i < functions.n; i++) {
		if (functions.v[i].is_static)
			*list_push(a, out) = (struct name){ functions.v[i].name, file };
	}
}

static bool is_elsewhere(const struct names *l, size_t i)
{
	const struct name *v = l->v;

	return (i > 0 && str_eq(v[i].text, v[i - 1].text)) ||
	       (i + 1 < l->n && str_eq(v[i].text, v[i + 1].text));
}

static const char *const roots[] = { "builder", "scripts-free", "tests" };

Test(style, names_of_static_functions_have_two_words_and_one_file)
{
	AUTO_ARENA a = { 0 };
	struct names names = { 0 };

	for (size_t r = 0; r < ARRAY_SIZE(roots); r++) {
		struct strings sources = files_below(&a, roots[r], ".c");

		for (size_t i = 0; i < sources.n; i++)
			add_statics(&a, sources.v[i], &names);
	}
	cr_assert_gt(names.n, 3000);
	qsort(names.v, names.n, sizeof(*names.v), compare_function_names);
	for (size_t i = 0; i < names.n; i++) {
		const struct name *n = &names.v[i];

		cr_expect(memchr(n->text.p, '_', n->text.n),
			  "%s: " STR_FMT "() has a name of one word", n->file, STR_ARG(n->text));
		cr_expect(!is_elsewhere(&names, i), "%s: " STR_FMT "() is in another file, too",
			  n->file, STR_ARG(n->text));
	}
}

/* Those of files are their base names; main.c may be there for each program. */
static void add_base_names(struct arena *a, const char *root, struct names *out)
{
	struct strings sources = files_below(a, root, ".c");

	for (size_t i = 0; i < sources.n; i++) {
		const char *base = strrchr(sources.v[i], '/') + 1;

		if (strcmp(base, "main.c") != 0)
			*list_push(a, out) = (struct name){ str_of(base), sources.v[i] };
	}
}

/* Those of structs are where their members are: "struct NAME {" at the beginning of a line. */
static void add_tags(struct arena *a, const char *root, const char *suffix, struct names *out)
{
	struct strings sources = files_below(a, root, suffix);

	for (size_t i = 0; i < sources.n; i++) {
		struct str rest = str_of(files_get(a, sources.v[i])), line;

		while (str_next(&rest, '\n', &line)) {
			if (str_starts(line, STR("struct ")) && str_ends(line, STR(" {")))
				*list_push(a, out) = (struct name){ { line.p + 7, line.n - 9 },
								    sources.v[i] };
		}
	}
}

static void expect_once(struct names *names, const char *what)
{
	qsort(names->v, names->n, sizeof(*names->v), compare_function_names);
	for (size_t i = 0; i < names->n; i++)
		cr_expect(!is_elsewhere(names, i), "%s: the %s " STR_FMT " is there twice",
			  names->v[i].file, what, STR_ARG(names->v[i].text));
}

Test(style, names_of_files_and_structs_are_there_once)
{
	AUTO_ARENA a = { 0 };
	struct names files = { 0 }, tags = { 0 };

	for (size_t r = 0; r < ARRAY_SIZE(roots); r++) {
		add_base_names(&a, roots[r], &files);
		add_tags(&a, roots[r], ".c", &tags);
		add_tags(&a, roots[r], ".h", &tags);
	}
	cr_assert(files.n > 600 && tags.n > 500, "%zu files, %zu structs", files.n, tags.n);
	expect_once(&files, "file");
	expect_once(&tags, "struct");
}
