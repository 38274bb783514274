/* SPDX-License-Identifier: Apache-2.0 */
/* The chain of sinks behind one layer. It obeys a plan and does not ask where nodes come from. */

#include "make/layer/layer_blob.h"

#include <assert.h>

#include "format/archive/tarw.h"

/* The end of the chain: store_put_commit() finishes its own sink, so finishing stops here. */
struct last_sink {
	struct sink base;
	struct sink *next;
};

static bool last_write(struct sink *base, struct str chunk, struct error *e)
{
	struct last_sink *s = (struct last_sink *)base;

	return s->next->write(s->next, chunk, e);
}

static bool last_finish(struct sink *base, struct error *e)
{
	(void)base;
	(void)e;
	return true;
}

#define PIECE ((size_t)1 << 20)

/* A file of some size does not stay in memory behind the place that is read. */
static bool write_content(struct tarw *t, const struct node *n, struct error *e)
{
	AUTO_MAPPING m = { 0 };
	struct str rest;

	if (!node_map(n, &m, e))
		return false;
	for (rest = m.bytes; rest.n > PIECE; io_map_pass(&m, rest)) {
		if (!tarw_data(t, (struct str){ rest.p, PIECE }, e))
			return false;
		rest = str_from(rest, PIECE);
	}
	return tarw_data(t, rest, e);
}

static bool blob_write_node(struct tarw *t, const struct node *n, struct error *e)
{
	static const enum tarw_type types[] = {
		[NODE_FILE] = TARW_FILE,
		[NODE_DIR] = TARW_DIR,
		[NODE_LINK] = TARW_LINK,
	};
	struct tarw_entry entry = {
		.path = n->path,
		.type = types[n->type],
		.mode = n->mode,
		.uid = n->uid,
		.gid = n->gid,
		.mtime = n->mtime,
		.target = n->target,
	};

	if (n->type == NODE_FILE)
		entry.size = n->content.size;
	return (tarw_entry(t, &entry, e) && (n->type != NODE_FILE || write_content(t, n, e))) ||
	       err_wrap(e, "/%s", n->path);
}

/* The tar of a plan, into `out`, which is finished. */
static bool write_tar(const struct layer_plan *p, struct sink *out, uint64_t *size, struct error *e)
{
	struct tarw t;

	tarw_init(&t, out);
	for (size_t i = 0; i < p->nodes.n; i++) {
		assert(i == 0 || strcmp(p->nodes.v[i - 1]->path, p->nodes.v[i]->path) < 0);
		if (!blob_write_node(&t, p->nodes.v[i], e))
			return false;
	}
	if (!tarw_finish(&t, e))
		return false;
	*size = t.size;
	return out->finish(out, e);
}

static bool write_digested(const struct layer_plan *p, struct sink *compressor, struct layer *out,
			   struct error *e)
{
	struct digest_sink diff;
	bool ok;

	digest_sink_init(&diff, compressor);
	ok = write_tar(p, &diff.base, &out->tar_size, e);
	out->diff_id = diff.digest;
	digest_sink_drop(&diff);
	return ok;
}

static bool write_gzip(const struct layer_plan *p, const struct gzip_library *library,
		       struct sink *to, unsigned jobs, struct layer *out, struct error *e)
{
	AUTO_ARENA a = { 0 };
	AUTO_GZIP g = { .live = false };

	return gzip_sink_init(&a, &g, library, to, jobs, e) && write_digested(p, &g.base, out, e);
}

static bool blob_write_zstd(const struct layer_plan *p, const struct zstd_library *library,
			    struct sink *to, unsigned jobs, struct layer *out, struct error *e)
{
	AUTO_ARENA a = { 0 };
	AUTO_ZSTD z = { .ctx = NULL };

	return zstd_sink_init(&a, &z, library, to, jobs, e) && write_digested(p, &z.base, out, e);
}

bool layer_blob_write(const struct store *s, const struct layer_plan *p, const struct compressor *c,
		      unsigned jobs, struct layer *out, struct error *e)
{
	AUTO_PUT put = STORE_PUT_INIT;
	struct last_sink last = { { last_write, last_finish }, &put.sink.base };

	return store_put_begin(s, &put, "a layer", e) &&
	       (c->format == COMPRESS_ZSTD ? blob_write_zstd(p, &c->zstd, &last.base, jobs, out, e)
					   : write_gzip(p, &c->gzip, &last.base, jobs, out, e)) &&
	       store_put_commit(&put, NULL, &out->digest, &out->size, e);
}
