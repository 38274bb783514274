/* SPDX-License-Identifier: Apache-2.0 */
/* The libraries that this repository pins, loaded beside the host's: what each of them writes. */

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include <criterion/criterion.h>

#include "line/pinned.h"
#include "e2e/fixture_image.h"
#include "input/lock/tools_lock.h"
#include "support/fixture_files.h"
#include "support/fixture_minirepo.h"
#include "support/gen_sample.h"

/* What the library of Debian 13 made of sample_of(SAMPLE) when a program that only loads it was
 * asked. */
#define SAMPLE ((size_t)32 << 20)
#define ZSTD_KNOWN "1.5.7+dfsg-1+deb13u1"
#define ZSTD_WRITES "86c742ed08bf456b4416eb276d9708c318a6a9c44e86ed9b81ea5ae23e12c1e1"

/* The repository's pinned libraries of both formats, from the user's own store. */
struct pins {
	struct store store;
	struct recipe zstd, gzip;
	struct pinned pinned;
};

static void pins_open(struct pins *p, struct arena *a)
{
	const struct build_order o = { .store = &p->store,
				       .mirror_env = getenv("IMGBUILD_MIRROR") };
	struct error e = { 0 };

	*p = (struct pins){ .store = STORE_INIT, .pinned = PINNED_INIT };
	cr_assert(store_open(a, NULL, &p->store, &e), "%s", e.cause);
	cr_assert(recipe_load(a, "recipes/hello.json", &p->gzip, &e), "%s", e.cause);
	p->zstd = p->gzip;
	p->zstd.compression = COMPRESS_ZSTD;
	p->zstd.base = &p->gzip;
	cr_assert(pinned_open(a, &o, &p->zstd, &p->pinned, &e), "%s%s", e.context, e.cause);
	cr_assert(!p->pinned.lacking, "%s", p->pinned.why);
	cr_assert_eq(p->pinned.used.n, 2);
}

static void pins_close(struct pins *p)
{
	pinned_close(&p->pinned);
	store_close(&p->store);
}

static struct str gzip_of(struct arena *a, const struct compressor *c, struct str bytes)
{
	struct buf out = { .a = a };
	struct buf_sink sink;
	struct error e = { 0 };
	AUTO_GZIP g = { .live = false };

	buf_sink_init(&sink, &out, "gzip");
	cr_assert(gzip_sink_init(a, &g, &c->gzip, &sink.base, 2, &e), "%s", e.cause);
	sample_write(&g.base, bytes, 1 << 20);
	return buf_str(&out);
}

static struct str zstd_of(struct arena *a, const struct compressor *c, struct str bytes)
{
	struct buf out = { .a = a };
	struct buf_sink sink;
	struct error e = { 0 };
	AUTO_ZSTD z = { .ctx = NULL };

	buf_sink_init(&sink, &out, "zstd");
	cr_assert(zstd_sink_init(a, &z, &c->zstd, &sink.base, 2, &e), "%s", e.cause);
	sample_write(&z.base, bytes, 1 << 20);
	return buf_str(&out);
}

static const char *hex_digest(struct arena *a, struct str bytes)
{
	struct digest d = digest_of(bytes);

	return digest_hex_dup(a, &d);
}

Test(compressor, the_pinned_zstd_writes_what_that_of_debian_13_writes, .timeout = 600)
{
	const struct compressor host = compressor_host(COMPRESS_ZSTD);
	AUTO_ARENA a = { 0 };
	struct str sample = sample_of(&a, SAMPLE);
	const char *pinned, *other;
	struct pins p;

	pins_open(&p, &a);
	pinned = hex_digest(&a, zstd_of(&a, &p.pinned.compressor, sample));
	other = hex_digest(&a, zstd_of(&a, &host, sample));
	if (strstr(p.pinned.compressor.zstd.version, ZSTD_KNOWN))
		cr_expect_str_eq(pinned, ZSTD_WRITES);
	if (strcmp(host.zstd.version, "1.5.4") == 0) /* Debian 12 */
		cr_expect_str_neq(pinned, other);
	pins_close(&p);
}

/* The tables of libc's conversions are where versions of libdeflate are known to differ. */
Test(compressor, layers_are_what_the_pinned_libdeflate_writes, .timeout = 600)
{
	const struct compressor host = compressor_host(COMPRESS_GZIP);
	AUTO_ARENA a = { 0 };
	const char *dir = files_temporary(&a), *layout = image_build(&a, dir, "hello");
	struct strings blobs = files_below(&a, arena_printf(&a, "%s/blobs/sha256", layout), "");
	size_t differ = 0, layers = 0;
	struct pins p;

	pins_open(&p, &a);
	for (size_t i = 0; i < blobs.n; i++) {
		struct error e = { 0 };
		struct str blob, tar;

		cr_assert(io_read_file(&a, AT_FDCWD, blobs.v[i], 1 << 28, &blob, &e), "%s",
			  e.cause);
		if (blob.n < 2 || memcmp(blob.p, "\x1f\x8b", 2) != 0)
			continue;
		tar = ORACLE(&a, "gzip", "-dc", blobs.v[i]);
		layers++;
		cr_expect(str_eq(gzip_of(&a, &p.pinned.compressor, tar), blob), "%s", blobs.v[i]);
		differ += !str_eq(gzip_of(&a, &host, tar), blob);
	}
	cr_expect_gt(layers, 2);
	if (strcmp(host.gzip.version, "1.14") == 0) /* Debian 12 */
		cr_expect_gt(differ, 0);
	pins_close(&p);
	files_remove(dir);
}

