/* SPDX-License-Identifier: Apache-2.0 */
#ifndef INSPECT_IMAGE_PAX_H
#define INSPECT_IMAGE_PAX_H

/* Extended headers of tar (POSIX pax records "LENGTH key=value\n", and GNU long names): what
 * they say about the entry that follows. */

#include "inspect/image/sparse.h"

struct layer_entry {
	char type;	 /* '0' file, '1' hard link, '2' link, '3' '4' device, '5' folder, '6' FIFO,
			  * 'g' global header */
	struct str name; /* as written; valid until the next entry */
	struct str link;
	uint64_t size; /* bytes of content, holes too; 0 for all but files */
	unsigned mode;
	uint64_t uid, gid;
	int64_t mtime;
	unsigned major, minor; /* devices */
	struct str capability; /* security.capability, or empty */
	bool overlay;	       /* carries an attribute that overlayfs or fuse-overlayfs obeys */
	uint64_t offset;       /* of its header in the tar */
};

struct pax_said {
	struct str long_name, long_link; /* of GNU headers: these win. n == 0: not given */
	struct str name, link;
	struct str size, uid, gid, mtime, atime, ctime;
	struct str capability;
	bool overlay;
	struct sparse_said sparse;
};

/* Reads the records of one header, which replace those of a header before; GNU names stay. The
 * values borrow from `text`. ERR_INPUT if malformed, and for a key or a name with a NUL. */
MUST_CHECK bool pax_parse(struct str text, struct pax_said *pax, struct error *e);

/* A global header may carry comments (git archive writes one), but nothing that would change
 * what an entry is. */
bool pax_harmless(struct str text);

/* Puts what was said into the entry, but for what makes it a sparse file. ERR_INPUT for a number
 * that is none. */
MUST_CHECK bool pax_apply(const struct pax_said *pax, struct layer_entry *entry, struct error *e);

#endif
