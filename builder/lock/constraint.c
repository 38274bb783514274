/* SPDX-License-Identifier: Apache-2.0 */
/* Version constraints of recipes. Knows Debian's order of versions, no packages. */

#include "lock/constraint.h"

static int malformed(const char *text, struct error *e)
{
	err_set(e, ERR_INPUT, "version \"%s\": expected terms like \">= 3.12\", \"3.12.*\" or "
		"\"= 6.13\" (operators: << <= = >= >>), separated by commas", text);
	return -1;
}

/* "3.12.*": `prefix` is "3.12." */
static bool is_below(struct str upstream, struct str prefix)
{
	return str_starts(upstream, prefix) ||
	       str_eq(upstream, (struct str){ prefix.p, prefix.n - 1 });
}

static int term_holds(const char *text, struct str term, struct str version, struct error *e)
{
	bool whole = term.n && memchr(term.p, '-', term.n);
	enum debversion_op op;

	if (!whole)
		version = debversion_upstream(version);
	if (str_ends(term, STR(".*"))) {
		struct str base = { term.p, term.n - 2 };

		return debversion_valid(base)
			       ? is_below(version, (struct str){ term.p, term.n - 1 })
			       : malformed(text, e);
	}
	if (!debversion_op(&term, &op) || !debversion_valid(str_trim(term)))
		return malformed(text, e);
	return debversion_holds(version, op, str_trim(term));
}

int constraint_holds(const char *text, struct str version, struct error *e)
{
	struct str rest = str_of(text ? text : ""), term;
	int holds = 1;

	while (holds > 0 && str_next(&rest, ',', &term)) {
		term = str_trim(term);
		holds = term.n ? term_holds(text, term, version, e) : malformed(text, e);
	}
	return holds;
}

bool constraint_check(const char *text, struct error *e)
{
	struct str rest = str_of(text), term;
	int holds = rest.n ? 0 : malformed(text, e);

	while (holds >= 0 && str_next(&rest, ',', &term)) {
		term = str_trim(term);
		holds = term.n ? term_holds(text, term, STR("0"), e) : malformed(text, e);
	}
	return holds >= 0;
}
