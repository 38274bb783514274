/* SPDX-License-Identifier: Apache-2.0 */
#ifndef LINE_ATTEST_FOLDER_H
#define LINE_ATTEST_FOLDER_H

/* OUTPUT.attest/, the folder beside an image with what a build tells of it: its provenance and what
 * it was built from (trust/attestation/kept_inputs.h). These files get their names together. */

#include "base/file.h"

#define ATTEST_FOLDER ".attest"
#define PROVENANCE_FILE "provenance.json"

/* "out/hello" -> "out/hello.attest", in the arena. */
const char *attest_folder_path(struct arena *a, const char *output);

struct attest_folder {
	const char *path; /* borrowed */
	int fd;
	struct file_batch files;
};

/* Makes it if it is not there, and removes what dead processes left in it. `a` lives until
 * attest_folder_close(). ERR_SYSTEM. */
MUST_CHECK bool attest_folder_open(struct arena *a, const char *path, struct attest_folder *f,
				   struct error *e);

/* Removes files that have not got their names by file_batch_commit(). */
void attest_folder_close(struct attest_folder *f);
#define AUTO_ATTEST_FOLDER __attribute__((cleanup(attest_folder_close))) struct attest_folder
#define ATTEST_FOLDER_INIT { .fd = -1 }

#endif
