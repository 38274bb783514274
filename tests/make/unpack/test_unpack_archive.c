/* SPDX-License-Identifier: Apache-2.0 */
/* Archives as tar, git, zip and Python write them, beside what these programs say is in them; and
 * archives that no download may be. */

#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "base/path.h"
#include "make/unpack/unpack_archive.h"
#include "support/fixture_files.h"
#include "support/fixture_oracle.h"

struct unpacking_run {
	bool ok;
	struct error e;
	struct buf content;
	struct fragment fragment;
	struct arena *a;
};

static bool unpacking_take(void *to, char kind, struct str payload, struct error *e)
{
	struct unpacking_run *r = to;

	if (kind == UNPACKED_CONTENT)
		buf_add(&r->content, payload);
	return kind == UNPACKED_CONTENT || fragment_index_get(r->a, payload, &r->fragment, e);
}

/* Without the jail, which has its own tests. */
static struct unpacking_run unpacking_run(struct arena *a, const char *path,
					  const struct unpacking *how)
{
	struct unpacking_run r = { .content = { .a = a }, .a = a };
	struct buf frames = { .a = a };
	struct unpack_archive x = { .name = "file", .how = how };
	struct str_source from;
	struct buf_sink to;

	x.fd = open(path, O_RDONLY | O_CLOEXEC);
	cr_assert(x.fd >= 0, "%s", path);
	x.size = (uint64_t)lseek(x.fd, 0, SEEK_END);
	buf_sink_init(&to, &frames, "frames");
	r.ok = unpack_archive_read(&x, &to.base, &r.e);
	close(x.fd);
	if (r.ok) {
		str_source_init(&from, buf_str(&frames), "frames");
		cr_assert(frames_each(&from.base, UNPACKED_KINDS, 1u << 28, unpacking_take, &r,
				      &r.e));
	}
	return r;
}

/* "-rwxr-xr-x PATH CONTENT" or "l PATH -> TARGET", a line each. */
static const char *unpacking_listing(const struct unpacking_run *r)
{
	struct buf out = { .a = r->a };

	for (size_t i = 0; i < r->fragment.nodes.n; i++) {
		const struct node *n = &r->fragment.nodes.v[i];

		if (n->type == NODE_LINK)
			buf_printf(&out, "l %s -> %s\n", n->path, n->target);
		else
			buf_printf(&out, "%o %s %.*s\n", n->mode, n->path, (int)n->content.size,
				   r->content.p + n->content.offset);
	}
	return buf_cstr(&out);
}

static const char archive_tree[] =
	"import os\n"
	"os.makedirs('top/bin'); os.makedirs('top/' + 'd' * 120 + '/' + 'e' * 120)\n"
	"open('top/bin/run', 'w').write('run'); os.chmod('top/bin/run', 0o700)\n"
	"os.link('top/bin/run', 'top/bin/twin')\n"
	"os.symlink('../bin/run', 'top/link')\n"
	"open('top/plain', 'w').write('plain'); open('top/empty', 'w')\n"
	"open('top/gr\\u00fc\\u00df', 'w').write('x')\n"
	"open('top/' + 'd' * 120 + '/' + 'e' * 120 + '/deep', 'w').write('deep')\n";

#define DEEP                                                            \
	"dddddddddddddddddddddddddddddddddddddddddddddddddddddddddddd"  \
	"dddddddddddddddddddddddddddddddddddddddddddddddddddddddddddd/" \
	"eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee"  \
	"eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee/deep"
#define TREE                               \
	"755 opt/x/bin/run run\n"          \
	"755 opt/x/bin/twin run\n"         \
	"644 opt/x/" DEEP " deep\n"        \
	"644 opt/x/empty \n"               \
	"644 opt/x/gr\303\274\303\237 x\n" \
	"l opt/x/link -> ../bin/run\n"     \
	"644 opt/x/plain plain\n"

static const char *archive_folder(struct arena *a)
{
	const char *dir = files_temporary(a);

	oracle_need("python3");
	ORACLE(a, "python3", "-c",
	       arena_printf(a, "import os; os.chdir('%s')\n%s", dir, archive_tree));
	return dir;
}

