/* SPDX-License-Identifier: Apache-2.0 */
/* Reads layers (image-spec v1.1.1, layer.md). Knows tar entries and whiteouts; how layers stack
 * is for model.c. */

#include "inspect/layers/layer_parse.h"

#include "inspect/image/expand.h"
#include "inspect/layers/content_intake.h"
#include "inspect/image/layer_tar.h"
#include "inspect/layers/layer_wire.h"
#include "base/path.h"

#define ODD "layer.odd-entry"	    /* runtimes differ */
#define UNTIDY "layer.untidy-entry" /* they agree */
#define AUFS ".wh..wh."
#define BOMB_FLOOR (1ull << 30) /* any layer may expand to 1 GiB, */
#define BOMB_RATIO 64		/* and to this many times its size beyond */

struct parser {
	const struct layer_job *job;
	struct intake intake;
	struct sink *out;
};

static bool layer_send(struct parser *p, enum layer_frame kind, const struct buf *message,
		       struct error *e)
{
	return frame_put(p->out, (char)kind, buf_str(message), e);
}

static bool layer_send_remark(struct parser *p, const char *rule, const char *path,
			      const char *text, struct error *e)
{
	AUTO_ARENA a = { 0 };
	struct buf message = { .a = &a };

	wire_put_text(&message, rule);
	wire_put_text(&message, path);
	wire_put_text(&message, text);
	return layer_send(p, LAYER_REMARK, &message, e);
}

static bool layer_send_removal(struct parser *p, const char *path, bool opaque, struct error *e)
{
	AUTO_ARENA a = { 0 };
	struct buf message = { .a = &a };

	wire_put_text(&message, path);
	wire_put(&message, opaque);
	return layer_send(p, LAYER_REMOVAL, &message, e);
}

/* A whiteout: ".wh.NAME" removes NAME, ".wh..wh..opq" all that lower layers have in its folder. */
static bool parse_whiteout(struct parser *p, struct arena *a, const char *path,
			   const struct layer_entry *x, struct error *e)
{
	const char *base = path_base(path) + strlen(".wh.");
	const char *dir = path_dir(a, path);

	if (strcmp(base, ".wh..opq") != 0 && strncmp(base, ".wh.", 4) == 0)
		return layer_send_remark(p, UNTIDY, path, "a marker of the aufs file system", e);
	if (x->type != '0' && x->type != '1')
		return err_set(e, ERR_INPUT, "whiteout %s is not a file", path);
	if (strcmp(base, ".wh..opq") == 0)
		return layer_send_removal(p, dir, true, e);
	if (!*base || strcmp(base, ".") == 0 || strcmp(base, "..") == 0)
		return err_set(e, ERR_INPUT, "whiteout %s removes nothing", path);
	return layer_send_removal(p, *dir ? arena_printf(a, "%s/%s", dir, base) : base, false, e);
}

/* Archives from before Docker 1.10 have the folders of aufs at the root; runtimes of today leave
 * them out, or unpack them like all others. */
static bool below_whiteout(struct parser *p, const char *path, struct error *e)
{
	bool aufs = strncmp(path, AUFS, strlen(AUFS)) == 0 && !strstr(path, "/.wh.");

	if (!aufs)
		return err_set(e, ERR_INPUT, "%s stands below a whiteout", path);
	return layer_send_remark(p, ODD, path,
				 "it is in a folder of the aufs file system: some "
				 "runtimes leave it out",
				 e);
}

/* Git writes one; umoci fails, docker and podman pass by, but remove what has its name. */
static bool global_header(struct parser *p, const char *path, struct error *e)
{
	const char *base = path_base(path);

	if (strcmp(base, "pax_global_header") != 0 && strncmp(base, "GlobalHead.", 11) != 0)
		return err_set(
			e, ERR_INPUT,
			"a global header has the name %s: some runtimes remove what is there",
			path);
	return layer_send_remark(p, ODD, NULL, "it has a global pax header; some runtimes fail", e);
}

