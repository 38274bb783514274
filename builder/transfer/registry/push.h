/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TRANSFER_REGISTRY_PUSH_H
#define TRANSFER_REGISTRY_PUSH_H

/* An image goes to a registry: its blobs, the manifests, the index, and its tag last, so that
 * whoever asks for the tag finds everything there. What the registry has is not sent again. */

#include "transfer/registry/push_order.h"

/* Reads index.json of a layout and what it leads to. `tag` may be NULL if there is one image.
 * Manifests are verified here, blobs when they are sent. ERR_USAGE when it is not clear which image
 * is meant, ERR_INPUT, ERR_VERIFY for bytes that are not those that their digest names. */
MUST_CHECK bool push_prepare(struct arena *a, const struct push_source *from, struct str index,
			     const char *tag, struct push_plan *out, struct error *e);

/* ERR_NETWORK for what the registry refuses, ERR_VERIFY for a blob that is damaged: nothing of it
 * has been sent then; and for a tag that stands for something else than is expected: it is left as
 * it is. That is looked at just before, and said to the registry (If-Match, If-None-Match), which
 * may not heed it. */
MUST_CHECK bool push_image(const struct push_order *o, struct push_result *out, struct error *e);

/* The same over a session that is open, to the repository of `o->to`. */
MUST_CHECK bool push_in_session(struct session *session, const struct push_order *o,
				struct push_result *out, struct error *e);

#endif
