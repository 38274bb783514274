/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TRANSFER_REGISTRY_PUSH_DOCUMENT_H
#define TRANSFER_REGISTRY_PUSH_DOCUMENT_H

/* A push under way, and the part of it that is about manifests. Only push.c uses it. */

#include <stdatomic.h>

#include "transfer/registry/push_order.h"
#include "transfer/registry/transfer_meter.h"

struct push {
	const struct push_order *order;
	struct session *session;
	const struct document_part **turns; /* its blobs */
	struct meter meter;
	atomic_size_t sent, mounted, there;
	atomic_ullong bytes;
};

/* An answer that means that the registry has what was sent. */
bool push_is_taken(const struct http_request *r);

/* Whether the registry has this. */
MUST_CHECK bool push_head(struct arena *a, struct push *p, const char *what, const char *url,
			  bool *there, struct session_call *c, struct error *e);

/* Whether the image stands under its name already: 1, 0, -1. Then all of it is there: registries
 * take a manifest when they have what it names, and keep that for as long. One question instead of
 * one for each blob; not asked where the tag is expected to stand for something else. */
MUST_CHECK int push_find_image(struct push *p, struct push_result *out, struct error *e);

/* Puts a document under its digest or, the last one, under the tag, unless it stands there. */
MUST_CHECK bool push_send_document(struct push *p, const struct document *d, const char *tag,
				   struct push_result *out, struct error *e);

/* The last document: what stands in its place is known (push_find_image), unless it is to be looked
 * at just before. */
MUST_CHECK bool push_send_image(struct push *p, const struct document *d, struct push_result *out,
				struct error *e);

#endif
