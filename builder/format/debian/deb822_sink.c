/* SPDX-License-Identifier: Apache-2.0 */
/* Cuts where an empty line is, and leaves the rest to deb822.c. */

#include "format/debian/deb822_sink.h"

#define HELD_MAX (1u << 30)

/* How much of the text ends with an empty line. */
static size_t deb822_whole(const struct deb822_sink *s)
{
	struct str fresh = str_from(buf_str(&s->held), s->searched);
	const char *end;

	while ((end = fresh.n ? memrchr(fresh.p, '\n', fresh.n) : NULL)) {
		if (end > s->held.p && end[-1] == '\n')
			return (size_t)(end - s->held.p) + 1;
		fresh.n = (size_t)(end - fresh.p);
	}
	return 0;
}

static bool deb822_read_held(struct deb822_sink *s, size_t n, struct error *e)
{
	int got;

	s->r.rest = (struct str){ s->held.p, n };
	while ((got = deb822_next(&s->r, e)) > 0) {
		if (!s->each(s->ctx, &s->r, e))
			return false;
	}
	s->held.n -= n;
	memmove(s->held.p, s->held.p + n, s->held.n);
	return got == 0;
}

static bool deb822_sink_write(struct sink *base, struct str chunk, struct error *e)
{
	struct deb822_sink *s = (struct deb822_sink *)base;
	size_t n;

	buf_add(&s->held, chunk);
	if (s->held.overflow)
		return err_set(e, ERR_INPUT, "a stanza of more than %u bytes", HELD_MAX);
	n = deb822_whole(s);
	if (n && !deb822_read_held(s, n, e))
		return false;
	s->searched = s->held.n;
	return true;
}

static bool deb822_sink_finish(struct sink *base, struct error *e)
{
	struct deb822_sink *s = (struct deb822_sink *)base;

	return s->held.n == 0 || deb822_read_held(s, s->held.n, e);
}

void deb822_sink_init(struct arena *a, struct deb822_sink *s, const char *file,
		      bool (*each)(void *ctx, const struct deb822 *r, struct error *e), void *ctx)
{
	s->base = (struct sink){ deb822_sink_write, deb822_sink_finish };
	deb822_init(&s->r, STR(""), file);
	s->held = (struct buf){ .a = a, .max = HELD_MAX };
	s->searched = 0;
	s->each = each;
	s->ctx = ctx;
}
