/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MAKE_SCRIPTS_SCRIPT_EFFECTS_H
#define MAKE_SCRIPTS_SCRIPT_EFFECTS_H

/* What maintainer scripts and triggers would have done, done here: only what the recipe's "effects"
 * ask for, and nothing else. Users and links are the overlay's (overlay.h). */

#include "input/recipe/recipe.h"
#include "make/deb/deb.h"

#define EFFECTS_CA_BUNDLE "etc/ssl/certs/ca-certificates.crt"
#define EFFECTS_JAVA_STORE "etc/ssl/certs/java/cacerts"
#define EFFECTS_LD_SO_CACHE "etc/ld.so.cache"

/* Where generated files go: their layer, the time they get, and the recipe place that asked. */
struct effects_to {
	struct tree *t;
	const char *layer;
	uint64_t epoch;
	const char *why;
};

/* update-ca-certificates without its choices: all certificates of the opened ca-certificates
 * package (the files below usr/share/ca-certificates, by the bytes of their paths), then those of
 * `want->files`, in one file; what the tree has already if `ca` is NULL. The package's copyright
 * file belongs to them. And Java's trust store of the same certificates, if it is wanted, as
 * ca-certificates-java makes it. What is there with the same bytes stays. ERR_INPUT, naming package
 * or file: it has none, or what is not a certificate in PEM form. */
MUST_CHECK bool effects_ca_bundle(struct arena *a, const struct ca_bundle *want,
				  const struct deb *ca, const struct effects_to *to,
				  struct error *e);

/* Whether a path is one of those two. */
bool effects_is_of_bundle(const char *path);

/* ldconfig's cache. `text` is what make/closure/loader_cache.h makes of the finished tree,
 * borrowed. */
MUST_CHECK bool effects_ld_so_cache(struct arena *a, struct str text, const struct effects_to *to,
				    struct error *e);

#endif