Test(unpack_archive, tars_of_every_form_and_compression_hold_the_same)
{
	static const char *const forms[] = { "gnu", "pax", "oldgnu" };
	static const char *const codecs[] = { "--no-auto-compress", "--gzip", "--xz", "--zstd" };
	static const struct unpacking how = { UNPACK_TAR, "/opt/x/", 1, 0 };
	AUTO_ARENA a = { 0 };
	const char *dir = archive_folder(&a);

	oracle_need("tar");
	oracle_need("xz");
	oracle_need("zstd");
	for (size_t f = 0; f < ARRAY_SIZE(forms); f++) {
		for (size_t c = 0; c < ARRAY_SIZE(codecs); c++) {
			const char *path = arena_printf(&a, "%s/x.tar", dir);
			struct unpacking_run r;

			ORACLE(&a, "tar", "-C", dir, arena_printf(&a, "--format=%s", forms[f]),
			       codecs[c], "-cf", path, "top");
			r = unpacking_run(&a, path, &how);
			cr_assert(r.ok, "%s %s: %s", forms[f], codecs[c], r.e.cause);
			cr_expect_str_eq(unpacking_listing(&r), TREE, "%s %s:\n%s", forms[f],
					 codecs[c], unpacking_listing(&r));
		}
	}
	files_remove(dir);
}

/* git archive begins with a global extended header that holds the commit. */
Test(unpack_archive, archives_of_git_are_read)
{
	static const struct unpacking how = { UNPACK_TAR, "/", 0, 0 };
	static const char *const formats[] = { "tar", "tar.gz", "zip" };
	AUTO_ARENA a = { 0 };
	const char *dir = files_temporary(&a), *path = arena_printf(&a, "%s/x.tar", dir);

	oracle_need("git");
	files_put(arena_printf(&a, "%s/r/file", dir), "text");
	dir = arena_printf(&a, "%s/r", dir);
	ORACLE(&a, "git", "-C", dir, "init", "-q");
	ORACLE(&a, "git", "-C", dir, "add", ".");
	ORACLE(&a, "git", "-C", dir, "-c", "user.name=n", "-c", "user.email=e@example.org", "-c",
	       "commit.gpgsign=false", "commit", "-qm", "one");
	for (size_t i = 0; i < ARRAY_SIZE(formats); i++) {
		struct unpacking as = how;
		struct unpacking_run r;

		ORACLE(&a, "git", "-C", dir, "archive", arena_printf(&a, "--format=%s", formats[i]),
		       "-o", path, "HEAD");
		as.form = i == 2 ? UNPACK_ZIP : UNPACK_TAR;
		r = unpacking_run(&a, path, &as);
		cr_assert(r.ok, "%s: %s", formats[i], r.e.cause);
		cr_expect_str_eq(unpacking_listing(&r), "644 file text\n");
	}
	files_remove(path_dir(&a, dir));
}

Test(unpack_archive, zips_hold_what_python_put_into_them)
{
	static const char script[] = "import sys, zipfile\n"
				     "z = zipfile.ZipFile(sys.argv[1], 'w', zipfile.ZIP_DEFLATED)\n"
				     "def put(name, mode, text, host=3):\n"
				     "  i = zipfile.ZipInfo(name); i.create_system = host\n"
				     "  i.external_attr = mode << 16; z.writestr(i, text)\n"
				     "put('top/', 0o40755, '')\n"
				     "put('top/run', 0o100755, 'run')\n"
				     "put('top/plain', 0o100644, 'plain' )\n"
				     "put('top/dos', 0o100755, 'dos', 0)\n"
				     "put('top/link', 0o120777, 'run')\n"
				     "put('top\\\\sub\\\\win', 0, 'win', 0)\n"
				     "z.close()\n";
	static const struct unpacking how = { UNPACK_ZIP, "/opt/x", 1, 0 };
	AUTO_ARENA a = { 0 };
	const char *dir = files_temporary(&a), *path = arena_printf(&a, "%s/x.zip", dir);
	struct unpacking_run r;

	oracle_need("python3");
	ORACLE(&a, "python3", "-c", script, path);
	r = unpacking_run(&a, path, &how);
	cr_assert(r.ok, "%s", r.e.cause);
	cr_expect_str_eq(unpacking_listing(&r), "644 opt/x/dos dos\nl opt/x/link -> run\n"
						"644 opt/x/plain plain\n755 opt/x/run run\n"
						"644 opt/x/sub/win win\n");
	files_remove(dir);
}

