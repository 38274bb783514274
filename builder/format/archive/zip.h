/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FORMAT_ARCHIVE_ZIP_H
#define FORMAT_ARCHIVE_ZIP_H

/* Zip archives (PKWARE's APPNOTE 6.3) read by their central directory, with the fields of zip64.
 * Members are stored or deflated; encrypted ones and other methods are errors when they are read.
 */

#include "base/io.h"

#define ZIP_DIRECTORY_MAX (16u << 20) /* bytes of the central directory */

struct zip_member {
	const char *name;	       /* with "/" between its parts */
	uint64_t size, packed, offset; /* offset: of its local header */
	uint32_t crc;
	uint16_t method, flags;
	uint32_t mode; /* of Unix, with the type (stat(2)); 0: the archive does not say */
};

struct zip {
	int fd;		      /* borrowed */
	const char *file;     /* for messages */
	uint64_t start, size; /* where it stands in the file */
	struct LIST(struct zip_member) members;
};

/* Does a file that begins with these bytes look like one? */
bool zip_is(struct str head);

/* Reads the directory of an archive of `size` bytes. ERR_INPUT if it is malformed, ERR_SYSTEM. */
MUST_CHECK bool zip_open(struct arena *a, int fd, uint64_t size, const char *file, struct zip *out,
			 struct error *e);

/* The same for an archive that begins at `start`. */
MUST_CHECK bool zip_open_at(struct arena *a, int fd, uint64_t start, uint64_t size,
			    const char *file, struct zip *out, struct error *e);

/* The content of a member; the end is only reached when size and CRC are right. Release with
 * zip_source_close(). */
struct zip_source {
	struct source base;
	struct fd_source packed;
	const struct zip_member *member;
	void *inflate;
	struct str in;
	uint64_t given;
	uint32_t crc;
	bool ended;
	char out[65536];
};
MUST_CHECK bool zip_source_open(struct zip_source *s, const struct zip *z,
				const struct zip_member *m, struct error *e);
void zip_source_close(struct zip_source *s);
#define AUTO_ZIP_SOURCE __attribute__((cleanup(zip_source_close))) struct zip_source

#endif
