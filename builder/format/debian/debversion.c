/* SPDX-License-Identifier: Apache-2.0 */
/* Debian version order. Digits are compared as text with leading zeros removed, so numbers of
 * any length are compared right. */

#include "format/debian/debversion.h"

struct debversion debversion_split(struct str v)
{
	const char *colon = v.n ? memchr(v.p, ':', v.n) : NULL;
	struct debversion p = { { "", 0 }, v, { "", 0 } };
	const char *dash;

	if (colon) {
		p.epoch = (struct str){ v.p, (size_t)(colon - v.p) };
		p.upstream = str_from(v, p.epoch.n + 1);
	}
	dash = p.upstream.n ? memrchr(p.upstream.p, '-', p.upstream.n) : NULL;
	if (dash) {
		size_t n = (size_t)(dash - p.upstream.p);

		p.revision = str_from(p.upstream, n + 1);
		p.upstream.n = n;
	}
	return p;
}

static bool version_is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_alpha(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_made_of(struct str s, const char *extra)
{
	for (size_t i = 0; i < s.n; i++) {
		if (!version_is_digit(s.p[i]) && !is_alpha(s.p[i]) &&
		    (s.p[i] == '\0' || !strchr(extra, s.p[i])))
			return false;
	}
	return true;
}

bool debversion_valid(struct str v)
{
	bool has_epoch = v.n && memchr(v.p, ':', v.n);
	struct debversion p = debversion_split(v);
	bool has_revision = p.upstream.n && p.upstream.p + p.upstream.n < v.p + v.n;

	if (has_epoch) {
		if (p.epoch.n == 0 || p.epoch.n > 9)
			return false;
		for (size_t i = 0; i < p.epoch.n; i++) {
			if (!version_is_digit(p.epoch.p[i]))
				return false;
		}
	}
	if (p.upstream.n == 0 || !version_is_digit(p.upstream.p[0]))
		return false;
	if (has_revision && p.revision.n == 0)
		return false;
	return is_made_of(p.upstream, has_epoch ? ".+-~:" : ".+-~") &&
	       is_made_of(p.revision, ".+~");
}

/* '~' < end of part < letters < everything else. */
static int version_weight(struct str s)
{
	if (s.n == 0 || version_is_digit(s.p[0]))
		return 0;
	if (s.p[0] == '~')
		return -1;
	return is_alpha(s.p[0]) ? s.p[0] : (unsigned char)s.p[0] + 256;
}

/* Takes the run of digits at the front, without leading zeros. */
static struct str version_take_number(struct str *s)
{
	struct str number;

	while (s->n && s->p[0] == '0')
		*s = str_from(*s, 1);
	number = (struct str){ s->p, 0 };
	while (number.n < s->n && version_is_digit(s->p[number.n]))
		number.n++;
	*s = str_from(*s, number.n);
	return number;
}

static int compare_numbers(struct str a, struct str b)
{
	if (a.n != b.n)
		return a.n < b.n ? -1 : 1;
	return str_cmp(a, b);
}

int debversion_compare_part(struct str a, struct str b)
{
	while (a.n || b.n) {
		int order;

		while ((a.n && !version_is_digit(a.p[0])) || (b.n && !version_is_digit(b.p[0]))) {
			order = version_weight(a) - version_weight(b);
			if (order)
				return order;
			a = str_from(a, 1);
			b = str_from(b, 1);
		}
		order = compare_numbers(version_take_number(&a), version_take_number(&b));
		if (order)
			return order;
	}
	return 0;
}

int debversion_compare(struct str a, struct str b)
{
	struct debversion x = debversion_split(a), y = debversion_split(b);
	int order = compare_numbers(version_take_number(&x.epoch), version_take_number(&y.epoch));

	if (order == 0)
		order = debversion_compare_part(x.upstream, y.upstream);
	if (order == 0)
		order = debversion_compare_part(x.revision, y.revision);
	return order;
}

static const struct {
	const char *name;
	enum debversion_op op;
} ops[] = {
	{ "<<", DEBVERSION_LT }, { "<=", DEBVERSION_LE }, { ">=", DEBVERSION_GE },
	{ ">>", DEBVERSION_GT }, { "=", DEBVERSION_EQ },
};

bool debversion_op(struct str *s, enum debversion_op *op)
{
	for (size_t i = 0; i < ARRAY_SIZE(ops); i++) {
		if (str_starts(*s, str_of(ops[i].name))) {
			*op = ops[i].op;
			*s = str_from(*s, strlen(ops[i].name));
			return true;
		}
	}
	return false;
}

const char *debversion_op_name(enum debversion_op op)
{
	for (size_t i = 0; i < ARRAY_SIZE(ops); i++) {
		if (ops[i].op == op)
			return ops[i].name;
	}
	return "";
}

bool debversion_order_holds(int order, enum debversion_op op)
{
	switch (op) {
	case DEBVERSION_ANY:
		return true;
	case DEBVERSION_LT:
		return order < 0;
	case DEBVERSION_LE:
		return order <= 0;
	case DEBVERSION_EQ:
		return order == 0;
	case DEBVERSION_GE:
		return order >= 0;
	case DEBVERSION_GT:
		break;
	}
	return order > 0;
}

bool debversion_holds(struct str v, enum debversion_op op, struct str than)
{
	return debversion_order_holds(op == DEBVERSION_ANY ? 0 : debversion_compare(v, than), op);
}
