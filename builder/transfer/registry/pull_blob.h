/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TRANSFER_REGISTRY_PULL_BLOB_H
#define TRANSFER_REGISTRY_PULL_BLOB_H

/* Blobs from a registry into the store, one at a call. Private to transfer/registry. */

#include "transfer/registry/manifest_document.h"
#include "transfer/registry/transfer_meter.h"
#include "transfer/registry/session.h"
#include "transfer/store/store_content.h"

struct pull_blobs {
	struct session *session;
	const struct store *store;
	struct meter meter;
	bool offline;	  /* ERR_NETWORK for what is not in the store */
	bool names_later; /* the caller syncs the store's names once (store_sync_names) */
};

/* Has a blob in the store, verified; goes on where a transfer broke if the registry can prove that
 * it is the same. *fetched: it was not there. *held (NULL: not wanted) is a descriptor of the very
 * bytes that were verified. ERR_NETWORK, ERR_VERIFY, ERR_SYSTEM. Any thread may call. */
MUST_CHECK bool pull_blob(struct pull_blobs *from, const struct document_part *p, bool *fetched,
			  int *held, struct error *e);

#endif
