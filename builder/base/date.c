/* SPDX-License-Identifier: Apache-2.0 */
/* Calendar arithmetic in UTC, without the host's locale and zone. */

#include "base/date.h"

#include <stdio.h>
#include <time.h>

static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
static const char days[] = "SunMonTueWedThuFriSat";

/* The place of a three-letter name in a row of them, or -1. */
static int find_name(struct str s, const char *row)
{
	for (int i = 0; row[3 * i]; i++) {
		if (str_eq(s, (struct str){ row + 3 * i, 3 }))
			return i;
	}
	return -1;
}

static bool date_number(struct str s, size_t least, size_t most, int *out)
{
	uint64_t v;

	if (s.n < least || s.n > most || !str_u64(s, &v))
		return false;
	*out = (int)v;
	return true;
}

/* "07:55:41" */
static bool parse_clock(struct str s, struct tm *tm)
{
	struct str h, m, rest;

	return str_cut(s, ':', &h, &rest) && str_cut(rest, ':', &m, &s) &&
	       date_number(h, 1, 2, &tm->tm_hour) && date_number(m, 2, 2, &tm->tm_min) &&
	       date_number(s, 2, 2, &tm->tm_sec);
}

bool date_parse(struct str s, int64_t *out)
{
	struct str day, mday, month, year, clock;
	struct tm tm = { 0 }, check;
	time_t t;

	if (!str_next(&s, ' ', &day) || !str_next(&s, ' ', &mday) || !str_next(&s, ' ', &month) ||
	    !str_next(&s, ' ', &year) || !str_next(&s, ' ', &clock))
		return false;
	if (!str_eq(s, STR("UTC")) && !str_eq(s, STR("GMT")) && !str_eq(s, STR("+0000")))
		return false;
	if (day.n != 4 || day.p[3] != ',' || !date_number(mday, 1, 2, &tm.tm_mday) ||
	    !date_number(year, 4, 4, &tm.tm_year) || !parse_clock(clock, &tm))
		return false;
	tm.tm_mon = find_name(month, months);
	if (tm.tm_mon < 0 || tm.tm_year < 1970)
		return false;
	tm.tm_year -= 1900;
	check = tm;
	t = timegm(&check);
	/* timegm() turns 31 June into 1 July; a date that it changed was none. */
	if (check.tm_mday != tm.tm_mday || check.tm_hour != tm.tm_hour ||
	    check.tm_min != tm.tm_min || check.tm_sec != tm.tm_sec ||
	    find_name((struct str){ day.p, 3 }, days) != check.tm_wday)
		return false;
	*out = t;
	return true;
}

static struct tm broken_down(int64_t when)
{
	time_t t = (time_t)when;
	struct tm tm = { 0 };

	gmtime_r(&t, &tm);
	return tm;
}

void date_stamp(int64_t when, char out[static DATE_STAMP])
{
	struct tm tm = broken_down(when);
	char text[128];

	snprintf(text, sizeof(text), "%04d%02d%02dT%02d%02d%02dZ", tm.tm_year + 1900, tm.tm_mon + 1,
		 tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec);
	memcpy(out, text, DATE_STAMP - 1);
	out[DATE_STAMP - 1] = '\0';
}

void date_text(int64_t when, char out[static DATE_TEXT])
{
	struct tm tm = broken_down(when);

	snprintf(out, DATE_TEXT, "%.3s, %02d %.3s %04d %02d:%02d:%02d UTC", days + 3 * tm.tm_wday,
		 tm.tm_mday % 100, months + 3 * tm.tm_mon, (tm.tm_year + 1900) % 10000, tm.tm_hour,
		 tm.tm_min, tm.tm_sec);
}
