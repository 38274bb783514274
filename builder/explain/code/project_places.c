/* SPDX-License-Identifier: Apache-2.0 */
/* Where a project stands in its repository, and where the program stands in the project. */

#include "explain/code/project.h"

#include <fnmatch.h>

#include "base/path.h"

#define PLACES_DEPTH_MAX 16

bool own_up(struct own_project *at, const char **inner)
{
	const char *above = path_dir(at->a, at->folder), *name = path_base(at->folder);

	if (strcmp(at->folder, ".") == 0 || (!above[0] && at->folder[0] == '/'))
		return false;
	*inner = (*inner)[0] ? arena_printf(at->a, "%s/%s", name, *inner) : name;
	at->folder = above[0] ? above : ".";
	return true;
}

bool own_is_tool(const char *program)
{
	static const char *const tools[] = {
		"test",	   "tests",    "testing",   "e2e",     "integration*", "mock",	  "mocks",
		"example", "examples", "sample",    "samples", "demo",	       "demos",	  "bench*",
		"tool",	   "tools",    "hack",	    "script",  "scripts",      "contrib", "dev",
		"doc",	   "docs",     "build",	    "ci",      "gen",	       "gen-*",	  "gen_*",
		"*-gen",   "*_gen",    "generate*", "codegen", "docgen",       "*-test",  "*_test",
		"test-*",  "test_*",   "internal",  "xtask",
	};
	struct str rest = str_of(program), word;

	while (str_next(&rest, '/', &word)) {
		char name[256];

		if (word.n >= sizeof(name))
			continue;
		memcpy(name, word.p, word.n);
		name[word.n] = 0;
		for (size_t i = 0; i < ARRAY_SIZE(tools); i++) {
			if (fnmatch(tools[i], name, 0) == 0)
				return true;
		}
	}
	return false;
}

struct places_search {
	struct own_project *p;
	const char *file;
	struct strings *out;
};

static bool places_expand(const struct places_search *s, const char *folder, struct str pattern,
			  unsigned depth, struct error *e);

/* Goes on in the folders below that a part of the pattern means. */
static bool places_go_below(const struct places_search *s, const char *folder, struct str pattern,
			    unsigned depth, struct error *e)
{
	struct strings names = { NULL, 0, 0 };
	struct own_project *p = s->p;
	struct str first, rest;
	const char *part;
	bool any;

	str_cut(pattern, '/', &first, &rest);
	part = str_dup(p->a, first);
	any = strcmp(part, "**") == 0;
	if (!own_names(p, folder, &names, e))
		return false;
	list_each(x, &names) {
		const char *path = folder[0] ? arena_printf(p->a, "%s/%s", folder, *x) : *x;
		bool is = any ? (*x)[0] != '.' : fnmatch(part, *x, 0) == 0;

		if (is && strcmp(*x, "node_modules") != 0 && own_is_folder(p, path) &&
		    !places_expand(s, path, any ? pattern : rest, depth + 1, e))
			return false;
	}
	return !any || places_expand(s, folder, rest, depth, e);
}

static bool places_expand(const struct places_search *s, const char *folder, struct str pattern,
			  unsigned depth, struct error *e)
{
	struct own_project *p = s->p;

	while (str_starts(pattern, STR("**/**"))) /* one means as much */
		pattern = str_from(pattern, strlen("**/"));
	if (pattern.n)
		return depth == PLACES_DEPTH_MAX || places_go_below(s, folder, pattern, depth, e);
	if (folder[0] && own_has(p, arena_printf(p->a, "%s/%s", folder, s->file)) &&
	    !strings_has(s->out, folder))
		*list_push(p->a, s->out) = folder;
	return true;
}

bool own_find_folders(struct own_project *p, const char *pattern, const char *file,
		      struct strings *out, struct error *e)
{
	return places_expand(&(struct places_search){ p, file, out }, "", str_of(pattern), 0, e);
}
