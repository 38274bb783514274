/* SPDX-License-Identifier: Apache-2.0 */
/* The least work, by the libraries that imgbuild writes layers with. The linked libdeflate stands
 * in for the pinned one. */

#include "support/fixture_bench_limit.h"

#include <archive.h>
#include <fcntl.h>
#include <libdeflate.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/digest.h"
#include "base/parallel.h"
#include "format/archive/gzip.h"

/* Nanoseconds a byte, about: only the order comes from them. */
#define COST_DECODE 80
#define COST_WRITE 15

struct limit_piece {
	struct str bytes; /* a compressed member, or up to GZIP_MEMBER bytes of a layer */
	char *out;	  /* what the latter is compressed into; NULL for the former */
	size_t room;	  /* there */
	double cost;	  /* guessed, to begin with the largest */
};
struct limit_pieces LIST(struct limit_piece);

static void piece_decode(struct str member)
{
	struct archive *r = archive_read_new();
	struct archive_entry *entry;
	const void *block;
	size_t n;
	la_int64_t offset;
	int got;

	if (archive_read_support_filter_all(r) < ARCHIVE_WARN ||
	    archive_read_support_format_raw(r) != ARCHIVE_OK ||
	    archive_read_open_memory(r, member.p, member.n) != ARCHIVE_OK ||
	    archive_read_next_header(r, &entry) != ARCHIVE_OK)
		bench_die(archive_error_string(r));
	while ((got = archive_read_data_block(r, &block, &n, &offset)) == ARCHIVE_OK)
		;
	if (got != ARCHIVE_EOF)
		bench_die(archive_error_string(r));
	archive_read_free(r);
}

static void piece_write(struct str piece, char *out, size_t room)
{
	struct libdeflate_compressor *c = libdeflate_alloc_compressor(GZIP_LEVEL);
	struct digest digest = digest_of(piece);
	size_t n = c ? libdeflate_gzip_compress(c, piece.p, piece.n, out, room) : 0;

	if (n == 0)
		bench_die("libdeflate");
	digest = digest_of((struct str){ out, n });
	__asm__ volatile("" : : "m"(digest)); /* so that the compiler keeps the hashing */
	libdeflate_free_compressor(c);
}

static bool limit_work(void *ctx, size_t i, struct error *e)
{
	const struct limit_piece *p = &((const struct limit_pieces *)ctx)->v[i];

	(void)e;
	if (p->out)
		piece_write(p->bytes, p->out, p->room);
	else
		piece_decode(p->bytes);
	return true;
}

static int limit_compare(const void *a, const void *b)
{
	double x = ((const struct limit_piece *)a)->cost, y = ((const struct limit_piece *)b)->cost;

	return (x < y) - (x > y);
}

static void limit_add_deb(struct arena *a, struct limit_pieces *pieces, const char *path)
{
	struct str names = ORACLE(a, "ar", "t", path), name;

	while (str_next(&names, '\n', &name)) {
		struct limit_piece *p;

		if (!str_starts(name, STR("data.tar")))
			continue;
		p = list_push(a, pieces);
		p->bytes = ORACLE(a, "ar", "p", path, str_dup(a, name));
		p->cost = COST_DECODE * (double)p->bytes.n;
	}
}

static void limit_add_blob(struct arena *a, struct limit_pieces *pieces, const char *path)
{
	struct oracle_run r = oracle_run(a, (const char *const[]){ "gzip", "--decompress",
								   "--stdout", path, NULL });

	while (r.status == 0 && r.out.n) {
		struct limit_piece *p = list_push(a, pieces);

		p->bytes = (struct str){ r.out.p, r.out.n < GZIP_MEMBER ? r.out.n : GZIP_MEMBER };
		p->cost = COST_WRITE * (double)p->bytes.n;
		p->room = libdeflate_gzip_compress_bound(NULL, p->bytes.n);
		p->out = arena_alloc(a, p->room);
		memset(p->out, 1, p->room);
		r.out.p += p->bytes.n;
		r.out.n -= p->bytes.n;
	}
}

static struct bench_usage limit_time(struct limit_pieces *pieces)
{
	struct error e = { 0 };
	double start = bench_now(), cpu = bench_cpu(RUSAGE_SELF);

	if (!parallel_for(pieces->n, 0, limit_work, pieces, &e))
		bench_give_up(&e);
	return (struct bench_usage){ .wall = (bench_now() - start) / 1e3,
				     .cpu = bench_cpu(RUSAGE_SELF) - cpu };
}

/* Of both, and of the layers alone. */
static void limit_take(const struct bench_limit *l, struct bench_usage took[static 2])
{
	struct limit_pieces all = { 0 }, layers = { 0 };
	AUTO_ARENA a = { 0 };

	list_each(blob, &l->blobs)
		limit_add_blob(&a, &layers, *blob);
	list_each(p, &layers)
		*list_push(&a, &all) = *p;
	list_each(deb, &l->debs)
		limit_add_deb(&a, &all, *deb);
	if (!layers.n)
		bench_die("no layer of gzip");
	qsort(all.v, all.n, sizeof(*all.v), limit_compare);
	qsort(layers.v, layers.n, sizeof(*layers.v), limit_compare);
	took[0] = limit_time(&all);
	took[1] = limit_time(&layers);
}

void bench_limit_run(const struct bench_limit *l, struct bench_usage *both,
		     struct bench_usage *layers)
{
	struct bench_usage took[2];
	int ends[2], status;
	pid_t pid;

	if (pipe2(ends, O_CLOEXEC) != 0 || (pid = fork()) < 0)
		bench_die("limit");
	if (pid == 0) {
		limit_take(l, took);
		_exit(write(ends[1], took, sizeof(took)) != sizeof(took));
	}
	close(ends[1]);
	if (read(ends[0], took, sizeof(took)) != sizeof(took) || waitpid(pid, &status, 0) != pid ||
	    status != 0)
		bench_die("limit");
	close(ends[0]);
	both->wall += took[0].wall;
	both->cpu += took[0].cpu;
	layers->wall += took[1].wall;
	layers->cpu += took[1].cpu;
}
