/* SPDX-License-Identifier: Apache-2.0 */
/* Lays packages out as a folder, one node after the other, never through a link. */

#include "make/compile/toolchain_root.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/parallel.h"
#include "make/compile/launcher.h"
#include "make/place/locked_deb.h"
#include "transfer/store/store_root.h"
#include "transfer/store/store_turn.h"
#include "make/deb/deb.h"
#include "make/deb/deb_decoder.h"

#define FORMAT_NUMBER 2
#define LAUNCHER_FORMAT_NUMBER 2
#define WRITE_BATCH 32 /* nodes */

static const struct owner toolchain_owner = { .kind = OWNER_RECIPE, .name = "toolchain" };

struct package_list LIST(const struct locked_package *);

/* Of the machine that is compiled for, when that is not the compilers' own. */
static bool is_foreign(const struct lock *lock, const struct locked_package *p)
{
	return lock->compilers && strcmp(p->architecture, lock->architecture) == 0;
}

static bool list_packages(struct arena *a, const struct lock *lock,
			  const struct source_recipe *source, bool launcher,
			  struct package_list *out, struct error *e)
{
	const char *role = compile_role(a, source);
	const char *more = launcher_role(a, source);

	/* the compilers' own come first: they have the choice of what stands at a path */
	for (int foreign = 0; foreign < 2; foreign++) {
		for (size_t i = 0; i < lock->packages.n; i++) {
			const struct locked_package *p = &lock->packages.v[i];

			if (is_foreign(lock, p) == foreign &&
			    (package_has_role(p, role) || (launcher && package_has_role(p, more))))
				*list_push(a, out) = p;
		}
	}
	return out->n > 0 ||
	       err_set(e, ERR_INPUT, "%s names no package for \"%s\"; run imgbuild lock",
		       lock->file, role);
}

static bool toolchain_key(const struct lock *lock, const struct source_recipe *source,
			  bool launcher, struct digest *key, struct error *e)
{
	AUTO_ARENA a = { 0 };
	struct package_list packages = { 0 };
	struct buf text = { .a = &a };

	if (!list_packages(&a, lock, source, launcher, &packages, e))
		return false;
	buf_printf(&text, "imgbuild root %d\n", FORMAT_NUMBER);
	for (size_t i = 0; i < packages.n; i++)
		buf_printf(&text, "%s %s\n", digest_hex_dup(&a, &packages.v[i]->file.sha256),
			   packages.v[i]->name);
	for (size_t i = 0; i < source->toolchain->links.n; i++)
		buf_printf(&text, "%s -> %s\n", source->toolchain->links.v[i].path,
			   source->toolchain->links.v[i].to);
	if (launcher)
		buf_printf(&text, "launcher %d\n", LAUNCHER_FORMAT_NUMBER);
	*key = digest_of(buf_str(&text));
	return true;
}

bool root_key(const struct lock *lock, const struct source_recipe *source, struct digest *key,
	      struct error *e)
{
	return toolchain_key(lock, source, false, key, e);
}

bool root_inputs(struct arena *a, const struct lock *lock, const struct source_recipe *source,
		 struct history_inputs *out, struct error *e)
{
	struct package_list packages = { 0 };

	if (!list_packages(a, lock, source, false, &packages, e))
		return false;
	history_add(a, out, "toolchain format", arena_printf(a, "%d", FORMAT_NUMBER));
	for (size_t i = 0; i < packages.n; i++) {
		const struct locked_package *p = packages.v[i];

		*list_push(a, out) =
			(struct history_input){ .name = arena_printf(a, "toolchain package %s:%s",
								     p->name, p->architecture),
						.version = p->version,
						.value = digest_hex_dup(a, &p->file.sha256) };
	}
	for (size_t i = 0; i < source->toolchain->links.n; i++)
		history_add(a, out,
			    arena_printf(a, "toolchain link %s",
					 source->toolchain->links.v[i].path),
			    source->toolchain->links.v[i].to);
	return true;
}

/* Opens the folder a path stands in without ever crossing a link or leaving the root. */
static int root_open_parent(int rootfd, const char *path, struct error *e)
{
	AUTO_ARENA a = { 0 };
	struct open_how how = { .flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC,
				.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS };
	const char *dir = path_dir(&a, path);
	int fd = (int)syscall(SYS_openat2, rootfd, dir[0] ? dir : ".", &how, sizeof(how));

	if (fd < 0)
		err_sys(e, "open /%s in the toolchain", dir);
	return fd;
}

