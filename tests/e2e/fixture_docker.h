/* SPDX-License-Identifier: Apache-2.0 */
#ifndef E2E_FIXTURE_DOCKER_H
#define E2E_FIXTURE_DOCKER_H

/* A Docker Engine of the test's own: Debian's packages, unpacked below build/debs and never
 * installed, with storage and socket in a temporary folder. Containers have no network but their
 * own loopback. */

#include <sys/types.h>

#include "support/fixture_oracle.h"

struct docker {
	struct arena *a;
	const char *dir;      /* temporary: storage, socket, log */
	const char *programs; /* the folder they were unpacked to */
	pid_t pid;	      /* of dockerd */
};

/* Starts it. Where it cannot be had (no root, no mirror, a kernel that refuses), the test is
 * skipped and the last line of the run says "not run: docker". */
void docker_open(struct docker *d, struct arena *a);

/* Ends its containers and then the engine itself. */
void docker_close(struct docker *d);

/* Runs "docker ARGS...", NULL-terminated. */
struct oracle_run docker_run(const struct docker *d, const char *const *args);
#define DOCKER(d, ...) docker_run((d), (const char *const[]){ __VA_ARGS__, NULL })

/* The same, and the test fails unless it exits 0. */
struct str docker_must(const struct docker *d, const char *const *args);
#define DOCKER_MUST(d, ...) docker_must((d), (const char *const[]){ __VA_ARGS__, NULL })

#endif
