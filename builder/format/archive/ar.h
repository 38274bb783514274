/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FORMAT_ARCHIVE_AR_H
#define FORMAT_ARCHIVE_AR_H

/* The archive format around a Debian package: deb(5) and dpkg's lib/dpkg/ar.c, which is stricter
 * than what ar(1) and libarchive read. Names have at most 15 characters and an optional final '/',
 * long-name extensions do not exist, sizes are decimal digits between blanks, every header ends in
 * the magic bytes, and members of odd size are followed by one newline. Stricter than dpkg in one
 * point: the padding byte must be there, and be a newline, after the last member too. */

#include "base/str.h"

struct ar {
	struct str rest;  /* what has not been read yet */
	const char *name; /* for messages */
};

struct ar_member {
	char name[17];	 /* without the optional final '/' */
	struct str data; /* borrowed from the archive's bytes */
};

/* Starts reading `bytes`, which are borrowed. ERR_INPUT when the global magic is missing. */
MUST_CHECK bool ar_open(struct ar *ar, struct str bytes, const char *name, struct error *e);

/* 1 and the next member, 0 at the end of the bytes, -1 with ERR_INPUT naming the archive. */
MUST_CHECK int ar_next(struct ar *ar, struct ar_member *m, struct error *e);

#endif
