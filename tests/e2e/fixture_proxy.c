/* SPDX-License-Identifier: Apache-2.0 */
/* One way to start the main image, and to ask it. */

#include "e2e/fixture_proxy.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "e2e/fixture_web.h"
#include "support/fixture_files.h"
#include "support/fixture_patience.h"
#include "support/fixture_port.h"

void proxy_open(struct proxy *x, struct arena *a)
{
	*x = (struct proxy){ .a = a, .dir = files_temporary(a) };
	oracle_need("curl");
	cr_assert_eq(chmod(x->dir, 0755), 0);
	podman_open(&x->podman, a);
	podman_image(&x->podman, "cephalo");
	x->port = free_port();
	x->health = free_port();
}

void proxy_close(struct proxy *x)
{
	podman_close(&x->podman);
	files_remove(x->dir);
}

const char *proxy_mount(struct proxy *x, const char *name, const char *to, const char *text)
{
	const char *path = arena_printf(x->a, "%s/%s", x->dir, name);

	files_put(path, text);
	return arena_printf(x->a, "--volume=%s:%s:ro", path, to);
}

const char *proxy_conf(struct proxy *x, const char *lines)
{
	const char *text = arena_printf(x->a,
					"http_port %u\n"
					"access_log stdio:/var/log/squid/access.log squid\n"
					"cache_log stdio:/var/log/squid/cache.log\n"
					"coredump_dir /var/cache/squid\n"
					"%s"
					"http_access allow localhost manager\n"
					"http_access deny manager\n"
					"http_access allow localhost\n"
					"http_access deny all\n",
					x->port, lines);

	return proxy_mount(x, "squid.conf", "/etc/squid/squid.conf", text);
}

void proxy_start(struct proxy *x, const char *name, const char *const *options)
{
	struct strings argv = { 0 };

	*list_push(x->a, &argv) = "run";
	*list_push(x->a, &argv) = "--detach";
	*list_push(x->a, &argv) = arena_printf(x->a, "--name=%s", name);
	*list_push(x->a, &argv) = "--network=host";
	*list_push(x->a, &argv) = "--cap-drop=all";
	*list_push(x->a, &argv) = "--security-opt=no-new-privileges";
	*list_push(x->a, &argv) = arena_printf(x->a, "--env=HEALTH_PORT=%u", x->health);
	while (*options)
		*list_push(x->a, &argv) = *options++;
	*list_push(x->a, &argv) = PROXY_IMAGE;
	*list_push(x->a, &argv) = NULL;
	podman_must(&x->podman, argv.v);
}

void proxy_serve(struct proxy *x, const char *name, const char *const *options)
{
	proxy_start(x, name, options);
	podman_await(&x->podman, name, PROXY_READY);
}

struct oracle_run proxy_get(struct proxy *x, const char *const *args)
{
	struct strings argv = { 0 };

	*list_push(x->a, &argv) = "curl";
	*list_push(x->a, &argv) = "--silent";
	*list_push(x->a, &argv) = "--show-error";
	*list_push(x->a, &argv) = "--max-time";
	*list_push(x->a, &argv) = "60";
	*list_push(x->a, &argv) = "--noproxy";
	*list_push(x->a, &argv) = "";
	*list_push(x->a, &argv) = "--proxy";
	*list_push(x->a, &argv) = arena_printf(x->a, "http://127.0.0.1:%u", x->port);
	*list_push(x->a, &argv) = "--write-out";
	*list_push(x->a, &argv) = "\\n%{http_code}";
	while (*args)
		*list_push(x->a, &argv) = *args++;
	*list_push(x->a, &argv) = NULL;
	return oracle_run(x->a, argv.v);
}

struct oracle_run proxy_probe(struct proxy *x, const char *path)
{
	return oracle_run(x->a,
			  (const char *const[]){
				  "curl", "--silent", "--max-time", "10", "--noproxy", "*",
				  "--write-out", "\\n%{http_code}",
				  arena_printf(x->a, "http://127.0.0.1:%u%s", x->health, path),
				  NULL });
}

void proxy_await_ready(struct proxy *x)
{
	struct test_patience p = PATIENCE;
	struct oracle_run r;

	do {
		r = proxy_probe(x, "/ready");
	} while (strcmp(r.out.p, "READY\n\n200") != 0 && patience_left(&p));
	cr_expect_str_eq(r.out.p, "READY\n\n200", "%s", r.out.p);
}

const char *proxy_python(struct proxy *x, const char *name, const char *program)
{
	return PODMAN_MUST(&x->podman, "exec", name, "/usr/bin/python3", "-c", program).p;
}

void proxy_await_file(struct proxy *x, const char *name, const char *path, const char *text)
{
	const char *program = arena_printf(x->a, "print(open('%s').read())", path), *content;
	struct test_patience p = PATIENCE;

	do {
		content = proxy_python(x, name, program);
	} while (!strstr(content, text) && patience_left(&p));
	cr_expect(strstr(content, text), "no \"%s\" in %s:\n%s", text, path, content);
}

int proxy_wait(struct proxy *x, const char *name)
{
	const char *format = "{{.State.Status}} {{.State.ExitCode}}";

	struct test_patience p = PATIENCE;
	struct str state;

	do {
		state = PODMAN_MUST(&x->podman, "inspect", "--format", format, name);
		if (str_starts(state, STR("exited ")))
			return (int)strtol(state.p + strlen("exited "), NULL, 10);
	} while (patience_left(&p));
	cr_assert_fail("%s did not end: it is %s", name, state.p);
	return -1;
}
