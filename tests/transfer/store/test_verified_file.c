/* SPDX-License-Identifier: Apache-2.0 */
/* What an earlier run has hashed counts for the next one that asks for that, and for no other; and
 * whoever touches a file is found out, even if the times of its contents are set back. */

#include <criterion/criterion.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "support/fixture_depot.h"
#include "support/fixture_files.h"
#include "transfer/store/store_later.h"
#include "transfer/store/verified_file.h"

#define BLOB_BYTES 5000

/* A run of its own on the store of `d`. */
struct verified_run {
	struct store_verified seen;
	struct store_later later;
	struct store store;
	struct depot_notes notes;
};

static void run_begin(struct verified_run *r, struct depot *d, bool lasting)
{
	struct error e = { 0 };

	*r = (struct verified_run){ .seen = STORE_VERIFIED_INIT,
				    .later = STORE_LATER_INIT,
				    .notes = { .base = { .warn = depot_count_note } } };
	r->store = (struct store)STORE_INIT;
	r->store.progress = &r->notes.base;
	r->store.later = &r->later;
	if (lasting)
		r->store.verified = &r->seen;
	cr_assert(store_open(&d->a, d->store.path, &r->store, &e), "%s", e.cause);
	if (lasting)
		verified_file_read(&r->store);
}

static void run_end(struct verified_run *r)
{
	struct error e = { 0 };

	cr_assert(store_settle(&r->store, &e), "%s", e.cause);
	store_close(&r->store);
}

static int run_open_blob(struct verified_run *r, const struct digest *digest)
{
	struct error e = { 0 };
	AUTO_FD fd = -1;

	return store_open_blob(&r->store, digest, BLOB_BYTES, &fd, &e);
}

static struct digest put_blob(struct depot *d)
{
	struct digest digest;
	struct error e = { 0 };

	cr_assert(store_put_bytes(&d->store, depot_noise(&d->a, BLOB_BYTES, 1), &digest, &e), "%s",
		  e.cause);
	return digest;
}

/* As one that was used so many seconds ago. */
static void age_blob(struct depot *d, const struct digest *digest, time_t seconds)
{
	struct timespec times[2];

	clock_gettime(CLOCK_REALTIME, &times[0]);
	times[0].tv_sec -= seconds;
	times[1] = times[0];
	cr_assert_eq(utimensat(AT_FDCWD, depot_blob_path(d, digest), times, 0), 0);
}

/* A blob that a run has hashed and noted. */
static struct digest noted_blob(struct depot *d, time_t seconds)
{
	struct verified_run r;
	struct digest digest = put_blob(d);

	age_blob(d, &digest, seconds);
	run_begin(&r, d, true);
	cr_expect_eq(run_open_blob(&r, &digest), 1);
	cr_expect_eq(r.seen.found, 0u, "nobody has hashed it yet");
	run_end(&r);
	return digest;
}

/* Changes one byte; its file has the times that this brings, or those of contents set back. */
static void damage_blob(struct depot *d, const struct digest *digest, bool set_back)
{
	const char *path = depot_blob_path(d, digest);
	struct stat st;
	int fd;

	cr_assert(stat(path, &st) == 0 && chmod(path, 0600) == 0);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	cr_assert(fd >= 0 && pwrite(fd, "!", 1, 100) == 1);
	if (set_back)
		cr_assert_eq(futimens(fd, (struct timespec[2]){ st.st_atim, st.st_mtim }), 0);
	cr_assert(close(fd) == 0 && chmod(path, st.st_mode & 0777) == 0);
}

Test(verified_file, blob_is_hashed_once_for_many_runs)
{
	struct verified_run r;
	struct depot d;
	struct digest digest;

	depot_open(&d);
	digest = noted_blob(&d, 5);
	run_begin(&r, &d, true);
	cr_expect_eq(run_open_blob(&r, &digest), 1);
	cr_expect_eq(r.seen.found, 1u);
	run_end(&r);
	/* a run marks it as used, and its layout is one more name for it: that is no touch */
	age_blob(&d, &digest, 60);
	run_begin(&r, &d, true);
	cr_expect_eq(run_open_blob(&r, &digest), 1);
	cr_expect_eq(r.seen.found, 0u, "somebody else has set its times");
	cr_assert_eq(link(depot_blob_path(&d, &digest), arena_printf(&d.a, "%s/link", d.dir)), 0);
	run_end(&r);
	run_begin(&r, &d, true);
	cr_expect_eq(run_open_blob(&r, &digest), 1);
	cr_expect_eq(r.seen.found, 1u);
	run_end(&r);
	depot_close(&d);
}

