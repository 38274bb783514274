/* SPDX-License-Identifier: Apache-2.0 */
#include "e2e/fixture_npm.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <unistd.h>

#include "e2e/fixture_run.h"
#include "support/fixture_files.h"

struct oracle_run npm_run(struct arena *a, const char *dir, const char *folder, const char *verb,
			  const char *option, const char *registry)
{
	struct strings words = { NULL, 0, 0 };
	const char *const more[] = { "npm",	   verb,	option,	    "--ignore-scripts",
				     "--no-audit", "--no-fund", "--prefix", folder };
	struct oracle_run r;

	*list_push(a, &words) = "env";
	*list_push(a, &words) = arena_printf(a, "npm_config_cache=%s/npm-cache", dir);
	if (registry)
		*list_push(a, &words) = arena_printf(a, "HOME=%s/home", dir);
	for (size_t i = 0; i < ARRAY_SIZE(more); i++)
		*list_push(a, &words) = more[i];
	if (registry)
		*list_push(a, &words) = arena_printf(a, "--registry=%s", registry);
	*list_push(a, &words) = NULL;
	r = oracle_run(a, words.v);
	cr_assert_eq(r.status, 0, "%s", r.err.p);
	return r;
}

/* A folder that is complete gets its name last. */
static bool npm_fill(struct arena *a, const char *done, const char *const *packages)
{
	const char *part = arena_printf(a, "%s.part", done);
	const char *const first[] = { "npm",	      "install",   "--ignore-scripts",
				      "--no-audit",   "--no-fund", "--no-save",
				      "--save-exact", "--prefix",  part };
	struct strings words = { 0 };

	if (access(part, F_OK) == 0)
		files_remove(part);
	ORACLE(a, "mkdir", "--parents", part);
	for (size_t i = 0; i < ARRAY_SIZE(first); i++)
		*list_push(a, &words) = first[i];
	while (*packages)
		*list_push(a, &words) = *packages++;
	*list_push(a, &words) = NULL;
	return oracle_run(a, words.v).status == 0 && rename(part, done) == 0;
}

const char *npm_tools(struct arena *a, const char *name, const char *const *packages)
{
	char cwd[4096];
	const char *done = arena_printf(a, "%s/build/npm/%s", getcwd(cwd, sizeof(cwd)) ? cwd : ".",
					name);

	if (access(done, F_OK) == 0)
		return done;
	run_take_turn(a, "npm"); /* another test may be about to make it */
	if (access(done, F_OK) != 0 && !npm_fill(a, done, packages)) {
		run_lacks(name, "npm cannot install it");
		cr_skip_test("not run: %s: npm cannot install it", name);
	}
	return done;
}

/* What stands below node_modules: files with their modes, symlinks. */
static const char *npm_tree_text(struct arena *a, const char *folder)
{
	struct str out = ORACLE(a, "find", arena_printf(a, "%s/node_modules", folder), "-name",
				".package-lock.json", "-o", "-type", "f", "-printf", "%P %m\n",
				"-o", "-type", "l", "-printf", "%P -> %l\n");
	struct strings lines = { NULL, 0, 0 };
	struct str line;

	while (str_next(&out, '\n', &line))
		*list_push(a, &lines) = str_dup(a, line);
	strings_sort(&lines);
	return strings_join(a, &lines, "\n");
}

void npm_expect_same(struct arena *a, const char *folder, const char *of_npm)
{
	cr_expect_str_eq(npm_tree_text(a, folder), npm_tree_text(a, of_npm));
	ORACLE(a, "diff", "--recursive", "--exclude=.package-lock.json",
	       arena_printf(a, "%s/node_modules", folder),
	       arena_printf(a, "%s/node_modules", of_npm));
}
