/* SPDX-License-Identifier: Apache-2.0 */
/* or, and, comparisons, from the outside in. */

#include "format/text/python_marker.h"

#define MARKER_DEPTH_MAX 32

struct marker_text {
	struct str rest, all;
	const char *machine;
	const struct strings *groups; /* that are chosen; NULL: none */
	unsigned depth;
};

/* What dependency_groups stands for until it is asked. */
static const char marker_groups[] = "";

static int marker_or(struct marker_text *m, struct error *e);

static int marker_refuse(const struct marker_text *m, struct error *e)
{
	err_set(e, ERR_INPUT, "the marker \"" STR_FMT "\" is malformed at \"" STR_FMT "\"",
		STR_ARG(m->all), STR_ARG(m->rest));
	return -1;
}

static void marker_skip(struct marker_text *m)
{
	while (m->rest.n && strchr(" \t", m->rest.p[0]))
		m->rest = str_from(m->rest, 1);
}

/* Takes the text if it comes next. */
static bool marker_take(struct marker_text *m, struct str text)
{
	marker_skip(m);
	if (!str_starts(m->rest, text))
		return false;
	m->rest = str_from(m->rest, text.n);
	return true;
}

static bool marker_word_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == '_' || c == '.';
}

/* A word as such: "or" of "order" is none. */
static bool marker_take_word(struct marker_text *m, struct str word)
{
	marker_skip(m);
	if (!str_starts(m->rest, word) ||
	    (m->rest.n > word.n && marker_word_char(m->rest.p[word.n])))
		return false;
	m->rest = str_from(m->rest, word.n);
	return true;
}

static bool marker_variable(const struct marker_text *m, struct str name, struct str *out)
{
	const struct {
		struct str name;
		const char *value;
	} known[] = {
		{ STR("os_name"), "posix" },
		{ STR("sys_platform"), "linux" },
		{ STR("platform_machine"), m->machine },
		{ STR("platform_python_implementation"), "CPython" },
		{ STR("platform_release"), "" },
		{ STR("platform_system"), "Linux" },
		{ STR("platform_version"), "" },
		{ STR("python_version"), PYTHON_OF_DEBIAN },
		{ STR("python_full_version"), PYTHON_OF_DEBIAN_FULL },
		{ STR("implementation_name"), "cpython" },
		{ STR("implementation_version"), PYTHON_OF_DEBIAN_FULL },
		{ STR("extra"), "" },
		{ STR("extras"), "" }, /* a set, of which none is chosen */
		{ STR("dependency_groups"), marker_groups },
	};

	for (size_t i = 0; i < ARRAY_SIZE(known); i++) {
		if (str_eq(known[i].name, name)) {
			*out = str_of(known[i].value);
			return true;
		}
	}
	return false;
}

/* A string in quotes, or a variable. */
static bool marker_value(struct marker_text *m, struct str *out)
{
	struct str name;
	char quote;

	marker_skip(m);
	if (!m->rest.n)
		return false;
	quote = m->rest.p[0];
	if (quote == '\'' || quote == '"') {
		struct str after;

		if (!str_cut(str_from(m->rest, 1), quote, out, &after))
			return false;
		m->rest = after;
		return true;
	}
	name = m->rest;
	for (name.n = 0; name.n < m->rest.n && marker_word_char(m->rest.p[name.n]); name.n++)
		;
	if (!marker_variable(m, name, out))
		return false;
	m->rest = str_from(m->rest, name.n);
	return true;
}

bool python_release_compare(struct str a, struct str b, int *out)
{
	*out = 0;
	while (a.n || b.n) {
		struct str x = STR("0"), y = STR("0");
		uint64_t i, k;

		if (a.n)
			str_next(&a, '.', &x);
		if (b.n)
			str_next(&b, '.', &y);
		if (!str_u64(x, &i) || !str_u64(y, &k))
			return false;
		if (*out == 0)
			*out = (i > k) - (i < k);
	}
	return true;
}

/* "3.*" takes every release that begins with 3; "~=3.4" every 3 from 3.4 on. */
static bool marker_matches_prefix(struct str version, struct str prefix)
{
	struct str one, other;

	while (str_next(&prefix, '.', &one)) {
		if (!str_next(&version, '.', &other) || !str_eq(one, other))
			return false;
	}
	return true;
}

static bool marker_compatible(struct str a, struct str b, int order)
{
	struct str prefix = b;

	while (prefix.n && prefix.p[prefix.n - 1] != '.')
		prefix.n--;
	return order >= 0 && prefix.n &&
	       marker_matches_prefix(a, (struct str){ prefix.p, prefix.n - 1 });
}

