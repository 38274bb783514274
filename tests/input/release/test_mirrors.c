/* SPDX-License-Identifier: Apache-2.0 */
/* Which mirrors are found where, and the URLs made from them. */

#include <criterion/criterion.h>
#include <stdio.h>

#include "input/release/mirrors.h"
#include "support/fixture_files.h"

/* "archive=url" of each mirror, one a line. */
static const char *mirrors_listed(struct arena *a, const struct mirrors *m)
{
	struct buf text = { .a = a };

	for (size_t i = 0; i < m->v.n; i++)
		buf_printf(&text, "%s=%s\n", m->v.v[i].archive, m->v.v[i].url);
	return text.n ? buf_cstr(&text) : "";
}

/* The mirrors in an apt configuration with one file. */
static const char *from_apt(struct arena *a, const char *name, const char *text)
{
	const char *dir = files_temporary(a);
	struct mirrors m;
	struct error e = { 0 };

	files_put(arena_printf(a, "%s/etc/apt/%s", dir, name), text);
	cr_assert(mirrors_find(a, NULL, NULL, NULL, dir, &m, &e));
	files_remove(dir);
	return mirrors_listed(a, &m);
}

Test(mirrors, deb822_sources_of_debian_are_taken)
{
	static const char *const cases[][2] = {
		{ "Types: deb\nURIs: http://127.0.0.1/debian/\nSuites: bookworm bookworm-updates\n",
		  "debian=http://127.0.0.1/debian\n" },
		{ "# x\nTypes: deb deb-src\nURIs: http://127.0.0.1/a https://127.0.0.1/b\n"
		  "Suites: trixie-backports\nComponents: main\n",
		  "debian=http://127.0.0.1/a\ndebian=https://127.0.0.1/b\n" },
		{ "URIs: http://127.0.0.1/s\nSuites: trixie-security\n",
		  "debian-security=http://127.0.0.1/s\n" },
		{ "URIs: http://127.0.0.1/s\nSuites: stable buster/updates\n",
		  "debian=http://127.0.0.1/s\ndebian-security=http://127.0.0.1/s\n" },
		{ "Enabled: no\nURIs: http://127.0.0.1/a\nSuites: trixie\n\n"
		  "Enabled: yes\nURIs: http://127.0.0.1/b\nSuites: sid\n",
		  "debian=http://127.0.0.1/b\n" },
		{ "URIs: http://127.0.0.1/node\nSuites: nodistro\n", "" },
		{ "URIs: http://127.0.0.1/u\nSuites: noble noble-updates ./\n", "" },
		{ "URIs: mirror+file:/x cdrom:/ file:///d ftp://127.0.0.1/ http://u:p@127.0.0.1/d tor+http://x/\n"
		  "Suites: trixie\n",
		  "" },
		{ "not deb822", "" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		AUTO_ARENA a = { 0 };

		cr_assert_str_eq(from_apt(&a, "sources.list.d/x.sources", cases[i][0]), cases[i][1],
				 "case %zu", i);
	}
}

Test(mirrors, one_line_lists_of_debian_are_taken)
{
	static const char *const cases[][2] = {
		{ "deb http://127.0.0.1/debian trixie main contrib\n",
		  "debian=http://127.0.0.1/debian\n" },
		{ "  deb-src\thttp://127.0.0.1/d/  oldstable main", "debian=http://127.0.0.1/d\n" },
		{ "deb [arch=amd64 signed-by=/k.gpg] http://127.0.0.1/d trixie-security main # x",
		  "debian-security=http://127.0.0.1/d\n" },
		{ "#deb http://127.0.0.1/d trixie main\ndeb [broken http://127.0.0.1/d trixie main\n"
		  "deb http://127.0.0.1/d\nrpm http://127.0.0.1/d trixie\n",
		  "" },
		{ "deb http://127.0.0.1/d stable/updates main",
		  "debian-security=http://127.0.0.1/d\n" },
		{ "deb http://127.0.0.1/a trixie main\ndeb http://127.0.0.1/a trixie-updates main\n",
		  "debian=http://127.0.0.1/a\n" },
		{ "deb\ndeb [arch=amd64]\ndeb [arch=amd64] http://127.0.0.1/d\n\n#\n", "" },
		{ "deb cdrom:[Debian] trixie main\ndeb https://127.0.0.1/apt cloud-sdk main\n",
		  "" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		AUTO_ARENA a = { 0 };

		cr_assert_str_eq(from_apt(&a, "sources.list", cases[i][0]), cases[i][1], "case %zu",
				 i);
		cr_assert_str_eq(from_apt(&a, "sources.list.d/a.list", cases[i][0]), cases[i][1]);
		cr_assert_str_eq(from_apt(&a, "sources.list.d/a.list.disabled", cases[i][0]), "");
	}
}

Test(mirrors, the_order_is_option_environment_recipe_host)
{
	AUTO_ARENA a = { 0 };
	const char *dir = files_temporary(&a);
	struct strings options = { 0 };
	struct archive archive = { .name = "debian13" };
	struct strings urls = { 0 };
	struct mirrors m;
	struct error e = { 0 };

	files_put(arena_printf(&a, "%s/etc/apt/sources.list", dir),
		  "deb http://127.0.0.1/4 sid main");
	*list_push(&a, &options) = "http://127.0.0.1/1/";
	*list_push(&a, &archive.mirrors) = "debian=http://127.0.0.1/3";
	cr_assert(mirrors_find(&a, &options,
			       " debian-security=http://127.0.0.1/2  http://127.0.0.1/2 ", &archive,
			       dir, &m, &e));
	files_remove(dir);
	cr_assert_str_eq(mirrors_listed(&a, &m),
			 "debian=http://127.0.0.1/1\ndebian-security=http://127.0.0.1/2\n"
			 "debian=http://127.0.0.1/2\ndebian=http://127.0.0.1/3\n"
			 "debian=http://127.0.0.1/4\n");
	mirrors_urls(&a, &m, "debian-security", "pool/x", "Sat, 12 Sep 2026 07:55:41 UTC", &urls);
	cr_assert_eq(urls.n, 2);
	cr_assert_str_eq(urls.v[0], "http://127.0.0.1/2/pool/x");
	cr_assert_str_eq(urls.v[1],
			 "https://snapshot.debian.org/archive/debian-security/"
			 "20260912T195541Z/pool/x",
			 "half a day later");
	urls.n = 0;
	mirrors_urls(&a, &m, "debian", "pool/x", NULL, &urls);
	cr_assert_eq(urls.n, 4, "no date, no snapshot");
}

/* Archives other than Debian's: no snapshot, and a name that is nearly right is a mistake. */
Test(mirrors, other_archives_have_names_of_their_own)
{
	AUTO_ARENA a = { 0 };
	struct strings options = { 0 }, urls = { 0 };
	struct archive archive = { .name = "two" };
	struct mirrors m;
	struct error e = { 0 };

	*list_push(&a, &archive.suites) = (struct suite){ .archive = "debian",
							  .codename = "trixie" };
	*list_push(&a, &archive.suites) = (struct suite){ .archive = "pgdg",
							  .codename = "trixie-pgdg" };
	*list_push(&a, &options) = "pgdg=http://127.0.0.1/pg/";
	cr_assert(mirrors_find(&a, &options, "elsewhere=http://127.0.0.1/e", &archive,
			       "/nonexistent", &m, &e));
	cr_expect_str_eq(m.lacking, "debian");
	mirrors_urls(&a, &m, "pgdg", "pool/x", "Sat, 12 Sep 2026 07:55:41 UTC", &urls);
	cr_assert_eq(urls.n, 1);
	cr_expect_str_eq(urls.v[0], "http://127.0.0.1/pg/pool/x");
	options.v[0] = "pgdb=http://127.0.0.1/pg/";
	cr_expect_not(mirrors_find(&a, &options, NULL, &archive, "/nonexistent", &m, &e));
	cr_expect_eq(e.kind, ERR_USAGE);
	cr_expect_str_eq(e.cause,
			 "--mirror: no suite is of archive \"pgdb\"; did you mean \"pgdg\"?");
}

static char told[512];

static void note_warning(struct progress *p, const char *text)
{
	(void)p;
	cr_expect_str_eq(told, "", "one line");
	snprintf(told, sizeof(told), "%s", text);
}

Test(mirrors, the_snapshot_is_announced_where_no_mirror_is_known)
{
	AUTO_ARENA a = { 0 };
	struct progress progress = { .warn = note_warning };
	struct archive archive = { .name = "debian13" };
	struct mirrors m;
	struct error e = { 0 };

	*list_push(&a, &archive.suites) = (struct suite){ .archive = "debian",
							  .codename = "trixie" };
	*list_push(&a, &archive.suites) = (struct suite){ .archive = "debian-security",
							  .codename = "trixie-security" };
	cr_assert(mirrors_find(&a, NULL, "http://127.0.0.1/d debian-security=http://127.0.0.1/s",
			       &archive, "/nonexistent", &m, &e));
	mirrors_tell(&m, "debian", &progress);
	cr_expect_str_eq(told, "");
	cr_assert(mirrors_find(&a, NULL, NULL, &archive, "/nonexistent", &m, &e));
	mirrors_tell(&m, "debian", &progress);
	cr_expect_str_eq(
		told,
		"no mirror of debian and debian-security is configured: using "
		"snapshot.debian.org, which is slow; name one with --mirror, IMGBUILD_MIRROR or "
		"\"mirrors\" in images.json");
}

/* Of an archive that the snapshot has not there is nothing to be told; without a list of what is
 * lacking the archive itself is named. */
Test(mirrors, one_archive_is_announced_by_its_name)
{
	const struct mirrors none = { .lacking = NULL };
	struct progress progress = { .warn = note_warning };

	mirrors_tell(&none, "other", &progress);
	cr_expect_str_eq(told, "");
	mirrors_tell(&none, "debian-security", &progress);
	cr_expect(str_starts(str_of(told), STR("no mirror of debian-security is configured: ")),
		  "%s", told);
}

Test(mirrors, malformed_ones_are_usage_errors)
{
	static const char *const bad[] = {
		"127.0.0.1/debian",
		"ftp://127.0.0.1/",
		"Ubuntu=http://127.0.0.1/",
		"http://",
		"http:///debian",
		"http://u:p@127.0.0.1/",
		"http://127.0.0.1/?x",
		"http://127.0.0.1/#x",
		"file:///debian",
		"debian=",
		"",
		"http://127.0.0.1/a b",
		"http://127.0.0.1/\x7f",
		"http://127.0.0.1/\xc3\xa4",
		"https://",
	};

	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		AUTO_ARENA a = { 0 };
		struct strings options = { 0 };
		struct mirrors m;
		struct error e = { 0 };

		*list_push(&a, &options) = bad[i];
		cr_assert_not(mirrors_find(&a, &options, NULL, NULL, "/nonexistent", &m, &e), "%s",
			      bad[i]);
		cr_assert_eq(e.kind, ERR_USAGE);
		cr_assert_not(strstr(e.cause, "u:p"), "credentials are not repeated");
	}
}

Test(mirrors, names_of_archives_and_of_files_are_words)
{
	static const struct {
		const char *name;
		bool archive, file;
	} cases[] = {
		{ "a", true, true },	{ "z", true, true },	{ "0", true, true },
		{ "9", true, true },	{ "a-b", true, true },	{ "-a", false, true },
		{ "A", false, true },	{ "Z", false, true },	{ "a_b", false, true },
		{ "a.b", false, true }, { ".a", false, false }, { "a~", false, false },
		{ "a@", false, false }, { "a[", false, false }, { "a`", false, false },
		{ "a{", false, false }, { "a:", false, false }, { "a,", false, false },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		AUTO_ARENA a = { 0 };
		struct strings options = { 0 };
		struct mirrors m;
		struct error e = { 0 };

		*list_push(&a, &options) = arena_printf(&a, "%s=http://127.0.0.1/", cases[i].name);
		cr_expect_eq(mirrors_find(&a, &options, NULL, NULL, "/nonexistent", &m, &e),
			     cases[i].archive, "%s", cases[i].name);
		cr_expect_eq(from_apt(&a, arena_printf(&a, "sources.list.d/%s.list", cases[i].name),
				      "deb http://127.0.0.1/d trixie main\n")[0] != '\0',
			     cases[i].file, "%s", cases[i].name);
	}
}

Test(mirrors, a_mistake_is_told_where_it_was_made)
{
	static const struct {
		const char *option, *env, *recipe, *says;
		enum err_kind kind;
	} cases[] = {
		{ "x", NULL, NULL, "--mirror: expected [ARCHIVE=]URL", ERR_USAGE },
		{ NULL, "http://127.0.0.1/ x", NULL, "IMGBUILD_MIRROR: expected [ARCHIVE=]URL",
		  ERR_USAGE },
		{ NULL, NULL, "x", "archive two: expected [ARCHIVE=]URL", ERR_INPUT },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		AUTO_ARENA a = { 0 };
		struct strings options = { 0 };
		struct archive archive = { .name = "two" };
		struct mirrors m;
		struct error e = { 0 };

		if (cases[i].option)
			*list_push(&a, &options) = cases[i].option;
		if (cases[i].recipe)
			*list_push(&a, &archive.mirrors) = cases[i].recipe;
		cr_expect_not(
			mirrors_find(&a, &options, cases[i].env, &archive, "/nonexistent", &m, &e));
		cr_expect_eq(e.kind, cases[i].kind, "%zu", i);
		cr_expect(str_starts(str_of(e.cause), str_of(cases[i].says)), "%s", e.cause);
	}
}

/* Two suites of one archive that has no mirror are told once. */
Test(mirrors, what_is_lacking_is_told_once)
{
	AUTO_ARENA a = { 0 };
	struct archive archive = { .name = "two" };
	struct mirrors m;
	struct error e = { 0 };

	for (int i = 0; i < 2; i++)
		*list_push(&a, &archive.suites) = (struct suite){ .archive = "debian" };
	cr_assert(mirrors_find(&a, NULL, NULL, &archive, "/nonexistent", &m, &e));
	cr_expect_str_eq(m.lacking, "debian");
}

/* 1024 bytes; what is longer is no mirror. */
Test(mirrors, a_url_has_a_length)
{
	AUTO_ARENA a = { 0 };
	char *url = arena_alloc(&a, 1026);

	memset(url, 'a', 1025);
	memcpy(url, "http://", 7);
	cr_expect(mirror_url_valid((struct str){ url, 1024 }));
	cr_expect_not(mirror_url_valid((struct str){ url, 1025 }));
}

/* Without a date, or with one that is none, there is no snapshot; nor of archives that it has not.
 */
Test(mirrors, a_snapshot_has_a_date)
{
	static const struct {
		const char *archive, *date;
		size_t n;
	} cases[] = {
		{ "debian", "Sat, 09 Aug 2025 10:00:00 UTC", 1 },
		{ "debian-security", "Sat, 09 Aug 2025 10:00:00 UTC", 1 },
		{ "debian", "yesterday", 0 },
		{ "debian", NULL, 0 },
		{ "other", "Sat, 09 Aug 2025 10:00:00 UTC", 0 },
	};
	const struct mirrors none = { .lacking = NULL };

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		AUTO_ARENA a = { 0 };
		struct strings out = { NULL, 0, 0 };

		mirrors_urls(&a, &none, cases[i].archive, "x", cases[i].date, &out);
		cr_expect_eq(out.n, cases[i].n, "%zu: %zu", i, out.n);
	}
}

