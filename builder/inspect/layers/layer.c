/* SPDX-License-Identifier: Apache-2.0 */
/* The parent's side of reading a layer: starts a child in a jail, hashes the blob meanwhile, and
 * takes what the child says, believing none of it. */

#include "inspect/layers/layer.h"

#include "inspect/layers/rootfs_parse.h"
#include "inspect/layers/content_intake.h"
#include "inspect/layers/layer_wire.h"
#include "inspect/image/scratch_file.h"
#include "inspect/layers/content_sums.h"
#include "base/path.h"

#define MESSAGE_MAX ((size_t)64 << 20)
#define ROOTFS_SECONDS 14400
#define SECONDS_MIN 300		   /* of processor time for any layer, */
#define BYTES_A_SECOND (1u << 20)  /* and one more for each of so many of its bytes, */
#define ZEROS_A_SECOND (32u << 20) /* or of those that it was allowed to expand to */

struct layer_collector {
	struct arena *a, *lists;
	struct model *model;
	struct layer_budget *budget;
	struct change *out;
	size_t index;
	uint64_t pending; /* bytes of the text of the item to come */
	bool ended;
};

static bool layer_spend_budget(struct layer_collector *c, size_t names, struct error *e)
{
	c->budget->entries++;
	c->budget->names += names;
	if (c->budget->entries > ENTRIES_MAX)
		return err_set(e, ERR_INPUT, "the layers have more than %d entries", ENTRIES_MAX);
	return c->budget->names <= NAMES_MAX ||
	       err_set(e, ERR_INPUT, "the names in the layers have more than %u bytes", NAMES_MAX);
}

static bool layer_take_text(struct layer_collector *c, struct str text, struct error *e)
{
	struct model *m = c->model;

	if (c->pending + text.n > keep_max_of(c->budget->keep))
		return frame_nonsense(e);
	if (!scratch_open(&m->kept, e) ||
	    !scratch_write(m->kept, text, m->kept_size + c->pending, e))
		return false;
	c->pending += text.n;
	return true;
}

static bool take_item(struct layer_collector *c, struct wire *w, struct error *e)
{
	bool kept;
	struct item *i = layer_wire_get_item(w, &kept);

	if (!i || (kept && i->size != c->pending))
		return frame_nonsense(e);
	if (kept) {
		i->kept_at = c->model->kept_size + 1;
		c->model->kept_size += i->size;
	}
	c->pending = 0;
	i->layer = (uint16_t)c->index;
	*list_push(c->lists, &c->out->adds) = i;
	return layer_spend_budget(c, strlen(i->path) + (i->target ? strlen(i->target) : 0), e);
}

static bool take_removal(struct layer_collector *c, struct wire *w, struct error *e)
{
	struct removal r = { .path = wire_name(w), .opaque = wire_flag(w), .at = c->out->adds.n };
	const char *normal;

	if (!wire_end(w) || (!*r.path && !r.opaque))
		return frame_nonsense(e);
	if (!path_normalise(c->a, str_of(r.path), &normal, e))
		return false;
	if (strcmp(normal, r.path) != 0)
		return frame_nonsense(e);
	*list_push(c->lists, &c->out->removes) = r;
	return layer_spend_budget(c, strlen(r.path), e);
}

static bool take_remark(struct layer_collector *c, struct wire *w, struct error *e)
{
	const char *said = wire_name(w), *path = wire_text(w), *text = wire_name(w);
	static const char *const rules[] = { "layer.odd-entry",	   "layer.untidy-entry",
					     "image.inconsistent", "rootfs.unreadable",
					     "rootfs.left-out",	   "rootfs.owner" };
	struct layer_remark remark = { NULL, path, NULL };

	for (size_t i = 0; i < ARRAY_SIZE(rules); i++)
		if (strcmp(said, rules[i]) == 0)
			remark.rule = rules[i];
	if (!wire_end(w) || !remark.rule)
		return frame_nonsense(e);
	remark.text = c->model->image && c->model->image->rootfs
			      ? text
			      : arena_printf(c->a, "layer %zu: %s", c->index + 1, text);
	*list_push(c->a, &c->model->remarks) = remark;
	return layer_spend_budget(c, path ? strlen(path) : 0, e);
}

static bool take_end(struct layer_collector *c, struct wire *w, struct error *e)
{
	struct layer_stat *stat = &c->model->layers.v[c->index];

	stat->tar_size = wire_get(w, INT64_MAX);
	stat->entries = c->out->adds.n + c->out->removes.n;
	c->ended = true;
	return wire_end(w) || frame_nonsense(e);
}

