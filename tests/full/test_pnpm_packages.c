/* SPDX-License-Identifier: Apache-2.0 */
/* Real packages by pnpm, from the registry that this machine's npm is set to. Skipped where none
 * answers. */

#include <criterion/criterion.h>
#include <stdlib.h>

#include "e2e/fixture_image.h"
#include "e2e/fixture_npm.h"
#include "e2e/fixture_project.h"
#include "support/fixture_files.h"

/* Peers, an alias, a workspace, two versions of one package, a file for one platform. */
static const char package_json[] =
	"{ \"name\": \"app\", \"version\": \"1.0.0\", \"private\": true, \"main\": \"main.js\",\n"
	"  \"dependencies\": { \"@fastify/error\": \"^3\", \"debug\": \"^3\", \"esbuild\": \"0.19.0\",\n"
	"    \"express\": \"^4.18.2\", \"m2\": \"npm:ms@^2.0.0\", \"words\": \"workspace:*\" },\n"
	"  \"devDependencies\": { \"typescript\": \"^5\" } }\n";
static const char words_json[] =
	"{ \"name\": \"words\", \"version\": \"1.0.0\", \"main\": \"index.js\", \"dependencies\":\n"
	"  { \"ms\": \"2.0.0\", \"react\": \"18\", \"react-dom\": \"18\", \"react-redux\": \"^8\" } }\n";
static const char main_js[] =
	"const names = ['@fastify/error', 'debug', 'esbuild', 'express', 'm2', 'words'];\n"
	"console.log(names.map((n) => typeof require(n)).join(' '));\n";

/* Symlinks, and files with their modes; without what pnpm notes for itself and commands. */
static const char *pnpm_tree(struct arena *a, const char *folder)
{
	struct str out =
		ORACLE(a, "sh", "-c",
		       "cd \"$1\" && find . -name .bin -prune -o -name .modules.yaml -o "
		       "-name .pnpm-workspace-state\\* -o -path ./node_modules/.pnpm/lock.yaml -o "
		       "-path ./node_modules/.pnpm/node_modules/words -o -type l -printf "
		       "'%P -> %l\\n' -o -path '*/node_modules/*' -type f -exec sha512sum {} +",
		       "sh", folder);
	struct strings lines = { NULL, 0, 0 };
	struct str line;

	while (str_next(&out, '\n', &line))
		*list_push(a, &lines) = str_dup(a, line);
	strings_sort(&lines);
	return strings_join(a, &lines, "\n");
}

/* The registry that npm would ask, or the end of the test. */
static const char *pnpm_find_registry(struct arena *a)
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

static void pnpm_run(struct project *p, const char *pnpm, const char *folder, const char *options)
{
	struct oracle_run r =
		oracle_run(p->a, (const char *const[]){
					 "sh", "-c",
					 arena_printf(p->a,
						      "cd %s && HOME=%s %s/node_modules/.bin/pnpm "
						      "install --ignore-scripts %s",
						      folder, p->dir, pnpm, options),
					 NULL });

	cr_assert_eq(r.status, 0, "%s%s", r.out.p, r.err.p);
}

static void pnpm_compare(const char *version)
{
	AUTO_ARENA a = { 0 };
	const char *registry = pnpm_find_registry(&a), *code, *copy, *image;
	const char *pnpm = npm_tools(&a, arena_printf(&a, "pnpm-%s", version),
				     (const char *const[]){ arena_printf(&a, "pnpm@%s", version),
							    NULL });
	struct project p;

	project_open(&p, &a, "node");
	code = project_path(&p, "code");
	copy = project_path(&p, "copy");
	setenv("npm_config_registry", registry, 1);
	ORACLE(&a, "rm", "--recursive", code);
	files_put(project_path(&p, "code/package.json"), package_json);
	files_put(project_path(&p, "code/main.js"), main_js);
	files_put(project_path(&p, "code/pnpm-workspace.yaml"), "packages: [\"packages/*\"]\n");
	files_put(project_path(&p, "code/packages/words/package.json"), words_json);
	files_put(project_path(&p, "code/packages/words/index.js"),
		  "exports.words = ['ms', 'react', 'react-redux'].map((n) => require(n));\n");
	pnpm_run(&p, pnpm, code, "--lockfile-only");
	ORACLE(&a, "sed", "--in-place", "s/package-lock.json/pnpm-lock.yaml/",
	       project_path(&p, "app.json"));
	cr_expect_str_eq(project_answer(&p, NULL),
			 "function function object function function object\n");
	image = image_unpack(&a, p.dir, project_path(&p, "out"), p.name);
	ORACLE(&a, "cp", "--recursive", code, copy);
	pnpm_run(&p, pnpm, copy, "--prod --frozen-lockfile");
	cr_expect_str_eq(pnpm_tree(&a, arena_printf(&a, "%s/app", image)), pnpm_tree(&a, copy));
	unsetenv("npm_config_registry");
	project_close(&p);
}

Test(pnpm_packages, node_modules_is_what_pnpm_10_installs, .timeout = 1800)
{
	pnpm_compare("10");
}

Test(pnpm_packages, node_modules_is_what_pnpm_9_installs, .timeout = 1800)
{
	pnpm_compare("9");
}

Test(pnpm_packages, node_modules_is_what_pnpm_8_installs, .timeout = 1800)
{
	pnpm_compare("8");
}
