/* SPDX-License-Identifier: Apache-2.0 */
/* A function that only its own file calls is static; one that nobody calls is not there. */

#include <criterion/criterion.h>
#include <stdlib.h>

#include "support/fixture_code.h"
#include "support/fixture_files.h"

/* A word of a file. */
struct use {
	struct str word;
	unsigned file;
};

struct uses LIST(struct use);

static int compare_uses(const void *a, const void *b)
{
	const struct use *x = a, *y = b;
	int order = str_cmp(x->word, y->word);

	return order ? order : (x->file > y->file) - (x->file < y->file);
}

static void exports_add_words(struct arena *a, const char *text, unsigned file, struct uses *out)
{
	for (const char *p = text; *p;) {
		const char *start = p;

		while (code_is_identifier(*p))
			p++;
		if (p > start)
			*list_push(a, out) = (struct use){ { start, (size_t)(p - start) }, file };
		else
			p++;
	}
}

/* How often files other than `own` name it. A header's declaration is one time. */
static unsigned count_uses(const struct uses *l, struct str word, unsigned own)
{
	size_t lo = 0, hi = l->n;
	unsigned n = 0;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (str_cmp(l->v[mid].word, word) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	for (; lo < l->n && str_eq(l->v[lo].word, word); lo++)
		n += l->v[lo].file != own;
	return n;
}

static void check_exports(struct arena *a, const char *file, unsigned number, const char *code,
			  const struct uses *uses)
{
	struct code_functions functions = code_functions(a, code);

	for (size_t i = 0; i < functions.n; i++) {
		const struct code_function *f = &functions.v[i];

		if (!f->is_static && !str_eq(f->name, STR("main")))
			cr_expect_gt(count_uses(uses, f->name, number), 1,
				     "%s: nothing else uses " STR_FMT "()", file, STR_ARG(f->name));
	}
}

Test(style, exported_functions_are_used_elsewhere)
{
	static const char *const roots[] = { "builder", "scripts-free", "tests" };
	AUTO_ARENA a = { 0 };
	struct strings files = { 0 };
	struct uses uses = { 0 };
	const char **code;

	for (size_t r = 0; r < ARRAY_SIZE(roots); r++) {
		struct strings sources = files_below(&a, roots[r], ".c"),
			       headers = files_below(&a, roots[r], ".h");

		for (size_t i = 0; i < sources.n; i++)
			*list_push(&a, &files) = sources.v[i];
		for (size_t i = 0; i < headers.n; i++)
			*list_push(&a, &files) = headers.v[i];
	}
	code = arena_array(&a, files.n, sizeof(*code));
	for (size_t i = 0; i < files.n; i++) {
		code[i] = code_only(&a, files_get(&a, files.v[i]));
		exports_add_words(&a, code[i], (unsigned)i, &uses);
	}
	cr_assert(uses.v != NULL);
	qsort(uses.v, uses.n, sizeof(*uses.v), compare_uses);
	for (size_t i = 0; i < files.n; i++) {
		if (strncmp(files.v[i], "tests/", 6) != 0 &&
		    str_ends(str_of(files.v[i]), STR(".c")))
			check_exports(&a, files.v[i], (unsigned)i, code[i], &uses);
	}
}
