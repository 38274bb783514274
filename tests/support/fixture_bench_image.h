/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SUPPORT_FIXTURE_BENCH_IMAGE_H
#define SUPPORT_FIXTURE_BENCH_IMAGE_H

/* The programs of an unpacked image, run in its own files as its own user, for the benchmarks. What
 * they write goes to memory. Needs root, for chroot and mounts; every error ends the program. */

#include <sys/types.h>

struct bench_image {
	const char *root;
	unsigned port, health; /* of the proxy and of the health server, on the loopback address */
};

/* Enters a mount namespace of its own and writes a squid.conf that listens on m->port, with `lines`
 * after it. */
void bench_image_open(struct bench_image *m, const char *root, const char *lines);

/* Mounts empty directories in memory, as at the start of a container. Mounts of earlier calls stay
 * below. */
void bench_image_empty(const struct bench_image *m);

/* Starts a program of the image. Its standard output goes to `out`; -1: nowhere. */
pid_t bench_image_start(const struct bench_image *m, char *const *argv, int out);

/* Starts the entrypoint and returns once it has said "Container ready". What it wrote is kept in
 * `log`, which holds `size` bytes. */
pid_t bench_image_ready(const struct bench_image *m, char *log, size_t size);

#endif
