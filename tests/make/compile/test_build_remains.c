/* SPDX-License-Identifier: Apache-2.0 */
/* What a build that failed leaves for who mends its recipe. */

#include "make/compile/build_remains.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <unistd.h>

#include "base/file.h"
#include "support/fixture_files.h"
#include "support/fixture_workshop.h"

static void remains_begin(struct workshop *w, struct build_remains *r)
{
	workshop_open(w);
	*r = (struct build_remains)BUILD_REMAINS_INIT(&w->depot.a);
	w->options.remains = r;
	*list_push(&w->depot.a, &w->source.keep) = (struct glob){ .text = "/usr/bin/x" };
}

Test(build_remains, a_step_that_failed_is_told_to_who_asks)
{
	struct build_remains r;
	struct workshop w;
	struct fragment f;
	enum err_kind kind;
	const char *text;

	remains_begin(&w, &r);
	WORKSHOP_STEP(&w, "build", "args", "x", "y");
	WORKSHOP_STEP(&w, "make", "fail", "7", "sh: 1: flex: not found");
	cr_assert_not(workshop_compile(&w, 1, &f, &text, &kind));
	cr_expect_str_eq(r.step, "make");
	cr_expect(str_ends(r.log, STR("line 60\nsh: 1: flex: not found\n")), STR_FMT,
		  STR_ARG(r.log));
	cr_assert(r.told.n > 2);
	cr_expect_str_eq(r.told.v[r.told.n - 2], "  | sh: 1: flex: not found");
	cr_expect(strstr(r.told.v[r.told.n - 1], "did not find the program flex"));
	cr_expect_not(strstr(buf_cstr(&w.said), "flex"), "%s", buf_cstr(&w.said));
	cr_expect_eq(r.built.n, 0);
	workshop_close(&w);
}

#define LINES 20000

static void *remains_say(void *ctx)
{
	for (size_t i = 0; i < LINES; i++)
		build_remains_tell(ctx, "a line");
	return NULL;
}

/* Sources are compiled beside each other. */
Test(build_remains, any_thread_may_tell)
{
	AUTO_ARENA a = { 0 };
	struct build_remains r = BUILD_REMAINS_INIT(&a);
	pthread_t other;

	cr_assert_eq(pthread_create(&other, NULL, remains_say, &r), 0);
	remains_say(&r);
	cr_assert_eq(pthread_join(other, NULL), 0);
	cr_assert_eq(r.told.n, 2 * LINES);
	list_each(x, &r.told)
		cr_assert_str_eq(*x, "a line");
}

Test(build_remains, what_is_kept_and_not_there_is_no_step_that_failed)
{
	struct build_remains r;
	struct workshop w;
	struct fragment f;
	enum err_kind kind;
	const char *text;

	remains_begin(&w, &r);
	WORKSHOP_STEP(&w, "install", "args", "/build/out/usr/bin/y", "z");
	cr_assert_not(workshop_compile(&w, 1, &f, &text, &kind));
	cr_expect(strstr(text, "installed no /usr/bin/x"), "%s", text);
	cr_expect_str_eq(r.step, "");
	workshop_close(&w);
}

static void remains_write(struct arena *a, const char *dir, const char *name, struct str text,
			  unsigned mode)
{
	const char *path = arena_printf(a, "%s/%s", dir, name);

	struct error e = { 0 };

	files_put(path, "");
	cr_assert(file_write_path(path, mode, text, &e), "%s", e.cause);
}

/* Any program of this machine will do; a library and an object are none. */
Test(build_remains, programs_are_found_by_their_bytes)
{
	AUTO_ARENA a = { 0 };
	struct build_remains r = BUILD_REMAINS_INIT(&a);
	const char *dir = files_temporary(&a);
	AUTO_FD fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct error e = { 0 };
	struct str program;

	cr_assert(io_read_file(&a, AT_FDCWD, "/proc/self/exe", SIZE_MAX, &program, &e));
	remains_write(&a, dir, "src/b/app", program, 0755);
	remains_write(&a, dir, "src/data", program, 0644);
	remains_write(&a, dir, "src/libx.so.1", program, 0755);
	remains_write(&a, dir, "src/script", STR("#!/bin/sh\n"), 0755);
	remains_write(&a, dir, "src/short", str_from((struct str){ program.p, 20 }, 0), 0755);
	remains_write(&a, dir, "out/usr/bin/tool", program, 0755);
	cr_assert_eq(symlink("b/app", arena_printf(&a, "%s/src/link", dir)), 0);
	cr_assert_eq(symlink("b", arena_printf(&a, "%s/src/folder", dir)), 0);
	build_remains_take(&r, fd, "/nonexistent");
	cr_expect_str_eq(strings_join(&a, &r.built, " "), "b/app");
	cr_expect_str_eq(strings_join(&a, &r.installed, " "), "usr/bin/tool");
	cr_expect_str_eq(r.step, "");
	files_remove(dir);
}
