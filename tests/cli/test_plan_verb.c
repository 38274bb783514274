/* SPDX-License-Identifier: Apache-2.0 */
/* What engines are handed: each form is read by python's json or run by sh, and every part of the
 * plan is in it once. */

#include <criterion/criterion.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "support/fixture_files.h"
#include "support/fixture_oracle.h"
#include "support/fixture_verb.h"

/* By the program itself: what comes with imgbuild is found from its place. */
#define PLAN(a, ...) \
	plan_must(oracle_run((a), (const char *const[]){ "./imgbuild", "plan", __VA_ARGS__, NULL }))

static const char *plan_must(struct oracle_run r)
{
	cr_assert_eq(r.status, 0, "%s", r.err.p);
	return r.out.p;
}

/* Prints the parts of each wave, in a form of their own, as the JSON form has them. */
static const char plan_reader[] =
	"import json, sys\n"
	"kind, plan, form = sys.argv[1], json.loads(sys.argv[2]), json.loads(sys.argv[3])\n"
	"n = plan['shards']\n"
	"want = [sorted({'%d/%d' % (i['shard'], n) for i in plan['images'] if i['wave'] == w}) "
	"for w in (1, 2)]\n"
	"if kind == 'gitlab':\n"
	"  assert form['stages'] == ['compiles', 'images']\n"
	"  jobs = [form['compiles'], form['images']]\n"
	"  assert [j['stage'] for j in jobs] == form['stages']\n"
	"  got = [sorted(j['parallel']['matrix'][0]['SHARD']) for j in jobs]\n"
	"  for w, j in enumerate(jobs):\n"
	"    assert j['script'] == ['imgbuild build images.json --shard \"$SHARD\" --wave %d' % (w + 1)]\n"
	"    assert j['image'] == 'registry.example/imgbuild:1'\n"
	"elif kind == 'github':\n"
	"  got = [sorted(form[w]['shard']) for w in ('compiles', 'images')]\n"
	"elif kind == 'tekton':\n"
	"  assert (form['apiVersion'], form['kind']) == ('tekton.dev/v1', 'Pipeline')\n"
	"  tasks = form['spec']['tasks']\n"
	"  assert tasks[1]['runAfter'] == [tasks[0]['name']]\n"
	"  got = [sorted(t['matrix']['params'][0]['value']) for t in tasks]\n"
	"  for w, t in enumerate(tasks):\n"
	"    step = t['taskSpec']['steps'][0]\n"
	"    assert step['command'] == ['imgbuild', 'build', 'images.json', '--shard', '$(params.shard)', '--wave', str(w + 1)]\n"
	"elif kind == 'k8s':\n"
	"  jobs = form['items']\n"
	"  assert [j['spec']['suspend'] for j in jobs] == [False, True]\n"
	"  for w, j in enumerate(jobs):\n"
	"    s = j['spec']; c = s['template']['spec']['containers'][0]\n"
	"    assert j['apiVersion'] == 'batch/v1' and s['completionMode'] == 'Indexed'\n"
	"    assert s['completions'] == n and s['backoffLimitPerIndex'] > 0\n"
	"    assert s['podFailurePolicy']['rules'][0]['onExitCodes']['values'] == [1, 2, 3]\n"
	"    assert s['template']['spec']['restartPolicy'] == 'Never'\n"
	"    assert c['env'] == [{'name': 'IMGBUILD_SHARDS', 'value': str(n)}]\n"
	"    assert c['command'] == ['imgbuild', 'build', 'images.json', '--shard', 'auto', '--wave', str(w + 1)]\n"
	"  got = want\n"
	"assert got == want, (got, want)\n"
	"print('good')\n";

Test(plan_verb, every_form_has_every_part_once)
{
	static const char *const kinds[] = { "github", "gitlab", "tekton", "k8s" };
	AUTO_ARENA a = { 0 };
	const char *plan = PLAN(&a, "images.json", "--shards", "3", "--json");

	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		const char *form = PLAN(&a, "images.json", "--shards", "3", "--format", kinds[i],
					"--job-image", "registry.example/imgbuild:1");

		cr_expect_str_eq(ORACLE(&a, "python3", "-c", plan_reader, kinds[i], plan, form).p,
				 "good\n", "%s", kinds[i]);
	}
}

