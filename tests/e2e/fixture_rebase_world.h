/* SPDX-License-Identifier: Apache-2.0 */
#ifndef E2E_FIXTURE_REBASE_WORLD_H
#define E2E_FIXTURE_REBASE_WORLD_H

/* A base and an image on it, in a registry, and an archive in which the base's package moves. */

#include "e2e/fixture_locks_world.h"
#include "e2e/fixture_registry.h"

struct rebase_world {
	struct locks_world w;
	struct registry r;
	const char *platforms;	  /* "linux/amd64,linux/arm64" */
	const char *image, *base; /* docker://..., with their tags */
};

/* Locks and builds both, out/base-first and out/one-first, and pushes them. */
void rebase_world_open(struct rebase_world *x, const char *platforms);
void rebase_world_close(struct rebase_world *x);

/* The base moves: both are built again, out/base-second and out/one-second, and it is pushed. */
void rebase_world_move(struct rebase_world *x);

/* A layout, and as skopeo calls it. */
const char *rebase_world_path(struct rebase_world *x, const char *name);
const char *rebase_world_layout(struct rebase_world *x, const char *name);

/* "layer digests in order" of an image, as skopeo shows them; of an index, those of its images, one
 * behind the other. */
const char *rebase_layers(struct rebase_world *x, const char *image);

/* The program succeeded. */
void rebase_must(struct oracle_run r, const char *what);

#endif
