/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright files and what becomes of the names in them. */

#include <criterion/criterion.h>

#include "base/buf.h"
#include "inspect/sbom/licence_expression.h"

static const char *licence_text(struct arena *a, struct str copyright, struct licence_refs *refs)
{
	struct licences l = { NULL, 0, 0 };
	struct copyright c;
	const char *text;

	copyright_read(a, copyright, &c);
	licences_of(a, &c, refs, &l);
	text = licences_expression(a, &l);
	return text ? text : "nothing";
}

/* A machine-readable file with one field. */
static const char *of_field(struct arena *a, const char *field)
{
	struct licence_refs refs = { NULL, 0, 0, 0 };

	return licence_text(a,
			    str_of(arena_printf(a, "Format: x\n\nFiles: *\nLicense: %s\n", field)),
			    &refs);
}

Test(evidence, licence_names_of_debian_become_those_of_spdx)
{
	static const char *const cases[][2] = {
		{ "GPL-2+", "GPL-2.0-or-later" },
		{ "GPL-2", "GPL-2.0-only" },
		{ "gpl-3.0+", "GPL-3.0-or-later" },
		{ "GPL-3.0-only", "GPL-3.0-only" },
		{ "GPL-2.0-or-later", "GPL-2.0-or-later" },
		{ "LGPL-2.1+", "LGPL-2.1-or-later" },
		{ "LGPL-2", "LGPL-2.0-only" },
		{ "AGPL-3", "AGPL-3.0-only" },
		{ "GFDL-1.3+", "GFDL-1.3-or-later" },
		{ "GFDL-NIV-1.3+", "GFDL-1.3-no-invariants-or-later" },
		{ "Expat", "MIT" },
		{ "BSD-3-clause", "BSD-3-Clause" },
		{ "zlib", "Zlib" },
		{ "CC0", "CC0-1.0" },
		{ "GPL-2+ with Libtool exception", "GPL-2.0-or-later WITH Libtool-exception" },
		{ "GPL-3.0-or-later WITH GCC-exception-3.1",
		  "GPL-3.0-or-later WITH GCC-exception-3.1" },
	};
	AUTO_ARENA a = { 0 };

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		cr_expect_str_eq(of_field(&a, cases[i][0]), cases[i][1], "%s: %s", cases[i][0],
				 of_field(&a, cases[i][0]));
}

Test(evidence, licence_grammar_is_that_of_machine_readable_files)
{
	static const char *const cases[][2] = {
		{ "GPL-2+ or MIT", "GPL-2.0-or-later OR MIT" },
		{ "MIT and ISC", "MIT AND ISC" },
		{ "MIT and ISC or Zlib", "MIT AND ISC OR Zlib" },
		{ "MIT or ISC, and Zlib", "(MIT OR ISC) AND Zlib" },
		{ "MIT and ISC, or Zlib", "MIT AND ISC OR Zlib" },
		{ "MIT or ISC, and Zlib or X11", "(MIT OR ISC) AND (Zlib OR X11)" },
		{ "MIT, ISC, Zlib", "MIT AND ISC AND Zlib" },
		{ "MIT or ISC, and Zlib, or X11", "(MIT OR ISC) AND Zlib OR X11" },
		{ "MPL-1.1 OR GPL-2+ Or LGPL-2.1+",
		  "MPL-1.1 OR GPL-2.0-or-later OR LGPL-2.1-or-later" },
		{ "MIT,", "MIT" },
		{ "MIT and ISC or Zlib, and X11", "(MIT AND ISC OR Zlib) AND X11" },
		{ "MIT, or ISC and Zlib, and X11 and Zlib or MIT",
		  "(MIT OR ISC AND Zlib) AND (X11 AND Zlib OR MIT)" },
		{ "MIT or ISC, and Zlib or X11, and MIT or ISC", "(MIT OR ISC) AND (Zlib OR X11)" },
	};
	AUTO_ARENA a = { 0 };

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		cr_expect_str_eq(of_field(&a, cases[i][0]), cases[i][1], "%s: %s", cases[i][0],
				 of_field(&a, cases[i][0]));
}

