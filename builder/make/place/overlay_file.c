/* SPDX-License-Identifier: Apache-2.0 */
/* Reading files of the repository into the tree. Folders are walked by descriptors and no link is
 * ever followed; contents are copied at once into one unnamed file, so that what is hashed later is
 * what is written, whatever happens to the repository meanwhile. */

#include "make/place/overlay_parts.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#define DEPTH_MAX 64
#define TARGET_MAX 4095

/* One `files` entry on its way into the tree. */
struct overlay_walk {
	const struct overlay_job *j;
	const struct file_spec *f;
	const struct owner *owner;
};

/* A file or folder met on the way: its name in messages, and its path in the tree. */
struct spot {
	const char *shown, *path;
	unsigned depth; /* folders between it and the folder that the recipe names */
};

static bool open_pack(const struct overlay_job *j, struct error *e)
{
	if (j->o->fd >= 0)
		return true;
	j->o->fd = file_open_unnamed(j->s->fd, e);
	return j->o->fd >= 0 || err_wrap(e, "%s", j->s->path);
}

/* Appends all of an open file to the pack. */
static bool pack_file(const struct overlay_job *j, int fd, const char *shown, struct content *c,
		      struct error *e)
{
	struct blob *blob = arena_alloc(j->a, sizeof(*blob));
	struct digest_sink counter;
	struct fd_source from;
	struct fd_sink to;
	bool ok;

	if (!open_pack(j, e))
		return false;
	fd_source_init(&from, fd, 0, FD_SOURCE_ALL, shown);
	fd_sink_init(&to, j->o->fd, "a temporary file");
	digest_sink_init(&counter, &to.base);
	ok = io_copy(&from.base, &counter.base, e) || err_wrap(e, "store %s", j->s->path);
	*blob = (struct blob){ .fd = j->o->fd, .name = shown };
	*c = (struct content){ .blob = blob, .offset = j->o->size, .size = counter.size };
	j->o->size += counter.size;
	digest_sink_drop(&counter);
	return ok;
}

static struct node overlay_node(const struct overlay_walk *w, const struct spot *at,
				enum node_type type)
{
	return (struct node){
		.path = at->path,
		.type = type,
		.uid = w->f->uid,
		.gid = w->f->gid,
		.mtime = (int64_t)w->j->r->epoch,
		.owner = w->owner,
	};
}

static bool overlay_put_node(const struct overlay_walk *w, const struct node *n, struct error *e)
{
	return w->f->replace ? tree_replace(w->j->t, n, e) : tree_add(w->j->t, n, e);
}

static bool take_file(const struct overlay_walk *w, int fd, const struct stat *st,
		      const struct spot *at, struct error *e)
{
	struct node n = overlay_node(w, at, NODE_FILE);

	n.mode = w->f->has_mode ? w->f->mode : st->st_mode & S_IXUSR ? 0755 : 0644;
	return pack_file(w->j, fd, at->shown, &n.content, e) && overlay_put_node(w, &n, e);
}

static bool take_folder_itself(const struct overlay_walk *w, const struct spot *at, struct error *e)
{
	struct node n = overlay_node(w, at, NODE_DIR);
	const struct node *old = tree_find(w->j->t, at->path);

	if (at->path[0] == '\0' || (old && old->type == NODE_DIR && !old->implied))
		return true;
	n.mode = w->f->has_mode ? w->f->mode | (w->f->mode & 0444) >> 2 : 0755;
	return overlay_put_node(w, &n, e);
}

/* Does a link `depth` folders below the folder that the recipe names lead out of it? */
static bool leads_out(struct str target, unsigned depth)
{
	struct str one;

	if (str_starts(target, STR("/")))
		return true;
	while (str_next(&target, '/', &one)) {
		if (one.n == 0 || str_eq(one, STR(".")))
			continue;
		if (!str_eq(one, STR("..")))
			depth++;
		else if (depth-- == 0)
			return true;
	}
	return false;
}

static bool take_link(const struct overlay_walk *w, int dir, const char *name,
		      const struct spot *at, struct error *e)
{
	struct node n = overlay_node(w, at, NODE_LINK);
	char target[TARGET_MAX + 1];
	ssize_t length = readlinkat(dir, name, target, sizeof(target));
	struct str s;

	if (length < 0)
		return err_sys(e, "read the link %s", at->shown);
	s = (struct str){ target, (size_t)length };
	if (length > TARGET_MAX)
		return err_set(e, ERR_INPUT, "the link %s is too long", at->shown);
	if (leads_out(s, at->depth))
		return err_set(e, ERR_INPUT,
			       "the link %s -> " STR_FMT " leads out of its folder; copy the "
			       "file, or make the link with \"links\"",
			       at->shown, STR_ARG(s));
	n.mode = 0777;
	n.target = str_dup(w->j->a, s);
	return overlay_put_node(w, &n, e);
}

