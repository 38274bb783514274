/* SPDX-License-Identifier: Apache-2.0 */
/* Resolution in apt's manner, rule by rule (T25). The whole archive against apt itself is
 * compared in tests/e2e. */

#include <criterion/criterion.h>

#include "format/debian/deb822.h"
#include "input/resolve/resolve.h"
#include "support/gen_index.h"

/* What a resolution is to be: the names it picks, in order, or part of its message. */
struct resolve_scene {
	const char *what, *index, *asked, *picks, *error;
};

static const char *packages_picked(struct arena *a, const struct picks *p)
{
	struct buf text = { .a = a };

	for (size_t i = 0; i < p->n; i++)
		buf_printf(&text, "%s%.*s", i ? " " : "", STR_ARG(p->v[i].package->name));
	return text.n ? buf_cstr(&text) : "";
}

static bool resolve_asked(struct arena *a, const struct index *x, const char *asked,
			  struct picks *out, struct error *e)
{
	struct str rest = str_of(asked), one;
	struct request requests[8];
	size_t n = 0;

	while (str_next(&rest, ',', &one))
		requests[n++] = (struct request){ str_dup(a, one), "asked for by the test" };
	return resolve_pinned(a, x, requests, n, out, &(struct strings){ 0 }, e);
}

static void play_resolve_scene(const struct resolve_scene *s)
{
	AUTO_ARENA a = { 0 };
	struct index *x = indexgen_index(&a, s->index);
	struct picks picks = { 0 };
	struct error e = { 0 };
	bool ok = resolve_asked(&a, x, s->asked, &picks, &e);

	if (s->error) {
		cr_assert(!ok, "%s: resolved to %s", s->what, packages_picked(&a, &picks));
		cr_assert_eq(e.kind, ERR_INPUT);
		cr_assert(strstr(e.cause, s->error), "%s: %s", s->what, e.cause);
	} else {
		cr_assert(ok, "%s: %s", s->what, e.cause);
		cr_assert_str_eq(packages_picked(&a, &picks), s->picks, "%s: %s", s->what,
				 packages_picked(&a, &picks));
	}
}

static void play_all(const struct resolve_scene *scenes, size_t n)
{
	for (size_t i = 0; i < n; i++)
		play_resolve_scene(&scenes[i]);
}
#define PLAY(scenes) play_all(scenes, ARRAY_SIZE(scenes))

Test(resolve, follows_depends_and_pre_depends)
{
	static const struct resolve_scene scenes[] = {
		{ "chain", "aa 1; Depends: bb\n bb 1; Pre-Depends: cc (>= 1)\n cc 1\n dd 1", "aa",
		  "aa bb cc", NULL },
		{ "circle", "aa 1; Depends: bb\n bb 1; Depends: aa", "bb", "aa bb", NULL },
		{ "recommends are left", "aa 1; Recommends: bb; Suggests: bb\n bb 1", "aa", "aa",
		  NULL },
		{ "essential is not implied", "aa 1\n bb 1; Essential: yes", "aa", "aa", NULL },
		{ "several requests", "aa 1\n bb 1\n cc 1", "cc,aa", "aa cc", NULL },
		{ "a request with a version", "aa 2", "aa (>= 2)", "aa", NULL },
	};

	PLAY(scenes);
}

