/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TRUST_ATTESTATION_KEPT_INPUTS_H
#define TRUST_ATTESTATION_KEPT_INPUTS_H

/* The files that a build read, kept so that others can build the image again without a checkout:
 *
 *   inputs.tar   the files: repository/recipes/hello.json, built-in/images.json ...
 *   inputs.json  of each file its digest, and where in the archive its bytes are
 *
 * The build's provenance names the list by its digest. Who believes the provenance has to believe
 * nothing else, and nobody has to parse the archive: it is a tar for people who want to look. */

#include "base/digest.h"

#define KEPT_LIST_FILE "inputs.json"
#define KEPT_ARCHIVE_FILE "inputs.tar"
#define KEPT_LIST_TYPE "application/vnd.imgbuild.inputs.v1+json"
#define KEPT_ARCHIVE_TYPE "application/vnd.imgbuild.inputs.v1.tar"
#define KEPT_BYTES_MAX (64u << 20) /* of the archive */

/* Where files stand in the archive. */
#define KEPT_REPOSITORY "repository"
#define KEPT_BUILTIN "built-in"

enum kept_type { KEPT_FILE, KEPT_LINK, KEPT_FOLDER };

struct kept_input {
	const char *path; /* in the archive: "repository/recipes/hello.json" */
	enum kept_type type;
	const char *target;    /* of a symlink, as it is written */
	uint64_t offset, size; /* of a file: its bytes in the archive */
	struct digest sha256;  /* of a file */
	bool executable;
};

struct kept_inputs {
	struct digest archive;
	uint64_t size;			  /* of the archive */
	struct LIST(struct kept_input) v; /* in order of their paths, each once */
};

/* The list as text. */
struct str kept_inputs_text(struct arena *a, const struct kept_inputs *l);

/* Reads it, whoever wrote it. ERR_INPUT at the member: for a path that leads out of the two
 * folders or comes out of order, and for bytes that are not in the archive. */
MUST_CHECK bool kept_inputs_read(struct arena *a, struct str text, struct kept_inputs *out,
				 struct error *e);

/* Writes the files of `archive`, whose digest must be the one that the list names, below the folder
 * `dirfd`, which is empty. ERR_VERIFY naming the file for other bytes; ERR_SYSTEM. */
MUST_CHECK bool kept_inputs_restore(const struct kept_inputs *l, struct str archive, int dirfd,
				    struct error *e);

#endif
