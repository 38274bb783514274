/* SPDX-License-Identifier: Apache-2.0 */
/* Layers are told apart by their diff_ids; the first that differs is read entry by entry, by a
 * child in a jail. */

#include "inspect/compare/compare.h"

#include "inspect/compare/diff.h"
#include "inspect/layers/layer_stream.h"
#include "base/frames.h"
#include "base/jail.h"
#include "base/path.h"
#include "base/wire.h"

struct comparing {
	struct arena *a;
	const char *name; /* of the other image */
	struct parting *first;
};

/* Two layers, side by side. */
struct part_pair {
	struct comparing *c;
	struct layer_tar *x, *y;
};

static bool part_at(struct comparing *c, const char *path, const char *what)
{
	c->first->path = path;
	c->first->what = what;
	return true;
}

static const char *entry_path(struct arena *a, struct str name)
{
	AUTO_ARENA scratch = { 0 };
	struct error ignored = { 0 };
	const char *path;

	return path_normalise(&scratch, name, &path, &ignored) ? arena_printf(a, "/%s", path)
							       : str_dup(a, name);
}

static const char *describe_both_values(struct comparing *c, const char *of, const char *x,
					const char *y)
{
	return arena_printf(c->a, "%s %s, in %s %s", of, x, c->name, y);
}

static const char *mode_octal(struct arena *a, unsigned mode)
{
	return arena_printf(a, "%04o", mode);
}

