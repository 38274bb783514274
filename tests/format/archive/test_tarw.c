/* SPDX-License-Identifier: Apache-2.0 */
/* The tar writer, read back by GNU tar, Python and libarchive. */

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include <criterion/criterion.h>

#include "format/archive/tarw.h"
#include "support/fixture_files.h"
#include "support/fixture_frail_sink.h"
#include "support/fixture_oracle.h"

#define GIB (1ull << 30)

static char zeros[1 << 20];

/* A file in which what comes from `zeros` is a hole: archives of many gigabytes cost nothing. */
struct hole_sink {
	struct sink base;
	int fd;
};

static bool hole_write(struct sink *base, struct str chunk, struct error *e)
{
	struct hole_sink *s = (struct hole_sink *)base;

	if (chunk.p == zeros)
		return lseek(s->fd, (off_t)chunk.n, SEEK_CUR) >= 0 || err_sys(e, "lseek");
	return fd_write(s->fd, chunk, "archive", e);
}

/* A path of exactly `n` bytes with slashes every `step`; none begins as one of another length does.
 */
static const char *path_of_length(struct arena *a, size_t n, size_t step)
{
	char *p = arena_alloc(a, n + 1);

	for (size_t i = 0; i < n; i++)
		p[i] = i % step == step - 1 && i + 1 < n ? '/' : (char)('a' + (i + n) % 26);
	return p;
}

/* An archive of these entries, with zeros as contents; its path. */
static const char *write_test_archive(struct arena *a, const char *dir,
				      const struct tarw_entry *entries, size_t n)
{
	const char *path = arena_printf(a, "%s/x.tar", dir);
	struct hole_sink sink = { .base = { .write = hole_write } };
	struct error e = { 0 };
	struct tarw t;

	sink.fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	cr_assert_geq(sink.fd, 0);
	tarw_init(&t, &sink.base);
	for (size_t i = 0; i < n; i++) {
		cr_assert(tarw_entry(&t, &entries[i], &e));
		for (uint64_t left = entries[i].size; left;) {
			size_t piece = left < sizeof(zeros) ? (size_t)left : sizeof(zeros);

			cr_assert(tarw_data(&t, (struct str){ zeros, piece }, &e));
			left -= piece;
		}
	}
	cr_assert(tarw_finish(&t, &e));
	cr_assert_eq(t.size % 512, 0);
	cr_assert_eq(lseek(sink.fd, 0, SEEK_CUR), (off_t)t.size);
	close(sink.fd);
	return path;
}

/* Entries at every limit of the format. */
static size_t all_entries(struct arena *a, struct tarw_entry out[static 40])
{
	static const struct {
		size_t n, step;
	} paths[] = {
		{ 1, 9 },     { 99, 50 },   { 100, 50 },  { 101, 50 },	{ 155, 120 }, { 156, 100 },
		{ 200, 201 }, { 255, 150 }, { 256, 156 }, { 257, 156 }, { 300, 30 },  { 4095, 200 },
	};
	static const int64_t times[] = {
		0, 1, -1, -86400LL * 365 * 100, 077777777777, 0100000000000
	};
	static const uint32_t ids[] = { 0, 07777777, 010000000, 1000650000, 4294967294u };
	size_t n = 0;

	for (size_t i = 0; i < ARRAY_SIZE(paths); i++)
		out[n++] = (struct tarw_entry){ .path = path_of_length(a, paths[i].n,
								       paths[i].step),
						.mode = 0644,
						.size = i };
	for (size_t i = 0; i < ARRAY_SIZE(times); i++)
		out[n++] = (struct tarw_entry){ .path = arena_printf(a, "time%zu", i),
						.mode = 04755,
						.mtime = times[i] };
	for (size_t i = 0; i < ARRAY_SIZE(ids); i++)
		out[n++] = (struct tarw_entry){ .path = arena_printf(a, "id%zu", i),
						.type = TARW_DIR,
						.mode = 01777,
						.uid = ids[i],
						.gid = ids[4 - i] };
	out[n++] = (struct tarw_entry){ .path = path_of_length(a, 98, 50),
					.type = TARW_DIR,
					.mode = 0700 };
	out[n++] = (struct tarw_entry){ .path = path_of_length(a, 100, 120),
					.type = TARW_DIR,
					.mode = 0 };
	out[n++] = (struct tarw_entry){ .path = "gr\xc3\xbc\xc3\x9f"
						"e/\xe2\x82\xac",
					.mode = 0600,
					.size = 513 };
	out[n++] = (struct tarw_entry){
		.path = "short", .type = TARW_LINK, .mode = 0777, .target = "../a b"
	};
	out[n++] = (struct tarw_entry){ .path = "hundred",
					.type = TARW_LINK,
					.mode = 0777,
					.target = path_of_length(a, 100, 30) };
	out[n++] = (struct tarw_entry){ .path = path_of_length(a, 290, 60),
					.type = TARW_LINK,
					.mode = 0777,
					.target = path_of_length(a, 4095, 30) };
	return n;
}

