/* SPDX-License-Identifier: Apache-2.0 */
/* Documents are read in terminals and in diffs: their sentences keep to 100 columns. */

#include <criterion/criterion.h>

#include "support/fixture_files.h"

#define COLUMNS 100

/* Printed by make docs, with texts as the code has them. */
static const char *const printed_pages[] = { "docs/reference/cli.md", "docs/reference/errors.md",
					     "docs/reference/recipe.md",
					     "docs/reference/source.md" };

static size_t docs_columns(struct str line)
{
	size_t n = 0;

	for (size_t i = 0; i < line.n; i++)
		n += ((unsigned char)line.p[i] & 0xc0) != 0x80; /* not the rest of a letter */
	return n;
}

/* Code, tables and titles cannot be wrapped. */
static bool docs_is_prose(struct str line, bool *fenced)
{
	struct str text = str_trim(line);

	if (str_starts(text, STR("```"))) {
		*fenced = !*fenced;
		return false;
	}
	return !*fenced && !str_starts(line, STR("    ")) && !str_starts(text, STR("|")) &&
	       !str_starts(text, STR("#"));
}

static void docs_expect_narrow(struct arena *a, const char *file)
{
	struct str rest = str_of(files_get(a, file)), line;
	bool fenced = false;

	for (unsigned number = 1; str_next(&rest, '\n', &line); number++) {
		if (docs_is_prose(line, &fenced))
			cr_expect_leq(docs_columns(line), COLUMNS, "%s:%u", file, number);
	}
}

Test(style, sentences_of_documents_are_at_most_100_columns_wide)
{
	AUTO_ARENA a = { 0 };
	struct strings files = files_below(&a, "docs", ".md");

	*list_push(&a, &files) = "README.md";
	for (size_t i = 0; i < files.n; i++) {
		if (!name_among(files.v[i], printed_pages, ARRAY_SIZE(printed_pages)))
			docs_expect_narrow(&a, files.v[i]);
	}
}
