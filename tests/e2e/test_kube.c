/* SPDX-License-Identifier: Apache-2.0 */
/* The Kubernetes manifest of docs/deploy, as far as podman plays it: restricted security context,
 * read-only root, volumes, the ConfigMap, and the probes asked by hand. */

#include <criterion/criterion.h>
#include <stdlib.h>
#include <unistd.h>

#include "e2e/fixture_proxy.h"
#include "e2e/fixture_web.h"
#include "support/fixture_files.h"

/* `text` with every `from` as `to`. */
static const char *manifest_replace(struct arena *a, const char *text, const char *from,
				    const char *to)
{
	const char *at = strstr(text, from);

	if (!at)
		return text;
	return arena_printf(a, "%.*s%s%s", (int)(at - text), text, to,
			    manifest_replace(a, at + strlen(from), from, to));
}

/* `text` without the lines of `key`, which follow it with a deeper indentation. */
static const char *manifest_without(struct arena *a, const char *text, const char *key)
{
	const char *start = strstr(text, key), *end;

	cr_assert(start, "no %s in the manifest", key);
	for (end = strchr(start, '\n') + 1; strspn(end, " ") > strspn(start, " ");
	     end = strchr(end, '\n') + 1)
		;
	return arena_printf(a, "%.*s%s", (int)(start - text), text, end);
}

/* The manifest with ports that are free here: podman publishes every containerPort. */
static const char *manifest_with_ports(struct proxy *x, bool is_5)
{
	const char *health = arena_printf(x->a, "%u", x->health);
	const char *text = files_get(x->a, "docs/deploy/kubernetes.yaml");
	const char *path = arena_printf(x->a, "%s/kubernetes.yaml", x->dir);
	const char *env = arena_printf(x->a,
				       "          env:\n            - name: HEALTH_PORT\n"
				       "              value: \"%s\"\n",
				       health);

	if (!is_5) {
		text = manifest_without(x->a, text, "          startupProbe:\n");
		text = manifest_without(x->a, text, "          livenessProbe:\n");
	}
	text = manifest_replace(x->a, text, "3128", arena_printf(x->a, "%u", x->port));
	text = manifest_replace(x->a, text, "8080", health);
	files_put(path, manifest_replace(x->a, text, "          env:\n", env));
	return path;
}

static const char *manifest_container(struct proxy *x)
{
	struct str names = PODMAN_MUST(&x->podman, "ps", "--all", "--format", "{{.Names}}"), name;

	while (str_next(&names, '\n', &name))
		if (str_starts(name, STR("squid-pod")))
			return arena_printf(x->a, STR_FMT, STR_ARG(name));
	cr_assert(false, "no container of the manifest");
	return NULL;
}

Test(kube, the_manifest_is_played_and_serves, .timeout = 600)
{
	static const char limits[] =
		"import os\n"
		"s = dict(line.split(':', 1) for line in open('/proc/1/status'))\n"
		"print(s['CapEff'].strip(), s['NoNewPrivs'].strip(), os.getuid(), os.getgid())\n"
		"try: open('/usr/x', 'w')\n"
		"except OSError as e: print(e.strerror)\n";
	AUTO_ARENA a = { 0 };
	struct proxy x;
	const char *file, *name;
	struct oracle_run r;
	bool is_5;

	proxy_open(&x, &a);
	/* podman 5 publishes a containerPort only when it is told to, podman 4 knows no such option
	 * and has a shell run every probe */
	is_5 = strstr(PODMAN(&x.podman, "kube", "play", "--help").out.p, "--publish-all");
	file = manifest_with_ports(&x, is_5);
	if (is_5)
		PODMAN_MUST(&x.podman, "kube", "play", "--publish-all", file);
	else
		PODMAN_MUST(&x.podman, "kube", "play", file);
	name = manifest_container(&x);
	podman_await(&x.podman, name, PROXY_READY);
	cr_expect_str_eq(PODMAN(&x.podman, "exec", name, "/usr/local/bin/healthcheck", "--check",
				"--ready")
				 .out.p,
			 "READY\n");
	if (is_5)
		PODMAN_MUST(&x.podman, "healthcheck", "run", name);
	cr_expect_str_eq(proxy_probe(&x, "/health").out.p, "OK\n\n200");
	cr_expect_str_eq(proxy_probe(&x, "/ready").out.p, "READY\n\n200");
	r = PROXY_GET(&x, arena_printf(&a, "http://127.0.0.1:%u/ready", x.health));
	cr_expect_str_eq(r.out.p, "READY\n\n200", "through the proxy: %s%s", r.out.p, r.err.p);
	cr_expect_str_eq(proxy_python(&x, name, limits),
			 "0000000000000000 1 1000 0\nRead-only file system\n");
	podman_await(&x.podman, name, "[INFO] Squid: "); /* the access log */
	PODMAN_MUST(&x.podman, "stop", "--time", "40", name);
	cr_expect_str_eq(PODMAN(&x.podman, "logs", name).err.p, "");
	PODMAN_MUST(&x.podman, "kube", "down", file);
	proxy_close(&x);
}
