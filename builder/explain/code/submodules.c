/* SPDX-License-Identifier: Apache-2.0 */
#include "explain/code/submodules.h"

#include "base/path.h"

#define SUBMODULES_FILE ".gitmodules"
#define SUBMODULES_TOLD_MAX 6

/* "path = lib/words" */
static bool submodules_next(struct str *rest, struct str *out)
{
	struct str line, key;

	while (str_next(rest, '\n', &line)) {
		if (!str_cut(line, '=', &key, out) || !str_eq(str_trim(key), STR("path")))
			continue;
		*out = str_trim(*out);
		return true;
	}
	return false;
}

void submodules_tell(struct own_project *p)
{
	struct error ignored = { .kind = ERR_NONE };
	struct strings empty = { NULL, 0, 0 };
	struct str text, rest, path;
	const char *at = NULL;

	if (!own_has(p, SUBMODULES_FILE) || !own_text(p, SUBMODULES_FILE, &text, &ignored)) {
		err_clear(&ignored);
		return;
	}
	for (rest = text; empty.n < SUBMODULES_TOLD_MAX && submodules_next(&rest, &path);) {
		const char *folder = path_in_folder(p->a, "", path);
		bool has = true;

		if (!folder || !folder[0] || !own_has_files(p, folder, &has, &ignored))
			err_clear(&ignored);
		if (has)
			continue;
		*list_push(p->a, &empty) = folder;
		at = at ? at : own_place(p, SUBMODULES_FILE, text, path.p);
	}
	if (empty.n)
		draft_leave(p->d,
			    "%s: nothing is in %s, where git has a submodule: git submodule "
			    "update --init --recursive fetches what is missing",
			    at, strings_join(p->a, &empty, ", "));
}
