/* SPDX-License-Identifier: Apache-2.0 */
/* The lock of tools: made from an archive of the test's own, moved, kept, proved, and read again.
 */

#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdlib.h>
#include <time.h>

#include "base/date.h"
#include "input/lock/tools_lock.h"
#include "input/relock/relock_verify.h"
#include "input/relock/tools_make.h"
#include "support/fixture_depot.h"
#include "support/fixture_files.h"
#include "support/gen_archive.h"
#include "support/gen_index.h"

#define AMD64 \
	"libc6 2.41\n libdeflate0 1.23-2; Source: libdeflate\n libzstd1 1.5.7+dfsg-1; Source: libzstd\n"
#define NEWER \
	"libc6 2.41\n libdeflate0 1.23-2; Source: libdeflate\n libzstd1 1.5.7+dfsg-2; Source: libzstd\n"
#define OLDER \
	"libc6 2.36\n libdeflate0 1.14-1; Source: libdeflate\n libzstd1 1.5.4+dfsg2-5; Source: libzstd\n"

struct shed {
	struct arena a;
	struct archivegen g;
	struct depot d;
	struct archive archive;
	struct recipe recipe;
	struct mirrors mirrors;
	struct lock lock;
	struct error e;
};

static const char *tools_hours_ago(struct arena *a, int hours)
{
	char text[DATE_TEXT];

	date_text((int64_t)time(NULL) - hours * 3600, text);
	return arena_strdup(a, text);
}

/* `arm64` NULL: the archive is for amd64 alone. */
static void shed_publish(struct shed *s, int hours, const char *amd64, const char *arm64)
{
	archivegen_add(&s->g, &(struct archivegen_suite){
				      .codename = "trixie",
				      .date = tools_hours_ago(&s->a, hours),
				      .packages = indexgen_packages(&s->a, amd64),
				      .arm64 = arm64 ? indexgen_packages_of(&s->a, "arm64", arm64)
						     : NULL });
}

static void shed_serve(struct shed *s)
{
	archivegen_serve(&s->g);
	s->mirrors = (struct mirrors){ 0 };
	mirrors_add(&s->a, &s->mirrors, "debian", archivegen_mirror(&s->g), "the test");
}

static void shed_open(struct shed *s)
{
	struct suite *suite;

	*s = (struct shed){ 0 };
	archivegen_open(&s->g, &s->a);
	depot_open(&s->d);
	/* snapshot.debian.org is the last resort of every file: here it is unreachable */
	setenv("https_proxy", "http://127.0.0.1:9", 1);
	s->archive = (struct archive){ .name = "test" };
	suite = list_push(&s->a, &s->archive.suites);
	*suite = (struct suite){ .entry = "test",
				 .archive = "debian",
				 .codename = "trixie",
				 .keyrings = s->g.keyrings,
				 .signers = s->g.signers };
	*list_push(&s->a, &suite->components) = "main";
	s->recipe = (struct recipe){
		.name = "x", .file = "x.json", .repository = ".", .archive = &s->archive
	};
}

static void shed_close(struct shed *s)
{
	depot_close(&s->d);
	archivegen_close(&s->g);
	arena_free(&s->a);
}

static bool shed_make(struct shed *s, const struct lock *old)
{
	const struct lock_order o = {
		.store = &s->d.store, .mirrors = &s->mirrors, .recipe = &s->recipe, .old = old
	};

	s->e = (struct error){ 0 };
	return tools_make(&s->a, &o, &s->lock, &s->e);
}

/* "libdeflate0/amd64=1.23-2 ..." */
static const char *tools_text(struct shed *s, const struct lock *lock)
{
	struct buf text = { .a = &s->a };

	for (size_t i = 0; i < lock->tools.n; i++)
		buf_printf(&text, "%s%s/%s=%s", i ? " " : "", lock->tools.v[i].name,
			   lock->tools.v[i].architecture, lock->tools.v[i].version);
	return buf_cstr(&text);
}

#define BOTH \
	"libdeflate0/amd64=1.23-2 libdeflate0/arm64=1.23-2 libzstd1/amd64=1.5.7+dfsg-1 libzstd1/arm64=1.5.7+dfsg-1"

Test(tools_lock, all_machines_of_an_archive_are_locked_in_one_state)
{
	struct shed s;
	struct lock again;
	const char *path;

	shed_open(&s);
	shed_publish(&s, 2, AMD64, AMD64);
	shed_serve(&s);
	cr_assert(shed_make(&s, NULL), "%s%s", s.e.context, s.e.cause);
	cr_expect_str_eq(tools_text(&s, &s.lock), BOTH);
	cr_expect_eq(s.lock.states.n, 1);
	path = tools_path(&s.a, s.d.dir);
	cr_expect_eq(tools_load(&s.a, path, &again, &s.e), 0, "it is not there yet");
	cr_assert(tools_write(&s.a, path, &s.lock, &s.e), "%s", s.e.cause);
	cr_assert_eq(tools_load(&s.a, path, &again, &s.e), 1, "%s", s.e.cause);
	cr_expect_str_eq(tools_text(&s, &again), BOTH);
	cr_expect(locked_state_same(again.states.v[0], s.lock.states.v[0]));
	cr_expect_eq(again.tools.v[0].state, again.states.v[0]);
	shed_close(&s);
}

