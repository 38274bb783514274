/* SPDX-License-Identifier: Apache-2.0 */
/* Tokens of search paths: what they stand for on each machine (ld.so(8)). */

#include <criterion/criterion.h>

#include "base/buf.h"
#include "format/elf/loader_search.h"
#include "format/machine/machine.h"

static const char *search_expanded(struct arena *a, const struct machine *m, const char *text)
{
	const struct elf elf = {
		.machine = m->elf, .is64 = m->is64, .big_endian = m->big_endian, .flags = m->value
	};

	return search_expand(a, &elf, str_of(text), "/opt/app");
}

Test(loader_search, tokens_are_replaced_where_the_machine_says_it_all)
{
	static const struct {
		int machine;
		const char *text, *means; /* NULL: the element is dropped */
	} cases[] = {
		{ MACHINE_AMD64, "$ORIGIN/../lib", "/opt/app/../lib" },
		{ MACHINE_AMD64, "${ORIGIN}x", "/opt/appx" },
		{ MACHINE_AMD64, "$ORIGINAL", "$ORIGINAL" },
		{ MACHINE_AMD64, "${ORIGIN", "${ORIGIN" },
		{ MACHINE_AMD64, "/opt/$LIB", "/opt/lib/x86_64-linux-gnu" },
		{ MACHINE_ARM64, "/opt/$LIB/x", "/opt/lib/aarch64-linux-gnu/x" },
		/* x86_64 on one processor, haswell on another */
		{ MACHINE_AMD64, "/opt/$PLATFORM", NULL },
		{ MACHINE_AMD64, "/opt/${PLATFORM}x", NULL },
		{ MACHINE_AMD64, "/opt/$PLATFORMS", "/opt/$PLATFORMS" },
		{ MACHINE_ARM64, "/opt/$PLATFORM", "/opt/aarch64" },
	};
	AUTO_ARENA a = { 0 };

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const char *got = search_expanded(&a, &machine_rows[cases[i].machine],
						  cases[i].text);

		if (cases[i].means)
			cr_expect_str_eq(got, cases[i].means, "%s", cases[i].text);
		else
			cr_expect_null(got, "%s: %s", cases[i].text, got);
	}
}

static void expect_folders(const char *list, const char *const *wanted)
{
	const struct elf elf = { .machine = machine_rows[MACHINE_AMD64].elf, .is64 = true };
	AUTO_ARENA a = { 0 };
	struct strings got = { 0 };
	size_t n = 0;

	search_path_folders(&a, &elf, list, "/opt/app", &got);
	while (wanted[n])
		n++;
	cr_assert_eq(got.n, n, "%s: %zu folders", list, got.n);
	for (size_t i = 0; i < n; i++)
		cr_expect_str_eq(got.v[i], wanted[i], "%s", list);
}

Test(loader_search, folders_of_a_path_stand_once_without_slashes_behind)
{
	expect_folders("", (const char *[]){ NULL });
	expect_folders("/", (const char *[]){ "/", NULL });
	expect_folders("///", (const char *[]){ "/", NULL });
	expect_folders("/a", (const char *[]){ "/a", NULL });
	expect_folders("/a//:/a:/b/", (const char *[]){ "/a", "/b", NULL });
	expect_folders("a:./b::$LIB", (const char *[]){ NULL });
	expect_folders("$PLATFORM:/c", (const char *[]){ "/c", NULL });
	expect_folders("$ORIGIN:${ORIGIN}/", (const char *[]){ "/opt/app", NULL });
}

Test(loader_search, what_is_known_is_not_listed_again_and_1024_folders_are_the_end)
{
	const struct elf elf = { .machine = machine_rows[MACHINE_AMD64].elf, .is64 = true };
	AUTO_ARENA a = { 0 };
	struct strings got = { 0 };
	struct buf list = { .a = &a };

	*list_push(&a, &got) = "/f3";
	for (int i = 0; i < 1030; i++)
		buf_printf(&list, "/f%d:", i);
	search_path_folders(&a, &elf, buf_cstr(&list), "/opt/app", &got);
	cr_assert_eq(got.n, 1024u);
	cr_expect_str_eq(got.v[0], "/f3");
	cr_expect_str_eq(got.v[1], "/f0");
	cr_expect_str_eq(got.v[1023], "/f1023");
}

Test(loader_search, an_expanded_path_has_at_most_the_bytes_of_a_path)
{
	AUTO_ARENA a = { 0 };
	char *text = arena_text(&a, 5000);

	memset(text, 'x', 4096);
	cr_expect_not_null(search_expanded(&a, &machine_rows[MACHINE_AMD64], text));
	memset(text, 'x', 4097);
	cr_expect_null(search_expanded(&a, &machine_rows[MACHINE_AMD64], text));
}

/* An element is a part of a longer text: what stands behind it is not its own. */
Test(loader_search, an_element_has_a_length)
{
	const struct elf elf = { .machine = machine_rows[MACHINE_AMD64].elf, .is64 = true };
	static const struct {
		const char *text;
		size_t n;
		const char *means;
	} cases[] = {
		{ "$ORIGINX", 7, "/opt/app" },
		{ "${ORIGIN}", 8, "${ORIGIN" },
		{ "$ORIGIN", 6, "$ORIGI" },
		{ "$LIB}", 4, "lib/x86_64-linux-gnu" },
		{ "a${LIB}", 2, "a$" },
		{ "${LIB}", 1, "$" },
		{ "$LIB_", 5, "$LIB_" },
		{ "$LIB9", 5, "$LIB9" },
		{ "$LIBz", 5, "$LIBz" },
		{ "$LIBZ", 5, "$LIBZ" },
		{ "$LIB0", 5, "$LIB0" },
		{ "$LIBa", 5, "$LIBa" },
		{ "$LIBA", 5, "$LIBA" },
		{ "$LIB/", 5, "lib/x86_64-linux-gnu/" },
		{ "$LIB:", 5, "lib/x86_64-linux-gnu:" },
		{ "$LIB@", 5, "lib/x86_64-linux-gnu@" },
		{ "$LIB[", 5, "lib/x86_64-linux-gnu[" },
		{ "$LIB`", 5, "lib/x86_64-linux-gnu`" },
		{ "$LIB{", 5, "lib/x86_64-linux-gnu{" },
		{ "${LIBX", 6, "${LIBX" },
		{ "${LIBX}", 7, "${LIBX}" },
	};
	AUTO_ARENA a = { 0 };

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct str s = { cases[i].text, cases[i].n };

		cr_expect_str_eq(search_expand(&a, &elf, s, "/opt/app"), cases[i].means, "%s",
				 cases[i].text);
	}
}

Test(loader_search, the_folder_of_a_path)
{
	AUTO_ARENA a = { 0 };

	cr_expect_str_eq(search_folder_of(&a, "/usr/lib/x"), "/usr/lib");
	cr_expect_str_eq(search_folder_of(&a, "/x"), "/");
	cr_expect_str_eq(search_folder_of(&a, "x"), "/");
}