static bool root_write_file(int dirfd, const struct node *n, struct error *e)
{
	AUTO_FD fd = openat(dirfd, path_base(n->path),
			    O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);

	if (fd < 0)
		return err_sys(e, "create /%s in the toolchain", n->path);
	if (!node_write(n, fd, e))
		return false;
	if (fchmod(fd, (n->mode & 0111) | 0644) < 0)
		return err_sys(e, "set the mode of /%s", n->path);
	return fd_close(&fd, n->path, e);
}

static bool root_write_node(int rootfd, const struct node *n, struct error *e)
{
	AUTO_FD dirfd = root_open_parent(rootfd, n->path, e);

	if (dirfd < 0)
		return false;
	if (n->type == NODE_FILE)
		return root_write_file(dirfd, n, e);
	/* the build's user walks through it, whatever the umask of who laid it out */
	if (n->type == NODE_DIR && (mkdirat(dirfd, path_base(n->path), 0755) < 0 ||
				    fchmodat(dirfd, path_base(n->path), 0755, 0) < 0))
		return err_sys(e, "make the folder /%s in the toolchain", n->path);
	if (n->type == NODE_LINK && symlinkat(n->target, dirfd, path_base(n->path)) < 0)
		return err_sys(e, "make the link /%s in the toolchain", n->path);
	return true;
}

/* What is compiled against: of packages of another machine only this is laid out, and only where
 * the compilers' own packages have nothing. Their programs could not run here. */
static bool is_compiled_against(const struct tree *t, const char *path)
{
	return (strncmp(path, "usr/include/", 12) == 0 || strncmp(path, "usr/lib/", 8) == 0 ||
		strncmp(path, "usr/share/pkgconfig/", 20) == 0) &&
	       !tree_find(t, path);
}

static bool add_entries(struct arena *a, struct tree *t, const struct deb *deb, bool foreign,
			struct error *e)
{
	struct owner *owner = arena_alloc(a, sizeof(*owner));

	*owner = (struct owner){ .kind = OWNER_PACKAGE, .name = deb->package->name };
	list_each(d, &deb->entries) {
		struct node n = deb_node(deb, d, owner);

		/* what nobody compiles with only costs time */
		if (strncmp(n.path, "usr/share/doc/", 14) == 0 ||
		    strncmp(n.path, "usr/share/man/", 14) == 0 ||
		    strncmp(n.path, "usr/share/locale/", 17) == 0)
			continue;
		if (foreign && !is_compiled_against(t, n.path))
			continue;
		if (n.type == NODE_DIR)
			n.mode = 0755;
		n.uid = n.gid = 0;
		if (!tree_add(t, &n, e))
			return err_wrap(e, "package %s", deb->package->name);
	}
	return true;
}

/* The links of the toolchain's recipe and the folders that the sandbox mounts on. */
static bool add_extras(struct tree *t, const struct toolchain *toolchain, bool launcher,
		       struct error *e)
{
	static const char *const folders[] = { "build", "sources", "proc", "dev", "tmp" };

	for (size_t i = 0; i < ARRAY_SIZE(folders); i++) {
		struct node n = { .path = folders[i],
				  .type = NODE_DIR,
				  .mode = 0755,
				  .owner = &toolchain_owner };

		if (!tree_add(t, &n, e))
			return false;
	}
	for (size_t i = 0; i < toolchain->links.n; i++) {
		struct node n = { .path = toolchain->links.v[i].path + 1,
				  .type = NODE_LINK,
				  .mode = 0777,
				  .target = toolchain->links.v[i].to,
				  .owner = &toolchain_owner };

		if (!tree_add(t, &n, e))
			return err_wrap(e, "toolchain %s", toolchain->name);
	}
	return !launcher || launcher_add_links(t, &toolchain_owner, e);
}

struct root_writer {
	int rootfd;
	const struct tree *t;
};

/* A few folders' worth at a time: who creates files in one folder waits for the other. */
static bool root_write_batch(void *ctx, size_t batch, struct error *e)
{
	const struct root_writer *w = ctx;
	size_t end = (batch + 1) * WRITE_BATCH;

	for (size_t i = batch * WRITE_BATCH; i < end && i < w->t->n; i++) {
		if (w->t->v[i]->type != NODE_DIR && !root_write_node(w->rootfd, w->t->v[i], e))
			return false;
	}
	return true;
}

