/* SPDX-License-Identifier: Apache-2.0 */
/* The text of a lock: what is written is read again, and what is malformed is refused. */

#include <criterion/criterion.h>

#include "input/lock/lock_diff.h"
#include "support/fixture_files.h"

static struct locked_file file_of(const char *path, uint64_t size)
{
	const char *slash = strrchr(path, '/');

	return (struct locked_file){ .name = slash ? slash + 1 : path,
				     .path = path,
				     .size = size,
				     .sha256 = digest_of(str_of(path)) };
}

static const struct locked_state trixie = {
	.archive = "debian",
	.codename = "trixie",
	.date = "Sat, 12 Sep 2026 07:55:41 UTC",
	.signers = { (const char *[]){ "0123456789ABCDEF0123456789ABCDEF01234567" }, 1, 1 },
};

static void add_sample_package(struct arena *a, struct lock *l, const char *name,
			       const char *version)
{
	struct locked_package *p = list_push(a, &l->packages);

	*p = (struct locked_package){
		.name = name,
		.version = version,
		.architecture = "amd64",
		.source = name,
		.source_version = version,
		.state = &trixie,
		.depends = "",
		.installed_size = 7,
		.why = "needed by \"x\"\n",
	};
	p->file = file_of(arena_printf(a, "pool/main/%s_%s.deb", name, version), 1000);
	*list_push(a, &p->roles) = "image";
	*list_push(a, &p->roles) = "source:squid";
}

/* A lock with one of everything. */
static struct lock lock_sample(struct arena *a)
{
	struct lock l = { .answers = digest_of(STR("recipe")), .architecture = "amd64" };
	struct locked_component *c = list_push(a, &l.components);
	struct locked_source *s;

	lock_add_state(a, &l, &trixie);
	*list_push(a, &l.builtin) = (struct builtin_file){ "recipes/x.json", digest_of(STR("x")) };
	*c = (struct locked_component){ .name = "squid",
					.provider = 1,
					.version = "6.13-2",
					.reason = "squid 6.13-2 (package)" };
	*list_push(a, &c->lost) = "no such thing";
	add_sample_package(a, &l, "aa", "1:2-3");
	add_sample_package(a, &l, "bb", "2");
	l.packages.v[1].source = "b-src";
	l.packages.v[1].source_version = "1.9";
	l.packages.v[1].depends = "aa (>= 1), cc | dd";
	l.packages.v[1].depends_only = true;
	s = list_push(a, &l.sources);
	*s = (struct locked_source){ .name = "squid",
				     .package = "squid",
				     .version = "6.13-2",
				     .state = &trixie,
				     .format = "3.0 (quilt)",
				     .warning = "6.13-3 is newer" };
	*list_push(a, &s->files) = file_of("pool/main/s/squid.dsc", 12);
	s = list_push(a, &l.sources);
	*s = (struct locked_source){
		.name = "zz", .package = "zz", .version = "1", .format = "tarball"
	};
	*list_push(a, &s->urls) = "https://127.0.0.1/zz.tar.xz";
	*list_push(a, &s->files) = file_of("zz.tar.xz", UINT64_MAX);
	return l;
}

static const char *lock_sample_text(struct arena *a, const struct lock *l)
{
	struct buf text = { .a = a };

	lock_format(l, &text);
	return buf_cstr(&text);
}

Test(lock, what_is_written_is_read_again)
{
	AUTO_ARENA a = { 0 };
	const char *dir = files_temporary(&a), *path = arena_printf(&a, "%s/x.lock.json", dir);
	struct lock before = lock_sample(&a), after;
	struct error e = { 0 };

	files_put(path, lock_sample_text(&a, &before));
	cr_assert(lock_load(&a, path, &after, &e), "%s", e.cause);
	files_remove(dir);
	cr_assert_str_eq(lock_sample_text(&a, &after), lock_sample_text(&a, &before));
	cr_assert(digest_eq(&after.answers, &before.answers));
	cr_assert_null(builtin_difference(&after.builtin, &before.builtin));
	cr_assert_str_eq(lock_package(&after, "bb")->source, "b-src");
	cr_assert_str_eq(lock_package(&after, "aa")->source_version, "1:2-3");
	cr_assert_str_eq(lock_package(&after, "aa")->file.name, "aa_1:2-3.deb");
	cr_assert_eq(lock_package(&after, "aa")->file.size, 1000);
	cr_assert_null(lock_package(&after, "ab"));
	cr_assert(lock_package(&after, "bb")->depends_only &&
		  !lock_package(&after, "aa")->depends_only);
	cr_assert(package_has_role(lock_package(&after, "aa"), "source:squid"));
	cr_assert_not(package_has_role(lock_package(&after, "aa"), "library"));
	cr_assert_str_eq(lock_source(&after, "squid")->warning, "6.13-3 is newer");
	cr_assert_null(lock_source(&after, "zz")->state);
	cr_assert_eq(lock_source(&after, "zz")->files.v[0].size, UINT64_MAX);
	cr_assert_eq(lock_component(&after, "squid")->provider, 1);
	cr_assert_null(lock_component(&after, "python"));
}

