/* SPDX-License-Identifier: Apache-2.0 */
/* Images that several machines build: joined to one, and told from what a registry has already. */

#include <criterion/criterion.h>
#include <unistd.h>

#include "e2e/fixture_image.h"
#include "e2e/fixture_registry.h"
#include "support/fixture_files.h"
#include "support/fixture_minirepo.h"

/* The digest that a verb printed; the test fails if it did not succeed. */
static const char *fleet_digest(struct arena *a, struct oracle_run r)
{
	const char *at = strstr(r.out.p, "sha256:");

	cr_assert(r.status == 0 && at, "%d: %s%s", r.status, r.out.p, r.err.p);
	return arena_strndup(a, at, strlen("sha256:") + 64);
}

/* The sum of what each machine pushed is what one machine builds for both platforms. */
Test(fleet, parts_join_to_the_image_of_one_build, .timeout = 600)
{
	AUTO_ARENA a = { 0 };
	const char *dir = files_temporary(&a), *whole = arena_printf(&a, "%s/whole", dir);
	const char *x86 = arena_printf(&a, "%s/x86", dir), *arm = arena_printf(&a, "%s/arm", dir);
	struct registry r;
	struct oracle_run run;
	const char *digest, *amd64;

	oracle_need("skopeo");
	registry_open(&r, &a, REGISTRY_OPEN);
	fleet_digest(&a, IMGBUILD(&a, "recipes/hello.json", "-o", whole, "--platform",
				  "linux/amd64,linux/arm64"));
	fleet_digest(&a, IMGBUILD(&a, "recipes/hello.json", "-o", x86));
	fleet_digest(&a,
		     IMGBUILD(&a, "recipes/hello.json", "-o", arm, "--platform", "linux/arm64"));
	digest = fleet_digest(&a, IMGBUILD(&a, "push", whole, registry_ref(&r, "one:1.0")));
	amd64 = fleet_digest(&a, IMGBUILD(&a, "push", x86, registry_ref(&r, "many:1.0-amd64")));
	fleet_digest(&a, IMGBUILD(&a, "push", arm, registry_ref(&r, "many:1.0-arm64")));
	run = IMGBUILD(&a, "index", registry_ref(&r, arena_printf(&a, "many@%s", amd64)),
		       registry_ref(&r, "many:1.0-arm64"), "--tag", "1.0", "--tag", "latest");
	cr_expect_str_eq(fleet_digest(&a, run), digest);
	for (int i = 0; i < 2; i++)
		cr_expect(strstr(ORACLE(&a, "skopeo", "inspect", "--tls-verify=false",
					registry_ref(&r, i ? "many:latest" : "many:1.0"))
					 .p,
				 arena_printf(&a, "\"Digest\": \"%s\"", digest)));
	/* skopeo finds all of it */
	ORACLE(&a, "skopeo", "copy", "--all", "--src-tls-verify=false",
	       registry_ref(&r, "many:1.0"), arena_printf(&a, "oci:%s/copy:x", dir));
	/* what is there twice is refused, and so is what is elsewhere or not at all */
	run = IMGBUILD(&a, "index", registry_ref(&r, "many:1.0"),
		       registry_ref(&r, "many:1.0-arm64"), "--tag", "2.0");
	cr_expect(run.status == 3 && strstr(run.err.p, "there are two images for linux/arm64"),
		  "%d %s", run.status, run.err.p);
	run = IMGBUILD(&a, "index", registry_ref(&r, "many:1.0"), registry_ref(&r, "one:1.0"),
		       "--tag", "2.0");
	cr_expect(run.status == 2 && strstr(run.err.p, "is in another repository than"), "%d %s",
		  run.status, run.err.p);
	run = IMGBUILD(&a, "index", registry_ref(&r, "many:3"), "--tag", "2.0");
	cr_expect(run.status == 4 && strstr(run.err.p, "many:3 is not there"), "%d %s", run.status,
		  run.err.p);
	run = IMGBUILD(&a, "index", registry_ref(&r, "many:1.0"));
	cr_expect(run.status == 2 && strstr(run.err.p, "name the index with --tag TAG"), "%s",
		  run.err.p);
	run = IMGBUILD(&a, "index", registry_ref(&r, "many:1.0"), "--tag", "a/b");
	cr_expect(run.status == 2 && strstr(run.err.p, "\"a/b\" is not a tag"), "%s", run.err.p);
	registry_close(&r);
	files_remove(dir);
}

static struct oracle_run fleet_plan_against(struct minirepo *m, struct registry *r,
					    const char *format)
{
	return oracle_run(m->a,
			  (const char *const[]){ minirepo_program, "plan", "--progress=plain",
						 m->recipe, "--against",
						 arena_printf(m->a, "docker://%s/team", r->host),
						 "--format", format, NULL });
}

