/* SPDX-License-Identifier: Apache-2.0 */
/* Reads layers (image-spec v1.1.1, layer.md). Knows tar entries and whiteouts; how layers stack
 * is for model.c. */

#include "audit/layer.h"

#include <stdio.h>
#include <stdlib.h>

#include "audit/expand.h"
#include "audit/layer_tar.h"
#include "tree/tree.h"

#define BOMB_FLOOR (1ull << 30)		/* any layer may expand to 1 GiB, */
#define BOMB_RATIO 64			/* and to this many times its size beyond */

struct reader {
	struct arena *a, *lists;
	struct model *model;
	struct intake *intake;
	struct layer_budget *budget;
	struct change *out;
	size_t index;
};

static void remark(struct reader *r, const char *rule, const char *path, const char *text)
{
	*list_push(r->a, &r->model->remarks) = (struct layer_remark){
		rule, path, arena_printf(r->a, "layer %zu: %s", r->index + 1, text) };
}

static bool spend(struct reader *r, size_t name, struct error *e)
{
	r->budget->entries++;
	r->budget->names += name;
	if (r->budget->entries > ENTRIES_MAX)
		return err_set(e, ERR_INPUT, "the layers have more than %d entries", ENTRIES_MAX);
	return r->budget->names <= NAMES_MAX ||
	       err_set(e, ERR_INPUT, "the names in the layers have more than %u bytes", NAMES_MAX);
}

/* A whiteout: ".wh.NAME" removes NAME, ".wh..wh..opq" all that lower layers have in its folder. */
static bool whiteout(struct reader *r, const char *path, const struct layer_entry *x, struct error *e)
{
	const char *base = path_base(path) + strlen(".wh.");
	const char *dir = path_dir(r->a, path);

	if (x->type != '0' && x->type != '1')
		return err_set(e, ERR_INPUT, "whiteout %s is not a file", path);
	if (strcmp(base, ".wh..opq") == 0) {
		*list_push(r->lists, &r->out->removes) = (struct removal){ dir, true };
		return true;
	}
	if (strncmp(base, ".wh.", 4) == 0) {
		remark(r, "layer.odd-entry", path, "a marker of the aufs file system");
		return true;
	}
	if (!*base || strcmp(base, ".") == 0 || strcmp(base, "..") == 0)
		return err_set(e, ERR_INPUT, "whiteout %s removes nothing", path);
	*list_push(r->lists, &r->out->removes) = (struct removal){
		*dir ? arena_printf(r->a, "%s/%s", dir, base) : base, false };
	return true;
}

static void odd_name(struct reader *r, const struct layer_entry *x, const char *path)
{
	if (x->name.n && x->name.p[0] == '/')
		remark(r, "layer.odd-entry", path, "its name begins with a slash");
	if (x->overlay)
		remark(r, "layer.odd-entry", path, "it has a trusted.overlay.* attribute");
}

static enum item_type type_of(char type)
{
	switch (type) {
	case '1': return ITEM_HARD;
	case '2': return ITEM_LINK;
	case '3': return ITEM_CHAR;
	case '4': return ITEM_BLOCK;
	case '5': return ITEM_DIR;
	case '6': return ITEM_FIFO;
	default: return ITEM_FILE;
	}
}

static bool link_of(struct reader *r, const struct layer_entry *x, struct item *item, struct error *e)
{
	if (item->type == ITEM_LINK) {
		if (x->link.n == 0 || x->link.n > 4095)
			return err_set(e, ERR_INPUT, "%s: a link's target has 1 to 4095 bytes",
				       item->path);
		item->target = str_dup(r->a, x->link);
	}
	if (item->type != ITEM_HARD)
		return true;
	if (!path_normalise(r->a, x->link, &item->target, e))
		return err_wrap(e, "hard link %s", item->path);
	return *item->target || err_set(e, ERR_INPUT, "hard link %s names no file", item->path);
}

static bool content(struct reader *r, struct layer_tar *t, struct item *item, struct error *e)
{
	struct str chunk;
	int got;

	intake_begin(r->intake, item->path);
	while ((got = layer_tar_read(t, &chunk, e)) == 1)
		if (!intake_add(r->intake, chunk, e))
			return false;
	return got == 0 && intake_end(r->intake, item, e);
}

static bool entry(struct reader *r, struct layer_tar *t, const struct layer_entry *x, struct error *e)
{
	const char *path;
	struct item *item;

	if (!spend(r, x->name.n + x->link.n, e) || !path_normalise(r->a, x->name, &path, e))
		return false;
	if (!*path)
		return x->type == '5' ||
		       err_set(e, ERR_INPUT, "the root of the layer is not a folder");
	if (strncmp(path_base(path), ".wh.", 4) == 0)
		return whiteout(r, path, x, e);
	if (strstr(path, "/.wh.") || strncmp(path, ".wh.", 4) == 0)
		return err_set(e, ERR_INPUT, "%s stands below a whiteout", path);
	if (x->uid > UINT32_MAX || x->gid > UINT32_MAX)
		return err_set(e, ERR_INPUT, "%s: owner ids have 32 bits", path);
	odd_name(r, x, path);
	item = arena_alloc(r->a, sizeof(*item));
	*item = (struct item){
		.path = path, .mtime = x->mtime, .uid = (uint32_t)x->uid, .gid = (uint32_t)x->gid,
		.mode = (uint16_t)x->mode, .layer = (uint16_t)r->index,
		.type = (uint8_t)type_of(x->type), .capabilities = x->capability.n != 0,
	};
	*list_push(r->lists, &r->out->adds) = item;
	if (!link_of(r, x, item, e))
		return false;
	return item->type != ITEM_FILE || content(r, t, item, e);
}

