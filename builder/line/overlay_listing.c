/* SPDX-License-Identifier: Apache-2.0 */
/* Sees what make/place/overlay_file.c takes, all of it: names that begin with a dot, empty folders,
 * targets of links, whether a file may be executed. What it does not take (owner, time, the other
 * bits of the mode) is not in the text. */

#include "line/overlay_listing.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/digest.h"
#include "base/file.h"

#define DEPTH_MAX 64 /* as deep as the overlay goes */

struct inputs_walk {
	struct arena *a;
	struct buf *out;
};

static bool inputs_add_entry(const struct inputs_walk *w, int dir, const char *name,
			     const char *shown, unsigned depth, struct error *e);

static bool inputs_add_folder(const struct inputs_walk *w, int fd, const char *shown,
			      unsigned depth, struct error *e)
{
	struct strings names = { 0 };

	if (!file_names(w->a, fd, shown, &names, e))
		return false;
	buf_printf(w->out, "folder %zu\n", names.n);
	for (size_t i = 0; i < names.n; i++) {
		if (!inputs_add_entry(w, fd, names.v[i],
				      arena_printf(w->a, "%s/%s", shown, names.v[i]), depth + 1, e))
			return false;
	}
	return true;
}

static bool inputs_add_link(const struct inputs_walk *w, int dir, const char *name,
			    const char *shown, struct error *e)
{
	char target[4096];
	ssize_t n = readlinkat(dir, name, target, sizeof(target));

	if (n < 0)
		return err_sys(e, "read the link %s", shown);
	buf_printf(w->out, "link %zd " STR_FMT "\n", n,
		   STR_ARG(((struct str){ target, (size_t)n })));
	return true;
}

static bool inputs_add_file(const struct inputs_walk *w, int fd, const struct stat *st,
			    const char *shown, struct error *e)
{
	struct digest d;

	if (!digest_fd(fd, shown, &d, NULL, e))
		return false;
	buf_printf(w->out, "file%s %s\n", st->st_mode & S_IXUSR ? " x" : "",
		   digest_hex_dup(w->a, &d));
	return true;
}

/* A name may hold any byte but NUL and "/": its length keeps it from looking like what follows. */
static bool inputs_add_entry(const struct inputs_walk *w, int dir, const char *name,
			     const char *shown, unsigned depth, struct error *e)
{
	AUTO_FD fd = openat(dir, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
	struct stat st;

	buf_printf(w->out, "%zu %s ", strlen(name), name);
	if (fd < 0 && errno == ELOOP)
		return inputs_add_link(w, dir, name, shown, e);
	if (fd < 0 && errno != ENXIO)
		return err_sys(e, "open %s", shown);
	if (fd >= 0 && fstat(fd, &st) < 0)
		return err_sys(e, "stat %s", shown);
	if (fd >= 0 && S_ISREG(st.st_mode))
		return inputs_add_file(w, fd, &st, shown, e);
	if (fd >= 0 && S_ISDIR(st.st_mode) && depth <= DEPTH_MAX)
		return inputs_add_folder(w, fd, shown, depth, e);
	buf_puts(w->out, "other\n");
	return true;
}

bool inputs_add(struct arena *a, struct buf *out, const char *path, struct error *e)
{
	return inputs_add_entry(&(struct inputs_walk){ a, out }, AT_FDCWD, path, path, 0, e);
}