static bool layer_take(void *to, char kind, struct str message, struct error *e)
{
	struct layer_collector *c = to;
	struct wire w = { .a = c->a, .rest = message };

	if (c->ended)
		return frame_nonsense(e);
	c->budget->said += message.n;
	if (c->budget->said > (uint64_t)SAID_GIB << 30)
		return err_set(e, ERR_INPUT, "the layers hold more than %u GiB of texts and facts",
			       SAID_GIB);
	switch (kind) {
	case LAYER_TEXT:
		return layer_take_text(c, message, e);
	case LAYER_ITEM:
		return take_item(c, &w, e);
	case LAYER_REMOVAL:
		return take_removal(c, &w, e);
	case LAYER_REMARK:
		return take_remark(c, &w, e);
	default:
		return take_end(c, &w, e);
	}
}

bool layer_collect(struct arena *a, struct arena *lists, struct source *said, struct model *m,
		   size_t index, struct layer_budget *budget, struct change *out, struct error *e)
{
	struct layer_collector c = {
		.a = a, .lists = lists, .model = m, .budget = budget, .out = out, .index = index
	};

	return frames_each(said, LAYER_FRAMES, MESSAGE_MAX, layer_take, &c, e) &&
	       (c.ended || frame_nonsense(e));
}

static unsigned seconds_for(uint64_t size, const struct keep_rule *keep)
{
	uint64_t more = size / BYTES_A_SECOND + (keep ? keep->expand_max / ZEROS_A_SECOND : 0);

	return SECONDS_MIN + (unsigned)(more > 86400 ? 86400 : more);
}

static bool layer_parse_child(void *ctx, struct sink *out, struct error *e)
{
	return layer_parse(ctx, out, e);
}

static bool parse_folder(void *ctx, struct sink *out, struct error *e)
{
	return rootfs_parse(ctx, out, e);
}

/* A root file system in a folder takes as long as it takes. */
static bool rootfs_start(struct layer_reader *r, const struct bundle *b,
			 const struct image_layer *l, size_t index, const struct keep_rule *keep,
			 struct error *e)
{
	const struct jail_limits limits = { (uint64_t)2 << 30, ROOTFS_SECONDS, 4 * ROOTFS_SECONDS };
	struct jail_files files;

	if (!scratch_open(&r->scratch, e) ||
	    !rootfs_feed_open(&r->feed, b->fd, keep ? keep->expand_max : 0, e))
		return false;
	r->job = (struct layer_job){ l, index, keep, r->feed.in, 0, 0, r->scratch };
	files = (struct jail_files){ { r->feed.in, -1 }, r->scratch, INTAKE_ELF_MAX };
	return jail_start(&r->jail, "the folder", &limits, &files, parse_folder, &r->job, e) &&
	       rootfs_feed_start(&r->feed, e);
}

static void layer_tell_begin(struct layer_reader *r, const struct image_layer *l)
{
	r->progress = r->job.keep ? r->job.keep->progress : NULL;
	r->told = r->progress ? r->jail.pid : 0;
	progress_child_begin(r->progress, r->told, "audit layer", l->part);
}

static void layer_tell_end(struct layer_reader *r, uint64_t bytes)
{
	if (r->told)
		progress_child_end(r->progress, r->told, bytes);
	r->told = 0;
}

bool layer_start(struct layer_reader *r, const struct bundle *b, const struct image_facts *image,
		 size_t index, const struct keep_rule *keep, struct error *e)
{
	const struct image_layer *l = &image->layers.v[index];
	unsigned seconds = seconds_for(l->size, keep);
	struct jail_limits limits = { (uint64_t)2 << 30, seconds, 4 * seconds };
	struct jail_files files;

	if (b->form == BUNDLE_ROOTFS)
		return rootfs_start(r, b, l, index, keep, e);
	r->remembers = layer_memo_key(l, keep, &r->key);
	r->known = r->remembers ? layer_memo_hold(keep->memo, &r->key) : NULL;
	r->job = (struct layer_job){ .layer = l, .index = index, .keep = keep, .fd = -1 };
	if (r->known && keep->memo->stands_for_blobs)
		return true;
	if (!bundle_part(b, l->part, &r->part, e))
		return false;
	if (r->part.size != l->size)
		return err_set(e, ERR_INPUT, "the blob has %llu bytes, its descriptor says %llu",
			       (unsigned long long)r->part.size, (unsigned long long)l->size);
	if (!r->known && !scratch_open(&r->scratch, e))
		return false;
	r->job = (struct layer_job){ l,		 index,		 keep,
				     r->part.fd, r->part.offset, r->part.size,
				     r->scratch };
	if (r->known)
		return true;
	files = (struct jail_files){ { r->part.fd, -1 }, r->scratch, INTAKE_ELF_MAX };
	if (!jail_start(&r->jail, "the layer", &limits, &files, layer_parse_child, &r->job, e))
		return false;
	layer_tell_begin(r, l);
	return true;
}

