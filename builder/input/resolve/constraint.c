/* SPDX-License-Identifier: Apache-2.0 */
/* Version constraints of recipes. Knows Debian's order of versions, no packages. */

#include "input/resolve/constraint.h"

static int constraint_malformed(const char *text, struct error *e)
{
	err_set(e, ERR_INPUT,
		"version \"%s\": expected terms like \">= 3.12\", \"3.12.*\" or "
		"\"= 6.13\" (operators: << <= = >= >>), separated by commas",
		text);
	return -1;
}

static bool constraint_is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static size_t digits_at_end(struct str s)
{
	size_t n = 0;

	while (n < s.n && constraint_is_digit(s.p[s.n - 1 - n]))
		n++;
	return n;
}

/* Takes "HEAD1" from the end of `s`: a word of `heads` and a number. */
static bool cut_suffix(struct str *s, const char *const *heads)
{
	struct str rest = { s->p, s->n - digits_at_end(*s) };

	if (rest.n == s->n)
		return false;
	for (; *heads; heads++) {
		if (str_ends(rest, str_of(*heads))) {
			s->n = rest.n - strlen(*heads);
			return true;
		}
	}
	return false;
}

/* A native version without what Debian's rebuilds, stable updates and backports append to it. */
static struct str without_suffixes(struct str upstream)
{
	static const char *const rebuild[] = { "+b", NULL }, *const second[] = { "u", "+", NULL };
	static const char *const first[] = { "+deb", "~deb", "~bpo", NULL };
	struct str rest = upstream;

	if (cut_suffix(&rest, rebuild))
		upstream = rest;
	rest = upstream;
	return cut_suffix(&rest, second) && cut_suffix(&rest, first) ? rest : upstream;
}

/* The version as far as the term speaks of it. */
static struct debversion parts_for(const struct debversion *term, struct str version)
{
	struct debversion v = debversion_split(version);

	if (term->revision.n == 0 && v.revision.n == 0 &&
	    without_suffixes(term->upstream).n == term->upstream.n)
		v.upstream = without_suffixes(v.upstream);
	if (term->epoch.n == 0)
		v.epoch.n = 0;
	if (term->revision.n == 0)
		v.revision.n = 0;
	return v;
}

/* Whether a part is `head` or goes on below it: "3.12" and "3.12.1", not "3.120" and not
 * "3.12~rc1", which comes before it. */
static bool is_below_version(struct str part, struct str head)
{
	for (size_t n = 1; n <= part.n; n++) {
		bool digit = constraint_is_digit(part.p[n - 1]);
		bool at_end = n == part.n ||
			      (part.p[n] != '~' && !(digit && constraint_is_digit(part.p[n])));

		/* "13." would equal "13.0" */
		if (at_end && digit == constraint_is_digit(head.p[head.n - 1]) &&
		    debversion_compare_part((struct str){ part.p, n }, head) == 0)
			return true;
	}
	return false;
}

static bool prefix_holds(const struct debversion *term, const struct debversion *v)
{
	if (debversion_compare_part(v->epoch, term->epoch) != 0)
		return false;
	if (term->revision.n == 0)
		return is_below_version(v->upstream, term->upstream);
	return debversion_compare_part(v->upstream, term->upstream) == 0 &&
	       is_below_version(v->revision, term->revision);
}

static bool order_holds(const struct debversion *term, const struct debversion *v,
			enum debversion_op op)
{
	int order = debversion_compare_part(v->epoch, term->epoch);

	if (order == 0)
		order = debversion_compare_part(v->upstream, term->upstream);
	if (order == 0)
		order = debversion_compare_part(v->revision, term->revision);
	return debversion_order_holds(order, op);
}

static int term_holds(const char *text, struct str term, struct str version, struct error *e)
{
	enum debversion_op op = DEBVERSION_ANY;
	bool below = str_ends(term, STR(".*"));
	struct debversion parts, v;

	if (below)
		term.n -= 2;
	else if (!debversion_op(&term, &op))
		return constraint_malformed(text, e);
	term = str_trim(term);
	if (!debversion_valid(term))
		return constraint_malformed(text, e);
	parts = debversion_split(term);
	v = parts_for(&parts, version);
	return below ? prefix_holds(&parts, &v) : order_holds(&parts, &v, op);
}

int constraint_holds(const char *text, struct str version, struct error *e)
{
	struct str rest = str_of(text ? text : ""), term;
	int holds = 1;

	while (holds > 0 && str_next(&rest, ',', &term)) {
		term = str_trim(term);
		holds = term.n ? term_holds(text, term, version, e) : constraint_malformed(text, e);
	}
	return holds;
}

bool constraint_check(const char *text, struct error *e)
{
	struct str rest = str_of(text), term;
	int holds = rest.n ? 0 : constraint_malformed(text, e);

	while (holds >= 0 && str_next(&rest, ',', &term)) {
		term = str_trim(term);
		holds = term.n ? term_holds(text, term, STR("0"), e)
			       : constraint_malformed(text, e);
	}
	return holds >= 0;
}
