/* SPDX-License-Identifier: Apache-2.0 */
#include "format/debian/changelog.h"

#include "base/buf.h"
#include "format/debian/debversion.h"

#define ENTRIES_MAX 32
#define LINE_MAX_BYTES 600

/* "openssl (3.5.1-1+deb13u1) trixie-security; urgency=medium" */
static bool split_head(struct str line, struct str *version, struct str *suite)
{
	struct str name, rest;

	return line.n && line.p[0] != ' ' && str_cut(line, '(', &name, &rest) &&
	       str_cut(rest, ')', version, &rest) && str_cut(str_trim(rest), ';', suite, &rest);
}

/* Behind the version. "  * Fix it." begins a change, "    More of it." goes on; " -- Name" and
 * empty lines are none. */
static void changelog_add_line(struct buf *entry, struct str line)
{
	struct str text = str_trim(line);
	bool bullet = str_starts(text, STR("* "));

	if (!str_starts(line, STR("  ")) || text.n == 0 || entry->n > LINE_MAX_BYTES)
		return;
	if (str_starts(text, STR("[ ")))
		return; /* whose changes follow */
	if (bullet)
		text = str_trim(str_from(text, 1));
	if (bullet && entry->p[entry->n - 1] != ' ')
		buf_puts(entry, "; ");
	else if (entry->p[entry->n - 1] != ' ')
		buf_putc(entry, ' ');
	buf_add(entry, text);
	if (entry->n > LINE_MAX_BYTES)
		buf_puts(entry, " ...");
}

void changelog_between(struct arena *a, struct str text, const char *from, const char *to,
		       struct strings *out)
{
	struct str line, version, suite;
	struct buf entry = { .a = a };
	bool within = false;

	while (str_next(&text, '\n', &line) && out->n < ENTRIES_MAX) {
		if (!split_head(line, &version, &suite)) {
			if (within)
				changelog_add_line(&entry, line);
			continue;
		}
		if (within)
			*list_push(a, out) = buf_cstr(&entry);
		within = false;
		if (debversion_compare(version, str_of(from)) <= 0)
			return;
		if (debversion_compare(version, str_of(to)) > 0)
			continue;
		within = true;
		entry = (struct buf){ .a = a };
		buf_printf(&entry, STR_FMT " (" STR_FMT "): ", STR_ARG(version), STR_ARG(suite));
	}
	if (within && out->n < ENTRIES_MAX)
		*list_push(a, out) = buf_cstr(&entry);
}