static bool write_tree(int rootfd, const struct tree *t, struct error *e)
{
	struct root_writer w = { rootfd, t };

	for (size_t i = 0; i < t->n; i++) {
		if (t->v[i]->type == NODE_DIR && !root_write_node(rootfd, t->v[i], e))
			return false;
	}
	return parallel_for((t->n + WRITE_BATCH - 1) / WRITE_BATCH, 0, root_write_batch, &w, e) &&
	       (syncfs(rootfd) == 0 || err_sys(e, "sync the toolchain"));
}

static bool lay_out(struct arena *a, const struct compile_request *rq,
		    const struct package_list *packages, int rootfd, struct error *e)
{
	struct deb *debs = arena_array(a, packages->n, sizeof(*debs));
	struct tree t;
	size_t opened = 0;
	const struct deb_package **wanted = locked_debs(a, packages->v, packages->n);
	bool ok = decoder_wait(rq->decoder, wanted, packages->n, e);

	tree_init(&t, a);
	while (ok && opened < packages->n) {
		const struct locked_package *p = packages->v[opened];

		ok = deb_open(a, rq->store, wanted[opened], &debs[opened], e);
		opened += ok;
		ok = ok && add_entries(a, &t, &debs[opened - 1], is_foreign(rq->lock, p), e);
	}
	ok = ok && add_extras(&t, rq->source->toolchain, rq->options->launcher, e) &&
	     write_tree(rootfd, &t, e);
	while (opened)
		deb_close(&debs[--opened]);
	return ok;
}

/* Gives a finished root its name. Another build may have made it meanwhile: theirs is as good. */
static bool name_root(int roots, struct file_workdir *w, const char *name, struct error *e)
{
	if (renameat(roots, w->name, roots, name) == 0)
		w->name[0] = '\0';
	else if (errno != EEXIST && errno != ENOTEMPTY)
		return err_sys(e, "name the toolchain %s", name);
	return true;
}

static bool root_make(struct arena *a, const struct compile_request *rq, int roots,
		      const char *name, struct error *e)
{
	struct package_list packages = { 0 };
	struct file_workdir w = FILE_WORKDIR_INIT;
	struct error ignored = { 0 };
	bool ok;

	if (!list_packages(a, rq->lock, rq->source, rq->options->launcher, &packages, e))
		return false;
	file_remove_leftovers(roots);
	ok = file_workdir_make(roots, &w, e) && lay_out(a, rq, &packages, w.fd, e) &&
	     (fchmod(w.fd, 0755) == 0 || err_sys(e, "set the mode of the toolchain's folder")) &&
	     name_root(roots, &w, name, e) && store_root_seal(rq->store, w.fd, name, e);
	if (w.name[0] && !file_remove_tree(roots, w.name, &ignored))
		progress_warn(rq->progress, "could not remove %s", w.name);
	fd_closep(&w.fd);
	return ok;
}

/* Opens the folder of roots, and the root: -1 when that is not there. */
static int root_open(const struct compile_request *rq, int *roots, char hex[DIGEST_TEXT],
		     struct error *e)
{
	struct digest key;

	*roots = -1;
	if (!toolchain_key(rq->lock, rq->source, rq->options->launcher, &key, e))
		return -1;
	digest_hex(&key, hex);
	*roots = file_open_dir(rq->store->fd, "roots", e);
	return *roots < 0 ? -1 : store_open_entry(*roots, hex, O_DIRECTORY);
}

bool root_is_there(const struct compile_request *rq)
{
	struct error ignored = { 0 };
	char hex[DIGEST_TEXT];
	int roots;
	AUTO_FD there = root_open(rq, &roots, hex, &ignored);

	fd_closep(&roots);
	return there >= 0;
}

bool root_get(struct arena *a, const struct compile_request *rq, const char **path, struct error *e)
{
	const char *toolchain = rq->source->toolchain->name;
	char hex[DIGEST_TEXT];
	AUTO_FD roots = -1, there = -1, turn = -1;

	if (!file_mkdirs(rq->store->fd, "roots", e))
		return false;
	there = root_open(rq, &roots, hex, e);
	if (roots < 0)
		return false;
	*path = arena_printf(a, "%s/roots/%s", rq->store->path, hex);
	if (there >= 0)
		return true;
	turn = store_turn_take(rq->store, *path, NULL, NULL);
	there = store_open_entry(roots, hex, O_DIRECTORY);
	if (there >= 0)
		return true; /* another source's thread, or another imgbuild, has made it */
	progress_begin(rq->progress, "toolchain", "unpacking toolchain %s", toolchain);
	if (!root_make(a, rq, roots, hex, e))
		return err_wrap(e, "toolchain %s", toolchain);
	progress_end(rq->progress, "toolchain", false, "toolchain %s", toolchain);
	return true;
}
