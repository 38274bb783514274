/* SPDX-License-Identifier: Apache-2.0 */
/* Layers that several images of a run have: read once, and hashed again when their file is another.
 */

#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "inspect/layers/layer_memo.h"
#include "support/fixture_audited.h"
#include "support/fixture_depot.h"
#include "support/fixture_files.h"
#include "support/gen_image.h"

/* Two layers; one that is wrong enough for findings. */
static void memo_image(struct imagegen *g, struct arena *a)
{
	imagegen_begin(g, a);
	imagegen_file(g, "usr/bin/tool", 0755, STR("#!/bin/sh\necho\n"));
	imagegen_file(g, "etc/passwd", 0644, STR("root:x:0:0::/:/bin/sh\n"));
	imagegen_layer(g);
	imagegen_file(g, "etc/secret", 0666, STR("-----BEGIN PRIVATE KEY-----\n"));
	imagegen_layer(g);
	imagegen_write(g);
}

Test(layer_memo, what_was_said_of_a_layer_gives_the_same_findings)
{
	AUTO_ARENA a = { 0 };
	AUTO_IMAGEGEN g;
	AUTO_LAYER_MEMO memo = LAYER_MEMO_INIT;
	struct audit_request req = { .policy = "report-only", .memo = &memo };
	const char *first, *again;
	struct audit_result r;

	memo_image(&g, &a);
	req.image = g.path;
	r = audited(&a, &req);
	first = audited_text(&a, &r);
	cr_expect(first[0]);
	cr_expect_eq(memo.v.n, 2u);
	cr_expect_eq(memo.found, 0u);
	r = audited(&a, &req);
	again = audited_text(&a, &r);
	cr_expect_str_eq(again, first);
	cr_expect_eq(memo.found, 2u);
	req.memo = NULL;
	r = audited(&a, &req);
	cr_expect_str_eq(audited_text(&a, &r), first);
	/* what is read otherwise is another thing */
	req.memo = &memo;
	req.expand_max = 1u << 30;
	audited(&a, &req);
	cr_expect_eq(memo.found, 2u);
	cr_expect_eq(memo.v.n, 4u);
}

/* What the next run is told, by the same program and by another one. */
static void memo_expect_kept(struct arena *a, const struct depot *d, const struct imagegen *g,
			     const char *reader, size_t found, const char *findings)
{
	AUTO_LAYER_MEMO memo = LAYER_MEMO_INIT;
	struct audit_request req = { .image = g->path, .policy = "report-only", .memo = &memo };
	struct audit_result r;

	memo.kept = (struct kept_facts){ &d->store, reader };
	r = audited(a, &req);
	cr_expect_eq(memo.found, found, "%s: %zu", reader ? reader : "any", memo.found);
	cr_expect_str_eq(audited_text(a, &r), findings);
}

Test(layer_memo, what_is_kept_counts_for_the_program_that_has_read_it)
{
	AUTO_ARENA a = { 0 };
	AUTO_IMAGEGEN g;
	struct audit_request req = { .policy = "report-only" };
	struct audit_result r;
	const char *findings;
	struct depot d;

	memo_image(&g, &a);
	depot_open(&d);
	req.image = g.path;
	r = audited(&a, &req);
	findings = audited_text(&a, &r);
	memo_expect_kept(&a, &d, &g, "one", 0, findings);
	memo_expect_kept(&a, &d, &g, "one", 2, findings);
	memo_expect_kept(&a, &d, &g, "two", 0, findings);
	memo_expect_kept(&a, &d, &g, NULL, 0, findings);
	memo_expect_kept(&a, &d, &g, NULL, 2, findings);
	memo_expect_kept(&a, &d, &g, "one", 2, findings);
	depot_close(&d);
}

/* The blob of a layer as it was left so many seconds ago. */
static const char *memo_age_blob(struct imagegen *g, struct arena *a, size_t layer, time_t seconds)
{
	const char *blob = arena_printf(a, "%s/blobs/sha256/%s", g->path,
					digest_hex_dup(a, &g->layers.v[layer].digest));
	struct timespec times[2];

	clock_gettime(CLOCK_REALTIME, &times[0]);
	times[0].tv_sec -= seconds;
	times[1] = times[0];
	cr_assert_eq(utimensat(AT_FDCWD, blob, times, 0), 0);
	return blob;
}

