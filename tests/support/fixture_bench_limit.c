/* SPDX-License-Identifier: Apache-2.0 */
/* The least work, by the libraries that imgbuild reads packages and writes layers with. The linked
 * libdeflate stands in for the pinned one. */

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
#include "format/archive/unxz.h"
#include "input/lock/tools_lock.h"
#include "support/fixture_files.h"

/* Nanoseconds a byte, about: only the order comes from them. */
#define COST_DECODE 80
#define COST_WRITE 15
#define COST_AUDIT 10

enum piece_kind { PIECE_DECODE, PIECE_WRITE, PIECE_AUDIT };

struct limit_piece {
	enum piece_kind kind;
	struct str bytes; /* a compressed member, or up to GZIP_MEMBER bytes of a layer */
	char *out;	  /* what they become; NULL for PIECE_DECODE */
	size_t room;	  /* there */
	double cost;	  /* guessed, to begin with the largest */
	const struct xz_library *xz; /* for PIECE_DECODE */
};
struct limit_pieces LIST(struct limit_piece);

static void piece_decode_xz(const struct xz_library *xz, struct str member)
{
	lzma_stream z = { .next_in = (const uint8_t *)member.p, .avail_in = member.n };
	uint8_t out[65536];
	lzma_ret r = xz->open(&z, UINT64_MAX, 0);

	while (r == LZMA_OK) {
		z.next_out = out;
		z.avail_out = sizeof(out);
		r = xz->code(&z, LZMA_FINISH);
	}
	if (r != LZMA_STREAM_END)
		bench_die("liblzma");
	xz->end(&z);
}

/* Of another format. */
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

/* So that the compiler keeps the hashing. */
static void piece_hash(struct str bytes)
{
	struct digest digest = digest_of(bytes);

	__asm__ volatile("" : : "m"(digest));
}

static void piece_write(const struct limit_piece *p)
{
	struct libdeflate_compressor *c = libdeflate_alloc_compressor(GZIP_LEVEL);
	size_t n = c ? libdeflate_gzip_compress(c, p->bytes.p, p->bytes.n, p->out, p->room) : 0;

	if (n == 0)
		bench_die("libdeflate");
	piece_hash(p->bytes);
	piece_hash((struct str){ p->out, n });
	libdeflate_free_compressor(c);
}

/* One member of gzip, into p->out. How much of p->bytes it is, and how much it becomes; false: it
 * is none. */
static bool piece_unpack(const struct limit_piece *p, size_t *in, size_t *out)
{
	struct libdeflate_decompressor *d = libdeflate_alloc_decompressor();
	enum libdeflate_result got = LIBDEFLATE_BAD_DATA;

	if (d)
		got = libdeflate_gzip_decompress_ex(d, p->bytes.p, p->bytes.n, p->out, p->room, in,
						    out);
	libdeflate_free_decompressor(d);
	return got == LIBDEFLATE_SUCCESS;
}

static void piece_audit(const struct limit_piece *p)
{
	size_t in, out;

	if (!piece_unpack(p, &in, &out))
		bench_die("libdeflate");
	piece_hash(p->bytes);
	piece_hash((struct str){ p->out, out });
}

static bool limit_work(void *ctx, size_t i, struct error *e)
{
	const struct limit_piece *p = &((const struct limit_pieces *)ctx)->v[i];

	(void)e;
	if (p->kind == PIECE_DECODE && str_starts(p->bytes, STR("\xfd"
								"7zXZ")))
		piece_decode_xz(p->xz, p->bytes);
	else if (p->kind == PIECE_DECODE)
		piece_decode(p->bytes);
	else if (p->kind == PIECE_WRITE)
		piece_write(p);
	else
		piece_audit(p);
	return true;
}

static int limit_compare(const void *a, const void *b)
{
	double x = ((const struct limit_piece *)a)->cost, y = ((const struct limit_piece *)b)->cost;

	return (x < y) - (x > y);
}

static void limit_add_deb(struct arena *a, struct limit_pieces *pieces, const char *path,
			  const struct xz_library *xz)
{
	struct str names = ORACLE(a, "ar", "t", path), name;

	while (str_next(&names, '\n', &name)) {
		struct limit_piece *p;

		if (!str_starts(name, STR("data.tar")))
			continue;
		p = list_push(a, pieces);
		p->bytes = ORACLE(a, "ar", "p", path, str_dup(a, name));
		p->cost = COST_DECODE * (double)p->bytes.n;
		p->xz = xz;
	}
}

/* The members of a blob, which unpack into `tar`: audits do not run beside writing, which reads
 * that.
 */
static void limit_add_members(struct arena *a, struct limit_pieces *pieces, struct str blob,
			      struct str tar)
{
	char *to = (char *)(uintptr_t)tar.p;

	while (blob.n) {
		struct limit_piece *p = list_push(a, pieces);
		size_t in, out;

		*p = (struct limit_piece){
			.kind = PIECE_AUDIT, .bytes = blob, .out = to, .room = tar.n
		};
		if (!piece_unpack(p, &in, &out))
			bench_die("libdeflate");
		p->bytes.n = in;
		p->room = out;
		p->cost = COST_AUDIT * (double)out;
		blob = (struct str){ blob.p + in, blob.n - in };
		tar.n -= out;
		to += out;
	}
}

