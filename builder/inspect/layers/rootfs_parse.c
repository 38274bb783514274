/* SPDX-License-Identifier: Apache-2.0 */
/* From what the walk says, and from bytes, to facts. */

#include "inspect/layers/rootfs_parse.h"

#include "inspect/layers/rootfs_walk.h"
#include "inspect/layers/content_intake.h"
#include "inspect/layers/layer_wire.h"

#define FRAME_BYTES ((size_t)1 << 20)

struct rootfs_parser {
	struct arena *a; /* of the entry at hand */
	struct intake intake;
	struct item item;
	bool open; /* its content comes */
	struct sink *out;
};

static bool put_item(struct rootfs_parser *p, bool kept, struct error *e)
{
	struct buf message = { .a = p->a };

	layer_wire_put_item(&message, &p->item, kept);
	return frame_put(p->out, LAYER_ITEM, buf_str(&message), e);
}

static bool content_begin(struct rootfs_parser *p, struct str message, struct error *e)
{
	struct wire w = { .a = p->a, .rest = message };

	arena_free(p->a);
	p->item = (struct item){ .path = NULL };
	layer_wire_get_head(&w, &p->item);
	if (!wire_end(&w) || !p->item.path)
		return frame_nonsense(e);
	p->open = p->item.type == ITEM_FILE;
	if (!p->open)
		return put_item(p, false, e);
	intake_begin(&p->intake, p->item.path);
	return true;
}

/* Of a file that nobody may read all that could be told from some of its bytes is left out. */
static bool content_end(struct rootfs_parser *p, struct str message, struct error *e)
{
	struct wire w = { .a = p->a, .rest = message };
	struct item seen = p->item;
	uint64_t size;
	bool kept;

	p->item.unread = wire_flag(&w);
	size = wire_get(&w, INT64_MAX);
	p->open = false;
	if (!wire_end(&w) ||
	    !intake_end(&p->intake, p->a, p->item.unread ? &seen : &p->item, &kept, e))
		return e->kind == ERR_NONE && frame_nonsense(e);
	if (!p->item.unread)
		return put_item(p, kept, e);
	p->item.size = size;
	p->item.kind = size ? CONTENT_DATA : CONTENT_EMPTY;
	return put_item(p, false, e);
}

static bool take_frame(struct rootfs_parser *p, char kind, struct str message, struct error *e)
{
	if (kind == ROOTFS_REMARK)
		return frame_put(p->out, LAYER_REMARK, message, e);
	if (p->open != (kind != ROOTFS_ENTRY))
		return frame_nonsense(e);
	if (kind == ROOTFS_ENTRY)
		return content_begin(p, message, e);
	return kind == ROOTFS_BYTES ? intake_add(&p->intake, message, e)
				    : content_end(p, message, e);
}

static bool rootfs_frames(struct rootfs_parser *p, struct pipe_source *from, struct error *e)
{
	AUTO_ARENA a = { 0 };
	struct buf message = { .a = &a, .max = FRAME_BYTES };
	struct frames frames = { .from = &from->base, .kinds = ROOTFS_FRAMES };
	char kind;
	int got;

	while ((got = frames_whole(&frames, &kind, &message, e)) == 1) {
		if (!take_frame(p, kind, message.n ? buf_str(&message) : STR(""), e))
			return false;
	}
	return got == 0;
}

bool rootfs_parse(const struct layer_job *job, struct sink *out, struct error *e)
{
	AUTO_ARENA a = { 0 };
	AUTO_ARENA entry = { 0 };
	struct rootfs_parser p = { .a = &entry, .out = out };
	struct pipe_source from;
	struct buf message = { .a = &a };
	bool ok;

	intake_init(&p.intake, &a, job->keep, job->scratch, out);
	pipe_source_init(&from, job->fd, "the folder");
	ok = rootfs_frames(&p, &from, e) && (!p.open || frame_nonsense(e));
	intake_close(&p.intake);
	wire_put(&message, from.taken);
	return ok && frame_put(out, LAYER_END, buf_str(&message), e);
}