/* Bytes that have changed since are found, whatever is remembered of them. */
Test(layer_memo, blob_is_hashed_again_when_its_file_has_changed)
{
	AUTO_ARENA a = { 0 };
	AUTO_IMAGEGEN g;
	AUTO_LAYER_MEMO memo = LAYER_MEMO_INIT;
	struct audit_request req = { .policy = "report-only", .memo = &memo };
	struct audit_result r = { .image = NULL };
	struct error e = { 0 };
	const char *blob;
	unsigned char byte;
	int fd;

	memo_image(&g, &a);
	req.image = g.path;
	/* in the future: however slow the machine is, that is just now */
	memo_age_blob(&g, &a, 1, -60);
	memo_age_blob(&g, &a, 0, -60);
	audited(&a, &req);
	audited(&a, &req);
	cr_expect_eq(memo.hashed.found, 0u, "written just now");
	memo_age_blob(&g, &a, 1, 60);
	blob = memo_age_blob(&g, &a, 0, 60);
	audited(&a, &req);
	cr_expect_eq(memo.hashed.found, 0u);
	audited(&a, &req);
	cr_expect_eq(memo.hashed.found, 2u);
	fd = open(blob, O_RDWR);
	cr_assert(fd >= 0 && pread(fd, &byte, 1, 20) == 1);
	byte ^= 1;
	cr_assert(pwrite(fd, &byte, 1, 20) == 1 && close(fd) == 0);
	cr_expect_not(audit_image(&a, &req, &r, &e));
	cr_expect(strstr(e.cause, "does not have the digest of its descriptor"), "%s%s", e.context,
		  e.cause);
}

/* Other bytes in another file of the same name, size and time. */
Test(layer_memo, blob_that_takes_the_place_of_another_is_hashed)
{
	AUTO_ARENA a = { 0 };
	AUTO_IMAGEGEN g;
	AUTO_LAYER_MEMO memo = LAYER_MEMO_INIT;
	struct audit_request req = { .policy = "report-only", .memo = &memo };
	struct audit_result r = { .image = NULL };
	struct error e = { 0 };
	struct stat st;
	struct timespec times[2];
	const char *blob;

	memo_image(&g, &a);
	req.image = g.path;
	blob = memo_age_blob(&g, &a, 0, 60);
	audited(&a, &req);
	cr_assert_eq(stat(blob, &st), 0);
	times[0] = times[1] = st.st_mtim;
	files_put(arena_printf(&a, "%s.other", blob),
		  arena_printf(&a, "%*s", (int)st.st_size, "other"));
	cr_assert_eq(rename(arena_printf(&a, "%s.other", blob), blob), 0);
	cr_assert_eq(utimensat(AT_FDCWD, blob, times, 0), 0);
	cr_expect_not(audit_image(&a, &req, &r, &e));
	cr_expect(strstr(e.cause, "does not have the digest of its descriptor"), "%s%s", e.context,
		  e.cause);
}

static struct digest memo_key(size_t i)
{
	return digest_of((struct str){ (const char *)&i, sizeof(i) });
}

static bool memo_has(struct layer_memo *m, size_t i)
{
	struct digest key = memo_key(i);
	struct layer_saying *x = layer_memo_hold(m, &key);

	layer_memo_release(m, x);
	return x != NULL;
}

/* What is of use stays, and what a reader has in its hands. */
Test(layer_memo, oldest_goes_where_room_is_short)
{
	AUTO_ARENA a = { 0 };
	AUTO_LAYER_MEMO memo = LAYER_MEMO_INIT;
	const struct str large = { arena_alloc(&a, LAYER_SAYING_MAX + 1), LAYER_SAYING_MAX };
	const size_t most = LAYER_MEMO_MAX / LAYER_SAYING_MAX;
	struct layer_saying *held;
	struct digest key;

	for (size_t i = 0; i < most; i++) {
		key = memo_key(i);
		layer_memo_note(&memo, &key, large, true);
	}
	key = memo_key(1);
	held = layer_memo_hold(&memo, &key);
	cr_expect(memo_has(&memo, 0));
	for (size_t i = most; i < 2 * most; i++) {
		key = memo_key(i);
		layer_memo_note(&memo, &key, large, true);
		cr_expect(memo_has(&memo, 0), "%zu", i);
	}
	cr_expect(memo_has(&memo, 1) && !memo_has(&memo, 2));
	cr_expect_eq(memo.bytes, LAYER_MEMO_MAX);
	cr_expect_eq(memo.v.n, most);
	layer_memo_release(&memo, held);
	/* one that is too large is not taken */
	key = memo_key(99);
	layer_memo_note(&memo, &key, (struct str){ large.p, LAYER_SAYING_MAX + 1 }, true);
	cr_expect_not(memo_has(&memo, 99));
}
