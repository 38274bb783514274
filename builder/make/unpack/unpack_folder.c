/* SPDX-License-Identifier: Apache-2.0 */
/* By way of a fragment in the store, so that an archive is read once and copied often. */

#include "make/unpack/unpack_folder.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/path.h"
#include "make/compile/folder_below.h"
#include "make/unpack/unpack.h"

/* The folder that was written to last: files of one stand together. */
struct unpack_place {
	const struct compile_request *rq;
	const char *name; /* of the archive */
	bool wheel;
	const char *path;
	int fd;
};

/* Two wheels may bring one file, such as tests/__init__.py or that of an old namespace package: pip
 * writes both, one over the other, and where neither needs the other, the first by name last. */
static bool unpack_tell_twice(const struct unpack_place *p, const struct node *n,
			      const struct fragment *f, struct error *e)
{
	AUTO_FD there = openat(p->fd, path_base(n->path), O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	struct content_digest before, now;
	struct fd_source from;

	if (there < 0)
		return err_sys(e, "open %s", n->path);
	fd_source_init(&from, there, 0, FD_SOURCE_ALL, n->path);
	if (!content_digest_read(&from.base, false, &before, e))
		return false;
	fd_source_init(&from, f->blob.fd, n->content.offset, n->content.size, n->path);
	if (!content_digest_read(&from.base, false, &now, e))
		return false;
	if (!content_digest_eq(&before, &now))
		progress_warn(p->rq->progress,
			      "%s: /%s is in another wheel, too, and is not the same there: that "
			      "of the other one stays",
			      p->name, n->path);
	return true;
}

static bool unpack_write_file(const struct unpack_place *p, const struct node *n,
			      const struct fragment *f, struct error *e)
{
	static const struct timespec times[2] = { { .tv_sec = 1 }, { .tv_sec = 1 } };
	AUTO_FD out = openat(p->fd, path_base(n->path),
			     O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	struct fd_source from;
	struct fd_sink to;

	if (out < 0 && errno == EEXIST && p->wheel)
		return unpack_tell_twice(p, n, f, e);
	if (out < 0)
		return err_sys(e, "create %s", n->path);
	fd_source_init(&from, f->blob.fd, n->content.offset, n->content.size, n->path);
	fd_sink_init(&to, out, n->path);
	if (!io_copy(&from.base, &to.base, e))
		return false;
	if (fchmod(out, n->mode & 0777) < 0 || futimens(out, times) < 0)
		return err_sys(e, "set mode and time of %s", n->path);
	return fd_close(&out, n->path, e);
}

static bool unpack_write_all(struct arena *a, const struct fragment *f, int dir,
			     struct unpack_place *last, struct error *e)
{
	list_each(n, &f->nodes) {
		const char *path = path_dir(a, n->path);

		if (n->type == NODE_DIR)
			continue;
		if (n->type != NODE_FILE)
			return err_set(e, ERR_INPUT, "%s is a symlink", n->path);
		if (!last->path || strcmp(last->path, path) != 0) {
			fd_closep(&last->fd);
			last->path = path;
			last->fd = folder_below_open(dir, path, e);
		}
		if (last->fd < 0 || !unpack_write_file(last, n, f, e))
			return false;
	}
	return true;
}

static struct digest unpack_folder_key(struct arena *a, const struct compile_request *rq,
				       const struct locked_file *f, const struct unpacking *how)
{
	const char *text = arena_printf(
		a, "unpack %d\nsha256 %s\nform %d\nto %s\nstrip %llu\nmode %o\nmachine %s\n",
		UNPACK_FORMAT, digest_hex_dup(a, &f->sha256), how->form, how->to,
		(unsigned long long)how->strip, how->mode,
		how->form == UNPACK_WHEEL ? unpack_machine(rq) : "any");

	return digest_of(str_of(text));
}

static bool unpack_folder_anew(const struct compile_request *rq, const struct locked_file *f,
			       const struct unpacking *how, const struct digest *key,
			       struct error *e)
{
	struct unpack_archive x = { .name = path_base(f->name),
				    .how = how,
				    .machine = unpack_machine(rq) };
	AUTO_FD fd = -1;
	struct stat st;
	int got = store_open_blob(rq->store, &f->sha256, f->size, &fd, e);

	if (got == 0)
		return err_set(e, ERR_SYSTEM, "it is not in the store; run imgbuild fetch");
	if (got < 0)
		return false;
	if (fstat(fd, &st) < 0)
		return err_sys(e, "stat %s", f->name);
	x.fd = fd;
	x.size = (uint64_t)st.st_size;
	return unpack_in_jail(rq->store, &x, key, e);
}

bool unpack_folder(const struct compile_request *rq, const struct locked_file *f,
		   const struct unpacking *how, int dir, struct error *e)
{
	AUTO_ARENA a = { 0 };
	struct digest key = unpack_folder_key(&a, rq, f, how);
	struct unpack_place last = {
		.rq = rq, .name = path_base(f->name), .wheel = how->form == UNPACK_WHEEL, .fd = -1
	};
	struct fragment fragment;
	int got = fragment_open(&a, rq->store, &key, &fragment, e);
	bool ok;

	if (got == 0) {
		if (!unpack_folder_anew(rq, f, how, &key, e))
			return false;
		got = fragment_open(&a, rq->store, &key, &fragment, e);
	}
	if (got == 0)
		return err_set(e, ERR_SYSTEM, "it vanished from the store");
	if (got < 0)
		return false;
	ok = unpack_write_all(&a, &fragment, dir, &last, e);
	fd_closep(&last.fd);
	fragment_close(&fragment);
	return ok;
}
