/* SPDX-License-Identifier: Apache-2.0 */
/* One session a blob: it is the exception. */

#include "transfer/registry/pull_later.h"

#include "transfer/registry/pull_blob.h"

static bool later_fetch(struct blob_source *s, const struct image_blob *b, struct error *e)
{
	const struct later_blobs *l = (const struct later_blobs *)s;
	struct document_part part = { .digest = b->digest, .size = b->size };
	AUTO_ARENA a = { 0 };
	struct strings scopes = { 0 };
	struct session session;
	struct pull_blobs from = { .session = &session, .store = l->store, .offline = l->offline };
	bool ok, fetched;

	document_part_name(&part, "layer");
	*list_push(&a, &scopes) = arena_printf(&a, "repository:%s:pull", l->from->name);
	ok = session_open(&session, l->from, &l->options, &scopes, e) &&
	     pull_blob(&from, &part, &fetched, NULL, e);
	session_close(&session);
	return ok;
}

struct blob_source *pull_later(struct arena *a, const struct later_blobs *like)
{
	struct later_blobs *l = arena_alloc(a, sizeof(*l));

	*l = *like;
	l->base.fetch = later_fetch;
	return &l->base;
}
