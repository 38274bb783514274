/* SPDX-License-Identifier: Apache-2.0 */
/* The grammar of package relations. Knows no packages. */

#include "format/debian/relations.h"

#include "format/debian/debian_names.h"

bool relation_group(struct str *rest, struct str *group)
{
	while (str_next(rest, ',', group)) {
		*group = str_trim(*group);
		if (group->n)
			return true;
	}
	return false;
}

static bool relation_fail(struct str text, const char *what, struct error *e)
{
	return err_set(e, ERR_INPUT, "relation \"" STR_FMT "\": %s", STR_ARG(text), what);
}

/* Takes the part up to one of `ends` from the front of `s`. */
static struct str take_until(struct str *s, const char *ends)
{
	struct str part = { s->p, 0 };

	while (part.n < s->n && (s->p[part.n] == '\0' || !strchr(ends, s->p[part.n])))
		part.n++;
	*s = str_from(*s, part.n);
	return part;
}

/* Takes "(...)" or the like, if `s` begins with `open`: what is between. */
static bool take_bracketed(struct str *s, char open, char close, struct str *inner)
{
	const char *end = s->n && s->p[0] == open ? memchr(s->p, close, s->n) : NULL;

	if (!end)
		return false;
	*inner = str_trim((struct str){ s->p + 1, (size_t)(end - s->p) - 1 });
	*s = str_trim(str_from(*s, (size_t)(end - s->p) + 1));
	return true;
}

static bool parse_version(struct str text, struct str inner, struct relation *r, struct error *e)
{
	if (!debversion_op(&inner, &r->op))
		return relation_fail(text, "no operator", e);
	r->version = str_trim(inner);
	return debversion_valid(r->version) || relation_fail(text, "no valid version", e);
}

/* Name, qualifier and version; what follows stays in *tail. */
static bool parse_relation(struct str text, struct relation *r, struct str *tail, struct error *e)
{
	struct str rest = text, inner;

	*r = (struct relation){ .op = DEBVERSION_ANY };
	r->name = take_until(&rest, ": \t\n([<");
	if (!name_is_package(r->name))
		return relation_fail(text, "no valid package name", e);
	if (rest.n && rest.p[0] == ':') {
		rest = str_from(rest, 1);
		r->qualifier = take_until(&rest, " \t\n([<");
		if (!name_is_architecture(r->qualifier))
			return relation_fail(text, "no valid architecture", e);
	}
	rest = str_trim(rest);
	if (take_bracketed(&rest, '(', ')', &inner) && !parse_version(text, inner, r, e))
		return false;
	*tail = rest;
	return true;
}

/* The next alternative's text. A bar with nothing behind it yields an empty one, which is
 * malformed. */
static bool next_text(struct str *group, struct str *text)
{
	bool bar;

	if (group->n == 0)
		return false;
	bar = str_cut(*group, '|', text, group);
	*text = bar && group->n == 0 ? STR("") : str_trim(*text);
	return true;
}

int relation_next(struct str *group, struct relation *out, struct error *e)
{
	struct str text, tail;

	if (!next_text(group, &text))
		return 0;
	if (!parse_relation(text, out, &tail, e))
		return -1;
	if (tail.n) {
		relation_fail(text, "something follows it", e);
		return -1;
	}
	return 1;
}

/* Whether an architecture matches a name or wildcard of a list: "amd64", "any", "linux-any",
 * "any-amd64". Only Linux architectures named by their processor are known here. */
static bool arch_matches(struct str pattern, const char *arch)
{
	struct str os, cpu;

	if (str_eq(pattern, STR("any")) || str_eq(pattern, STR("linux-any")))
		return true;
	if (str_cut(pattern, '-', &os, &cpu) && str_eq(os, STR("any")))
		return str_eq(cpu, str_of(arch));
	return str_eq(pattern, str_of(arch));
}

/* "[amd64 arm64]" or "[!hurd-any !i386]". */
static bool arches_hold(struct str list, const char *arch)
{
	bool negated = list.n && list.p[0] == '!', hit = false;
	struct str one;

	while (str_next(&list, ' ', &one)) {
		one = str_trim(one);
		if (negated && one.n)
			one = str_from(one, 1);
		hit |= one.n && arch_matches(one, arch);
	}
	return hit != negated;
}

/* "<a !b>": all terms must hold; no build profile is active, so only negated terms do. */
static bool profiles_hold(struct str list)
{
	struct str one;

	while (str_next(&list, ' ', &one)) {
		one = str_trim(one);
		if (one.n && one.p[0] != '!')
			return false;
	}
	return true;
}

/* The restrictions after a relation: 1 it counts, 0 it does not, -1 malformed. */
static int restrictions_hold(struct str text, struct str tail, const char *arch, struct error *e)
{
	bool profiled = false, any_profile = false;
	struct str inner;
	int holds = 1;

	if (take_bracketed(&tail, '[', ']', &inner))
		holds = arches_hold(inner, arch);
	while (take_bracketed(&tail, '<', '>', &inner)) {
		profiled = true;
		any_profile |= profiles_hold(inner);
	}
	if (tail.n) {
		relation_fail(text, "something follows it", e);
		return -1;
	}
	return holds && (!profiled || any_profile);
}

int relation_next_build(struct str *group, const char *arch, struct relation *out, struct error *e)
{
	struct str text, tail;
	int holds;

	while (next_text(group, &text)) {
		if (!parse_relation(text, out, &tail, e))
			return -1;
		holds = restrictions_hold(text, tail, arch, e);
		if (holds)
			return holds;
	}
	return 0;
}

bool relation_takes_provided(const struct relation *r, struct str version)
{
	return r->op == DEBVERSION_ANY ||
	       (version.n && debversion_holds(version, r->op, r->version));
}

bool relations_name(struct str field, const char *package)
{
	struct error ignored = { 0 };
	struct relation r;
	struct str group;

	while (relation_group(&field, &group)) {
		while (relation_next(&group, &r, &ignored) > 0) {
			if (str_eq(r.name, str_of(package)))
				return true;
		}
	}
	return false;
}

const char *relation_format(struct arena *a, const struct relation *r)
{
	const char *colon = r->qualifier.n ? ":" : "";

	if (r->op == DEBVERSION_ANY)
		return arena_printf(a, STR_FMT "%s" STR_FMT, STR_ARG(r->name), colon,
				    STR_ARG(r->qualifier));
	return arena_printf(a, STR_FMT "%s" STR_FMT " (%s " STR_FMT ")", STR_ARG(r->name), colon,
			    STR_ARG(r->qualifier), debversion_op_name(r->op), STR_ARG(r->version));
}
