/* SPDX-License-Identifier: Apache-2.0 */
/* Frames, in pieces as a pipe gives them. */

#include <criterion/criterion.h>

#include <stdlib.h>

#include "base/frames.h"

/* Gives its bytes one by one. */
struct dripping {
	struct source base;
	struct str rest;
};

static int frames_drip(struct source *base, struct str *chunk, struct error *e)
{
	struct dripping *d = (struct dripping *)base;

	(void)e;
	*chunk = (struct str){ d->rest.p, d->rest.n > 0 };
	d->rest = str_from(d->rest, 1);
	return chunk->n > 0;
}

Test(base, frames_come_back_whole_however_they_arrive)
{
	AUTO_ARENA a = { 0 };
	struct buf bytes = { .a = &a }, payload = { .a = &a };
	struct buf_sink out;
	struct frame_sink x, y;
	struct error e = { 0 };
	struct dripping from = { .base = { frames_drip, "the file" } };
	struct frames f = { .from = &from.base, .kinds = "xy" };
	char kind;

	buf_sink_init(&out, &bytes, "test");
	frame_sink_init(&x, &out.base, 'x');
	frame_sink_init(&y, &out.base, 'y');
	cr_assert(x.base.write(&x.base, STR("first"), &e) && y.base.write(&y.base, STR(""), &e) &&
		  x.base.write(&x.base, STR("last one"), &e));
	from.rest = buf_str(&bytes);
	cr_assert_eq(frames_whole(&f, &kind, &payload, &e), 1);
	cr_expect(kind == 'x' && str_eq(buf_str(&payload), STR("first")));
	cr_assert_eq(frames_whole(&f, &kind, &payload, &e), 1);
	cr_expect(kind == 'y' && payload.n == 0);
	cr_assert_eq(frames_whole(&f, &kind, &payload, &e), 1);
	cr_expect(kind == 'x' && str_eq(buf_str(&payload), STR("last one")));
	cr_expect_eq(frames_whole(&f, &kind, &payload, &e), 0);
}

Test(base, frames_that_are_none_are_refused)
{
	static const struct {
		struct str bytes;
		const char *message;
	} cases[] = {
		{ { "x\5\0\0\0abc", 8 }, "stopped in the middle" },
		{ { "x\5\0", 3 }, "stopped in the middle" },
		{ { "z\0\0\0\0", 5 }, "malformed answer" },
		{ { "\0\0\0\0\0", 5 }, "malformed answer" },
		{ { "x\1\0\0\x10"
		    "a",
		    6 },
		  "malformed answer" },
		{ { "x\x20\0\0\0aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", 37 }, "too long an answer" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		AUTO_ARENA a = { 0 };
		struct buf payload = { .a = &a, .max = 16 };
		struct dripping from = { { frames_drip, "the file" }, cases[i].bytes };
		struct frames f = { .from = &from.base, .kinds = "xy" };
		struct error e = { 0 };
		char kind;

		cr_expect_eq(frames_whole(&f, &kind, &payload, &e), -1, "%zu", i);
		cr_expect(e.kind == ERR_INPUT && strstr(e.cause, cases[i].message), "%zu: %s", i,
			  e.cause);
	}
}

/* Frames of one size for ever, as a child that was taken over may write them. */
struct endless {
	struct source base;
	struct str frame;
	size_t given;
};

static int frames_repeat(struct source *base, struct str *chunk, struct error *e)
{
	struct endless *s = (struct endless *)base;

	(void)e;
	*chunk = s->frame;
	s->given++;
	return 1;
}

static bool frames_count(void *to, char kind, struct str payload, struct error *e)
{
	(void)kind;
	(void)e;
	*(uint64_t *)to += payload.n;
	return true;
}

Test(base, frames_each_does_not_listen_for_ever, .timeout = 60)
{
	const size_t size = (size_t)16 << 20;
	char *bytes = calloc(1, size + 5);
	struct endless from = { { frames_repeat, "the file" }, { bytes, size + 5 }, 0 };
	struct error e = { 0 };
	uint64_t all = 0;

	cr_assert(bytes);
	memcpy(bytes, "x\0\0\0\1", 5);
	cr_expect_not(frames_each(&from.base, "x", size, frames_count, &all, &e));
	cr_expect(e.kind == ERR_INPUT && strstr(e.cause, "too long an answer"), "%s", e.cause);
	cr_expect(all <= FRAMES_MAX && all > FRAMES_MAX - 2 * size);
	free(bytes);
}
