/* SPDX-License-Identifier: Apache-2.0 */
/* Which of several lock files of Node.js counts, and which command writes one that is missing. */

#include <criterion/criterion.h>

#include "support/fixture_own_project.h"

#define NEEDS "\"dependencies\": { \"a\": \"1\" }"
#define NEW_YARN "# x\n__metadata:\n  version: 8\n"
#define LOCK(name) "\"dependencies\": { \"lock\": \"" name "\" }"

static const struct {
	const char *files[10], *says;
} lock_choices[] = {
	{ { "package.json", "{ " NEEDS " }", "index.js", "", "yarn.lock", "", "pnpm-lock.yaml",
	    "" },
	  LOCK("pnpm-lock.yaml") },
	{ { "package.json", "{ " NEEDS " }", "index.js", "", "package-lock.json", "",
	    "pnpm-lock.yaml", "" },
	  LOCK("package-lock.json") },
	{ { "package.json", "{ " NEEDS ", \"packageManager\": \"yarn@1.22.22+sha512.ab\" }",
	    "index.js", "", "package-lock.json", "", "yarn.lock", "" },
	  LOCK("yarn.lock") },
	{ { "package.json",
	    "{ " NEEDS ", \"devEngines\": { \"packageManager\": { \"name\": \"pnpm\" } } }",
	    "index.js", "", "package-lock.json", "", "pnpm-lock.yaml", "" },
	  LOCK("pnpm-lock.yaml") },
	{ { "package.json", "{ " NEEDS ", \"packageManager\": \"npm@10.0.0\" }", "index.js", "",
	    "npm-shrinkwrap.json", "", "package-lock.json", "" },
	  LOCK("npm-shrinkwrap.json") },
	/* one that is not known says nothing */
	{ { "package.json", "{ " NEEDS ", \"packageManager\": \"vlt@1.0.0\" }", "index.js", "",
	    "yarn.lock", "" },
	  LOCK("yarn.lock") },
	{ { "package.json", "{ " NEEDS ", \"packageManager\": \"pnpm@9.1.0\" }", "index.js", "",
	    "package-lock.json", "" },
	  "app/pnpm-lock.yaml is not there, and package.json's \"packageManager\" is pnpm: pnpm "
	  "install --lockfile-only writes it, and it belongs into the repository" },
	{ { "package.json", "{ " NEEDS ", \"packageManager\": \"yarn@1.22.22\" }", "index.js", "" },
	  "app/yarn.lock is not there, and package.json's \"packageManager\" is yarn: yarn install "
	  "--ignore-scripts writes it" },
	{ { "package.json", "{ " NEEDS ", \"packageManager\": \"npm@10.0.0\" }", "index.js", "",
	    "yarn.lock", "" },
	  "app/package-lock.json is not there, and package.json's \"packageManager\" is npm: npm "
	  "install --package-lock-only writes it" },
	{ { "package.json", "{ " NEEDS " }", "index.js", "", "bun.lock", "" },
	  "app/bun.lock is not a lock file that is known: npm install --package-lock-only writes "
	  "package-lock.json" },
	{ { "package.json", "{ " NEEDS ", \"packageManager\": \"yarn@4.5.0\" }", "index.js", "",
	    "yarn.lock", NEW_YARN },
	  "this is of yarn 2 or later, whose checksums are those of archives "
	  "that yarn makes itself, not of files that a registry has; write another lock file: "
	  "npm_config_package_manager_strict=false pnpm import (with the same versions), or npm "
	  "install --package-lock-only" },
	/* and then that one counts */
	{ { "package.json", "{ " NEEDS ", \"packageManager\": \"yarn@4.5.0\" }", "index.js", "",
	    "yarn.lock", NEW_YARN, "pnpm-lock.yaml", "" },
	  LOCK("pnpm-lock.yaml") },
	/* nothing to lock */
	{ { "package.json", "{ \"packageManager\": \"pnpm@9.1.0\" }", "index.js", "" },
	  "\"toolchain\": \"node\",\n\"steps\"" },
};

Test(node_lock, the_file_that_counts)
{
	for (size_t i = 0; i < ARRAY_SIZE(lock_choices); i++) {
		AUTO_ARENA a = { 0 };
		const char *text = own_project_texts(&a, project_read_node, lock_choices[i].files);

		cr_expect(strstr(text, lock_choices[i].says), "%zu: %s", i, text);
	}
}

Test(node_lock, those_that_do_not_count_are_named)
{
	AUTO_ARENA a = { 0 };
	static const char *const files[] = { "package.json",
					     "{ " NEEDS " }",
					     "index.js",
					     "",
					     "package-lock.json",
					     "",
					     "yarn.lock",
					     "",
					     NULL };
	const char *left = own_project_left(&a, project_read_node, files);

	cr_expect(strstr(left, "app/yarn.lock is there, too, and is not read: package-lock.json "
			       "counts"),
		  "%s", left);
}
