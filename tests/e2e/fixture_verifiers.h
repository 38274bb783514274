/* SPDX-License-Identifier: Apache-2.0 */
#ifndef E2E_FIXTURE_VERIFIERS_H
#define E2E_FIXTURE_VERIFIERS_H

/* Programs that sign and verify, unpacked from Debian's packages beside the project. What cannot be
 * had is named at the end of the run. */

#include "support/fixture_oracle.h"

/* The folder of Debian 13 with cosign 2 and podman and all that they need, or of sid with cosign 3;
 * the test is skipped where its packages cannot be downloaded. */
const char *verifiers_trixie(struct arena *a);
const char *verifiers_sid(struct arena *a);

/* cosign from one of the two folders, for registries without TLS and without transparency log.
 * `home` is its home. */
struct oracle_run cosign_run(struct arena *a, const char *root, const char *home,
			     const char *const *args);
#define COSIGN(a, root, home, ...) \
	cosign_run((a), (root), (home), (const char *const[]){ __VA_ARGS__, NULL })

/* notation of sid, whose configuration is in `home`. */
struct oracle_run notation_run(struct arena *a, const char *home, const char *const *args);
#define NOTATION(a, home, ...) notation_run((a), (home), (const char *const[]){ __VA_ARGS__, NULL })

/* A token of SoftHSM (of the Debian that this runs on) in the folder `home`, with the PIN 1234 and
 * the key of a PEM file as the object "release"; SOFTHSM2_CONF names it from now on. Gives the URI
 * of the key. */
const char *softhsm_token(struct arena *a, const char *home, const char *pem);

/* podman of Debian 13, with its storage in `home` and the policy of a user whose home that is. The
 * test is skipped where it cannot run. */
struct oracle_run podman13_run(struct arena *a, const char *home, const char *const *args);
#define PODMAN13(a, home, ...) podman13_run((a), (home), (const char *const[]){ __VA_ARGS__, NULL })

#endif
