/* SPDX-License-Identifier: Apache-2.0 */
#include "format/version/version_digits.h"

static struct str version_strip_zeros(struct str s)
{
	while (s.n && s.p[0] == '0')
		s = str_from(s, 1);
	return s;
}

int version_compare_digits(struct str a, struct str b)
{
	a = version_strip_zeros(a);
	b = version_strip_zeros(b);
	if (a.n != b.n)
		return a.n < b.n ? -1 : 1;
	return str_cmp(a, b);
}

int version_compare_dotted(struct str a, struct str b, int (*compare)(struct str, struct str))
{
	for (;;) {
		struct str x = STR("0"), y = STR("0");
		bool more = str_next(&a, '.', &x);
		int order;

		if (!str_next(&b, '.', &y) && !more)
			return 0;
		order = compare(x, y);
		if (order)
			return order;
	}
}

struct str version_take_digits(struct str *s)
{
	struct str digits = { s->p, 0 };

	while (digits.n < s->n && s->p[digits.n] >= '0' && s->p[digits.n] <= '9')
		digits.n++;
	*s = str_from(*s, digits.n);
	return digits;
}
