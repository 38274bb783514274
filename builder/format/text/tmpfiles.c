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
	unsigned number = 0;

	for (struct str line; str_next(&text, '\n', &line);) {
		struct strings words = { 0 };

		number++;
		line = str_trim(line);
		if (line.n == 0 || line.p[0] == '#' || !unit_words(a, line, &words) ||
		    words.n < 2 || words.v[1][0] != '/')
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
