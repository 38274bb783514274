/* SPDX-License-Identifier: Apache-2.0 */
/* Sixteen places are looked at together, for a zero byte and the first two bytes of a word; that
 * is rare enough for the rest to be compared byte by byte. */

#include "inspect/layers/content_words.h"

#define LANES 16

typedef unsigned char lanes __attribute__((vector_size(LANES)));

struct word_search {
	struct str bytes;
	const struct str *words;
	size_t n;
	lanes first[CONTENT_WORDS_MAX], second[CONTENT_WORDS_MAX]; /* bytes of the words */
	void (*found)(void *ctx, size_t i, const char *at);
	void *ctx;
};

static lanes lanes_load(const char *p)
{
	lanes v;

	memcpy(&v, p, sizeof(v));
	return v;
}

/* Whether a word may begin behind one of the sixteen bytes at p, which two more follow. */
static bool words_may_follow(const struct word_search *s, const char *p)
{
	const lanes zero = lanes_load(p) == 0, first = lanes_load(p + 1),
		    second = lanes_load(p + 2);
	lanes begins = { 0 };
	uint64_t any[2];

	for (size_t i = 0; i < s->n; i++)
		begins |= (lanes)(first == s->first[i]) & (lanes)(second == s->second[i]);
	begins &= zero;
	memcpy(any, &begins, sizeof(any));
	return any[0] | any[1];
}

static void words_tell(const struct word_search *s, size_t from, size_t to)
{
	for (size_t at = from; at < to; at++) {
		struct str rest = str_from(s->bytes, at + 1);

		for (size_t i = 0; s->bytes.p[at] == '\0' && i < s->n; i++) {
			if (str_starts(rest, s->words[i]))
				s->found(s->ctx, i, s->bytes.p + at);
		}
	}
}

void content_words(struct str bytes, const struct str *words, size_t n,
		   void (*found)(void *ctx, size_t i, const char *at), void *ctx)
{
	struct word_search s = {
		.bytes = bytes, .words = words, .n = n, .found = found, .ctx = ctx
	};
	size_t at = 0;

	for (size_t i = 0; i < n; i++) {
		s.first[i] = (lanes){ 0 } + (unsigned char)words[i].p[0];
		s.second[i] = (lanes){ 0 } + (unsigned char)words[i].p[1];
	}
	for (; at + LANES + 2 <= bytes.n; at += LANES) {
		if (words_may_follow(&s, bytes.p + at))
			words_tell(&s, at, at + LANES);
	}
	words_tell(&s, at, bytes.n);
}
