/* SPDX-License-Identifier: Apache-2.0 */
/* Wheels beside what pip makes of them: the wheel of pip that Debian ships, which has no native
 * code, and one made here that has everything a wheel may have. */

#include <criterion/criterion.h>
#include <fcntl.h>
#include <glob.h>
#include <unistd.h>

#include "base/file.h"
#include "base/path.h"
#include "make/unpack/unpack_archive.h"
#include "make/unpack/wheel_commands.h"
#include "support/fixture_files.h"
#include "support/fixture_oracle.h"

struct wheel_run {
	struct arena *a;
	const char *root; /* where the files are written to */
	struct buf content;
	struct fragment fragment;
	struct error e;
	bool ok;
};

static bool wheel_take(void *to, char kind, struct str payload, struct error *e)
{
	struct wheel_run *r = to;

	if (kind == UNPACKED_CONTENT)
		buf_add(&r->content, payload);
	return kind == UNPACKED_CONTENT || fragment_index_get(r->a, payload, &r->fragment, e);
}

/* Unpacks a wheel below r->root, without the jail. */
static void wheel_run(struct wheel_run *r, const char *path)
{
	static const struct unpacking how = { UNPACK_WHEEL,
					      "/usr/local/lib/python3.13/dist-packages", 0, 0 };
	struct buf frames = { .a = r->a };
	struct unpack_archive x = { .name = path_base(path), .how = &how, .machine = "x86_64" };
	struct str_source from;
	struct buf_sink to;

	r->content.a = r->a;
	x.fd = open(path, O_RDONLY | O_CLOEXEC);
	cr_assert(x.fd >= 0, "%s", path);
	x.size = (uint64_t)lseek(x.fd, 0, SEEK_END);
	buf_sink_init(&to, &frames, "frames");
	r->ok = unpack_archive_read(&x, &to.base, &r->e);
	close(x.fd);
	if (!r->ok)
		return;
	str_source_init(&from, buf_str(&frames), "frames");
	cr_assert(frames_each(&from.base, UNPACKED_KINDS, 1u << 28, wheel_take, r, &r->e));
	for (size_t i = 0; i < r->fragment.nodes.n; i++) {
		const struct node *n = &r->fragment.nodes.v[i];
		struct error e = { 0 };

		path = arena_printf(r->a, "%s/%s", r->root, n->path);
		cr_assert(file_mkdirs(AT_FDCWD, path_dir(r->a, path), &e));
		cr_assert(file_write_path(path, n->mode,
					  (struct str){ r->content.p + n->content.offset,
							(size_t)n->content.size },
					  &e));
	}
}

/* The wheel of pip itself, as Debian's python3-pip-whl has it, which is also a pip to run. */
static const char *wheel_of_pip(struct arena *a)
{
	const char *path = NULL;
	glob_t found;

	if (glob("/usr/share/python-wheels/pip-*.whl", 0, NULL, &found) == 0)
		path = arena_strdup(a, found.gl_pathv[0]);
	globfree(&found);
	if (!path)
		cr_skip_test("python3-pip-whl is not installed");
	return path;
}

/* Compares two folders: the same files, executable or not, and contents, but for what must differ.
 * pip's own programs begin with another interpreter and strip ".exe", its RECORD has the digests of
 * these. */
static const char wheel_compare[] =
	"import os, sys, csv\n"
	"ours, pips = sys.argv[1:3]\n"
	"def files(root):\n"
	"  return {os.path.relpath(os.path.join(d, f), root) for d, _, fs in os.walk(root)"
	" for f in fs}\n"
	"a, b = files(ours), files(pips)\n"
	"skip = lambda p: p.endswith(('/REQUESTED', '/direct_url.json', '/headers/demo.h'))\n"
	"b = {p for p in b if not skip(p)}\n"
	"assert a == b, (sorted(a - b)[:5], sorted(b - a)[:5])\n"
	"for p in sorted(a):\n"
	"  x, y = os.path.join(ours, p), os.path.join(pips, p)\n"
	"  assert os.access(x, os.X_OK) == os.access(y, os.X_OK), p\n"
	"  if p.endswith('/INSTALLER'): continue\n"
	"  s, t = open(x, 'rb').read(), open(y, 'rb').read()\n"
	"  if p.endswith('.dist-info/RECORD'):\n"
	"    names = lambda f: {r[0] for r in csv.reader(open(f, newline='')) if not skip(r[0])}\n"
	"    assert names(x) == names(y), names(x) ^ names(y)\n"
	"    for name, digest, size in csv.reader(open(x, newline='')):\n"
	"      import base64, hashlib\n"
	"      f = os.path.join(os.path.dirname(os.path.dirname(x)), name)\n"
	"      if digest:\n"
	"        d = hashlib.sha256(open(f, 'rb').read()).digest()\n"
	"        assert digest == 'sha256=' + base64.urlsafe_b64encode(d).decode().rstrip('='), f\n"
	"        assert int(size) == os.path.getsize(f), f\n"
	"    continue\n"
	"  if '/bin/' in p:\n"
	"    assert s.startswith(b'#!/usr/bin/python3\\n'), s\n"
	"    imports = lambda t: [l for l in t.split(b'\\n') if l.startswith((b'from ', b'print'))]\n"
	"    assert imports(s) == imports(t), (s, t)\n"
	"    continue\n"
	"  assert s == t, p\n"
	"print(len(a))\n";

