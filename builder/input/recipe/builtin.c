/* SPDX-License-Identifier: Apache-2.0 */
/* From the program's own place to its files; and which of them were read. */

#include "input/recipe/builtin.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/path.h"

#define BUILTIN_VARIABLE "IMGBUILD_DATA"
#define BUILTIN_SCHEMA "docs/recipe.schema.json"
#define BUILTIN_DEPTH_MAX 64

static bool builtin_has_file(struct arena *a, const char *folder, const char *name)
{
	struct stat st;

	return stat(arena_printf(a, "%s/%s", folder, name), &st) == 0 && S_ISREG(st.st_mode);
}

/* A repository of somebody else's may stand beside the program; it has no schema of recipes. */
static bool is_builtin_folder(struct arena *a, const char *folder)
{
	return builtin_has_file(a, folder, RECIPE_CATALOGUE) &&
	       builtin_has_file(a, folder, BUILTIN_SCHEMA);
}

static bool builtin_from_environment(struct arena *a, const char *named, const char **out,
				     struct error *e)
{
	struct stat st;

	*out = named;
	for (size_t n = strlen(named); n > 1 && named[n - 1] == '/'; n--)
		*out = arena_strndup(a, named, n - 1);
	if (stat(*out, &st) < 0)
		return err_set(e, ERR_USAGE,
			       BUILTIN_VARIABLE
			       "=%s: %s; it names the folder of what comes with imgbuild, "
			       "or is not set",
			       named, strerror(errno));
	if (!S_ISDIR(st.st_mode))
		return err_set(e, ERR_USAGE,
			       BUILTIN_VARIABLE
			       "=%s is not a folder; it names the folder of what comes "
			       "with imgbuild, or is not set",
			       named);
	return is_builtin_folder(a, *out) ||
	       err_set(e, ERR_USAGE,
		       BUILTIN_VARIABLE
		       "=%s is not the folder of what comes with imgbuild: it lacks %s",
		       named,
		       builtin_has_file(a, *out, RECIPE_CATALOGUE) ? BUILTIN_SCHEMA
								   : RECIPE_CATALOGUE);
}

/* The folder that the program is in, or NULL: it cannot be told. */
static const char *program_folder(struct arena *a)
{
	char path[PATH_MAX];
	ssize_t n = readlink("/proc/self/exe", path, sizeof(path) - 1);

	if (n <= 0)
		return NULL;
	path[n] = '\0';
	return path_dir(a, path);
}

bool builtin_find(struct arena *a, const char **out, struct error *e)
{
	const char *named = getenv(BUILTIN_VARIABLE), *own;
	const char *installed;

	*out = NULL;
	if (named && named[0])
		return builtin_from_environment(a, named, out, e);
	own = program_folder(a);
	if (!own)
		return true;
	installed = arena_printf(a, "%s/share/imgbuild", path_dir(a, own));
	if (is_builtin_folder(a, installed))
		*out = installed;
	else if (is_builtin_folder(a, own))
		*out = own;
	return true;
}

const char *builtin_below(const char *data, const char *path)
{
	size_t n = data ? strlen(data) : 0;

	return n && strncmp(path, data, n) == 0 && path[n] == '/' ? path + n + 1 : NULL;
}

const char *builtin_shown(struct arena *a, const char *data, const char *path)
{
	const char *below = builtin_below(data, path);

	return below ? arena_printf(a, BUILTIN_MARK "%s", below) : path;
}

static bool note_entry(struct arena *a, int dir, const char *path, const char *name, unsigned depth,
		       struct builtin_files *out, struct error *e);

static bool note_folder(struct arena *a, int fd, const char *name, unsigned depth,
			struct builtin_files *out, struct error *e)
{
	struct strings names = { 0 };

	if (depth > BUILTIN_DEPTH_MAX)
		return err_set(e, ERR_SYSTEM, BUILTIN_MARK "%s: folders are nested too deep", name);
	if (!file_names(a, fd, name, &names, e))
		return false;
	for (size_t i = 0; i < names.n; i++) {
		if (!note_entry(a, fd, names.v[i], arena_printf(a, "%s/%s", name, names.v[i]),
				depth + 1, out, e))
			return false;
	}
	return true;
}

/* A link is what it leads to, by name. */
static bool note_link(struct arena *a, int dir, const char *path, const char *name,
		      struct builtin_files *out, struct error *e)
{
	char target[PATH_MAX];
	ssize_t n = readlinkat(dir, path, target, sizeof(target));

	if (n < 0)
		return err_sys(e, "read the link " BUILTIN_MARK "%s", name);
	*list_push(a, out) = (struct builtin_file){ name,
						    digest_of((struct str){ target, (size_t)n }) };
	return true;
}

static bool note_entry(struct arena *a, int dir, const char *path, const char *name, unsigned depth,
		       struct builtin_files *out, struct error *e)
{
	AUTO_FD fd = openat(dir, path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
	struct digest d;
	struct stat st;

	if (fd < 0 && errno == ELOOP)
		return note_link(a, dir, path, name, out, e);
	if (fd < 0)
		return err_sys(e, "open " BUILTIN_MARK "%s", name);
	if (fstat(fd, &st) < 0)
		return err_sys(e, "stat " BUILTIN_MARK "%s", name);
	if (S_ISDIR(st.st_mode))
		return note_folder(a, fd, name, depth, out, e);
	if (!digest_fd(fd, name, &d, NULL, e))
		return false;
	*list_push(a, out) = (struct builtin_file){ name, d };
	return true;
}

bool builtin_note(struct arena *a, const char *data, const char *path, struct builtin_files *out,
		  struct error *e)
{
	const char *name = builtin_below(data, path);

	return !name || note_entry(a, AT_FDCWD, path, name, 0, out, e);
}

static int compare_builtin(const void *x, const void *y)
{
	return strcmp(((const struct builtin_file *)x)->name,
		      ((const struct builtin_file *)y)->name);
}

void builtin_sort(struct builtin_files *l)
{
	size_t kept = 0;

	if (l->n)
		qsort(l->v, l->n, sizeof(*l->v), compare_builtin);
	for (size_t i = 0; i < l->n; i++) {
		if (kept == 0 || strcmp(l->v[kept - 1].name, l->v[i].name) != 0)
			l->v[kept++] = l->v[i];
	}
	l->n = kept;
}

bool builtin_has_changed(const struct builtin_files *x, const struct builtin_files *y)
{
	size_t i = 0, k = 0;

	while (i < x->n && k < y->n) {
		int order = strcmp(x->v[i].name, y->v[k].name);

		if (order == 0 && !digest_eq(&x->v[i].sha256, &y->v[k].sha256))
			return true;
		i += order <= 0;
		k += order >= 0;
	}
	return false;
}

const char *builtin_difference(const struct builtin_files *x, const struct builtin_files *y)
{
	size_t i = 0, k = 0;

	while (i < x->n || k < y->n) {
		int order = i == x->n ? 1 : k == y->n ? -1 : strcmp(x->v[i].name, y->v[k].name);

		if (order != 0 || !digest_eq(&x->v[i].sha256, &y->v[k].sha256))
			return order > 0 ? y->v[k].name : x->v[i].name;
		i++;
		k++;
	}
	return NULL;
}
