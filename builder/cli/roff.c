/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/roff.h"

#include "base/buf.h"
#include "base/str.h"

#define ROFF_COLUMNS 100

const char *roff_escaped(struct arena *a, const char *text)
{
	struct buf b = { .a = a };

	for (const char *p = text; *p; p++)
		buf_puts(&b, *p == '\\'	  ? "\\e"
			     : *p == '-'  ? "\\-"
			     : *p == '~'  ? "\\(ti"
			     : *p == '\'' ? "\\(aq"
					  : (char[]){ *p, '\0' });
	return buf_cstr(&b);
}

/* Filled text. A word that begins with a dot never begins a line: the first letter of a line would
 * be a request. */
void roff_print(struct arena *a, FILE *out, const char *text)
{
	struct str rest = str_of(roff_escaped(a, text)), word;
	size_t column = 0;

	while (str_next(&rest, ' ', &word)) {
		bool breaks = column && column + 1 + word.n > ROFF_COLUMNS - 2;

		fprintf(out, "%s%s" STR_FMT,
			breaks	 ? "\n"
			: column ? " "
				 : "",
			(breaks || !column) && word.n && word.p[0] == '.' ? "\\&" : "",
			STR_ARG(word));
		column = (breaks ? 0 : column + (column > 0)) + word.n;
	}
	fputc('\n', out);
}

void roff_tagged(struct arena *a, FILE *out, const char *tag, const char *text)
{
	fprintf(out, ".TP\n\\fB%s\\fR\n", tag);
	roff_print(a, out, text);
}
