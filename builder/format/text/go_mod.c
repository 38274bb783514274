/* SPDX-License-Identifier: Apache-2.0 */
/* Only what names other modules is read; what is malformed is the go command's to tell. */

#include "format/text/go_mod.h"

/* "use" of "use ./app" and of "use(", not of "used". */
static bool go_mod_has_word(struct str line, struct str word)
{
	return str_starts(line, word) && (line.n == word.n || strchr(" \t(", line.p[word.n]));
}

bool go_mod_next(struct go_mod_lines *l, struct str *out)
{
	struct str line;

	while (str_next(&l->rest, '\n', &line)) {
		const char *comment = memmem(line.p, line.n, "//", 2);

		if (comment)
			line.n = (size_t)(comment - line.p);
		line = str_trim(line);
		if (l->in_block && str_starts(line, STR(")")))
			l->in_block = false;
		else if (!l->in_block && go_mod_has_word(line, l->word)) {
			line = str_trim(str_from(line, l->word.n));
			l->in_block = str_starts(line, STR("("));
		} else if (!l->in_block)
			continue;
		if (line.n && !strchr("()", line.p[0])) {
			*out = line;
			return true;
		}
	}
	return false;
}

struct str go_mod_unquoted(struct str path)
{
	if (path.n > 1 && (path.p[0] == '"' || path.p[0] == '`') && path.p[path.n - 1] == path.p[0])
		return (struct str){ path.p + 1, path.n - 2 };
	return path;
}