/* As bgzip, pixz and pzstd write them, and as bsdtar does on a Mac: what tar says is in them. */
Test(unpack_archive, streams_that_follow_each_other_and_attributes_are_read)
{
	static const char script[] =
		"import gzip, io, lzma, subprocess, sys, tarfile\n"
		"b = io.BytesIO(); t = tarfile.open(fileobj=b, mode='w', format=tarfile.PAX_FORMAT)\n"
		"i = tarfile.TarInfo('top/a'); i.size = 4\n"
		"i.pax_headers = {'LIBARCHIVE.xattr.com.apple.provenance': 'AQIA',\n"
		"                 'SCHILY.xattr.com.apple.provenance': 'x',\n"
		"                 'SCHILY.acl.access': 'user::rw-,group::r--,other::r--',\n"
		"                 'RHT.security.selinux': 'u:r:t:s0', 'SCHILY.fflags': 'nodump'}\n"
		"t.addfile(i, io.BytesIO(b'text')); t.close(); b = b.getvalue()\n"
		"def zstd(x): return subprocess.run(['zstd', '-qc'], input=x, capture_output=True).stdout\n"
		"def both(f, pad=b'', end=b''): return f(b[:700]) + pad + f(b[700:]) + end\n"
		"open(sys.argv[2], 'wb').write({\n"
		"  'gzip': lambda: both(gzip.compress, end=b'\\0' * 70000),\n"
		"  'xz': lambda: both(lzma.compress, b'\\0' * 8, b'\\0' * 4),\n"
		"  'zstd': lambda: both(zstd),\n"
		"  'pzstd': lambda: b'\\x57\\x2a\\x4d\\x18\\4\\0\\0\\0abcd'\n"
		"                   + both(zstd, end=b'\\x50\\x2a\\x4d\\x18\\0\\0\\0\\0'),\n"
		"  'none': lambda: b,\n"
		"}[sys.argv[1]]())\n";
	static const char *const forms[] = { "gzip", "xz", "zstd", "pzstd", "none" };
	static const struct unpacking how = { UNPACK_TAR, "/opt/x", 1, 0 };
	AUTO_ARENA a = { 0 };
	const char *dir = files_temporary(&a), *path = arena_printf(&a, "%s/x.tar", dir);

	oracle_need("python3");
	oracle_need("zstd");
	for (size_t i = 0; i < ARRAY_SIZE(forms); i++) {
		struct unpacking_run r;

		ORACLE(&a, "python3", "-c", script, forms[i], path);
		r = unpacking_run(&a, path, &how);
		cr_assert(r.ok, "%s: %s", forms[i], r.e.cause);
		cr_expect_str_eq(unpacking_listing(&r), "644 opt/x/a text\n");
	}
	files_remove(dir);
}

/* As packages of npm have them; tar reads them so, and of one file under two such names takes the
 * last. */
