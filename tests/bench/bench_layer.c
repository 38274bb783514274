/* SPDX-License-Identifier: Apache-2.0 */
/* How fast a tree becomes layers: layer [MEBIBYTES [STORE-FOLDER]]. Prints one line for each way,
 * in mebibytes of tar a second, and the peak of memory. Content is made up, compresses about three
 * to one like programs do, and is always the same. */

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/parallel.h"
#include "format/archive/gzip.h"
#include "format/archive/zstdw.h"
#include "make/layer/layers.h"
#include "support/fixture_bench.h"

#define MIB (1u << 20)
#define FILE_SIZE (192u << 10)

static void report_layer(const char *what, double mib, double since)
{
	struct rusage use;
	double seconds = (bench_now() - since) / 1e3;

	getrusage(RUSAGE_SELF, &use);
	printf("%-28s %8.3f s %8.0f MiB/s   peak %5ld MiB\n", what, seconds, mib / seconds,
	       use.ru_maxrss / 1024);
}

/* A blob of words, numbers and noise. */
static struct blob *make_blob(struct arena *a, size_t mib)
{
	struct blob *b = arena_alloc(a, sizeof(*b));
	struct digest *d = arena_alloc(a, sizeof(*d));
	struct error e = { 0 };
	static char block[MIB];
	uint64_t state = 88172645463325252u;

	*b = (struct blob){ .fd = memfd_create("content", MFD_CLOEXEC), .name = "content" };
	for (size_t m = 0; m < mib; m++) {
		for (size_t i = 0; i < MIB; i += 8) {
			uint64_t word;

			state ^= state << 13;
			state ^= state >> 7;
			state ^= state << 17;
			word = state & 3 ? state % 997 * 0x0000000100010001u : state & 0xffffffffff;
			memcpy(block + i, &word, 8);
		}
		if (!fd_write(b->fd, (struct str){ block, MIB }, b->name, &e))
			bench_give_up(&e);
	}
	if (!digest_fd(b->fd, b->name, d, NULL, &e))
		bench_give_up(&e);
	b->digest = d;
	return b;
}

/* Files over three layers, of unlike sizes, as images have them. */
static void make_tree(struct arena *a, struct tree *t, size_t mib)
{
	static const struct owner owners[] = {
		{ .name = "large", .layer = "large" },
		{ .name = "middle", .layer = "middle" },
		{ .name = "small", .layer = "small" },
	};
	const struct blob *blob = make_blob(a, mib);
	size_t files = mib * MIB / FILE_SIZE;
	struct error e = { 0 };

	tree_init(t, a);
	for (size_t i = 0; i < files; i++) {
		struct node n = {
			.path = arena_printf(a, "usr/lib/d%02zu/file%05zu", i % 40, i),
			.mode = 0644,
			.owner = &owners[i % 10 < 6   ? 0
					 : i % 10 < 9 ? 1
						      : 2],
			.content = { .blob = blob, .offset = i * FILE_SIZE, .size = FILE_SIZE },
		};

		if (!tree_add(t, &n, &e))
			bench_give_up(&e);
	}
}

static bool sink_nowhere(struct sink *s, struct str chunk, struct error *e)
{
	(void)s;
	(void)e;
	return chunk.n > 0;
}

static bool sink_finished(struct sink *s, struct error *e)
{
	(void)s;
	(void)e;
	return true;
}

static void bench_sink(const char *what, const struct blob *b, size_t mib, struct sink *to)
{
	struct error e = { 0 };
	double start = bench_now();

	for (size_t at = 0; at < mib; at++) {
		AUTO_MAPPING m = { 0 };

		if (!io_map(b->fd, at * MIB, MIB, b->name, &m, &e) || !to->write(to, m.bytes, &e))
			bench_give_up(&e);
	}
	if (!to->finish(to, &e))
		bench_give_up(&e);
	report_layer(what, (double)mib, start);
}

static void bench_compressors(const struct tree *t, size_t mib)
{
	const struct compressor host = compressor_host(COMPRESS_GZIP);
	const struct blob *b = NULL;
	struct error e = { 0 };

	for (size_t i = 0; !b; i++)
		b = t->v[i]->content.blob;
	for (unsigned jobs = 1; jobs <= parallel_cpus(); jobs *= 2) {
		AUTO_ARENA a = { 0 };
		struct sink null = { sink_nowhere, sink_finished };
		AUTO_GZIP g = { .live = false };
		AUTO_ZSTD z = { .ctx = NULL };

		if (!gzip_sink_init(&a, &g, &host.gzip, &null, jobs, &e) ||
		    !zstd_sink_init(&a, &z, &host.zstd, &null, jobs, &e))
			bench_give_up(&e);
		bench_sink(arena_printf(&a, "gzip, %u threads", jobs), b, mib, &g.base);
		bench_sink(arena_printf(&a, "zstd, %u threads", jobs), b, mib, &z.base);
	}
}

static void bench_layers(const char *what, const struct store *s, const struct tree *t, size_t mib,
			 enum compression c)
{
	static const char *names[] = { "large", "middle", "small" };
	const struct layer_order order = { .names = { names, 3, 3 } };
	AUTO_ARENA a = { 0 };
	struct layers out = { 0 };
	struct compressor with = compressor_host(c);
	struct error e = { 0 };
	uint64_t size = 0;
	double start = bench_now();

	if (!layer_write_all(&a, s, t, &order, &with, &out, &e))
		bench_give_up(&e);
	report_layer(what, (double)mib, start);
	for (size_t i = 0; i < out.v.n; i++)
		size += out.v.v[i].size;
	printf("%28s %8.1f MiB compressed\n", "", (double)size / MIB);
}

int main(int argc, char **argv)
{
	AUTO_ARENA a = { 0 };
	AUTO_STORE s = STORE_INIT;
	size_t mib = argc > 1 ? strtoul(argv[1], NULL, 10) : 128;
	const char *path = argc > 2 ? argv[2] : "/tmp/imgbuild-bench-layer";
	struct error e = { 0 };
	struct tree t;

	if (!file_remove_tree(AT_FDCWD, path, &e) || !store_open(&a, path, &s, &e))
		bench_give_up(&e);
	make_tree(&a, &t, mib);
	bench_layers("layers, gzip, new", &s, &t, mib, COMPRESS_GZIP);
	bench_layers("layers, gzip, known", &s, &t, mib, COMPRESS_GZIP);
	bench_layers("layers, zstd, new", &s, &t, mib, COMPRESS_ZSTD);
	bench_compressors(&t, mib);
	store_close(&s);
	if (!file_remove_tree(AT_FDCWD, path, &e))
		bench_give_up(&e);
	return 0;
}
