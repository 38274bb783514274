/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MAKE_IMAGE_OUTPUT_FOLDER_H
#define MAKE_IMAGE_OUTPUT_FOLDER_H

/* A folder that is complete or not there: written under a temporary name beside its place, synced,
 * and put in place as a whole. What stood there is there until that moment and gone after it;
 * dying at any time loses nothing and leaves at most a folder ".tmp-NAME-*", which the next run
 * takes away. */

#include "base/file.h"

struct folder_new {
	int parent;	  /* the folder it will stand in */
	int fd;		  /* write below here; holds a lock that says "in use" */
	int old;	  /* what stands in its place: locked too; -1 when nothing does */
	char name[256];	  /* its name once committed */
	char tmp[256];	  /* and until then */
	const char *path; /* as given, for messages; borrowed */
};
#define FOLDER_NEW_INIT { .parent = -1, .fd = -1, .old = -1 }

/* Decides whether what stands there may be replaced: false with *e set (ERR_INPUT) if not. */
typedef bool folder_check(int fd, const char *path, struct error *e);

/* Makes the folders above `path` and a temporary one beside it. What stands at `path` must be a
 * folder that `may_replace` accepts, or nothing; a symbolic link is refused. */
MUST_CHECK bool folder_begin(struct folder_new *f, const char *path, folder_check *may_replace,
			     struct error *e);

/* Puts a folder that is whole, has been synced and stands beside `path` into the new one's place,
 * instead of writing there; its name goes. The caller holds a lock on it (flock) until the end. */
MUST_CHECK bool folder_take(struct folder_new *f, const char *whole, struct error *e);

/* Whether folder_begin() would accept the place as it is now, making nothing: to ask before long
 * work. */
MUST_CHECK bool folder_check_place(const char *path, folder_check *may_replace, struct error *e);

/* Syncs the folder itself (its files were synced by those who wrote them) and puts it in place. */
MUST_CHECK bool folder_commit(struct folder_new *f, folder_check *may_replace, struct error *e);

/* Removes what was not committed; safe at any time (AUTO_FOLDER calls it). */
void folder_abort(struct folder_new *f);
#define AUTO_FOLDER __attribute__((cleanup(folder_abort))) struct folder_new

#endif
