/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TRANSFER_REGISTRY_PUSH_KNOWN_H
#define TRANSFER_REGISTRY_PUSH_KNOWN_H

/* Which blobs repositories have, as far as one run has seen it: they are not asked for each image
 * again. A registry that has lost one says so when it gets the manifest. */

#include <pthread.h>

#include "base/strmap.h"
#include "transfer/registry/reference.h"

/* Any thread may ask. */
struct push_known {
	pthread_mutex_t lock;
	struct arena a;
	struct strmap v; /* "HOST/NAME@sha256:..." */
};
#define PUSH_KNOWN_INIT { .lock = PTHREAD_MUTEX_INITIALIZER }
void push_known_close(struct push_known *k);

/* `k` may be NULL: nothing is known, nor remembered. */
void push_known_add(struct push_known *k, const struct reference *in, const char *digest);
bool push_known_has(struct push_known *k, const struct reference *in, const char *digest);

#endif