struct entries {
	const struct tarw_entry *v;
	size_t n;
};

static bool write_entries(void *user, struct sink *to, struct error *e)
{
	const struct entries *l = user;
	struct tarw t;

	tarw_init(&t, to);
	for (size_t i = 0; i < l->n; i++) {
		if (!tarw_entry(&t, &l->v[i], e) ||
		    !tarw_data(&t, (struct str){ zeros, (size_t)l->v[i].size }, e))
			return false;
	}
	return tarw_finish(&t, e);
}

Test(tarw, a_write_that_fails_ends_the_archive)
{
	AUTO_ARENA a = { 0 };
	struct tarw_entry entries[40];
	struct entries l = { entries, all_entries(&a, entries) };

	cr_expect_gt(frail_sink_sweep(write_entries, &l), 2 * l.n);
}

/* What each oracle's answer is brought to: one line an entry. */
static const char *expected_lines(struct arena *a, const struct tarw_entry *entries, size_t n)
{
	struct buf b = { .a = a };

	for (const struct tarw_entry *x = entries; x < entries + n; x++)
		buf_printf(&b, "%c %o %u %u %lld %llu %s%s%s\n", "fdl"[x->type], x -> mode,
			   x -> uid, x -> gid, (long long)x -> mtime, (unsigned long long)x -> size,
			   x -> path, x -> target ? " -> " : "", x->target ? x->target : "");
	return buf_cstr(&b);
}

static const char python_list[] =
	"import sys, tarfile\n"
	"out = sys.stdout.buffer\n"
	"for m in tarfile.open(sys.argv[1]):\n"
	"    kind = 'd' if m.isdir() else 'l' if m.issym() else 'f' if m.isfile() else '?'\n"
	"    assert m.uname == '' and m.gname == '' and m.devmajor == 0\n"
	"    line = f'{kind} {m.mode:o} {m.uid} {m.gid} {int(m.mtime)} {m.size} {m.name}'\n"
	"    if m.issym(): line += ' -> ' + m.linkname\n"
	"    out.write((line + '\\n').encode('utf-8', 'surrogateescape'))\n";

Test(tarw, python_lists_what_was_written)
{
	AUTO_ARENA a = { 0 };
	const char *dir = files_temporary(&a);
	struct tarw_entry entries[40];
	size_t n = all_entries(&a, entries);
	const char *path = write_test_archive(&a, dir, entries, n);

	oracle_need("python3");
	cr_expect_str_eq(ORACLE(&a, "python3", "-c", python_list, path).p,
			 expected_lines(&a, entries, n));
	files_remove(dir);
}

/* "drwxr-xr-x" and friends, as ls has them. */
static const char *ls_mode(struct arena *a, const struct tarw_entry *x)
{
	char *s = arena_printf(a, "%crwxrwxrwx", "-dl"[x->type]);

	for (int i = 0; i < 9; i++) {
		if (!(x->mode & (0400u >> i)))
			s[1 + i] = '-';
	}
	if (x->mode & 04000)
		s[3] = s[3] == 'x' ? 's' : 'S';
	if (x->mode & 01000)
		s[9] = s[9] == 'x' ? 't' : 'T';
	return s;
}

