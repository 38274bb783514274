/* SPDX-License-Identifier: Apache-2.0 */
/* Scripts: what their first line asks for, and whether it is there. */

#include "inspect/audit/check.h"
#include "base/path.h"

/* "/usr/bin/env -S python3 -u" -> "python3"; "/bin/sh -e" -> "/bin/sh". */
static struct str program_of(const char *line)
{
	struct str rest = str_of(line), word;
	bool env = false;

	while (str_next(&rest, ' ', &word)) {
		if (word.n == 0 || (env && (word.p[0] == '-' || memchr(word.p, '=', word.n))))
			continue;
		if (!env && (str_ends(word, STR("/env")))) {
			env = true;
			continue;
		}
		return word;
	}
	return (struct str){ "", 0 };
}

static const struct item *script_find_program(const struct audit_run *r, const char *name)
{
	static const char *const dirs[] = { "usr/local/bin", "usr/bin", "bin", "usr/sbin", "sbin" };
	AUTO_ARENA scratch = { 0 };
	const struct item *i;

	if (name[0] == '/')
		return model_resolve(r->m, "", name, NULL);
	for (size_t d = 0; d < ARRAY_SIZE(dirs); d++) {
		i = model_resolve(r->m, "", arena_printf(&scratch, "%s/%s", dirs[d], name), NULL);
		if (i)
			return i;
	}
	return NULL;
}

static bool is_shell(const char *name)
{
	static const char *const shells[] = { "sh",  "bash", "dash", "ash", "ksh",  "mksh", "zsh",
					      "csh", "tcsh", "fish", "rc",  "posh", "yash" };

	return name_among(path_base(name), shells, ARRAY_SIZE(shells));
}

static void check_script(struct audit_run *r, const struct item *i)
{
	AUTO_ARENA scratch = { 0 };
	const char *name = str_dup(&scratch, program_of(i->interpreter));
	const struct item *program = script_find_program(r, name);

	if (is_shell(name) || (program && program->shell)) {
		finding_add(r, "script.shell", i->path, "its first line asks for %s%s", name,
			    program ? "" : ", which is not in the image");
		return;
	}
	if (!program || program->type != ITEM_FILE)
		finding_add(r, "script.interpreter-missing", i->path, "its first line asks for %s",
			    *name ? name : "nothing");
}

void check_scripts(struct audit_run *r)
{
	for (size_t n = 0; n < r->m->items.n; n++) {
		const struct item *i = r->m->items.v[n];

		if (i->type == ITEM_FILE && i->interpreter && i->mode & 0111)
			check_script(r, i);
	}
}
