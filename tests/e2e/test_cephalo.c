/* SPDX-License-Identifier: Apache-2.0 */
/* The main image in a container: a proxy that serves requests, answers probes and stops in time. */

#include <criterion/criterion.h>
#include <stdlib.h>

#include "e2e/fixture_image.h"
#include "e2e/fixture_proxy.h"
#include "e2e/fixture_web.h"
#include "support/fixture_files.h"

/* The image's default configuration with another port, as a user would mount it. */
static const char *default_conf(struct proxy *x)
{
	const char *text = files_get(x->a, "rootfs/cephalo/etc/squid/squid.conf.default");
	const char *at = strstr(text, "\nhttp_port 3128");

	cr_assert(at, "the default configuration has no http_port 3128");
	return proxy_mount(x, "squid.conf", "/etc/squid/squid.conf",
			   arena_printf(x->a, "%.*s\nhttp_port %u%s", (int)(at - text), text,
					x->port, at + strlen("\nhttp_port 3128")));
}

static void check_requests(struct proxy *x)
{
	struct web web;
	const char *url;

	web_start(x->a, &web);
	files_put(arena_printf(x->a, "%s/page", web.dir), "from the origin");
	url = arena_printf(x->a, "http://127.0.0.1:%u/page", web.port);
	for (int i = 0; i < 2; i++) {
		struct oracle_run r = PROXY_GET(x, url);

		cr_expect_str_eq(r.out.p, "from the origin\n200", "%s", r.err.p);
	}
	web_stop(&web);
	proxy_await_file(x, "proxy", "/var/log/squid/access.log", "TCP_");
}

static void check_probes(struct proxy *x)
{
	struct oracle_run r = proxy_probe(x, "/health");

	cr_expect_str_eq(r.out.p, "OK\n\n200");
	r = proxy_probe(x, "/ready");
	cr_expect_str_eq(r.out.p, "READY\n\n200");
	r = proxy_probe(x, "/metrics");
	cr_expect(strstr(r.out.p, "squid_up 1"), "%s", r.out.p);
	r = PODMAN(&x->podman, "exec", "proxy", "/usr/local/bin/healthcheck", "--check");
	cr_expect_eq(r.status, 0, "%s%s", r.out.p, r.err.p);
}

static void check_image_programs(struct proxy *x)
{
	struct oracle_run r = PODMAN(&x->podman, "exec", "proxy", "/bin/sh", "-c", "true");

	cr_expect_neq(r.status, 0, "there is a shell");
	r = PODMAN(&x->podman, "exec", "proxy", "/usr/bin/python3", "-c",
		   "import sys; sys.exit(sys.version_info < (3, 12))");
	cr_expect_eq(r.status, 0, "python3 is older than 3.12 or missing: %s", r.err.p);
	r = PODMAN(&x->podman, "exec", "proxy", "/usr/sbin/squid", "-v");
	cr_expect(strstr(r.out.p, "OpenSSL") && strstr(r.out.p, "--enable-ssl-crtd"), "%s%s",
		  r.out.p, r.err.p);
}

static void check_stop(struct proxy *x)
{
	struct oracle_run r;

	PODMAN_MUST(&x->podman, "stop", "--time", "35", "proxy");
	r = PODMAN(&x->podman, "inspect", "--format", "{{.State.ExitCode}}", "proxy");
	cr_expect_str_eq(r.out.p, "0\n");
	r = PODMAN(&x->podman, "logs", "proxy");
	cr_expect(strstr(r.out.p, "Received signal SIGTERM, initiating graceful shutdown..."), "%s",
		  r.out.p);
	cr_expect(strstr(r.out.p, "Shutdown complete"), "%s", r.out.p);
	cr_expect(!strstr(r.out.p, "forcing kill"), "Squid had to be killed:\n%s", r.out.p);
}

Test(cephalo, serves_requests_answers_probes_and_stops_in_time, .timeout = 1200)
{
	AUTO_ARENA a = { 0 };
	struct proxy x;

	proxy_open(&x, &a);
	PROXY_SERVE(&x, "proxy", default_conf(&x));
	check_requests(&x);
	check_probes(&x);
	check_image_programs(&x);
	check_stop(&x);
	proxy_close(&x);
}

Test(cephalo, runs_read_only_under_any_uid_with_group_0, .timeout = 1200)
{
	static const char *const users[] = { "1000", "65532", "1000650000" };
	AUTO_ARENA a = { 0 };
	struct proxy x;

	proxy_open(&x, &a);
	for (size_t i = 0; i < 3; i++) {
		const char *name = arena_printf(&a, "ro%zu", i);
		const char *user = arena_printf(&a, "--user=%s:0", users[i]);

		/* podman 5 has /dev/shm read-only as well then, which no other engine does */
		PODMAN_MUST(&x.podman, "run", "--detach", arena_printf(&a, "--name=%s", name), user,
			    "--network=none", "--read-only", "--read-only-tmpfs=false",
			    "--cap-drop=all", "--security-opt=no-new-privileges",
			    "--tmpfs=/dev/shm:mode=1777", "--tmpfs=/var/run/squid:mode=0770",
			    "--tmpfs=/var/log/squid:mode=0770", "--tmpfs=/var/lib/squid:mode=0770",
			    "--tmpfs=/var/spool/squid:mode=0770",
			    "--tmpfs=/var/cache/squid:mode=0770,noexec", PROXY_IMAGE);
		podman_await(&x.podman, name, PROXY_READY);
		cr_expect(strstr(PODMAN(&x.podman, "logs", name).out.p,
				 arena_printf(&a, "entrypoint starting (UID: %s, GID: 0)",
					      users[i])));
		PODMAN_MUST(&x.podman, "stop", "--time", "35", name);
		cr_expect_eq(proxy_wait(&x, name), 0);
		cr_expect_str_empty(PODMAN(&x.podman, "logs", name).err.p);
	}
	proxy_close(&x);
}

Test(cephalo, every_module_of_python_imports, .timeout = 1200)
{
	AUTO_ARENA a = { 0 };
	struct podman p;
	struct oracle_run r;

	podman_open(&p, &a);
	podman_image(&p, "cephalo");
	r = PODMAN(&p, "run", "--rm", "--network=none", "--entrypoint=/usr/bin/python3",
		   "localhost/cephalo:latest", "-c", image_import_everything);
	cr_expect_eq(r.status, 0, "%s%s", r.out.p, r.err.p);
	podman_close(&p);
}
