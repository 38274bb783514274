/* SPDX-License-Identifier: Apache-2.0 */
/* Puts numbers and foreign texts into words. Pure. */

#include "cli/progress_line.h"

#include "base/redact.h"
#include "base/size.h"

#define ESCAPED_MAX 4096

void line_text(struct buf *out, const char *text)
{
	char shown[ESCAPED_MAX], safe[ESCAPED_MAX];
	size_t n = str_escape_log((struct str){ shown,
						redact_text(str_of(text), shown, sizeof(shown)) },
				  safe, sizeof(safe));

	for (size_t i = 0; i < n; i++) {
		if (safe[i] == '\n' || safe[i] == '\t')
			safe[i] = ' ';
	}
	buf_add(out, (struct str){ safe, n });
}

void line_block(struct buf *out, const char *text, unsigned indent)
{
	struct str rest = str_trim(str_of(text)), line;
	bool first = true;

	while (str_next(&rest, '\n', &line)) {
		if (!first)
			buf_printf(out, "\n%*s", (int)indent, "");
		line_text(out, str_dup(out->a, line));
		first = false;
	}
}

void line_amount(struct buf *out, uint64_t current, uint64_t total)
{
	double percent = total ? 100.0 * (double)current / (double)total : 0;

	if (total == 0)
		buf_printf(out, "%llu", (unsigned long long)current);
	else if (total < 1000000)
		buf_printf(out, "%.0f %% (%llu of %llu)", percent, (unsigned long long)current,
			   (unsigned long long)total);
	else
		buf_printf(out, "%.0f %% (%s of %s)", percent, size_text(out->a, current),
			   size_text(out->a, total));
}

void line_duration(struct buf *out, uint64_t ms)
{
	if (ms < 60000)
		buf_printf(out, "%.1f s", (double)ms / 1000);
	else
		buf_printf(out, "%llu min %02llu s", (unsigned long long)(ms / 60000),
			   (unsigned long long)(ms / 1000 % 60));
}

static bool begins_code_point(char c)
{
	return ((unsigned char)c & 0xc0) != 0x80;
}

struct str line_cut(struct arena *a, struct str line, unsigned columns)
{
	unsigned seen = 0;
	size_t keep = 0;

	for (size_t i = 0; i < line.n; i++) {
		if (!begins_code_point(line.p[i]))
			continue;
		if (columns > 3 && seen == columns - 3)
			keep = i;
		if (seen == columns)
			return str_of(arena_printf(a, "%.*s%s", (int)keep, line.p,
						   columns > 3 ? "..." : ""));
		seen++;
	}
	return line;
}
