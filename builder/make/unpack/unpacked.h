/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MAKE_UNPACK_UNPACKED_H
#define MAKE_UNPACK_UNPACKED_H

/* What comes out of an archive while it is read, in the jail: contents go to the parent at once, as
 * frames of kind UNPACKED_CONTENT; the list of files follows as one frame of kind UNPACKED_INDEX
 * (make/compile/fragment_index.h), without the digest of the contents. */

#include "base/frames.h"
#include "input/recipe/source_types.h"
#include "make/compile/fragment_index.h"

#define UNPACKED_CONTENT 'c'
#define UNPACKED_INDEX 'i'
#define UNPACKED_KINDS "ci"

struct unpack_writer {
	struct arena *a;
	const struct unpacking *how;
	const char *machine; /* of the image: "x86_64" */
	struct sink *out;
	struct frame_sink frames;
	struct limit_sink content; /* `given` bytes so far */
	struct fragment fragment;
};

/* Begins, for contents of at most `budget` bytes. `name` is the archive's, for messages. */
void unpacked_begin(struct unpack_writer *u, struct arena *a, const struct unpacking *how,
		    const char *name, uint64_t budget, struct sink *out);

/* Where a name of the archive is in the image, after `strip`, below `to`: "usr/bin/x". NULL in
 * *out: nothing is left of it. ERR_INPUT for a name that leads out or is malformed. */
MUST_CHECK bool unpacked_place(const struct unpack_writer *u, const char *name, const char **out,
			       struct error *e);

/* A file of a path in the image, its content read to the end; and *digest of it unless NULL. */
MUST_CHECK bool unpacked_add_file(struct unpack_writer *u, const char *path, bool executable,
				  struct source *from, struct digest *digest, struct error *e);

/* A file whose content has passed already, and a symlink. */
void unpacked_note_file(struct unpack_writer *u, const char *path, bool executable, uint64_t offset,
			uint64_t size);
void unpacked_note_link(struct unpack_writer *u, const char *path, const char *target);

/* Sorts the files and sends their list. ERR_INPUT for a path that is there twice, and for an
 * archive that has no files. */
MUST_CHECK bool unpacked_finish(struct unpack_writer *u, struct error *e);

#endif
