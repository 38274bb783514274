/* SPDX-License-Identifier: Apache-2.0 */
#ifndef E2E_FIXTURE_PROXY_H
#define E2E_FIXTURE_PROXY_H

/* Containers of the main image, on the host's network, with a configuration of the test's own. */

#include "e2e/fixture_podman.h"

#define PROXY_IMAGE "localhost/cephalo:latest"
#define PROXY_READY "Container ready, entering monitoring loop"

struct proxy {
	struct arena *a;
	struct podman podman;
	const char *dir; /* temporary, readable for the container's user */
	unsigned port, health;
};

/* Storage, image, a folder, two ports that are free. */
void proxy_open(struct proxy *x, struct arena *a);
void proxy_close(struct proxy *x);

/* Writes a file into the folder; gives "--volume=FILE:TO:ro". */
const char *proxy_mount(struct proxy *x, const char *name, const char *to, const char *text);

/* The configuration `lines` between an http_port and rules that let the host in, mounted as
 * /etc/squid/squid.conf. */
const char *proxy_conf(struct proxy *x, const char *lines);

/* Starts a container in the background with further options of podman run, NULL-terminated; does
 * not wait for it. */
void proxy_start(struct proxy *x, const char *name, const char *const *options);
#define PROXY_START(x, name, ...) \
	proxy_start((x), (name), (const char *const[]){ __VA_ARGS__, NULL })

/* The same, until it is ready. */
void proxy_serve(struct proxy *x, const char *name, const char *const *options);
#define PROXY_SERVE(x, name, ...) \
	proxy_serve((x), (name), (const char *const[]){ __VA_ARGS__, NULL })

/* curl with further arguments, NULL-terminated, through the proxy; "\nSTATUS" is appended to what
 * it got. */
struct oracle_run proxy_get(struct proxy *x, const char *const *args);
#define PROXY_GET(x, ...) proxy_get((x), (const char *const[]){ __VA_ARGS__, NULL })

/* GET of a path of the health server, in the same form. */
struct oracle_run proxy_probe(struct proxy *x, const char *path);

/* Waits until it says that it is ready. */
void proxy_await_ready(struct proxy *x);

/* Runs a Python program in the container; the test fails unless it exits 0. What it printed. */
const char *proxy_python(struct proxy *x, const char *name, const char *program);

/* Waits until a file of the container has the text. */
void proxy_await_file(struct proxy *x, const char *name, const char *path, const char *text);

/* Waits for the end of the container. Its exit code. */
int proxy_wait(struct proxy *x, const char *name);

#endif
