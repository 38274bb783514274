/* SPDX-License-Identifier: Apache-2.0 */
#ifndef E2E_FIXTURE_PODMAN_H
#define E2E_FIXTURE_PODMAN_H

/* Containers of images under test, run by podman with storage and configuration of their own, so
 * that they neither see nor leave anything. The storage is that of one run of the test program: an
 * image is loaded once, and tests take turns, for they give containers the same names. They are
 * skipped, by name, where podman is not installed. */

#include "support/fixture_oracle.h"

struct podman {
	struct arena *a;
	const char *dir;    /* temporary: storage, configuration */
	const char *driver; /* overlay, where the kernel can do it */
};

void podman_open(struct podman *p, struct arena *a);

/* Removes all containers and volumes. */
void podman_close(struct podman *p);

/* Builds and loads localhost/NAME:latest from recipes/NAME.json, unless it is there. */
void podman_image(struct podman *p, const char *name);

/* "podman <its own options> ARGS...", NULL-terminated as `args` is. */
struct strings podman_words(const struct podman *p, const char *const *args);

/* Runs "podman <its own options> ARGS...", NULL-terminated. */
struct oracle_run podman_run(const struct podman *p, const char *const *args);
#define PODMAN(p, ...) podman_run((p), (const char *const[]){ __VA_ARGS__, NULL })

/* The same, and the test fails unless it exits 0. */
struct str podman_must(const struct podman *p, const char *const *args);
#define PODMAN_MUST(p, ...) podman_must((p), (const char *const[]){ __VA_ARGS__, NULL })

/* Waits until the text is in the log of a container; the test fails, and shows the last lines,
 * where the container ends without it or nothing comes. */
void podman_await(const struct podman *p, const char *container, const char *text);

#endif
