/* SPDX-License-Identifier: Apache-2.0 */
#ifndef INPUT_RESOLVE_CONTENTS_INDEX_H
#define INPUT_RESOLVE_CONTENTS_INDEX_H

/* Which packages have a file: the Contents indices of an archive, as apt-file(1) reads them
 * ("Contents indices" of the Debian repository format). Not every archive has them. */

#include "input/lock/lock_order.h"

/* Where a file may stand. */
struct contents_folder {
	const char *path; /* "usr/share/cmake" */
	bool within;	  /* the file is in a folder of that, and not in it */
	bool pattern;	  /* the path is one of the file itself (format/text/glob.h) */
};

struct contents_file {
	const char *name; /* "zlib.pc" */
	bool any_case;	  /* of its letters */
	struct LIST(struct contents_folder) folders;
};

/* A file that is looked for, by one of several names: the first of which some package has it. */
struct contents_want {
	const char *library;	/* to guess packages by (development_search.h) */
	struct strings guesses; /* those to look into; none: what the library's name leads to */
	struct LIST(struct contents_file) files;
	size_t found;		 /* which of them; files.n: none */
	const char *path;	 /* of it, "usr/lib/x86_64-linux-gnu/pkgconfig/zlib.pc"; or NULL */
	struct strings packages; /* that have it, sorted */
};
struct contents_wants LIST(struct contents_want);

/* Looks for those that are not found yet, in the indices of the order's platform, and if that is
 * not enough in those of packages for every machine. They are fetched, verified and read in a child
 * without authority. What is found lives in `a`. ERR_NETWORK, ERR_VERIFY, ERR_INPUT, ERR_SYSTEM. */
MUST_CHECK bool contents_find(struct arena *a, const struct lock_order *o,
			      struct contents_wants *wants, struct error *e);

/* What is made of an index: a line for each file that is wanted. */
struct contents_maker {
	const struct contents_wants *wants; /* what none has yet */
	struct arena *a;
	struct sink *out;
	struct strmap *names; /* in small letters -> the files of that name */
	struct buf line;
};
struct index_making contents_making(struct contents_maker *m);

/* Takes what was made of one. ERR_INPUT if it is malformed. */
MUST_CHECK bool contents_take(struct arena *a, struct str made, struct contents_wants *wants,
			      struct error *e);

#endif
