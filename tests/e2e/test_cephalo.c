/* SPDX-License-Identifier: Apache-2.0 */
/* The main image in a container: a proxy that serves requests, answers probes and stops in time. */

#include <criterion/criterion.h>
#include <stdlib.h>
#include <unistd.h>

#include "e2e/container.h"
#include "e2e/image.h"
#include "e2e/web.h"
#include "support/files.h"

/* One running container of cephalo with its own ports, and an origin on the host's side. */
struct proxy {
	struct arena *a;
	struct podman podman;
	struct web web;
	const char *dir;
	const char *proxy_url;
	const char *health_url;
};

/* The image's default configuration with another port, as a user would mount it. */
static const char *configuration(struct proxy *x, unsigned port)
{
	const char *text = files_get(x->a, "rootfs/cephalo/etc/squid/squid.conf.default");
	const char *at = strstr(text, "\nhttp_port 3128");
	const char *path = arena_printf(x->a, "%s/squid.conf", x->dir);

	cr_assert(at, "the default configuration has no http_port 3128");
	files_put(path, arena_printf(x->a, "%.*s\nhttp_port %u%s", (int)(at - text), text, port,
				     at + strlen("\nhttp_port 3128")));
	return path;
}

static void start(struct proxy *x, struct arena *a)
{
	unsigned port = web_free_port(), health = web_free_port();

	*x = (struct proxy){ .a = a, .dir = files_temporary(a) };
	oracle_need("curl");
	image_build(a, x->dir, "cephalo");
	podman_open(&x->podman, a);
	PODMAN_MUST(&x->podman, "load", "--input", arena_printf(a, "%s/cephalo.tar", x->dir));
	web_start(a, &x->web);
	files_put(arena_printf(a, "%s/page", x->web.dir), "from the origin\n");
	x->proxy_url = arena_printf(a, "http://127.0.0.1:%u", port);
	x->health_url = arena_printf(a, "http://127.0.0.1:%u", health);
	PODMAN_MUST(&x->podman, "run", "--detach", "--name=proxy", "--network=host", "--cap-drop=all",
		    "--security-opt=no-new-privileges",
		    arena_printf(a, "--env=HEALTH_PORT=%u", health),
		    arena_printf(a, "--volume=%s:/etc/squid/squid.conf:ro", configuration(x, port)),
		    "localhost/cephalo:latest");
	podman_await(&x->podman, "proxy", "Container ready, entering monitoring loop", 60);
}

static void finish(struct proxy *x)
{
	podman_close(&x->podman);
	web_stop(&x->web);
	files_remove(x->dir);
}

static struct oracle_run through_proxy(struct proxy *x, const char *path)
{
	return oracle_run(x->a, (const char *const[]){
		"curl", "--silent", "--show-error", "--max-time", "20", "--proxy", x->proxy_url, "--noproxy", "",
		"--write-out", "%{http_code}", arena_printf(x->a, "http://127.0.0.1:%u/%s", x->web.port, path),
		NULL });
}

static struct oracle_run probe(struct proxy *x, const char *path)
{
	return oracle_run(x->a, (const char *const[]){
		"curl", "--silent", "--max-time", "10", "--noproxy", "*", "--write-out", "%{http_code}",
		arena_printf(x->a, "%s%s", x->health_url, path), NULL });
}

static void check_requests(struct proxy *x)
{
	struct oracle_run r = through_proxy(x, "page");

	cr_expect_str_eq(r.out.p, "from the origin\n200", "%s", r.err.p);
	r = through_proxy(x, "page");
	cr_expect_str_eq(r.out.p, "from the origin\n200", "%s", r.err.p);
	r = PODMAN(&x->podman, "exec", "proxy", "/usr/bin/python3", "-c",
		   "print(open('/var/log/squid/access.log').read())");
	cr_expect(strstr(r.out.p, "/page") && strstr(r.out.p, "TCP_"), "access.log:\n%s%s", r.out.p, r.err.p);
}

static void check_probes(struct proxy *x)
{
	struct oracle_run r = probe(x, "/health");

	cr_expect_str_eq(r.out.p, "OK\n200");
	r = probe(x, "/ready");
	cr_expect_str_eq(r.out.p, "READY\n200");
	r = probe(x, "/metrics");
	cr_expect(strstr(r.out.p, "squid_up 1"), "%s", r.out.p);
	r = PODMAN(&x->podman, "exec", "proxy", "/usr/local/bin/healthcheck", "--check");
	cr_expect_eq(r.status, 0, "%s%s", r.out.p, r.err.p);
}

