/* SPDX-License-Identifier: Apache-2.0 */
/* Numbers and extended headers of tar, field by field: POSIX.1-2024 pax, GNU's base 256. */

#include <criterion/criterion.h>
#include <stdio.h>

#include "support/fixture_tarlist.h"
#include "support/gen_deb.h"

/* What is said of an archive, or "" if it is read. */
static const char *feed_says_with(struct arena *a, struct buf *tar, bool attributes)
{
	const struct tar_options options = { .pax = true,
					     .comments = true,
					     .attributes = attributes };
	struct str_source from;
	struct tar_list list;
	struct error e = { 0 };

	debgen_tar_end(tar);
	str_source_init(&from, buf_str(tar), "x.tar");
	return tar_read_all(a, &from.base, &options, &list, &e) ? "" : arena_strdup(a, e.cause);
}

static const char *feed_says(struct arena *a, struct buf *tar)
{
	return feed_says_with(a, tar, false);
}

/* "LENGTH KEY=VALUE\n" with the length of all of it. */
static void feed_record(struct buf *out, const char *key, struct str value)
{
	size_t n = strlen(key) + value.n + 3, digits = 1;

	while (snprintf(NULL, 0, "%zu", n + digits) != (int)digits)
		digits++;
	buf_printf(out, "%zu %s=", n + digits, key);
	buf_add(out, value);
	buf_putc(out, '\n');
}

static void feed_extended(struct buf *tar, char type, struct str records)
{
	debgen_tar_entry(tar,
			 &(struct debgen_entry){ .name = "pax", .type = type, .content = records });
}

