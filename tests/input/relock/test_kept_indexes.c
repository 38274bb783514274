/* SPDX-License-Identifier: Apache-2.0 */
/* Locks with what the store keeps of indexes, without it, and with what has become of it: they are
 * the same. */

#include <criterion/criterion.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "input/resolve/archive_memo.h"
#include "support/fixture_relock.h"

#define PACKAGES                                                           \
	"app 2.0-1; Depends: libapp1 (= 2.0-1), virtual\n libapp1 2.0-1\n" \
	"engine 3; Provides: virtual\n other 1; Provides: virtual; Priority: extra"

static void kept_scene_open(struct relock_scene *s)
{
	relock_open(s);
	relock_publish(s, 2, PACKAGES, NULL);
	archivegen_serve(&s->g);
	relock_add_provider(s, relock_add_component(s, "app", NULL), "app");
	cr_assert(relock_make(s, false), "%s%s", s->e.context, s->e.cause);
}

static struct str scene_bytes(struct relock_scene *s, const char *path)
{
	struct error e = { 0 };
	struct str out;

	cr_assert(io_read_file(&s->a, AT_FDCWD, path, 1 << 20, &out, &e), "%s", e.cause);
	return out;
}

/* The path of the blob that has this text in it. */
static const char *kept_scene_blob(struct relock_scene *s, const char *mark)
{
	struct strings blobs = depot_blobs(&s->d);
	const char *found = NULL;

	list_each(name, &blobs) {
		struct digest d;
		const char *path;
		struct str bytes;

		cr_assert(digest_parse(str_of(*name), &d));
		path = depot_blob_path(&s->d, &d);
		bytes = scene_bytes(s, path);
		if (memmem(bytes.p, bytes.n, mark, strlen(mark)))
			found = path;
	}
	cr_assert(found);
	return found;
}

static void overwrite_file(const char *path, struct str bytes)
{
	struct error e = { 0 };
	AUTO_FD fd = -1;

	cr_assert_eq(chmod(path, 0644), 0);
	fd = open(path, O_WRONLY | O_TRUNC);
	cr_assert(fd >= 0 && fd_write(fd, bytes, path, &e));
}

/* The lock once more, from what the store has. */
static void expect_lock_again(struct relock_scene *s, const char *before, const char *what,
			      size_t i)
{
	cr_assert(relock_make(s, true), "%s %zu: %s%s", what, i, s->e.context, s->e.cause);
	cr_expect_str_eq(relock_text(s), before, "%s %zu", what, i);
}

Test(kept_indexes, a_damaged_one_is_made_anew_and_the_lock_is_the_same, .timeout = 240)
{
	struct relock_scene s;
	const char *before, *path;
	struct str good;

	kept_scene_open(&s);
	before = relock_text(&s);
	path = kept_scene_blob(&s, KEPT_MARK);
	good = scene_bytes(&s, path);
	for (size_t i = 0; i < good.n; i += 31) {
		char *bad = arena_strndup(&s.a, good.p, good.n);

		bad[i] ^= 4;
		overwrite_file(path, (struct str){ bad, good.n });
		expect_lock_again(&s, before, "byte", i);
	}
	for (size_t n = 0; n < good.n; n += 331) {
		overwrite_file(path, (struct str){ good.p, n });
		expect_lock_again(&s, before, "cut at", n);
	}
	cr_assert_eq(unlink(path), 0);
	expect_lock_again(&s, before, "gone", 0);
	cr_expect(str_eq(scene_bytes(&s, path), good), "it is made as it was");
	relock_close(&s);
}

Test(kept_indexes, what_is_used_is_asked_nothing_else)
{
	struct relock_scene s;
	struct strings before, after;
	const char *lock;

	kept_scene_open(&s);
	lock = relock_text(&s);
	before = depot_blobs(&s.d);
	expect_lock_again(&s, lock, "kept", 0);
	after = depot_blobs(&s.d);
	cr_expect_eq(before.n, after.n);
	relock_close(&s);
}

static ino_t scene_inode(const char *path)
{
	struct stat st;

	cr_assert_eq(stat(path, &st), 0);
	return st.st_ino;
}

Test(kept_indexes, a_state_that_is_as_it_was_is_not_written_again_unless_it_is_damaged)
{
	struct relock_scene s;
	const char *path;
	struct str good;
	ino_t before;

	kept_scene_open(&s);
	path = kept_scene_blob(&s, "BEGIN PGP SIGNED MESSAGE");
	before = scene_inode(path);
	good = scene_bytes(&s, path);
	cr_assert(relock_make(&s, false), "%s%s", s.e.context, s.e.cause);
	cr_expect_eq(scene_inode(path), before);
	overwrite_file(path, str_from(good, 1));
	cr_assert(relock_make(&s, false), "%s%s", s.e.context, s.e.cause);
	cr_expect(str_eq(scene_bytes(&s, path), good));
	relock_close(&s);
}

/* A run has the state of a suite once, however many recipes stand on it. */
Test(kept_indexes, a_run_that_remembers_asks_the_mirror_once)
{
	struct relock_scene s;
	AUTO_MEMO memo = { 0 };
	struct lock_order o;
	struct error e = { 0 };
	const char *before;

	kept_scene_open(&s);
	before = relock_text(&s);
	o = relock_order(&s);
	o.memo = &memo;
	cr_assert(lock_make(&s.a, &o, &s.lock, &e), "%s%s", e.context, e.cause);
	cr_expect_eq(memo.releases.n, 1);
	cr_expect_eq(memo.indexes.n, 1);
	s.mirrors.v.n = 0; /* nobody is there */
	mirrors_add(&s.a, &s.mirrors, "debian", "http://127.0.0.1:1/debian", "the test");
	cr_assert(lock_make(&s.a, &o, &s.lock, &e), "%s%s", e.context, e.cause);
	cr_expect_str_eq(relock_text(&s), before);
	cr_expect_eq(memo.indexes.n, 1);
	relock_close(&s);
}

/* One that is older than what a lock was made from is asked for again. */
Test(kept_indexes, a_state_that_is_remembered_is_judged_for_each_lock)
{
	struct relock_scene s;
	AUTO_MEMO memo = { 0 };
	struct locked_state newer = { .archive = "debian", .codename = "trixie" };
	struct lock old = { 0 };
	struct lock_order o;
	struct error e = { 0 };

	kept_scene_open(&s);
	o = relock_order(&s);
	o.memo = &memo;
	cr_assert(lock_make(&s.a, &o, &s.lock, &e), "%s%s", e.context, e.cause);
	newer.date = relock_date(&s.a, 1);
	lock_add_state(&s.a, &old, &newer);
	o.old = &old;
	cr_expect_not(lock_make(&s.a, &o, &s.lock, &e));
	cr_expect(strstr(e.cause, "seen before"), "%s", e.cause);
	relock_close(&s);
}
