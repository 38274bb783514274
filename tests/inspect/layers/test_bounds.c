/* SPDX-License-Identifier: Apache-2.0 */
/* What an audit may take and touch: memory for large images and large data, and no file but its
 * own. */

#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <zlib.h>

#include "base/file.h"
#include "base/jail_rules.h"
#include "support/fixture_oracle.h"
#include "support/gen_image.h"

#define MEMORY_MAX (64u << 10) /* KiB */

/* A layer that is written as it is made, so that the test itself stays small. */
struct tar_stream {
	gzFile file;
	struct hash hash;
};

static void stream_put(struct tar_stream *s, const void *p, size_t n)
{
	digest_add(&s->hash, (struct str){ p, n });
	cr_assert(gzwrite(s->file, p, (unsigned)n) == (int)n);
}

static void stream_put_file(struct tar_stream *s, const char *path, const char *content, size_t n)
{
	static const char zeros[1024];
	char head[512];

	imagegen_header(&(struct imagegen_entry){ .path = path, .content = { content, n } }, head);
	stream_put(s, head, sizeof(head));
	stream_put(s, content, n);
	stream_put(s, zeros, (512 - n % 512) % 512);
}

/* The digest of a file. */
static struct digest hash_file(const char *path, uint64_t *size)
{
	AUTO_FD fd = open(path, O_RDONLY | O_CLOEXEC);
	struct error e = { 0 };
	struct fd_source src;
	struct hash hash;
	struct str chunk;

	cr_assert(fd >= 0);
	fd_source_init(&src, fd, 0, FD_SOURCE_ALL, path);
	digest_begin(&hash);
	*size = 0;
	while (src.base.next(&src.base, &chunk, &e) == 1) {
		digest_add(&hash, chunk);
		*size += chunk.n;
	}
	cr_assert(e.kind == ERR_NONE);
	return digest_end(&hash);
}

/* Files of 16 KiB that compress as programs do, `megabytes` in all. */
static void put_files(struct tar_stream *s, size_t megabytes)
{
	static char content[16384];
	char path[64];

	for (size_t i = 0; i < megabytes * 64; i++) {
		for (size_t k = 0; k < sizeof(content); k += 4)
			memcpy(content + k,
			       &(uint32_t){ (uint32_t)((i * 7919 + k * k) >> 5) & 0xffff }, 4);
		snprintf(path, sizeof(path), "srv/%zu/file-%zu", i / 100, i);
		stream_put_file(s, path, content, sizeof(content));
	}
}

static void write_large(struct imagegen *g, size_t megabytes)
{
	static const char end[1024];
	const char *path = arena_printf(g->a, "%s/layer", g->dir);
	struct tar_stream s = { .file = gzopen(path, "wb1") };
	struct imagegen_layer *l;
	struct error e = { 0 };

	cr_assert(s.file != NULL);
	digest_begin(&s.hash);
	put_files(&s, megabytes);
	stream_put(&s, end, sizeof(end));
	cr_assert(gzclose(s.file) == Z_OK);
	imagegen_layer(g); /* what stands in the image so far */
	l = list_push(g->a, &g->layers);
	*l = (struct imagegen_layer){ .media_type = "application/vnd.oci.image.layer.v1.tar+gzip" };
	l->diff_id = digest_end(&s.hash);
	l->digest = hash_file(path, &l->size);
	imagegen_write(g);
	cr_assert(file_remove_tree(AT_FDCWD, imagegen_blob(g, &l->digest), &e), "%s", e.cause);
	cr_assert(rename(path, imagegen_blob(g, &l->digest)) == 0);
}

/* Runs ./imgbuild and gives the most memory it had, in KiB; tells that and its time. */
static long memory_of(const char *what, size_t size, const char *const *argv, int want)
{
	struct rusage used;
	int status = 0;
	pid_t pid = fork();

	cr_assert(pid >= 0);
	if (pid == 0) {
		int out = open("/dev/null", O_WRONLY);

		if (out < 0 || dup2(out, 1) < 0 || dup2(out, 2) < 0)
			_exit(126);
		execv(argv[0], (char *const *)(uintptr_t)argv);
		_exit(127);
	}
	cr_assert(wait4(pid, &status, 0, &used) == pid);
	cr_assert(WIFEXITED(status) && WEXITSTATUS(status) == want, "status %x", (unsigned)status);
	printf("%s of %zu MiB: %ld KiB of memory, %ld.%02ld s of processor\n", what, size,
	       used.ru_maxrss, (long)used.ru_utime.tv_sec, (long)used.ru_utime.tv_usec / 10000);
	return used.ru_maxrss;
}

static size_t test_megabytes(size_t otherwise)
{
	const char *text = getenv("IMGBUILD_TEST_MEGABYTES");

	return text ? (size_t)strtoul(text, NULL, 10) : otherwise;
}

Test(audit, memory_stays_bounded_however_large_the_image_is, .timeout = 900)
{
	AUTO_ARENA a = { 0 };
	AUTO_IMAGEGEN g;
	long used;

	imagegen_begin(&g, &a);
	imagegen_good(&g);
	write_large(&g, test_megabytes(100));
	used = memory_of("audit", test_megabytes(100),
			 (const char *const[]){ "./imgbuild", "audit", g.path, "--policy",
						"report-only", NULL },
			 0);
	cr_expect(used < MEMORY_MAX, "%ld KiB", used);
}

