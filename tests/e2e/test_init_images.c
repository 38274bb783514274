/* SPDX-License-Identifier: Apache-2.0 */
/* imgbuild init as a new user types it: an empty folder, one package, a container that answers. */

#include <criterion/criterion.h>
#include <unistd.h>

#include "e2e/fixture_init.h"
#include "support/fixture_files.h"

Test(init, jq_reads_a_document)
{
	AUTO_ARENA a = { 0 };
	struct podman p;

	podman_open(&p, &a);
	init_image(&p, "jq");
	cr_expect_str_eq(PODMAN_MUST(&p, "run", "--rm", init_image_name(&p, "jq"), "-nc",
				     "[1,{\"a\":2}]")
				 .p,
			 "[1,{\"a\":2}]\n");
	podman_close(&p);
}

Test(init, python3_imports_its_modules)
{
	AUTO_ARENA a = { 0 };
	struct podman p;

	podman_open(&p, &a);
	init_image(&p, "python3");
	cr_expect_str_eq(PODMAN_MUST(&p, "run", "--rm", init_image_name(&p, "python3"), "-c",
				     "import json, ssl, sqlite3; print(json.dumps([1]))")
				 .p,
			 "[1]\n");
	podman_close(&p);
}

/* redis has no files: it stands for redis-server. */
Test(init, redis_sets_and_gets_a_key_and_is_well)
{
	AUTO_ARENA a = { 0 };
	struct initiated made = init_folder(&a, "--probe redis");
	struct podman p;

	podman_open(&p, &a);
	cr_assert_eq(made.run.status, 0, "%s%s", made.run.out.p, made.run.err.p);
	cr_expect(strstr(made.run.out.p, "tcp://127.0.0.1:6379"), "%s", made.run.out.p);
	cr_expect(strstr(made.run.out.p,
			 "\nrun it, with podman or docker:\n"
			 "  imgbuild recipes/redis.json --archive redis.tar\n"
			 "  podman load --input redis.tar\n"
			 "  podman run --rm --publish 6379:6379 localhost/redis:latest\n"),
		  "%s", made.run.out.p);
	init_load(&p, &made, "redis");
	files_remove(made.folder);
	PODMAN_MUST(&p, "run", "--detach", "--name", "redis", init_image_name(&p, "redis"));
	podman_await(&p, "redis", "Ready to accept connections");
	cr_expect_str_eq(PODMAN_MUST(&p, "exec", "redis", "/usr/bin/redis-cli", "set", "key",
				     "value")
				 .p,
			 "OK\n");
	cr_expect_str_eq(PODMAN_MUST(&p, "exec", "redis", "/usr/bin/redis-cli", "get", "key").p,
			 "value\n");
	PODMAN_MUST(&p, "healthcheck", "run", "redis");
	podman_close(&p);
}

/* A page, asked for by a program of the host. */
static void init_serves(struct podman *p, const char *package, const char *port, const char *page,
			const char *says)
{
	struct str text;

	init_image(p, package);
	PODMAN_MUST(p, "run", "--detach", "--name", package, "--publish",
		    arena_printf(p->a, "127.0.0.1::%s", port), init_image_name(p, package));
	text = str_trim(PODMAN_MUST(p, "port", package, arena_printf(p->a, "%s/tcp", port)));
	text = ORACLE(p->a, "curl", "-s", "--retry", "10", "--retry-delay", "1",
		      "--retry-all-errors",
		      arena_printf(p->a, "http://" STR_FMT "%s", STR_ARG(text), page));
	cr_expect(strstr(text.p, says), "%s: %s", package, text.p);
}

Test(init, nginx_serves_its_page)
{
	AUTO_ARENA a = { 0 };
	struct podman p;

	oracle_need("curl");
	podman_open(&p, &a);
	init_serves(&p, "nginx", "8080", "/", "Welcome to nginx!");
	podman_close(&p);
}

Test(init, prometheus_node_exporter_serves_metrics)
{
	AUTO_ARENA a = { 0 };
	struct podman p;

	oracle_need("curl");
	podman_open(&p, &a);
	init_serves(&p, "prometheus-node-exporter", "9100", "/metrics", "node_cpu_seconds_total");
	podman_close(&p);
}

/* The message names files as they would stand in the folder, which stays empty. */
Test(init, without_a_package_the_recipe_is_the_base_alone)
{
	AUTO_ARENA a = { 0 };
	struct initiated made = init_folder(&a, "--name web --ci gitlab");

	cr_expect_eq(made.run.status, 0, "%s", made.run.err.p);
	cr_expect(strstr(made.run.out.p,
			 "neither a package nor a program was named: write an entrypoint") &&
			  strstr(made.run.out.p, "out/web: passes strict"),
		  "%s", made.run.out.p);
	cr_expect_str_eq(ORACLE(&a, "ls", "-A", made.folder).p,
			 ".gitignore\n.gitlab-ci.yml\nimages.json\nlocks\nout\nrecipes\n");
	files_remove(made.folder);
}

Test(init, a_package_that_no_suite_has_is_told_and_nothing_is_left)
{
	AUTO_ARENA a = { 0 };
	const char *dir = files_temporary(&a);
	char here[4096];
	struct oracle_run r;

	cr_assert(getcwd(here, sizeof(here)));
	r = oracle_run(
		&a,
		(const char *const[]){
			"sh", "-c",
			arena_printf(&a,
				     "cd %s && %s/imgbuild --progress=quiet init no-such-package",
				     dir, here),
			NULL });
	cr_expect_eq(r.status, 3);
	cr_expect(strstr(r.err.p, "no suite has a package no-such-package") &&
			  !strstr(r.err.p, ".tmp-"),
		  "%s", r.err.p);
	cr_expect_str_empty(ORACLE(&a, "ls", "-A", dir).p);
	files_remove(dir);
}