/* Whether one looks for it or opens it. */
Test(verified_file, mark_of_a_run_is_no_touch)
{
	struct verified_run r;
	struct depot d;
	struct digest digest;
	struct stat st;

	depot_open(&d);
	digest = put_blob(&d);
	for (int looks = 0; looks < 2; looks++) {
		age_blob(&d, &digest, 60);
		cr_assert_eq(stat(depot_blob_path(&d, &digest), &st), 0);
		run_begin(&r, &d, true);
		verified_note(&r.seen, &digest, &st);
		run_end(&r);
		run_begin(&r, &d, true);
		if (looks)
			cr_expect(store_has_blob(&r.store, &digest, BLOB_BYTES));
		cr_expect_eq(run_open_blob(&r, &digest), 1);
		cr_expect_eq(r.seen.found, looks ? 2u : 1u);
		cr_assert_eq(stat(depot_blob_path(&d, &digest), &st), 0);
		cr_expect_gt(st.st_mtime, time(NULL) - 50, "marked");
		run_end(&r);
	}
	depot_close(&d);
}

Test(verified_file, what_a_run_writes_it_has_hashed)
{
	struct verified_run r;
	struct depot d;
	struct digest digest;
	struct error e = { 0 };

	depot_open(&d);
	run_begin(&r, &d, true);
	cr_assert(store_put_bytes(&r.store, depot_noise(&d.a, BLOB_BYTES, 1), &digest, &e));
	cr_expect_eq(run_open_blob(&r, &digest), 1);
	cr_expect_eq(r.seen.found, 1u);
	damage_blob(&d, &digest, false);
	cr_expect_eq(run_open_blob(&r, &digest), 0, "it was written to since");
	run_end(&r);
	depot_close(&d);
}

Test(verified_file, byte_that_somebody_changes_is_found_out_in_both_modes)
{
	static const struct {
		bool lasting, set_back;
	} cases[] = { { false, false }, { false, true }, { true, false }, { true, true } };
	struct verified_run r;
	struct digest digest;
	struct depot d;

	depot_open(&d);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		digest = noted_blob(&d, 5);
		damage_blob(&d, &digest, cases[i].set_back);
		run_begin(&r, &d, cases[i].lasting);
		cr_expect_eq(run_open_blob(&r, &digest), 0, "case %zu", i);
		cr_expect_eq(r.notes.n, 1u, "case %zu: removed with a warning", i);
		run_end(&r);
	}
	depot_close(&d);
}

/* As a disk does that gives other bytes than were written: the file's times say nothing of it. */
Test(verified_file, only_who_did_not_ask_for_notes_reads_the_bytes_again)
{
	struct verified_run r;
	struct digest digest;
	struct depot d;
	struct stat st;

	depot_open(&d);
	digest = noted_blob(&d, 5);
	damage_blob(&d, &digest, false);
	cr_assert_eq(stat(depot_blob_path(&d, &digest), &st), 0);
	run_begin(&r, &d, true);
	verified_note(&r.seen, &digest, &st);
	run_end(&r);
	run_begin(&r, &d, true);
	cr_expect_eq(run_open_blob(&r, &digest), 1, "as it was noted");
	run_end(&r);
	run_begin(&r, &d, false);
	cr_expect_eq(run_open_blob(&r, &digest), 0);
	cr_expect_eq(r.notes.n, 1u);
	run_end(&r);
	depot_close(&d);
}

Test(verified_file, notes_that_cannot_be_read_are_none)
{
	struct verified_run r;
	struct digest digest;
	struct depot d;
	const char *path;

	depot_open(&d);
	path = arena_printf(&d.a, "%s/verified", d.store.path);
	for (int i = 0; i < 2; i++) {
		digest = noted_blob(&d, 5);
		files_put(path, i ? "imgbuild verified 0\n12345678" : "");
		run_begin(&r, &d, true);
		cr_expect_eq(run_open_blob(&r, &digest), 1);
		cr_expect_eq(r.seen.found, 0u);
		run_end(&r);
	}
	depot_close(&d);
}
