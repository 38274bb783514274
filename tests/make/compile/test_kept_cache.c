/* SPDX-License-Identifier: Apache-2.0 */
/* What go and cargo are told by the times of files. */

#include "make/compile/kept_cache.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "make/compile/incremental.h"
#include "support/fixture_files.h"
#include "support/fixture_workshop.h"

struct kept_cache_scene {
	struct workshop w;
	struct compile_request rq;
	const char *code;
	struct source_files files;
	struct kept_cache cache;
};

static void cache_scene_open(struct kept_cache_scene *t, const char *variable)
{
	*t = (struct kept_cache_scene){ .cache = KEPT_CACHE_INIT };
	workshop_open(&t->w);
	t->code = arena_printf(&t->w.depot.a, "%s/code", t->w.depot.dir);
	*list_push(&t->w.depot.a, &t->w.toolchain.env) = (struct variable){ variable, "/x" };
	t->w.source.folder = t->w.source.repository = t->code;
	t->w.options.incremental = true;
	t->rq = (struct compile_request){ .store = &t->w.depot.store,
					  .lock = &t->w.lock,
					  .source = &t->w.source,
					  .options = &t->w.options };
	files_put(arena_printf(&t->w.depot.a, "%s/a", t->code), "one");
	files_put(arena_printf(&t->w.depot.a, "%s/b", t->code), "two");
}

/* Another content, with the times that the file had. */
static void cache_scene_rewrite(struct kept_cache_scene *t, const char *name, const char *text)
{
	const char *path = arena_printf(&t->w.depot.a, "%s/%s", t->code, name);
	struct timespec times[2];
	struct stat st;

	cr_assert_eq(stat(path, &st), 0);
	files_put(path, text);
	times[0] = st.st_atim;
	times[1] = st.st_mtim;
	cr_assert_eq(utimensat(AT_FDCWD, path, times, 0), 0);
}

/* The time that the file of this name gets in the next build. */
static struct timespec cache_scene_time(struct kept_cache_scene *t, const char *name)
{
	struct arena *a = &t->w.depot.a;
	struct error e = { 0 };

	kept_cache_close(&t->cache);
	t->cache = (struct kept_cache)KEPT_CACHE_INIT;
	t->files = (struct source_files){ .v = NULL };
	cr_assert(source_folder_list(a, &t->w.source, &t->files, &e) &&
			  kept_cache_open(a, &t->rq, &t->files, &t->cache, &e),
		  "%s", e.cause);
	cr_assert(t->cache.place.ours && t->cache.times);
	for (size_t i = 0; i < t->files.n; i++) {
		if (strcmp(t->files.v[i].name, name) == 0)
			return t->cache.times[i];
	}
	cr_assert(false, "%s is not listed", name);
	return (struct timespec){ 0, 0 };
}

static void cache_scene_close(struct kept_cache_scene *t)
{
	kept_cache_close(&t->cache);
	workshop_close(&t->w);
}

static int cache_order(struct timespec x, struct timespec y)
{
	if (x.tv_sec != y.tv_sec)
		return x.tv_sec < y.tv_sec ? -1 : 1;
	return (x.tv_nsec > y.tv_nsec) - (x.tv_nsec < y.tv_nsec);
}

Test(kept_cache, cargo_is_told_what_changed_since_its_last_build)
{
	struct kept_cache_scene t;
	struct timespec first, now, second, again;

	cache_scene_open(&t, "CARGO_HOME");
	first = cache_scene_time(&t, "a");
	clock_gettime(CLOCK_REALTIME, &now);
	cr_expect_eq(cache_order(cache_scene_time(&t, "a"), first), 0);
	cache_scene_rewrite(&t, "a", "eno");
	second = cache_scene_time(&t, "a");
	cr_expect_gt(cache_order(second, now), 0, "it is older than what was made of it");
	cr_expect_eq(cache_order(cache_scene_time(&t, "b"), first), 0);
	clock_gettime(CLOCK_REALTIME, &now);
	cache_scene_rewrite(&t, "a", "one");
	again = cache_scene_time(&t, "a");
	cr_expect_gt(cache_order(again, now), 0, "an earlier state is no older");
	cache_scene_close(&t);
}

/* stat(2) follows it, to a file that is as old as before. */
Test(kept_cache, cargo_is_told_that_a_symlink_leads_elsewhere)
{
	struct kept_cache_scene t;
	struct timespec first, now;
	const char *link;

	cache_scene_open(&t, "CARGO_HOME");
	link = arena_printf(&t.w.depot.a, "%s/link", t.code);
	cr_assert_eq(symlink("a", link), 0);
	first = cache_scene_time(&t, "b");
	cr_expect_eq(cache_order(cache_scene_time(&t, "b"), first), 0);
	clock_gettime(CLOCK_REALTIME, &now);
	cr_assert(unlink(link) == 0 && symlink("b", link) == 0);
	cr_expect_gt(cache_order(cache_scene_time(&t, "b"), now), 0);
	cache_scene_close(&t);
}