Test(unpack_archive, dots_and_slashes_of_names_are_passed_over)
{
	static const char script[] =
		"import io, sys, tarfile\n"
		"t = tarfile.open(sys.argv[1], 'w')\n"
		"for name in sys.argv[2:]:\n"
		"    i = tarfile.TarInfo('x'); i.name = name; i.size = len(name)\n"
		"    t.addfile(i, io.BytesIO(name.encode()))\n"
		"i = tarfile.TarInfo('top/twin'); i.type = tarfile.LNKTYPE\n"
		"i.linkname = 'top/.//a/./b'; t.addfile(i); t.close()\n";
	static const struct unpacking how = { UNPACK_NPM, "/x", 0, 0 };
	static const char *const files[] = { "a/b", "c", "twin" };
	AUTO_ARENA a = { 0 };
	const char *dir = files_temporary(&a), *path = arena_printf(&a, "%s/x.tar", dir);
	struct buf wanted = { .a = &a };
	struct unpacking_run r;

	oracle_need("python3");
	oracle_need("tar");
	ORACLE(&a, "python3", "-c", script, path, "top/a/b", "top/./a//b", ".//top/c");
	ORACLE(&a, "tar", "-C", dir, "-xf", path);
	for (size_t i = 0; i < ARRAY_SIZE(files); i++)
		buf_printf(&wanted, "644 x/top/%s %s\n", files[i],
			   ORACLE(&a, "cat", arena_printf(&a, "%s/top/%s", dir, files[i])).p);
	r = unpacking_run(&a, path, &how);
	cr_assert(r.ok, "%s", r.e.cause);
	cr_expect_str_eq(unpacking_listing(&r), buf_cstr(&wanted));
	files_remove(dir);
}

/* Each script writes the archive sys.argv[1]. */
static const struct {
	const char *name, *script;
	enum unpack_form form;
	uint64_t strip;
	const char *says;
} bad_archives[] = {
	{ "a name that leads out", "t.addfile(tarfile.TarInfo('a/../../x'))", UNPACK_TAR, 0,
	  "\"..\"" },
	{ "an absolute name", "t.addfile(tarfile.TarInfo('/etc/passwd'))", UNPACK_TAR, 0, "name" },
	{ "a setuid file", "i = tarfile.TarInfo('x'); i.mode = 0o4755; t.addfile(i)", UNPACK_TAR, 0,
	  "file: x is setuid or setgid, which a download may not bring" },
	{ "a device", "i = tarfile.TarInfo('x'); i.type = tarfile.CHRTYPE; t.addfile(i)",
	  UNPACK_TAR, 0, "a device or FIFO" },
	{ "one name twice", "t.addfile(tarfile.TarInfo('x')); t.addfile(tarfile.TarInfo('x'))",
	  UNPACK_TAR, 0, "x" },
	{ "two names that are one without their first part",
	  "t.addfile(tarfile.TarInfo('a/x')); t.addfile(tarfile.TarInfo('b/x'))", UNPACK_TAR, 1,
	  "file: /x is there twice" },
	{ "nothing below what is stripped", "t.addfile(tarfile.TarInfo('x'))", UNPACK_TAR, 2,
	  "file has no files below what \"strip\" takes away" },
	{ "a global header that names something",
	  "t.close(); t = tarfile.open(sys.argv[1], 'w', format=tarfile.PAX_FORMAT,"
	  " pax_headers={'path': 'y'}); t.addfile(tarfile.TarInfo('x'))",
	  UNPACK_TAR, 0, "a global extended header" },
	{ "bzip2", "t.close(); t = tarfile.open(sys.argv[1], 'w:bz2')", UNPACK_TAR, 0,
	  "file is compressed with bzip2, which is not supported; tar archives may be compressed "
	  "with gzip, xz or zstd" },
	{ "no archive at all", "t.close(); open(sys.argv[1], 'w').write('<html>' * 400)",
	  UNPACK_TAR, 0, "a wrong checksum (is it a tar archive?)" },
	{ "a program that is compressed alone",
	  "t.close(); import gzip; gzip.open(sys.argv[1], 'w').write(b'x' * 100)", UNPACK_TAR, 0,
	  "the stream ends in the middle of a block (is it a tar archive?)" },
	{ "a sparse file of GNU's form",
	  "i = tarfile.TarInfo('x'); i.type = tarfile.GNUTYPE_SPARSE; t.addfile(i)", UNPACK_TAR, 0,
	  "a sparse file, which is not taken: tar without --sparse packs it whole" },
	{ "a sparse file of POSIX's form",
	  "t.close(); t = tarfile.open(sys.argv[1], 'w', format=tarfile.PAX_FORMAT);"
	  "i = tarfile.TarInfo('x'); i.pax_headers = {'GNU.sparse.major': '1'}; t.addfile(i)",
	  UNPACK_TAR, 0, "a sparse file, which is not taken: tar without --sparse packs it whole" },
	{ "a capability",
	  "t.close(); t = tarfile.open(sys.argv[1], 'w', format=tarfile.PAX_FORMAT);"
	  "i = tarfile.TarInfo('x'); i.pax_headers = {'SCHILY.xattr.security.capability': '1'};"
	  "t.addfile(i)",
	  UNPACK_TAR, 0,
	  "an extended header with the keyword \"SCHILY.xattr.security.capability\", which is not "
	  "taken" },
	{ "bytes behind a stream",
	  "t.close(); import gzip; open(sys.argv[1], 'wb').write(gzip.compress(b'') + b'\\0\\0x')",
	  UNPACK_TAR, 0, "gzip stream: is followed by other bytes" },
	{ "an empty file", "t.close(); open(sys.argv[1], 'w')", UNPACK_TAR, 0, "file" },
	{ "a zip that is said to be a tar", "z().writestr('x', 'x')", UNPACK_TAR, 0,
	  "file is a zip archive: write \"unpack\": \"zip\"" },
	{ "a tar that is said to be a zip", "t.addfile(tarfile.TarInfo('x'))", UNPACK_ZIP, 0,
	  "file is not a zip archive" },
	{ "a zip's name that leads out", "z().writestr('../x', 'x')", UNPACK_ZIP, 0, "\"..\"" },
	{ "an absolute name of a zip", "z().writestr('/etc/x', 'x')", UNPACK_ZIP, 0,
	  "file: \"/etc/x\" is an absolute name" },
	{ "a setuid file of a zip",
	  "i = zipfile.ZipInfo('x'); i.external_attr = 0o104755 << 16; z().writestr(i, 'x')",
	  UNPACK_ZIP, 0, "file: x is setuid or setgid" },
	{ "a device of a zip",
	  "i = zipfile.ZipInfo('x'); i.external_attr = 0o020644 << 16; z().writestr(i, '')",
	  UNPACK_ZIP, 0, "file: x is not a file, folder or symlink" },
	{ "a symlink of a zip that leads nowhere",
	  "i = zipfile.ZipInfo('x'); i.external_attr = 0o120777 << 16; z().writestr(i, '')",
	  UNPACK_ZIP, 0, "file: the symlink x leads nowhere" },
	{ "a bomb", "z().writestr('x', b'\\0' * (66 << 20))", UNPACK_ZIP, 0, "file" },
};

