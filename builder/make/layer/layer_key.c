/* SPDX-License-Identifier: Apache-2.0 */
/* The canonical description of a layer, hashed. Texts end in NUL, which none of them can hold, so
 * no two plans have the same description. The layer's name is not a part of it: equal content under
 * another name is the same blob. */

#include "make/layer/layer_key.h"

#include <inttypes.h>

static void layer_key_add_text(struct hash *h, const char *s)
{
	digest_add(h, (struct str){ s, strlen(s) + 1 });
}

static bool describe_content(struct buf *line, const struct node *n, struct error *e)
{
	const struct content *c = &n->content;
	char hex[DIGEST_TEXT];
	struct digest d;

	if (c->blob && c->blob->digest) {
		digest_hex(c->blob->digest, hex);
		buf_printf(line, " part %s %" PRIu64 " %" PRIu64, hex, c->offset, c->size);
		return true;
	}
	if (!node_digest(n, &d, e))
		return false;
	digest_hex(&d, hex);
	buf_printf(line, " bytes %s %" PRIu64, hex, c->size);
	return true;
}

static bool add_node(struct hash *h, struct buf *line, const struct node *n, struct error *e)
{
	static const char *const types[] = { "file", "dir", "link" };

	line->n = 0;
	buf_printf(line, "%s %o %" PRIu32 " %" PRIu32 " %" PRId64, types[n->type], n->mode, n->uid,
		   n->gid, n->mtime);
	if (n->type == NODE_FILE && !describe_content(line, n, e))
		return false;
	layer_key_add_text(h, n->path);
	layer_key_add_text(h, buf_cstr(line));
	if (n->type == NODE_LINK)
		layer_key_add_text(h, n->target);
	return true;
}

bool layer_node_key(const struct node *n, struct digest *out, struct error *e)
{
	AUTO_ARENA a = { 0 };
	AUTO_HASH h = { 0 };
	struct buf line = { .a = &a };

	digest_begin(&h);
	if (!add_node(&h, &line, n, e))
		return false;
	*out = digest_end(&h);
	return true;
}

bool layer_key(const struct layer_plan *p, const char *compressor, struct digest *out,
	       struct error *e)
{
	AUTO_ARENA a = { 0 };
	AUTO_HASH h = { 0 };
	struct buf line = { .a = &a };

	digest_begin(&h);
	layer_key_add_text(&h, arena_printf(&a, "imgbuild layer %d", LAYER_FORMAT));
	layer_key_add_text(&h, compressor);
	for (size_t i = 0; i < p->nodes.n; i++) {
		if (!add_node(&h, &line, p->nodes.v[i], e))
			return false;
	}
	*out = digest_end(&h);
	return true;
}