Test(resolve, T25_takes_the_leftmost_alternative_that_can_be_had)
{
	static const struct resolve_scene scenes[] = {
		{ "leftmost", "aa 1; Depends: bb | cc\n bb 1\n cc 1", "aa", "aa bb", NULL },
		{ "the left one is missing", "aa 1; Depends: xx | cc\n cc 1", "aa", "aa cc", NULL },
		{ "the left one is too old", "aa 1; Depends: bb (>= 2) | cc\n bb 1\n cc 1", "aa",
		  "aa cc", NULL },
		{ "the right one is chosen already", "aa 1; Depends: cc, bb | cc\n bb 1\n cc 1",
		  "aa", "aa cc", NULL },
		{ "the right one comes later", "aa 1; Depends: bb | cc, cc\n bb 1\n cc 1", "aa",
		  "aa bb cc", NULL },
		{ "depth first",
		  "aa 1; Depends: bb, cc | dd\n bb 1; Depends: ee\n cc 1\n dd 1\n"
		  "ee 1; Depends: dd",
		  "aa", "aa bb dd ee", NULL },
		{ "Pre-Depends come first", "aa 1; Depends: bb | cc; Pre-Depends: cc\n bb 1\n cc 1",
		  "aa", "aa cc", NULL },
		{ "a failure is not a matter of the choices between",
		  "aa 1; Depends: bb | cc, d1 | d2, e1 | e2, ff\n bb 1\n cc 1\n d1 1\n d2 1\n e1 1\n"
		  "e2 1\n ff 1; Conflicts: bb",
		  "aa", "aa cc d1 e1 ff", NULL },
		{ "the right one is asked for", "aa 1; Depends: bb | cc\n bb 1\n cc 1", "aa,cc",
		  "aa cc", NULL },
		{ "the left one leads nowhere",
		  "aa 1; Depends: bb | cc\n bb 1; Depends: missing-thing\n cc 1", "aa", "aa cc",
		  NULL },
		{ "the left one conflicts",
		  "aa 1; Depends: bb | cc, dd\n bb 1\n cc 1\n dd 1; Conflicts: bb", "aa",
		  "aa cc dd", NULL },
		{ "two choices, the first must be taken back",
		  "aa 1; Depends: bb | cc, dd | ee\n bb 1\n cc 1\n dd 1; Conflicts: bb\n"
		  "ee 1; Depends: nothing-here",
		  "aa", "aa cc dd", NULL },
	};

	PLAY(scenes);
}

Test(resolve, T25_prefers_real_packages_and_knows_versioned_provides)
{
	static const struct resolve_scene scenes[] = {
		{ "real before provider", "aa 1; Depends: vv\n bb 1; Provides: vv\n vv 1", "aa",
		  "aa vv", NULL },
		{ "provider when there is no real one", "aa 1; Depends: vv\n bb 1; Provides: vv",
		  "aa", "aa bb", NULL },
		{ "important before optional",
		  "aa 1; Depends: vv\n bb 1; Provides: vv\n cc 1; Provides: vv; Priority: important",
		  "aa", "aa cc", NULL },
		{ "last name of equals",
		  "aa 1; Depends: vv\n cc 1; Provides: vv\n bb 1; Provides: vv", "aa", "aa cc",
		  NULL },
		{ "the provided version counts",
		  "aa 1; Depends: vv (>= 2)\n bb 9; Provides: vv (= 2)", "aa", "aa bb", NULL },
		{ "the provided version is too old",
		  "aa 1; Depends: vv (>= 2)\n bb 9; Provides: vv (= 1)", "aa", NULL,
		  "vv (>= 2) is needed by aa; bb provides version 1" },
		{ "an unversioned provide meets no version",
		  "aa 1; Depends: vv (>= 2)\n bb 9; Provides: vv", "aa", NULL,
		  "bb provides no version" },
		{ "real is too old, a provider fits",
		  "aa 1; Depends: vv (>= 2)\n vv 1\n bb 1; Provides: vv (= 3)", "aa", "aa bb",
		  NULL },
	};

	PLAY(scenes);
}

Test(resolve, T25_qualifiers_select_or_exclude)
{
	static const struct resolve_scene scenes[] = {
		{ "any with allowed", "aa 1; Depends: bb:any\n bb 1; Multi-Arch: allowed", "aa",
		  "aa bb", NULL },
		{ "any without allowed", "aa 1; Depends: bb:any\n bb 1; Multi-Arch: foreign", "aa",
		  NULL, "not Multi-Arch: allowed" },
		{ "our architecture", "aa 1; Depends: bb:amd64\n bb 1", "aa", "aa bb", NULL },
		{ "another architecture", "aa 1; Depends: bb:i386 | cc\n bb 1\n cc 1", "aa",
		  "aa cc", NULL },
	};

	PLAY(scenes);
}

