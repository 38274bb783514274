/* SPDX-License-Identifier: Apache-2.0 */
/* The folder that a build has left, and what the next one finds there. */

#include "make/compile/kept_tree.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "support/fixture_files.h"
#include "support/fixture_workshop.h"

#define RESULT "${destdir}/usr/bin/x"

struct kept_tree_scene {
	struct workshop w;
	const char *code;
	unsigned builds;
};

static void tree_scene_put(struct kept_tree_scene *t, const char *name, const char *text)
{
	files_put(arena_printf(&t->w.depot.a, "%s/%s", t->code, name), text);
}

static void tree_scene_open(struct kept_tree_scene *t)
{
	struct arena *a;

	*t = (struct kept_tree_scene){ .builds = 0 };
	workshop_open(&t->w);
	a = &t->w.depot.a;
	t->code = arena_printf(a, "%s/code", t->w.depot.dir);
	*list_push(a, &t->w.toolchain.launcher) = "ccache";
	*list_push(a, &t->w.source.keep) = (struct glob){ .text = "/usr/bin/x" };
	t->w.source.trees.n = 0;
	t->w.source.folder = t->w.source.repository = t->code;
	t->w.options.incremental = true;
	tree_scene_put(t, "main.c", "one");
	tree_scene_put(t, "sub/part.c", "part");
}

/* What the build writes; each build has another key. */
static const char *tree_scene_build(struct kept_tree_scene *t)
{
	struct fragment f;
	const char *text, *got;
	enum err_kind kind;

	tree_scene_put(t, "number", arena_printf(&t->w.depot.a, "%u", t->builds++));
	cr_assert(workshop_compile(&t->w, 1, &f, &text, &kind), "%s\n%s", text,
		  buf_cstr(&t->w.said));
	got = str_dup(&t->w.depot.a, workshop_file(&t->w, &f, "usr/bin/x"));
	fragment_close(&f);
	return got;
}

/* The one tree below the store. */
static const char *tree_scene_find(struct kept_tree_scene *t)
{
	struct arena *a = &t->w.depot.a;
	struct strings all = files_below(a, arena_printf(a, "%s/incremental", t->w.depot.path),
					 "main.c");

	cr_assert_eq(all.n, 1);
	return arena_strndup(a, all.v[0], strlen(all.v[0]) - strlen("/main.c"));
}

Test(kept_tree, what_a_build_adds_stays_and_what_changed_is_written_anew)
{
	struct kept_tree_scene t;
	struct stat same, again, changed;
	const char *tree;

	tree_scene_open(&t);
	WORKSHOP_STEP(&t.w, "object", "append", RESULT, "object");
	WORKSHOP_STEP(&t.w, "source", "append", RESULT, "main.c");
	WORKSHOP_STEP(&t.w, "compile", "args", "object", "made");
	cr_expect_str_eq(tree_scene_build(&t), "(missing)\none\n");
	tree = tree_scene_find(&t);
	cr_assert_eq(stat(arena_printf(&t.w.depot.a, "%s/sub/part.c", tree), &same), 0);
	cr_expect_str_eq(tree_scene_build(&t), "made\n\none\n");
	tree_scene_put(&t, "main.c", "two");
	cr_expect_str_eq(tree_scene_build(&t), "made\n\ntwo\n");
	cr_assert_eq(stat(arena_printf(&t.w.depot.a, "%s/sub/part.c", tree), &again), 0);
	cr_assert_eq(stat(arena_printf(&t.w.depot.a, "%s/main.c", tree), &changed), 0);
	cr_expect(same.st_mtim.tv_sec == again.st_mtim.tv_sec &&
		  same.st_mtim.tv_nsec == again.st_mtim.tv_nsec);
	cr_expect(changed.st_mtim.tv_sec > same.st_mtim.tv_sec ||
		  changed.st_mtim.tv_nsec > same.st_mtim.tv_nsec);
	workshop_close(&t.w);
}

/* Where a build was before, make and ninja know what did not change. */
Test(kept_tree, a_compiler_cache_serves_the_first_build_alone)
{
	struct kept_tree_scene t;

	tree_scene_open(&t);
	workshop_package(&t.w, "ccache", "launcher:t");
	WORKSHOP_STEP(&t.w, "see", "env", RESULT, "PATH", "CCACHE_DISABLE");
	cr_expect_str_eq(tree_scene_build(&t), "PATH=/usr/lib/ccache:/usr/sbin:/usr/bin\n"
					       "CCACHE_DISABLE=(unset)\n");
	cr_expect_str_eq(tree_scene_build(&t), "PATH=/usr/sbin:/usr/bin\nCCACHE_DISABLE=1\n");
	workshop_close(&t.w);
}