/* A program named sbatch that writes down what it is given. */
static const char fake_sbatch[] = "#!/bin/sh\n"
				  "{ echo \"sbatch $*\"; cat; } >> \"$JOBS\"\n"
				  "echo 17\n";

Test(plan_verb, script_of_slurm_hands_over_both_waves)
{
	AUTO_ARENA a = { 0 };
	const char *dir = files_temporary(&a), *script = arena_printf(&a, "%s/plan.sh", dir);
	const char *sbatch = arena_printf(&a, "%s/sbatch", dir);
	const char *jobs = arena_printf(&a, "%s/jobs", dir), *said;

	files_put(sbatch, fake_sbatch);
	cr_assert_eq(chmod(sbatch, 0755), 0);
	files_put(script, PLAN(&a, "images.json", "--shards", "12", "--format", "slurm"));
	said = ORACLE(&a, "env", arena_printf(&a, "PATH=%s:%s", dir, getenv("PATH")),
		      arena_printf(&a, "JOBS=%s", jobs), "sh", script)
		       .p;
	cr_expect_str_eq(said, "compiles: job 17\nimages: job 17\n");
	cr_expect_str_eq(
		files_get(&a, jobs),
		"sbatch --parsable --requeue --job-name=imgbuild-compiles --array=0-11\n"
		"#!/bin/sh\nexec imgbuild build images.json --shard \"auto\" --wave 1\n"
		"sbatch --parsable --requeue --job-name=imgbuild-images --array=0-11 --dependency=afterany:17\n"
		"#!/bin/sh\nexec imgbuild build images.json --shard \"auto\" --wave 2\n");
	files_remove(dir);
}

/* Names that mean something to a shell stay names. */
Test(plan_verb, scripts_quote_what_a_shell_would_read)
{
	static const char *const name = "it's $(touch x) `y` \"z\".json";
	AUTO_ARENA a = { 0 };
	const char *dir = files_temporary(&a), *path = arena_printf(&a, "%s/%s", dir, name), *form;
	struct verb_run r;

	files_put(arena_printf(&a, "%s/images.json", dir), files_get(&a, "images.json"));
	files_put(path, "{ \"name\": \"odd\", \"archive\": \"debian13\" }");
	form = PLAN(&a, path, "--format", "gitlab");
	cr_expect_str_eq(
		ORACLE(&a, "python3", "-c",
		       "import json, subprocess, sys\n"
		       "line = json.loads(sys.argv[1])['images']['script'][0]\n"
		       "print(subprocess.run(['sh', '-c', 'imgbuild() { printf \"%s|\" \"$@\"; }; ' + line], env={'SHARD': '1/1'}, stdout=-1, text=True).stdout)\n",
		       form)
			.p,
		arena_printf(&a, "build|%s|--shard|1/1|--wave|2|\n", path));
	r = VERB(&a, cmd_plan, "plan", path, "--against", "docker://127.0.0.1:9/team/");
	cr_expect_eq(r.e.kind, ERR_NETWORK, "%s", r.message);
	files_remove(dir);
}

Test(plan_verb, engines_of_containers_want_an_image)
{
	AUTO_ARENA a = { 0 };
	struct verb_run r = VERB(&a, cmd_plan, "plan", "--format", "k8s");

	cr_expect_eq(r.e.kind, ERR_USAGE);
	cr_expect_str_eq(
		r.message,
		"plan: --format k8s needs --job-image IMAGE, an image with imgbuild in it");
}

