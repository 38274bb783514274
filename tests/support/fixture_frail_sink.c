/* SPDX-License-Identifier: Apache-2.0 */
#include "support/fixture_frail_sink.h"

#include <criterion/criterion.h>

#define CALLS_MAX 10000

static bool frail_call(struct frail_sink *s, size_t bytes, struct error *e)
{
	if (s->left == 0) {
		cr_expect_not(s->failed, "it is called again after it failed");
		s->failed = true;
		return err_set(e, ERR_SYSTEM, "the sink is full");
	}
	s->left--;
	s->bytes += bytes;
	return true;
}

static bool frail_write(struct sink *base, struct str chunk, struct error *e)
{
	return frail_call((struct frail_sink *)base, chunk.n, e);
}

static bool frail_finish(struct sink *base, struct error *e)
{
	return frail_call((struct frail_sink *)base, 0, e);
}

void frail_sink_init(struct frail_sink *s, unsigned left)
{
	*s = (struct frail_sink){ .base = { frail_write, frail_finish }, .left = left };
}

unsigned frail_sink_sweep(bool (*write)(void *user, struct sink *to, struct error *e), void *user)
{
	for (unsigned n = 0; n < CALLS_MAX; n++) {
		struct error e = { 0 };
		struct frail_sink s;
		bool ok;

		frail_sink_init(&s, n);
		ok = write(user, &s.base, &e);
		cr_expect_eq(ok, !s.failed, "call %u fails", n);
		cr_expect_eq(e.kind, s.failed ? ERR_SYSTEM : ERR_NONE, "call %u fails: %s", n,
			     e.cause);
		if (!s.failed)
			return n - s.left;
	}
	return CALLS_MAX;
}