Test(evidence, what_is_not_on_the_list_of_spdx_is_a_reference_and_no_guess)
{
	static const char *const cases[] = {
		"public-domain",
		"GPL",
		"GPL-4",
		"GPL-2.1",
		"LGPL-2.1+-with-link-exception",
		"BSD",
		"Artistic",
		"MIT/X11",
		"GPL-2+ with some exception",
		"MIT and/or ISC",
		"or",
		"and",
		"and or",
		"GPL-",
		"+",
		",",
		"GPL-2++",
		"GPL-2..0",
		"MIT OR",
		"\xff\xfe",
	};
	AUTO_ARENA a = { 0 };

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const char *text = of_field(&a, cases[i]);

		cr_expect(strncmp(text, "LicenseRef-", 11) == 0 && !strchr(text, ' '), "%s: %s",
			  cases[i], text);
		cr_expect(
			strspn(text,
			       "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.-") ==
				strlen(text),
			"%s", text);
	}
}

Test(evidence, licences_of_a_file_hold_together_and_are_told_once)
{
	static const char text[] =
		"Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/\n\n"
		"Files: *\nCopyright: somebody\nLicense: GPL-2+ or MIT\n\n"
		"Files: b\nLICENSE:   ISC and Zlib \n\nFiles: c\nLicense: Zlib\nLicense: GPL-2+ or MIT\n Text.\n";
	AUTO_ARENA a = { 0 };
	struct licence_refs refs = { NULL, 0, 0, 0 };

	cr_expect_str_eq(licence_text(&a, str_of(text), &refs),
			 "(GPL-2.0-or-later OR MIT) AND ISC AND Zlib");
	cr_expect_eq(refs.n, 0);
}

Test(evidence, a_reference_quotes_the_text_that_the_file_has)
{
	static const char text[] =
		"Format: x\n\nFiles: *\nLicense: odd\n\nFiles: b\nLicense: odd or MIT\n\n"
		"License: odd\n First line.\n .\n\tSecond  line.\nLicense: silent\n";
	AUTO_ARENA a = { 0 };
	struct licence_refs refs = { NULL, 0, 0, 0 };
	const char *all = licence_text(&a, str_of(text), &refs);

	cr_assert_eq(refs.n, 2, "%s", all);
	cr_expect_str_eq(refs.v[0].name, "odd");
	cr_expect(str_eq(refs.v[0].text, STR("First line.\n\nSecond  line.")), "%s",
		  refs.v[0].text.p);
	cr_expect(strstr(refs.v[1].text.p, "\"silent\" is all that"), "%s", refs.v[1].text.p);
	cr_expect_str_eq(all, arena_printf(&a, "%s AND (%s OR MIT) AND %s", refs.v[0].id,
					   refs.v[0].id, refs.v[1].id));
}

Test(evidence, the_same_text_has_the_same_reference_in_every_file)
{
	AUTO_ARENA a = { 0 };
	struct licence_refs refs = { NULL, 0, 0, 0 };
	const char *one = licence_text(&a, STR("Format: x\nLicense: odd\n One.\n"), &refs);
	const char *again =
		licence_text(&a, STR("Format: y\nLicense: MIT\n\nLicense: odd\n One.\n"), &refs);
	const char *other = licence_text(&a, STR("Format: x\nLicense: odd\n Two.\n"), &refs);

	cr_expect_str_eq(again, arena_printf(&a, "MIT AND %s", one));
	cr_expect_str_neq(one, other);
	cr_expect_eq(strncmp(one, "LicenseRef-odd-", 15), 0, "%s", one);
}