static bool entries(struct reader *r, struct source *from, struct error *e)
{
	AUTO_ARENA scratch = { 0 };
	struct layer_entry x;
	struct layer_tar t;
	uint64_t extra;
	int got;

	layer_tar_init(&t, from, &scratch);
	while ((got = layer_tar_next(&t, &x, e)) == 1)
		if (!entry(r, &t, &x, e))
			return err_wrap(e, "entry at offset %llu", (unsigned long long)x.offset);
	if (got < 0 || !layer_tar_drain(&t, &extra, e))
		return false;
	if (t.cut)
		remark(r, "layer.odd-entry", NULL, "the tar ends without its last padding");
	if (extra)
		remark(r, "layer.odd-entry", NULL, "other bytes follow the end of the tar");
	return true;
}

static bool first_bytes(const struct part *p, struct str *out, char buf[static 4], struct error *e)
{
	size_t n = p->size < 4 ? (size_t)p->size : 4;

	*out = (struct str){ buf, n };
	return fd_pread(p->fd, buf, n, p->offset, "layer", e);
}

static uint64_t budget_of(uint64_t size)
{
	uint64_t more;

	return __builtin_mul_overflow(size, (uint64_t)BOMB_RATIO, &more) || more > INT64_MAX
		       ? INT64_MAX : more + BOMB_FLOOR;
}

static void compare_media_type(struct reader *r, const struct image_layer *l, enum layer_codec codec)
{
	enum layer_codec said = LAYER_PLAIN;

	if (!l->media_type)
		return;
	if (str_ends(str_of(l->media_type), STR("gzip")))
		said = LAYER_GZIP;
	else if (str_ends(str_of(l->media_type), STR("zstd")))
		said = LAYER_ZSTD;
	if (said != codec)
		remark(r, "image.inconsistent", NULL,
		       "its compression is not what its media type says");
}

static bool check_digests(struct reader *r, const struct image_layer *l, struct hash_source *blob,
			  struct hash_source *tar, struct error *e)
{
	struct digest found = digest_end(&blob->hash);

	if (l->has_digest && !digest_eq(&found, &l->digest))
		return err_set(e, ERR_INPUT, "the blob does not have the digest of its descriptor: it "
			       "is sha256:%s", digest_hex_dup(r->a, &found));
	found = digest_end(&tar->hash);
	if (!digest_eq(&found, &l->diff_id))
		return err_set(e, ERR_INPUT, "the tar does not have the diff_id of the config: it is "
			       "sha256:%s", digest_hex_dup(r->a, &found));
	return true;
}

static bool through(struct reader *r, const struct image_layer *l, const struct part *p,
		    struct error *e)
{
	AUTO_HASH_SOURCE blob = { .size = 0 };
	AUTO_HASH_SOURCE tar = { .size = 0 };
	AUTO_EXPAND expand = { .state = NULL };
	struct layer_stat *stat = &r->model->layers.v[r->index];
	struct fd_source file;
	enum layer_codec codec;
	struct str first;
	char buf[4];

	if (!first_bytes(p, &first, buf, e))
		return false;
	codec = layer_codec_of(first);
	compare_media_type(r, l, codec);
	fd_source_init(&file, p->fd, p->offset, p->size, "the blob");
	hash_source_init(&blob, &file.base);
	if (!expand_open(&expand, &blob.base, codec, budget_of(p->size), e))
		return false;
	hash_source_init(&tar, &expand.base);
	if (!entries(r, &tar.base, e))
		return false;
	stat->tar_size = tar.size;
	stat->entries = r->out->adds.n + r->out->removes.n;
	return check_digests(r, l, &blob, &tar, e);
}

bool layer_read(struct arena *a, struct arena *lists, const struct bundle *b, struct intake *in,
		size_t index, struct layer_budget *budget, struct change *out, struct error *e)
{
	const struct image_layer *l = &in->model->image->layers.v[index];
	struct reader r = { a, lists, in->model, in, budget, out, index };
	AUTO_PART part = PART_INIT;

	if (!bundle_part(b, l->part, &part, e))
		return false;
	if (part.size != l->size)
		return err_set(e, ERR_INPUT, "the blob has %llu bytes, its descriptor says %llu",
			       (unsigned long long)part.size, (unsigned long long)l->size);
	return through(&r, l, &part, e);
}
