/* SPDX-License-Identifier: Apache-2.0 */
/* Reads, asks and compares. */

#include "support/fixture_layerdiff.h"

#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "inspect/layers/layer_merge.h"
#include "inspect/model/model.h"
#include "support/fixture_unpacked.h"

struct layerdiff_reading {
	struct arena *a;
	struct image_facts image;
	struct model m;
	struct items items;
	bool refused;
	const char *why;
};

static int in_memory(struct str bytes, struct error *e)
{
	int fd = memfd_create("layer", MFD_CLOEXEC);

	if (fd < 0)
		return err_sys(e, "memfd") ? 0 : -1;
	if (fd_write(fd, bytes, "memfd", e))
		return fd;
	close(fd);
	return -1;
}

/* What the parser says of a layer, taken and put on top of those before. */
static bool layerdiff_read_layer(struct layerdiff_reading *r, size_t index, struct str tar,
				 struct error *e)
{
	AUTO_FD fd = in_memory(tar, e), scratch = -1;
	struct image_layer *layer = &r->image.layers.v[index];
	struct change change = { { NULL, 0, 0 }, { NULL, 0, 0 } };
	struct layer_budget budget = { .entries = 0 };
	struct buf said = { .a = r->a };
	struct str_source from;
	struct buf_sink out;

	if (fd < 0)
		return false;
	scratch = in_memory(STR(""), e);
	*layer = (struct image_layer){ .size = tar.n, .diff_id = content_digest_of(tar, false) };
	buf_sink_init(&out, &said, "what the parser says");
	if (!layer_parse(&(struct layer_job){ layer, index, NULL, fd, 0, tar.n, scratch },
			 &out.base, e))
		return false;
	str_source_init(&from, buf_str(&said), "the layer");
	if (!layer_collect(r->a, r->a, &from.base, &r->m, index, &budget, &change, e))
		return false;
	merge_change(r->a, r->a, &r->m, &change, index, &r->items);
	return true;
}

static bool read_both(struct layerdiff_reading *r, const struct str tars[static 2], struct error *e)
{
	struct error failed = { 0 };
	char text[1024];

	for (size_t i = 0; i < 2; i++) {
		list_push(r->a, &r->image.layers);
		list_push(r->a, &r->m.layers);
	}
	r->m.image = &r->image;
	r->m.kept = -1;
	for (size_t i = 0; i < 2 && !r->refused; i++)
		r->refused = !layerdiff_read_layer(r, i, tars[i], &failed);
	if (failed.kind != ERR_NONE && failed.kind != ERR_INPUT) {
		*e = failed;
		return false;
	}
	if (r->refused) {
		err_format(&failed, text, sizeof(text));
		r->why = arena_strdup(r->a, text);
	}
	return true;
}

/* Is there a finding about it that fails the strict policy? One that tells of an entry through a
 * link comes first, for then the same file stands at two paths. */
static const char *layerdiff_reported(const struct layerdiff_reading *r)
{
	const char *rule = NULL;

	for (size_t i = 0; i < r->m.remarks.n; i++) {
		const char *this = r->m.remarks.v[i].rule;

		if (strcmp(this, "layer.through-link") == 0)
			return this;
		if (strcmp(this, "layer.untidy-entry") != 0)
			rule = this;
	}
	for (size_t i = 0; i < r->items.n && !rule; i++)
		if (r->items.v[i]->type == ITEM_HARD)
			rule = "link.hard-dangling";
	return rule;
}

static mode_t mode_of(const struct item *i)
{
	switch (i->type) {
	case ITEM_DIR:
		return S_IFDIR;
	case ITEM_LINK:
		return S_IFLNK;
	case ITEM_FIFO:
		return S_IFIFO;
	default:
		return S_IFREG; /* umoci makes a file of a device when it is rootless */
	}
}

static const char *layerdiff_compare(const struct item *i, const struct unpacked_file *f,
				     bool modes)
{
	bool device = i->type == ITEM_CHAR || i->type == ITEM_BLOCK;

	if ((f->mode & S_IFMT) != mode_of(i))
		return "another type";
	if (i->type == ITEM_LINK)
		return strcmp(i->target, f->target) != 0 ? "another target" : NULL;
	if (modes && !i->implied && !device && (f->mode & 07777) != i->mode)
		return "another mode";
	if (i->type == ITEM_FILE && (f->size != i->size || !digest_eq(&f->content, &i->sha256)))
		return "another content";
	return NULL;
}

static struct item *item_at(const struct items *l, const char *path)
{
	size_t i = items_lower(l, path);

	return i < l->n && strcmp(l->v[i]->path, path) == 0 ? l->v[i] : NULL;
}

/* Is all that umoci has among ours? NULL: it is. */
static const char *find_missing(const struct layerdiff_reading *r, const struct unpacked *u,
				bool exact)
{
	for (size_t i = 0; i < u->n; i++) {
		const struct item *x = item_at(&r->items, u->v[i].path);
		const char *what = x ? layerdiff_compare(x, &u->v[i], exact) : "not among ours";

		if (what)
			return arena_printf(r->a, "%s: %s", u->v[i].path, what);
	}
	return NULL;
}

static const char *find_extra(const struct layerdiff_reading *r, const struct unpacked *u)
{
	for (size_t i = 0; i < r->items.n; i++)
		if (!unpacked_at(u, r->items.v[i]->path))
			return arena_printf(r->a, "%s: not among umoci's", r->items.v[i]->path);
	return NULL;
}

static enum layerdiff layerdiff_judge(const struct layerdiff_reading *r, const struct unpacked *u,
				      const char **why)
{
	const char *rule = r->refused ? NULL : layerdiff_reported(r);

	*why = r->refused ? r->why : rule;
	if (r->refused)
		return u->refused ? LAYERDIFF_BOTH_REFUSE : LAYERDIFF_REFUSED;
	if (rule && (u->refused || strcmp(rule, "layer.through-link") == 0))
		return LAYERDIFF_REPORTED;
	if (u->refused) {
		*why = arena_printf(r->a, "umoci refuses: %s", u->why);
		return LAYERDIFF_DIFFERS;
	}
	*why = find_missing(r, u, !rule);
	if (!*why && !rule)
		*why = find_extra(r, u);
	if (*why)
		return LAYERDIFF_DIFFERS;
	*why = rule;
	return rule ? LAYERDIFF_REPORTED : LAYERDIFF_EQUAL;
}

bool layerdiff_run(struct arena *a, const char *dir, struct str lower, struct str upper,
		   enum layerdiff *out, const char **why, struct error *e)
{
	const struct str tars[] = { lower, upper };
	struct layerdiff_reading r = { .a = a };
	struct unpacked u;
	bool ok = read_both(&r, tars, e) && unpacked_make(a, dir, tars, 2, &u, e);

	model_close(&r.m);
	if (ok)
		*out = layerdiff_judge(&r, &u, why);
	return ok;
}
