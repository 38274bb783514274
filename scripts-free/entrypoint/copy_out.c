/* SPDX-License-Identifier: Apache-2.0 */
/* A tar archive, written as the tree is walked. */

#include "entrypoint/copy_out.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/dir_list.h"
#include "entrypoint/tar_header.h"

#define NAME 4096
#define DEPTH 32
#define KEY_SEARCH 131072 /* a key further behind than this is not found */

struct copy {
	bool failed;
	unsigned depth;
	char name[NAME]; /* of the present member, without a leading slash */
};

static bool copy_put(struct copy *c, const void *data, size_t n)
{
	const char *p = data;

	while (n > 0) {
		ssize_t done = write(STDOUT_FILENO, p, n);

		if (done < 0 && errno == EINTR)
			continue;
		if (done <= 0) {
			fprintf(stderr, "entrypoint: stdout: %s\n", strerror(errno));
			exit(EXIT_FAILURE);
		}
		p += done;
		n -= (size_t)done;
	}
	return !c->failed;
}

static void copy_pad(struct copy *c, uint64_t n)
{
	static const char zeros[TAR_BLOCK];

	for (; n > 0; n -= n < TAR_BLOCK ? n : TAR_BLOCK)
		copy_put(c, zeros, n < TAR_BLOCK ? n : TAR_BLOCK);
}

static void copy_complain(struct copy *c, const char *what)
{
	fprintf(stderr, "entrypoint: /%s: %s\n", c->name, what);
	c->failed = true;
}

static size_t pax_put_number(char *out, size_t cap, const char *keyword, unsigned long long v)
{
	char text[32];

	snprintf(text, sizeof text, "%llu", v);
	return tar_pax_record(out, cap, keyword, text);
}

static void extended_header(struct copy *c, const struct stat *st, uint64_t size, const char *link)
{
	unsigned char block[TAR_BLOCK];
	char pax[3 * NAME];
	size_t n = 0;

	n += tar_pax_record(pax + n, sizeof pax - n, "path", c->name);
	n += pax_put_number(pax + n, sizeof pax - n, "size", size);
	n += pax_put_number(pax + n, sizeof pax - n, "uid", st->st_uid);
	n += pax_put_number(pax + n, sizeof pax - n, "gid", st->st_gid);
	if (link != NULL)
		n += tar_pax_record(pax + n, sizeof pax - n, "linkpath", link);
	tar_header(block, "pax", 'x', st, n, NULL);
	copy_put(c, block, sizeof block);
	copy_put(c, pax, n);
	copy_pad(c, -n % TAR_BLOCK);
}

static void copy_header(struct copy *c, char type, const struct stat *st, uint64_t size,
			const char *link)
{
	unsigned char block[TAR_BLOCK];

	if (tar_needs_pax(c->name, st, size, link))
		extended_header(c, st, size, link);
	tar_header(block, c->name, type, st, size, link);
	copy_put(c, block, sizeof block);
}

static bool holds_key(int fd)
{
	static char buf[KEY_SEARCH];
	static const char mark[] = "PRIVATE KEY-----";
	ssize_t n = pread(fd, buf, sizeof buf, 0);

	return n > 0 && memmem(buf, (size_t)n, mark, sizeof mark - 1) != NULL;
}

/* A log grows while it is read and may shrink: the archive gets exactly st_size bytes. */
static void copy_file(struct copy *c, int fd, const struct stat *st)
{
	char buf[16384];
	uint64_t left = (uint64_t)st->st_size;

	if (holds_key(fd)) {
		copy_complain(c, "left out: it holds a private key");
		return;
	}
	copy_header(c, '0', st, left, NULL);
	while (left > 0) {
		ssize_t n = read(fd, buf, left < sizeof buf ? left : sizeof buf);

		if (n <= 0)
			break;
		copy_put(c, buf, (size_t)n);
		left -= (size_t)n;
	}
	copy_pad(c, left);
	copy_pad(c, -(uint64_t)st->st_size % TAR_BLOCK);
}

static void copy_member(struct copy *c, int dir, const char *at);

struct copy_walk {
	struct copy *copy;
	int fd;
};

