/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SUPPORT_FIXTURE_BENCH_APT_H
#define SUPPORT_FIXTURE_BENCH_APT_H

/* apt-get as a peer: with the suites of Debian 13 that recipes are locked to, folders of its own,
 * and no package installed. Nothing holds it up that a user could switch off: no translations, no
 * second user, lists unpacked and its cache kept. */

#include "support/fixture_bench.h"
#include "support/fixture_oracle.h"

struct bench_apt {
	struct arena a;
	const char *root; /* a folder that is made, and emptied by bench_apt_forget() */
	unsigned port;	  /* of the archive (fixture_bench_archive.h) */
};

void bench_apt_open(struct bench_apt *t, const char *root, unsigned port);

/* As it was opened: it knows no index. */
void bench_apt_forget(struct bench_apt *t);

/* Runs "apt-get WORDS NAMES" in a folder of the root that is made ("" : the root), and adds what it
 * took. `names` may be NULL. */
void bench_apt_run(struct bench_apt *t, const char *dir, const char *const *words,
		   const struct strings *names, struct bench_usage *sum);

void bench_apt_close(struct bench_apt *t);

#endif
