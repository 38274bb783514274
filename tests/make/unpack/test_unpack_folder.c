/* SPDX-License-Identifier: Apache-2.0 */
/* Wheels into one folder. */

#include <criterion/criterion.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "make/unpack/unpack_folder.h"
#include "support/fixture_files.h"
#include "support/fixture_oracle.h"
#include "support/fixture_workshop.h"

/* A wheel with tests/__init__.py of this text. */
static const char folder_wheel[] =
	"import sys, zipfile\n"
	"name, text, path = sys.argv[1:]\n"
	"with zipfile.ZipFile(path, 'w') as z:\n"
	"    z.writestr('tests/__init__.py', text)\n"
	"    z.writestr(name + '.py', '')\n"
	"    z.writestr(name + '-1.dist-info/METADATA', 'Name: %s\\nVersion: 1\\n' % name)\n"
	"    z.writestr(name + '-1.dist-info/WHEEL',\n"
	"               'Wheel-Version: 1.0\\nTag: py3-none-any\\n')\n";

static bool folder_take_wheel(struct workshop *w, const char *name, const char *text, int dir,
			      struct error *e)
{
	static const struct unpacking how = { UNPACK_WHEEL, "/lib", 0, 0 };
	struct arena *a = &w->depot.a;
	const char *path = arena_printf(a, "%s/%s.whl", w->depot.dir, name);
	struct compile_request rq = { .store = &w->depot.store,
				      .lock = &w->lock,
				      .source = &w->source,
				      .progress = &w->progress };
	struct locked_file file = { .name = arena_printf(a, "%s-1-py3-none-any.whl", name) };
	AUTO_PUT put = STORE_PUT_INIT;
	struct str bytes;

	ORACLE(a, "python3", "-c", folder_wheel, name, text, path);
	cr_assert(io_read_file(a, AT_FDCWD, path, 1u << 20, &bytes, e), "%s", e->cause);
	file.size = bytes.n;
	file.path = file.name;
	return store_put_begin(&w->depot.store, &put, name, e) &&
	       put.sink.base.write(&put.sink.base, bytes, e) &&
	       store_put_commit(&put, NULL, &file.sha256, &file.size, e) &&
	       unpack_folder(&rq, &file, &how, dir, e);
}

/* pip installs "a" after "b", if neither needs the other: its file is the one that stays. */
Test(unpack_folder, a_file_of_two_wheels_stays_as_it_is)
{
	struct workshop w;
	struct error e = { 0 };
	const char *dir;
	int fd;

	oracle_need("python3");
	workshop_open(&w);
	dir = arena_printf(&w.depot.a, "%s/out", w.depot.dir);
	cr_assert_eq(mkdir(dir, 0755), 0);
	fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	cr_assert(folder_take_wheel(&w, "a", "first", fd, &e), "%s", e.cause);
	cr_assert(folder_take_wheel(&w, "b", "first", fd, &e), "%s", e.cause);
	cr_expect_eq(w.said.n, 0, "%s", buf_cstr(&w.said));
	cr_assert(folder_take_wheel(&w, "c", "other", fd, &e), "%s", e.cause);
	cr_expect_str_eq(buf_cstr(&w.said),
			 "c-1-py3-none-any.whl: /lib/tests/__init__.py is in another wheel, too, "
			 "and is not the same there: that of the other one stays\n");
	cr_expect_str_eq(files_get(&w.depot.a,
				   arena_printf(&w.depot.a, "%s/lib/tests/__init__.py", dir)),
			 "first");
	close(fd);
	workshop_close(&w);
}
