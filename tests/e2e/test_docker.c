/* SPDX-License-Identifier: Apache-2.0 */
/* The main image in a Docker Engine: loaded, healthy, hardened, looked into, stopped. */

#include <criterion/criterion.h>
#include <stdlib.h>
#include <unistd.h>

#include "e2e/fixture_docker.h"
#include "e2e/fixture_image.h"
#include "support/fixture_files.h"
#include "support/fixture_patience.h"

#define IMAGE "cephalo:latest"

static struct str docker_health(struct docker *d, const char *want)
{
	struct test_patience p = PATIENCE;
	struct str state;

	do {
		state = DOCKER_MUST(d, "inspect", "--format", "{{.State.Health.Status}}", "squid");
	} while (strcmp(state.p, want) != 0 && patience_left(&p));
	return state;
}

/* docs/deploy/docker.md: everything is read-only, and what is written to lies in empty file
 * systems. */
static void run_hardened(struct docker *d)
{
	DOCKER_MUST(d, "run", "--detach", "--name=squid", "--network=none", "--read-only",
		    "--cap-drop=ALL", "--security-opt=no-new-privileges", "--tmpfs=/var/run",
		    "--tmpfs=/var/log", "--tmpfs=/var/lib", "--tmpfs=/var/spool",
		    "--tmpfs=/var/cache", "--tmpfs=/tmp", "--health-interval=1s", IMAGE);
}

Test(docker, the_image_is_healthy_hardened_and_stops_in_time, .timeout = 900)
{
	AUTO_ARENA a = { 0 };
	struct docker d;
	struct oracle_run r;
	const char *dir = files_temporary(&a);

	image_build(&a, dir, "cephalo");
	docker_open(&d, &a);
	DOCKER_MUST(&d, "load", "--input", arena_printf(&a, "%s/cephalo.tar", dir));
	cr_expect_str_eq(DOCKER_MUST(&d, "image", "inspect", "--format",
				     "{{.Config.Healthcheck.Test}}", IMAGE)
				 .p,
			 "[CMD /usr/local/bin/healthcheck --check]\n");
	run_hardened(&d);
	cr_expect_str_eq(docker_health(&d, "healthy\n").p, "healthy\n", "%s",
			 DOCKER(&d, "logs", "squid").out.p);
	cr_expect_str_eq(DOCKER(&d, "exec", "squid", "/usr/local/bin/healthcheck", "--check",
				"--ready")
				 .out.p,
			 "READY\n");
	cr_expect_neq(DOCKER(&d, "exec", "squid", "/bin/sh", "-c", "true").status, 0);
	cr_expect_eq(DOCKER(&d, "exec", "squid", "/usr/local/bin/entrypoint", "--diagnose").status,
		     0);
	DOCKER_MUST(&d, "stop", "--time", "40", "squid");
	r = DOCKER(&d, "logs", "squid");
	cr_expect_str_empty(r.err.p, "%s", r.err.p);
	cr_expect(strstr(r.out.p, "[INFO] Shutdown complete\n"), "%s", r.out.p);
	cr_expect_str_eq(DOCKER_MUST(&d, "inspect", "--format", "{{.State.ExitCode}}", "squid").p,
			 "0\n");
	r = DOCKER(&d, "run", "--rm", "--network=none", IMAGE, "-f", "/etc/squid/mine.conf");
	cr_expect_eq(r.status, 1);
	cr_expect(strstr(r.err.p, "mount your configuration instead"), "%s", r.err.p);
	docker_close(&d);
	files_remove(dir);
}