static bool overlay_take_entry(const struct overlay_walk *w, int dir, const char *name,
			       const struct spot *at, struct error *e);

static bool take_folder(const struct overlay_walk *w, int fd, const struct spot *at,
			struct error *e)
{
	struct arena *a = w->j->a;
	struct strings names = { 0 };

	if (at->depth > DEPTH_MAX)
		return err_set(e, ERR_INPUT, "%s is nested more than %d folders deep", at->shown,
			       DEPTH_MAX);
	if (!take_folder_itself(w, at, e) || !file_names(a, fd, at->shown, &names, e))
		return false;
	for (size_t i = 0; i < names.n; i++) {
		struct spot below = {
			.shown = arena_printf(a, "%s/%s", at->shown, names.v[i]),
			.path = arena_printf(a, "%s%s%s", at->path, at->path[0] ? "/" : "",
					     names.v[i]),
			.depth = at->depth,
		};

		if (!path_normalise(a, str_of(below.path), &below.path, e) ||
		    !overlay_take_entry(w, fd, names.v[i], &below, e))
			return false;
	}
	return true;
}

/* `dir` and `name` reach it; O_NONBLOCK: a FIFO must not make us wait for a writer. */
static bool overlay_take_entry(const struct overlay_walk *w, int dir, const char *name,
			       const struct spot *at, struct error *e)
{
	AUTO_FD fd = openat(dir, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
	struct spot below = *at;
	struct stat st;

	if (fd < 0 && errno == ELOOP)
		return take_link(w, dir, name, at, e);
	if (fd < 0 && errno != ENXIO)
		return err_sys(e, "open %s", at->shown);
	if (fd < 0 || fstat(fd, &st) < 0 || !(S_ISREG(st.st_mode) || S_ISDIR(st.st_mode)))
		return err_set(e, ERR_INPUT, "%s is not a file, folder or link", at->shown);
	if (S_ISREG(st.st_mode))
		return take_file(w, fd, &st, at, e);
	below.depth++;
	return take_folder(w, fd, &below, e);
}

/* Its own entry of the recipe is where this can be changed. */
static const struct owner *file_owner(const struct overlay_job *j, const struct file_spec *f,
				      const char *shown)
{
	struct owner *o = arena_alloc(j->a, sizeof(*o));

	*o = *overlay_owner(j, OWNER_RECIPE, shown, &f->at);
	o->remedy = "write \"replace\": true in this entry to put its file in that place";
	return o;
}

/* One file that the recipe names, not one of a folder. */
static bool take_named_file(const struct overlay_walk *w, int fd, const struct stat *st,
			    const struct spot *at, struct error *e)
{
	const struct node *old = tree_find(w->j->t, at->path);

	if (old && old->type == NODE_DIR)
		return err_set(e, ERR_INPUT,
			       "/%s is a directory in the image; to put %s into it, write \"to\": "
			       "\"/%s/\"",
			       at->path, path_base(at->shown), at->path);
	return take_file(w, fd, st, at, e);
}

bool overlay_file(const struct overlay_job *j, const struct file_spec *f, struct error *e)
{
	const char *shown = recipe_shown_path(j->a, j->r, f->from);
	struct overlay_walk w = { j, f, file_owner(j, f, shown) };
	AUTO_FD fd = open(f->from, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
	struct spot at = { .shown = shown };
	struct stat st;

	if (fd < 0 && (errno == ENOENT || errno == ELOOP || errno == ENOTDIR))
		return err_set(e, ERR_INPUT, "%s is not there (or is a link)", shown);
	if (fd < 0)
		return err_sys(e, "open %s", shown);
	if (!overlay_path(j, f->to, &at.path, e))
		return false;
	if (fstat(fd, &st) < 0)
		return err_sys(e, "stat %s", shown);
	if (S_ISDIR(st.st_mode))
		return take_folder(&w, fd, &at, e);
	if (!S_ISREG(st.st_mode))
		return err_set(e, ERR_INPUT, "%s is not a file or folder", shown);
	return take_named_file(&w, fd, &st, &at, e);
}