/* Where pip installs as root of Debian's Python 3.13: everything below "usr/local". */
static void wheel_compare_with_pip(struct arena *a, const char *wheel)
{
	const char *dir = files_temporary(a), *pips = arena_printf(a, "%s/pip", dir);
	struct wheel_run r = { .a = a, .root = arena_printf(a, "%s/ours", dir) };
	static const char install[] =
		"import sys; sys.path.insert(0, sys.argv[1])\n"
		"import pip._internal.locations as l\n"
		"import pip._internal.operations.install.wheel as w\n"
		"from pip._internal.models.scheme import Scheme\n"
		"root = sys.argv[3] + '/usr/local'\n"
		"lib = root + '/lib/python3.13/dist-packages'\n"
		"scheme = Scheme(platlib=lib, purelib=lib, headers=sys.argv[3] + '/headers',"
		" scripts=root + '/bin', data=root)\n"
		"w.install_wheel(sys.argv[4], sys.argv[2], scheme, 'x', pycompile=False)\n"
		"import shutil; shutil.rmtree(sys.argv[3] + '/headers', True)\n";
	static const char name[] =
		"import os, sys; print(os.path.basename(sys.argv[1]).split('-')[0], end='')";

	ORACLE(a, "python3", "-c", install, wheel_of_pip(a), wheel, pips,
	       ORACLE(a, "python3", "-c", name, wheel).p);
	wheel_run(&r, wheel);
	cr_assert(r.ok, "%s", r.e.cause);
	cr_expect(atoi(ORACLE(a, "python3", "-c", wheel_compare, r.root, pips).p) > 5);
	files_remove(dir);
}

Test(wheel, the_wheel_of_pip_is_installed_as_pip_does_it)
{
	AUTO_ARENA a = { 0 };

	oracle_need("python3");
	wheel_compare_with_pip(&a, wheel_of_pip(&a));
}

/* Makes sys.argv[1]; `more` is Python that puts members or changes the texts. */
#define MAKE_WHEEL                                                                                   \
	"import sys, zipfile\n"                                                                      \
	"wheel = 'Wheel-Version: 1.0\\nRoot-Is-Purelib: false\\nTag: cp313-cp313-linux_x86_64\\n'\n" \
	"points = '[console_scripts]\\nmy-tool = demo.cli:main\\n# a comment\\n'\\\n"                \
	"  'other=demo.cli:App.run [extra]\\n\\n[gui_scripts]\\ng = demo:g\\n[x]\\nbad line\\n'\n"   \
	"info = 'demo-1.0.dist-info/'\n"                                                             \
	"z = zipfile.ZipFile(sys.argv[1], 'w', zipfile.ZIP_DEFLATED)\n"                              \
	"def put(name, text, mode=0o100644):\n"                                                      \
	"  i = zipfile.ZipInfo(name); i.create_system = 3; i.external_attr = mode << 16\n"           \
	"  z.writestr(i, text)\n"                                                                    \
	"%s\n"                                                                                       \
	"put(info + 'WHEEL', wheel)\n"                                                               \
	"put(info + 'METADATA', 'Metadata-Version: 2.1\\nName: demo\\nVersion: 1.0\\n')\n"           \
	"put(info + 'RECORD', '')\n"                                                                 \
	"put(info + 'entry_points.txt', points)\n"                                                   \
	"z.close()\n"

static const char *wheel_make(struct arena *a, const char *dir, const char *more)
{
	const char *path = arena_printf(a, "%s/demo-1.0-cp313-cp313-linux_x86_64.whl", dir);

	oracle_need("python3");
	ORACLE(a, "python3", "-c", arena_printf(a, MAKE_WHEEL, more), path);
	return path;
}

