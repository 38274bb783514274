/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FORMAT_ARCHIVE_TARFEED_H
#define FORMAT_ARCHIVE_TARFEED_H

/* The blocks of a tar stream on their way to libarchive, one at a time, with our own reading of
 * each header among them. Private to format/archive/tar.c: what is seen here must agree with what
 * libarchive reports, which closes the gap that lets two readers see different members in one
 * archive. */

#include "base/io.h"

#define TAR_BLOCK 512
#define TAR_PAX_MAX 16384

enum tarfeed_state {
	FEED_HEADER,	/* the next block is a header */
	FEED_EXTENSION, /* blocks of a long name or extended header */
	FEED_CONTENT,	/* an entry's header has passed; blocks of its content */
	FEED_END,	/* the first zero block has passed */
};

struct tarfeed {
	struct source *from;
	struct sink *copy; /* may be NULL */
	bool allow_pax, allow_comments, pass_attributes;
	struct str rest;       /* of the source's current chunk */
	char block[TAR_BLOCK]; /* a block that two chunks share */
	uint64_t delivered;    /* bytes given out */
	uint64_t end_at;       /* where the first zero block is */
	enum tarfeed_state state;
	bool extended;		       /* extensions precede the header that comes next */
	uint64_t left;		       /* bytes of the extension still to come */
	char type;		       /* of the entry whose header passed last */
	uint64_t size;		       /* its size field, or that of its extended header */
	struct str pax_path, pax_link; /* from its extended header; p == NULL: not given */
	char pax[TAR_PAX_MAX];
	size_t pax_size; /* 0: the current extension is none */
	bool pax_has_size;
};

/* After an entry: the next block is a header again. (The first one needs no call: libarchive reads
 * it before it is asked for an entry.) */
void tarfeed_expect_header(struct tarfeed *f);

/* 1 and the next block (512 bytes, valid until the next call), 0 at the end of the source, -1 with
 * *e set: the source failed, or a header breaks the policy of format/archive/tar.h. */
MUST_CHECK int tarfeed_next(struct tarfeed *f, struct str *block, struct error *e);

/* Reads what follows the end mark: true if the mark was two zero blocks and all the rest is
 * zero. */
MUST_CHECK bool tarfeed_finish(struct tarfeed *f, struct error *e);

#endif
