/* SPDX-License-Identifier: Apache-2.0 */
/* Points in time as text. Fractions of a second are read over. */

#include "base/rfc3339.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

bool rfc3339_parse(const char *text, int64_t *out)
{
	struct tm tm = { .tm_sec = 0 };
	const char *rest = strptime(text, "%Y-%m-%dT%H:%M:%S", &tm);
	int hours = 0, minutes = 0;
	char sign = '+';

	if (!rest || tm.tm_year < 70)
		return false;
	if (*rest == '.')
		rest += 1 + strspn(rest + 1, "0123456789");
	if (strcmp(rest, "Z") != 0 && strcmp(rest, "z") != 0 &&
	    (strlen(rest) != 6 || sscanf(rest, "%c%2d:%2d", &sign, &hours, &minutes) != 3 ||
	     (sign != '+' && sign != '-')))
		return false;
	*out = timegm(&tm) - (sign == '-' ? -1 : 1) * (hours * 3600 + minutes * 60);
	return true;
}

void rfc3339_format(int64_t seconds, char out[static RFC3339_SIZE])
{
	time_t t = (time_t)seconds;
	struct tm tm;

	if (seconds < 0 || seconds > RFC3339_MAX || !gmtime_r(&t, &tm) ||
	    strftime(out, RFC3339_SIZE, "%Y-%m-%dT%H:%M:%SZ", &tm) != RFC3339_SIZE - 1)
		memcpy(out, "1970-01-01T00:00:00Z", RFC3339_SIZE);
}
