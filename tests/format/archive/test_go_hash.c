/* SPDX-License-Identifier: Apache-2.0 */
/* Go's hashes: those of go.mod files that everybody's go.sum has, and of archives as a second
 * program computes them. That Go itself agrees is tested with the image of a Go program. */

#include <criterion/criterion.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "format/archive/go_hash.h"
#include "format/text/base64.h"
#include "support/fixture_fault_sweep.h"
#include "support/fixture_files.h"
#include "support/fixture_oracle.h"

static const char *hash_text(struct arena *a, const struct digest *d)
{
	return base64_encode(a, (struct str){ (const char *)d->b, sizeof(d->b) });
}

Test(go_hash, of_a_file_is_what_published_sums_say)
{
	static const char *const cases[][2] = {
		{ "module github.com/pkg/errors\n",
		  "bwawxfHBFNV+L2hUp1rHADufV3IMtnDRdf1r5NINEl0=" },
		{ "module github.com/google/uuid\n",
		  "TIyPZe4MgqvfeYDBFedMoGGpEw/LqOeaOT+nhxU+yHo=" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		AUTO_ARENA a = { 0 };
		AUTO_FD fd = memfd_create("mod", MFD_CLOEXEC);
		struct error e = { 0 };
		struct digest d;

		cr_assert(fd_write(fd, str_of(cases[i][0]), "mod", &e));
		cr_assert(go_hash_file(fd, "go.mod", &d, &e));
		cr_expect_str_eq(hash_text(&a, &d), cases[i][1]);
	}
}

Test(go_hash, of_an_archive_is_that_of_its_sorted_files)
{
	static const char script[] =
		"import base64, hashlib, sys, zipfile\n"
		"z = zipfile.ZipFile(sys.argv[1], 'w', zipfile.ZIP_DEFLATED)\n"
		"files = {'x@v1/b.go': b'b' * 70000, 'x@v1/B.go': b'', 'x@v1/a/z.go': b'z', 'x@v1/a.go': b'a'}\n"
		"for n in files: z.writestr(n, files[n])\n"
		"z.close()\n"
		"lines = ''.join('%s  %s\\n' % (hashlib.sha256(files[n]).hexdigest(), n)\n"
		"                for n in sorted(files))\n"
		"print(base64.b64encode(hashlib.sha256(lines.encode()).digest()).decode(), end='')\n";
	AUTO_ARENA a = { 0 };
	const char *dir = files_temporary(&a), *path = arena_printf(&a, "%s/x.zip", dir);
	struct str want;
	struct error e = { 0 };
	struct digest d;
	struct zip z;
	int fd;

	oracle_need("python3");
	want = ORACLE(&a, "python3", "-c", script, path);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	cr_assert(fd >= 0 && zip_open(&a, fd, (uint64_t)lseek(fd, 0, SEEK_END), path, &z, &e));
	cr_assert(go_hash_zip(&z, &d, &e), "%s", e.cause);
	cr_expect_str_eq(hash_text(&a, &d), want.p);
	z.members.v[0].name = "a\nb";
	cr_expect(!go_hash_zip(&z, &d, &e) && strstr(e.cause, "a name in it has a line end"));
	e = (struct error){ 0 };
	z.members.v[0].name = "a";
	z.members.v[0].size = (uint64_t)3 << 30;
	cr_expect(!go_hash_zip(&z, &d, &e) &&
		  strstr(e.cause, "its files have more bytes than a module may have"));
	close(fd);
	files_remove(dir);
}

static bool hash_again(void *path, struct error *e)
{
	AUTO_ARENA a = { 0 };
	AUTO_FD fd = open(path, O_RDONLY | O_CLOEXEC);
	struct digest d;
	struct zip z;

	cr_assert(fd >= 0);
	return zip_open(&a, fd, (uint64_t)lseek(fd, 0, SEEK_END), path, &z, e) &&
	       go_hash_zip(&z, &d, e) && go_hash_file(fd, "x", &d, e);
}

Test(go_hash, bytes_that_cannot_be_read_are_an_error)
{
	static const char *const calls[] = { "pread64", NULL };
	AUTO_ARENA a = { 0 };
	const char *dir = files_temporary(&a);
	char *path = arena_printf(&a, "%s/x.zip", dir);

	oracle_need("python3");
	ORACLE(&a, "python3", "-c",
	       "import sys, zipfile\n"
	       "z = zipfile.ZipFile(sys.argv[1], 'w', zipfile.ZIP_DEFLATED)\n"
	       "for n in 'ab': z.writestr(n, n * 70000)\n"
	       "z.close()\n",
	       path);
	cr_expect_gt(fault_sweep(&(struct fault_sweep){ calls, hash_again, path, true }), 6u);
	files_remove(dir);
}