Test(kept_cache, go_is_told_each_content_by_a_time_of_its_own)
{
	struct kept_cache_scene t;
	struct timespec first, second, now;

	cache_scene_open(&t, "GOCACHE");
	first = cache_scene_time(&t, "a");
	clock_gettime(CLOCK_REALTIME, &now);
	cr_expect_gt(now.tv_sec - first.tv_sec, 2, "go believes nothing of a file this young");
	cache_scene_rewrite(&t, "a", "eno");
	second = cache_scene_time(&t, "a");
	cr_expect_neq(cache_order(first, second), 0);
	cache_scene_rewrite(&t, "a", "one");
	cr_expect_eq(cache_order(cache_scene_time(&t, "a"), first), 0);
	cache_scene_close(&t);
}

Test(kept_cache, files_have_these_times_in_the_sandbox)
{
	struct kept_cache_scene t;
	struct timespec want;
	const char *to;
	struct error e = { 0 };
	struct stat st;
	AUTO_FD dir = -1;

	cache_scene_open(&t, "GOCACHE");
	want = cache_scene_time(&t, "a");
	to = files_temporary(&t.w.depot.a);
	dir = file_open_dir(AT_FDCWD, to, &e);
	cr_assert(source_folder_copy(&t.files, dir, t.cache.times, &e), "%s", e.cause);
	cr_assert_eq(fstatat(dir, "a", &st, 0), 0);
	cr_expect_eq(cache_order(st.st_mtim, want), 0);
	files_remove(to);
	cache_scene_close(&t);
}

Test(kept_cache, a_cache_belongs_to_one_toolchain)
{
	struct kept_cache_scene t;
	const char *folder, *object;
	struct error e = { 0 };

	cache_scene_open(&t, "CARGO_HOME");
	cache_scene_time(&t, "a");
	cr_assert(incremental_folder(&t.w.depot.a, &t.rq, "", &folder, &e));
	object = arena_printf(&t.w.depot.a, "%s/target/object", folder);
	files_put(object, "made");
	cache_scene_time(&t, "a");
	cr_expect_eq(access(object, F_OK), 0);
	workshop_package(&t.w, "library", "toolchain:t");
	cache_scene_time(&t, "a");
	cr_expect_eq(access(object, F_OK), -1, "it was made with other libraries");
	cache_scene_close(&t);
}

/* A machine that wakes up with the wrong time, and is told the right one. */
Test(kept_cache, nothing_is_kept_of_a_build_that_ended_later_than_now)
{
	struct timespec later[2] = { { .tv_sec = time(NULL) + 3600 } };
	struct kept_cache_scene t;
	const char *folder, *object;
	struct error e = { 0 };

	later[1] = later[0];
	cache_scene_open(&t, "CARGO_HOME");
	cache_scene_time(&t, "a");
	cr_assert(incremental_folder(&t.w.depot.a, &t.rq, "", &folder, &e));
	object = arena_printf(&t.w.depot.a, "%s/target/object", folder);
	files_put(object, "made");
	kept_cache_close(&t.cache);
	cr_assert_eq(utimensat(AT_FDCWD, arena_printf(&t.w.depot.a, "%s/files", t.cache.place.path),
			       later, 0),
		     0);
	t.cache = (struct kept_cache)KEPT_CACHE_INIT;
	cache_scene_time(&t, "a");
	cr_expect_eq(access(object, F_OK), -1);
	files_put(object, "made");
	cache_scene_time(&t, "a");
	cr_expect_eq(access(object, F_OK), 0);
	cache_scene_close(&t);
}

Test(kept_cache, a_cache_belongs_to_one_build_at_a_time)
{
	struct kept_cache_scene t;
	AUTO_KEPT_CACHE second = KEPT_CACHE_INIT;
	struct error e = { 0 };
	struct sandbox box = { .kept = NULL };

	cache_scene_open(&t, "CARGO_HOME");
	cache_scene_time(&t, "a");
	cr_assert(kept_cache_open(&t.w.depot.a, &t.rq, &t.files, &second, &e), "%s", e.cause);
	cr_expect_not(second.place.ours);
	cr_expect_null(second.times);
	cr_assert(incremental_enter(&t.w.depot.a, &t.rq, -1, second.place.ours, &box, &e));
	cr_expect_null(box.kept, "without it the build is one from nothing");
	cache_scene_close(&t);
}

Test(kept_cache, notes_that_cannot_be_read_count_for_nothing)
{
	static const char *const broken[] = { "1 2 value", "x 2 v\ta\n", "1\n", "" };

	for (size_t i = 0; i < sizeof(broken) / sizeof(*broken); i++) {
		struct kept_cache_scene t;
		struct timespec now;
		const char *notes;
		char *head;

		cache_scene_open(&t, "CARGO_HOME");
		cache_scene_time(&t, "a");
		notes = arena_printf(&t.w.depot.a, "%s/files", t.cache.place.path);
		head = arena_strdup(&t.w.depot.a, files_get(&t.w.depot.a, notes));
		head[65] = '\0';
		files_put(notes, arena_printf(&t.w.depot.a, "%s%s", i < 3 ? head : "", broken[i]));
		clock_gettime(CLOCK_REALTIME, &now);
		cr_expect_gt(cache_order(cache_scene_time(&t, "a"), now), 0, "%s", broken[i]);
		cache_scene_close(&t);
	}
}