static bool copy_entry(const char *name, void *arg)
{
	struct copy_walk *w = arg;
	size_t len = strlen(w->copy->name);

	if (len + 1 + strlen(name) >= sizeof w->copy->name) {
		copy_complain(w->copy, "name too long");
		return true;
	}
	snprintf(w->copy->name + len, sizeof w->copy->name - len, "/%s", name);
	copy_member(w->copy, w->fd, name);
	w->copy->name[len] = '\0';
	return true;
}

static void copy_tree(struct copy *c, int fd, const struct stat *st)
{
	struct copy_walk w = { .copy = c, .fd = fd };

	copy_header(c, '5', st, 0, NULL);
	if (c->depth == DEPTH) {
		copy_complain(c, "too deep");
		return;
	}
	c->depth++;
	if (!dir_each(fd, copy_entry, &w))
		copy_complain(c, strerror(errno));
	c->depth--;
}

static void copy_opened(struct copy *c, int fd, const struct stat *st)
{
	if (S_ISDIR(st->st_mode))
		copy_tree(c, fd, st);
	else
		copy_file(c, fd, st);
}

static void copy_member(struct copy *c, int dir, const char *at)
{
	struct stat st;
	char link[NAME];
	ssize_t n;
	int fd;

	if (fstatat(dir, at, &st, AT_SYMLINK_NOFOLLOW) != 0) {
		copy_complain(c, strerror(errno));
		return;
	}
	if (S_ISLNK(st.st_mode) && (n = readlinkat(dir, at, link, sizeof link - 1)) > 0) {
		link[n] = '\0';
		copy_header(c, '2', &st, 0, link);
		return;
	}
	if (!S_ISREG(st.st_mode) && !S_ISDIR(st.st_mode))
		return; /* sockets and pipes have no content */
	fd = openat(dir, at, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &st) != 0)
		copy_complain(c, strerror(errno));
	else
		copy_opened(c, fd, &st);
	if (fd >= 0)
		close(fd);
}

/* The true name of an open file: symbolic links on the way have been followed. */
static bool true_name(int fd, char *out, size_t cap)
{
	char path[48];
	ssize_t n;

	snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
	n = readlink(path, out, cap - 1);
	out[n > 0 ? n : 0] = '\0';
	return n > 0 && (size_t)n < cap - 1;
}

static bool is_below_folder(const char *path, const char *dir)
{
	char resolved[NAME];
	int fd = open(dir, O_PATH | O_CLOEXEC);
	bool ok = fd >= 0 && true_name(fd, resolved, sizeof resolved);
	size_t n = ok ? strlen(resolved) : 0;

	if (fd >= 0)
		close(fd);
	return ok && strncmp(path, resolved, n) == 0 && (path[n] == '/' || path[n] == '\0');
}

int copy_out(const struct paths *p, const char *path)
{
	const char *const allowed[] = { p->etc_dir, p->run_dir,	  p->log_dir,
					p->lib_dir, p->spool_dir, p->cache_dir };
	static struct copy c;
	char resolved[NAME];
	struct stat st;
	bool ok = false;
	int fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);

	if (fd < 0 || fstat(fd, &st) != 0 || !true_name(fd, resolved, sizeof resolved)) {
		fprintf(stderr, "entrypoint: %s: %s\n", path, strerror(errno));
		return EXIT_FAILURE;
	}
	for (size_t i = 0; i < sizeof allowed / sizeof allowed[0]; i++)
		ok |= is_below_folder(resolved, allowed[i]);
	if (!ok || isatty(STDOUT_FILENO) || !(S_ISREG(st.st_mode) || S_ISDIR(st.st_mode))) {
		fprintf(stderr, "entrypoint: %s: %s\n", resolved,
			!ok			? "not below a directory of Squid"
			: isatty(STDOUT_FILENO) ? "the archive does not go to a terminal"
						: "neither a file nor a directory");
		return EXIT_FAILURE;
	}
	snprintf(c.name, sizeof c.name, "%s", resolved + 1);
	copy_opened(&c, fd, &st);
	copy_pad(&c, 2 * TAR_BLOCK);
	close(fd);
	return c.failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