static const char *gnu_expected(struct arena *a, const struct tarw_entry *entries, size_t n)
{
	struct buf b = { .a = a };

	for (const struct tarw_entry *x = entries; x < entries + n; x++) {
		char when[64];
		struct tm tm;
		time_t t = (time_t)x->mtime;

		strftime(when, sizeof(when), "%Y-%m-%d %H:%M:%S", gmtime_r(&t, &tm));
		buf_printf(&b, "%s %u/%u %llu %s %s%s%s%s\n", ls_mode(a, x), x->uid, x->gid,
			   (unsigned long long)x->size, when, x->path,
			   x->type == TARW_DIR ? "/" : "", x->target ? " -> " : "",
			   x->target ? x->target : "");
	}
	return buf_cstr(&b);
}

/* GNU tar pads columns with blanks. */
static const char *single_blanks(struct arena *a, struct str s)
{
	struct buf b = { .a = a };

	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] != ' ' || i + 1 == s.n || s.p[i + 1] != ' ')
			buf_putc(&b, s.p[i]);
	}
	return buf_cstr(&b);
}

Test(tarw, gnu_tar_lists_what_was_written)
{
	AUTO_ARENA a = { 0 };
	const char *dir = files_temporary(&a);
	struct tarw_entry entries[40];
	size_t n = all_entries(&a, entries);
	const char *path = write_test_archive(&a, dir, entries, n);
	struct str out = ORACLE(&a, "tar", "--numeric-owner", "--full-time",
				"--quoting-style=literal", "-tvf", path);

	cr_expect_str_eq(single_blanks(&a, out), gnu_expected(&a, entries, n));
	files_remove(dir);
}

/* Undoes mtree's octal escapes. */
static const char *mtree_unescape(struct arena *a, struct str s)
{
	struct buf b = { .a = a };

	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '\\' && i + 3 < s.n) {
			buf_putc(&b, (char)((s.p[i + 1] - '0') * 64 + (s.p[i + 2] - '0') * 8 +
					    (s.p[i + 3] - '0')));
			i += 3;
		} else {
			buf_putc(&b, s.p[i]);
		}
	}
	return buf_cstr(&b);
}

/* mtree has an order of its own. */
static const char *sorted_lines(struct arena *a, const char *text)
{
	struct strings lines = { 0 };
	struct buf b = { .a = a };

	for (struct str rest = str_of(text), one; str_next(&rest, '\n', &one);)
		*list_push(a, &lines) = str_dup(a, one);
	strings_sort(&lines);
	for (size_t i = 0; i < lines.n; i++)
		buf_printf(&b, "%s\n", lines.v[i]);
	return buf_cstr(&b);
}

static const char *mtree_expected(struct arena *a, const struct tarw_entry *entries, size_t n)
{
	static const char *const types[] = { "file", "dir", "link" };
	struct buf b = { .a = a };

	for (const struct tarw_entry *x = entries; x < entries + n; x++) {
		buf_printf(&b, "./%s time=%lld.0 mode=%o gid=%u uid=%u type=%s", x->path,
			   (long long)x->mtime, x->mode, x->gid, x->uid, types[x->type]);
		if (x->type == TARW_LINK)
			buf_printf(&b, " link=%s", x->target);
		if (x->type == TARW_FILE)
			buf_printf(&b, " size=%llu", (unsigned long long)x->size);
		buf_putc(&b, '\n');
	}
	return buf_cstr(&b);
}

Test(tarw, libarchive_lists_what_was_written)
{
	AUTO_ARENA a = { 0 };
	const char *dir = files_temporary(&a);
	struct tarw_entry entries[40];
	size_t n = all_entries(&a, entries);
	const char *path = write_test_archive(&a, dir, entries, n);
	struct str out, head, rest;

	oracle_need("bsdtar");
	out = ORACLE(&a, "bsdtar", "-cf", "-", "--format=mtree",
		     "--options=!all,type,uid,gid,mode,time,size,link",
		     arena_printf(&a, "@%s", path));
	cr_assert(str_cut(out, '\n', &head, &rest));
	cr_expect(str_eq(head, STR("#mtree")));
	cr_expect_str_eq(sorted_lines(&a, mtree_unescape(&a, rest)),
			 sorted_lines(&a, mtree_expected(&a, entries, n)));
	files_remove(dir);
}

