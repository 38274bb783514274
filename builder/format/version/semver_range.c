/* SPDX-License-Identifier: Apache-2.0 */
/* Each part of a range is turned into one or two comparisons, by the rules of node-semver 7. */

#include "format/version/semver_range.h"

#include "base/arena.h"
#include "format/version/semver.h"

#define NUMBER_MAX ((UINT64_C(1) << 53) - 1) /* Number.MAX_SAFE_INTEGER */
#define PARTS 3

/* "1.2.3-rc.1", or with parts that are missing or "x". */
struct semver_partial {
	uint64_t v[PARTS];
	unsigned given; /* so many, before the first one that stands for any */
	struct str pre;
};

/* A version, and whether all comparisons so far hold. */
struct semver_question {
	struct str version;
	bool holds;
};

enum semver_operator { SEMVER_EQUAL, SEMVER_LESS, SEMVER_UP_TO, SEMVER_MORE, SEMVER_FROM };

static bool semver_is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool semver_take(struct str *s, const char *word)
{
	if (!str_starts(*s, str_of(word)))
		return false;
	*s = str_from(*s, strlen(word));
	return true;
}

/* "x", "X", "*", or a number without zeros in front. */
static bool semver_take_part(struct str *s, bool *any, uint64_t *out)
{
	struct str digits = { s->p, 0 };

	*any = semver_take(s, "x") || semver_take(s, "X") || semver_take(s, "*");
	if (*any)
		return true;
	while (digits.n < s->n && semver_is_digit(s->p[digits.n]))
		digits.n++;
	*s = str_from(*s, digits.n);
	return str_u64(digits, out) && *out <= NUMBER_MAX && (digits.n == 1 || digits.p[0] != '0');
}

static bool semver_is_pre(struct str pre)
{
	struct str one;

	if (!pre.n || pre.p[pre.n - 1] == '.')
		return false;
	while (str_next(&pre, '.', &one)) {
		bool number = true;

		for (size_t i = 0; i < one.n; i++) {
			char c = one.p[i];

			number &= semver_is_digit(c);
			if (!semver_is_digit(c) && c != '-' && !(c >= 'a' && c <= 'z') &&
			    !(c >= 'A' && c <= 'Z'))
				return false;
		}
		if (!one.n || (number && one.n > 1 && one.p[0] == '0'))
			return false;
	}
	return true;
}

/* Up to the next blank. */
static bool semver_take_partial(struct str *s, struct semver_partial *out)
{
	struct str word, build;
	bool any = false, one;
	unsigned n = 0;

	*out = (struct semver_partial){ .pre = STR("") };
	str_cut(*s, ' ', &word, s);
	str_cut(word, '+', &word, &build);
	do {
		if (n == PARTS || !semver_take_part(&word, &one, &out->v[n++]))
			return false;
		any |= one;
		out->given += !any;
	} while (semver_take(&word, "."));
	for (unsigned i = out->given; i < PARTS; i++)
		out->v[i] = 0;
	if (n == PARTS && semver_take(&word, "-")) {
		out->pre = word;
		return semver_is_pre(word);
	}
	return word.n == 0;
}

static void semver_ask(struct semver_question *q, enum semver_operator op, const uint64_t *v,
		       struct str pre)
{
	AUTO_ARENA a = { 0 };
	const char *bound = arena_printf(&a, "%llu.%llu.%llu%s" STR_FMT, (unsigned long long)v[0],
					 (unsigned long long)v[1], (unsigned long long)v[2],
					 pre.n ? "-" : "", STR_ARG(pre));
	int order = semver_compare(q->version, str_of(bound));
	const bool holds[] = { [SEMVER_EQUAL] = order == 0,
			       [SEMVER_LESS] = order < 0,
			       [SEMVER_UP_TO] = order <= 0,
			       [SEMVER_MORE] = order > 0,
			       [SEMVER_FROM] = order >= 0 };

	q->holds &= holds[op];
}

/* With the first version whose part `at` is one higher. */
static void semver_ask_next(struct semver_question *q, enum semver_operator op,
			    const struct semver_partial *x, unsigned at)
{
	uint64_t v[PARTS] = { 0 };

	for (unsigned i = 0; i <= at; i++)
		v[i] = x->v[i] + (i == at);
	semver_ask(q, op, v, STR("0"));
}

/* From it - where parts are missing with all pre-releases - to before the next of the part `at`. */
static void semver_ask_span(struct semver_question *q, const struct semver_partial *x, unsigned at)
{
	if (x->given == 0)
		return;
	semver_ask(q, SEMVER_FROM, x->v, x->given == PARTS ? x->pre : STR("0"));
	semver_ask_next(q, SEMVER_LESS, x, at);
}

