/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TRANSFER_STORE_STORE_LATER_H
#define TRANSFER_STORE_STORE_LATER_H

/* What a run leaves for the end: the disk is waited for once, and not for each. Results of which
 * the loss costs little are written then (store_note_action), and are found here before; blobs and
 * other results have their names at once, which a power cut may take until their folders are
 * synced. */

#include <pthread.h>

#include "base/digest.h"
#include "base/str.h"

#define LATER_MAX 64		     /* results that wait */
#define LATER_BYTES_MAX (256u << 10) /* of one of them */

struct later_result {
	char name[DIGEST_TEXT];
	struct str text;
};

struct store_later {
	pthread_mutex_t mutex;
	struct arena a;
	struct LIST(struct later_result) results;
	bool blobs, actions; /* folders in which there are names that are not synced */
};
#define STORE_LATER_INIT { .mutex = PTHREAD_MUTEX_INITIALIZER }

/* Forgets all of it: it was written, or is not wanted. */
void later_drop(struct store_later *l);

/* Any thread may call what follows. */

/* The result of this name that was left last, in `a`. `l` may be NULL: there is none. */
bool later_find(struct arena *a, struct store_later *l, const char *name, struct str *text);

/* Takes a copy; false: there is no room. */
bool later_add(struct store_later *l, const char *name, struct str text);

/* One of the folders is to be synced. */
void later_add_name(struct store_later *l, bool *folder);

#endif
