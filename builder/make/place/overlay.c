/* SPDX-License-Identifier: Apache-2.0 */
/* The recipe's own additions, in the order in which they may build on each other: files, folders,
 * links, accounts. Reading the repository is overlay_file.c's part. */

#include "make/place/overlay.h"

#include "make/place/overlay_parts.h"

#define LINK_MODE 0777

static bool overlay_add_dir(const struct overlay_job *j, const struct dir_spec *d, struct error *e)
{
	struct node n = {
		.type = NODE_DIR,
		.mode = d->mode,
		.uid = d->uid,
		.gid = d->gid,
		.mtime = (int64_t)j->r->epoch,
		.owner = overlay_owner(j, OWNER_RECIPE, d->path, &d->at),
	};

	return overlay_path(j, d->path, &n.path, e) && tree_replace(j->t, &n, e);
}

static bool overlay_add_link(const struct overlay_job *j, const struct link_spec *l,
			     struct error *e)
{
	struct node n = {
		.type = NODE_LINK,
		.mode = LINK_MODE,
		.target = l->to,
		.mtime = (int64_t)j->r->epoch,
		.owner = overlay_owner(j, OWNER_RECIPE, l->path, &l->at),
	};

	if (l->to[0] == '\0')
		return err_set(e, ERR_INPUT, "the link %s leads to nothing", l->path);
	return overlay_path(j, l->path, &n.path, e) && tree_add(j->t, &n, e);
}

bool overlay_apply(struct arena *a, const struct store *s, const struct recipe *r,
		   const char *layer, struct overlay *o, struct tree *t, struct error *e)
{
	struct overlay_job j = { a, s, r, layer, o, t };

	list_each(f, &r->files) {
		if (!overlay_file(&j, f, e))
			return err_at(e, f->at.file, f->at.line, f->at.col);
	}
	list_each(d, &r->dirs) {
		if (!overlay_add_dir(&j, d, e))
			return err_at(e, d->at.file, d->at.line, d->at.col);
	}
	list_each(l, &r->links) {
		if (!overlay_add_link(&j, l, e))
			return err_at(e, l->at.file, l->at.line, l->at.col);
	}
	return overlay_accounts(&j, e);
}

void overlay_close(struct overlay *o)
{
	fd_closep(&o->fd);
}
