/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MAKE_UNPACK_UNPACK_ARCHIVE_H
#define MAKE_UNPACK_UNPACK_ARCHIVE_H

/* Archives that somebody published, read in the jail: tar (plain, gzip, xz, zstd) under the policy
 * of format/archive/tar.h, zip, and wheels (make/unpack/wheel.h). Owners and times of the archive
 * do not count. Files are 0755 where somebody may execute them, else 0644. */

#include "make/unpack/unpacked.h"

struct unpack_archive {
	int fd; /* borrowed */
	uint64_t size;
	const char *name; /* of the file, for messages */
	const struct unpacking *how;
	const char *machine; /* of the image, as uname(2) has it: wheels may be for another */
};

/* Reads the archive and writes the frames of make/unpack/unpacked.h to `out`. ERR_INPUT for
 * whatever is wrong with it: another format, a name that leads out of the folder, a setuid file, a
 * device, more than the budget (unpack_budget) ... */
MUST_CHECK bool unpack_archive_read(const struct unpack_archive *x, struct sink *out,
				    struct error *e);

/* The most bytes that an archive of this size may unpack to. */
uint64_t unpack_budget(uint64_t size);

#endif
