/* SPDX-License-Identifier: Apache-2.0 */
/* Sources of an image that are compiled beside other work. */

#include "make/compose/source_fragments.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "make/compose/compose.h"
#include "support/fixture_files.h"
#include "support/fixture_workshop.h"

#define MOMENTS 60 /* milliseconds */

/* An image with two programs of one toolchain. */
struct fragments_test {
	struct workshop w;
	struct recipe recipe;
	struct source_recipe second;
	struct deb_decoder decoder;
	struct compose_order order;
	struct composition image;
	struct compositions all;
	struct source_fragments sources;
};

static void fragments_open(struct fragments_test *t)
{
	struct arena *a;

	*t = (struct fragments_test){ .sources = SOURCE_FRAGMENTS_INIT, .image = COMPOSITION_INIT };
	workshop_open(&t->w);
	a = &t->w.depot.a;
	*list_push(a, &t->w.source.keep) = (struct glob){ .text = "/usr/bin/x" };
	t->second = t->w.source;
	t->second.name = "second";
	t->recipe.name = "image";
	*list_push(a, &t->recipe.programs) = (struct program){ .name = "x",
							       .source = &t->w.source };
	*list_push(a, &t->recipe.programs) = (struct program){ .name = "y", .source = &t->second };
	decoder_open(&t->decoder, &t->w.depot.store, &t->w.progress);
	t->order = (struct compose_order){ .store = &t->w.depot.store,
					   .recipe = &t->recipe,
					   .lock = &t->w.lock,
					   .compile = &t->w.options,
					   .progress = &t->w.progress,
					   .decoder = &t->decoder,
					   .sources = &t->sources };
	t->image.order = &t->order;
	*list_push(a, &t->all) = &t->image;
}

static void fragments_end(struct fragments_test *t)
{
	fragments_stop(&t->sources);
	compose_close(&t->image);
	fragments_close(&t->sources);
	decoder_close(&t->decoder);
	workshop_close(&t->w);
}

static void fragments_step(struct fragments_test *t, struct source_recipe *source,
			   const char *command, const char *to, const char *word)
{
	struct step *step = list_push(&t->w.depot.a, &source->steps);

	step->name = command;
	*list_push(&t->w.depot.a, &step->run) = "/usr/bin/tool";
	*list_push(&t->w.depot.a, &step->run) = command;
	*list_push(&t->w.depot.a, &step->run) = to;
	*list_push(&t->w.depot.a, &step->run) = word;
}

Test(source_fragments, each_is_there_when_it_is_asked_for)
{
	static struct fragments_test t;
	struct source_fragment *first, *second, *again;
	struct error e = { 0 };

	fragments_open(&t);
	fragments_step(&t, &t.w.source, "args", "${destdir}/usr/bin/x", "one");
	fragments_step(&t, &t.second, "args", "${destdir}/usr/bin/x", "two");
	fragments_begin(&t.sources, &t.all);
	cr_assert(fragments_wait(&t.sources, &t.image, &t.second, &second, &e), "%s", e.cause);
	cr_assert(fragments_wait(&t.sources, &t.image, &t.w.source, &first, &e), "%s", e.cause);
	cr_assert(fragments_wait(&t.sources, &t.image, &t.w.source, &again, &e), "%s", e.cause);
	cr_expect_eq(first, again);
	cr_expect_eq(t.image.sources.n, 2);
	cr_expect_str_eq(str_dup(&t.w.depot.a, workshop_file(&t.w, &first->fragment, "usr/bin/x")),
			 "one\n");
	cr_expect_str_eq(str_dup(&t.w.depot.a, workshop_file(&t.w, &second->fragment, "usr/bin/x")),
			 "two\n");
	cr_expect_eq(atomic_load(&t.w.toolchains), 1);
	fragments_end(&t);
}

Test(source_fragments, what_fails_is_told_to_all_that_wait_for_it_or_for_what_follows)
{
	static struct fragments_test t;
	struct source_fragment *f;
	struct error e = { 0 }, later = { 0 };

	fragments_open(&t);
	fragments_step(&t, &t.w.source, "fail", "7", "");
	fragments_step(&t, &t.second, "args", "${destdir}/usr/bin/x", "two");
	fragments_begin(&t.sources, &t.all);
	cr_expect_not(fragments_wait(&t.sources, &t.image, &t.w.source, &f, &e));
	cr_expect_eq(e.kind, ERR_INPUT);
	cr_expect(strstr(e.cause, "step \"fail\" failed with exit status 7"), "%s", e.cause);
	cr_expect_not(fragments_wait(&t.sources, &t.image, &t.second, &f, &later));
	cr_expect_str_eq(e.cause, later.cause);
	fragments_end(&t);
}