/* meson setup passes over other options where it was before. */
Test(kept_tree, what_is_compiled_otherwise_begins_anew)
{
	struct kept_tree_scene t;

	tree_scene_open(&t);
	WORKSHOP_STEP(&t.w, "object", "append", RESULT, "object");
	WORKSHOP_STEP(&t.w, "compile", "args", "object", "made");
	cr_expect_str_eq(tree_scene_build(&t), "(missing)\n");
	cr_expect_str_eq(tree_scene_build(&t), "made\n\n");
	*list_push(&t.w.depot.a, &t.w.source.env) = (struct variable){ "CFLAGS", "-O3" };
	cr_expect_str_eq(tree_scene_build(&t), "(missing)\n");
	cr_expect_str_eq(tree_scene_build(&t), "made\n\n");
	workshop_close(&t.w);
}

Test(kept_tree, a_file_that_is_gone_is_gone_there_and_may_become_a_folder)
{
	struct kept_tree_scene t;

	tree_scene_open(&t);
	tree_scene_put(&t, "extra", "extra");
	WORKSHOP_STEP(&t.w, "extra", "append", RESULT, "extra");
	WORKSHOP_STEP(&t.w, "below", "append", RESULT, "extra/below");
	cr_expect_str_eq(tree_scene_build(&t), "extra\n(missing)\n");
	files_remove(arena_printf(&t.w.depot.a, "%s/extra", t.code));
	cr_expect_str_eq(tree_scene_build(&t), "(missing)\n(missing)\n");
	tree_scene_put(&t, "extra/below", "below");
	cr_expect_str_eq(strrchr(tree_scene_build(&t), 'b'), "below\n");
	files_remove(arena_printf(&t.w.depot.a, "%s/extra", t.code));
	tree_scene_put(&t, "extra", "again");
	cr_expect_str_eq(tree_scene_build(&t), "again\n(missing)\n");
	workshop_close(&t.w);
}

Test(kept_tree, what_a_build_changes_of_its_sources_is_put_right)
{
	struct kept_tree_scene t;

	tree_scene_open(&t);
	WORKSHOP_STEP(&t.w, "source", "append", RESULT, "main.c");
	WORKSHOP_STEP(&t.w, "spoil", "args", "main.c", "spoiled");
	cr_expect_str_eq(tree_scene_build(&t), "one\n");
	cr_expect_str_eq(tree_scene_build(&t), "one\n");
	workshop_close(&t.w);
}

/* "mkdir build" the second time. */
Test(kept_tree, a_build_that_fails_there_is_tried_in_a_fresh_folder)
{
	struct kept_tree_scene t;

	tree_scene_open(&t);
	WORKSHOP_STEP(&t.w, "folder", "parts", "build", "1");
	WORKSHOP_STEP(&t.w, "source", "append", RESULT, "main.c");
	cr_expect_str_eq(tree_scene_build(&t), "one\n");
	t.w.said.n = 0;
	cr_expect_str_eq(tree_scene_build(&t), "one\n");
	cr_expect_null(strstr(buf_cstr(&t.w.said), "  | "), "the first try was shown: %s",
		       buf_cstr(&t.w.said));
	cr_expect_str_eq(tree_scene_build(&t), "one\n", "the folder was begun anew");
	workshop_close(&t.w);
}

Test(kept_tree, a_build_that_fails_in_both_is_told_once)
{
	struct kept_tree_scene t;
	struct fragment f;
	const char *text, *said, *first;
	enum err_kind kind;

	tree_scene_open(&t);
	WORKSHOP_STEP(&t.w, "source", "append", RESULT, "main.c");
	WORKSHOP_STEP(&t.w, "make", "need", "main.c");
	cr_expect_str_eq(tree_scene_build(&t), "one\n");
	files_remove(arena_printf(&t.w.depot.a, "%s/main.c", t.code));
	cr_assert_not(workshop_compile(&t.w, 1, &f, &text, &kind));
	cr_expect_eq(kind, ERR_INPUT);
	cr_expect(strstr(text, "step \"make\" failed with exit status 1"), "%s", text);
	said = buf_cstr(&t.w.said);
	first = strstr(said, "  | line 60\n");
	cr_assert(first, "%s", said);
	cr_expect_null(strstr(first + 1, "  | line 60\n"), "%s", said);
	workshop_close(&t.w);
}

