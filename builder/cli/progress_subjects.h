/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_PROGRESS_SUBJECTS_H
#define CLI_PROGRESS_SUBJECTS_H

/* What the steps of each thread are about, for those who show progress. Whoever uses it holds a
 * lock. */

#include <pthread.h>

#include "base/buf.h"

struct subject_of_thread {
	pthread_t thread;
	const char *name; /* "": the main thread's */
};

struct progress_subjects {
	struct arena *a;
	pthread_t main; /* whose subject holds for all that have none of their own */
	const char *name;
	struct LIST(struct subject_of_thread) others;
};

/* The calling thread is the main one. */
void subjects_init(struct progress_subjects *s, struct arena *a);

/* For the calling thread; "" ends it. Returns whether it was said by the main thread. */
bool subjects_set(struct progress_subjects *s, const char *name);

const char *subjects_get(const struct progress_subjects *s);

#endif
