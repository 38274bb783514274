/* SPDX-License-Identifier: Apache-2.0 */
/* A layout put together by hand, umoci, and a walk over what it made. */

#include "support/fixture_unpacked.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "base/spawn.h"

#define MANIFEST "application/vnd.oci.image.manifest.v1+json"
#define CONFIG "application/vnd.oci.image.config.v1+json"
#define LAYER "application/vnd.oci.image.layer.v1.tar"

struct layout {
	struct arena *a;
	const char *dir; /* of the layout */
	const struct str *layers;
	size_t n;
};

static bool unpacked_put(const char *dir, const char *name, struct str bytes, struct error *e)
{
	AUTO_ARENA a = { 0 };
	AUTO_FD fd = open(arena_printf(&a, "%s/%s", dir, name),
			  O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

	return (fd >= 0 || err_sys(e, "%s", name)) && fd_write(fd, bytes, name, e);
}

/* Puts a blob and adds its descriptor to a text. */
static bool unpacked_put_blob(const struct layout *l, const char *type, struct str bytes,
			      struct buf *text, struct error *e)
{
	struct digest d = digest_of(bytes);
	const char *hex = digest_hex_dup(l->a, &d);

	buf_printf(text, "{\"mediaType\":\"%s\",\"digest\":\"sha256:%s\",\"size\":%zu", type, hex,
		   bytes.n);
	return unpacked_put(l->dir, arena_printf(l->a, "blobs/sha256/%s", hex), bytes, e);
}

static bool put_layers(const struct layout *l, struct buf *descriptors, struct buf *diff_ids,
		       struct error *e)
{
	for (size_t i = 0; i < l->n; i++) {
		struct digest d = digest_of(l->layers[i]);

		buf_puts(descriptors, i ? "," : "");
		if (!unpacked_put_blob(l, LAYER, l->layers[i], descriptors, e))
			return false;
		buf_puts(descriptors, "}");
		buf_printf(diff_ids, "%s\"sha256:%s\"", i ? "," : "", digest_hex_dup(l->a, &d));
	}
	return true;
}

static bool put_layout(const struct layout *l, struct error *e)
{
	struct buf layers = { .a = l->a }, ids = { .a = l->a }, config = { .a = l->a };
	struct buf manifest = { .a = l->a }, index = { .a = l->a };

	if (!file_mkdirs(AT_FDCWD, arena_printf(l->a, "%s/blobs/sha256", l->dir), e) ||
	    !put_layers(l, &layers, &ids, e))
		return false;
	buf_printf(&config,
		   "{\"architecture\":\"amd64\",\"os\":\"linux\",\"config\":{},\"rootfs\":"
		   "{\"type\":\"layers\",\"diff_ids\":[%s]}}",
		   buf_cstr(&ids));
	buf_puts(&manifest, "{\"schemaVersion\":2,\"mediaType\":\"" MANIFEST "\",\"config\":");
	if (!unpacked_put_blob(l, CONFIG, buf_str(&config), &manifest, e))
		return false;
	buf_printf(&manifest, "},\"layers\":[%s]}", buf_cstr(&layers));
	buf_puts(&index, "{\"schemaVersion\":2,\"manifests\":[");
	if (!unpacked_put_blob(l, MANIFEST, buf_str(&manifest), &index, e))
		return false;
	buf_puts(&index, ",\"annotations\":{\"org.opencontainers.image.ref.name\":\"it\"}}]}");
	return unpacked_put(l->dir, "index.json", buf_str(&index), e) &&
	       unpacked_put(l->dir, "oci-layout", STR("{\"imageLayoutVersion\":\"1.0.0\"}"), e);
}

/* What umoci said last, without the noise before it. */
static const char *last_words(struct arena *a, int fd)
{
	char text[4096];
	ssize_t n = pread(fd, text, sizeof(text), 0);
	struct str all = str_trim((struct str){ text, n > 0 ? (size_t)n : 0 });
	const char *line = all.n ? memrchr(all.p, '\n', all.n) : NULL;

	return str_dup(a, line ? str_from(all, (size_t)(line + 1 - all.p)) : all);
}

static bool unpacked_run_umoci(struct arena *a, const char *dir, struct unpacked *out,
			       struct error *e)
{
	AUTO_FD said = open(dir, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	AUTO_FD nothing = open("/dev/null", O_RDWR | O_CLOEXEC);
	const char *const argv[] = { "umoci",
				     "unpack",
				     "--rootless",
				     "--image",
				     arena_printf(a, "%s/layout:it", dir),
				     arena_printf(a, "%s/out", dir),
				     NULL };
	const struct spawn_fd fds[] = { { nothing, 0 }, { nothing, 1 }, { said, 2 } };
	const struct spawn s = { .argv = argv, .fds = fds, .n = 3 };
	int status, got;
	pid_t pid;

	if (said < 0 || nothing < 0)
		return err_sys(e, "%s", dir);
	got = spawn_start(&s, &pid, e);
	if (got != 1)
		return got < 0 ? false : err_set(e, ERR_SYSTEM, "umoci is not installed");
	if (!spawn_wait(pid, "umoci", &status, e))
		return false;
	out->refused = !WIFEXITED(status) || WEXITSTATUS(status) != 0;
	out->why = out->refused ? last_words(a, said) : NULL;
	return true;
}

static bool read_content(int dirfd, const char *name, struct unpacked_file *f, struct error *e)
{
	AUTO_FD fd = openat(dirfd, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	AUTO_ARENA a = { 0 };
	char *p = arena_alloc(&a, f->size + 1);

	if (fd < 0 && errno == EACCES && fchmodat(dirfd, name, 0600, 0) == 0) /* not root */
		fd = openat(dirfd, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return err_sys(e, "%s", name);
	if (!fd_pread(fd, p, f->size, 0, name, e))
		return false;
	f->content = digest_of((struct str){ p, f->size });
	return true;
}

static bool unpacked_walk(struct arena *a, int dirfd, const char *name, const char *path,
			  struct unpacked *out, struct error *e);

static bool unpacked_note(struct arena *a, int dirfd, const char *name, const char *path,
			  struct unpacked *out, struct error *e)
{
	struct unpacked_file f = { .path = path };
	char target[4097];
	struct stat st;
	ssize_t n;

	if (fstatat(dirfd, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return err_sys(e, "%s", path);
	f.mode = st.st_mode;
	f.size = (uint64_t)st.st_size;
	if (S_ISREG(st.st_mode) && !read_content(dirfd, name, &f, e))
		return false;
	if (S_ISLNK(st.st_mode)) {
		n = readlinkat(dirfd, name, target, sizeof(target));
		f.target = arena_strndup(a, target, n > 0 ? (size_t)n : 0);
	}
	*list_push(a, out) = f;
	return !S_ISDIR(st.st_mode) || unpacked_walk(a, dirfd, name, path, out, e);
}

static bool unpacked_walk(struct arena *a, int dirfd, const char *name, const char *path,
			  struct unpacked *out, struct error *e)
{
	struct strings names = { NULL, 0, 0 };
	AUTO_FD fd = -1;

	if (fchmodat(dirfd, name, 0700, 0) < 0) /* its mode is noted */
		return err_sys(e, "%s", path);
	fd = file_open_dir(dirfd, name, e);
	if (fd < 0 || !file_names(a, fd, path, &names, e))
		return false;
	for (size_t i = 0; i < names.n; i++)
		if (!unpacked_note(a, fd, names.v[i],
				   arena_printf(a, "%s%s%s", path, *path ? "/" : "", names.v[i]),
				   out, e))
			return false;
	return true;
}

static int compare_unpacked_files(const void *a, const void *b)
{
	return strcmp(((const struct unpacked_file *)a)->path,
		      ((const struct unpacked_file *)b)->path);
}

bool unpacked_make(struct arena *a, const char *dir, const struct str *layers, size_t n,
		   struct unpacked *out, struct error *e)
{
	const char *made = arena_printf(a, "%s/out", dir),
		   *layout = arena_printf(a, "%s/layout", dir);
	const struct layout l = { a, layout, layers, n };

	*out = (struct unpacked){ .v = NULL };
	if (!put_layout(&l, e) || !unpacked_run_umoci(a, dir, out, e))
		return false;
	if (!out->refused &&
	    !unpacked_walk(a, AT_FDCWD, arena_printf(a, "%s/rootfs", made), "", out, e))
		return false;
	if (out->n)
		qsort(out->v, out->n, sizeof(*out->v), compare_unpacked_files);
	return file_remove_tree(AT_FDCWD, layout, e) &&
	       (access(made, F_OK) != 0 || file_remove_tree(AT_FDCWD, made, e));
}

const struct unpacked_file *unpacked_at(const struct unpacked *u, const char *path)
{
	const struct unpacked_file key = { .path = path };

	return u->n ? bsearch(&key, u->v, u->n, sizeof(*u->v), compare_unpacked_files) : NULL;
}