/* A tracker's file in which one of ten entries is of a package of the image. */
static void write_tracker(FILE *f, size_t size)
{
	size_t n = 0;

	fputc('{', f);
	for (size_t i = 0; (size_t)ftell(f) < size; i++) {
		fprintf(f, "%s\n\"%s%zu\": {", i ? "," : "", "source-", i);
		for (size_t k = 0; k < 12; k++)
			fprintf(f,
				"%s\"CVE-2026-%zu\": {\"description\": \"it is said that \\\"%zu\\\" {\", \"releases\": "
				"{\"bookworm\": {\"status\": \"open\"}, \"trixie\": {\"status\": \"resolved\", "
				"\"fixed_version\": \"1.2.%zu-1\", \"urgency\": \"low\"}}}",
				k ? ", " : "", n++, i, k);
		fputc('}', f);
	}
	fputs(",\n\"hello\": {", f);
	for (size_t k = 0; k < 20000; k++)
		fprintf(f,
			"%s\"CVE-2025-%zu\": {\"releases\": {\"trixie\": {\"status\": \"open\"}}}",
			k ? ", " : "", k);
	fputs("}}\n", f);
}

Test(audit, memory_stays_bounded_however_large_the_data_are, .timeout = 900)
{
	AUTO_ARENA a = { 0 };
	AUTO_IMAGEGEN g;
	const char *data;
	FILE *f;
	long used;

	imagegen_begin(&g, &a);
	imagegen_good(&g);
	imagegen_write(&g);
	data = arena_printf(&a, "%s/tracker.json", g.dir);
	f = fopen(data, "w");
	cr_assert(f != NULL);
	write_tracker(f, test_megabytes(70) << 20);
	cr_assert(fclose(f) == 0);
	used = memory_of("tracker", test_megabytes(70),
			 (const char *const[]){ "./imgbuild", "audit", g.path, "--policy",
						"report-only", "--cve", data, "--format", "json",
						NULL },
			 0);
	cr_expect(used < MEMORY_MAX, "%ld KiB", used);
}

/* Entries that would leave the layer, one that leads through a link, devices, whiteouts of others.
 */
static void add_hostile_entries(struct imagegen *g)
{
	static const struct imagegen_entry entries[] = {
		{ .path = "out", .type = '2', .link = "/tmp" },
		{ .path = "out/written", .content = { "x", 1 } },
		{ .path = "up", .type = '2', .link = "../../../../tmp" },
		{ .path = "up/written", .content = { "x", 1 } },
		{ .path = "/absolute", .content = { "x", 1 } },
		{ .path = "dev/sda", .type = '4' },
		{ .path = "pipe", .type = '6' },
		{ .path = "hard", .type = '1', .link = "etc/passwd" },
		{ .path = "tmp/.wh..wh..opq" },
		{ .path = "usr/bin/.wh.hello" },
	};

	imagegen_layer(g);
	for (size_t i = 0; i < ARRAY_SIZE(entries); i++)
		imagegen_add(g, &entries[i]);
}

/* T30 and T2: whatever is in the image, nothing of it is run or laid out. The children there are
 * parse it, each behind a filter. */
Test(audit, an_audit_starts_no_program_and_writes_no_file)
{
	static const char *const forbidden[] = {
		"O_WRONLY", "O_CREAT",	"mkdir",   "rename", "symlink",	  "linkat",
		"link(",    "mknod",	"chmod",   "chown",  "socket(",	  "connect(",
		"fork(",    "CLONE_VM", "clone3(", "unlink", "truncate(", "utimens",
	};
	AUTO_ARENA a = { 0 };
	AUTO_IMAGEGEN g;
	struct oracle_run r;
	struct str log, rest, line;
	size_t started = 0, lines = 0, children = 0, filters = 0;
	struct error e = { 0 };
	const char *trace;

	oracle_need("strace");
	imagegen_begin(&g, &a);
	imagegen_good(&g);
	add_hostile_entries(&g);
	imagegen_write(&g);
	trace = arena_printf(&a, "%s/trace", g.dir);
	r = oracle_run(&a, (const char *const[]){ "strace", "-f", "-o", trace, "-e",
						  "trace=%file,%network,%process,%desc,seccomp",
						  "./imgbuild", "audit", g.path, NULL });
	if (strstr(r.err.p, "ptrace"))
		cr_skip_test("strace may not trace here");
	cr_expect(r.status == 1, "%d %s", r.status, r.err.p);
	cr_assert(io_read_file(&a, AT_FDCWD, trace, 64u << 20, &log, &e), "%s", e.cause);
	for (rest = log; str_next(&rest, '\n', &line); lines++) {
		const char *text = str_dup(&a, line);

		if (strstr(text, "CLONE_THREAD"))
			continue; /* the one that draws progress is not a program */
		started += strstr(text, "execve(") != NULL;
		children += strstr(text, "clone(") != NULL;
		filters += strstr(text, "seccomp(SECCOMP_SET_MODE_FILTER, 0, {len=") != NULL;
		for (size_t i = 0; i < ARRAY_SIZE(forbidden); i++)
			cr_expect(!strstr(text, forbidden[i]), "%s", text);
	}
	cr_expect(started == 1 && lines > 50, "%zu programs, %zu calls", started, lines);
	cr_expect(children > 0 && (filters == children || !jail_has_seccomp()),
		  "%zu of %zu children are jailed", filters, children);
}
