/* SPDX-License-Identifier: Apache-2.0 */
#include "format/version/pep440.h"

#include <strings.h>
#include <sys/param.h>

#include "format/version/version_digits.h"

/* A version in its parts; numbers are digits, as they stand there. */
struct pep440 {
	struct str epoch, release, local; /* local: "" if there is none */
	enum {
		PRE_DEV, /* a development release of the final one: before every pre-release */
		PRE_ALPHA,
		PRE_BETA,
		PRE_CANDIDATE,
		PRE_NONE,
	} pre;
	struct str pre_number;
	bool is_post, is_dev;
	struct str post_number, dev_number;
};

struct pep440_label {
	const char *text;
	int is;
};

static bool pep440_is_separator(char c)
{
	return c == '.' || c == '-' || c == '_';
}

/* "[.-_]LABEL[.-_]N": takes one of the labels, longest first, and its number. */
static bool pep440_take_label(struct str *s, const struct pep440_label *labels, size_t n, int *is,
			      struct str *number)
{
	struct str rest = s->n && pep440_is_separator(s->p[0]) ? str_from(*s, 1) : *s;

	for (size_t i = 0; i < n; i++) {
		size_t len = strlen(labels[i].text);

		if (rest.n < len || strncasecmp(rest.p, labels[i].text, len) != 0)
			continue;
		*is = labels[i].is;
		rest = str_from(rest, len);
		if (rest.n && pep440_is_separator(rest.p[0]))
			rest = str_from(rest, 1);
		*number = version_take_digits(&rest);
		*s = rest;
		return true;
	}
	return false;
}

static void pep440_take_pre(struct str *s, struct pep440 *out)
{
	static const struct pep440_label labels[] = {
		{ "alpha", PRE_ALPHA },	 { "a", PRE_ALPHA },	       { "beta", PRE_BETA },
		{ "b", PRE_BETA },	 { "preview", PRE_CANDIDATE }, { "pre", PRE_CANDIDATE },
		{ "rc", PRE_CANDIDATE }, { "c", PRE_CANDIDATE },
	};
	int is = PRE_NONE;

	pep440_take_label(s, labels, ARRAY_SIZE(labels), &is, &out->pre_number);
	out->pre = is;
}

/* "-N" is a post-release as well. */
static void pep440_take_post(struct str *s, struct pep440 *out)
{
	static const struct pep440_label labels[] = { { "post", 1 }, { "rev", 1 }, { "r", 1 } };
	struct str rest = str_from(*s, 1);
	int is;

	if (s->n && s->p[0] == '-') {
		out->post_number = version_take_digits(&rest);
		out->is_post = out->post_number.n > 0;
	}
	if (out->is_post)
		*s = rest;
	else
		out->is_post = pep440_take_label(s, labels, ARRAY_SIZE(labels), &is,
						 &out->post_number);
}

/* Numbers between dots, from the front of `s`; false if there are none. */
static bool pep440_take_release(struct str *s, struct str *out)
{
	*out = (struct str){ s->p, 0 };
	for (;;) {
		if (!version_take_digits(s).n)
			return false;
		out->n = (size_t)(s->p - out->p);
		if (s->n < 2 || s->p[0] != '.' || s->p[1] < '0' || s->p[1] > '9')
			return true;
		*s = str_from(*s, 1);
	}
}

static bool pep440_is_local(struct str s)
{
	bool after_separator = true;

	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];
		bool separator = pep440_is_separator(c);

		if (separator ? after_separator
			      : !((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
				  (c >= 'A' && c <= 'Z')))
			return false;
		after_separator = separator;
	}
	return !after_separator;
}

static bool pep440_split(struct str v, struct pep440 *out)
{
	static const struct pep440_label dev[] = { { "dev", 1 } };
	struct str s = str_trim(v), epoch, rest;
	int is;

	*out = (struct pep440){ .epoch = STR("0"), .local = STR("") };
	if (s.n && (s.p[0] == 'v' || s.p[0] == 'V'))
		s = str_from(s, 1);
	if (str_cut(s, '!', &epoch, &rest)) {
		out->epoch = version_take_digits(&epoch);
		if (!out->epoch.n || epoch.n)
			return false;
		s = rest;
	}
	if (!pep440_take_release(&s, &out->release))
		return false;
	pep440_take_pre(&s, out);
	pep440_take_post(&s, out);
	out->is_dev = pep440_take_label(&s, dev, ARRAY_SIZE(dev), &is, &out->dev_number);
	if (out->is_dev && out->pre == PRE_NONE && !out->is_post)
		out->pre = PRE_DEV;
	if (s.n && s.p[0] == '+') {
		out->local = str_from(s, 1);
		return pep440_is_local(out->local);
	}
	return s.n == 0;
}

static bool pep440_next_local(struct str *rest, struct str *one)
{
	if (!rest->n)
		return false;
	*one = (struct str){ rest->p, 0 };
	while (one->n < rest->n && !pep440_is_separator(rest->p[one->n]))
		one->n++;
	*rest = str_from(*rest, one->n + 1);
	return true;
}

/* Words are before numbers, in lower case. */
static int pep440_compare_segment(struct str a, struct str b)
{
	struct str rest_a = a, rest_b = b;
	bool number_a, number_b;
	int order;

	version_take_digits(&rest_a);
	version_take_digits(&rest_b);
	number_a = rest_a.n == 0;
	number_b = rest_b.n == 0;
	if (number_a != number_b)
		return number_a ? 1 : -1;
	if (number_a)
		return version_compare_digits(a, b);
	order = strncasecmp(a.p, b.p, MIN(a.n, b.n));
	return order ? order : (int)(a.n > b.n) - (int)(a.n < b.n);
}

static int pep440_compare_local(struct str a, struct str b)
{
	for (;;) {
		struct str x, y;
		bool more_a = pep440_next_local(&a, &x), more_b = pep440_next_local(&b, &y);
		int order;

		if (!more_a || !more_b)
			return (int)more_a - (int)more_b;
		order = pep440_compare_segment(x, y);
		if (order)
			return order;
	}
}

static int pep440_compare_parts(const struct pep440 *a, const struct pep440 *b)
{
	int order = version_compare_digits(a->epoch, b->epoch);

	if (!order)
		order = version_compare_dotted(a->release, b->release, version_compare_digits);
	if (!order)
		order = (int)a->pre - (int)b->pre;
	if (!order)
		order = version_compare_digits(a->pre_number, b->pre_number);
	if (!order)
		order = (int)a->is_post - (int)b->is_post;
	if (!order)
		order = version_compare_digits(a->post_number, b->post_number);
	if (!order)
		order = (int)b->is_dev - (int)a->is_dev;
	if (!order)
		order = version_compare_digits(a->dev_number, b->dev_number);
	return order ? order : pep440_compare_local(a->local, b->local);
}

bool pep440_valid(struct str v)
{
	struct pep440 parts;

	return pep440_split(v, &parts);
}

int pep440_compare(struct str a, struct str b)
{
	struct pep440 x, y;
	bool valid_a = pep440_split(a, &x), valid_b = pep440_split(b, &y);

	if (valid_a && valid_b)
		return pep440_compare_parts(&x, &y);
	return valid_a || valid_b ? (int)valid_a - (int)valid_b : str_cmp(a, b);
}
