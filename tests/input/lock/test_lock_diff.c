/* SPDX-License-Identifier: Apache-2.0 */
/* What changed between two locks, told by their structures: what came, what went, what is another
 * one; and names in paths of dependencies. */

#include "input/lock/lock_diff.h"

#include <assert.h>
#include <criterion/criterion.h>

static const struct locked_state trixie = { .archive = "debian", .codename = "trixie" };
static const struct locked_state security = { .archive = "debian-security",
					      .codename = "trixie-security" };

/* "package x 1>2 trixie! 5": what was, what is, the suite, security, bytes. */
static const char *diff_show(struct arena *a, const struct lock *old, const struct lock *now)
{
	struct lock_changes l = { NULL, 0, 0 };
	struct buf text = { .a = a };

	lock_diff(a, old, now, &l);
	list_each(c, &l)
		buf_printf(&text, "%s%s %s %s>%s %s%s %llu", text.n ? "; " : "", c->kind, c->name,
			   c->before ? c->before : "-", c->after ? c->after : "-", c->suite,
			   c->security ? "!" : "", (unsigned long long)c->size);
	return text.n ? buf_cstr(&text) : "";
}

static struct locked_package diff_package(const char *name, const char *version,
					  const char *architecture, const struct locked_state *s)
{
	return (struct locked_package){ .name = name,
					.version = version,
					.architecture = architecture,
					.state = s,
					.file = { .size = 5,
						  .sha256 = digest_of(str_of(version)) } };
}

/* Packages "NAME=VERSION", in order; those that begin with "+" are of compilers on arm64. */
static struct lock diff_lock(struct arena *a, const char *packages)
{
	struct lock l = { .architecture = "amd64", .compilers = "arm64" };
	struct str rest = str_of(packages), one, name, version;

	while (str_next(&rest, ' ', &one)) {
		bool tool = one.p[0] == '+', fix = one.p[0] == '!';

		str_cut(str_from(one, tool || fix), '=', &name, &version);
		*list_push(a, &l.packages) = diff_package(str_dup(a, name), str_dup(a, version),
							  tool ? "arm64" : "amd64",
							  fix ? &security : &trixie);
	}
	return l;
}

