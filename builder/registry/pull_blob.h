/* SPDX-License-Identifier: Apache-2.0 */
#ifndef REGISTRY_PULL_BLOB_H
#define REGISTRY_PULL_BLOB_H

/* One blob from a registry into the store. Private to registry/. */

#include "fetch/store.h"
#include "registry/document.h"
#include "registry/session.h"

/* Has a blob in the store, verified; goes on where a transfer broke if the registry can prove that it is the
 * same. *fetched: it was not there. ERR_NETWORK, ERR_VERIFY, ERR_SYSTEM. Any thread may call. */
MUST_CHECK bool pull_blob(struct session *s, const struct store *store, const struct document_part *p,
			  const char *what, bool *fetched, struct error *e);

#endif
