/* SPDX-License-Identifier: Apache-2.0 */
/* Names in archives and images (T1 of the threat list: path traversal). */

#include <criterion/criterion.h>

#include "base/path.h"

Test(path, normal_form)
{
	static const struct {
		const char *in, *out;
	} cases[] = {
		{ "./usr//bin/", "usr/bin" },
		{ "/", "" },
		{ ".", "" },
		{ "", "" },
		{ "./", "" },
		{ "a/./b", "a/b" },
		{ "///a", "a" },
		{ "a..b", "a..b" },
		{ "...", "..." },
	};
	AUTO_ARENA a = { 0 };

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct error e = { 0 };
		const char *out;

		cr_assert(path_normalise(&a, str_of(cases[i].in), &out, &e), "%s", cases[i].in);
		cr_expect_str_eq(out, cases[i].out);
		cr_expect_eq(path_is_normal(cases[i].in), *out && strcmp(cases[i].in, out) == 0,
			     "%s", cases[i].in);
		cr_expect_eq(path_is_normal(out), *out != '\0');
	}
}

Test(path, T1_traversal_and_malformed_names_are_refused)
{
	AUTO_ARENA a = { 0 };
	char *component = arena_alloc(&a, 300), *whole = arena_alloc(&a, 8192);
	const struct str bad[] = {
		STR(".."),
		STR("../x"),
		STR("a/../b"),
		STR("a/.."),
		STR("/../x"),
		STR("./../x"),
		STR("a\0b"),
		{ memset(component, 'c', 256), 256 },
		{ memset(whole, 'w', 8000), 0 },
	};

	for (size_t i = 0; i + 1 < ARRAY_SIZE(bad); i++) {
		struct error e = { 0 };
		const char *out;

		cr_expect(!path_normalise(&a, bad[i], &out, &e), STR_FMT, STR_ARG(bad[i]));
		cr_expect_eq(e.kind, ERR_INPUT);
		/* a C string ends at its first NUL byte */
		cr_expect(memchr(bad[i].p, 0, bad[i].n) || !path_is_normal(str_dup(&a, bad[i])));
	}
	for (size_t i = 100; i < 8000; i += 101)
		whole[i] = '/';
	struct error e = { 0 };
	const char *out;
	cr_expect(!path_normalise(&a, (struct str){ whole, 8000 }, &out, &e));
	cr_expect(strstr(e.cause, "4095"), "%s", e.cause);
	cr_expect_not(path_is_normal(whole));
}

Test(path, dir_and_base)
{
	AUTO_ARENA a = { 0 };

	cr_expect_str_eq(path_dir(&a, "usr/bin/x"), "usr/bin");
	cr_expect_str_eq(path_dir(&a, "x"), "");
	cr_expect_str_eq(path_base("usr/bin/x"), "x");
	cr_expect_str_eq(path_base("x"), "x");
}

static const char *made_link(const void *context, const char *path)
{
	static const char *const links[][2] = {
		{ "sbin", "usr/sbin" }, { "var/run", "/run" }, { "a", "b" },   { "b", "a" },
		{ "out", "../.." },	{ "usr/sbin", "bin" }, { "top", "/" },
	};

	cr_assert_null(context);
	for (size_t i = 0; i < ARRAY_SIZE(links); i++) {
		if (strcmp(links[i][0], path) == 0)
			return links[i][1];
	}
	return NULL;
}

Test(path, symlinks_on_the_way_are_followed_by_name)
{
	static const struct {
		const char *path, *real, *first;
	} cases[] = {
		{ "/var/run/app/x", "run/app/x", "var/run" },
		{ "/var/run", "var/run", NULL },
		{ "/sbin/nginx", "usr/bin/nginx", "sbin" },
		{ "/sbin/", "usr/bin/", "sbin" },
		{ "/sbin/**", "usr/bin/**", "sbin" },
		{ "/s?in/x", "s?in/x", NULL },
		{ "**/sbin/x", "**/sbin/x", NULL },
		{ "/top/x", "x", "top" },
		{ "/out/x", "out/x", NULL },
		{ "/usr/x", "usr/x", NULL },
		{ "", "", NULL },
	};
	AUTO_ARENA a = { 0 };
	const char *first;

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const char *real = path_through(&a, cases[i].path, made_link, NULL, &first);

		cr_expect_str_eq(real, cases[i].real, "%s: %s", cases[i].path, real);
		cr_expect(first == cases[i].first ||
				  (first && cases[i].first && strcmp(first, cases[i].first) == 0),
			  "%s: %s", cases[i].path, first ? first : "none");
	}
	path_through(&a, "/a/x", made_link, NULL, &first); /* a loop ends */
	cr_expect_str_eq(first, "a");
}

Test(path, a_folder_is_found_below_or_is_outside)
{
	static const struct {
		const char *folder, *path, *found; /* NULL: outside */
	} cases[] = {
		{ "", ".", "" },      { "", "./a/", "a" },	{ "app", "../lib", "lib" },
		{ "app", "..", "" },  { "app", "../..", NULL }, { "a/b", "../../c//d", "c/d" },
		{ "", "..", NULL },   { "", "/etc", NULL },	{ "app", "../../app", NULL },
		{ "app", "", "app" }, { "", "a/../b", "b" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		AUTO_ARENA a = { 0 };
		const char *found = path_in_folder(&a, cases[i].folder, str_of(cases[i].path));

		cr_expect_eq(found == NULL, cases[i].found == NULL, "%s %s", cases[i].folder,
			     cases[i].path);
		if (found && cases[i].found)
			cr_expect_str_eq(found, cases[i].found);
	}
}
