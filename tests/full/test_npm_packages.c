/* SPDX-License-Identifier: Apache-2.0 */
/* Real packages of npm, from the registry that this machine's npm is set to: what many people's
 * tools have packed. Skipped where none answers. */

#include <criterion/criterion.h>
#include <stdlib.h>

#include "e2e/fixture_image.h"
#include "e2e/fixture_npm.h"
#include "e2e/fixture_project.h"
#include "support/fixture_files.h"

/* Wide ranges: about ninety packages, small ones and large ones, old and new. */
static const char packages_of_people[] =
	"{ \"name\": \"app\", \"version\": \"1.0.0\", \"private\": true, \"main\": \"main.js\",\n"
	"  \"dependencies\": { \"debug\": \"^4.3.4\", \"express\": \"^4.19.2\",\n"
	"    \"iconv-lite\": \"^0.6.3\", \"nanoid\": \"^3.3.7\", \"semver\": \"^7.6.0\",\n"
	"    \"yargs\": \"^17.7.2\" },\n"
	"  \"devDependencies\": { \"typescript\": \"^5.4.5\" } }\n";
static const char main_of_people[] =
	"const names = ['debug', 'express', 'iconv-lite', 'nanoid', 'semver', 'yargs'];\n"
	"console.log(names.map((n) => typeof require(n)).join(' '), require('semver').inc('1.2.3', 'minor'));\n";

/* The registry that npm would ask, or the end of the test. */
static const char *npm_find_registry(struct arena *a)
{
	struct oracle_run r;

	oracle_need("npm");
	r = oracle_run(a,
		       (const char *const[]){ "npm", "view", "semver", "version",
					      "--fetch-retries=0", "--fetch-timeout=30000", NULL });
	if (r.status != 0)
		cr_skip_test("no registry of npm answers here");
	return str_dup(a, str_trim(ORACLE(a, "npm", "config", "get", "registry")));
}

Test(npm_packages, node_modules_is_what_npm_ci_installs, .timeout = 1800)
{
	AUTO_ARENA a = { 0 };
	struct project p;
	const char *registry = npm_find_registry(&a), *code, *copy, *image;

	project_open(&p, &a, "node");
	copy = project_path(&p, "copy");
	ORACLE(&a, "rm", "--recursive", project_path(&p, "code"));
	files_put(project_path(&p, "code/package.json"), packages_of_people);
	files_put(project_path(&p, "code/main.js"), main_of_people);
	code = project_path(&p, "code");
	(void)npm_run(&a, p.dir, code, "install", "--package-lock-only", NULL);
	setenv("npm_config_registry", registry, 1);
	cr_expect_str_eq(project_answer(&p, NULL),
			 "function function object object object function 1.3.0\n");
	unsetenv("npm_config_registry");
	image = image_unpack(&a, p.dir, project_path(&p, "out"), p.name);
	ORACLE(&a, "cp", "--recursive", code, copy);
	(void)npm_run(&a, p.dir, copy, "ci", "--omit=dev", NULL);
	npm_expect_same(&a, arena_printf(&a, "%s/app", image), copy);
	project_close(&p);
}
