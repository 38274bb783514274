/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_FILE_DIGESTS_H
#define BASE_FILE_DIGESTS_H

/* What files were hashed to in this run: one that is as it was (file_state.h) need not be read
 * again. Any thread may ask. */

#include <pthread.h>

#include "base/digest.h"
#include "base/strmap.h"

struct file_digests {
	pthread_mutex_t mutex; /* for all below */
	struct arena a;
	struct strmap files; /* by path */
};
#define FILE_DIGESTS_INIT { .mutex = PTHREAD_MUTEX_INITIALIZER }
void file_digests_close(struct file_digests *m);

struct stat;

/* Whether the file at this path is known as lstat(2) has it now. NULL knows nothing. */
bool file_digests_find(struct file_digests *m, const char *path, const struct stat *now,
		       struct digest *d);

/* Notes what a file was hashed to, if it was the same before it was read and after, and is not so
 * young that it could change unseen. NULL: nothing happens. */
void file_digests_note(struct file_digests *m, const char *path, const struct stat *before,
		       const struct stat *after, const struct digest *d);

#endif
