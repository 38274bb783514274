/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_SUPPORT_FIXTURE_SNAPSHOT_H
#define TESTS_SUPPORT_FIXTURE_SNAPSHOT_H

/* snapshot.debian.org as far as a test needs it: a proxy on 127.0.0.1 (https_proxy) that leads
 * every connection to a TLS server with that name's certificate (SSL_CERT_FILE), who has some files
 * of one moment of the archive "debian". */

#include <sys/types.h>

#include "support/fixture_tls.h"
#include "support/gen_archive.h"

struct snapshot {
	struct arena *a;
	const char *dir;  /* temporary: certificates, and archive/debian/STAMP/ */
	const char *root; /* the latter */
	struct tls_server server;
	pid_t proxy;
};

/* The moment is 12 hours after the date of the lock's first suite: nothing is found at another.
 * Call oracle_need("openssl") first. */
void snapshot_open(struct snapshot *s, struct arena *a, const char *lock);

/* The same with another moment, seconds since the epoch; and the folder of that of a further one.
 */
void snapshot_open_at(struct snapshot *s, struct arena *a, int64_t moment);
const char *snapshot_root(struct snapshot *s, int64_t moment);
void snapshot_close(struct snapshot *s);

/* Takes a file that the archive serves. */
void snapshot_take(struct snapshot *s, const struct archivegen *g, const char *path);

#endif
