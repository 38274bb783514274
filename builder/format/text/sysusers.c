/* SPDX-License-Identifier: Apache-2.0 */
/* sysusers.d(5), line by line. */

#include "format/text/sysusers.h"

#include "format/text/unit.h"

/* A field that is there and not "-". */
static const char *sysuser_field(const struct strings *words, size_t i)
{
	return i < words->n && strcmp(words->v[i], "-") != 0 ? words->v[i] : NULL;
}

void sysusers_read(struct arena *a, struct str text, struct sysusers *out)
{
	struct strings words;
	unsigned number = 0;

	while (unit_table_line(a, &text, &number, &words)) {
		if (!words.v[0][0] || !strchr("ugmr", words.v[0][0]))
			continue;
		*list_push(a, out) = (struct sysuser){ .type = words.v[0][0],
						       .name = words.v[1],
						       .id = words.n > 2 ? words.v[2] : NULL,
						       .gecos = sysuser_field(&words, 3),
						       .home = sysuser_field(&words, 4),
						       .shell = sysuser_field(&words, 5),
						       .line = number };
	}
}
