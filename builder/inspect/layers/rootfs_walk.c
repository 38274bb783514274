/* SPDX-License-Identifier: Apache-2.0 */
/* Folders one after the other, each with its names in order: what comes out depends on the files
 * alone. */

#include "inspect/layers/rootfs_walk.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <search.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "base/io.h"
#include "base/path.h"
#include "inspect/image/beneath.h"
#include "inspect/layers/layer_wire.h"

#define HOLES_FLOOR (1ull << 30) /* holes of files may come to 1 GiB, */
#define HOLES_RATIO 64		 /* and to this many times what they take on disk beyond */
#define UNREADABLE "rootfs.unreadable"
#define LEFT_OUT "rootfs.left-out"

/* A file that has several names. */
struct first_name {
	dev_t device;
	ino_t inode;
	const char *path;
};

struct rootfs_walker {
	struct arena *a;
	int root;
	struct stat top;
	struct sink *out;
	void *names;		/* of tsearch(): struct first_name */
	struct strings folders; /* to be looked into */
	uint64_t expand_max, holes, taken;
};

static int first_name_order(const void *a, const void *b)
{
	const struct first_name *x = a, *y = b;

	if (x->inode != y->inode)
		return x->inode < y->inode ? -1 : 1;
	return (x->device > y->device) - (x->device < y->device);
}

static void first_name_keep(void *node)
{
	(void)node; /* it lives in the arena */
}

static bool rootfs_remark(const struct rootfs_walker *w, const char *rule, const char *path,
			  const char *text, struct error *e)
{
	AUTO_ARENA a = { 0 };
	struct buf message = { .a = &a };

	wire_put_text(&message, rule);
	wire_put_text(&message, path);
	wire_put_text(&message, text);
	return frame_put(w->out, ROOTFS_REMARK, buf_str(&message), e);
}

/* `error` is an errno. A name that is gone was removed meanwhile. */
static bool rootfs_unreadable(const struct rootfs_walker *w, const char *path, int error,
			      struct error *e)
{
	AUTO_ARENA a = { 0 };

	if (error == ENOENT)
		return rootfs_remark(w, LEFT_OUT, path, "it was removed while the folder was read",
				     e);
	return rootfs_remark(w, UNREADABLE, path,
			     arena_printf(&a,
					  "it cannot be read (%s), so what is in it is not judged",
					  strerror(error)),
			     e);
}

static bool walk_ends_file(const struct rootfs_walker *w, bool unread, uint64_t size,
			   struct error *e)
{
	AUTO_ARENA a = { 0 };
	struct buf message = { .a = &a };

	wire_put(&message, unread);
	wire_put(&message, size);
	return frame_put(w->out, ROOTFS_END, buf_str(&message), e);
}

static bool send_entry(const struct rootfs_walker *w, const struct item *i, struct error *e)
{
	AUTO_ARENA a = { 0 };
	struct buf message = { .a = &a };

	layer_wire_put_head(&message, i);
	return frame_put(w->out, ROOTFS_ENTRY, buf_str(&message), e);
}

/* At most `size` bytes: a file that grows is read as it was. *error is an errno. */
static bool send_bytes(const struct rootfs_walker *w, int fd, uint64_t size, int *error,
		       struct error *e)
{
	char block[65536];
	uint64_t done = 0;

	while (done < size) {
		size_t want = size - done < sizeof(block) ? (size_t)(size - done) : sizeof(block);
		ssize_t n = pread(fd, block, want, (off_t)done);

		if (n < 0 && errno == EINTR)
			continue;
		*error = n < 0 ? errno : 0;
		if (n <= 0)
			return true;
		if (!frame_put(w->out, ROOTFS_BYTES, (struct str){ block, (size_t)n }, e))
			return false;
		done += (uint64_t)n;
	}
	return true;
}

/* Holes cost nothing on disk, and as much time as data. */
static bool count_hole(struct rootfs_walker *w, const char *path, const struct stat *st,
		       struct error *e)
{
	uint64_t taken = (uint64_t)st->st_blocks * 512, size = (uint64_t)st->st_size, max;

	w->taken += taken;
	w->holes += size > taken ? size - taken : 0;
	max = w->expand_max ? w->expand_max : HOLES_FLOOR + HOLES_RATIO * w->taken;
	return w->holes <= max ||
	       err_set(e, ERR_INPUT,
		       "%s: with its holes, and those of files before it, there is more than the %llu bytes "
		       "allowed; --expand-max lifts that",
		       path, (unsigned long long)max);
}

static bool walk_file(struct rootfs_walker *w, struct item *i, const struct stat *st,
		      struct error *e)
{
	AUTO_FD fd = beneath_open(w->root, i->path, 0);
	int error = fd < 0 ? errno : 0;
	struct stat now;

	if (fd >= 0 &&
	    (fstat(fd, &now) < 0 || now.st_ino != st->st_ino || now.st_dev != st->st_dev))
		error = ENOENT;
	if (error == ENOENT)
		return rootfs_unreadable(w, i->path, error, e);
	i->capabilities = fd >= 0 && fgetxattr(fd, "security.capability", NULL, 0) > 0;
	if (!count_hole(w, i->path, st, e) || !send_entry(w, i, e))
		return false;
	if (fd >= 0 && !send_bytes(w, fd, (uint64_t)now.st_size, &error, e))
		return false;
	return (!error || rootfs_unreadable(w, i->path, error, e)) &&
	       walk_ends_file(w, error != 0, (uint64_t)st->st_size, e);
}

static bool walk_link(struct rootfs_walker *w, int dir, const char *name, struct item *i,
		      struct error *e)
{
	char target[4096];
	ssize_t n = readlinkat(dir, name, target, sizeof(target));

