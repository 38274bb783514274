/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SUPPORT_FIXTURE_BENCH_ARCHIVE_H
#define SUPPORT_FIXTURE_BENCH_ARCHIVE_H

/* Debian's archive on 127.0.0.1: nginx, which gets a file from the mirror that this machine uses
 * when it is asked for the first time, and has it from then on. Whoever measures asks for all once
 * before. Errors end the program. */

#include <sys/types.h>

#include "base/str.h"

struct bench_archive {
	struct arena a;
	const char *dir; /* temporary: what it has, and its own files */
	unsigned port;
	pid_t pid;
};

/* false: there is no nginx to be had, or no mirror of "debian" and "debian-security" is known; says
 * so. */
bool bench_archive_open(struct bench_archive *m);
void bench_archive_close(struct bench_archive *m);

/* "http://127.0.0.1:PORT/ARCHIVE": ARCHIVE is "debian" or "debian-security", PORT the archive's own
 * or that of a link to it. */
const char *bench_archive_url(struct arena *a, unsigned port, const char *archive);

#endif