Test(lock, a_missing_lock_says_what_to_run)
{
	AUTO_ARENA a = { 0 };
	struct lock l;
	struct error e = { 0 };

	cr_assert_not(lock_load(&a, "/nonexistent/x.lock.json", &l, &e));
	cr_assert_eq(e.kind, ERR_INPUT);
	cr_assert(strstr(e.cause, "imgbuild lock"), "%s", e.cause);
}

/* Each replaces the first occurrence of a text in the good lock. */
Test(lock, malformed_locks_are_refused)
{
	static const char *const cases[][2] = {
		{ "\"lock\": 2", "\"lock\": 3" },
		{ "\"lock\": 2", "\"lock\": 0" },
		{ "\"lock\": 2", "\"lock\": 2, \"lock\": 2" },
		{ "\"architecture\": \"amd64\",\n  \"built-in\"", "\"built-in\"" },
		{ "\"built-in\": [", "\"built-in\": [ 1," },
		{ "\"built-in\": [", "\"built-in\": [ { \"name\": \"x\", \"sha256\": \"x\" }," },
		{ "\"built-in\": [", "\"built-in\": [ { \"name\": \"x\" }," },
		{ "{ \"name\": \"recipes/x.json\"",
		  "{ \"path\": \"y\", \"name\": \"recipes/x.json\"" },
		{ "07:55:41 UTC", "07:55:41" },
		{ "\"from\": \"debian/trixie/20260912T075541Z\"", "\"from\": \"debian/trixie\"" },
		{ "pool/main/aa", "pool/../etc/aa" },
		{ "pool/main/aa", "/etc/aa" },
		{ "pool/main/aa", "http://evil/aa" },
		{ "\"name\": \"aa\"", "\"name\": \"../aa\"" },
		{ "\"name\": \"aa\"", "\"name\": \"zz\"" },
		{ "\"name\": \"aa\"", "\"name\": \"bb\"" },
		{ "\"version\": \"1:2-3\"", "\"version\": \"1 2\"" },
		{ "\"size\": 1000", "\"size\": -1" },
		{ "\"size\": 1000, ", "" },
		{ "\"sha256\": \"", "\"sha256\": \"x" },
		{ "\"archive\": \"debian\"", "\"archive\": \"../debian\"" },
		{ "0123456789ABCDEF", "0123456789abcdef" },
		{ "\"relations\": \"depends\"", "\"relations\": \"none\"" },
		{ "\"roles\"", "\"rolls\"" },
		{ "\"why\"", "\"extra\": 1, \"why\"" },
		{ "\"zz.tar.xz\"", "\"../zz.tar.xz\"" },
	};
	AUTO_ARENA a = { 0 };
	const char *dir = files_temporary(&a), *path = arena_printf(&a, "%s/x.lock.json", dir);
	struct lock good = lock_sample(&a);
	const char *text = lock_sample_text(&a, &good);

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const char *at = strstr(text, cases[i][0]);
		struct lock l;
		struct error e = { 0 };

		cr_assert(at, "%s is not in the lock", cases[i][0]);
		files_put(path, arena_printf(&a, "%.*s%s%s", (int)(at - text), text, cases[i][1],
					     at + strlen(cases[i][0])));
		cr_assert_not(lock_load(&a, path, &l, &e), "%s is read", cases[i][1]);
		cr_assert_eq(e.kind, ERR_INPUT);
	}
	files_remove(dir);
}

Test(lock, differences_are_told_and_dates_do_not_count)
{
	AUTO_ARENA a = { 0 };
	struct lock old = lock_sample(&a), now = lock_sample(&a);
	struct lock_changes changes = { 0 };
	struct locked_state newer = trixie, security = trixie;

	newer.date = "Sun, 13 Sep 2026 07:55:41 UTC";
	now.states.v[0] = now.packages.v[0].state = &newer;
	now.packages.v[1].notes.known = true;
	*list_push(&a, &now.packages.v[1].notes.opened_by) = "latest";
	cr_assert(lock_same(&old, &now));
	lock_diff(&a, &old, &now, &changes);
	cr_assert_eq(changes.n, 0);

	now.packages.v[1].version = "2+deb13u1";
	now.packages.v[1].file.sha256 = digest_of(STR("new"));
	security.archive = "debian-security";
	now.packages.v[1].state = &security;
	add_sample_package(&a, &now, "cc", "1");
	now.sources.n = 1;
	lock_diff(&a, &old, &now, &changes);
	cr_assert_not(lock_same(&old, &now));
	cr_assert_eq(changes.n, 3);
	cr_assert_str_eq(changes.v[0].name, "bb");
	cr_assert_str_eq(changes.v[0].before, "2");
	cr_assert_str_eq(changes.v[0].after, "2+deb13u1");
	cr_assert(changes.v[0].security);
	cr_assert(changes.v[1].before == NULL && strcmp(changes.v[1].name, "cc") == 0);
	cr_assert(changes.v[2].after == NULL && strcmp(changes.v[2].name, "zz") == 0);
}

