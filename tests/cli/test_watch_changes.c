/* SPDX-License-Identifier: Apache-2.0 */
/* What --watch notices, with a build that only counts. */

#include <criterion/criterion.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/path.h"
#include "cli/watch.h"
#include "support/fixture_files.h"
#include "support/fixture_homestead.h"

#define RECIPE "recipes/app.json"
#define LOCK "recipes/app.lock.json"
#define TOOLCHAIN "recipes/toolchain/c.json"
#define SOON_MS 20000 /* beside other work */
#define NEVER_MS 1500 /* well above what a change takes to be noticed */

struct watch_scene {
	struct homestead h;
	struct progress progress;
	int builds[2]; /* a byte for each */
	pid_t pid;
	void (*first)(void); /* what happens during the first build */
	unsigned built;
	struct str lock; /* which the first build makes, if it is not there */
};

static void watch_scene_ignore(struct progress *p, const char *text)
{
	(void)p;
	(void)text;
}

/* In one step, by a name that no recipe reads: half a file would be a change of its own. */
static void watch_scene_put(const char *path, const char *text)
{
	files_put("half", text);
	cr_assert_eq(rename("half", path), 0, "%s", path);
}

static bool watch_scene_build(void *ctx, struct error *e)
{
	struct watch_scene *t = ctx;

	(void)e;
	if (t->built++ == 0 && t->first)
		t->first();
	if (access(LOCK, F_OK) < 0)
		files_put(LOCK, t->lock.p);
	return write(t->builds[1], "b", 1) == 1;
}

static void watch_scene_open(struct watch_scene *t)
{
	const char *toolchain;

	*t = (struct watch_scene){ .progress = { .note = watch_scene_ignore } };
	homestead_open(&t->h);
	toolchain = files_get(&t->h.depot.a, TOOLCHAIN);
	cr_assert_eq(chdir(t->h.dir), 0);
	files_put(TOOLCHAIN, toolchain);
	cr_assert_eq(pipe(t->builds), 0);
	files_put("prog/main.c", "int main(void) { return 0; }\n");
	files_put("code/main.c", "int main(void) { return 0; }\n");
	files_put("recipes/code.json",
		  "{ \"name\": \"code\", \"folder\": \"../code\", \"toolchain\": \"c\",\n"
		  "  \"steps\": [ { \"name\": \"x\", \"run\": [\"gcc\", \"main.c\"] } ],\n"
		  "  \"keep\": [\"/usr/bin/code\"] }\n");
	files_put(RECIPE, "{ \"name\": \"app\", \"archive\": \"debian13\",\n"
			  "  \"components\": [ { \"name\": \"code\", \"providers\": [\n"
			  "    { \"source\": \"code.json\" } ] } ],\n"
			  "  \"programs\": [ { \"source\": \"../prog\", \"toolchain\": \"c\",\n"
			  "    \"to\": \"/usr/bin/prog\" } ],\n"
			  "  \"files\": [ { \"from\": \"../rootfs\", \"to\": \"/\" } ],\n"
			  "  \"config\": { \"entrypoint\": [\"/usr/bin/prog\"] } }\n");
	t->lock = str_of(files_get(&t->h.depot.a, LOCK));
}

static void watch_scene_start(struct watch_scene *t)
{
	t->pid = fork();
	if (t->pid == 0) {
		const char *recipes[] = { RECIPE };
		struct build_order o = { .progress = &t->progress };
		struct error e = { 0 };
		AUTO_ARENA a = { 0 };

		*list_push(&a, &o.platforms) = platform_of_compilers();
		_exit(!watch_builds(&(struct watch){ .order = &o,
						     .recipes = &(struct strings){ recipes, 1, 1 },
						     .build = watch_scene_build,
						     .ctx = t },
				    &e));
	}
}

static bool watch_scene_builds(struct watch_scene *t, int ms)
{
	struct pollfd fd = { .fd = t->builds[0], .events = POLLIN };
	char byte;

	return poll(&fd, 1, ms) == 1 && read(fd.fd, &byte, 1) == 1;
}

static void watch_scene_close(struct watch_scene *t)
{
	kill(t->pid, SIGKILL);
	waitpid(t->pid, NULL, 0);
	close(t->builds[0]);
	close(t->builds[1]);
	homestead_close(&t->h);
}

