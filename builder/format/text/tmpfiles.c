/* SPDX-License-Identifier: Apache-2.0 */
/* tmpfiles.d(5), line by line. */

#include "format/text/tmpfiles.h"

#include "format/text/unit.h"

/* A field that is there and not "-"; "~" and ":" in front of it say when it counts. */
static const char *tmpfile_field(const struct strings *words, size_t i)
{
	const char *field = i < words->n ? words->v[i] : "-";

	while (*field == '~' || *field == ':')
		field++;
	return *field && strcmp(field, "-") != 0 ? field : NULL;
}

void tmpfiles_read(struct arena *a, struct str text, struct tmpfiles *out)
{
	struct strings words;
	unsigned number = 0;

	while (unit_table_line(a, &text, &number, &words)) {
		if (words.v[1][0] != '/')
			continue;
		*list_push(a, out) = (struct tmpfile){ .type = words.v[0][0],
						       .path = words.v[1],
						       .mode = tmpfile_field(&words, 2),
						       .user = tmpfile_field(&words, 3),
						       .group = tmpfile_field(&words, 4),
						       .argument = tmpfile_field(&words, 6),
						       .line = number };
	}
}