/* Its compiler did not get to remove what it had begun to write. */
Test(kept_tree, what_a_killed_build_left_is_not_used)
{
	struct kept_tree_scene t;
	struct fragment f;
	const char *text;
	enum err_kind kind;

	tree_scene_open(&t);
	WORKSHOP_STEP(&t.w, "object", "append", RESULT, "object");
	WORKSHOP_STEP(&t.w, "compile", "args", "object", "half of it");
	WORKSHOP_STEP(&t.w, "write on", "hold", "slow");
	tree_scene_put(&t, "slow", "");
	t.w.source.limits.wall_seconds = 1;
	cr_assert_not(workshop_compile(&t.w, 1, &f, &text, &kind));
	cr_expect(strstr(text, "took longer than the 1 s"), "%s", text);
	files_remove(arena_printf(&t.w.depot.a, "%s/slow", t.code));
	t.w.source.limits.wall_seconds = 60;
	cr_expect_str_eq(tree_scene_build(&t), "(missing)\n");
	cr_expect_str_eq(tree_scene_build(&t), "half of it\n\n");
	workshop_close(&t.w);
}

/* What changes now would look older than the objects. */
Test(kept_tree, nothing_is_kept_of_a_build_that_ended_later_than_now)
{
	struct timespec later[2] = { { .tv_sec = time(NULL) + 3600 } };
	struct kept_tree_scene t;
	const char *notes;

	later[1] = later[0];
	tree_scene_open(&t);
	WORKSHOP_STEP(&t.w, "object", "append", RESULT, "object");
	WORKSHOP_STEP(&t.w, "compile", "args", "object", "made");
	cr_expect_str_eq(tree_scene_build(&t), "(missing)\n");
	notes = arena_printf(&t.w.depot.a, "%s/../files", tree_scene_find(&t));
	cr_assert_eq(utimensat(AT_FDCWD, notes, later, 0), 0);
	cr_expect_str_eq(tree_scene_build(&t), "(missing)\n");
	cr_expect_str_eq(tree_scene_build(&t), "made\n\n");
	workshop_close(&t.w);
}

Test(kept_tree, what_a_failed_build_left_is_used)
{
	struct kept_tree_scene t;
	struct fragment f;
	const char *text;
	enum err_kind kind;

	tree_scene_open(&t);
	WORKSHOP_STEP(&t.w, "object", "append", RESULT, "object");
	WORKSHOP_STEP(&t.w, "compile", "args", "object", "made");
	WORKSHOP_STEP(&t.w, "check", "need", "right.c");
	cr_assert_not(workshop_compile(&t.w, 1, &f, &text, &kind));
	cr_expect_eq(kind, ERR_INPUT);
	tree_scene_put(&t, "right.c", "");
	cr_expect_str_eq(tree_scene_build(&t), "made\n\n");
	workshop_close(&t.w);
}

/* A clean build has no folder that the source does not have. */
Test(kept_tree, folders_go_with_their_last_file)
{
	struct kept_tree_scene t;
	const char *tree, *sub;
	struct arena *a;

	tree_scene_open(&t);
	a = &t.w.depot.a;
	tree_scene_put(&t, "sub/deep/er.c", "deeper");
	WORKSHOP_STEP(&t.w, "source", "append", RESULT, "main.c");
	tree_scene_build(&t);
	tree = tree_scene_find(&t);
	sub = arena_printf(a, "%s/sub", tree);
	files_remove(arena_printf(a, "%s/sub/deep/er.c", t.code));
	tree_scene_build(&t);
	cr_expect_eq(access(arena_printf(a, "%s/deep", sub), F_OK), -1);
	cr_expect_eq(access(arena_printf(a, "%s/part.c", sub), F_OK), 0);
	files_put(arena_printf(a, "%s/object", sub), "of a build");
	files_remove(arena_printf(a, "%s/sub/part.c", t.code));
	tree_scene_build(&t);
	cr_expect_eq(access(arena_printf(a, "%s/object", sub), F_OK), 0, "it is not empty");
	workshop_close(&t.w);
}

/* "sed -i" has another inode; "touch -r" after a write in place has not. */
Test(kept_tree, what_hides_behind_its_old_times_is_put_right)
{
	struct kept_tree_scene t;
	struct stat before, after;
	const char *file, *part;

	tree_scene_open(&t);
	WORKSHOP_STEP(&t.w, "source", "append", RESULT, "main.c");
	cr_expect_str_eq(tree_scene_build(&t), "one\n");
	file = arena_printf(&t.w.depot.a, "%s/main.c", tree_scene_find(&t));
	part = arena_printf(&t.w.depot.a, "%s/sub/part.c", tree_scene_find(&t));
	cr_assert_eq(stat(file, &before), 0);
	files_put(file, "eno");
	cr_assert_eq(utimensat(AT_FDCWD, file,
			       (const struct timespec[]){ before.st_atim, before.st_mtim }, 0),
		     0);
	cr_assert_eq(stat(part, &before), 0);
	cr_assert_eq(chmod(part, 0755), 0);
	cr_expect_str_eq(tree_scene_build(&t), "one\n");
	cr_assert_eq(stat(part, &after), 0);
	cr_expect_eq(after.st_mode & 07777, 0644);
	cr_expect(after.st_mtim.tv_sec == before.st_mtim.tv_sec &&
			  after.st_mtim.tv_nsec == before.st_mtim.tv_nsec,
		  "what is made from it would be made again");
	workshop_close(&t.w);
}

