/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SUPPORT_FIXTURE_BENCH_REGISTRY_H
#define SUPPORT_FIXTURE_BENCH_REGISTRY_H

/* Debian's docker-registry on the loopback address, requests to it by libcurl alone, and the
 * requests that a program made of it, made once more in the same way. Every error ends the program.
 */

#include <sys/types.h>

#include "base/str.h"

struct bench_registry {
	struct arena a;
	const char *dir, *host; /* "127.0.0.1:PORT" */
	pid_t pid;
	size_t logged; /* bytes of its log before the requests that count */
};

void bench_registry_open(struct bench_registry *r);
void bench_registry_close(struct bench_registry *r);

/* GET of "/v2/..." into `a`; and what a manifest or a blob takes to be put. */
struct str bench_registry_get(struct arena *a, const struct bench_registry *r, const char *path);
void bench_registry_put_blob(const struct bench_registry *r, const char *repository,
			     const char *digest, struct str bytes);
void bench_registry_put_manifest(const struct bench_registry *r, const char *repository,
				 const char *tag, struct str text);

/* From now on requests count; makes those that counted again, by so many connections, and gives
 * the seconds that it took. *n: how many they were. */
void bench_registry_mark(struct bench_registry *r);
double bench_registry_repeat(struct bench_registry *r, unsigned connections, size_t *n);

#endif