Test(tarw, sizes_at_the_octal_limit_are_read_back)
{
	AUTO_ARENA a = { 0 };
	const char *dir = files_temporary(&a);
	const struct tarw_entry entries[] = {
		{ .path = "largest-in-octal", .mode = 0644, .size = 8 * GIB - 1 },
		{ .path = "first-beyond", .mode = 0644, .size = 8 * GIB },
		{ .path = "last", .mode = 0644, .size = 1 },
	};
	const char *path = write_test_archive(&a, dir, entries, 3);
	struct str gnu = ORACLE(&a, "tar", "--numeric-owner", "--full-time", "-tvf", path);

	cr_expect_str_eq(single_blanks(&a, gnu), gnu_expected(&a, entries, 3));
	oracle_need("python3");
	cr_expect_str_eq(ORACLE(&a, "python3", "-c", python_list, path).p,
			 expected_lines(&a, entries, 3));
	files_remove(dir);
}

/* GNU tar wrote zeros as the device numbers of all entries until 1.34, nothing since: puts the
 * zeros into a header, and what they add to its checksum. */
static void fill_devices(unsigned char *header)
{
	unsigned sum = 8 * ' ';
	char text[7];

	if (memcmp(header + 257, "ustar", 5) != 0 || header[329])
		return;
	memcpy(header + 329,
	       "0000000\0"
	       "0000000",
	       16);
	for (size_t i = 0; i < 512; i++)
		sum += i >= 148 && i < 156 ? 0 : header[i];
	snprintf(text, sizeof(text), "%06o", sum);
	memcpy(header + 148, text, sizeof(text));
}

Test(tarw, the_bytes_of_ustar_entries_are_those_of_gnu_tar)
{
	AUTO_ARENA a = { 0 };
	const char *dir = files_temporary(&a);
	const char *in = arena_printf(&a, "%s/in", dir);
	const char *gnu = arena_printf(&a, "%s/gnu.tar", dir);
	const char *deep = path_of_length(&a, 240, 140);
	const struct tarw_entry entries[] = {
		{ .path = "d", .type = TARW_DIR, .mode = 0755, .mtime = 1234567890 },
		{ .path = "d/file", .mode = 0644, .mtime = 1234567890, .size = 4 },
		/* GNU tar's --mode is for links, too */
		{ .path = "d/link",
		  .type = TARW_LINK,
		  .mode = 0755,
		  .mtime = 1234567890,
		  .target = "file" },
		{ .path = deep, .mode = 0644, .mtime = 1234567890, .size = 4 },
	};
	struct error e = { 0 };
	struct buf ours = { .a = &a };
	struct buf_sink sink;
	struct str theirs;
	struct tarw t;

	files_put(arena_printf(&a, "%s/d/file", in), "text");
	files_put(arena_printf(&a, "%s/%s", in, deep), "text");
	cr_assert_eq(symlink("file", arena_printf(&a, "%s/d/link", in)), 0);
	ORACLE(&a, "tar", "--format=ustar", "--numeric-owner", "--owner=0", "--group=0",
	       "--blocking=1", "--mode=u=rwX,go=rX", "--mtime=@1234567890", "--no-recursion", "-C",
	       in, "-cf", gnu, entries[0].path, entries[1].path, entries[2].path, entries[3].path);
	buf_sink_init(&sink, &ours, "archive");
	tarw_init(&t, &sink.base);
	for (size_t i = 0; i < 4; i++)
		cr_assert(tarw_entry(&t, &entries[i], &e) &&
			  (!entries[i].size || tarw_data(&t, STR("text"), &e)));
	cr_assert(tarw_finish(&t, &e));
	cr_assert(io_read_file(&a, AT_FDCWD, gnu, 1 << 20, &theirs, &e));
	cr_assert_eq(ours.n, theirs.n);
	for (size_t at = 0; at < theirs.n; at += 512)
		fill_devices((unsigned char *)(uintptr_t)theirs.p + at);
	for (size_t i = 0; i < ours.n; i++)
		cr_assert_eq(ours.p[i], theirs.p[i], "byte %zu of block %zu differs", i % 512,
			     i / 512);
	files_remove(dir);
}