/* What a registry has as it would be now is not planned again. */
Test(fleet, plan_leaves_out_what_a_registry_has, .timeout = 600)
{
	AUTO_ARENA a = { 0 };
	struct registry r;
	struct minirepo m;
	struct oracle_run run;
	const char *text;

	registry_open(&r, &a, REGISTRY_OPEN);
	minirepo_open(&m, &a);
	run = minirepo_build(&m);
	cr_assert_eq(run.status, 0, "%s", run.err.p);
	run = fleet_plan_against(&m, &r, "slurm");
	cr_expect(strstr(run.err.p, "1 of 1 recipes are to be built") &&
			  strstr(run.out.p, arena_printf(&a, "build %s --shard", m.recipe)),
		  "%s%s", run.out.p, run.err.p);
	run = MINIREPO_RUN(&m, "push", m.out, arena_printf(&a, "docker://%s/team/mini", r.host));
	cr_assert_eq(run.status, 0, "%s", run.err.p);
	run = fleet_plan_against(&m, &r, "slurm");
	cr_expect(run.status == 0 && strstr(run.err.p, "0 of 1 recipes are to be built") &&
			  !strstr(run.out.p, "sbatch"),
		  "%s%s", run.out.p, run.err.p);
	/* GitLab takes no pipeline without a job */
	run = fleet_plan_against(&m, &r, "gitlab");
	cr_expect_str_eq(
		ORACLE(&a, "python3", "-c",
		       "import json, sys\n"
		       "for k, v in json.loads(sys.argv[1]).items(): print(k, v['script'])\n",
		       run.out.p)
			.p,
		"nothing ['echo nothing is to be built']\n");
	/* another recipe, and files that no label tells of */
	text = files_get(&a, m.recipe);
	files_put(m.recipe, arena_printf(&a, "%.*s, \"description\": \"more\" }\n",
					 (int)(strrchr(text, '}') - text), text));
	run = fleet_plan_against(&m, &r, "slurm");
	cr_expect(strstr(run.err.p, "1 of 1 recipes are to be built"), "%s", run.err.p);
	registry_kill(&r);
	run = fleet_plan_against(&m, &r, "slurm");
	cr_expect_eq(run.status, 4, "%s", run.err.p);
	registry_start(&r);
	minirepo_close(&m);
	registry_close(&r);
}

/* Its files are not the repository's: the lock has their digests. */
Test(fleet, plan_leaves_out_what_stands_on_a_base_of_imgbuild, .timeout = 600)
{
	AUTO_ARENA a = { 0 };
	const char *dir = files_temporary(&a), *plan, *lock;
	struct oracle_run run;
	struct registry r;
	char *text, *digest;

	registry_open(&r, &a, REGISTRY_OPEN);
	plan = arena_printf(&a, "plan app.json --against docker://%s/team", r.host);
	files_put(arena_printf(&a, "%s/app.json", dir),
		  "{ \"name\": \"app\", \"base\": \"static\", \"config\": { \"user\": \"1:1\" },"
		  " \"audit\": { \"policy\": \"report-only\" } }");
	run = imgbuild_in(&a, dir, "-q app.json");
	cr_assert_eq(run.status, 0, "%s", run.err.p);
	run = imgbuild_in(&a, dir,
			  arena_printf(&a, "-q push out/app docker://%s/team/app", r.host));
	cr_assert_eq(run.status, 0, "%s", run.err.p);
	run = imgbuild_in(&a, dir, plan);
	cr_expect(strstr(run.err.p, "0 of 1 recipes are to be built"), "%s", run.err.p);
	/* for what its jobs would build, which is not there */
	run = imgbuild_in(&a, dir, arena_printf(&a, "%s --platform linux/amd64,linux/arm64", plan));
	cr_expect(strstr(run.err.p, "1 of 1 recipes are to be built"), "%s", run.err.p);
	/* what the base has now is not what it had */
	lock = arena_printf(&a, "%s/locks/static.lock.json", dir);
	text = arena_strdup(&a, files_get(&a, lock));
	digest = strstr(strstr(text, "\"built-in\""), "\"sha256\": \"") + strlen("\"sha256\": \"");
	*digest = *digest == '0' ? '1' : '0';
	files_put(lock, text);
	run = imgbuild_in(&a, dir, plan);
	cr_expect(strstr(run.err.p, "1 of 1 recipes are to be built"), "%s", run.err.p);
	registry_close(&r);
	files_remove(dir);
}
