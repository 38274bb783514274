/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TRANSFER_REGISTRY_PULL_LATER_H
#define TRANSFER_REGISTRY_PULL_LATER_H

/* Layers that nobody may ever ask for: each is fetched when it is opened. Private to
 * transfer/registry. */

#include "transfer/registry/blob_list.h"
#include "transfer/registry/session.h"

struct later_blobs {
	struct blob_source base;
	const struct store *store;
	const struct reference *from;
	struct session_options options;
	bool offline;
};

/* A copy in `a` that can be asked. */
struct blob_source *pull_later(struct arena *a, const struct later_blobs *like);

#endif
