/* SPDX-License-Identifier: Apache-2.0 */
/* Sixteen places are looked at together, for the byte before and the first two bytes of a word;
 * that is rare enough for the rest to be compared byte by byte. */

#include "base/string_search.h"

#include <assert.h>

#define LANES 16

typedef unsigned char lanes __attribute__((vector_size(LANES)));

struct word_search {
	const struct string_search *of;
	struct str bytes;
	lanes behind;						   /* of->or_behind */
	lanes first[STRING_SEARCH_MAX], second[STRING_SEARCH_MAX]; /* bytes of the words */
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
	const lanes before = lanes_load(p), first = lanes_load(p + 1), second = lanes_load(p + 2);
	lanes begins = { 0 };
	uint64_t any[2];

	for (size_t i = 0; i < s->of->n; i++)
		begins |= (lanes)(first == s->first[i]) & (lanes)(second == s->second[i]);
	begins &= (lanes)(before == 0) | (lanes)(before == s->behind);
	memcpy(any, &begins, sizeof(any));
	return any[0] | any[1];
}

static void words_tell(const struct word_search *s, size_t from, size_t to)
{
	for (size_t at = from; at < to; at++) {
		struct str rest = str_from(s->bytes, at + 1);
		char before = s->bytes.p[at];

		if (before != '\0' && before != s->of->or_behind)
			continue;
		for (size_t i = 0; i < s->of->n; i++) {
			if (str_starts(rest, s->of->words[i]))
				s->of->found(s->of->ctx, i, s->bytes.p + at);
		}
	}
}

void string_search(const struct string_search *of, struct str bytes)
{
	struct word_search s = { .of = of, .bytes = bytes };
	size_t at = 0;

	assert(of->n <= STRING_SEARCH_MAX);
	s.behind = (lanes){ 0 } + (unsigned char)of->or_behind;
	for (size_t i = 0; i < of->n; i++) {
		s.first[i] = (lanes){ 0 } + (unsigned char)of->words[i].p[0];
		s.second[i] = (lanes){ 0 } + (unsigned char)of->words[i].p[1];
	}
	for (; at + LANES + 2 <= bytes.n; at += LANES) {
		if (words_may_follow(&s, bytes.p + at))
			words_tell(&s, at, at + LANES);
	}
	words_tell(&s, at, bytes.n);
}
