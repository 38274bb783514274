/* SPDX-License-Identifier: Apache-2.0 */
/* Downloads that somebody has on disk: into the store if they are what the recipe names. */

#include <criterion/criterion.h>
#include <sys/stat.h>

#include "input/lock/local_download.h"
#include "support/fixture_depot.h"
#include "support/fixture_fault_sweep.h"
#include "support/fixture_files.h"

struct local_world {
	struct arena a;
	struct depot d;
	struct source_recipe source;
	const char *dir, *message;
	uint64_t size;
};

static void downloaded_open(struct local_world *w, const char *name)
{
	*w = (struct local_world){ .size = 77 };
	depot_open(&w->d);
	w->dir = files_temporary(&w->a);
	w->source.local = name ? arena_printf(&w->a, "%s/%s", w->dir, name) : NULL;
	w->source.sha256 = digest_of(STR("some bytes"));
	w->source.at.file = "r.json";
	w->source.at.line = 7;
	w->source.at.col = 3;
}

static void downloaded_close(struct local_world *w)
{
	files_remove(w->dir);
	depot_close(&w->d);
	arena_free(&w->a);
}

static enum err_kind downloaded_store(struct local_world *w)
{
	struct error e = { 0 };
	char text[1600] = "";
	bool ok = local_download_store(&w->d.store, &w->source, &w->size, &e);

	cr_expect_eq(ok, e.kind == ERR_NONE);
	if (!ok)
		err_format(&e, text, sizeof(text));
	w->message = arena_strdup(&w->a, text);
	return e.kind;
}

Test(local_download, what_the_recipe_names_is_stored)
{
	struct local_world w;

	downloaded_open(&w, "x");
	files_put(w.source.local, "some bytes");
	cr_expect_eq(downloaded_store(&w), ERR_NONE, "%s", w.message);
	cr_expect_eq(w.size, 10);
	cr_expect(store_has_blob(&w.d.store, &w.source.sha256, 10));
	/* a second time it is there, and is not asked what it holds */
	files_put(w.source.local, "same size!");
	cr_expect_eq(downloaded_store(&w), ERR_NONE, "%s", w.message);
	downloaded_close(&w);
}

static bool downloaded_again(void *user, struct error *e)
{
	struct local_world *w = user;

	files_remove(depot_blob_path(&w->d, &w->source.sha256));
	return local_download_store(&w->d.store, &w->source, &w->size, e);
}

Test(local_download, calls_that_fail_are_errors)
{
	static const char *const calls[] = { "openat", "read",	   "pread64",  "write",
					     "fsync",  "pwrite64", "renameat", NULL };
	struct local_world w;

	downloaded_open(&w, "x");
	files_put(w.source.local, "some bytes");
	cr_expect_gt(fault_sweep(&(struct fault_sweep){ calls, downloaded_again, &w, false }), 3u);
	downloaded_close(&w);
}

Test(local_download, other_bytes_are_refused_where_the_recipe_names_them)
{
	struct local_world w;

	downloaded_open(&w, "x");
	files_put(w.source.local, "same size!");
	cr_expect_eq(downloaded_store(&w), ERR_VERIFY, "%s", w.message);
	cr_expect(strstr(w.message, "r.json:7:3: "), "%s", w.message);
	cr_expect_not(store_has_blob(&w.d.store, &w.source.sha256, 10));
	downloaded_close(&w);
}

Test(local_download, what_is_no_file_is_told)
{
	struct local_world w;

	downloaded_open(&w, "x");
	cr_expect_eq(downloaded_store(&w), ERR_INPUT);
	cr_expect_str_eq(w.message, arena_printf(&w.a, "r.json:7:3: %s: No such file or directory",
						 w.source.local));
	cr_assert_eq(mkfifo(w.source.local, 0600), 0); /* nobody will ever write to it */
	cr_expect_eq(downloaded_store(&w), ERR_INPUT);
	cr_expect_str_eq(w.message, arena_printf(&w.a, "r.json:7:3: %s is not a regular file",
						 w.source.local));
	w.source.local = w.dir;
	cr_expect_eq(downloaded_store(&w), ERR_INPUT);
	cr_expect(strstr(w.message, " is not a regular file"), "%s", w.message);
	cr_expect_eq(w.size, 77);
	downloaded_close(&w);
}

Test(local_download, where_none_is_named_nothing_is_done)
{
	struct local_world w;

	downloaded_open(&w, NULL);
	cr_expect_eq(downloaded_store(&w), ERR_NONE, "%s", w.message);
	cr_expect_eq(w.size, 77);
	downloaded_close(&w);
}

Test(local_download, a_store_that_broke_is_told)
{
	struct local_world w;
	int blobs;

	downloaded_open(&w, "x");
	files_put(w.source.local, "some bytes");
	blobs = w.d.store.blobs;
	w.d.store.blobs = 9999;
	cr_expect_eq(downloaded_store(&w), ERR_SYSTEM, "%s", w.message);
	w.d.store.blobs = blobs;
	downloaded_close(&w);
}
