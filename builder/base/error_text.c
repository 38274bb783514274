/* SPDX-License-Identifier: Apache-2.0 */
/* Errors as text for people. Apart from error.c, which nothing may stand below: arenas and strings
 * need errors, and this needs strings. */

#include "base/error.h"

#include <stdio.h>

#include "base/redact.h"

void err_format(const struct error *e, char *out, unsigned long size)
{
	char place[sizeof(e->at.file) + 32] = "";
	char raw[sizeof(place) + sizeof(e->context) + sizeof(e->cause)], shown[2 * sizeof(raw)];

	if (e->at.file[0] && e->at.line)
		snprintf(place, sizeof(place), "%s:%u:%u: ", e->at.file, e->at.line, e->at.col);
	else if (e->at.file[0])
		snprintf(place, sizeof(place), "%s: ", e->at.file);
	snprintf(raw, sizeof(raw), "%s%s%s", place, e->context, e->cause);
	str_escape_log((struct str){ shown, redact_text(str_of(raw), shown, sizeof(shown)) }, out,
		       size);
}
