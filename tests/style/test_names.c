/* SPDX-License-Identifier: Apache-2.0 */
/* Names that can be searched: how many static functions have a name of one word, and how many a name that stands in
 * another file, too. What is here grows only by a change of these numbers. */

#include <criterion/criterion.h>
#include <stdlib.h>

#include "support/fixture_code.h"
#include "support/fixture_files.h"

#define ONE_WORD 546
#define IN_SEVERAL_FILES 734

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

struct names {
	struct name *v;
	size_t n, cap;
};

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

	return (i > 0 && str_eq(v[i].text, v[i - 1].text)) || (i + 1 < l->n && str_eq(v[i].text, v[i + 1].text));
}

Test(style, names_of_functions_can_be_searched)
{
	static const char *const roots[] = { "builder", "scripts-free" };
	AUTO_ARENA a = { 0 };
	struct names names = { 0 };
	size_t words = 0, several = 0;

	for (size_t r = 0; r < ARRAY_SIZE(roots); r++) {
		struct strings sources = files_below(&a, roots[r], ".c");

		for (size_t i = 0; i < sources.n; i++)
			add_statics(&a, sources.v[i], &names);
	}
	cr_assert_gt(names.n, 2000);
	qsort(names.v, names.n, sizeof(*names.v), compare_function_names);
	for (size_t i = 0; i < names.n; i++) {
		words += !memchr(names.v[i].text.p, '_', names.v[i].text.n);
		several += is_elsewhere(&names, i);
	}
	cr_expect_leq(words, ONE_WORD, "%zu of %zu static functions have a name of one word", words, names.n);
	cr_expect_leq(several, IN_SEVERAL_FILES, "%zu of %zu static functions have a name that is in another file, too",
		      several, names.n);
}

