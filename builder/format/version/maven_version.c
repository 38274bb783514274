/* SPDX-License-Identifier: Apache-2.0 */
#include "format/version/maven_version.h"

#include <strings.h>
#include <sys/param.h>

#include "format/version/version_digits.h"

/* A number or a word, and how it is set off: a change from digits to letters counts as a hyphen,
 * and so does a dot before a word. */
struct maven_token {
	struct str text;
	bool number, hyphen;
	bool before_digit; /* a word with a number right behind it: "a1" is alpha 1 */
};

struct maven_tokens LIST(struct maven_token);

/* Words that have a place of their own; others are behind them, in the order of their letters. */
enum maven_word {
	WORD_ALPHA,
	WORD_BETA,
	WORD_MILESTONE,
	WORD_CANDIDATE,
	WORD_SNAPSHOT,
	WORD_RELEASE,
	WORD_SERVICE_PACK,
	WORD_OTHER,
};

static bool maven_is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static enum maven_word maven_word_of(const struct maven_token *t)
{
	static const struct {
		struct str text;
		enum maven_word word;
		bool before_digit;
	} words[] = {
		{ STR("a"), WORD_ALPHA, true },
		{ STR("alpha"), WORD_ALPHA, false },
		{ STR("b"), WORD_BETA, true },
		{ STR("beta"), WORD_BETA, false },
		{ STR("m"), WORD_MILESTONE, true },
		{ STR("milestone"), WORD_MILESTONE, false },
		{ STR("rc"), WORD_CANDIDATE, false },
		{ STR("cr"), WORD_CANDIDATE, false },
		{ STR("snapshot"), WORD_SNAPSHOT, false },
		{ STR(""), WORD_RELEASE, false },
		{ STR("final"), WORD_RELEASE, false },
		{ STR("ga"), WORD_RELEASE, false },
		{ STR("release"), WORD_RELEASE, false },
		{ STR("sp"), WORD_SERVICE_PACK, false },
	};

	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		if (words[i].text.n == t->text.n && (t->before_digit || !words[i].before_digit) &&
		    strncasecmp(words[i].text.p, t->text.p, t->text.n) == 0)
			return words[i].word;
	}
	return WORD_OTHER;
}

/* Zero, and words that say nothing: they count for nothing at the end, or before a hyphen. */
static bool maven_says_nothing(const struct maven_token *t)
{
	return t->number ? version_compare_digits(t->text, STR("0")) == 0
			 : maven_word_of(t) == WORD_RELEASE;
}

/* The token at the front of `s`; nothing between two separators is 0. */
static struct maven_token maven_take_token(struct str *s)
{
	struct maven_token t = { .text = { s->p, 0 }, .number = true };

	if (s->n && maven_is_digit(s->p[0])) {
		t.text = version_take_digits(s);
		return t;
	}
	while (t.text.n < s->n && !strchr("0123456789.-_", s->p[t.text.n]))
		t.text.n++;
	*s = str_from(*s, t.text.n);
	if (!t.text.n)
		t.text = STR("0");
	else
		t.number = false;
	t.before_digit = s->n && maven_is_digit(s->p[0]);
	return t;
}

static void maven_split(struct arena *a, struct str v, struct maven_tokens *out)
{
	bool hyphen = false, trailing = true;

	do {
		struct maven_token t = maven_take_token(&v);

		t.hyphen = hyphen || !t.number;
		*list_push(a, out) = t;
		hyphen = !v.n || v.p[0] != '.';
		if (v.n && strchr(".-_", v.p[0]))
			v = str_from(v, 1);
	} while (v.n);
	for (size_t i = out->n - 1; i > 0; i--) {
		if (trailing && maven_says_nothing(&out->v[i])) {
			memmove(&out->v[i], &out->v[i + 1], (out->n - i - 1) * sizeof(*out->v));
			out->n--;
		} else {
			trailing = out->v[i].hyphen;
		}
	}
}

static int maven_compare_words(const struct maven_token *a, const struct maven_token *b)
{
	enum maven_word x = maven_word_of(a), y = maven_word_of(b);
	size_t n = MIN(a->text.n, b->text.n);
	int order;

	if (x != WORD_OTHER || y != WORD_OTHER)
		return (int)x - (int)y;
	order = strncasecmp(a->text.p, b->text.p, n);
	return order ? order : (int)(a->text.n > b->text.n) - (int)(a->text.n < b->text.n);
}

/* Words, then numbers behind a hyphen, then those behind a dot. */
static int maven_compare_tokens(const struct maven_token *a, const struct maven_token *b)
{
	if (a->number != b->number)
		return a->number ? 1 : -1;
	if (!a->number)
		return maven_compare_words(a, b);
	if (a->hyphen != b->hyphen)
		return a->hyphen ? -1 : 1;
	return version_compare_digits(a->text, b->text);
}

/* What stands for a token that the other version has not. */
static struct maven_token maven_nothing(const struct maven_token *beside)
{
	if (beside->number && !beside->hyphen)
		return (struct maven_token){ .text = STR("0"), .number = true };
	return (struct maven_token){ .text = STR(""), .hyphen = true };
}

int maven_version_compare(struct str a, struct str b)
{
	AUTO_ARENA scratch = { 0 };
	struct maven_tokens x = { 0 }, y = { 0 };
	int order = 0;

	maven_split(&scratch, a, &x);
	maven_split(&scratch, b, &y);
	for (size_t i = 0; !order && (i < x.n || i < y.n); i++) {
		struct maven_token p = i < x.n ? x.v[i] : maven_nothing(&y.v[i]);
		struct maven_token q = i < y.n ? y.v[i] : maven_nothing(&x.v[i]);

		order = maven_compare_tokens(&p, &q);
	}
	return order;
}