/* Texts that are not both numbers are compared as texts. */
static bool marker_compare(struct str a, struct str op, struct str b)
{
	bool star = str_ends(b, STR(".*"));
	int order;

	if (star && (str_eq(op, STR("==")) || str_eq(op, STR("!="))))
		return marker_matches_prefix(a, (struct str){ b.p, b.n - 2 }) ==
		       str_eq(op, STR("=="));
	if (!python_release_compare(a, b, &order))
		order = str_cmp(a, b);
	if (str_eq(op, STR("~=")))
		return marker_compatible(a, b, order);
	return (order == 0 && (str_eq(op, STR("==")) || str_eq(op, STR("===")) ||
			       str_eq(op, STR("<=")) || str_eq(op, STR(">=")))) ||
	       (order != 0 && str_eq(op, STR("!="))) ||
	       (order < 0 && (str_eq(op, STR("<")) || str_eq(op, STR("<=")))) ||
	       (order > 0 && (str_eq(op, STR(">")) || str_eq(op, STR(">="))));
}

static const struct str marker_operators[] = { STR("==="), STR("=="), STR("!="), STR("<="),
					       STR(">="),  STR("~="), STR("<"),	 STR(">") };

/* "4.0a1" and "4.0.*" -> "4.0", but what is compared as a prefix stays. */
static struct str marker_release(struct str op, struct str version)
{
	size_t n = 0;

	if (str_ends(version, STR(".*")) && (str_eq(op, STR("==")) || str_eq(op, STR("!="))))
		return version;
	while (n < version.n && strchr("0123456789.", version.p[n]))
		n++;
	while (n && version.p[n - 1] == '.')
		n--;
	return (struct str){ version.p, n };
}

static struct str marker_operator(struct str specifier)
{
	for (size_t i = 0; i < ARRAY_SIZE(marker_operators); i++) {
		if (str_starts(specifier, marker_operators[i]))
			return marker_operators[i];
	}
	return (struct str){ NULL, 0 };
}

bool python_release_fits(struct str specifiers)
{
	struct str one;

	while (str_next(&specifiers, ',', &one)) {
		struct str op = marker_operator(str_trim(one)), version;

		if (!op.p)
			continue;
		version = marker_release(op, str_trim(str_from(str_trim(one), op.n)));
		if (version.n && !marker_compare(str_of(PYTHON_OF_DEBIAN_FULL), op, version))
			return false;
	}
	return true;
}

static bool marker_has_group(const struct marker_text *m, struct str name)
{
	for (size_t i = 0; m->groups && i < m->groups->n; i++) {
		if (str_eq(str_of(m->groups->v[i]), name))
			return true;
	}
	return false;
}

static int marker_comparison(struct marker_text *m, struct error *e)
{
	struct str a, b, op = { NULL, 0 };
	bool in, negated = false;

	if (!marker_value(m, &a))
		return marker_refuse(m, e);
	in = marker_take_word(m, STR("in"));
	if (!in && marker_take_word(m, STR("not"))) {
		negated = in = marker_take_word(m, STR("in"));
		if (!in)
			return marker_refuse(m, e);
	}
	for (size_t i = 0; !in && !op.p && i < ARRAY_SIZE(marker_operators); i++) {
		if (marker_take(m, marker_operators[i]))
			op = marker_operators[i];
	}
	if ((!in && !op.p) || !marker_value(m, &b))
		return marker_refuse(m, e);
	if (in && b.p == marker_groups)
		return marker_has_group(m, a) != negated;
	if (in)
		return (a.n == 0 || memmem(b.p, b.n, a.p, a.n) != NULL) != negated;
	return marker_compare(a, op, b);
}

static int marker_term(struct marker_text *m, struct error *e)
{
	int got;

	if (!marker_take(m, STR("(")))
		return marker_comparison(m, e);
	if (++m->depth > MARKER_DEPTH_MAX)
		return marker_refuse(m, e);
	got = marker_or(m, e);
	m->depth--;
	if (got >= 0 && !marker_take(m, STR(")")))
		return marker_refuse(m, e);
	return got;
}

static int marker_and(struct marker_text *m, struct error *e)
{
	int all = marker_term(m, e), one;

	while (all >= 0 && marker_take_word(m, STR("and"))) {
		one = marker_term(m, e);
		all = one < 0 ? one : all && one;
	}
	return all;
}

static int marker_or(struct marker_text *m, struct error *e)
{
	int any = marker_and(m, e), one;

	while (any >= 0 && marker_take_word(m, STR("or"))) {
		one = marker_and(m, e);
		any = one < 0 ? one : any || one;
	}
	return any;
}

int python_marker_holds_in(struct str marker, const char *machine, const struct strings *groups,
			   struct error *e)
{
	struct marker_text m = {
		.rest = marker, .all = marker, .machine = machine, .groups = groups
	};
	int got = marker_or(&m, e);

	marker_skip(&m);
	return got >= 0 && m.rest.n ? marker_refuse(&m, e) : got;
}

int python_marker_holds(struct str marker, const char *machine, struct error *e)
{
	return python_marker_holds_in(marker, machine, NULL, e);
}
