/* SPDX-License-Identifier: Apache-2.0 */
/* Zip archives as Python writes them, and what is not an archive. */

#include <criterion/criterion.h>
#include <fcntl.h>
#include <unistd.h>

#include "format/archive/zip.h"
#include "support/fixture_fault_sweep.h"
#include "support/fixture_files.h"
#include "support/fixture_oracle.h"

/* Members: stored, deflated, with zip64 fields, empty; and `more` of a few bytes, for the zip64
 * end. */
static const char *make_zip(struct arena *a, const char *dir, const char *more, const char *options)
{
	static const char script[] =
		"import sys, zipfile\n"
		"z = zipfile.ZipFile(sys.argv[1], 'w', zipfile.ZIP_DEFLATED)\n"
		"z.writestr('stored.json', b'{\"stored\": 1}', zipfile.ZIP_STORED)\n"
		"z.writestr('deflated.json', b''.join(b'%d ' % i for i in range(50000)))\n"
		"with z.open('wide.json', 'w', force_zip64=True) as f: f.write(b'wide')\n"
		"z.writestr('empty.json', b'')\n"
		"for i in range(int(sys.argv[2])): z.writestr('m%d' % i, b'')\n"
		"z.comment = sys.argv[3].encode()\n"
		"z.close()\n";
	const char *path = arena_printf(a, "%s/archive.zip", dir);

	oracle_need("python3");
	ORACLE(a, "python3", "-c", script, path, more, options);
	return path;
}

static bool open_zip(struct arena *a, const char *path, int *fd, struct zip *z, struct error *e)
{
	*fd = open(path, O_RDONLY | O_CLOEXEC);
	cr_assert(*fd >= 0);
	return zip_open(a, *fd, (uint64_t)lseek(*fd, 0, SEEK_END), path, z, e);
}

static bool zip_content(struct arena *a, const struct zip *z, size_t i, struct buf *out,
			struct error *e)
{
	AUTO_ZIP_SOURCE s = { .inflate = NULL };
	struct str chunk;
	int got;

	*out = (struct buf){ .a = a };
	if (!zip_source_open(&s, z, &z->members.v[i], e))
		return false;
	while ((got = s.base.next(&s.base, &chunk, e)) == 1)
		buf_add(out, chunk);
	return got == 0;
}

Test(zip, members_are_read_as_they_were_written)
{
	static const char *const more[] = { "0", "3", "66000" };
	AUTO_ARENA a = { 0 };
	const char *dir = files_temporary(&a);

	for (size_t i = 0; i < 3; i++) {
		AUTO_FD fd = -1;
		const char *path = make_zip(&a, dir, more[i],
					    i == 1 ? "a comment with PK\x05\x06 in it" : "");
		struct error e = { 0 };
		struct buf text;
		struct zip z;
		uint64_t n;

		cr_assert(open_zip(&a, path, &fd, &z, &e), "%s", e.cause);
		cr_assert(str_u64(str_of(more[i]), &n) && z.members.n == n + 4);
		cr_expect_str_eq(z.members.v[1].name, "deflated.json");
		cr_assert(zip_content(&a, &z, 0, &text, &e), "%s", e.cause);
		cr_expect_str_eq(text.p, "{\"stored\": 1}");
		cr_assert(zip_content(&a, &z, 1, &text, &e), "%s", e.cause);
		cr_expect(text.n == 288890 && memcmp(text.p + text.n - 12, "49998 49999 ", 12) == 0,
			  "%zu", text.n);
		cr_assert(zip_content(&a, &z, 2, &text, &e), "%s", e.cause);
		cr_expect_str_eq(text.p, "wide");
		cr_assert(zip_content(&a, &z, 3, &text, &e) && text.n == 0);
	}
	files_remove(dir);
}

/* Everything in it that can be read is read. */
static bool read_all_members(struct arena *a, const char *path, struct error *e)
{
	AUTO_FD fd = -1;
	struct buf text;
	struct zip z;

	if (!open_zip(a, path, &fd, &z, e))
		return false;
	for (size_t i = 0; i < z.members.n; i++)
		if (!zip_content(a, &z, i, &text, e))
			return false;
	return true;
}

static bool zip_read_again(void *path, struct error *e)
{
	AUTO_ARENA a = { 0 };

	return read_all_members(&a, path, e);
}

static bool zip_open_again(void *path, struct error *e)
{
	AUTO_ARENA a = { 0 };
	AUTO_FD fd = -1;
	struct zip z;

	return open_zip(&a, path, &fd, &z, e);
}

/* The second has so many members that its end is that of zip64. */
Test(zip, bytes_that_cannot_be_read_are_an_error, .timeout = 60)
{
	static const char *const calls[] = { "pread64", NULL };
	AUTO_ARENA a = { 0 };
	const char *dir = files_temporary(&a);
	char *path = arena_strdup(&a, make_zip(&a, dir, "1", ""));

	cr_expect_gt(fault_sweep(&(struct fault_sweep){ calls, zip_read_again, path, true }), 5u);
	path = arena_strdup(&a, make_zip(&a, dir, "66000", ""));
	cr_expect_gt(fault_sweep(&(struct fault_sweep){ calls, zip_open_again, path, true }), 3u);
	files_remove(dir);
}

Test(zip, an_archive_cut_or_changed_anywhere_is_an_error_or_the_same)
{
	AUTO_ARENA a = { 0 };
	const char *dir = files_temporary(&a), *path = make_zip(&a, dir, "2", "");
	const char *other = arena_printf(&a, "%s/other.zip", dir);
	struct error e = { 0 };
	struct str whole;

	cr_assert(io_read_file(&a, AT_FDCWD, path, 1u << 24, &whole, &e));
	for (size_t n = 0; n < whole.n; n += n < whole.n - 500 ? 1999 : 3) {
		e = (struct error){ 0 };
		cr_assert(file_write_path(other, 0644, (struct str){ whole.p, n }, &e));
		cr_expect(!read_all_members(&a, other, &e) && e.kind == ERR_INPUT, "%zu bytes", n);
	}
	for (size_t at = whole.n - 500; at < whole.n; at++) {
		char *bytes = str_dup(&a, whole);
		bool ok;

		bytes[at] ^= 0x5a;
		e = (struct error){ 0 };
		cr_assert(file_write_path(other, 0644, (struct str){ bytes, whole.n }, &e));
		ok = read_all_members(&a, other, &e);
		cr_expect_eq(e.kind, ok ? ERR_NONE : ERR_INPUT, "byte %zu: %s", at, e.cause);
	}
	files_remove(dir);
}