/* Without a thread of its own (AddressSanitizer) nothing can be stopped. */
Test(source_fragments, a_step_that_runs_is_ended_when_nobody_wants_it_any_more, .timeout = 50)
{
	static struct fragments_test t;
	const char *log = NULL;

	if (!PARALLEL_FORKS)
		cr_skip_test("a thread cannot fork here");
	fragments_open(&t);
	fragments_step(&t, &t.w.source, "hang", "", "");
	t.w.source.limits.wall_seconds = 3000;
	fragments_begin(&t.sources, &t.all);
	while (!log) {
		struct strings logs = files_below(&t.w.depot.a, t.w.depot.path, "");

		list_each(path, &logs) {
			if (strstr(*path, "logs/thing-") &&
			    strstr(files_get(&t.w.depot.a, *path), "== hang:"))
				log = *path;
		}
	}
	fragments_end(&t);
}

/* The first never ends by itself. */
Test(source_fragments, two_are_made_at_a_time_and_a_failure_ends_the_other, .timeout = 50)
{
	static struct fragments_test t;
	struct source_fragment *f;
	struct error e = { 0 };

	if (!PARALLEL_FORKS)
		cr_skip_test("a thread cannot fork here");
	fragments_open(&t);
	fragments_step(&t, &t.w.source, "hang", "", "");
	t.w.source.limits.wall_seconds = 3000;
	fragments_step(&t, &t.second, "fail", "7", "");
	t.w.options.jobs = 2; /* also where there is one processor */
	fragments_begin(&t.sources, &t.all);
	cr_expect_not(fragments_wait(&t.sources, &t.image, &t.w.source, &f, &e));
	cr_expect(strstr(e.cause, "step \"fail\" failed with exit status 7"), "%s", e.cause);
	fragments_end(&t);
}

Test(source_fragments, there_is_one_at_a_time_where_one_job_may_run)
{
	static struct fragments_test t;
	struct source_fragment *f;
	struct error e = { 0 };
	int ends[2];

	fragments_open(&t);
	fragments_step(&t, &t.w.source, "args", "${destdir}/usr/bin/x", "one");
	fragments_step(&t, &t.second, "args", "${destdir}/usr/bin/x", "two");
	t.w.options.jobs = 1;
	fragments_begin(&t.sources, &t.all);
	cr_expect(!t.sources.lanes[1].all);
	cr_assert(fragments_wait(&t.sources, &t.image, &t.second, &f, &e), "%s", e.cause);
	fragments_stop(&t.sources);
	cr_assert_eq(pipe(ends), 0);
	t.w.options.jobs = 0;
	t.w.options.makeflags = arena_printf(&t.w.depot.a, "-j --jobserver-auth=%d,%d", ends[0],
					     ends[1]);
	fragments_begin(&t.sources, &t.all);
	cr_expect(!t.sources.lanes[1].all, "make's jobserver");
	fragments_stop(&t.sources);
	t.w.options.makeflags = NULL;
	fragments_begin(&t.sources, &t.all);
	cr_expect_eq(t.sources.lanes[1].all != NULL, parallel_cpus() > 1);
	close(ends[0]);
	close(ends[1]);
	fragments_end(&t);
}

/* At any moment of its beginning: an orphan would be our child now (PR_SET_CHILD_SUBREAPER). */
Test(source_fragments, a_step_that_has_just_begun_leaves_nothing_when_it_is_ended, .timeout = 50)
{
	static struct fragments_test t;
	pid_t left;

	if (!PARALLEL_FORKS)
		cr_skip_test("a thread cannot fork here");
	fragments_open(&t);
	fragments_step(&t, &t.w.source, "hang", "", "");
	t.recipe.programs.n = 1;
	for (long ms = 0; ms < MOMENTS; ms++) {
		fragments_begin(&t.sources, &t.all);
		nanosleep(&(struct timespec){ .tv_nsec = ms * 1000000 }, NULL);
		fragments_stop(&t.sources);
		while ((left = waitpid(-1, NULL, WNOHANG)) > 0)
			;
		cr_expect(left < 0 && errno == ECHILD, "after %ld ms", ms);
	}
	fragments_end(&t);
}

/* The result that nobody asked for is closed, which leak checkers see. */
Test(source_fragments, a_source_is_made_once_for_all_components)
{
	static struct fragments_test t;
	struct source_fragment *f;
	struct error e = { 0 };

	fragments_open(&t);
	*list_push(&t.w.depot.a, &t.recipe.programs) = (struct program){ .name = "z",
									 .source = &t.w.source };
	fragments_step(&t, &t.w.source, "args", "${destdir}/usr/bin/x", "one");
	fragments_step(&t, &t.second, "args", "${destdir}/usr/bin/x", "two");
	fragments_begin(&t.sources, &t.all);
	cr_expect_eq(t.sources.tasks.n, 2);
	cr_assert(fragments_wait(&t.sources, &t.image, &t.w.source, &f, &e), "%s", e.cause);
	fragments_end(&t);
}

Test(source_fragments, an_image_without_sources_waits_for_nothing)
{
	static struct fragments_test t;

	fragments_open(&t);
	t.recipe.programs.n = 0;
	fragments_begin(&t.sources, &t.all);
	cr_expect(t.sources.at_work == 0 && !t.sources.lanes[0].runs);
	fragments_end(&t);
}