/* The number of extended headers that one entry gets. */
static unsigned extended_headers(const struct tarw_entry *x)
{
	AUTO_ARENA a = { 0 };
	struct buf b = { .a = &a };
	struct error e = { 0 };
	struct buf_sink sink;
	unsigned count = 0;
	struct tarw t;

	buf_sink_init(&sink, &b, "archive");
	tarw_init(&t, &sink.base);
	cr_assert(tarw_entry(&t, x, &e));
	for (size_t i = 0; i < b.n; i += 512)
		count += b.p[i + 156] == 'x' && memcmp(b.p + i + 257, "ustar", 6) == 0;
	return count;
}

Test(tarw, only_what_ustar_cannot_hold_gets_an_extended_header)
{
	AUTO_ARENA a = { 0 };
	const struct {
		struct tarw_entry x;
		unsigned want;
	} cases[] = {
		{ { .path = path_of_length(&a, 100, 200) }, 0 },
		{ { .path = path_of_length(&a, 101, 200) }, 1 },
		{ { .path = path_of_length(&a, 256, 156) }, 0 },
		{ { .path = path_of_length(&a, 257, 156) }, 1 },
		{ { .path = path_of_length(&a, 256, 200) }, 1 },
		{ { .path = path_of_length(&a, 99, 200), .type = TARW_DIR }, 0 },
		{ { .path = path_of_length(&a, 100, 200), .type = TARW_DIR }, 1 },
		{ { .path = "l", .type = TARW_LINK, .target = path_of_length(&a, 100, 200) }, 0 },
		{ { .path = "l", .type = TARW_LINK, .target = path_of_length(&a, 101, 50) }, 1 },
		{ { .path = "i", .uid = 07777777, .gid = 07777777 }, 0 },
		{ { .path = "i", .uid = 010000000 }, 1 },
		{ { .path = "i", .gid = 010000000 }, 1 },
		{ { .path = "t", .mtime = 077777777777 }, 0 },
		{ { .path = "t", .mtime = 0100000000000 }, 1 },
		{ { .path = "t", .mtime = -1 }, 1 },
		{ { .path = "s", .size = 8 * GIB - 1 }, 0 },
		{ { .path = "s", .size = 8 * GIB }, 1 },
		{ { .path = "s", .size = INT64_MAX, .uid = UINT32_MAX, .mtime = INT64_MIN }, 1 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		cr_expect_eq(extended_headers(&cases[i].x), cases[i].want, "case %zu", i);
}

/* "LENGTH KEY=VALUE\n" with LENGTH at the edges where counting its own digits matters. */
Test(tarw, a_record_counts_its_own_length)
{
	AUTO_ARENA a = { 0 };

	for (size_t n = 101; n < 1100; n++) {
		struct tarw_entry x = { .path = path_of_length(&a, n, 2000) };
		struct buf b = { .a = &a };
		struct error e = { 0 };
		struct buf_sink sink;
		struct tarw t;
		size_t length;
		char *end;

		buf_sink_init(&sink, &b, "archive");
		tarw_init(&t, &sink.base);
		cr_assert(tarw_entry(&t, &x, &e));
		length = strtoul(b.p + 512, &end, 10);
		cr_assert_eq(length, strtoul(b.p + 124, NULL, 8), "path of %zu bytes", n);
		cr_assert_eq(memcmp(end, " path=", 6), 0);
		cr_assert_eq((size_t)(end - (b.p + 512)) + 6 + n + 1, length, "path of %zu bytes",
			     n);
		cr_assert_eq(b.p[512 + length - 1], '\n');
	}
}

static bool tarw_sink_full(struct sink *s, struct str chunk, struct error *e)
{
	(void)s;
	(void)chunk;
	return err_set(e, ERR_SYSTEM, "disk full");
}

Test(tarw, a_sink_that_fails_ends_the_writing)
{
	struct sink sink = { .write = tarw_sink_full };
	struct tarw_entry x = { .path = "x" };
	struct error e = { 0 };
	struct tarw t;

	tarw_init(&t, &sink);
	cr_expect(!tarw_entry(&t, &x, &e));
	cr_expect_str_eq(e.cause, "disk full");
}
