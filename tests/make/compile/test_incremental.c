/* SPDX-License-Identifier: Apache-2.0 */
/* Caches of compilers: read when they are asked for, and known by another key. That the real ones
 * work is tested with whole images (tests/e2e/test_compiler_caches.c). */

#include "make/compile/incremental.h"

#include <criterion/criterion.h>
#include <fcntl.h>

#include "make/compile/launcher.h"
#include "support/fixture_files.h"
#include "support/fixture_workshop.h"

struct incremental_scene {
	struct workshop w;
};

static void incremental_scene_open(struct incremental_scene *t)
{
	workshop_open(&t->w);
	*list_push(&t->w.depot.a, &t->w.toolchain.env) = (struct variable){ "GOCACHE",
									    "/build/go-cache" };
	*list_push(&t->w.depot.a, &t->w.source.keep) = (struct glob){ .text = "/usr/bin/x" };
	WORKSHOP_STEP(&t->w, "make", "remember", "${destdir}/usr/bin/x", "first");
}

/* What the step wrote. */
static const char *incremental_result(struct incremental_scene *t, bool incremental)
{
	struct fragment f;
	const char *text, *got;
	enum err_kind kind;

	t->w.options.incremental = incremental;
	cr_assert(workshop_compile(&t->w, 1, &f, &text, &kind), "%s\n%s", text,
		  buf_cstr(&t->w.said));
	got = str_dup(&t->w.depot.a, workshop_file(&t->w, &f, "usr/bin/x"));
	fragment_close(&f);
	return got;
}

/* When it is told to write this word; it is another key each time. */
static const char *incremental_word(struct incremental_scene *t, bool incremental, const char *word)
{
	t->w.source.steps.v[0].run.v[3] = word;
	return incremental_result(t, incremental);
}

Test(incremental, a_build_that_does_not_ask_reads_no_cache)
{
	struct incremental_scene t;
	const char *kept;

	incremental_scene_open(&t);
	cr_expect_str_eq(incremental_word(&t, true, "one"), "one");
	cr_expect_str_eq(incremental_word(&t, true, "two"), "one", "the cache was not read");
	kept = arena_printf(&t.w.depot.a, "%s/incremental/thing.amd64/go/word", t.w.depot.path);
	files_put(kept, "wrong");
	cr_expect_str_eq(incremental_word(&t, true, "three"), "wrong");
	cr_expect_str_eq(incremental_word(&t, false, "three"), "three");
	cr_expect_str_eq(incremental_word(&t, false, "two"), "two");
	cr_expect_str_eq(incremental_word(&t, true, "two"), "two",
			 "what was compiled without a cache goes first");
	workshop_close(&t.w);
}

/* Go's own file for it: golang.org/x/telemetry. */
Test(incremental, go_does_not_start_what_would_send_counts)
{
	static const char mode[] = "/build/.config/go/telemetry/mode";
	struct incremental_scene t;

	incremental_scene_open(&t);
	t.w.source.steps.v[0].run.v[1] = "append";
	cr_expect(strstr(incremental_word(&t, true, mode), "off"));
	cr_expect(strstr(incremental_word(&t, false, mode), "(missing)"));
	workshop_close(&t.w);
}

/* So a result that is wrong is got rid of. */
Test(incremental, what_came_out_of_removed_caches_goes_with_them)
{
	struct incremental_scene t;

	incremental_scene_open(&t);
	cr_expect_str_eq(incremental_word(&t, true, "one"), "one");
	cr_expect_str_eq(incremental_word(&t, true, "two"), "one", "the cache was not read");
	cr_expect_str_eq(incremental_word(&t, true, "two"), "one");
	files_remove(arena_printf(&t.w.depot.a, "%s/incremental", t.w.depot.path));
	cr_expect_str_eq(incremental_word(&t, true, "two"), "two");
	workshop_close(&t.w);
}

#define MALLOC                                                              \
	"GLIBC_TUNABLES=glibc.malloc.mmap_threshold=33554432:glibc.malloc." \
	"trim_threshold=134217728:glibc.malloc.top_pad=16777216\n"

Test(incremental, memory_is_spent_for_time_unless_the_recipe_says_how_much)
{
	struct incremental_scene t;

	incremental_scene_open(&t);
	t.w.source.limits.memory_mib = 6000;
	memset(&t.w.source.steps, 0, sizeof(t.w.source.steps));
	WORKSHOP_STEP(&t.w, "see", "env", "${destdir}/usr/bin/x", "GLIBC_TUNABLES", "GOGC",
		      "GOMEMLIMIT");
	cr_expect_str_eq(incremental_result(&t, true), MALLOC "GOGC=400\nGOMEMLIMIT=1500MiB\n");
	*list_push(&t.w.depot.a, &t.w.source.env) = (struct variable){ "GOGC", "50" };
	cr_expect_str_eq(incremental_result(&t, true), MALLOC "GOGC=50\nGOMEMLIMIT=1500MiB\n");
	cr_expect_str_eq(incremental_result(&t, false),
			 "GLIBC_TUNABLES=(unset)\nGOGC=50\nGOMEMLIMIT=(unset)\n");
	t.w.toolchain.env.n = 0;
	*list_push(&t.w.depot.a, &t.w.toolchain.launcher) = "ccache";
	t.w.source.env.n = 0;
	cr_expect_str_eq(incremental_result(&t, true), MALLOC "GOGC=(unset)\nGOMEMLIMIT=(unset)\n");
	workshop_close(&t.w);
}

