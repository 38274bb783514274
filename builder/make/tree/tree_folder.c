/* SPDX-License-Identifier: Apache-2.0 */
/* Fills a tree from a folder. Every step is one component without following links; where a link
 * leads is worked out here, in names, so it cannot lead out. */

#include "make/tree/tree_folder.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "format/elf/elf.h"

#define LINKS_MAX 40
#define DEPTH_MAX 256

bool folder_open(struct folder *f, struct arena *a, const char *path, struct error *e)
{
	*f = (struct folder){ .a = a, .name = path };
	f->fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (f->fd >= 0)
		return true;
	if (errno == ENOENT || errno == ENOTDIR)
		return err_set(e, ERR_INPUT, "%s: there is no such folder", path);
	return err_sys(e, "open the folder %s", path);
}

void folder_close(struct folder *f)
{
	for (size_t i = 0; i < f->mappings.n; i++)
		io_unmap(&f->mappings.v[i]);
	f->mappings.n = 0;
	fd_closep(&f->fd);
}

/* Is it gone, or not ours to see? Then the tree simply does not have it. */
static bool leave_out(struct folder *f, const char *path, struct error *e)
{
	if (errno == EACCES || errno == EPERM) {
		*list_push(f->a, &f->unreadable) = path;
		return true;
	}
	return errno == ENOENT || errno == ENOTDIR || errno == ELOOP || errno == ENXIO ||
	       errno == ENAMETOOLONG || err_sys(e, "read %s in %s", path, f->name);
}

static bool is_elf_fd(int fd)
{
	char magic[SELFMAG];

	return pread(fd, magic, sizeof(magic), 0) == sizeof(magic) &&
	       elf_is((struct str){ magic, sizeof(magic) });
}

static bool tree_folder_add_file(struct folder *f, struct tree *t, struct node *n, bool elf_only,
				 struct error *e)
{
	AUTO_FD fd = openat(f->fd, n->path,
			    O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	struct mapping m;
	struct stat st;
	bool is_elf;

	if (fd < 0)
		return leave_out(f, n->path, e);
	if (fstat(fd, &st) < 0)
		return err_sys(e, "stat %s", n->path);
	is_elf = S_ISREG(st.st_mode) && is_elf_fd(fd);
	if (!S_ISREG(st.st_mode) || (elf_only && !is_elf))
		return true;
	if (!io_map_known(fd, 0, (uint64_t)st.st_size, n->path, &m, e))
		return false;
	*list_push(f->a, &f->mappings) = m;
	n->content = (struct content){ .size = m.bytes.n,
				       .bytes = m.bytes.p,
				       .is_elf = is_elf ? 1 : -1 };
	return tree_add(t, n, e);
}

static bool tree_folder_add_link(struct folder *f, struct tree *t, struct node *n, struct error *e)
{
	char target[4096];
	ssize_t length = readlinkat(f->fd, n->path, target, sizeof(target));

	if (length < 0)
		return leave_out(f, n->path, e);
	if (length == 0 || length == sizeof(target))
		return true;
	n->target = arena_strndup(f->a, target, (size_t)length);
	return tree_add(t, n, e);
}

/* Adds what stands at `path`, whose folder is in the tree; `path` must live as long. */
static bool tree_folder_add(struct folder *f, struct tree *t, const char *path, bool elf_only,
			    struct error *e)
{
	struct node n = { .path = path };
	struct stat st;

	if (fstatat(f->fd, path, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return leave_out(f, path, e);
	n.mode = (unsigned)st.st_mode & 07777;
	n.uid = st.st_uid;
	n.gid = st.st_gid;
	n.mtime = st.st_mtime;
	switch (st.st_mode & S_IFMT) {
	case S_IFDIR:
		n.type = NODE_DIR;
		return tree_add(t, &n, e);
	case S_IFLNK:
		n.type = NODE_LINK;
		return tree_folder_add_link(f, t, &n, e);
	case S_IFREG:
		n.type = NODE_FILE;
		return tree_folder_add_file(f, t, &n, elf_only, e);
	default:
		return true;
	}
}

/* "usr/lib" -> "usr" -> "" */
static const char *tree_folder_parent(struct arena *a, const char *at)
{
	const char *slash = strrchr(at, '/');

	return slash ? arena_strndup(a, at, (size_t)(slash - at)) : "";
}

bool folder_reach(struct folder *f, struct tree *t, const char *path, struct error *e)
{
	AUTO_ARENA a = { 0 };
	struct str rest = str_of(path), one;
	const char *at = "";

	for (unsigned links = 0; str_next(&rest, '/', &one);) {
		const char *next;
		const struct node *n;

		if (one.n == 0 || str_eq(one, STR(".")))
			continue;
		if (str_eq(one, STR(".."))) {
			at = tree_folder_parent(&a, at);
			continue;
		}
		next = arena_printf(&a, "%s%s" STR_FMT, at, *at ? "/" : "", STR_ARG(one));
		n = tree_find(t, next);
		if (!n && !tree_folder_add(f, t, arena_strdup(f->a, next), false, e))
			return false;
		n = tree_find(t, next);
		if (!n || (n->type == NODE_LINK && ++links > LINKS_MAX))
			return true;
		if (n->type == NODE_FILE)
			return true;
		if (n->type == NODE_DIR) {
			at = next;
			continue;
		}
		rest = str_of(arena_printf(&a, "%s/" STR_FMT, n->target, STR_ARG(rest)));
		at = n->target[0] == '/' ? "" : at;
	}
	return true;
}

/* The names in a folder, sorted: the tree is filled in order, and messages come in order. */
static bool list_names(struct folder *f, struct arena *a, const char *path, struct strings *out,
		       struct error *e)
{
	int fd = openat(f->fd, *path ? path : ".", O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	DIR *dir;
	struct dirent *entry;

	if (fd < 0)
		return leave_out(f, path, e);
	dir = fdopendir(fd);
	if (!dir) {
		close(fd);
		return err_sys(e, "read the folder %s", path);
	}
	while ((entry = readdir(dir))) {
		if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
			*list_push(a, out) = arena_strdup(a, entry->d_name);
	}
	closedir(dir);
	strings_sort(out);
	return true;
}

static bool tree_folder_walk(struct folder *f, struct tree *t, const char *path, unsigned depth,
			     struct error *e)
{
	AUTO_ARENA a = { 0 };
	struct strings names = { 0 };

	if (depth > DEPTH_MAX)
		return err_set(e, ERR_INPUT, "%s lies more than %d folders deep", path, DEPTH_MAX);
	if (!list_names(f, &a, path, &names, e))
		return false;
	for (size_t i = 0; i < names.n; i++) {
		const char *child = arena_printf(f->a, "%s%s%s", path, *path ? "/" : "",
						 names.v[i]);
		const struct node *n = tree_find(t, child);

		if (!n && !tree_folder_add(f, t, child, true, e))
			return false;
		n = tree_find(t, child);
		if (n && n->type == NODE_DIR && !tree_folder_walk(f, t, child, depth + 1, e))
			return false;
	}
	return true;
}

bool folder_walk(struct folder *f, struct tree *t, const char *path, struct error *e)
{
	return tree_folder_walk(f, t, path, 0, e);
}