static bool odd_name(struct parser *p, const struct layer_entry *x, const char *path,
		     struct error *e)
{
	if (x->name.n && x->name.p[0] == '/' &&
	    !layer_send_remark(p, UNTIDY, path, "its name begins with a slash", e))
		return false;
	if (x->type == '3' && x->major == 0 && x->minor == 0 &&
	    !layer_send_remark(p, ODD, path, "a device 0:0, which overlayfs takes for a whiteout",
			       e))
		return false;
	return !x->overlay || layer_send_remark(p, ODD, path,
						"it has an attribute that only some runtimes obey "
						"(trusted.overlay.* and the like)",
						e);
}

static enum item_type entry_item_type(char type)
{
	switch (type) {
	case '1':
		return ITEM_HARD;
	case '2':
		return ITEM_LINK;
	case '3':
		return ITEM_CHAR;
	case '4':
		return ITEM_BLOCK;
	case '5':
		return ITEM_DIR;
	case '6':
		return ITEM_FIFO;
	default:
		return ITEM_FILE;
	}
}

static bool link_of(struct arena *a, const struct layer_entry *x, struct item *item,
		    struct error *e)
{
	if (item->type == ITEM_LINK) {
		if (x->link.n == 0 || x->link.n > 4095)
			return err_set(e, ERR_INPUT, "%s: a link's target has 1 to 4095 bytes",
				       item->path);
		item->target = str_dup(a, x->link);
	}
	if (item->type != ITEM_HARD)
		return true;
	if (!path_normalise(a, x->link, &item->target, e))
		return err_wrap(e, "hard link %s", item->path);
	return *item->target || err_set(e, ERR_INPUT, "hard link %s names no file", item->path);
}

static bool parse_content(struct parser *p, struct arena *a, struct layer_tar *t, struct item *item,
			  bool *kept, struct error *e)
{
	struct str chunk;
	int got;

	intake_begin(&p->intake, item->path);
	while ((got = layer_tar_read(t, &chunk, e)) == 1)
		if (!intake_add(&p->intake, chunk, e))
			return false;
	return got == 0 && intake_end(&p->intake, a, item, kept, e);
}

static bool send_item(struct parser *p, struct arena *a, struct layer_tar *t,
		      const struct layer_entry *x, const char *path, struct error *e)
{
	struct item item = {
		.path = path,
		.mtime = x->mtime,
		.uid = (uint32_t)x->uid,
		.gid = (uint32_t)x->gid,
		.mode = (uint16_t)x->mode,
		.type = (uint8_t)entry_item_type(x->type),
		.capabilities = x->capability.n != 0,
	};
	struct buf message = { .a = a };
	bool kept = false;

	if (!link_of(a, x, &item, e) ||
	    (item.type == ITEM_FILE && !parse_content(p, a, t, &item, &kept, e)))
		return false;
	layer_wire_put_item(&message, &item, kept);
	return layer_send(p, LAYER_ITEM, &message, e);
}

static bool parse_layer_entry(struct parser *p, struct layer_tar *t, const struct layer_entry *x,
			      struct error *e)
{
	AUTO_ARENA a = { 0 };
	const char *path;

	if (!path_normalise(&a, x->name, &path, e))
		return false;
	if (x->type == 'g')
		return global_header(p, path, e);
	if (!*path)
		return x->type == '5' ||
		       err_set(e, ERR_INPUT, "the root of the layer is not a folder");
	if (strncmp(path_base(path), ".wh.", 4) == 0)
		return parse_whiteout(p, &a, path, x, e);
	if ((strstr(path, "/.wh.") || strncmp(path, ".wh.", 4) == 0) && !below_whiteout(p, path, e))
		return false;
	if (x->uid > UINT32_MAX || x->gid > UINT32_MAX)
		return err_set(e, ERR_INPUT, "%s: owner ids have 32 bits", path);
	return odd_name(p, x, path, e) && send_item(p, &a, t, x, path, e);
}

