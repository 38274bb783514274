/* SPDX-License-Identifier: Apache-2.0 */
/* The files one by one, where line/unchanged.c takes folders as a whole. */

#include "line/input_files.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "base/file_state.h"
#include "input/lock/tools_lock.h"
#include "make/compile/local_files.h"
#include "make/compile/source_folder.h"

#define FOLDER_DEPTH_MAX 64 /* as deep as "files" go */

struct input_listing {
	struct arena *a;
	const struct recipe *recipe;
	const struct strmap *known; /* or NULL */
	struct input_files *out;
};

static struct input_file *listing_push(const struct input_listing *l, const char *path)
{
	struct input_file *f = list_push(l->a, l->out);

	f->path = path;
	f->name = recipe_shown_path(l->a, l->recipe, path);
	f->builtin = builtin_below(l->recipe->data, path) != NULL;
	return f;
}

static bool listing_add_file(const struct input_listing *l, const char *path, struct error *e)
{
	AUTO_FD fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	const struct input_file *known = l->known ? strmap_get(l->known, str_of(path)) : NULL;
	struct input_file *f;
	struct stat st;

	if (fd < 0)
		return err_sys(e, "open %s", path);
	if (fstat(fd, &st) < 0)
		return err_sys(e, "stat %s", path);
	f = listing_push(l, path);
	f->executable = (st.st_mode & S_IXUSR) != 0;
	if (!file_state_young(&st))
		f->state = st;
	if (known && file_state_same(&known->state, &st)) {
		f->sha256 = known->sha256;
		f->size = (uint64_t)st.st_size;
		return true;
	}
	return digest_fd(fd, path, &f->sha256, &f->size, e);
}

static bool listing_add_link(const struct input_listing *l, const char *path, struct error *e)
{
	char target[4096];
	ssize_t n = readlink(path, target, sizeof(target));
	struct input_file *f;

	if (n < 0)
		return err_sys(e, "read the link %s", path);
	f = listing_push(l, path);
	f->target = str_dup(l->a, (struct str){ target, (size_t)n });
	f->sha256 = digest_of(str_of(f->target));
	return true;
}

/* An entry of "files": a file or a folder. What can be part of no image is passed over: the build
 * refused it. */
static bool listing_add_tree(const struct input_listing *l, const char *path, unsigned depth,
			     struct error *e)
{
	struct strings names = { 0 };
	struct stat st;

	if (lstat(path, &st) < 0)
		return err_sys(e, "stat %s", path);
	if (S_ISLNK(st.st_mode))
		return listing_add_link(l, path, e);
	if (S_ISREG(st.st_mode))
		return listing_add_file(l, path, e);
	if (S_ISDIR(st.st_mode) && depth <= FOLDER_DEPTH_MAX) {
		AUTO_FD fd = file_open_dir(AT_FDCWD, path, e);

		if (fd < 0 || !file_names(l->a, fd, path, &names, e))
			return false;
		if (names.n == 0)
			listing_push(l, path)->folder = true;
	}
	for (size_t i = 0; i < names.n; i++) {
		if (!listing_add_tree(l, arena_printf(l->a, "%s/%s", path, names.v[i]), depth + 1,
				      e))
			return false;
	}
	return true;
}

static void listing_add_bare(const struct input_listing *l, const struct strings *paths)
{
	list_append(l->a, &l->out->bare, paths);
}

static bool listing_add_folder(const struct input_listing *l, const struct source_recipe *s,
			       struct error *e)
{
	struct source_files files = { 0 };

	if (!source_folder_list(l->a, s, &files, e))
		return false;
	listing_add_bare(l, &files.bare);
	for (size_t i = 0; i < files.n; i++) {
		const struct source_file *f = &files.v[i];

		if (!(f->target ? listing_add_link(l, f->path, e)
				: listing_add_file(l, f->path, e)))
			return false;
	}
	return true;
}

static bool listing_add_list(const struct input_listing *l, const struct strings *paths,
			     struct error *e)
{
	for (size_t i = 0; i < paths->n; i++) {
		if (!listing_add_file(l, paths->v[i], e))
			return false;
	}
	return true;
}

