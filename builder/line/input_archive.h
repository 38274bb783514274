/* SPDX-License-Identifier: Apache-2.0 */
#ifndef LINE_INPUT_ARCHIVE_H
#define LINE_INPUT_ARCHIVE_H

/* Keeps the files that a build read, so that others can build the image again without a checkout
 * (trust/attestation/kept_inputs.h). */

#include "line/attest_folder.h"
#include "line/input_files.h"

struct kept_archive {
	const char *obstacle; /* NULL: they are kept; else why they cannot be */
	struct digest list;   /* of the list */
};

/* Writes KEPT_ARCHIVE_FILE and KEPT_LIST_FILE into the folder; or removes those that are there,
 * when the files have too many bytes (KEPT_BYTES_MAX) or a name that is no text. Owner and times of
 * files do not count: the same files give the same bytes. ERR_INPUT for a file that is not any more
 * what was listed; ERR_SYSTEM. */
MUST_CHECK bool input_archive_write(struct arena *a, const struct input_files *files,
				    struct attest_folder *to, struct kept_archive *out,
				    struct error *e);

#endif