Test(tarfeed, a_record_has_a_length_a_key_and_a_value)
{
	static const struct {
		struct str records;
		const char *says;
	} cases[] = {
		{ STR("6 a=b\n"), "the keyword \"a\", which is not taken" },
		{ STR("5 a=\n"), "the keyword \"a\", which is not taken" },
		{ STR("00010 a=b\n"), "the keyword \"a\", which is not taken" },
		{ STR("000011 a=b\n"), "a malformed extended header" },
		{ STR("5 =b\n"), "a malformed extended header" },
		{ STR("4 =\n"), "a malformed extended header" },
		{ STR("3 a\n"), "a malformed extended header" },
		{ STR("7 a=b\n"), "a malformed extended header" },
		{ STR("5 a=b\n"), "a malformed extended header" },
		{ STR("6 a=bc"), "a malformed extended header" },
		{ STR("x a=b\n"), "a malformed extended header" },
		{ STR("6a=b=c\n"), "a malformed extended header" },
		{ STR("15 comment=a\0b\n"), "a malformed extended header" },
		{ STR("13 comment=a\n"), "" },
		{ STR("12 comment=\n13 mtime=12345\n"), "a malformed extended header" },
		{ STR("12 comment=\n15 mtime=12345\n"), "" },
		{ STR("12 comment=\n12 comment=\n"), "a keyword twice" },
		{ STR("8 path=\n"), "an empty path" },
		{ STR("13 linkpath=\n"), "an empty linkpath" },
		{ STR("9 path=b\n"), "" },
		{ STR("11 size=4\n"), "a malformed extended header" },
		{ STR("9 size=4\n"), "" },
		{ STR("9 size=5\n"), "two different sizes" },
		{ STR("28 size=9223372036854775807\n"), "two different sizes" },
		{ STR("28 size=9223372036854775808\n"), "a bad size" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		AUTO_ARENA a = { 0 };
		struct buf tar = { .a = &a };
		const char *says;

		feed_extended(&tar, 'x', cases[i].records);
		debgen_tar_file(&tar, "x", "data");
		says = feed_says(&a, &tar);
		cr_expect(cases[i].says[0] ? strstr(says, cases[i].says) != NULL : !says[0],
			  "%zu: %s", i, says);
	}
}

Test(tarfeed, sixteen_keywords_are_taken)
{
	static const char *const keys[] = { "mtime",	  "atime",	  "ctime",
					    "uid",	  "gid",	  "uname",
					    "gname",	  "comment",	  "dev",
					    "ino",	  "nlink",	  "SCHILY.dev",
					    "SCHILY.ino", "SCHILY.nlink", "LIBARCHIVE.creationtime",
					    "path",	  "linkpath" };

	for (size_t n = 16; n <= 17; n++) {
		AUTO_ARENA a = { 0 };
		struct buf tar = { .a = &a }, records = { .a = &a };
		const char *says;

		for (size_t i = 0; i < n; i++)
			feed_record(&records, keys[i], STR("1"));
		feed_extended(&tar, 'x', buf_str(&records));
		debgen_tar_file(&tar, "x", "data");
		says = feed_says(&a, &tar);
		cr_expect(n == 16 ? !says[0] : strstr(says, "too many keywords") != NULL, "%zu: %s",
			  n, says);
	}
}

/* As npm 5 packed statuses 1.5.0: more of them than other headers may have. */
Test(tarfeed, what_npm_wrote_of_package_json_is_passed_over_where_attributes_are)
{
	for (size_t attributes = 0; attributes < 2; attributes++) {
		AUTO_ARENA a = { 0 };
		struct buf tar = { .a = &a }, records = { .a = &a };
		const char *says;

		feed_record(&records, "path", STR("package/index.js"));
		for (size_t i = 0; i < 40; i++)
			feed_record(&records, arena_printf(&a, "NODETAR.package.scripts.%zu", i),
				    STR("mocha"));
		feed_extended(&tar, 'x', buf_str(&records));
		debgen_tar_file(&tar, "package/index.js", "data");
		says = feed_says_with(&a, &tar, attributes);
		cr_expect(attributes ? !says[0]
				     : strstr(says, "the keyword \"NODETAR.package.scripts.0\", "
						    "which is not taken") != NULL,
			  "%s", says);
	}
}

Test(tarfeed, an_entry_has_one_extended_header_and_a_comment_belongs_to_none)
{
	static const struct {
		const char *types; /* of headers, each with a comment */
		const char *says;
	} cases[] = {
		{ "x", "" },
		{ "g", "" },
		{ "gx", "" },
		{ "gg", "" },
		{ "ggx", "" },
		{ "xx", "two extended headers for one entry" },
		{ "xg", "two extended headers for one entry" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		AUTO_ARENA a = { 0 };
		struct buf tar = { .a = &a };
		const char *says;

		for (const char *p = cases[i].types; *p; p++)
			feed_extended(&tar, *p, STR("13 comment=a\n"));
		debgen_tar_file(&tar, "x", "data");
		debgen_tar_file(&tar, "y", "data");
		says = feed_says(&a, &tar);
		cr_expect(cases[i].says[0] ? strstr(says, cases[i].says) != NULL : !says[0],
			  "%s: %s", cases[i].types, says);
	}
}

/* An extended header has at most 16 KiB, a long name 8. */
Test(tarfeed, extensions_have_a_size_that_is_likely)
{
	static const struct {
		char type;
		size_t n;
		bool likely;
	} cases[] = {
		{ 'x', 0, false },    { 'x', 16384, true },  { 'x', 16385, false },
		{ 'g', 16384, true }, { 'g', 16385, false }, { 'L', 0, false },
		{ 'L', 8192, true },  { 'L', 8193, false },  { 'K', 8192, true },
		{ 'K', 8193, false },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		AUTO_ARENA a = { 0 };
		struct buf tar = { .a = &a }, content = { .a = &a };
		const char *says;

		if (cases[i].type == 'x' || cases[i].type == 'g') {
			char *value = arena_text(&a, cases[i].n);

			memset(value, 'c', cases[i].n);
			if (cases[i].n)
				feed_record(&content, "comment",
					    (struct str){ value,
							  cases[i].n -
								  strlen("16384 comment=\n") });
		} else {
			for (size_t k = 0; k < cases[i].n; k++)
				buf_putc(&content, 'n');
		}
		feed_extended(&tar, cases[i].type, buf_str(&content));
		debgen_tar_file(&tar, "x", "data");
		says = feed_says(&a, &tar);
		cr_expect_eq(strstr(says, "of unlikely size") == NULL, cases[i].likely, "%zu: %s",
			     i, says);
	}
}

/* Twelve bytes of the size of an entry of four. */
Test(tarfeed, numbers_are_octal_or_base_256)
{
	static const struct {
		struct str field;
		const char *says;
	} cases[] = {
		{ STR("00000000004\0"), "" },
		{ STR("00000000004 "), "" },
		{ STR("         4 \0"), "" },
		{ STR("           4"), "" },
		{ STR("000000000004"), "" },
		{ STR("4\0\0\0\0\0\0\0\0\0\0\0"), "" },
		{ STR("4  \0 \0      "), "" },
		{ STR("            "), "a size that is not a number" },
		{ STR("00000000008\0"), "a size that is not a number" },
		{ STR("0000000000/\0"), "a size that is not a number" },
		{ STR("4\0\0\0\0\0\0\0\0\0\0004"), "a size that is not a number" },
		{ STR("4 4         "), "a size that is not a number" },
		{ STR("\0\0\0\0\0\0\0\0\0\0\0004"), "a size that is not a number" },
		{ STR("-0000000004\0"), "a size that is not a number" },
		{ STR("\x80\0\0\0\0\0\0\0\0\0\0\4"), "" },
		{ STR("\x81\0\0\0\0\0\0\0\0\0\0\4"), "a size that is not a number" },
		{ STR("\xff\0\0\0\0\0\0\0\0\0\0\4"), "a size that is not a number" },
		{ STR("\x80\0\0\0\x80\0\0\0\0\0\0\4"), "a size that is not a number" },
		{ STR("\x80\0\0\1\0\0\0\0\0\0\0\4"), "a size that is not a number" },
		{ STR("\x80\1\0\0\0\0\0\0\0\0\0\4"), "a size that is not a number" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		AUTO_ARENA a = { 0 };
		struct buf tar = { .a = &a };
		const char *says;

		debgen_tar_entry(&tar, &(struct debgen_entry){ .name = "x",
							       .content = STR("data"),
							       .size_field = cases[i].field.p });
		says = feed_says(&a, &tar);
		cr_expect(cases[i].says[0] ? strstr(says, cases[i].says) != NULL : !says[0],
			  "%zu: %s", i, says);
	}
}

/* The list of an archive whose only link has a target of so many bytes. */
static const char *link_says(struct arena *a, size_t n, size_t max_names)
{
	const struct tar_options options = { .max_names = max_names };
	struct buf tar = { .a = a };
	char *target = arena_text(a, n);
	struct str_source from;
	struct tar_list list;
	struct error e = { 0 };

	memset(target, 't', n);
	/* GNU's long name of a target counts its NUL */
	debgen_tar_entry(&tar, &(struct debgen_entry){ .name = "././@LongLink",
						       .type = 'K',
						       .content = { target, n + 1 } });
	debgen_tar_link(&tar, "l", "x");
	debgen_tar_end(&tar);
	str_source_init(&from, buf_str(&tar), "x.tar");
	if (!tar_read_all(a, &from.base, &options, &list, &e))
		return arena_strdup(a, e.cause);
	cr_expect_eq(strlen(list.entries.v[0].target), n);
	return "";
}

Test(tarfeed, targets_and_names_have_a_bound)
{
	AUTO_ARENA a = { 0 };

	cr_expect_str_eq(link_says(&a, 4095, 0), "");
	cr_expect(strstr(link_says(&a, 4096, 0), "a link target of more than 4095 bytes"));
	/* its own name is one byte */
	cr_expect_str_eq(link_says(&a, 100, 101), "");
	cr_expect(strstr(link_says(&a, 100, 100), "too many bytes of names"));
}
