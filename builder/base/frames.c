/* SPDX-License-Identifier: Apache-2.0 */
/* Frames on the pipe between the jailed parser and its parent. Knows kinds and lengths only. */

#include "base/frames.h"

#define HEAD 5

static bool frame_write(struct sink *base, struct str chunk, struct error *e)
{
	struct frame_sink *s = (struct frame_sink *)base;

	do {
		size_t n = chunk.n < FRAME_MAX ? chunk.n : FRAME_MAX;
		char head[HEAD] = { s->kind, (char)(n & 255), (char)(n >> 8 & 255),
				    (char)(n >> 16 & 255), (char)(n >> 24 & 255) };

		if (!s->out->write(s->out, (struct str){ head, HEAD }, e) ||
		    (n && !s->out->write(s->out, (struct str){ chunk.p, n }, e)))
			return false;
		chunk = str_from(chunk, n);
	} while (chunk.n);
	return true;
}

static bool frame_sink_finish(struct sink *base, struct error *e)
{
	(void)base;
	(void)e;
	return true;
}

void frame_sink_init(struct frame_sink *s, struct sink *out, char kind)
{
	*s = (struct frame_sink){ { frame_write, frame_sink_finish }, out, kind };
}

bool frame_put(struct sink *out, char kind, struct str payload, struct error *e)
{
	struct frame_sink s;

	frame_sink_init(&s, out, kind);
	return frame_write(&s.base, payload, e);
}

bool frame_nonsense(struct error *e)
{
	return err_set(e, ERR_INPUT, "its parser gives no sensible answer");
}

static int frames_refill(struct frames *f, struct error *e)
{
	return f->rest.n ? 1 : f->from->next(f->from, &f->rest, e);
}

/* The next header: 1, 0 if there is none, -1. */
static int take_head(struct frames *f, struct error *e)
{
	unsigned char head[HEAD];

	for (size_t n = 0; n < HEAD; n++) {
		int got = frames_refill(f, e);

		if (got == 0 && n)
			err_set(e, ERR_INPUT, "%s: its parser stopped in the middle",
				f->from->name);
		if (got <= 0)
			return got == 0 && n == 0 ? 0 : -1;
		head[n] = (unsigned char)f->rest.p[0];
		f->rest = str_from(f->rest, 1);
	}
	f->kind = (char)head[0];
	f->left = (uint32_t)head[1] | (uint32_t)head[2] << 8 | (uint32_t)head[3] << 16 |
		  (uint32_t)head[4] << 24;
	if (f->kind && strchr(f->kinds, f->kind) && f->left <= FRAME_MAX)
		return 1;
	err_set(e, ERR_INPUT, "%s: its parser gave a malformed answer", f->from->name);
	return -1;
}

int frames_next(struct frames *f, char *kind, struct str *piece, struct error *e)
{
	size_t n;
	int got;

	if (f->left == 0) {
		got = take_head(f, e);
		if (got <= 0)
			return got;
		*kind = f->kind;
		*piece = (struct str){ "", 0 };
		if (f->left == 0)
			return 1;
	}
	got = frames_refill(f, e);
	if (got <= 0) {
		if (got == 0)
			err_set(e, ERR_INPUT, "%s: its parser stopped in the middle",
				f->from->name);
		return -1;
	}
	n = f->rest.n < f->left ? f->rest.n : f->left;
	*kind = f->kind;
	*piece = (struct str){ f->rest.p, n };
	f->rest = str_from(f->rest, n);
	f->left -= (uint32_t)n;
	return 1;
}

int frames_whole(struct frames *f, char *kind, struct buf *payload, struct error *e)
{
	struct str piece;
	int got;

	payload->n = 0;
	do {
		got = frames_next(f, kind, &piece, e);
		if (got > 0)
			buf_add(payload, piece);
	} while (got > 0 && f->left);
	if (got == 0 || !payload->overflow)
		return got;
	err_set(e, ERR_INPUT, "%s: its parser gave too long an answer", f->from->name);
	return -1;
}

bool frames_each(struct source *from, const char *kinds, size_t max,
		 bool (*take)(void *to, char kind, struct str payload, struct error *e), void *to,
		 struct error *e)
{
	AUTO_ARENA a = { 0 };
	struct frames f = { .from = from, .kinds = kinds };
	struct buf payload = { .a = &a, .max = max };
	uint64_t all = 0;
	char kind;
	int got;

	while ((got = frames_whole(&f, &kind, &payload, e)) == 1) {
		all += HEAD + payload.n;
		if (all > FRAMES_MAX)
			return err_set(e, ERR_INPUT, "%s: its parser gave too long an answer",
				       from->name);
		if (!take(to, kind, buf_str(&payload), e))
			return false;
	}
	return got == 0;
}