Test(tools_lock, an_archive_for_one_machine_or_without_the_packages_is_no_error)
{
	static const struct {
		const char *amd64, *arm64, *want;
	} cases[] = {
		{ AMD64, NULL, "libdeflate0/amd64=1.23-2 libzstd1/amd64=1.5.7+dfsg-1" },
		{ "libc6 2.41", NULL, "" },
		{ "libc6 2.41", "libdeflate0 1.23-2", "libdeflate0/arm64=1.23-2" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct shed s;

		shed_open(&s);
		shed_publish(&s, 2, cases[i].amd64, cases[i].arm64);
		shed_serve(&s);
		cr_assert(shed_make(&s, NULL), "%zu: %s%s", i, s.e.context, s.e.cause);
		cr_expect_str_eq(tools_text(&s, &s.lock), cases[i].want);
		shed_close(&s);
	}
}

Test(tools_lock, moving_takes_what_is_newer_and_keeps_what_is_the_same_or_would_go_back)
{
	struct shed s;
	struct lock first, second;

	shed_open(&s);
	shed_publish(&s, 5, AMD64, AMD64);
	shed_publish(&s, 4, AMD64, AMD64);
	shed_publish(&s, 3, NEWER, NEWER);
	shed_publish(&s, 2, OLDER, OLDER);
	shed_serve(&s);
	cr_assert(shed_make(&s, NULL), "%s", s.e.cause);
	first = s.lock;
	cr_assert(shed_make(&s, &first), "%s", s.e.cause);
	cr_expect_eq(s.lock.tools.v, first.tools.v, "the same packages keep their state");
	cr_assert(shed_make(&s, &first), "%s", s.e.cause);
	second = s.lock;
	cr_expect_str_eq(tools_text(&s, &second),
			 "libdeflate0/amd64=1.23-2 libdeflate0/arm64=1.23-2 "
			 "libzstd1/amd64=1.5.7+dfsg-2 libzstd1/arm64=1.5.7+dfsg-2");
	cr_expect(!locked_state_same(second.states.v[0], first.states.v[0]));
	cr_assert(shed_make(&s, &second), "%s", s.e.cause);
	cr_expect_eq(s.lock.tools.v, second.tools.v, "nothing goes back");
	shed_close(&s);
}

static bool shed_verify(struct shed *s, const struct platform *machine, struct lock_verified *v)
{
	const struct lock_order o = { .store = &s->d.store,
				      .mirrors = &s->mirrors,
				      .recipe = &s->recipe,
				      .platform = machine,
				      .offline = true };
	struct lock one;

	s->e = (struct error){ 0 };
	s->lock.file = "tools.lock.json";
	tools_for(&s->a, &s->lock, NULL, machine, &one);
	return lock_verify(&s->a, &o, &one, v, &s->e);
}

Test(tools_lock, each_is_proved_by_the_state_it_names)
{
	struct lock_verified v;
	struct platforms machines;
	struct shed s;

	shed_open(&s);
	shed_publish(&s, 2, AMD64, AMD64);
	shed_serve(&s);
	cr_assert(shed_make(&s, NULL), "%s", s.e.cause);
	platforms_all(&s.a, &machines);
	for (size_t i = 0; i < machines.n; i++) {
		cr_assert(shed_verify(&s, machines.v[i], &v), "%s%s", s.e.context, s.e.cause);
		cr_expect_eq(v.packages, 2);
		cr_expect_eq(v.unproved, 0);
	}
	s.lock.tools.v[1].file.sha256.b[0] ^= 1; /* libdeflate0 for arm64 */
	cr_expect(shed_verify(&s, platform_of_debian("amd64"), &v));
	cr_expect(!shed_verify(&s, platform_of_debian("arm64"), &v));
	cr_expect_eq(s.e.kind, ERR_VERIFY);
	cr_expect(strstr(s.e.cause, "libdeflate0"), "%s", s.e.cause);
	shed_close(&s);
}

Test(tools_lock, a_malformed_lock_is_told_with_its_place)
{
	static const struct {
		const char *text, *says;
	} cases[] = {
		{ "{\n  \"lock\": 2,\n  \"states\": [],\n  \"tools\": 7\n}\n", ":4:12: tools: " },
		{ "{ \"lock\": 9, \"states\": [], \"tools\": [] }", "lock format 9 is not known" },
		{ "{ \"lock\": 2, \"states\": [], \"tools\": [], \"packages\": [] }", "packages" },
		{ "[]", "expected an object" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		AUTO_ARENA a = { 0 };
		const char *dir = files_temporary(&a), *path = tools_path(&a, dir);
		struct error e = { 0 };
		struct lock lock;
		char text[2048];

		files_put(path, cases[i].text);
		cr_expect_eq(tools_load(&a, path, &lock, &e), -1);
		cr_expect_eq(e.kind, ERR_INPUT);
		err_format(&e, text, sizeof(text));
		cr_expect(strstr(text, cases[i].says) && strstr(text, "tools.lock.json:"),
			  "%zu: %s", i, text);
		files_remove(dir);
	}
}