Test(wheel, everything_that_a_wheel_may_have_goes_where_pip_puts_it)
{
	AUTO_ARENA a = { 0 };
	const char *dir = files_temporary(&a);

	wheel_compare_with_pip(
		&a, wheel_make(&a, dir,
			       "points = points.replace('[x]\\nbad line\\n', '')\n"
			       "put('demo/__init__.py', 'x = 1\\n')\n"
			       "put('demo/cli.py', 'def main(): pass\\n')\n"
			       "put('demo/a, \"b\".txt', 'odd name')\n"
			       "put('demo/helper', 'x', 0o100755)\n"
			       "d = 'demo-1.0.data/'\n"
			       "put(d + 'purelib/demo/pure.py', 'y = 1\\n')\n"
			       "put(d + 'platlib/demo/_native.so', 'no ELF file')\n"
			       "put(d + 'scripts/old', '#!python\\nprint(1)\\n', 0o100755)\n"
			       "put(d + 'data/share/demo/data.txt', 'data')\n"
			       "put(d + 'headers/demo.h', 'left out')\n"
			       "put(info + 'RECORD.jws', '{}')\n"));
	files_remove(dir);
}

Test(wheel, F22_what_is_no_wheel_is_told)
{
	static const struct {
		const char *more, *says;
	} cases[] = {
		{ "wheel = wheel.replace('1.0', '2.0')",
		  "has wheel format 2.0, which is not known" },
		{ "wheel = ''", "is not a wheel: its WHEEL names no Wheel-Version" },
		{ "info = 'demo/'",
		  "is not a wheel: it has no .dist-info with WHEEL and METADATA" },
		{ "put('other-1.dist-info/WHEEL', '')",
		  "is not a wheel: it has two .dist-info folders" },
		{ "put('demo-1.0.data/x', '')",
		  "is not a wheel: a file stands directly in its .data" },
		{ "put('demo-1.0.data/etc/x', '')", "the scheme \"etc\" of demo-1.0.data/etc/x" },
		{ "put('../x', '')", "../x" },
		{ "wheel = wheel.replace('Tag', 'Tog')", "is not a wheel: its WHEEL names no Tag" },
		{ "wheel = wheel.replace('313', '312')",
		  "demo-1.0-cp313-cp313-linux_x86_64.whl is for cp312-cp312-linux_x86_64, and not for "
		  "CPython 3.13 on x86_64 with glibc 2.41" },
		{ "wheel = wheel.replace('x86_64', 'aarch64') + 'Tag: cp313-cp313-win_amd64\\n'",
		  "is for cp313-cp313-linux_aarch64, cp313-cp313-win_amd64, and not for" },
		{ "points = '[console_scripts]\\nx\\n'",
		  "entry_points.txt: \"x\" is not an entry point" },
		{ "points = '[console_scripts]\\n../x = a:b\\n'",
		  "\"../x\" is not a name for a command" },
		{ "points = '[console_scripts]\\nx = os;f:b\\n'",
		  "the command x needs \"module:function\", and has \"os;f:b\"" },
		{ "points = '[console_scripts]\\nx = a\\n'", "and has \"a\"" },
		{ "put('demo/x', ''); put('demo-1.0.data/purelib/demo/x', '')", "is there twice" },
	};
	AUTO_ARENA a = { 0 };
	const char *dir = files_temporary(&a);

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct wheel_run r = { .a = &a, .root = dir };
		char text[sizeof(struct error) * 4];

		wheel_run(&r, wheel_make(&a, dir, cases[i].more));
		err_format(&r.e, text, sizeof(text));
		cr_expect(!r.ok && r.e.kind == ERR_INPUT && strstr(text, cases[i].says), "%s: %s",
			  cases[i].more, r.ok ? "was taken" : text);
	}
	files_remove(dir);
}

/* The program does what the entry point says. */
Test(wheel, a_command_runs_the_function_and_gives_its_status)
{
	AUTO_ARENA a = { 0 };
	const char *dir = files_temporary(&a), *program = arena_printf(&a, "%s/run", dir);
	struct entry_commands all = { 0 };
	struct error e = { 0 };
	struct oracle_run r;

	oracle_need("python3");
	files_put(arena_printf(&a, "%s/demo/cli.py", dir),
		  "import sys\nclass App:\n  @staticmethod\n  def run():\n"
		  "    print(sys.argv[1:])\n    return 7\n");
	cr_assert(commands_read(&a, STR("[console_scripts]\nrun = demo.cli:App.run\n"), &all, &e));
	files_put(program, command_text(&a, "/usr/bin/env python3", &all.v[0]).p);
	ORACLE(&a, "chmod", "755", program);
	r = oracle_run(&a, (const char *const[]){ "env", arena_printf(&a, "PYTHONPATH=%s", dir),
						  program, "a", "b", NULL });
	cr_expect_eq(r.status, 7, "%s", r.err.p);
	cr_expect_str_eq(r.out.p, "['a', 'b']\n");
	files_remove(dir);
}