Test(unpack_archive, F22_what_no_download_may_be_is_told)
{
	static const char frame[] =
		"import sys, tarfile, zipfile\n"
		"t = tarfile.open(sys.argv[1], 'w', format=tarfile.GNU_FORMAT)\n"
		"def z():\n"
		"  global t\n"
		"  t.close(); t = zipfile.ZipFile(sys.argv[1], 'w', zipfile.ZIP_DEFLATED)\n"
		"  return t\n"
		"%s\n"
		"t.close()\n";
	AUTO_ARENA a = { 0 };
	const char *dir = files_temporary(&a), *path = arena_printf(&a, "%s/x", dir);

	oracle_need("python3");
	for (size_t i = 0; i < ARRAY_SIZE(bad_archives); i++) {
		const struct unpacking how = { bad_archives[i].form, "/", bad_archives[i].strip,
					       0 };
		struct unpacking_run r;
		char text[sizeof(struct error) * 4];

		ORACLE(&a, "python3", "-c", arena_printf(&a, frame, bad_archives[i].script), path);
		r = unpacking_run(&a, path, &how);
		err_format(&r.e, text, sizeof(text));
		cr_expect(!r.ok && r.e.kind == ERR_INPUT && strstr(text, bad_archives[i].says),
			  "%s: %s", bad_archives[i].name, r.ok ? "was taken" : text);
	}
	files_remove(dir);
}