/* "^0.2.3": what the first number that is not 0 promises. */
static void semver_ask_caret(struct semver_question *q, const struct semver_partial *x)
{
	unsigned at = 0;

	while (at + 1 < x->given && x->v[at] == 0)
		at++;
	semver_ask_span(q, x, at);
}

static void semver_ask_compared(struct semver_question *q, enum semver_operator op,
				const struct semver_partial *x)
{
	unsigned last = x->given ? x->given - 1 : 0;

	if (x->given == PARTS)
		semver_ask(q, op, x->v, x->pre);
	else if (x->given == 0)
		q->holds &= op != SEMVER_LESS && op != SEMVER_MORE;
	else if (op == SEMVER_EQUAL)
		semver_ask_span(q, x, last);
	else if (op == SEMVER_MORE)
		semver_ask_next(q, SEMVER_FROM, x, last);
	else if (op == SEMVER_UP_TO)
		semver_ask_next(q, SEMVER_LESS, x, last);
	else
		semver_ask(q, op, x->v, STR("0"));
}

/* "1.2 - 2.3" */
static void semver_ask_hyphen(struct semver_question *q, const struct semver_partial *from,
			      const struct semver_partial *to)
{
	if (from->given)
		semver_ask(q, SEMVER_FROM, from->v,
			   from->pre.n && from->given == PARTS ? from->pre : STR("0"));
	if (to->given == PARTS && to->pre.n)
		semver_ask(q, SEMVER_UP_TO, to->v, to->pre);
	else if (to->given)
		semver_ask_next(q, SEMVER_LESS, to, to->given - 1);
}

static enum semver_operator semver_take_operator(struct str *s)
{
	if (semver_take(s, "<"))
		return semver_take(s, "=") ? SEMVER_UP_TO : SEMVER_LESS;
	if (semver_take(s, ">"))
		return semver_take(s, "=") ? SEMVER_FROM : SEMVER_MORE;
	semver_take(s, "=");
	return SEMVER_EQUAL;
}

/* "v" or "=" in any number before a number; false: not what may stand before a whole version. */
static bool semver_take_prefix(struct str *s)
{
	struct str before = *s;

	while (semver_take(s, "v") || semver_take(s, "="))
		;
	return before.n == s->n || (before.n == s->n + 1 && before.p[0] == 'v');
}

/* "^1.2", "~> 1.2", ">= 1.2": one part of a set. */
static bool semver_ask_one(struct semver_question *q, struct str *s)
{
	bool caret = semver_take(s, "^"), tilde = !caret && semver_take(s, "~");
	enum semver_operator op = SEMVER_EQUAL;
	struct semver_partial x;
	bool plain;

	if (tilde) {
		semver_take(s, " ");
		semver_take(s, ">");
	} else if (!caret) {
		op = semver_take_operator(s);
	}
	semver_take(s, " ");
	plain = semver_take_prefix(s);
	if (!semver_take_partial(s, &x))
		return false;
	if (caret)
		semver_ask_caret(q, &x);
	else if (tilde)
		semver_ask_span(q, &x, x.given > 1);
	else if (!plain && x.given == PARTS)
		return false;
	else
		semver_ask_compared(q, op, &x);
	return true;
}

/* Between two "||", with single blanks. */
static bool semver_ask_set(struct semver_question *q, struct str s)
{
	struct str rest = s;
	struct semver_partial from, to;

	semver_take_prefix(&rest);
	if (semver_take_partial(&rest, &from) && semver_take(&rest, "- ")) {
		semver_take_prefix(&rest);
		if (!semver_take_partial(&rest, &to) || rest.n)
			return false;
		semver_ask_hyphen(q, &from, &to);
		return true;
	}
	while (s.n) {
		if (!semver_ask_one(q, &s))
			return false;
	}
	return true;
}

/* Every run of white space as one blank, none at the ends. */
static struct str semver_squeeze(struct arena *a, struct str s)
{
	char *out = arena_strndup(a, s.p, s.n);
	size_t n = 0;

	for (size_t i = 0; i < s.n; i++) {
		if (!strchr(" \t\r\n\v\f", out[i]))
			out[n++] = out[i];
		else if (n && out[n - 1] != ' ')
			out[n++] = ' ';
	}
	return (struct str){ out, n && out[n - 1] == ' ' ? n - 1 : n };
}

bool semver_range_has(struct str range, struct str version)
{
	AUTO_ARENA a = { 0 };
	bool found = false;

	for (bool more = true; more;) {
		const char *bar = memmem(range.p, range.n, "||", 2);
		struct semver_question q = { version, true };
		struct str set = { range.p, bar ? (size_t)(bar - range.p) : range.n };

		more = bar != NULL;
		range = str_from(range, set.n + 2 * more);
		if (!semver_ask_set(&q, semver_squeeze(&a, set)))
			return false;
		found |= q.holds;
	}
	return found;
}