Test(resolve, conflicts_and_breaks_keep_packages_apart)
{
	static const struct resolve_scene scenes[] = {
		{ "conflict", "aa 1; Depends: bb, cc\n bb 1; Conflicts: cc\n cc 1", "aa", NULL,
		  "cannot be together: bb has Conflicts: cc" },
		{ "break of older ones", "aa 1; Depends: bb, cc\n bb 1; Breaks: cc (<< 2)\n cc 1",
		  "aa", NULL, "bb has Breaks: cc (<< 2)" },
		{ "a newer one is not broken",
		  "aa 1; Depends: bb, cc\n bb 1; Breaks: cc (<< 2)\n cc 2", "aa", "aa bb cc",
		  NULL },
		{ "through a provide",
		  "aa 1; Depends: bb, cc\n bb 1; Conflicts: vv\n cc 1; Provides: vv", "aa", NULL,
		  "Conflicts: vv" },
		{ "not with itself", "aa 1; Conflicts: vv; Provides: vv", "aa", "aa", NULL },
		{ "a version does not hit an unversioned provide",
		  "aa 1; Depends: bb, cc\n bb 1; Breaks: vv (<< 9)\n cc 1; Provides: vv", "aa",
		  "aa bb cc", NULL },
	};

	PLAY(scenes);
}

Test(resolve, refusals_name_the_package_and_what_there_is)
{
	static const struct resolve_scene scenes[] = {
		{ "too old", "bar 1; Depends: libfoo2 (>= 2.1)\n libfoo2 2.0-1", "bar", NULL,
		  "libfoo2 (>= 2.1) is needed by bar; trixie has 2.0-1" },
		{ "missing", "bar 1; Depends: libfoo2", "bar", NULL,
		  "libfoo2 is needed by bar; no suite has a package of that name" },
		{ "request", "bar 1", "baz", NULL,
		  "baz is asked for by the test; no suite has a package of that name" },
		{ "malformed", "bar 1; Depends: libfoo2 (~ 1)", "bar", NULL, "no operator" },
	};

	PLAY(scenes);
}

Test(resolve, says_why_each_package_is_there)
{
	AUTO_ARENA a = { 0 };
	struct index *x = indexgen_index(&a, "aa 1; Depends: bb\n bb 1; Depends: cc\n cc 1");
	struct picks picks = { 0 };
	struct error e = { 0 };

	cr_assert(resolve_asked(&a, x, "aa", &picks, &e));
	cr_assert_str_eq(picks_find(&picks, STR("aa"))->why, "asked for by the test");
	cr_assert_str_eq(picks_find(&picks, STR("bb"))->why, "needed by aa");
	cr_assert_str_eq(picks_find(&picks, STR("cc"))->why, "needed by bb");
	cr_assert_null(picks_find(&picks, STR("dd")));
}

/* A choice among many that all fail must end, with the first reason. */
Test(resolve, a_hopeless_search_ends)
{
	AUTO_ARENA a = { 0 };
	struct buf text = { .a = &a };
	struct picks picks = { 0 };
	struct error e = { 0 };

	buf_puts(&text, "top 1; Depends: ");
	for (int i = 0; i < 24; i++)
		buf_printf(&text, "l%da | l%db, ", i, i);
	buf_puts(&text, "la | lb\n la 1; Depends: gone-one\n lb 1; Depends: gone-two\n");
	for (int i = 0; i < 24; i++)
		buf_printf(&text, "l%da 1\n l%db 1\n", i, i);
	cr_assert_not(resolve_asked(&a, indexgen_index(&a, buf_cstr(&text)), "top", &picks, &e));
	cr_assert(strstr(e.cause, "gone-one is needed by la"), "%s", e.cause);
}

Test(index, the_highest_version_is_the_candidate_unless_one_is_pinned)
{
	AUTO_ARENA a = { 0 };
	static const struct suite main = { .archive = "debian", .codename = "trixie" };
	static const struct suite security = { .archive = "debian-security",
					       .codename = "trixie-security" };

	static const struct locked_package old = { .name = "aa",
						   .version = "1-1",
						   .architecture = "amd64",
						   .source = "aa",
						   .source_version = "1-1",
						   .depends = "",
						   .file = { .path = "pool/aa.deb" } };

	for (int pinned = 0; pinned < 2; pinned++) {
		struct index x = { .a = &a, .arch = "amd64" };
		struct error e = { 0 };
		const struct index_package *p;

		cr_assert(indexgen_add(&x, &main, str_of(indexgen_packages(&a, "aa 1-1\n aa 1-9")),
				       &e));
		cr_assert(
			indexgen_add(&x, &security, str_of(indexgen_packages(&a, "aa 1-10")), &e));
		if (pinned)
			index_add_pin(&x, &main, &old);
		cr_assert(index_finish(&x, &e));
		p = index_candidate(&x, STR("aa"));
		cr_assert(str_eq(p->version, pinned ? STR("1-1") : STR("1-10")));
		cr_assert_eq(p->suite, pinned ? &main : &security);
	}
}

