/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FORMAT_TEXT_CARGO_LOCK_H
#define FORMAT_TEXT_CARGO_LOCK_H

/* Cargo.lock of versions 2 to 4 (doc.rust-lang.org/cargo: the lock file): the crates of a project
 * that come from a registry. */

#include "base/digest.h"

struct cargo_crate {
	const char *name, *version; /* "serde", "1.0.219" */
	const char *source;	    /* the registry: "registry+URL" of a git index, "sparse+URL" */
	struct digest checksum;	    /* SHA-256 of the .crate file */
	unsigned line;
};

struct cargo_crates LIST(struct cargo_crate);

/* Reads the file `file`; packages of the project itself, which have no source, are left out.
 * ERR_INPUT at the line: malformed, another version, a crate without checksum, or one from git. */
MUST_CHECK bool cargo_lock_read(struct arena *a, struct str text, const char *file,
				struct cargo_crates *out, struct error *e);

/* Whether a source is the public registry, which settings of cargo call "crates-io": by the name of
 * its index. */
bool cargo_lock_is_public(const char *source);

#endif