	if (n < 0)
		return rootfs_unreadable(w, i->path, errno, e);
	if (n == 0 || (size_t)n == sizeof(target))
		return rootfs_remark(w, LEFT_OUT, i->path, "the target of the link is too long", e);
	i->target = arena_strndup(w->a, target, (size_t)n);
	return send_entry(w, i, e);
}

static bool walk_into(struct rootfs_walker *w, const struct item *i, const struct stat *st,
		      struct error *e)
{
	if (!send_entry(w, i, e))
		return false;
	if (st->st_dev != w->top.st_dev)
		return rootfs_remark(
			w, LEFT_OUT, i->path,
			"another file system is mounted on it; what is in that is left out", e);
	*list_push(w->a, &w->folders) = i->path;
	return true;
}

/* The name that the file was met under before; else NULL, and it is noted. */
static const char *name_before(struct rootfs_walker *w, const char *path, const struct stat *st)
{
	struct first_name *new = arena_alloc(w->a, sizeof(*new));
	struct first_name *const *found;

	*new = (struct first_name){ st->st_dev, st->st_ino, path };
	found = tsearch(new, &w->names, first_name_order);
	return found && *found != new ? (*found)->path : NULL;
}

static uint32_t rootfs_owner(uint32_t id, uint32_t of_root)
{
	return id == of_root ? 0 : id;
}

static bool walk_one(struct rootfs_walker *w, int dir, const char *name, const char *path,
		     struct error *e)
{
	static const struct {
		mode_t mode;
		enum item_type type;
	} types[] = {
		{ S_IFREG, ITEM_FILE }, { S_IFDIR, ITEM_DIR },	 { S_IFLNK, ITEM_LINK },
		{ S_IFCHR, ITEM_CHAR }, { S_IFBLK, ITEM_BLOCK }, { S_IFIFO, ITEM_FIFO },
	};
	struct item i = { .path = path };
	const char *normal;
	struct error odd = { 0 };
	struct stat st;
	size_t t = 0;

	if (fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return rootfs_unreadable(w, path, errno, e);
	if (!path_normalise(w->a, str_of(path), &normal, &odd))
		return rootfs_remark(w, LEFT_OUT, NULL,
				     arena_printf(w->a, "%.60s...: %s", path, odd.cause), e);
	if (strncmp(name, ".wh.", 4) == 0)
		return rootfs_remark(w, LEFT_OUT, path, "its name is that of a whiteout", e);
	while (t < ARRAY_SIZE(types) && types[t].mode != (st.st_mode & S_IFMT))
		t++;
	if (t == ARRAY_SIZE(types))
		return rootfs_remark(w, LEFT_OUT, path, "a socket", e);
	i.type = (uint8_t)types[t].type;
	i.mode = (uint16_t)(st.st_mode & 07777);
	i.uid = rootfs_owner(st.st_uid, w->top.st_uid);
	i.gid = rootfs_owner(st.st_gid, w->top.st_gid);
	i.mtime = st.st_mtime;
	if (i.type == ITEM_DIR)
		return walk_into(w, &i, &st, e);
	if (st.st_nlink > 1 && (i.target = name_before(w, path, &st))) {
		i.type = ITEM_HARD;
		return send_entry(w, &i, e);
	}
	if (i.type == ITEM_LINK)
		return walk_link(w, dir, name, &i, e);
	return i.type == ITEM_FILE ? walk_file(w, &i, &st, e) : send_entry(w, &i, e);
}

/* The names in a folder, sorted; false with errno. */
static bool names_sorted(struct arena *a, int dir, struct strings *names)
{
	int copy = fcntl(dir, F_DUPFD_CLOEXEC, 0);
	DIR *list = copy < 0 ? NULL : fdopendir(copy);
	const struct dirent *entry;
	int error;

	if (!list) {
		if (copy >= 0)
			close(copy);
		return false;
	}
	errno = 0;
	while ((entry = readdir(list))) {
		if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
			*list_push(a, names) = arena_strdup(a, entry->d_name);
	}
	error = errno;
	closedir(list);
	strings_sort(names);
	errno = error;
	return error == 0;
}

static bool walk_names(struct rootfs_walker *w, const char *folder, struct error *e)
{
	AUTO_ARENA scratch = { 0 };
	AUTO_FD dir = beneath_open(w->root, *folder ? folder : ".", O_DIRECTORY);
	struct strings names = { 0 };

	if (dir < 0 || !names_sorted(&scratch, dir, &names))
		return rootfs_unreadable(w, *folder ? folder : NULL, errno, e);
	for (size_t i = 0; i < names.n; i++) {
		const char *path = *folder ? arena_printf(w->a, "%s/%s", folder, names.v[i])
					   : arena_strdup(w->a, names.v[i]);

		if (!walk_one(w, dir, names.v[i], path, e))
			return false;
	}
	return true;
}

bool rootfs_walk(int dir, uint64_t expand_max, struct sink *out, struct error *e)
{
	AUTO_ARENA a = { 0 };
	struct rootfs_walker w = { .a = &a, .root = dir, .out = out, .expand_max = expand_max };
	bool ok;

	if (fstat(dir, &w.top) < 0)
		return err_sys(e, "stat the folder");
	ok = (w.top.st_uid == 0 && w.top.st_gid == 0) ||
	     rootfs_remark(&w, "rootfs.owner", NULL,
			   arena_printf(&a,
					"the folder belongs to %u:%u, which counts as root in it",
					w.top.st_uid, w.top.st_gid),
			   e);
	*list_push(&a, &w.folders) = "";
	for (size_t i = 0; ok && i < w.folders.n; i++)
		ok = walk_names(&w, w.folders.v[i], e);
	tdestroy(w.names, first_name_keep);
	return ok;
}
