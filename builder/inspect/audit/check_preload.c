/* SPDX-License-Identifier: Apache-2.0 */
/* etc/ld.so.preload (ld.so(8)): names between blanks and colons, "#" begins a comment. */

#include "inspect/audit/check.h"

static void check_line(struct audit_run *r, const char *path, struct str line)
{
	struct str code, rest;

	str_cut(line, '#', &code, &rest);
	for (size_t i = 0, start = 0; i <= code.n; i++) {
		if (i < code.n && !strchr(" \t:", code.p[i]))
			continue;
		if (i > start)
			found(r, "elf.preload", path, "it names %.*s", (int)(i - start), code.p + start);
		start = i + 1;
	}
}

bool check_preload(struct audit_run *r, struct error *e)
{
	static const char path[] = "etc/ld.so.preload";
	AUTO_ARENA scratch = { 0 };
	struct str text, line;

	if (!model_text(&scratch, r->m, model_resolve(r->m, "", path, NULL), &text, e))
		return false;
	while (str_next(&text, '\n', &line))
		check_line(r, path, line);
	return true;
}
