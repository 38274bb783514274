/* SPDX-License-Identifier: Apache-2.0 */
/* The list of an archive's members. Jumps from header to header: contents stay unread. A child in a
 * jail does so; its parent checks that names are names and members within the archive. */

#include "inspect/image/archive_members.h"

#include <stdlib.h>

#include "inspect/image/layer_tar.h"
#include "base/frames.h"
#include "base/jail.h"
#include "base/wire.h"
#include "base/path.h"

#define MEMBERS_MAX 100000
#define MESSAGE_MAX ((size_t)1 << 20)
#define TAR_MAGIC 257 /* where a header says "ustar" */

static const struct jail_limits limits = { (uint64_t)512 << 20, 120, 600 };

struct archive_job {
	int fd;
	uint64_t size;
	const char *name;
};

static int compare_members(const void *a, const void *b)
{
	const struct member *x = a, *y = b;
	int order = strcmp(x->name, y->name);

	return order ? order : (x->offset > y->offset) - (x->offset < y->offset);
}

/* What a link in an archive names: hard links from the root, symbolic ones from their folder.
 * ".." is worked out on the names; a target that leaves the archive becomes none. */
static const char *member_link_target(struct arena *a, const struct layer_entry *x,
				      const char *name)
{
	struct buf path = { .a = a };
	struct str rest, one;
	char *slash;

	if (x->type == '2')
		buf_puts(&path, path_dir(a, name));
	buf_putc(&path, '\0');
	path.n--;
	rest = str_copy(a, x->link);
	while (str_next(&rest, '/', &one)) {
		if (one.n == 0 || str_eq(one, STR(".")))
			continue;
		if (!str_eq(one, STR(".."))) {
			if (path.n)
				buf_putc(&path, '/');
			buf_add(&path, one);
			continue;
		}
		slash = memrchr(path.p, '/', path.n);
		if (path.n == 0)
			return "";
		path.n = slash ? (size_t)(slash - path.p) : 0;
	}
	return arena_strndup(a, path.p, path.n);
}

static bool member_send(const struct layer_entry *x, uint64_t at, struct sink *out, struct error *e)
{
	AUTO_ARENA a = { 0 };
	struct buf message = { .a = &a };
	const char *name;

	if (x->type != '0' && x->type != '1' && x->type != '2')
		return true;
	if (!path_normalise(&a, x->name, &name, e))
		return false;
	wire_put_text(&message, name);
	wire_put_text(&message, x->type == '0' ? NULL : member_link_target(&a, x, name));
	wire_put(&message, at);
	wire_put(&message, x->size);
	return frame_put(out, 'M', buf_str(&message), e);
}

/* Puts the reader behind the current entry's content without reading it. */
static bool member_skip_content(struct layer_tar *t, struct fd_source *src, uint64_t total,
				struct error *e)
{
	uint64_t end = t->at + t->left + t->pad;

	if (end < t->at || end > total)
		return err_set(e, ERR_INPUT, "the archive ends inside the member at offset %llu",
			       (unsigned long long)t->at);
	fd_source_init(src, src->fd, end, total - end, src->base.name);
	t->chunk = (struct str){ NULL, 0 };
	t->left = t->pad = 0;
	t->at = end;
	return true;
}

/* Whoever names another file, a recipe mostly, is told so, and not what is wrong with its first 512
 * bytes as those of a tar; `e` is kept of what begins as a tar. */
static bool members_refuse_first(const struct archive_job *job, struct error *e)
{
	char begin[TAR_MAGIC + 5] = "";
	struct error ignored = { .kind = ERR_NONE };
	size_t n = job->size < sizeof(begin) ? (size_t)job->size : sizeof(begin);

	if (e->kind != ERR_INPUT || !fd_pread(job->fd, begin, n, 0, job->name, &ignored) ||
	    memcmp(begin + TAR_MAGIC, "ustar", 5) == 0)
		return err_wrap(e, "%s", job->name);
	err_clear(e);
	if (begin[0] == '{')
		return err_set(e, ERR_INPUT,
			       "%s is JSON and no image: if it is a recipe, imgbuild %s makes its "
			       "image and says where it is",
			       job->name, job->name);
	return err_set(e, ERR_INPUT,
		       "%s is no image: neither a folder with index.json nor an archive, as "
		       "docker save, podman save and --archive write it",
		       job->name);
}

/* In the jail. */
static bool members_parse(void *ctx, struct sink *out, struct error *e)
{
	const struct archive_job *job = ctx;
	AUTO_ARENA names = { 0 };
	struct fd_source src;
	struct layer_tar t;
	struct layer_entry x;
	bool first = true;
	int got;

	fd_source_init(&src, job->fd, 0, job->size, job->name);
	layer_tar_init(&t, &src.base, &names);
	while ((got = layer_tar_next(&t, &x, e)) == 1) {
		if (t.map)
			return err_set(e, ERR_INPUT,
				       "%s: " STR_FMT
				       " is a sparse file in it, and cannot be read in place: "
				       "make the archive without --sparse",
				       job->name, STR_ARG(x.name));
		if (!member_send(&x, t.at, out, e) || !member_skip_content(&t, &src, job->size, e))
			return err_wrap(e, "%s", job->name);
		first = false;
	}
	if (got < 0 && first)
		return members_refuse_first(job, e);
	return got == 0 || err_wrap(e, "%s", job->name);
}

struct member_taker {
	struct arena *a;
	const struct archive_job *job;
	struct members *out;
};

static bool members_take(void *to, char kind, struct str message, struct error *e)
{
	AUTO_ARENA scratch = { 0 };
	const struct member_taker *t = to;
	struct wire w = { .a = t->a, .rest = message };
	struct member m = { .name = wire_name(&w), .link = wire_text(&w) };
	const char *normal;

	(void)kind;
	m.offset = wire_get(&w, t->job->size);
	m.size = wire_get(&w, t->job->size - m.offset);
	if (!wire_end(&w) || !path_normalise(&scratch, str_of(m.name), &normal, e) ||
	    strcmp(normal, m.name) != 0)
		return e->kind != ERR_NONE ? false : frame_nonsense(e);
	if (t->out->n == MEMBERS_MAX) {
		err_set(e, ERR_INPUT, "more than %d members", MEMBERS_MAX);
		return err_wrap(e, "%s", t->job->name);
	}
	*list_push(t->a, t->out) = m;
	return true;
}

bool members_index(struct arena *a, int fd, uint64_t size, const char *name, struct members *out,
		   struct error *e)
{
	AUTO_JAIL jail = { .base.next = NULL };
	struct archive_job job = { fd, size, name };
	const struct jail_files files = { { fd, -1 }, -1, 0 };
	struct member_taker t = { a, &job, out };

	if (!jail_start(&jail, name, &limits, &files, members_parse, &job, e) ||
	    !frames_each(&jail.base, "M", MESSAGE_MAX, members_take, &t, e))
		return false;
	if (out->n)
		qsort(out->v, out->n, sizeof(*out->v), compare_members);
	return true;
}

/* Of several members of one name the last in the archive is meant, as when it is extracted. */
static const struct member *member_by_name(const struct members *list, const char *name)
{
	size_t lo = 0, hi = list->n;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (strcmp(list->v[mid].name, name) <= 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo && strcmp(list->v[lo - 1].name, name) == 0 ? &list->v[lo - 1] : NULL;
}

const struct member *members_find(const struct members *list, const char *name)
{
	const struct member *m = member_by_name(list, name);

	for (int links = 0; m && m->link && links < 8; links++)
		m = member_by_name(list, m->link);
	return m && !m->link ? m : NULL;
}