/* The toolchain knows ccache, and the lock has none: the compiler works without. The key stays what
 * it was when the build began. */
Test(incremental, a_launcher_that_no_lock_has_is_done_without)
{
	static const struct launcher ccache = { .ccache = true };
	struct incremental_scene t;

	incremental_scene_open(&t);
	t.w.toolchain.env.n = 0;
	*list_push(&t.w.depot.a, &t.w.toolchain.launcher) = "ccache";
	cr_expect_str_eq(incremental_word(&t, true, "one"), "one");
	t.w.options.launcher = &ccache;
	cr_expect_str_eq(incremental_word(&t, true, "two"), "two");
	cr_expect_str_eq(incremental_word(&t, false, "three"), "three");
	workshop_close(&t.w);
}

static void incremental_used(void *ctx, const struct compile_request *rq, const struct digest *key,
			     const struct fragment *result)
{
	unsigned *n = ctx;

	(void)rq;
	(void)key;
	(void)result;
	(*n)++;
}

/* A cache that other machines share is not given what came out of this one's. */
Test(incremental, others_are_not_given_what_came_out)
{
	struct incremental_scene t;
	unsigned given = 0;

	incremental_scene_open(&t);
	t.w.options.used = incremental_used;
	t.w.options.used_ctx = &given;
	cr_expect_str_eq(incremental_word(&t, true, "one"), "one");
	cr_expect_eq(given, 0);
	cr_expect_str_eq(incremental_word(&t, false, "two"), "two");
	cr_expect_eq(given, 1);
	workshop_close(&t.w);
}

/* Without a compiler that has a cache the option changes nothing. */
Test(incremental, a_toolchain_without_caches_has_one_key)
{
	struct incremental_scene t;
	struct compile_request rq;

	incremental_scene_open(&t);
	rq = (struct compile_request){ .source = &t.w.source, .options = &t.w.options };
	t.w.options.incremental = true;
	cr_expect(incremental_serves(&rq));
	cr_expect_eq(incremental_times(&rq), TIMES_BY_CONTENT);
	t.w.toolchain.env.n = 0;
	cr_expect_not(incremental_serves(&rq));
	t.w.source.folder = t.w.sources;
	*list_push(&t.w.depot.a, &t.w.toolchain.env) = (struct variable){ "CARGO_HOME", "/x" };
	cr_expect_eq(incremental_times(&rq), TIMES_BY_CHANGE);
	t.w.options.incremental = false;
	cr_expect_not(incremental_serves(&rq));
	workshop_close(&t.w);
}

/* Cargo would take what it made of one for the other, if that is older. */
Test(incremental, two_folders_have_two_caches)
{
	struct incremental_scene t;
	struct compile_request rq;
	struct sandbox first = { .kept = NULL }, second = { .kept = NULL },
		       again = { .kept = NULL };
	struct error e = { 0 };
	const char *other;
	AUTO_FD workplace = -1;

	incremental_scene_open(&t);
	workplace = open(t.w.depot.dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	other = arena_printf(&t.w.depot.a, "%s/other", t.w.depot.dir);
	files_put(arena_printf(&t.w.depot.a, "%s/x", other), "");
	rq = (struct compile_request){ .store = &t.w.depot.store,
				       .lock = &t.w.lock,
				       .source = &t.w.source,
				       .options = &t.w.options };
	t.w.options.incremental = true;
	t.w.source.folder = t.w.sources;
	cr_assert(incremental_enter(&t.w.depot.a, &rq, workplace, true, &first, &e), "%s", e.cause);
	t.w.source.folder = other;
	cr_assert(incremental_enter(&t.w.depot.a, &rq, workplace, true, &second, &e), "%s",
		  e.cause);
	t.w.source.folder = arena_printf(&t.w.depot.a, "%s/../%s", other, "other");
	cr_assert(incremental_enter(&t.w.depot.a, &rq, workplace, true, &again, &e), "%s", e.cause);
	cr_expect(first.kept && second.kept && strcmp(first.kept, second.kept) != 0);
	cr_expect_str_eq(again.kept, second.kept, "one folder by another name");
	workshop_close(&t.w);
}