/* What was in the sandbox may have left anything. */
Test(kept_tree, nothing_is_written_through_a_symlink)
{
	struct kept_tree_scene t;
	const char *outside, *sub;

	tree_scene_open(&t);
	WORKSHOP_STEP(&t.w, "part", "append", RESULT, "sub/part.c");
	cr_expect_str_eq(tree_scene_build(&t), "part\n");
	outside = arena_printf(&t.w.depot.a, "%s/outside", t.w.depot.dir);
	files_put(arena_printf(&t.w.depot.a, "%s/part.c", outside), "outside");
	sub = arena_printf(&t.w.depot.a, "%s/sub", tree_scene_find(&t));
	files_remove(sub);
	cr_assert_eq(symlink(outside, sub), 0);
	tree_scene_put(&t, "sub/part.c", "new part");
	cr_expect_str_eq(tree_scene_build(&t), "new part\n");
	cr_expect_str_eq(files_get(&t.w.depot.a, arena_printf(&t.w.depot.a, "%s/part.c", outside)),
			 "outside");
	workshop_close(&t.w);
}

Test(kept_tree, notes_that_cannot_be_read_count_for_nothing)
{
	static const char *const broken[] = { "1 2 3 4 value", "x 2 3 4 v\tmain.c\n", "1 2\n",
					      "\n" };

	for (size_t i = 0; i < ARRAY_SIZE(broken); i++) {
		struct kept_tree_scene t;
		const char *notes;

		tree_scene_open(&t);
		WORKSHOP_STEP(&t.w, "object", "append", RESULT, "object");
		WORKSHOP_STEP(&t.w, "compile", "args", "object", "made");
		tree_scene_build(&t);
		notes = arena_printf(&t.w.depot.a, "%s/../files", tree_scene_find(&t));
		files_put(notes, arena_printf(&t.w.depot.a, "%.65s%s",
					      files_get(&t.w.depot.a, notes), broken[i]));
		cr_expect_str_eq(tree_scene_build(&t), "(missing)\n", "%zu", i);
		workshop_close(&t.w);
	}
}

Test(kept_tree, names_that_are_no_line_and_a_build_that_has_it_lead_to_a_fresh_folder)
{
	struct kept_tree_scene t;
	const char *lock;
	AUTO_FD held = -1;

	tree_scene_open(&t);
	WORKSHOP_STEP(&t.w, "object", "append", RESULT, "object");
	WORKSHOP_STEP(&t.w, "compile", "args", "object", "made");
	cr_expect_str_eq(tree_scene_build(&t), "(missing)\n");
	cr_expect_str_eq(tree_scene_build(&t), "made\n\n");
	lock = arena_printf(&t.w.depot.a, "%s/../lock", tree_scene_find(&t));
	held = open(lock, O_RDONLY | O_CLOEXEC);
	cr_assert_eq(flock(held, LOCK_EX | LOCK_NB), 0);
	cr_expect_str_eq(tree_scene_build(&t), "(missing)\n");
	fd_closep(&held);
	tree_scene_put(&t, "a\nb", "");
	cr_expect_str_eq(tree_scene_build(&t), "(missing)\n");
	workshop_close(&t.w);
}

/* Who did not ask, and sources of which more is in the folder than the source's files. */
Test(kept_tree, it_serves_what_a_folder_alone_is_compiled_from)
{
	struct kept_tree_scene t;
	struct compile_request rq;

	tree_scene_open(&t);
	rq = (struct compile_request){ .lock = &t.w.lock,
				       .source = &t.w.source,
				       .options = &t.w.options };
	cr_expect(kept_tree_serves(&rq));
	rq.afresh = true;
	cr_expect_not(kept_tree_serves(&rq));
	rq.afresh = false;
	t.w.source.patches.n = 1;
	cr_expect_not(kept_tree_serves(&rq));
	t.w.source.patches.n = 0;
	t.w.source.folder = NULL;
	cr_expect_not(kept_tree_serves(&rq));
	t.w.source.folder = t.code;
	t.w.options.incremental = false;
	cr_expect_not(kept_tree_serves(&rq));
	workshop_close(&t.w);
}