Test(evidence, prose_tells_no_more_than_its_pointers)
{
	static const char text[] =
		"This is Debian's package.\n\nLicense: MIT is written here, but this is not a field.\n"
		"See `/usr/share/common-licenses/GPL-3', /usr/share/common-licenses/Apache-2.0. and\n"
		"/usr/share/common-licenses/GPL-3.\n/usr/share/common-licenses/";
	AUTO_ARENA a = { 0 };
	struct licence_refs refs = { NULL, 0, 0, 0 };
	const char *all = licence_text(&a, str_of(text), &refs);

	cr_assert_eq(refs.n, 1);
	cr_expect_str_eq(all, arena_printf(&a, "%s AND Apache-2.0", refs.v[0].id));
	cr_expect(strstr(refs.v[0].text.p, "common-licenses/GPL-3."), "%s", refs.v[0].text.p);
	cr_expect_str_eq(licence_text(&a, STR(""), &refs), "nothing");
	cr_expect_str_eq(licence_text(&a, STR("nothing at all\n"), &refs), "nothing");
}

/* Every beginning of a file, and every byte of it replaced: names keep to their characters. */
Test(evidence, no_copyright_file_breaks_the_reader)
{
	static const char text[] =
		"Format: x\nLicense: GPL-2+ with Font exception, and odd or (MIT),\n A\n .\n B\n\n"
		"License: and\nLicense:\nLicense: or or or\n x /usr/share/common-licenses/GPL-2\n";
	static const char bytes[] = { 0, '\n', ' ', ',', '\xff', ':', '+', '/' };
	AUTO_ARENA a = { 0 };

	for (size_t n = 0; n < sizeof(text); n++)
		for (size_t b = 0; b < sizeof(bytes); b++) {
			AUTO_ARENA scratch = { 0 };
			struct licence_refs refs = { NULL, 0, 0, 0 };
			char *copy = arena_alloc(&scratch, sizeof(text));

			memcpy(copy, text, sizeof(text));
			copy[n] = bytes[b];
			licence_text(&scratch, (struct str){ copy, b ? sizeof(text) - 1 : n },
				     &refs);
			for (size_t i = 0; i < refs.n; i++)
				cr_assert(refs.v[i].text.n && refs.v[i].name[0]);
		}
}

Test(evidence, copyright_files_have_bounds)
{
	AUTO_ARENA a = { 0 };
	struct licence_refs refs = { NULL, 0, 0, 0 };
	struct buf text = { .a = &a };
	struct copyright c;

	buf_puts(&text, "Format: x\n");
	for (int i = 0; i < 5000; i++)
		buf_printf(&text, "License: l%d\n t\n", i);
	buf_puts(&text, "License: ");
	for (int i = 0; i < 5000; i++)
		buf_putc(&text, 'x');
	copyright_read(&a, buf_str(&text), &c);
	cr_expect_eq(c.n, COPYRIGHT_NAMES_MAX);
	licence_text(&a, buf_str(&text), &refs);
	cr_expect_eq(refs.n, COPYRIGHT_NAMES_MAX);
	text.n = 0;
	buf_puts(&text, "Format: x\nLicense: big\n ");
	for (int i = 0; i < 600000; i++)
		buf_putc(&text, 'y');
	copyright_read(&a, buf_str(&text), &c);
	cr_expect(c.n == 1 && c.v[0].text.n <= COPYRIGHT_TEXT_MAX, "%zu", c.v[0].text.n);
}

Test(evidence, an_image_has_no_more_references_than_fit)
{
	AUTO_ARENA a = { 0 };
	struct licence_refs refs = { NULL, 0, 0, 0 };
	const char *last = "";

	for (int i = 0; i <= LICENCE_REFS_MAX / COPYRIGHT_NAMES_MAX; i++) {
		struct buf text = { .a = &a };

		buf_puts(&text, "Format: x\n");
		for (int k = 0; k < COPYRIGHT_NAMES_MAX; k++)
			buf_printf(&text, "License: l%d-%d\n t\n", i, k);
		last = licence_text(&a, buf_str(&text), &refs);
	}
	cr_expect_eq(refs.n, LICENCE_REFS_MAX + 1);
	cr_expect_eq(strncmp(last, "LicenseRef-not-told-", 20), 0, "%.60s", last);
	for (size_t i = 1; i < refs.n; i++)
		cr_assert_lt(strcmp(refs.v[i - 1].id, refs.v[i].id), 0);
}
