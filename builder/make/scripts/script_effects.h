/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MAKE_SCRIPTS_SCRIPT_EFFECTS_H
#define MAKE_SCRIPTS_SCRIPT_EFFECTS_H

/* What maintainer scripts and triggers would have done, done here: only what the recipe's "effects"
 * ask for, and nothing else. Users and links are the overlay's (overlay.h). */

#include "make/deb/deb.h"

#define EFFECTS_CA_BUNDLE "etc/ssl/certs/ca-certificates.crt"
#define EFFECTS_LD_SO_CACHE "etc/ld.so.cache"

/* Where generated files go: their layer, the time they get, and the recipe place that asked. */
struct effects_to {
	struct tree *t;
	const char *layer;
	uint64_t epoch;
	const char *why;
};

/* update-ca-certificates without its choices: all certificates of the opened ca-certificates
 * package (the files below usr/share/ca-certificates, by the bytes of their paths) in one file, and
 * the package's copyright file, which belongs to them. ERR_INPUT if the package has none, or a file
 * that is not a PEM certificate. */
MUST_CHECK bool effects_ca_bundle(struct arena *a, const struct deb *ca,
				  const struct effects_to *to, struct error *e);

/* ldconfig's cache. `text` is what make/closure/loader_cache.h makes of the finished tree,
 * borrowed. */
MUST_CHECK bool effects_ld_so_cache(struct arena *a, struct str text, const struct effects_to *to,
				    struct error *e);

#endif
