/* SPDX-License-Identifier: Apache-2.0 */
#ifndef INSPECT_IMAGE_SPARSE_H
#define INSPECT_IMAGE_SPARSE_H

/* Files with holes in a pax archive (GNU tar's versions 0.0, 0.1 and 1.0), as Go's archive/tar
 * reads them: the entry has the data alone, and a map says where in the file it is. What is between
 * is zeros. */

#include "base/error.h"
#include "base/str.h"

/* What records of an extended header say about it. n == 0: not given. */
struct sparse_said {
	struct str major, minor, name, size, real_size;
	struct str count, map; /* 0.1; in 0.0 the count alone, and: */
	struct str pairs;      /* 0.0: all records, with an offset and a length for each piece */
};

struct sparse_piece {
	uint64_t offset, length;
};

struct sparse_map {
	uint64_t size;				 /* of the file */
	struct LIST(struct sparse_piece) pieces; /* of data, one after the other; may be empty */
	uint64_t data;				 /* bytes in them */
};

/* Which version an entry is in, if it is one at all. */
enum sparse_kind {
	SPARSE_NONE,
	SPARSE_HEADER,	/* the map is in the header */
	SPARSE_CONTENT, /* the map stands before the data */
};
enum sparse_kind sparse_kind(const struct sparse_said *s);

/* Is this the key of an offset or a length of version 0.0? */
bool sparse_is_pair(struct str key);

/* The size of the file, and its map from the header. Lives in `a`. ERR_INPUT for what Go refuses.
 */
MUST_CHECK bool sparse_size(const struct sparse_said *s, uint64_t *size, struct error *e);
MUST_CHECK bool sparse_from_header(struct arena *a, const struct sparse_said *s,
				   struct sparse_map *out, struct error *e);

/* The map that stands before the data, in whole blocks: how many lines of the text are needed, once
 * the first one is there; and the map, from a text of at least these. */
MUST_CHECK bool sparse_lines(struct str text, uint64_t *lines, struct error *e);
MUST_CHECK bool sparse_from_content(struct arena *a, struct str text, struct sparse_map *out,
				    struct error *e);

/* Is the map in order, within the size, and of as many bytes as the entry has? */
MUST_CHECK bool sparse_check(const struct sparse_map *m, uint64_t data, struct error *e);

#endif
