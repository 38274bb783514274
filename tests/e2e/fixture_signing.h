/* SPDX-License-Identifier: Apache-2.0 */
#ifndef E2E_FIXTURE_SIGNING_H
#define E2E_FIXTURE_SIGNING_H

/* An image, a registry for it, and keys. */

#include "e2e/fixture_registry.h"
#include "support/gen_image.h"

struct signing_scene {
	struct arena *a;
	const char *dir; /* NAME.pem, NAME.pub */
	struct registry registry;
	struct imagegen image;
	const char *target; /* "docker://HOST/team/app:1" */
	const char *digest; /* "sha256:..." */
	const char *name;   /* "HOST/team/app@sha256:..." */
};

/* An image without findings, which is not pushed yet; and the keys "ann" (P-256) and "ben"
 * (Ed25519). */
void signing_open(struct signing_scene *s, struct arena *a);
void signing_close(struct signing_scene *s);

/* A file of its folder; a key pair more. */
const char *signing_path(const struct signing_scene *s, const char *name);
void signing_key(const struct signing_scene *s, const char *name, bool ed25519);

/* Puts another index over the image, in the layout; gives its name: "HOST/team/app@sha256:...". */
const char *signing_put_index(struct signing_scene *s);

/* The program succeeded; or ended with this status, saying this. */
void signing_succeeds(struct oracle_run r, const char *what);
void signing_fails(struct oracle_run r, int status, const char *says);

#endif