Test(lock_diff, packages_come_go_and_change)
{
	static const struct {
		const char *old, *now, *says;
	} cases[] = {
		{ "a=1 b=1", "a=1 b=1", "" },
		{ "a=1", "a=2", "package a 1>2 trixie 5" },
		{ "a=1", "!a=2", "package a 1>2 trixie-security! 5" },
		{ "!a=1", "", "package a 1>- trixie-security 0" },
		{ "", "a=1", "package a ->1 trixie 5" },
		{ "b=1", "a=1 b=1 c=1", "package a ->1 trixie 5; package c ->1 trixie 5" },
		{ "a=1 b=1 c=1", "b=1", "package a 1>- trixie 0; package c 1>- trixie 0" },
		/* a tool is another one than the package of its name */
		{ "a=1 +a=1", "a=2 +a=1", "package a 1>2 trixie 5" },
		{ "a=1", "+a=2", "package a 1>- trixie 0; package a ->2 trixie 5" },
		{ "+a=1", "a=2", "package a ->2 trixie 5; package a 1>- trixie 0" },
		{ "+a=1", "a=1 +a=1", "package a ->1 trixie 5" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		AUTO_ARENA a = { 0 };
		struct lock old = diff_lock(&a, cases[i].old), now = diff_lock(&a, cases[i].now);

		cr_expect_str_eq(diff_show(&a, &old, &now), cases[i].says, "%zu: %s", i,
				 diff_show(&a, &old, &now));
	}
}

Test(lock_diff, without_an_old_lock_all_is_new)
{
	AUTO_ARENA a = { 0 };
	struct lock now = diff_lock(&a, "a=1");

	cr_expect_str_eq(diff_show(&a, NULL, &now), "package a ->1 trixie 5");
}

/* ---- sources ---- */

static void diff_source(struct arena *a, struct lock *l, const char *name, const char *version,
			const char *format, const struct locked_state *state, const char *paths)
{
	struct locked_source s = {
		.name = name, .package = name, .version = version, .format = format, .state = state
	};
	struct str rest = str_of(paths), one;

	while (str_next(&rest, ' ', &one))
		*list_push(a, &s.files) = (struct locked_file){ .path = str_dup(a, one),
								.size = 3,
								.sha256 = digest_of(one) };
	*list_push(a, &l->sources) = s;
}

Test(lock_diff, sources_come_go_and_change)
{
	static const struct {
		const char *version, *paths, *version_now, *paths_now;
		const struct locked_state *state;
		const char *says;
	} cases[] = {
		{ "1", "x", "1", "x", &trixie, "" },
		{ "1", "x", "2", "x", &trixie, "source s 1>2 trixie 3" },
		{ "1", "x", "1", "y", &trixie, "source s 1>1 trixie 3" },
		{ "1", "x", "1", "x y", &trixie, "source s 1>1 trixie 6" },
		{ "1", "x", "2", "x", &security, "source s 1>2 trixie-security! 3" },
		{ "1", "x", "2", "x", NULL, "source s 1>2  3" },
		{ NULL, NULL, "1", "x", &trixie, "source s ->1 trixie 3" },
		{ "1", "x", NULL, NULL, &security, "source s 1>- trixie-security 0" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		AUTO_ARENA a = { 0 };
		struct lock old = { .architecture = "amd64" }, now = old;

		if (cases[i].version)
			diff_source(&a, &old, "s", cases[i].version, "1.0", cases[i].state,
				    cases[i].paths);
		if (cases[i].version_now)
			diff_source(&a, &now, "s", cases[i].version_now, "1.0", cases[i].state,
				    cases[i].paths_now);
		cr_expect_str_eq(diff_show(&a, &old, &now), cases[i].says, "%zu: %s", i,
				 diff_show(&a, &old, &now));
	}
}

/* Nobody has said how large a file of upstream is. */
Test(lock_diff, a_size_that_nobody_knows_counts_nothing)
{
	AUTO_ARENA a = { 0 };
	struct lock old = { .architecture = "amd64" }, now = old;

	diff_source(&a, &now, "s", "1", "tarball", NULL, "x y");
	now.sources.v[0].files.v[1].size = UINT64_MAX;
	cr_expect_str_eq(diff_show(&a, &old, &now), "source s ->1  3");
}

/* Names and versions in paths, as the languages write them. */
Test(lock_diff, dependencies_have_names_and_versions)
{
	static const struct {
		const char *path, *name, *version; /* NULL: it is not told */
	} cases[] = {
		{ "left-pad/-/left-pad-1.2.3.tgz", "left-pad", "1.2.3" },
		{ "@s/left-pad/-/left-pad-1.2.3-rc.1.tgz", "@s/left-pad", "1.2.3-rc.1" },
		{ "idna/3.7/idna-3.7-py3-none-any.whl", "idna", "3.7" },
		{ "idna/3.7/idna-3.7.tar.gz", "idna", "3.7" },
		{ "golang.org/x/net/@v/v0.1.0.zip", "golang.org/x/net", "v0.1.0" },
		{ "golang.org/x/net/@v/v0.1.0.mod", NULL, NULL },
		{ "serde-1.0.219.crate", "serde", "1.0.219" },
		{ "serde-json-1.0.1.crate", "serde-json", "1.0.1" },
		{ "a-b-2x.0.crate", "a-b-2x.0.crate", "" },
		{ "plain", "plain", "" },
		{ "a-.1", "a-.1", "" },
		{ "org/apache/text/1.13.0/text-1.13.0.jar", "org.apache:text", "1.13.0" },
		{ "text/1/text-1.jar", "text", "1" },
		{ "t/1/t-1.jar", "t", "1" },
		/* no repository of Maven */
		{ "1/t-1.0.jar", "1:t", "1.0.jar" },
		{ "t-1.0.jar", "t", "1.0.jar" },
		{ "x/-/y", "x/-/y", "" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		AUTO_ARENA a = { 0 };
		struct lock old = { .architecture = "amd64" }, now = old;
		const char *says = "";

		diff_source(&a, &now, "s", "1", LOCK_GO, NULL, cases[i].path);
		if (cases[i].name)
			says = arena_printf(&a, "dependency %s ->%s  3", cases[i].name,
					    cases[i].version);
		cr_expect_str_eq(diff_show(&a, &old, &now), says, "%s: %s", cases[i].path,
				 diff_show(&a, &old, &now));
	}
}

Test(lock_diff, dependencies_come_go_and_change)
{
	static const struct {
		const char *old, *now, *says;
	} cases[] = {
		{ "a-1.0.crate", "a-1.0.crate", "" },
		{ "a-1.0.crate", "a-2.0.crate", "dependency a 1.0>2.0  3" },
		{ "a-1.0.crate", "b-1.0.crate", "dependency b ->1.0  3; dependency a 1.0>-  0" },
		{ "a-1.0.crate", "a-1.0.crate a-2.0.crate", "dependency a ->2.0  3" },
		{ "a-1.0.crate a-2.0.crate", "a-2.0.crate", "dependency a 1.0>-  0" },
		{ "a-1.0.crate", NULL, "dependency a 1.0>-  0" },
		{ NULL, "a-1.0.crate", "dependency a ->1.0  3" },
		{ "x/@v/v1.zip x/@v/v1.mod", "x/@v/v2.zip x/@v/v2.mod", "dependency x v1>v2  3" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		AUTO_ARENA a = { 0 };
		struct lock old = { .architecture = "amd64" }, now = old;

		if (cases[i].old)
			diff_source(&a, &old, "s", "1", LOCK_CARGO, NULL, cases[i].old);
		if (cases[i].now)
			diff_source(&a, &now, "s", "1", LOCK_CARGO, NULL, cases[i].now);
		cr_expect_str_eq(diff_show(&a, &old, &now), cases[i].says, "%zu: %s", i,
				 diff_show(&a, &old, &now));
	}
}

Test(lock_diff, sources_stand_side_by_side)
{
	AUTO_ARENA a = { 0 };
	struct lock old = { .architecture = "amd64" }, now = old;

	diff_source(&a, &old, "b", "1", "1.0", &trixie, "x");
	diff_source(&a, &old, "d", "1", "1.0", &trixie, "x");
	diff_source(&a, &now, "a", "1", "1.0", &trixie, "x");
	diff_source(&a, &now, "b", "2", "1.0", &trixie, "x");
	diff_source(&a, &now, "c", "1", "1.0", &trixie, "x");
	cr_expect_str_eq(diff_show(&a, &old, &now),
			 "source a ->1 trixie 3; source b 1>2 trixie 3; source c ->1 trixie 3; "
			 "source d 1>- trixie 0");
}

/* ---- components and bases ---- */

Test(lock_diff, components_with_another_provider_are_told)
{
	AUTO_ARENA a = { 0 };
	struct lock old = { .architecture = "amd64" }, now = old;

	*list_push(&a, &old.components) =
		(struct locked_component){ .name = "same", .provider = 1, .reason = "r" };
	*list_push(&a, &old.components) =
		(struct locked_component){ .name = "other", .provider = 0, .reason = "was" };
	*list_push(&a, &now.components) =
		(struct locked_component){ .name = "same", .provider = 1, .reason = "s" };
	*list_push(&a, &now.components) =
		(struct locked_component){ .name = "other", .provider = 1, .reason = "is" };
	*list_push(&a, &now.components) =
		(struct locked_component){ .name = "new", .provider = 0, .reason = "n" };
	cr_expect_str_eq(diff_show(&a, &old, &now), "component other was>is  0");
}

Test(lock_diff, another_base_is_told_with_its_packages)
{
	AUTO_ARENA a = { 0 };
	struct lock one = diff_lock(&a, "a=1 b=1 d=1"), two = diff_lock(&a, "b=2 c=1 d=1");
	struct locked_base old = { .reference = "r:1", .digest = digest_of(STR("1")) };
	struct locked_base now = { .reference = "r:2", .digest = digest_of(STR("2")) };
	struct lock x = { .architecture = "amd64" }, y = x;

	old.packages.v = one.packages.v;
	old.packages.n = one.packages.n;
	now.packages.v = two.packages.v;
	now.packages.n = two.packages.n;
	cr_expect_str_eq(diff_show(&a, &x, &y), "");
	x.base = &old;
	y.base = &old;
	cr_expect_str_eq(diff_show(&a, &x, &y), "");
	y.base = &now;
	cr_expect_str_eq(diff_show(&a, &x, &y),
			 "base r:2 sha256:6b86b273ff34>sha256:d4735e3a265e  0; in base a 1>-  0; "
			 "in base b 1>2  0; in base c ->1  0");
	x.base = NULL;
	cr_expect(strstr(diff_show(&a, &x, &y), "base r:2 ->sha256:d4735e3a265e  0; in base b ->2"),
		  "%s", diff_show(&a, &x, &y));
	x.base = &old;
	y.base = NULL;
	cr_expect(strstr(diff_show(&a, &x, &y), "base r:1 sha256:6b86b273ff34>-  0; in base a 1>-"),
		  "%s", diff_show(&a, &x, &y));
}

/* ---- the same ---- */

Test(lock_diff, what_counts_for_two_locks_to_be_the_same)
{
	AUTO_ARENA a = { 0 };
	struct lock one = diff_lock(&a, "a=1"), two = diff_lock(&a, "!a=1");

	assert(one.packages.v && two.packages.v); /* the analyzer does not know it */
	one.packages.v[0].source = one.packages.v[0].source_version = "s";
	one.packages.v[0].why = one.packages.v[0].depends = "";
	one.packages.v[0].file.path = "p";
	two.packages.v[0] = one.packages.v[0];
	two.packages.v[0].state = &security;
	two.packages.v[0].breaks = "x";
	two.packages.v[0].any = true;
	cr_expect(lock_same(&one, &two));
	/* of one format the question counts, of two it does not */
	two.answers.b[0] = 1;
	cr_expect_not(lock_same(&one, &two));
	one.format = 1;
	cr_expect(lock_same(&one, &two));
	two.packages.v[0].why = "other";
	cr_expect_not(lock_same(&one, &two));
}
