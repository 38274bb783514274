/* SPDX-License-Identifier: Apache-2.0 */
#ifndef INSPECT_IMAGE_LAYER_TAR_H
#define INSPECT_IMAGE_LAYER_TAR_H

/* The auditor's own tar reader: POSIX.1-2001 ustar and pax, GNU long names and base-256 numbers,
 * all of it as Go's archive/tar reads them. It is strict where readers disagree, so that what it
 * lists is what every runtime sees: bad checksums, links with data, unknown types and two sizes are
 * errors (T8), and so are sparse files in GNU's own format, which no runtime unpacks. Those of pax
 * have their holes filled. */

#include "base/io.h"
#include "inspect/image/pax.h"

#define TAR_NAME_MAX 65536     /* bytes of a long name or link target, before any use */
#define TAR_PAX_MAX (1u << 20) /* bytes of one extended header */

struct layer_tar {
	struct source *from;
	struct arena *a;    /* scratch for names; emptied for each entry */
	struct str chunk;   /* what is left of the current chunk */
	uint64_t at;	    /* bytes consumed */
	uint64_t left, pad; /* of the current content */
	bool ended;
	bool cut;		      /* the padding of the last file is missing */
	const struct sparse_map *map; /* of the current content, or NULL */
	size_t piece;		      /* of it */
	uint64_t place;		      /* in the file that it describes */
	uint64_t holes, holes_max;    /* bytes of holes so far, and how many may be */
};

/* `scratch` must be used for nothing else. t->holes_max may be lowered afterwards: it has no end.
 */
void layer_tar_init(struct layer_tar *t, struct source *from, struct arena *scratch);

/* The next entry: 1, 0 at the end of the archive, -1 with *e (ERR_INPUT, with the offset). What
 * was not read of the previous content is skipped. A global pax header is an entry of type 'g'. */
MUST_CHECK int layer_tar_next(struct layer_tar *t, struct layer_entry *out, struct error *e);

/* A piece of the current entry's content: 1, 0 when it is all read, -1 with *e. */
MUST_CHECK int layer_tar_read(struct layer_tar *t, struct str *chunk, struct error *e);

/* After the end: reads what follows in the stream; *extra counts the bytes that are not zero. */
MUST_CHECK bool layer_tar_drain(struct layer_tar *t, uint64_t *extra, struct error *e);

#endif
