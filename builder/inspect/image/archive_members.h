/* SPDX-License-Identifier: Apache-2.0 */
#ifndef INSPECT_IMAGE_ARCHIVE_MEMBERS_H
#define INSPECT_IMAGE_ARCHIVE_MEMBERS_H

/* The members of an image archive (a tar): names and places, without reading contents. */

#include "base/io.h"

/* A file member of an archive. A link stands for the member it names. */
struct member {
	const char *name;
	const char *link; /* hard or symbolic, as a member name; else NULL */
	uint64_t offset, size;
};

struct members LIST(struct member);

/* Lists the archive in `fd`. ERR_INPUT for what is not a tar, with the offset. */
MUST_CHECK bool members_index(struct arena *a, int fd, uint64_t size, const char *name,
			      struct members *out, struct error *e);

/* The file of this name, links followed (at most 8: docker save links equal layers), or NULL. */
const struct member *members_find(const struct members *list, const char *name);

#endif