static uint64_t budget_of(const struct layer_job *job)
{
	uint64_t size = job->size;
	uint64_t more;

	if (job->keep && job->keep->expand_max)
		return job->keep->expand_max;
	return __builtin_mul_overflow(size, (uint64_t)BOMB_RATIO, &more) || more > INT64_MAX
		       ? INT64_MAX
		       : more + BOMB_FLOOR;
}

static bool parse_layer_entries(struct parser *p, struct source *from, struct error *e)
{
	AUTO_ARENA names = { 0 };
	struct layer_entry x;
	struct layer_tar t;
	uint64_t extra;
	int got;

	layer_tar_init(&t, from, &names);
	t.holes_max = budget_of(p->job);
	while ((got = layer_tar_next(&t, &x, e)) == 1)
		if (!parse_layer_entry(p, &t, &x, e))
			return err_wrap(e, "entry at offset %llu", (unsigned long long)x.offset);
	if (got < 0 || !layer_tar_drain(&t, &extra, e))
		return false;
	if (t.cut &&
	    !layer_send_remark(p, UNTIDY, NULL, "the tar ends without its last padding", e))
		return false;
	return !extra ||
	       layer_send_remark(p, UNTIDY, NULL, "other bytes follow the end of the tar", e);
}

static bool first_bytes(const struct layer_job *job, struct str *out, char buf[static 4],
			struct error *e)
{
	size_t n = job->size < 4 ? (size_t)job->size : 4;

	*out = (struct str){ buf, n };
	return fd_pread(job->fd, buf, n, job->offset, "layer", e);
}

static bool compare_media_type(struct parser *p, enum layer_codec codec, struct error *e)
{
	const char *type = p->job->layer->media_type;
	enum layer_codec said = LAYER_PLAIN;

	if (!type)
		return true;
	if (str_ends(str_of(type), STR("gzip")))
		said = LAYER_GZIP;
	else if (str_ends(str_of(type), STR("zstd")))
		said = LAYER_ZSTD;
	return said == codec ||
	       layer_send_remark(p, "image.inconsistent", NULL,
				 "its compression is not what its media type says", e);
}

/* The size of the tar, once it was seen to be the one that the config names. */
static bool send_end(struct parser *p, struct hash_source *tar, struct error *e)
{
	struct content_digest found = content_hash_end(&tar->hash);
	AUTO_ARENA a = { 0 };
	struct buf message = { .a = &a };

	if (!content_digest_eq(&found, &p->job->layer->diff_id))
		return err_set(e, ERR_INPUT,
			       "the tar does not have the diff_id of the config: it is %s",
			       content_digest_text(&a, &found));
	wire_put(&message, tar->size);
	return layer_send(p, LAYER_END, &message, e);
}

bool layer_parse(const struct layer_job *job, struct sink *out, struct error *e)
{
	AUTO_ARENA a = { 0 };
	struct parser p = { .job = job, .out = out };
	AUTO_HASH_SOURCE tar = { .size = 0 };
	AUTO_EXPAND expand = { .state = NULL };
	struct fd_source file;
	enum layer_codec codec;
	struct str first;
	char buf[4];
	bool ok;

	if (!first_bytes(job, &first, buf, e))
		return false;
	codec = layer_codec_of(first);
	if (!compare_media_type(&p, codec, e))
		return false;
	fd_source_init(&file, job->fd, job->offset, job->size, "the blob");
	if (!expand_open(&expand, &file.base, codec, budget_of(job), e))
		return false;
	hash_source_init(&tar, &expand.base, job->layer->diff_id.sha512);
	intake_init(&p.intake, &a, job->keep, job->scratch, out);
	ok = parse_layer_entries(&p, &tar.base, e) && send_end(&p, &tar, e);
	intake_close(&p.intake);
	return ok;
}