static void limit_add_layer(struct arena *a, struct limit_pieces *pieces, struct str tar)
{
	while (tar.n) {
		struct limit_piece *p = list_push(a, pieces);
		size_t n = tar.n < GZIP_MEMBER ? tar.n : GZIP_MEMBER;
		size_t room = libdeflate_gzip_compress_bound(NULL, n);

		*p = (struct limit_piece){ .kind = PIECE_WRITE,
					   .bytes = { tar.p, n },
					   .out = arena_alloc(a, room),
					   .room = room,
					   .cost = COST_WRITE * (double)n };
		memset(p->out, 1, p->room);
		tar = (struct str){ tar.p + n, tar.n - n };
	}
}

static struct bench_usage limit_time(struct limit_pieces *pieces)
{
	struct error e = { 0 };
	double start, cpu;

	if (pieces->n)
		qsort(pieces->v, pieces->n, sizeof(*pieces->v), limit_compare);
	start = bench_now();
	cpu = bench_cpu(RUSAGE_SELF);
	if (!parallel_for(pieces->n, 0, limit_work, pieces, &e))
		bench_give_up(&e);
	return (struct bench_usage){ .wall = (bench_now() - start) / 1e3,
				     .cpu = bench_cpu(RUSAGE_SELF) - cpu };
}

/* The liblzma of the repository's lock of tools, if its package is in the store: as imgbuild has
 * it.
 */
static struct xz_library limit_xz(struct arena *a, const struct bench_limit *l, struct module *m)
{
	const struct platform *host = platform_of_host();
	const struct locked_package *p = NULL;
	struct error e = { 0 };
	struct xz_library xz;
	const char *deb, *dir;
	struct lock lock;
	struct str bytes;

	if (host && tools_load(a, tools_path(a, "."), &lock, &e) > 0)
		p = tools_find(&lock, TOOLS_XZ, host);
	if (!p)
		bench_die("no pinned liblzma");
	deb = arena_printf(a, "%s/blobs/sha256/%s", l->store, digest_hex_dup(a, &p->file.sha256));
	if (access(deb, F_OK) != 0)
		return xz_library_host();
	dir = files_temporary(a);
	ORACLE(a, "dpkg-deb", "-x", deb, dir);
	if (!io_read_file(a, AT_FDCWD,
			  arena_printf(a, "%s/usr/lib/%s/liblzma.so.5", dir,
				       host->machine->triplet),
			  SIZE_MAX, &bytes, &e) ||
	    !module_load(m, bytes, "liblzma.so.5", &e) || !xz_library_of(m, p->version, &xz, &e))
		bench_give_up(&e);
	files_remove(dir);
	return xz;
}

static void limit_take(const struct bench_limit *l, struct bench_limit_took *took)
{
	struct limit_pieces both = { 0 }, layers = { 0 }, audit = { 0 };
	AUTO_ARENA a = { 0 };
	AUTO_MODULE lzma = MODULE_INIT;
	struct xz_library xz = l->debs.n ? limit_xz(&a, l, &lzma) : xz_library_host();

	list_each(blob, &l->blobs) {
		struct oracle_run r = oracle_run(&a, (const char *const[]){ "gzip", "-d", "-c",
									    *blob, NULL });

		if (r.status != 0)
			continue;
		limit_add_layer(&a, &layers, r.out);
		limit_add_members(&a, &audit, ORACLE(&a, "cat", *blob), r.out);
	}
	list_each(p, &layers)
		*list_push(&a, &both) = *p;
	list_each(deb, &l->debs)
		limit_add_deb(&a, &both, *deb, &xz);
	if (!layers.n)
		bench_die("no layer of gzip");
	took->both = limit_time(&both);
	took->layers = limit_time(&layers);
	took->audit = limit_time(&audit);
}

void bench_limit_run(const struct bench_limit *l, struct bench_limit_took *took)
{
	int ends[2], status;
	pid_t pid;

	if (pipe2(ends, O_CLOEXEC) != 0 || (pid = fork()) < 0)
		bench_die("limit");
	if (pid == 0) {
		limit_take(l, took);
		_exit(write(ends[1], took, sizeof(*took)) != sizeof(*took));
	}
	close(ends[1]);
	if (read(ends[0], took, sizeof(*took)) != sizeof(*took) ||
	    waitpid(pid, &status, 0) != pid || status != 0)
		bench_die("limit");
	close(ends[0]);
}

void bench_read_image(const char *blobs, struct bench_usage *took)
{
	bench_run(blobs,
		  (const char *const[]){ "sh", "-c",
					 "ls | xargs -n 1 -P \"$(nproc)\" sh -c 'sha256sum \"$0\"; "
					 "gzip -dcf \"$0\" | sha256sum'",
					 NULL },
		  took);
}
