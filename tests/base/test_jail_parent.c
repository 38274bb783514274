/* SPDX-License-Identifier: Apache-2.0 */
/* The jail from its parent's side: whom it believes, how long it waits, and what children that run
 * at once have of each other. */

#include <criterion/criterion.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#include "support/fixture_jailrun.h"

static const struct jail_limits limits = { 256u << 20, 10, 20 };

static bool sibling_parses(void *ctx, struct sink *out, struct error *e)
{
	(void)ctx;
	return jailrun_say(out, "read", e);
}

static bool sibling_fails(void *ctx, struct sink *out, struct error *e)
{
	(void)ctx;
	(void)out;
	return err_set(e, ERR_INPUT, "it is malformed");
}

/* More than fits below the top of a heap before it is trimmed, in pieces that are not mappings. */
static bool child_gives_back(void *ctx, struct sink *out, struct error *e)
{
	static void *v[512];

	(void)ctx;
	for (size_t i = 0; i < ARRAY_SIZE(v); i++) {
		v[i] = malloc(64 << 10);
		if (!v[i])
			return err_set(e, ERR_SYSTEM, "no memory");
		memset(v[i], 1, 64 << 10);
	}
	for (size_t i = ARRAY_SIZE(v); i > 0; i--)
		free(v[i - 1]);
	return jailrun_say(out, "done", e);
}

struct heap_run {
	struct buf text;
	struct error e;
	bool ok;
};

static void *run_from_thread(void *ctx)
{
	struct heap_run *r = ctx;
	void *volatile first = malloc(1000); /* the thread has a heap of its own from here on */

	free(first);
	r->ok = jailrun_start(&limits, JAIL_NO_FILES, child_gives_back, NULL, &r->text, &r->e);
	return NULL;
}

Test(base, jail_of_a_thread_may_free_what_it_took)
{
	AUTO_ARENA a = { 0 };
	struct heap_run r = { .text = { .a = &a } };
	pthread_t thread;

	cr_assert_eq(pthread_create(&thread, NULL, run_from_thread, &r), 0);
	cr_assert_eq(pthread_join(thread, NULL), 0);
	cr_expect(r.ok, "%s%s", r.e.context, r.e.cause);
	cr_expect_str_eq(buf_cstr(&r.text), "done");
}

/* Whoever starts imgbuild may ignore SIGCHLD, and exec() keeps that: the kernel then reaps children
 * and tells nobody how they ended. What such a child said must not pass for whole. */
Test(base, jail_does_not_believe_a_child_whose_end_nobody_saw)
{
	jail_work *const ends[] = { sibling_parses, jailrun_crash, sibling_fails };

	cr_assert(signal(SIGCHLD, SIG_IGN) != SIG_ERR);
	for (size_t i = 0; i < ARRAY_SIZE(ends); i++) {
		AUTO_ARENA a = { 0 };
		struct buf text = { .a = &a };
		struct error e = { 0 };

		cr_expect_not(jailrun_start(&limits, JAIL_NO_FILES, ends[i], NULL, &text, &e),
			      "%zu", i);
		cr_expect_eq(e.kind, ERR_SYSTEM, "%zu", i);
		cr_expect(strstr(e.cause, "learn how the parser of the file ended"), "%zu: %s", i,
			  e.cause);
	}
}

/* As layers are that are read ahead: the child is done, or waits for room in the pipe. */
static bool fills_the_pipe(void *ctx, struct sink *out, struct error *e)
{
	static char much[4u << 20];

	(void)ctx;
	memset(much, 'x', sizeof(much));
	return out->write(out, (struct str){ much, sizeof(much) }, e);
}

Test(base, jail_counts_the_time_that_its_child_is_waited_for_and_no_other)
{
	const struct jail_limits one = { 64u << 20, 10, 1 };
	AUTO_JAIL j = { .base.next = NULL };
	AUTO_ARENA a = { 0 };
	struct buf text = { .a = &a };
	struct error e = { 0 };
	struct buf_sink sink;

	buf_sink_init(&sink, &text, "answer");
	cr_assert(jail_start(&j, "the file", &one, JAIL_NO_FILES, fills_the_pipe, NULL, &e));
	usleep(1500000);
	cr_expect(io_copy(&j.base, &sink.base, &e), "%s", e.cause);
	cr_expect_eq(text.n, 4u << 20);
}

/* A child that was taken over writes to the failure of one that was started before. */
static bool sibling_meddles(void *ctx, struct sink *out, struct error *e)
{
	memset(ctx, 'x', sizeof(struct error));
	return jailrun_say(out, "x", e);
}

Test(base, jail_keeps_what_one_child_says_from_the_others)
{
	AUTO_JAIL first = { .base.next = NULL };
	AUTO_ARENA a = { 0 };
	struct buf text = { .a = &a };
	struct error e = { 0 };

	cr_assert(
		jail_start(&first, "the first", &limits, JAIL_NO_FILES, sibling_parses, NULL, &e));
	cr_expect_not(
		jailrun_start(&limits, JAIL_NO_FILES, sibling_meddles, first.failure, &text, &e));
	cr_expect_eq(text.n, 0);
	cr_expect_eq(first.failure->kind, ERR_NONE);
}

#ifndef __SANITIZE_ADDRESS__ /* its shadow takes terabytes */
static bool sibling_hogs(void *ctx, struct sink *out, struct error *e)
{
	AUTO_ARENA a = { 0 };

	(void)ctx;
	for (int i = 0; i < 2048; i++)
		memset(arena_alloc(&a, 1u << 20), 1, 1u << 20);
	return jailrun_say(out, "x", e);
}

Test(base, jail_stays_within_a_soft_limit_too)
{
	AUTO_ARENA a = { 0 };
	struct buf text = { .a = &a };
	struct error e = { 0 };
	struct rlimit low = { (rlim_t)1 << 30, RLIM_INFINITY };

	cr_assert_eq(setrlimit(RLIMIT_AS, &low), 0);
	cr_expect_not(jailrun_start(&(struct jail_limits){ (uint64_t)8 << 30, 60, 60 },
				    JAIL_NO_FILES, sibling_hogs, NULL, &text, &e));
	cr_expect(strstr(e.cause, "needs more than 8192 MiB of memory"), "%s", e.cause);
}
#endif