/* An archive that has the packages, libdeflate0 and liblzma5 in this version. */
static void publish_tools(struct minirepo *m, const char *version, int hours_ago)
{
	const struct minirepo_package packages[] = {
		{ .name = "app", .version = "1.0-1", .depends = "libapp1 (>= 1.0), libcap" },
		{ .name = "libapp1", .version = "1.0-1" },
		{ .name = "libcap", .version = "2.0-1" },
		{ .name = TOOLS_GZIP, .version = version, .source = "libdeflate" },
		{ .name = TOOLS_ZSTD, .version = "1.5-1", .source = "libzstd" },
		{ .name = TOOLS_XZ, .version = version, .source = "xz-utils" },
	};

	minirepo_forget(m);
	for (size_t i = 0; i < ARRAY_SIZE(packages); i++)
		minirepo_package(m, &packages[i]);
	minirepo_publish(m, hours_ago);
}

static bool pins_version(struct arena *a, const char *path, const char *version)
{
	return strstr(files_get(a, path), arena_printf(a, "\"version\": \"%s\"", version)) != NULL;
}

Test(compressor, lock_makes_the_lock_of_tools_and_update_moves_it, .timeout = 600)
{
	AUTO_ARENA a = { 0 };
	const char *path;
	struct minirepo m;
	struct oracle_run r;

	minirepo_open(&m, &a);
	path = arena_printf(&a, "%s/repository/locks/tools.lock.json", m.dir);
	r = MINIREPO_RUN(&m, "lock", m.recipe);
	cr_assert_eq(r.status, 0, "%s", r.err.p);
	cr_expect(access(path, F_OK) < 0, "the archive has no such packages");
	publish_tools(&m, "1.2-1", 3);
	r = MINIREPO_RUN(&m, "lock", "--check", m.recipe);
	cr_expect_eq(r.status, 1, "%s", r.out.p);
	cr_expect(strstr(r.err.p,
			 "locks/tools.lock.json is not what it would be now; imgbuild lock "),
		  "%s", r.err.p);
	cr_expect(access(path, F_OK) < 0, "a check makes nothing");
	r = MINIREPO_RUN(&m, "lock", m.recipe);
	cr_assert_eq(r.status, 0, "%s", r.err.p);
	cr_expect(
		strstr(r.out.p,
		       "locks/tools.lock.json: 6 packages, which compress layers and read packages; written\n"),
		"%s", r.out.p);
	cr_expect(pins_version(&a, path, "1.2-1"));
	r = MINIREPO_RUN(&m, "lock", "--check", m.recipe);
	cr_expect_eq(r.status, 0, "%s", r.err.p);
	r = MINIREPO_RUN(&m, "fetch", m.recipe);
	cr_expect_eq(r.status, 0, "%s", r.err.p);
	cr_expect(strstr(r.out.p, ": 6 files, "),
		  "three of the recipe and the three for this machine: %s", r.out.p);
	publish_tools(&m, "1.2-2", 2);
	r = MINIREPO_RUN(&m, "lock", m.recipe);
	cr_expect(r.status == 0 && pins_version(&a, path, "1.2-1"), "lock keeps: %s", r.err.p);
	cr_expect_eq(MINIREPO_RUN(&m, "lock", "--check", m.recipe).status, 1);
	r = MINIREPO_RUN(&m, "update", m.recipe, "libcap");
	cr_expect(r.status == 0 && pins_version(&a, path, "1.2-1"), "another package: %s", r.err.p);
	r = MINIREPO_RUN(&m, "update", m.recipe, "libdeflate");
	cr_expect(r.status == 0 && pins_version(&a, path, "1.2-2"), "%s%s", r.out.p, r.err.p);
	cr_expect(strstr(r.out.p, "tool       libdeflate0 (amd64)  1.2-1  1.2-2  trixie\n"), "%s",
		  r.out.p);
	cr_expect(pins_version(&a, path, "1.2-1"), "liblzma5 was not asked for: %s", r.out.p);
	publish_tools(&m, "1.2-3", 1);
	r = MINIREPO_RUN(&m, "update", m.recipe);
	cr_expect(r.status == 0 && pins_version(&a, path, "1.2-3"), "%s%s", r.out.p, r.err.p);
	cr_expect_eq(MINIREPO_RUN(&m, "lock", "--check", m.recipe).status, 0);
	r = MINIREPO_RUN(&m, "lock", "--verify", m.recipe);
	cr_expect(strstr(r.out.p, "locks/tools.lock.json: 3 packages and 0 Debian sources"), "%s%s",
		  r.out.p, r.err.p);
	minirepo_close(&m);
}

/* Without locks a build makes them all. */
Test(compressor, a_first_build_pins_what_it_writes_with, .timeout = 600)
{
	AUTO_ARENA a = { 0 };
	const char *path;
	struct minirepo m;
	struct oracle_run r;

	minirepo_open(&m, &a);
	path = arena_printf(&a, "%s/repository/locks/tools.lock.json", m.dir);
	publish_tools(&m, "1.2-1", 3);
	r = minirepo_build(&m);
	cr_expect_eq(r.status, 0, "%s", r.err.p);
	cr_expect(access(path, F_OK) == 0 && pins_version(&a, path, "1.2-1"));
	minirepo_close(&m);
}
