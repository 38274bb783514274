/* SPDX-License-Identifier: Apache-2.0 */
#include "format/version/semver.h"

#include "format/version/version_digits.h"

static bool semver_is_number(struct str s)
{
	struct str rest = s;

	version_take_digits(&rest);
	return s.n && !rest.n;
}

/* Numbers are before what is none. */
static int semver_compare_part(struct str a, struct str b)
{
	bool number = semver_is_number(a);

	if (number != semver_is_number(b))
		return number ? -1 : 1;
	return number ? version_compare_digits(a, b) : str_cmp(a, b);
}

static void semver_split(struct str v, struct str *core, struct str *pre)
{
	struct str build;

	str_cut(v.n && v.p[0] == 'v' ? str_from(v, 1) : v, '+', core, &build);
	if (!str_cut(*core, '-', core, pre))
		*pre = STR("");
}

/* Of pre-releases; none is after any. */
static int semver_compare_pre(struct str a, struct str b)
{
	if (!a.n || !b.n)
		return (int)!a.n - (int)!b.n;
	for (;;) {
		struct str x, y;
		bool more_a = str_next(&a, '.', &x), more_b = str_next(&b, '.', &y);
		int order;

		if (!more_a || !more_b)
			return (int)more_a - (int)more_b;
		order = semver_compare_part(x, y);
		if (order)
			return order;
	}
}

int semver_compare(struct str a, struct str b)
{
	struct str core_a, core_b, pre_a, pre_b;
	int order;

	semver_split(a, &core_a, &pre_a);
	semver_split(b, &core_b, &pre_b);
	order = version_compare_dotted(core_a, core_b, semver_compare_part);
	return order ? order : semver_compare_pre(pre_a, pre_b);
}
