/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_DATE_H
#define BASE_DATE_H

/* Dates as Release files write them, independent of locale and time zone. */

#include "base/str.h"

#define DATE_STAMP 17 /* "20260912T075541Z" and NUL */
#define DATE_TEXT 32  /* "Sat, 12 Sep 2026 07:55:41 UTC" and NUL */

/* Reads "Sat, 12 Sep 2026 07:55:41 UTC" (also "GMT" and "+0000", the only zones archives use) into
 * seconds since the epoch; false for anything else. The name of the day must be right. */
MUST_CHECK bool date_parse(struct str s, int64_t *out);

/* "20260912T075541Z", as snapshot.debian.org names moments; and the form read above. For times from
 * 1970 to 9999. */
void date_stamp(int64_t when, char out[static DATE_STAMP]);
void date_text(int64_t when, char out[static DATE_TEXT]);

#endif
