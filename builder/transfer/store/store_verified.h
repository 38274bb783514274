/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TRANSFER_STORE_STORE_VERIFIED_H
#define TRANSFER_STORE_STORE_VERIFIED_H

/* Blobs that a run has hashed: a run of many images links the same few into each of them. A file
 * counts as verified while it is the same one, has its size, and its time of writing is as it was:
 * writing sets that, and so does being marked as used. (The time of the inode would say more, but
 * each link to it sets that.) A file that was written shortly before it was hashed does not count:
 * a second write in the same moment would leave the same time. */

#include <pthread.h>
#include <sys/stat.h>

#include "base/digest.h"

#define VERIFIED_MAX 1024     /* files; what is forgotten is hashed again */
#define VERIFIED_YOUNG_MS 100 /* file systems take their time from the timer, */
			      /* which ticks at least every 10 ms */

struct store_verified {
	pthread_mutex_t mutex;
	struct verified_file {
		struct digest digest;
		dev_t device;
		ino_t inode;
		off_t size;
		struct timespec written;
	} v[VERIFIED_MAX];
	size_t found; /* how often one was of use */
};
#define STORE_VERIFIED_INIT { .mutex = PTHREAD_MUTEX_INITIALIZER }

/* Whether the file of this state was found to have this digest. `v` may be NULL: no. Any thread may
 * call. */
bool verified_has(struct store_verified *v, const struct digest *d, const struct stat *st);

/* It has, and had this state before it was hashed, which began at `now` (CLOCK_REALTIME). */
void verified_note(struct store_verified *v, const struct digest *d, const struct stat *st,
		   const struct timespec *now);

#endif
