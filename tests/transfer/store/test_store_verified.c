/* SPDX-License-Identifier: Apache-2.0 */
/* What a run has hashed is not hashed again, unless somebody has touched the file. */

#include <criterion/criterion.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "support/fixture_depot.h"
#include "transfer/store/store_verified.h"

static struct digest verified_blob(struct depot *d)
{
	struct str bytes = depot_noise(&d->a, 5000, 1);
	struct digest digest;
	struct error e = { 0 };

	cr_assert(store_put_bytes(&d->store, bytes, &digest, &e), "%s", e.cause);
	return digest;
}

/* Last written so many milliseconds ago. */
static void verified_age(struct depot *d, const struct digest *digest, int64_t ms)
{
	struct timespec now, times[2];

	clock_gettime(CLOCK_REALTIME, &now);
	ms = (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000 - ms;
	times[0] = times[1] = (struct timespec){ ms / 1000, ms % 1000 * 1000000 };
	cr_assert_eq(utimensat(AT_FDCWD, depot_blob_path(d, digest), times, 0), 0);
}

static int verified_open(struct depot *d, const struct digest *digest)
{
	struct error e = { 0 };
	AUTO_FD fd = -1;

	return store_open_blob(&d->store, digest, 5000, &fd, &e);
}

Test(store_verified, blob_is_hashed_once_while_nobody_touches_it)
{
	struct store_verified seen = STORE_VERIFIED_INIT;
	struct depot d;
	struct digest digest;

	depot_open(&d);
	d.store.verified = &seen;
	digest = verified_blob(&d);
	verified_age(&d, &digest, 1000);
	for (int i = 0; i < 3; i++)
		cr_expect_eq(verified_open(&d, &digest), 1);
	cr_expect_eq(seen.found, 2u);
	/* another name for it, as layouts have, is no touch */
	cr_assert_eq(link(depot_blob_path(&d, &digest), arena_printf(&d.a, "%s/link", d.dir)), 0);
	cr_expect_eq(verified_open(&d, &digest), 1);
	cr_expect_eq(seen.found, 3u);
	/* marked as used, it is hashed again */
	verified_age(&d, &digest, 60000);
	cr_expect_eq(verified_open(&d, &digest), 1);
	cr_expect_eq(seen.found, 3u);
	depot_close(&d);
}

Test(store_verified, blob_that_was_written_to_is_found_out)
{
	struct store_verified seen = STORE_VERIFIED_INIT;
	struct depot_notes w = { .base = { .warn = depot_count_note } };
	struct depot d;
	struct digest digest;
	int fd;

	depot_open(&d);
	d.store.verified = &seen;
	d.store.progress = &w.base;
	digest = verified_blob(&d);
	verified_age(&d, &digest, 1000);
	cr_expect_eq(verified_open(&d, &digest), 1);
	cr_assert_eq(chmod(depot_blob_path(&d, &digest), 0600), 0);
	fd = open(depot_blob_path(&d, &digest), O_WRONLY | O_CLOEXEC);
	cr_assert(fd >= 0 && pwrite(fd, "!", 1, 100) == 1 && close(fd) == 0);
	cr_expect_eq(verified_open(&d, &digest), 0, "gone");
	cr_expect_eq(w.n, 1u);
	/* put there again, it is another file, which was hashed when it was written */
	cr_expect_eq(seen.found, 0u);
	digest = verified_blob(&d);
	cr_expect_eq(verified_open(&d, &digest), 1);
	cr_expect_eq(seen.found, 1u);
	/* with a time that no other write leaves */
	cr_assert_eq(chmod(depot_blob_path(&d, &digest), 0600), 0);
	fd = open(depot_blob_path(&d, &digest), O_WRONLY | O_CLOEXEC);
	cr_assert(fd >= 0 && pwrite(fd, "!", 1, 100) == 1 && close(fd) == 0);
	cr_expect_eq(verified_open(&d, &digest), 0, "gone");
	cr_expect_eq(w.n, 2u);
	depot_close(&d);
}

/* A second write in the same moment would leave the same time. */
Test(store_verified, blob_that_is_young_is_hashed_again)
{
	struct store_verified seen = STORE_VERIFIED_INIT;
	struct depot d;
	struct digest digest;

	depot_open(&d);
	d.store.verified = &seen;
	digest = verified_blob(&d);
	verified_age(&d, &digest, -5000); /* by another machine's clock */
	for (int i = 0; i < 3; i++)
		cr_expect_eq(verified_open(&d, &digest), 1);
	cr_expect_eq(seen.found, 0u);
	depot_close(&d);
}