static bool listing_add_source(const struct input_listing *l, const struct source_recipe *s,
			       struct error *e)
{
	for (size_t i = 0; i < s->trees.n; i++) {
		struct local_files files = { 0 };

		if (!local_list(l->a, s->trees.v[i], &files, e))
			return false;
		listing_add_bare(l, &files.bare);
		for (size_t k = 0; k < files.n; k++) {
			if (!(files.v[k].target ? listing_add_link(l, files.v[k].path, e)
						: listing_add_file(l, files.v[k].path, e)))
				return false;
		}
	}
	if (s->signature.file && (!listing_add_file(l, s->signature.file, e) ||
				  !listing_add_list(l, &s->signature.keyrings, e)))
		return false;
	return listing_add_folder(l, s, e) && (!s->local || listing_add_file(l, s->local, e)) &&
	       listing_add_list(l, &s->patches, e);
}

/* What of imgbuild's own files a lock answers, be it a folder of which not all is used. */
static bool listing_add_builtin(const struct input_listing *l, const struct recipe *r,
				struct error *e)
{
	for (size_t i = 0; i < r->builtin.n; i++) {
		const char *path = arena_printf(l->a, "%s/%s", r->data, r->builtin.v[i].name);
		struct stat st;

		if (lstat(path, &st) < 0)
			return err_sys(e, "stat %s", path);
		if (!(S_ISLNK(st.st_mode) ? listing_add_link(l, path, e)
					  : listing_add_file(l, path, e)))
			return false;
	}
	return true;
}

/* Those in the repository; what is the machine's own, a rebuild has from its own. */
static bool listing_add_keyrings(const struct input_listing *l, const struct recipe *r,
				 struct error *e)
{
	for (size_t i = 0; i < r->archive->suites.n; i++) {
		const struct strings *keyrings = &r->archive->suites.v[i].keyrings;

		for (size_t k = 0; k < keyrings->n; k++) {
			const char *path = keyrings->v[k];

			if (recipe_shown_path(l->a, r, path)[0] != '/' &&
			    !listing_add_file(l, path, e))
				return false;
		}
	}
	return true;
}

static bool listing_add_lock(const struct input_listing *l, const char *path, struct error *e)
{
	size_t n = l->out->n;

	if (!listing_add_file(l, path, e))
		return false;
	l->out->v[n].lock = true;
	return true;
}

static bool listing_add_locks(const struct input_listing *l, const struct build_order *o,
			      const struct recipe *r, struct error *e)
{
	for (size_t i = 0; i < o->platforms.n; i++) {
		if (!listing_add_lock(l, recipe_lock_path(l->a, r, o->platforms.v[i]), e))
			return false;
	}
	return true;
}

/* What one recipe of the chain reads but its locks. */
static bool listing_add_recipe(const struct input_listing *l, const struct recipe *r,
			       struct error *e)
{
	struct source_list sources = { 0 };

	for (size_t i = 0; i < r->files.n; i++) {
		if (!listing_add_tree(l, r->files.v[i].from, 0, e))
			return false;
	}
	if (!listing_add_builtin(l, r, e) || !listing_add_keyrings(l, r, e))
		return false;
	recipe_sources(l->a, r, &sources);
	for (size_t i = 0; i < sources.n; i++) {
		if (!listing_add_source(l, sources.v[i], e))
			return false;
	}
	return listing_add_list(l, &r->effects.ca_bundle.files, e) &&
	       listing_add_list(l, &r->tests, e);
}

void input_files_index(struct arena *a, const struct input_files *l, struct strmap *out)
{
	for (size_t i = 0; i < l->n; i++)
		*strmap_slot(a, out, str_of(l->v[i].path)) = &l->v[i];
}

bool input_files_list(struct arena *a, const struct build_order *o, const struct recipe *r,
		      const struct strmap *known, struct input_files *out, struct error *e)
{
	const struct input_listing l = { a, r, known, out };
	const char *tools = tools_path(a, r->repository);

	if (!listing_add_list(&l, &r->inputs, e))
		return false;
	for (const struct recipe *one = r; one; one = one->base) {
		if (!listing_add_recipe(&l, one, e))
			return false;
	}
	for (const struct recipe *one = r; one; one = one->base) {
		if (!listing_add_locks(&l, o, one, e))
			return false;
	}
	return access(tools, F_OK) < 0 || listing_add_lock(&l, tools, e);
}
