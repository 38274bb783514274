/* SPDX-License-Identifier: Apache-2.0 */
/* The verbs that ask about an image, over the real ones: why, graph, verify, test. */

#include <criterion/criterion.h>
#include <stdlib.h>
#include <unistd.h>

#include "e2e/fixture_podman.h"
#include "e2e/fixture_image.h"
#include "support/fixture_files.h"
#include "support/fixture_minirepo.h"
#include "support/fixture_files.h"

Test(verbs, why_and_graph_explain_cephalo, .timeout = 600)
{
	AUTO_ARENA a = { 0 };
	const char *dir = files_temporary(&a), *layout = image_build(&a, dir, "cephalo");
	struct oracle_run r = IMGBUILD(&a, "why", layout, "libcap.so.2");

	cr_expect_eq(r.status, 0, "%s", r.err.p);
	cr_expect(strstr(r.out.p, "needed by /usr/sbin/squid as libcap.so.2\n/usr/sbin/squid\n"),
		  "%s", r.out.p);
	cr_expect(strstr(r.out.p,
			 "component squid keeps \"/usr/sbin/squid*\"  (recipes/cephalo.json:7:5)"),
		  "%s", r.out.p);
	r = IMGBUILD(&a, "why", layout, "/etc/passwd");
	cr_expect(strstr(r.out.p, "from the recipe's users  (recipes/cc-debian13.json:"), "%s%s",
		  r.out.p, r.err.p);
	r = IMGBUILD(&a, "graph", layout);
	cr_expect_eq(r.status, 0, "%s", r.err.p);
	oracle_need("dot");
	files_put(arena_printf(&a, "%s/cephalo.dot", dir), r.out.p);
	ORACLE(&a, "dot", "-Tsvg", "-o", arena_printf(&a, "%s/cephalo.svg", dir),
	       arena_printf(&a, "%s/cephalo.dot", dir));
	files_remove(dir);
}

Test(verbs, verify_makes_hello_again_from_nothing, .timeout = 600)
{
	AUTO_ARENA a = { 0 };
	const char *dir = files_temporary(&a), *layout = image_build(&a, dir, "hello");
	struct oracle_run r = IMGBUILD(&a, "-q", "verify", layout);

	cr_expect(r.status == 0 && strstr(r.out.p, ": the same bytes, sha256:"), "%s%s", r.out.p,
		  r.err.p);
	r = IMGBUILD(&a, "-q", "verify", arena_printf(&a, "docker-archive:%s/hello.tar", dir));
	cr_expect(r.status == 0 && strstr(r.out.p, "the same 5 layers and the same config"), "%s%s",
		  r.out.p, r.err.p);
	r = IMGBUILD(&a, "-q", "verify", layout, "--recipe", "recipes/cc-debian13.json");
	cr_expect(r.status == 5 && strstr(r.err.p, "was made from recipes/hello.json, not from"),
		  "%s", r.err.p);
	/* nor does the next build take it for the last one */
	r = IMGBUILD(&a, "--explain", "recipes/hello.json", "-o",
		     arena_printf(&a, "%s/other", dir));
	cr_expect(r.status == 0 && strstr(r.err.p, "image hello (linux/amd64): made") &&
			  !strstr(r.err.p, "--no-audit"),
		  "%s", r.err.p);
	files_remove(dir);
}

/* What the file of the recipe does not try: set-ups, tear-downs, variables, options, failures. */
#define MORE                                                                                                           \
	"schemaVersion: 2.0.0\n"                                                                                       \
	"globalEnvVars: [{key: WHO, value: \"$LANG\"}]\n"                                                              \
	"containerRunOptions: {user: '0'}\n"                                                                           \
	"commandTests:\n"                                                                                              \
	"- name: set up\n"                                                                                             \
	"  setup:\n"                                                                                                   \
	"  - [/usr/bin/python3, -c, \"open('/tmp/x', 'w').write('one')\"]\n"                                           \
	"  - [/usr/bin/python3, -c, \"open('/tmp/x', 'a').write(' two')\"]\n"                                          \
	"  command: /usr/bin/python3\n"                                                                                \
	"  args: [-c, \"import os; print(open('/tmp/x').read(), os.environ['WHO'], os.environ['K'], os.getuid())\"]\n" \
	"  envVars: [{key: K, value: v}]\n"                                                                            \
	"  expectedOutput: ['^one two C.UTF-8 v 0\\n$']\n"                                                             \
	"  teardown: [[/usr/bin/python3, -c, \"import os; os.unlink('/tmp/x')\"]]\n"                                   \
	"- name: exit status\n"                                                                                        \
	"  command: /usr/bin/python3\n"                                                                                \
	"  args: [-c, 'import sys; print(\"oh\", file=sys.stderr); sys.exit(3)']\n"                                    \
	"  exitCode: 3\n"                                                                                              \
	"  expectedError: [oh]\n"

#define FAILING                                                                                  \
	"schemaVersion: 2.0.0\n"                                                                 \
	"commandTests:\n"                                                                        \
	"- {name: wrong status, command: /usr/bin/python3, args: [-c, 'raise SystemExit(4)']}\n" \
	"- {name: no such program, command: /bin/sh}\n"                                          \
	"- {name: a line, command: /usr/bin/python3 -V}\n"                                       \
	"- {name: bad set-up, command: /usr/bin/python3, setup: [[/usr/bin/python3, -c, 'raise SystemExit(5)']]}\n"

