/* SPDX-License-Identifier: Apache-2.0 */
#ifndef E2E_FIXTURE_REPO_H
#define E2E_FIXTURE_REPO_H

/* A repository of a test's own: images.json, the base and the toolchains of this one, and a recipe
 * "tiny" of one component, compiled from a small Debian source package. */

#include "support/fixture_oracle.h"

struct repo {
	struct arena *a;
	const char *dir, *store;
	const char *option; /* for imgbuild, or NULL */
	unsigned nonce;	    /* part of the source's environment: a new one is compiled anew */
};

/* Makes it, with the user's own store. */
void repo_open(struct repo *r, struct arena *a);
void repo_close(struct repo *r);

/* Writes recipes/sources/tiny.json: the source package hostname, with a new nonce; `more` are
 * further members, each with a comma before it. */
void repo_source(struct repo *r, const char *more);

/* Writes it as it is given. */
void repo_source_text(struct repo *r, const char *text);

/* Builds recipes/tiny.json into out/tiny. */
struct oracle_run repo_build(struct repo *r);

/* Builds; the test fails if that did. Gives the digests of the layers: the image's own also tells
 * what text its recipe was. */
const char *repo_layers(struct repo *r);

#endif
