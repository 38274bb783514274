/* SPDX-License-Identifier: Apache-2.0 */
/* Each part becomes specifiers of PEP 440. */

#include "format/version/poetry_constraint.h"

#include <ctype.h>
#include <inttypes.h>

#include "base/buf.h"
#include "format/version/pep440_specifiers.h"

#define CONSTRAINT_PARTS_MAX 8

/* The release of "1.2.3rc1": its numbers. */
static size_t constraint_release(struct str version, uint64_t parts[static CONSTRAINT_PARTS_MAX])
{
	struct str rest = version, part;
	size_t n = 0;

	while (n < CONSTRAINT_PARTS_MAX && str_next(&rest, '.', &part)) {
		size_t digits = 0;

		while (digits < part.n && isdigit((unsigned char)part.p[digits]))
			digits++;
		if (!str_u64((struct str){ part.p, digits }, &parts[n]))
			break;
		n++;
		if (digits < part.n)
			break;
	}
	return n;
}

/* ">=1.2.3,<2" of "^1.2.3", where the number `at` is the last that stays. */
static bool constraint_range(struct buf *out, struct str version, bool caret)
{
	uint64_t parts[CONSTRAINT_PARTS_MAX] = { 0 };
	size_t n = constraint_release(version, parts), at = 0;

	if (n == 0)
		return false;
	if (caret) {
		while (at + 1 < n && parts[at] == 0)
			at++;
	} else {
		at = n > 1;
	}
	buf_printf(out, ">=" STR_FMT ",<", STR_ARG(version));
	for (size_t i = 0; i < at; i++)
		buf_printf(out, "%" PRIu64 ".", parts[i]);
	buf_printf(out, "%" PRIu64, parts[at] + 1);
	return true;
}

/* One part; false: it cannot be read. */
static bool constraint_add(struct buf *out, struct str part)
{
	if (part.n == 0 || str_eq(part, STR("*")))
		return true;
	if (out->n)
		buf_puts(out, ",");
	if (part.p[0] == '^')
		return constraint_range(out, str_trim(str_from(part, 1)), true);
	if (part.p[0] == '~' && (part.n == 1 || part.p[1] != '='))
		return constraint_range(out, str_trim(str_from(part, 1)), false);
	if (isdigit((unsigned char)part.p[0]) || part.p[0] == 'v')
		buf_puts(out, "==");
	else if (part.p[0] == '=' && (part.n == 1 || part.p[1] != '='))
		buf_puts(out, "=");
	buf_add(out, part);
	return true;
}

/* The next part: they are divided by commas or blanks, and an operator may have blanks behind it.
 */
static bool constraint_next(struct str *rest, struct str *part)
{
	size_t n = 0;

	while (rest->n && strchr(", \t", rest->p[0]))
		*rest = str_from(*rest, 1);
	while (n < rest->n && strchr("<>=!~^ \t", rest->p[n]))
		n++;
	while (n < rest->n && !strchr(", \t", rest->p[n]))
		n++;
	*part = (struct str){ rest->p, n };
	*rest = str_from(*rest, n);
	return n > 0;
}

static bool constraint_takes(struct str version, struct str constraint)
{
	AUTO_ARENA a = { 0 };
	struct buf out = { .a = &a };
	struct str part;

	while (constraint_next(&constraint, &part)) {
		if (!constraint_add(&out, part))
			return true;
	}
	return pep440_fits(version, buf_str(&out));
}

bool poetry_constraint_fits(struct str version, struct str constraint)
{
	struct str one;

	if (str_trim(constraint).n == 0)
		return true;
	while (str_next(&constraint, '|', &one)) {
		if (str_trim(one).n && constraint_takes(version, one))
			return true;
	}
	return false;
}
