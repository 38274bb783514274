/* SPDX-License-Identifier: Apache-2.0 */
/* What the names of suites say. */

#include "input/recipe/archives.h"

#include "base/buf.h"

static const char *const releases[] = {
	"stable",   "oldstable", "oldoldstable", "testing",  "unstable", "sid",	  "experimental",
	"rc-buggy", "buster",	 "bullseye",	 "bookworm", "trixie",	 "forky", "duke",
};

static bool is_release_name(struct str s)
{
	for (size_t i = 0; i < ARRAY_SIZE(releases); i++) {
		if (str_eq(s, str_of(releases[i])))
			return true;
	}
	return false;
}

const char *archive_of_suite(struct str suite)
{
	static const struct {
		const char *suffix, *archive;
	} kinds[] = {
		{ "", "debian" },
		{ "-updates", "debian" },
		{ "-backports", "debian" },
		{ "-proposed-updates", "debian" },
		{ "-backports-sloppy", "debian" },
		{ "-security", "debian-security" },
		{ "/updates", "debian-security" },
	};

	while (str_ends(suite, STR("/")))
		suite.n--;
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		struct str suffix = str_of(kinds[i].suffix);

		if (str_ends(suite, suffix) &&
		    is_release_name((struct str){ suite.p, suite.n - suffix.n }))
			return kinds[i].archive;
	}
	return NULL;
}

bool archive_has_suite(const struct archive *archive, const char *codename)
{
	for (size_t i = 0; i < archive->suites.n; i++) {
		if (strcmp(archive->suites.v[i].codename, codename) == 0)
			return true;
	}
	return false;
}

const char *archive_suites_hint(struct arena *a, const struct archive *archive,
				const char *codename)
{
	struct strings names = { 0 };
	struct buf text = { .a = a };
	const char *near;

	for (size_t i = 0; i < archive->suites.n; i++)
		*list_push(a, &names) = archive->suites.v[i].codename;
	near = str_nearest(str_of(codename), names.v, names.n);
	buf_printf(&text, "archive %s has no suite \"%s\"", archive->name, codename);
	buf_puts(&text, "; its suites are");
	for (size_t i = 0; i < names.n; i++)
		buf_printf(&text, "%s %s", i ? "," : "", names.v[i]);
	if (near)
		buf_printf(&text, "; did you mean \"%s\"?", near);
	return buf_cstr(&text);
}
