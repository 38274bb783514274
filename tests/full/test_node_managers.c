/* SPDX-License-Identifier: Apache-2.0 */
/* Real packages as pnpm and yarn install them, from the registry that this machine's npm is set to.
 * Skipped where none answers. */

#include <criterion/criterion.h>
#include <stdlib.h>

#include "e2e/fixture_image.h"
#include "e2e/fixture_npm.h"
#include "e2e/fixture_project.h"
#include "support/fixture_files.h"

/* Peers, an alias, workspaces, many packages of several versions, files for one platform. "%s" is
 * what a range of a workspace begins with. */
static const char package_json[] =
	"{ \"name\": \"app\", \"version\": \"1.0.0\", \"private\": true, \"main\": \"main.js\",\n"
	"  \"workspaces\": [\"packages/*\"],\n"
	"  \"dependencies\": { \"@fastify/error\": \"^3\", \"chalk\": \"4\", \"debug\": \"^3\",\n"
	"    \"express\": \"^4.18.2\", \"glob\": \"7\", \"m2\": \"npm:ms@^2.0.0\", \"words\": \"%s*\",\n"
	"    \"yargs\": \"16\" },\n"
	"  \"devDependencies\": { \"eslint\": \"8\", \"mocha\": \"9\", \"typescript\": \"^5\" },\n"
	"  \"optionalDependencies\": { \"esbuild\": \"0.19.0\", \"fsevents\": \"^2\" } }\n";
static const char words_json[] =
	"{ \"name\": \"words\", \"version\": \"1.0.0\", \"main\": \"index.js\", \"dependencies\":\n"
	"  { \"b\": \"%s*\", \"glob\": \"10\", \"ms\": \"2.0.0\", \"react\": \"18\",\n"
	"    \"react-dom\": \"18\", \"react-redux\": \"^8\", \"strip-ansi\": \"5\" } }\n";
static const char b_json[] =
	"{ \"name\": \"b\", \"version\": \"1.0.0\", \"dependencies\": { \"chalk\": \"2\", \"qs\": \"6.5.0\",\n"
	"    \"rimraf\": \"3\", \"string-width\": \"3\" }, \"devDependencies\": { \"semver\": \"7\" } }\n";
static const char main_js[] =
	"const names = ['@fastify/error', 'debug', 'esbuild', 'express', 'm2', 'words', 'yargs'];\n"
	"console.log(names.map((name) => typeof require(name)).join(' '));\n";

/* Symlinks, and files with their digests; without what these programs note for themselves,
 * commands, and the workspaces that pnpm has for packages that do not name them. */
static const char *manager_tree(struct arena *a, const char *folder)
{
	struct str out =
		ORACLE(a, "sh", "-c",
		       "cd \"$1\" && find . -name .bin -prune -o -name .modules.yaml -o "
		       "-name .yarn-integrity -o -name .pnpm-workspace-state\\* -o "
		       "-path ./node_modules/.pnpm/lock.yaml -o "
		       "-path ./node_modules/.pnpm/node_modules/words -o "
		       "-path ./node_modules/.pnpm/node_modules/b -o -type l -printf "
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
static const char *manager_find_registry(struct arena *a)
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

struct manager {
	const char *package; /* "pnpm@10" */
	const char *file;    /* its lock file */
	const char *own;     /* what a range of a workspace begins with */
	const char *lock;    /* options to write the lock file, and to install what it says */
	const char *install;
};

static void manager_run(struct project *p, const struct manager *m, const char *tools,
			const char *folder, const char *options)
{
	struct oracle_run r = oracle_run(
		p->a, (const char *const[]){
			      "sh", "-c",
			      arena_printf(p->a,
					   "cd %s && HOME=%s %s/node_modules/.bin/%.*s install "
					   "--ignore-scripts %s",
					   folder, p->dir, tools, (int)strcspn(m->package, "@"),
					   m->package, options),
			      NULL });

	cr_assert_eq(r.status, 0, "%s%s", r.out.p, r.err.p);
}

static void manager_write_project(struct project *p, const struct manager *m)
{
	ORACLE(p->a, "rm", "--recursive", project_path(p, "code"));
	files_put(project_path(p, "code/package.json"), arena_printf(p->a, package_json, m->own));
	files_put(project_path(p, "code/main.js"), main_js);
	files_put(project_path(p, "code/pnpm-workspace.yaml"), "packages: [\"packages/*\"]\n");
	files_put(project_path(p, "code/packages/words/package.json"),
		  arena_printf(p->a, words_json, m->own));
	files_put(project_path(p, "code/packages/words/index.js"),
		  "exports.words = ['ms', 'react', 'react-redux'].map((n) => require(n));\n");
	files_put(project_path(p, "code/packages/b/package.json"), b_json);
	ORACLE(p->a, "sed", "--in-place", arena_printf(p->a, "s/package-lock.json/%s/", m->file),
	       project_path(p, "app.json"));
}

static void manager_compare(const struct manager *m)
{
	AUTO_ARENA a = { 0 };
	const char *registry = manager_find_registry(&a), *code, *copy, *image;
	const char *tools = npm_tools(&a, m->package, (const char *const[]){ m->package, NULL });
	struct project p;

	project_open(&p, &a, "node");
	code = project_path(&p, "code");
	copy = project_path(&p, "copy");
	setenv("npm_config_registry", registry, 1);
	manager_write_project(&p, m);
	manager_run(&p, m, tools, code, m->lock);
	ORACLE(&a, "rm", "--recursive", "--force", arena_printf(&a, "%s/node_modules", code));
	cr_expect_str_eq(project_answer(&p, NULL),
			 "function function object function function object function\n");
	image = image_unpack(&a, p.dir, project_path(&p, "out"), p.name);
	ORACLE(&a, "cp", "--recursive", code, copy);
	manager_run(&p, m, tools, copy, m->install);
	cr_expect_str_eq(manager_tree(&a, arena_printf(&a, "%s/app", image)),
			 manager_tree(&a, copy));
	unsetenv("npm_config_registry");
	project_close(&p);
}

#define MANAGER_OF_PNPM(version)                                              \
	{ "pnpm@" version, "pnpm-lock.yaml", "workspace:", "--lockfile-only", \
	  "--prod --frozen-lockfile" }

Test(node_managers, node_modules_is_what_pnpm_10_installs, .timeout = 1800)
{
	manager_compare(&(const struct manager)MANAGER_OF_PNPM("10"));
}

Test(node_managers, node_modules_is_what_pnpm_9_installs, .timeout = 1800)
{
	manager_compare(&(const struct manager)MANAGER_OF_PNPM("9"));
}

Test(node_managers, node_modules_is_what_pnpm_8_installs, .timeout = 1800)
{
	manager_compare(&(const struct manager)MANAGER_OF_PNPM("8"));
}

Test(node_managers, node_modules_is_what_yarn_1_installs, .timeout = 1800)
{
	manager_compare(&(const struct manager){ "yarn@1", "yarn.lock", "", "--ignore-engines",
						 "--ignore-engines --production "
						 "--frozen-lockfile" });
}
