/* SPDX-License-Identifier: Apache-2.0 */
/* Lines broken between words. */

#include "cli/wrapped.h"

#include "base/str.h"

void wrapped_print(FILE *out, const char *text, unsigned at, unsigned columns)
{
	struct str rest = str_of(text), word;
	size_t column = at;

	while (str_next(&rest, ' ', &word)) {
		if (column > at && column + 1 + word.n > columns) {
			fprintf(out, "\n%*s", (int)at, "");
			column = at;
		}
		fprintf(out, "%s" STR_FMT, column > at ? " " : "", STR_ARG(word));
		column += word.n + (column > at);
	}
	fputc('\n', out);
}
