/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FORMAT_ARCHIVE_TARW_H
#define FORMAT_ARCHIVE_TARW_H

/* Writing tar archives. The bytes are hashed into images, so they are ours: POSIX.1-2017 ustar
 * headers, and a pax extended header ("x") only for an entry with a value that ustar cannot hold.
 *
 * Numeric ids, empty user and group names, no devices, no sub-second times, no padding beyond the
 * two zero blocks at the end. Entries come out in the order given; names are written byte for byte,
 * a folder's with a final slash. Extended records stand in the order of their keywords. */

#include "base/io.h"

enum tarw_type { TARW_FILE, TARW_DIR, TARW_LINK };

struct tarw_entry {
	const char *path; /* no leading or trailing slash; not empty */
	enum tarw_type type;
	unsigned mode; /* permission bits, 07777 at most */
	uint32_t uid, gid;
	int64_t mtime;	    /* seconds since the epoch, any */
	uint64_t size;	    /* of the content that follows; files only; at most INT64_MAX */
	const char *target; /* of a link, as it is to be; NULL otherwise */
};

/* An archive being written to a sink that it borrows. */
struct tarw {
	struct sink *out;
	uint64_t left; /* bytes of content still owed to the last entry */
	unsigned pad;  /* zeros that will follow them */
	uint64_t size; /* bytes written so far */
};

void tarw_init(struct tarw *t, struct sink *out);

/* Begins an entry; exactly `size` bytes of content must follow by tarw_data() in any number of
 * pieces. Fails only as the sink does. */
MUST_CHECK bool tarw_entry(struct tarw *t, const struct tarw_entry *entry, struct error *e);
MUST_CHECK bool tarw_data(struct tarw *t, struct str bytes, struct error *e);

/* Ends the archive. The sink is not finished: that is its owner's. */
MUST_CHECK bool tarw_finish(struct tarw *t, struct error *e);

#endif