static void check_programs(struct proxy *x)
{
	struct oracle_run r = PODMAN(&x->podman, "exec", "proxy", "/bin/sh", "-c", "true");

	cr_expect_neq(r.status, 0, "there is a shell");
	r = PODMAN(&x->podman, "exec", "proxy", "/usr/bin/python3", "-c",
		   "import sys; sys.exit(sys.version_info < (3, 12))");
	cr_expect_eq(r.status, 0, "python3 is older than 3.12 or missing: %s", r.err.p);
	r = PODMAN(&x->podman, "exec", "proxy", "/usr/sbin/squid", "-v");
	cr_expect(strstr(r.out.p, "OpenSSL") && strstr(r.out.p, "--enable-ssl-crtd"), "%s%s", r.out.p,
		  r.err.p);
}

static void check_stop(struct proxy *x)
{
	struct oracle_run r;

	PODMAN_MUST(&x->podman, "stop", "--time", "35", "proxy");
	r = PODMAN(&x->podman, "inspect", "--format", "{{.State.ExitCode}}", "proxy");
	cr_expect_str_eq(r.out.p, "0\n");
	r = PODMAN(&x->podman, "logs", "proxy");
	cr_expect(strstr(r.out.p, "Received signal SIGTERM, initiating graceful shutdown..."), "%s", r.out.p);
	cr_expect(strstr(r.out.p, "Shutdown complete"), "%s", r.out.p);
	cr_expect(!strstr(r.out.p, "forcing kill"), "Squid had to be killed:\n%s", r.out.p);
}

Test(cephalo, serves_requests_answers_probes_and_stops_in_time, .timeout = 1200)
{
	AUTO_ARENA a = { 0 };
	struct proxy x;

	start(&x, &a);
	check_requests(&x);
	check_probes(&x);
	check_programs(&x);
	check_stop(&x);
	finish(&x);
}

Test(cephalo, runs_read_only_under_any_uid_with_group_0, .timeout = 1200)
{
	static const char *const users[] = { "--user=65532:0", "--user=1000650000:0" };
	AUTO_ARENA a = { 0 };
	struct proxy x;

	start(&x, &a);
	PODMAN_MUST(&x.podman, "stop", "--time", "35", "proxy");
	for (size_t i = 0; i < 2; i++) {
		const char *name = arena_printf(&a, "ro%zu", i);

		PODMAN_MUST(&x.podman, "run", "--detach", arena_printf(&a, "--name=%s", name), users[i],
			    "--network=none", "--read-only", "--read-only-tmpfs=false", "--cap-drop=all",
			    "--security-opt=no-new-privileges", "--tmpfs=/var/run/squid:mode=0770",
			    "--tmpfs=/var/log/squid:mode=0770", "--tmpfs=/var/lib/squid:mode=0770",
			    "--tmpfs=/var/spool/squid:mode=0770", "--tmpfs=/var/cache/squid:mode=0770",
			    "localhost/cephalo:latest");
		podman_await(&x.podman, name, "Container ready, entering monitoring loop", 60);
		PODMAN_MUST(&x.podman, "stop", "--time", "35", name);
		cr_expect_str_eq(PODMAN(&x.podman, "inspect", "--format", "{{.State.ExitCode}}", name).out.p,
				 "0\n");
	}
	finish(&x);
}

Test(cephalo, every_module_of_python_imports, .timeout = 1200)
{
	AUTO_ARENA a = { 0 };
	struct podman p;
	const char *dir = files_temporary(&a);
	struct oracle_run r;

	image_build(&a, dir, "cephalo");
	podman_open(&p, &a);
	PODMAN_MUST(&p, "load", "--input", arena_printf(&a, "%s/cephalo.tar", dir));
	r = PODMAN(&p, "run", "--rm", "--network=none", "--entrypoint=/usr/bin/python3", "localhost/cephalo:latest",
		   "-c", image_import_everything);
	cr_expect_eq(r.status, 0, "%s%s", r.out.p, r.err.p);
	podman_close(&p);
	files_remove(dir);
}
