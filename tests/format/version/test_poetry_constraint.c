/* SPDX-License-Identifier: Apache-2.0 */
/* Constraints with the ranges that Poetry's documents give for them ("Dependency specification").
 */

#include "format/version/poetry_constraint.h"

#include <criterion/criterion.h>

#include "base/arena.h"

static const struct {
	const char *constraint, *takes, *not;
} constraints[] = {
	{ "^1.2.3", "1.2.3 1.9 1.2.4", "1.2.2 2.0.0 2.0" },
	{ "^1.2", "1.2.0 1.99", "1.1 2.0.0" },
	{ "^1", "1.0.0 1.9", "0.9 2.0.0" },
	{ "^0.2.3", "0.2.3 0.2.9", "0.2.2 0.3.0" },
	{ "^0.0.3", "0.0.3", "0.0.2 0.0.4" },
	{ "^0.0", "0.0.0 0.0.9", "0.1.0" },
	{ "^0", "0.0.0 0.9", "1.0.0" },
	{ "~1.2.3", "1.2.3 1.2.9", "1.2.2 1.3.0" },
	{ "~1.2", "1.2.0 1.2.9", "1.3.0 1.1" },
	{ "~1", "1.0.0 1.9", "2.0.0" },
	{ "*", "0.1 9", "" },
	{ "", "0.1", "" },
	{ "1.*", "1.0 1.9", "0.9 2.0" },
	{ "1.2.*", "1.2.0 1.2.9", "1.3.0 1.1" },
	{ ">= 1.2.0", "1.2.0 9", "1.1.9" },
	{ ">=1.2, <1.5", "1.2 1.4.9", "1.1 1.5" },
	{ ">=1.2 <1.5", "1.2 1.4.9", "1.1 1.5" },
	{ "!=1.2.3", "1.2 1.2.4", "1.2.3" },
	{ "1.2.3", "1.2.3", "1.2.4 1.2" },
	{ "==1.2.3", "1.2.3", "1.2.4" },
	{ "=1.2.3", "1.2.3", "1.2.4" },
	{ "~=1.2", "1.2 1.9", "1.1 2.0" },
	{ "^1.5 || ^3.0", "1.5 3.9", "2.0 4.0" },
	{ "<1 | >=2", "0.9 2.0", "1.5" },
	{ "^2.0b1", "2.0 2.0b2 2.5", "1.9 3.0" },
	{ "^x", "1 2", "" },
};

static void constraint_expect(size_t i, const char *versions, bool fits)
{
	struct str rest = str_of(versions), one;

	while (str_next(&rest, ' ', &one))
		cr_expect_eq(poetry_constraint_fits(one, str_of(constraints[i].constraint)), fits,
			     "%s, %.*s", constraints[i].constraint, STR_ARG(one));
}

Test(poetry_constraint, as_its_documents_say)
{
	for (size_t i = 0; i < sizeof(constraints) / sizeof(*constraints); i++) {
		constraint_expect(i, constraints[i].takes, true);
		constraint_expect(i, constraints[i].not, false);
	}
}