/* A lock for arm64 whose compilers run on amd64: "aa" stands in it twice. */
static struct lock cross_sample(struct arena *a)
{
	struct lock l = lock_sample(a);

	l.architecture = "arm64";
	l.compilers = "amd64";
	l.packages.n = 0;
	add_sample_package(a, &l, "aa", "1");
	l.packages.v[0].architecture = "arm64";
	add_sample_package(a, &l, "aa", "1");
	l.packages.v[1].roles.v[0] = "toolchain:c";
	add_sample_package(a, &l, "bb", "2");
	l.packages.v[2].architecture = "all";
	return l;
}

Test(lock, tools_of_another_machine_stand_behind_what_has_their_name)
{
	AUTO_ARENA a = { 0 };
	const char *dir = files_temporary(&a), *path = arena_printf(&a, "%s/x.lock.json", dir);
	struct lock l = cross_sample(&a), other = cross_sample(&a), after;
	struct lock_changes changes = { 0 };
	struct error e = { 0 };

	files_put(path, lock_sample_text(&a, &l));
	cr_assert(lock_load(&a, path, &after, &e), "%s: %s", e.context, e.cause);
	cr_expect_str_eq(lock_sample_text(&a, &after), lock_sample_text(&a, &l));
	cr_expect_str_eq(lock_package(&after, "aa")->architecture, "arm64");
	cr_expect(lock_is_tool(&after, lock_package(&after, "aa") + 1));
	cr_expect_not(lock_is_tool(&after, lock_package(&after, "bb")));
	/* only the tool is another now */
	other.packages.v[1].version = "1.1";
	other.packages.v[1].file.sha256 = digest_of(STR("new"));
	lock_diff(&a, &l, &other, &changes);
	cr_assert_eq(changes.n, 1);
	cr_expect_str_eq(changes.v[0].before, "1");
	cr_expect_str_eq(changes.v[0].after, "1.1");
	/* the same name without the other machine's package */
	other.packages.v[0] = other.packages.v[1];
	other.packages.v[1] = other.packages.v[2];
	other.packages.n = 2;
	cr_expect_null(lock_package(&other, "aa"), "a tool is not a part of an image");
	changes.n = 0;
	lock_diff(&a, &l, &other, &changes);
	cr_assert_eq(changes.n, 2);
	cr_expect_null(changes.v[0].after);
	files_remove(dir);
}

Test(lock, malformed_locks_for_another_machine_are_refused)
{
	static const struct {
		size_t package;
		const char *architecture, *role, *compilers, *error;
	} cases[] = {
		{ 1, "amd64", "library", "amd64",
		  "package aa is for amd64 and cannot have the role \"library\"" },
		{ 1, "amd64", "image-data", "amd64",
		  "package aa is for amd64 and cannot have the role \"image-data\"" },
		{ 1, "arm64", "toolchain:c", "amd64",
		  "package aa is not in order, or there twice" },
		{ 0, "amd64", "toolchain:c", "amd64",
		  "package aa is not in order, or there twice" },
		{ 2, "riscv64", "image", "amd64", "package bb is for riscv64, the lock for arm64" },
		{ 1, "amd64", "toolchain:c", "arm64",
		  "is the lock's own architecture: leave it out" },
		{ 1, "amd64", "toolchain:c", "../x", "\"../x\" is not a valid compilers" },
	};
	AUTO_ARENA a = { 0 };
	const char *dir = files_temporary(&a), *path = arena_printf(&a, "%s/x.lock.json", dir);

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct lock bad = cross_sample(&a), l;
		struct error e = { 0 };

		bad.compilers = cases[i].compilers;
		bad.packages.v[cases[i].package].architecture = cases[i].architecture;
		bad.packages.v[cases[i].package].roles.v[0] = cases[i].role;
		files_put(path, lock_sample_text(&a, &bad));
		cr_expect_not(lock_load(&a, path, &l, &e), "case %zu", i);
		cr_expect_eq(e.kind, ERR_INPUT);
		cr_expect(strstr(e.cause, cases[i].error), "case %zu: %s", i, e.cause);
	}
	files_remove(dir);
}