static bool layer_hash(const struct layer_job *job, struct error *e)
{
	AUTO_ARENA a = { 0 };
	AUTO_HASH_SOURCE blob = { .size = 0 };
	struct fd_source file;
	struct content_digest found;
	struct str chunk;
	int got;

	fd_source_init(&file, job->fd, job->offset, job->size, "the blob");
	hash_source_init(&blob, &file.base, job->layer->digest.sha512);
	while ((got = blob.base.next(&blob.base, &chunk, e)) == 1)
		;
	found = content_hash_end(&blob.hash);
	return got == 0 && (content_digest_eq(&found, &job->layer->digest) ||
			    err_set(e, ERR_INPUT,
				    "the blob does not have the digest of its "
				    "descriptor: it is %s",
				    content_digest_text(&a, &found)));
}

/* The bytes that the child parses are those that the manifest names. A blob that is a file of its
 * own is hashed once in a run. */
static bool layer_check_digest(const struct layer_job *job, struct error *e)
{
	struct layer_memo *memo = job->keep ? job->keep->memo : NULL;
	struct store_verified *hashed = memo ? layer_memo_hashed(memo) : NULL;
	struct digest digest;
	struct timespec now;
	struct stat st;

	if (!job->layer->has_digest || job->fd < 0)
		return true;
	if (!hashed || job->layer->digest.sha512 || fstat(job->fd, &st) < 0 || job->offset != 0 ||
	    (uint64_t)st.st_size != job->size)
		return layer_hash(job, e);
	memcpy(digest.b, job->layer->digest.b, sizeof(digest.b));
	if (verified_has(hashed, &digest, &st))
		return true;
	clock_gettime(CLOCK_REALTIME, &now);
	if (!layer_hash(job, e))
		return false;
	if (!verified_is_young(&st, &now))
		verified_note(hashed, &digest, &st);
	return true;
}

static bool layer_hear(struct layer_reader *r, struct arena *a, struct arena *lists,
		       struct model *m, struct layer_budget *budget, struct change *out,
		       struct error *e)
{
	AUTO_ARENA scratch = { 0 };
	struct heard_source listener;
	struct str_source known;

	if (r->known) {
		str_source_init(&known, r->known->said, "the layer");
		return layer_collect(a, lists, &known.base, m, r->job.index, budget, out, e);
	}
	if (!r->remembers)
		return layer_collect(a, lists, &r->jail.base, m, r->job.index, budget, out, e);
	heard_source_init(&scratch, &listener, &r->jail.base, layer_memo_room(r->job.keep->memo));
	if (!layer_collect(a, lists, &listener.base, m, r->job.index, budget, out, e))
		return false;
	if (!listener.heard.overflow)
		layer_memo_note(r->job.keep->memo, &r->key, buf_str(&listener.heard), true);
	return true;
}

static void layer_forget_known(struct layer_reader *r)
{
	if (r->known)
		layer_memo_release(r->job.keep->memo, r->known);
	r->known = NULL;
}

bool layer_finish(struct layer_reader *r, struct arena *a, struct arena *lists, struct model *m,
		  struct layer_budget *budget, struct change *out, struct error *e)
{
	bool ok = layer_check_digest(&r->job, e) && layer_hear(r, a, lists, m, budget, out, e);
	struct error walk = { 0 };

	layer_tell_end(r, r->part.size);
	layer_forget_known(r);
	jail_drop(&r->jail);
	if (!rootfs_feed_end(&r->feed,
			     &walk)) { /* the child then misses something, and this is why */
		*e = walk;
		ok = false;
	}
	part_drop(&r->part);
	r->part = (struct part)PART_INIT;
	return ok;
}

void layer_drop(struct layer_reader *r)
{
	layer_tell_end(r, 0);
	layer_forget_known(r);
	jail_drop(&r->jail);
	rootfs_feed_drop(&r->feed);
	part_drop(&r->part);
	fd_closep(&r->scratch);
}