/* T18, T24: what a Packages stanza may not say. */
Test(index, T18_T24_malformed_stanzas_are_refused)
{
	static const struct {
		const char *field, *value;
	} cases[] = {
		{ "Package", "../../x" },
		{ "Package", "Ab" },
		{ "Package", "a" },
		{ "Package", "" },
		{ "Version", "" },
		{ "Version", "1_2" },
		{ "Version", "1 2" },
		{ "Architecture", "i386" },
		{ "Architecture", "amd64 i386" },
		{ "Filename", "pool/../x.deb" },
		{ "Filename", "/etc/passwd" },
		{ "Filename", "pool//x.deb" },
		{ "Filename", "pool/a%2fb.deb" },
		{ "Filename", "http://evil/x.deb" },
		{ "Filename", "pool/x@evil" },
		{ "Filename", "pool/./x" },
		{ "Filename", "pool/a b" },
		{ "Size", "-1" },
		{ "Size", "1x" },
		{ "Size", "" },
		{ "Size", "99999999999999999999" },
		{ "SHA256", "" },
		{ "SHA256", "d41d8cd98f00b204e9800998ecf8427e" },
		{ "SHA256", "E3B0C44298FC1C149AFBF4C8996FB92427AE41E4649B934CA495991B7852B855" },
		{ "Source", "a (1" },
		{ "Source", "A B" },
		{ "Installed-Size", "x" },
		{ "Provides", "vv (>= 1)" },
		{ "Provides", "vv | ww" },
	};
	static const char *const fields[][2] = {
		{ "Package", "aa" },
		{ "Version", "1" },
		{ "Architecture", "amd64" },
		{ "Filename", "pool/main/a.deb" },
		{ "Size", "1" },
		{ "Source", "aa (1)" },
		{ "SHA256", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855" },
		{ "Installed-Size", "1" },
		{ "Provides", "vv" },
	};
	static const struct suite suite = { .archive = "debian", .codename = "trixie" };

	for (size_t i = 0; i <= ARRAY_SIZE(cases); i++) {
		bool good = i == ARRAY_SIZE(cases);
		AUTO_ARENA a = { 0 };
		struct buf text = { .a = &a };
		struct index x = { .a = &a, .arch = "amd64" };
		struct error e = { 0 };

		for (size_t k = 0; k < ARRAY_SIZE(fields); k++) {
			bool changed = !good && strcmp(fields[k][0], cases[i].field) == 0;

			buf_printf(&text, "%s: %s\n", fields[k][0],
				   changed ? cases[i].value : fields[k][1]);
		}
		bool ok = indexgen_add(&x, &suite, buf_str(&text), &e) && index_finish(&x, &e);
		cr_assert_eq(ok, good, "%s: %s", good ? "the good one" : cases[i].field,
			     good ? e.cause : cases[i].value);
		cr_assert(good || e.kind == ERR_INPUT);
	}
}

Test(index, one_version_with_two_contents_is_refused)
{
	AUTO_ARENA a = { 0 };
	static const struct suite suite = { .archive = "debian", .codename = "trixie" };
	struct index x = { .a = &a, .arch = "amd64" };
	struct error e = { 0 };

	cr_assert(indexgen_add(&x, &suite,
			       str_of(indexgen_packages(&a, "bb 1\n aa 1\n aa 1; Depends: bb")),
			       &e));
	cr_assert(index_finish(&x, &e));
	cr_expect(index_candidate(&x, STR("bb")) && index_sound(&x, &e));
	index_candidate(&x, STR("aa"));
	cr_assert_not(index_sound(&x, &e));
	cr_assert_str_eq(e.cause, "suite trixie has aa 1 twice, with different files");
}