/* Somebody who begins a file does it a while after the folder. */
Test(watch_changes, a_file_in_a_new_folder, .timeout = 300)
{
	static const struct {
		const char *folder, *file;
		bool itself; /* an empty folder is part of the image */
	} cases[] = {
		{ "code/new", "code/new/x.c", false },
		{ "prog/new", "prog/new/x.c", false },
		{ "rootfs/new", "rootfs/new/x", true },
		{ "code/new/deeper", "code/new/deeper/y.c", false },
		{ "code/other", "code/other/one/two/z.c", false },
	};
	struct error e = { 0 };
	struct watch_scene t;

	watch_scene_open(&t);
	cr_assert_eq(mkdir("code/before", 0755), 0);
	watch_scene_start(&t);
	cr_assert(watch_scene_builds(&t, SOON_MS));
	watch_scene_put("code/before/x.c", "int x;\n");
	cr_expect(watch_scene_builds(&t, SOON_MS), "a folder that was there, and empty");
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		cr_assert_eq(mkdir(cases[i].folder, 0755), 0);
		cr_expect_eq(watch_scene_builds(&t, cases[i].itself ? SOON_MS : NEVER_MS),
			     cases[i].itself, "%s", cases[i].folder);
		cr_assert(file_mkdirs(AT_FDCWD, path_dir(&t.h.depot.a, cases[i].file), &e));
		watch_scene_put(cases[i].file, "int x;\n");
		cr_expect(watch_scene_builds(&t, SOON_MS), "%s", cases[i].file);
	}
	cr_expect_not(watch_scene_builds(&t, NEVER_MS));
	watch_scene_close(&t);
}

static void watch_edit_source(void)
{
	watch_scene_put("code/main.c", "int main(void) { return 1; }\n");
}

static void watch_add_source(void)
{
	watch_scene_put("prog/more.c", "int more;\n");
}

/* Each is an image of its own, with files of its own. */
Test(watch_changes, a_file_of_a_variant, .timeout = 120)
{
	struct watch_scene t;
	const char *recipe;

	watch_scene_open(&t);
	files_put("more/etc/debug", "one\n");
	recipe = files_get(&t.h.depot.a, RECIPE);
	files_put(RECIPE, arena_printf(&t.h.depot.a,
				       "%.*s,\n  \"variants\": { \"debug\": { \"files\": [ { "
				       "\"from\": \"../more\", \"to\": \"/\" } ] } } }\n",
				       (int)(strrchr(recipe, '}') - recipe), recipe));
	watch_scene_start(&t);
	cr_assert(watch_scene_builds(&t, SOON_MS));
	watch_scene_put("more/etc/debug", "two\n");
	cr_expect(watch_scene_builds(&t, SOON_MS));
	cr_expect_not(watch_scene_builds(&t, NEVER_MS));
	watch_scene_close(&t);
}

/* Nobody knows which folders to watch as long as the recipe cannot be read. */
Test(watch_changes, what_could_not_be_read_is_put_right, .timeout = 120)
{
	struct watch_scene t;
	const char *right;

	watch_scene_open(&t);
	right = files_get(&t.h.depot.a, TOOLCHAIN);
	files_put(TOOLCHAIN, "{");
	watch_scene_start(&t);
	cr_assert(watch_scene_builds(&t, SOON_MS));
	cr_expect_not(watch_scene_builds(&t, 2 * NEVER_MS));
	watch_scene_put(TOOLCHAIN, right);
	cr_expect(watch_scene_builds(&t, SOON_MS));
	cr_expect_not(watch_scene_builds(&t, NEVER_MS));
	watch_scene_close(&t);
}

/* The first build of a recipe takes longest: its locks are made. */
Test(watch_changes, an_edit_while_the_first_build_makes_the_lock, .timeout = 120)
{
	void (*const edits[])(void) = { watch_edit_source, watch_add_source };

	for (size_t i = 0; i < ARRAY_SIZE(edits); i++) {
		struct watch_scene t;

		watch_scene_open(&t);
		t.first = edits[i];
		files_remove(LOCK);
		watch_scene_start(&t);
		cr_assert(watch_scene_builds(&t, SOON_MS));
		cr_expect(watch_scene_builds(&t, SOON_MS), "edit %zu was lost", i);
		cr_expect_not(watch_scene_builds(&t, NEVER_MS));
		watch_scene_close(&t);
	}
}

Test(watch_changes, a_lock_that_the_first_build_made_is_no_change, .timeout = 60)
{
	struct watch_scene t;

	watch_scene_open(&t);
	files_remove(LOCK);
	watch_scene_start(&t);
	cr_assert(watch_scene_builds(&t, SOON_MS));
	cr_expect_not(watch_scene_builds(&t, NEVER_MS));
	watch_scene_put(LOCK, "{}\n");
	cr_expect(watch_scene_builds(&t, SOON_MS), "somebody else changed it");
	watch_scene_close(&t);
}