/* A name that is nearly one of the recipe's is a mistake; another may be another recipe's. */
Test(mirrors, a_name_that_is_nearly_right_is_told)
{
	static const struct {
		const char *option, *says;
	} cases[] = {
		{ "debian=http://127.0.0.1/", NULL },
		{ "two=http://127.0.0.1/", NULL },
		{ "somebody-elses=http://127.0.0.1/", NULL },
		{ "debian-securit=http://127.0.0.1/",
		  "--mirror: no suite is of archive \"debian-securit\"; did you mean "
		  "\"debian-security\"?" },
		{ "docke=http://127.0.0.1/", "--mirror: no suite is of archive \"docke\"; did you "
					     "mean \"docker\"?" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		AUTO_ARENA a = { 0 };
		struct archive archive = { .name = "two" };
		struct strings options = { (const char **)(uintptr_t)&cases[i].option, 1, 1 };
		struct mirrors m;
		struct error e = { 0 };

		*list_push(&a, &archive.suites) = (struct suite){ .archive = "two" };
		*list_push(&a, &archive.suites) = (struct suite){ .archive = "docker" };
		cr_expect_eq(mirrors_find(&a, &options, NULL, &archive, "/nonexistent", &m, &e),
			     !cases[i].says, "%s", e.cause);
		cr_expect_str_eq(e.cause, cases[i].says ? cases[i].says : "");
	}
}
