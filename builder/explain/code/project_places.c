/* SPDX-License-Identifier: Apache-2.0 */
/* Where a project stands in its repository, and where the program stands in the project. */

#include "explain/code/project.h"

#include <fnmatch.h>

#include "base/path.h"

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
