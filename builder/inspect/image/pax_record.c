/* SPDX-License-Identifier: Apache-2.0 */
/* "LENGTH key=value\n", where LENGTH counts all of it. */

#include "inspect/image/pax_record.h"

bool pax_record(struct str *rest, struct str *key, struct str *value, bool *ok)
{
	struct str digits, line;
	uint64_t length;

	*ok = true;
	if (rest->n == 0)
		return false;
	*ok = false;
	if (!str_cut(*rest, ' ', &digits, &line) || !str_u64(digits, &length) || length > rest->n ||
	    length < digits.n + 3)
		return false;
	line = (struct str){ rest->p + digits.n + 1, (size_t)length - digits.n - 1 };
	if (line.p[line.n - 1] != '\n')
		return false;
	line.n--;
	if (!str_cut(line, '=', key, value) || key->n == 0)
		return false;
	*rest = str_from(*rest, (size_t)length);
	*ok = true;
	return true;
}
