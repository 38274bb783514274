/* SPDX-License-Identifier: Apache-2.0 */
/* Debian version order: vectors, properties, and dpkg's opinion (T25). */

#include <criterion/criterion.h>

#include "base/buf.h"
#include "format/debian/debversion.h"
#include "support/fixture_oracle.h"

static int sign_of(int n)
{
	return (n > 0) - (n < 0);
}

static int version_sign(const char *a, const char *b)
{
	return sign_of(debversion_compare(str_of(a), str_of(b)));
}

Test(debversion, orders_the_vectors_of_policy)
{
	/* each earlier than the next */
	static const char *const rows[][8] = {
		{ "~~", "~~a", "~", "", "a" },
		{ "1.0~rc1", "1.0", "1.0+b1" },
		{ "9", "1:0", "2:0" },
		{ "6.13-2+deb13u3", "6.13-2+deb13u4", "6.13-2+deb13u4+cephalo1", "6.13-2+deb13u5",
		  "6.14-1" },
		{ "13.8+deb13u6", "13.8+deb13u7" },
		{ "3.5.6-1~deb13u2", "3.5.6-1" },
		{ "1:1.3.dfsg+really1.3.1-1+b1", "1:1.3.dfsg+really1.3.1-1+deb13u1" },
		{ "1.9", "1.10", "1.99999999999999999999999999", "1.100000000000000000000000000" },
		{ "1a", "1b", "1+", "1.", "1.1" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		for (size_t k = 0; rows[i][k + 1]; k++) {
			cr_assert_eq(version_sign(rows[i][k], rows[i][k + 1]), -1, "%s << %s",
				     rows[i][k], rows[i][k + 1]);
			cr_assert_eq(version_sign(rows[i][k + 1], rows[i][k]), 1);
		}
	}
}

Test(debversion, holds_different_spellings_for_equal)
{
	static const char *const pairs[][2] = {
		{ "1.0", "1.0-0" }, { "1.0", "1.00" }, { "0:1", "1" },
		{ "1.0-", "1.0" },  { "1.a", "1.a0" }, { "00001", "1" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(pairs); i++)
		cr_assert_eq(version_sign(pairs[i][0], pairs[i][1]), 0, "%s", pairs[i][0]);
}

Test(debversion, knows_the_grammar)
{
	static const char *const good[] = {
		"1", "1:1", "1.2-3", "1-2-3", "1:1:2-3", "0~", "1.0+dfsg-1~exp1", "2026f-0+deb13u1",
	};
	static const char *const bad[] = {
		"",    "a",   ":1",	      "x:1",   "1:",	   "-1",
		"1-",  "1_2", "1 2",	      "1-2_3", "1-2:3",	   "1:2-3:4",
		"1\n", "1/2", "1234567890:1", "1(2)",  "\xc3\xa4",
	};

	for (size_t i = 0; i < ARRAY_SIZE(good); i++)
		cr_assert(debversion_valid(str_of(good[i])), "%s", good[i]);
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		cr_assert_not(debversion_valid(str_of(bad[i])), "%s", bad[i]);
	cr_assert_not(debversion_valid((struct str){ "1\0"
						     "2",
						     3 }));
}

Test(debversion, relations_mean_what_they_say)
{
	static const struct {
		const char *op;
		bool less, equal, more;
	} ops[] = {
		{ "<<", true, false, false }, { "<=", true, true, false },
		{ "=", false, true, false },  { ">=", false, true, true },
		{ ">>", false, false, true },
	};

	for (size_t i = 0; i < ARRAY_SIZE(ops); i++) {
		struct str text = str_of(ops[i].op);
		enum debversion_op op;

		cr_assert(debversion_op(&text, &op) && text.n == 0);
		cr_assert_str_eq(debversion_op_name(op), ops[i].op);
		cr_assert_eq(debversion_holds(STR("1"), op, STR("2")), ops[i].less);
		cr_assert_eq(debversion_holds(STR("2"), op, STR("2-0")), ops[i].equal);
		cr_assert_eq(debversion_holds(STR("3"), op, STR("2")), ops[i].more);
	}
	struct str old = STR("< 1");
	enum debversion_op op;
	cr_assert_not(debversion_op(&old, &op), "the ancient form is none");
}

Test(debversion, takes_the_upstream_part)
{
	cr_assert(str_eq(debversion_split(STR("1:2.3-4-5")).upstream, STR("2.3-4")));
	cr_assert(str_eq(debversion_split(STR("2.3")).upstream, STR("2.3")));
}

/* Versions made of what makes comparison hard, the same on every run. */
static const char *draw_version(struct arena *a, uint32_t *state)
{
	static const char *const parts[] = { "0",	"1",   "00", "10",
					     "9",	"a",   "b",  "Z",
					     "~",	"+",   ".",  "~~",
					     "deb13u1", "+b1", "rc", "99999999999999999999" };
	struct buf text = { .a = a };
	unsigned n;

	*state = *state * 1664525u + 1013904223u;
	if ((*state >> 28) == 0)
		buf_puts(&text, "1:");
	buf_putc(&text, (char)('0' + (*state >> 20) % 3));
	n = (*state >> 24) % 5;
	for (unsigned i = 0; i < n; i++) {
		*state = *state * 1664525u + 1013904223u;
		buf_puts(&text, parts[*state >> 28]);
	}
	if (*state >> 25 & 1)
		buf_printf(&text, "-%u%s", *state >> 30, parts[*state >> 26 & 7]);
	return buf_cstr(&text);
}

Test(debversion, T25_agrees_with_dpkg_on_drawn_pairs)
{
	AUTO_ARENA a = { 0 };
	uint32_t state = 13;

	oracle_need("dpkg");
	for (int i = 0; i < 300; i++) {
		const char *x = draw_version(&a, &state), *y = draw_version(&a, &state);
		const char *op = (const char *[]){ "lt", "eq", "gt" }[version_sign(x, y) + 1];
		const char *argv[] = { "dpkg", "--compare-versions", x, op, y, NULL };

		cr_assert(debversion_valid(str_of(x)), "%s", x);
		cr_assert_eq(oracle_run(&a, argv).status, 0, "dpkg does not think %s %s %s", x, op,
			     y);
	}
}

Test(debversion, is_antisymmetric_and_transitive)
{
	AUTO_ARENA a = { 0 };
	uint32_t state = 7;

	for (int i = 0; i < 20000; i++) {
		const char *x = draw_version(&a, &state), *y = draw_version(&a, &state),
			   *z = draw_version(&a, &state);

		cr_assert_eq(version_sign(x, y), -version_sign(y, x), "%s %s", x, y);
		if (version_sign(x, y) <= 0 && version_sign(y, z) <= 0)
			cr_assert_leq(version_sign(x, z), 0, "%s %s %s", x, y, z);
	}
}