static const char *entry_kind(char type)
{
	static const struct {
		char type;
		const char *name;
	} kinds[] = {
		{ '1', "a hard link" }, { '2', "a link" },   { '3', "a device" },
		{ '4', "a device" },	{ '5', "a folder" }, { '6', "a FIFO" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
		if (kinds[i].type == type)
			return kinds[i].name;
	return "a file";
}

/* What headers say, in the order in which it matters to people. NULL: they agree. */
static const char *compare_headers(struct comparing *c, const struct layer_entry *x,
				   const struct layer_entry *y)
{
	struct arena *a = c->a;

	if (x->type != y->type)
		return describe_both_values(c, "it is", entry_kind(x->type), entry_kind(y->type));
	if (!str_eq(x->link, y->link))
		return describe_both_values(c, "target", str_dup(a, x->link), str_dup(a, y->link));
	if (x->mode != y->mode)
		return describe_both_values(c, "mode", mode_octal(a, x->mode),
					    mode_octal(a, y->mode));
	if (x->uid != y->uid || x->gid != y->gid)
		return describe_both_values(c, "owner",
					    arena_printf(a, "%llu:%llu", (unsigned long long)x->uid,
							 (unsigned long long)x->gid),
					    arena_printf(a, "%llu:%llu", (unsigned long long)y->uid,
							 (unsigned long long)y->gid));
	if (x->mtime != y->mtime)
		return describe_both_values(c, "time", arena_printf(a, "%lld", (long long)x->mtime),
					    arena_printf(a, "%lld", (long long)y->mtime));
	if (!str_eq(x->capability, y->capability))
		return "other capabilities";
	if (x->major != y->major || x->minor != y->minor)
		return "another device number";
	return NULL;
}

/* Fills an empty piece with the next one; false at the end of the content. */
static int refill_piece(struct layer_tar *t, struct str *chunk, struct error *e)
{
	return chunk->n ? 1 : layer_tar_read(t, chunk, e);
}

/* 1: they part at *at, 0: equal content, -1 error */
static int compare_contents(struct part_pair *p, uint64_t *at, unsigned char byte[static 2],
			    struct error *e)
{
	struct str x = { NULL, 0 }, y = { NULL, 0 };

	for (*at = 0;;) {
		int gx = refill_piece(p->x, &x, e), gy = gx < 0 ? -1 : refill_piece(p->y, &y, e);
		size_t n = x.n < y.n ? x.n : y.n, i = 0;

		if (gx < 0 || gy < 0)
			return -1;
		if (gx == 0 || gy == 0)
			return gx != gy ? 2 : 0;
		while (i < n && x.p[i] == y.p[i])
			i++;
		*at += i;
		if (i < n) {
			byte[0] = (unsigned char)x.p[i];
			byte[1] = (unsigned char)y.p[i];
			return 1;
		}
		x = str_from(x, n);
		y = str_from(y, n);
	}
}

/* 1: they part, 0: they are equal, -1 error. The entries have the same name. */
static int compare_tar_entries(struct part_pair *p, const struct layer_entry *x,
			       const struct layer_entry *y, struct error *e)
{
	struct comparing *c = p->c;
	const char *path = entry_path(c->a, x->name), *what = compare_headers(c, x, y);
	unsigned char byte[2] = { 0, 0 };
	uint64_t sizes[2] = { x->size, y->size };
	uint64_t at;
	int got;

	if (what)
		return part_at(c, path, what);
	got = compare_contents(p, &at, byte, e);
	if (got <= 0)
		return got;
	c->first->has_offset = true;
	c->first->offset = at;
	if (got == 2)
		return part_at(c, path,
			       describe_both_values(c, "size",
						    arena_printf(c->a, "%llu",
								 (unsigned long long)sizes[0]),
						    arena_printf(c->a, "%llu",
								 (unsigned long long)sizes[1])));
	return part_at(c, path,
		       describe_both_values(c, "byte", arena_printf(c->a, "0x%02x", byte[0]),
					    arena_printf(c->a, "0x%02x", byte[1])));
}

static int is_extra(struct comparing *c, const struct layer_entry *x)
{
	return part_at(c, entry_path(c->a, x->name),
		       arena_printf(c->a, "%s has no such entry", c->name));
}

static int is_missing(struct comparing *c, const struct layer_entry *y)
{
	return part_at(c, entry_path(c->a, y->name),
		       arena_printf(c->a, "it is missing; %s has it", c->name));
}

static int compare_tars(struct part_pair *p, struct error *e)
{
	for (;;) {
		struct layer_entry x, y;
		int gx = layer_tar_next(p->x, &x, e);
		int gy = gx < 0 ? -1 : layer_tar_next(p->y, &y, e), got;

		if (gx < 0 || gy < 0)
			return -1;
		if (gx == 0 && gy == 0)
			return part_at(p->c, NULL,
				       "the same entries, but other bytes between them (padding, "
				       "names of owners, the form of headers)");
		if (gx == 0)
			return is_missing(p->c, &y);
		if (gy == 0)
			return is_extra(p->c, &x);
		/* layers made here are in the order of their bytes: the lesser name is what the
		 * other lacks */
		got = str_cmp(x.name, y.name);
		if (got)
			return got < 0 ? is_extra(p->c, &x) : is_missing(p->c, &y);
		got = compare_tar_entries(p, &x, &y, e);
		if (got)
			return got;
	}
}

/* Two blobs that a child in a jail compares. */
struct layer_pair {
	struct comparing *c;
	struct part image, other;
};

static bool compare_blobs(const struct layer_pair *l, struct error *e)
{
	AUTO_LAYER_STREAM x = { .expand.state = NULL };
	AUTO_LAYER_STREAM y = { .expand.state = NULL };
	struct part_pair p = { l->c, &x.tar, &y.tar };

	return layer_stream_open(&l->image, &x, e) && layer_stream_open(&l->other, &y, e) &&
	       compare_tars(&p, e) > 0;
}

/* In the jail: compares, and tells where they part. */
static bool tell_parting(void *ctx, struct sink *out, struct error *e)
{
	const struct layer_pair *l = ctx;
	const struct parting *first = l->c->first;
	AUTO_ARENA a = { 0 };
	struct buf message = { .a = &a };

	if (!compare_blobs(l, e))
		return false;
	wire_put_text(&message, first->path);
	wire_put_text(&message, first->what);
	wire_put(&message, first->has_offset);
	wire_put(&message, first->offset);
	return frame_put(out, 'P', buf_str(&message), e);
}

static bool take_parting(void *to, char kind, struct str message, struct error *e)
{
	const struct comparing *c = to;
	struct wire w = { .a = c->a, .rest = message };

	(void)kind;
	c->first->path = wire_text(&w);
	c->first->what = wire_name(&w);
	c->first->has_offset = wire_flag(&w);
	c->first->offset = wire_get(&w, UINT64_MAX);
	return wire_end(&w) || frame_nonsense(e);
}

static bool compare_layers(struct comparing *c, const struct inspection *image,
			   const struct inspection *other, size_t i, struct error *e)
{
	static const struct jail_limits limits = { (uint64_t)1 << 30, 3600, 14400 };
	AUTO_PART x = PART_INIT;
	AUTO_PART y = PART_INIT;
	AUTO_JAIL jail = { .base.next = NULL };
	struct layer_pair l = { .c = c };
	struct jail_files files = { .scratch = -1 };

	if (!bundle_part(&image->bundle, image->facts.layers.v[i].part, &x, e) ||
	    !bundle_part(&other->bundle, other->facts.layers.v[i].part, &y, e))
		return false;
	l.image = x;
	l.other = y;
	files.inputs[0] = x.fd;
	files.inputs[1] = y.fd;
	return jail_start(&jail, "the layer", &limits, &files, tell_parting, &l, e) &&
	       frames_each(&jail.base, "P", 1u << 20, take_parting, c, e) &&
	       (c->first->what || frame_nonsense(e));
}

static const char *layer_name(struct arena *a, const struct image_facts *f, size_t i)
{
	const char *by = f->layers.v[i].created_by;

	return by && *by ? arena_printf(a, "layer %zu (%s)", i + 1, by)
			 : arena_printf(a, "layer %zu", i + 1);
}

/* Settings that both have, by name; what is left are texts that say the same. */
static bool settings_part(struct comparing *c, const struct image_facts *x,
			  const struct image_facts *y)
{
	struct diff d = { 0 };

	diff_settings(c->a, x, y, &d);
	if (d.list.n == 0)
		return false;
	c->first->layer = "config";
	return part_at(c, d.list.v[0].subject,
		       d.list.v[0].sign == '~'
			       ? d.list.v[0].detail
			       : arena_printf(c->a, "%s; %s %s it", d.list.v[0].detail, c->name,
					      d.list.v[0].sign == '-' ? "does not have"
								      : "alone has"));
}

/* The texts of the configs: what is left when no setting that has a name here differs. */
static bool texts_part(struct comparing *c, const struct inspection *image,
		       const struct inspection *other, struct error *e)
{
	struct str x, y;
	size_t at = 0;

	if (!bundle_text(c->a, &image->bundle, image->facts.config_part, DOCUMENT_MAX, &x, e) ||
	    !bundle_text(c->a, &other->bundle, other->facts.config_part, DOCUMENT_MAX, &y, e))
		return false;
	while (at < x.n && at < y.n && x.p[at] == y.p[at])
		at++;
	*c->first = (struct parting){ .layer = "config", .has_offset = true, .offset = at };
	return part_at(c, NULL,
		       "the layers and the settings that run it are equal, the rest of the text "
		       "is not (history, dates, health check)");
}

bool compare_images(struct arena *a, const struct inspection *image, const struct inspection *other,
		    const char *name, enum sameness *same, struct parting *first, struct error *e)
{
	const struct image_facts *x = &image->facts, *y = &other->facts;
	struct comparing c = { .a = a, .name = name, .first = first };
	size_t least = x->layers.n < y->layers.n ? x->layers.n : y->layers.n;

	*first = (struct parting){ .layer = "" };
	*same = DIFFERENT;
	for (size_t i = 0; i < least; i++)
		if (!content_digest_eq(&x->layers.v[i].diff_id, &y->layers.v[i].diff_id)) {
			first->layer = layer_name(a, x, i);
			return compare_layers(&c, image, other, i, e) ||
			       err_wrap(e, "layer %zu", i + 1);
		}
	if (x->layers.n != y->layers.n) {
		first->layer = layer_name(a, x->layers.n > least ? x : y, least);
		return part_at(&c, NULL,
			       x->layers.n > least ? arena_printf(a, "%s has no such layer", name)
						   : "it is missing");
	}
	if (settings_part(&c, x, y))
		return true;
	if (!content_digest_eq(&x->config, &y->config))
		return texts_part(&c, image, other, e);
	*same = x->has_digest && y->has_digest && content_digest_eq(&x->manifest, &y->manifest)
			? SAME_BYTES
			: SAME_CONTENT;
	return true;
}
