/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MAKE_COMPOSE_UPSTREAM_RECORD_H
#define MAKE_COMPOSE_UPSTREAM_RECORD_H

/* What is compiled from an upstream tarball is not a Debian package: an entry in status.d would
 * compare its version with Debian's and hide what is to be fixed. It gets an SPDX document in the
 * image instead. */

#include "input/lock/lock.h"
#include "input/recipe/recipe.h"

/* "var/lib/db/sbom/NAME-VERSION.spdx.json", where scanners look for embedded documents. */
const char *upstream_path(struct arena *a, const struct locked_source *locked);

/* The document (SPDX 2.3, JSON): the same bytes for the same source and epoch. */
void upstream_document(const struct source_recipe *s, const struct locked_source *locked,
		       uint64_t epoch, struct buf *out);

/* The same for jars of a lock file of Java, many of which do not say what they are: where the
 * document goes, and a document with all of `jars`, dependencies of `s`. */
const char *upstream_jars_path(struct arena *a, const struct source_recipe *s);
void upstream_jars_document(const struct source_recipe *s, const struct locked_source *locked,
			    const struct dependencies *jars, uint64_t epoch, struct buf *out);

#endif