Test(verbs, the_tests_of_cephalo_pass_in_containers, .timeout = 600)
{
	AUTO_ARENA a = { 0 };
	const char *dir = files_temporary(&a), *layout = image_build(&a, dir, "cephalo");
	const char *more = arena_printf(&a, "%s/more.yaml", dir),
		   *failing = arena_printf(&a, "%s/failing.yaml", dir);
	struct oracle_run r;
	struct podman p;

	podman_open(&p, &a);
	setenv("STORAGE_DRIVER", "vfs", 1);
	files_put(more, MORE);
	files_put(failing, FAILING);
	r = IMGBUILD(&a, "-q", "test", layout, "recipes/cephalo.tests.json",
		     "recipes/cephalo-python.tests.json", more, "--no-skips");
	cr_expect(r.status == 0 && strstr(r.out.p, "17 passed, 0 failed, 0 skipped"), "%s%s",
		  r.out.p, r.err.p);
	r = IMGBUILD(&a, "-q", "test", arena_printf(&a, "docker-archive:%s/cephalo.tar", dir),
		     failing);
	cr_expect_eq(r.status, 1, "%s", r.err.p);
	cr_expect(strstr(r.out.p, "it exits with 4, not 0"), "%s", r.out.p);
	cr_expect(strstr(r.out.p, "it exits with 127, not 0"), "%s", r.out.p);
	cr_expect(strstr(r.out.p, "setup /usr/bin/python3 exits with 5"), "%s", r.out.p);
	cr_expect(strstr(r.out.p,
			 "; \"command\" is the program alone, its arguments stand in \"args\"\n"),
		  "%s", r.out.p);
	cr_expect(strstr(r.out.p, "0 passed, 4 failed, 0 skipped"), "%s", r.out.p);
	podman_close(&p);
	files_remove(dir);
}

/* The first tag names the image, an archive has all of them. */
Test(verbs, tags_of_images_json_name_an_image, .timeout = 600)
{
	AUTO_ARENA a = { 0 };
	struct minirepo m;
	const char *catalogue, *archive;
	struct str text;

	oracle_need("skopeo");
	minirepo_open(&m, &a);
	catalogue = arena_printf(&a, "%s/repository/images.json", m.dir);
	archive = arena_printf(&a, "%s/mini.tar", m.dir);
	text = str_of(files_get(&a, catalogue));
	files_put(catalogue, arena_printf(&a,
					  "{ \"images\": { \"mini\": { \"recipe\": \"mini.json\", "
					  "\"tags\": [\"v9\", \"9.1\"] } },\n" STR_FMT,
					  STR_ARG(str_from(text, 1))));
	cr_assert_eq(minirepo_run(&m, (const char *const[]){ m.recipe, "-o", m.out, "--archive",
							     archive, NULL })
			     .status,
		     0);
	ORACLE(&a, "skopeo", "inspect", arena_printf(&a, "oci:%s:mini:v9", m.out));
	cr_expect(strstr(ORACLE(&a, "tar", "-xOf", archive, "manifest.json").p,
			 "\"RepoTags\":[\"mini:v9\",\"mini:9.1\"]"));
	cr_assert_eq(minirepo_run(&m, (const char *const[]){ m.recipe, "-o", m.out, "--tag", "mine",
							     NULL })
			     .status,
		     0);
	ORACLE(&a, "skopeo", "inspect", arena_printf(&a, "oci:%s:mini:mine", m.out));
	cr_assert_eq(minirepo_run(&m,
				  (const char *const[]){ m.recipe, "-o", m.out, "--tag", "team/app",
							 "--archive", archive, NULL })
			     .status,
		     0);
	ORACLE(&a, "skopeo", "inspect",
	       arena_printf(&a, "docker-archive:%s:team/app:latest", archive));
	minirepo_close(&m);
}

Test(verbs, lock_makes_the_lock_of_a_base_that_has_none_and_checks_it, .timeout = 600)
{
	AUTO_ARENA a = { 0 };
	struct minirepo m;
	const char *catalogue, *top, *lock;
	struct oracle_run r;

	minirepo_open(&m, &a);
	catalogue = arena_printf(&a, "%s/repository/images.json", m.dir);
	top = arena_printf(&a, "%s/repository/top.json", m.dir);
	lock = arena_printf(&a, "%s/repository/top.lock.json", m.dir);
	files_put(catalogue,
		  arena_printf(&a, "{ \"bases\": { \"mini\": { \"recipe\": \"mini.json\" } },\n%s",
			       files_get(&a, catalogue) + 1));
	files_put(top,
		  "{ \"name\": \"top\", \"base\": \"mini\", \"config\": { \"user\": \"1000:0\" },"
		  " \"audit\": { \"policy\": \"report-only\" } }");
	r = MINIREPO_RUN(&m, "lock", "--check", top);
	cr_expect_eq(r.status, 1, "%d %s", r.status, r.err.p);
	cr_expect(access(m.lock, F_OK) < 0 && access(lock, F_OK) < 0, "a check makes nothing");
	cr_assert_eq(MINIREPO_RUN(&m, "lock", top).status, 0);
	cr_expect(access(m.lock, F_OK) == 0 && access(lock, F_OK) == 0);
	cr_expect_eq(MINIREPO_RUN(&m, "lock", "--check", top).status, 0);
	cr_expect_eq(MINIREPO_RUN(&m, top, "--locked", "-o", m.out).status, 0);
	minirepo_forget(&m);
	minirepo_package(&m, &(struct minirepo_package){ "app", "1.0-2", "libapp1 (>= 1.0), libcap",
							 false, NULL, NULL });
	minirepo_package(&m,
			 &(struct minirepo_package){ "libapp1", "1.0-1", NULL, false, NULL, NULL });
	minirepo_package(&m,
			 &(struct minirepo_package){ "libcap", "2.0-1", NULL, false, NULL, NULL });
	minirepo_publish(&m, 1);
	r = MINIREPO_RUN(&m, "lock", "--check", top);
	cr_expect_eq(r.status, 1, "the base has a newer package: %d %s", r.status, r.out.p);
	minirepo_close(&m);
}