Test(plan_verb, what_is_no_place_of_images_is_a_mistake)
{
	static const char *const bad[] = {
		"registry.example/team",
		"http://registry.example/team",
		"docker://",
		"docker:///team",
		"docker://registry.example/t:1",
		"docker://registry.example/TEAM",
	};

	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		AUTO_ARENA a = { 0 };
		struct verb_run r = VERB(&a, cmd_plan, "plan", "recipes/hello.json", "--against",
					 bad[i]);

		cr_expect_eq(r.e.kind, ERR_USAGE);
		cr_expect_str_eq(r.message,
				 arena_printf(&a,
					      "--against takes docker://REGISTRY or "
					      "docker://REGISTRY/PATH, in lower-case letters and "
					      "without a tag, not \"%s\"",
					      bad[i]));
	}
}

/* No label tells of them, so no registry is asked (nobody answers at this port). */
Test(plan_verb, files_of_the_repository_are_always_built)
{
	static const char *const members[] = {
		"\"files\": [ { \"from\": \"f\", \"to\": \"/etc/f\" } ]",
		"\"tests\": [\"f\"]",
		"\"effects\": { \"ca-bundle\": { \"package\": \"ca-certificates\", \"files\": [\"f\"] } }",
	};
	AUTO_ARENA a = { 0 };
	const char *dir = files_temporary(&a), *path = arena_printf(&a, "%s/app.json", dir);

	files_put(arena_printf(&a, "%s/images.json", dir), files_get(&a, "images.json"));
	files_put(arena_printf(&a, "%s/f", dir), "x");
	for (size_t i = 0; i < ARRAY_SIZE(members); i++) {
		struct verb_run r;

		files_put(path,
			  arena_printf(&a, "{ \"name\": \"app\", \"archive\": \"debian13\", %s }",
				       members[i]));
		r = VERB(&a, cmd_plan, "plan", path, "--against", "docker://127.0.0.1:9/team");
		cr_expect(r.ok && strstr(r.said,
					 "1 of 1 recipes are to be built, by what docker://"
					 "127.0.0.1:9/team has; 1 of these always, for files of "
					 "the repository in them"),
			  "%s: %s%s", members[i], r.message, r.said);
	}
	files_remove(dir);
}

/* A build is for one platform unless it is told otherwise. */
Test(plan_verb, jobs_build_for_the_platforms_that_are_named)
{
	AUTO_ARENA a = { 0 };
	const char *dir = files_temporary(&a), *path = arena_printf(&a, "%s/app.json", dir);
	struct verb_run r;

	ORACLE(&a, "python3", "-c",
	       "import json, sys\n"
	       "d = json.load(open('images.json'))\n"
	       "d['images'] = {'app': {'recipe': 'app.json', 'platforms': ['linux/amd64', "
	       "'linux/arm64']}}\n"
	       "json.dump(d, open(sys.argv[1] + '/images.json', 'w'))\n",
	       dir);
	files_put(path, "{ \"name\": \"app\", \"archive\": \"debian13\" }");
	r = VERB(&a, cmd_plan, "plan", path);
	cr_expect(r.ok && strstr(r.said, "the jobs build for linux/amd64 alone; images.json lists "
					 "linux/arm64, too: --platform says for which they build"),
		  "%s%s", r.message, r.said);
	r = VERB(&a, cmd_plan, "plan", path, "--platform", "linux/arm64,linux/amd64", "--format",
		 "slurm");
	cr_expect(r.ok && !strstr(r.said, "the jobs build") &&
			  strstr(r.out, "app.json --platform linux/amd64,linux/arm64 --shard"),
		  "%s%s%s", r.message, r.said, r.out);
	r = VERB(&a, cmd_plan, "plan", path, "--platform", "linux/arm64", "--format", "json");
	cr_expect(r.ok && strstr(r.out, "\"platforms\": [\"linux/arm64\"]"), "%s%s", r.message,
		  r.out);
	ORACLE(&a, "sed", "--in-place", "s|\"linux/amd64\", \"linux/arm64\"|\"linux/amd64\"|",
	       arena_printf(&a, "%s/images.json", dir));
	r = VERB(&a, cmd_plan, "plan", path, "--platform", "linux/arm64");
	cr_expect(r.e.kind == ERR_INPUT &&
			  strstr(r.message, "app.json is not made for linux/arm64"),
		  "%s", r.message);
	files_remove(dir);
}
