/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TRANSFER_STORE_STORE_VERIFIED_H
#define TRANSFER_STORE_STORE_VERIFIED_H

/* Blobs that a run has hashed: a run of many images links the same few into each of them. A file
 * counts as verified while it is the same one, has its size, and its time of writing is as it was:
 * writing sets that. The time of its inode says more, but each link to the file sets that, and so
 * does being marked as used; so it is asked about what an earlier run noted (verified_file.h), and
 * not about what this run has seen. A file that was written shortly before it was hashed does not
 * count: a second write in the same moment would leave the same time. */

#include <pthread.h>
#include <sys/stat.h>

#include "base/digest.h"

#define VERIFIED_MAX 2048     /* files; what is forgotten is hashed again */
#define VERIFIED_YOUNG_MS 100 /* file systems take their time from the timer, */
			      /* which ticks at least every 10 ms */

struct verified_file {
	struct digest digest;
	dev_t device;
	ino_t inode;
	off_t size;
	struct timespec written, changed; /* mtime, ctime */
	bool seen;			  /* in this run */
	bool used;			  /* there is such a file */
};

struct store_verified {
	pthread_mutex_t mutex;
	struct verified_file v[VERIFIED_MAX];
	size_t found; /* how often one was of use */
	bool lasting; /* what earlier runs noted counts, and is noted for later ones */
};
#define STORE_VERIFIED_INIT { .mutex = PTHREAD_MUTEX_INITIALIZER }

/* Whether the file of this state was found to have this digest. `v` may be NULL: no. Any thread may
 * call. */
bool verified_has(struct store_verified *v, const struct digest *d, const struct stat *st);

/* Whether a file that was last written as `st` says may be written again at `now` (CLOCK_REALTIME)
 * and look the same. */
bool verified_is_young(const struct stat *st, const struct timespec *now);

/* The file of this state has this digest: it was hashed when it had that state and was not young,
 * or only we have touched it since. */
void verified_note(struct store_verified *v, const struct digest *d, const struct stat *st);

/* Adds what an earlier run has noted. */
void verified_recall(struct store_verified *v, const struct verified_file *noted);

#endif
