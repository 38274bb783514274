/* SPDX-License-Identifier: Apache-2.0 */
/* The environment's idea of time. */

#include "cli/source_date.h"

#include <stdlib.h>

#include "base/rfc3339.h"
#include "base/str.h"

bool source_date(int64_t *out, struct error *e)
{
	const char *text = getenv("SOURCE_DATE_EPOCH");
	uint64_t n = 0;

	if (text && *text && (!str_u64(str_of(text), &n) || n > RFC3339_MAX))
		return err_set(e, ERR_USAGE,
			       "$SOURCE_DATE_EPOCH is \"%s\", not a number of seconds", text);
	*out = (int64_t)n;
	return true;
}
