/* SPDX-License-Identifier: Apache-2.0 */
/* Files and paths of the repository a recipe belongs to. */

#include "input/recipe/reader.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/path.h"

static const char *join(struct arena *a, const char *dir, const char *rest)
{
	if (strcmp(dir, ".") == 0)
		return rest;
	return arena_printf(a, "%s/%s", strcmp(dir, "/") == 0 ? "" : dir, rest);
}

/* Removes ".", ".." and double slashes by name alone. NULL when it leads above where it starts. */
static const char *clean(struct arena *a, const char *path)
{
	struct buf out = { .a = a };
	struct str rest = str_of(path), one;

	while (str_next(&rest, '/', &one)) {
		if (one.n == 0 || str_eq(one, STR(".")))
			continue;
		if (str_eq(one, STR(".."))) {
			if (out.n == 0)
				return NULL;
			while (out.n && out.p[out.n - 1] != '/')
				out.n--;
			out.n -= out.n ? 1 : 0;
			continue;
		}
		if (out.n)
			buf_putc(&out, '/');
		buf_add(&out, one);
	}
	if (out.p)
		out.p[out.n] = '\0';
	return buf_cstr(&out);
}

static const char *dir_of(struct arena *a, const char *path)
{
	const char *slash = strrchr(path, '/');

	if (!slash)
		return ".";
	return slash == path ? "/" : arena_strndup(a, path, (size_t)(slash - path));
}

static bool has_catalogue(struct arena *a, const char *dir)
{
	struct stat st;

	return stat(join(a, dir, RECIPE_CATALOGUE), &st) == 0 && S_ISREG(st.st_mode);
}

/* The last `n` names of the folder `dir`, as the kernel knows it; NULL if it does not. */
static const char *last_names(struct arena *a, const char *dir, int n)
{
	char here[4096];
	const char *path, *from;

	if (!getcwd(here, sizeof(here)))
		return NULL;
	path = clean(a, arena_printf(a, "%s/%s", here, dir));
	if (!path)
		return NULL;
	for (from = path + strlen(path); from > path; from--) {
		if (from[-1] == '/' && --n == 0)
			return from;
	}
	return n == 1 ? path : NULL;
}

/* A recipe named from a folder inside the repository: "hello.json" is "../recipes/hello.json", where
 * `up` folders were climbed over from `base`, "." or "..". */
static const char *from_above(struct arena *a, const char *recipe, const char *repository,
			      const char *base, int up)
{
	const char *names = base ? last_names(a, base, up) : NULL;
	const char *rest = base && strcmp(base, ".") != 0 ? recipe + strlen(base) + 1 : recipe;

	return names ? arena_printf(a, "%s/%s/%s", repository, names, rest) : recipe;
}

bool reader_open(struct arena *a, const char **recipe, struct reader *rd, struct error *e)
{
	const char *dir = dir_of(a, *recipe), *base = NULL;
	int up = 0;

	for (int i = 0; i < 32; i++) {
		bool climbs = strcmp(dir, ".") == 0 || strcmp(path_base(dir), "..") == 0;

		if (has_catalogue(a, dir)) {
			rd->a = a;
			rd->repository = dir;
			*recipe = from_above(a, *recipe, dir, base, up);
			return true;
		}
		if (strcmp(dir, "/") == 0)
			break;
		if (climbs && up++ == 0)
			base = dir;
		if (!climbs)
			dir = dir_of(a, dir);
		else
			dir = strcmp(dir, ".") == 0 ? ".." : arena_printf(a, "%s/..", dir);
	}
	return err_set(e, ERR_INPUT,
		       "%s belongs to no repository: no folder above it holds an %s; make one (\"{}\" will do)",
		       *recipe, RECIPE_CATALOGUE);
}

bool reader_load(struct reader *rd, const char *path, struct json_doc *doc, struct error *e)
{
	if (!json_load(rd->a, path, doc, e))
		return false;
	digest_add(rd->hash, doc->text);
	*list_push(rd->a, &rd->inputs) = path;
	return json_root(doc).value != NULL;
}

/* The path of `file` below the repository. */
static const char *below_repository(struct reader *rd, const char *file)
{
	size_t n = strlen(rd->repository);

	if (strcmp(rd->repository, ".") == 0)
		return file;
	return strncmp(file, rd->repository, n) == 0 ? file + n + (file[n] == '/') : file;
}

/* Checks that nothing on the way is a link that leads out of the repository. */
static bool check_beneath(struct reader *rd, const char *rel, const struct json_node *n,
			  struct error *e)
{
	struct open_how how = { .flags = O_PATH | O_CLOEXEC, .resolve = RESOLVE_BENEATH };
	AUTO_FD repository = open(rd->repository, O_PATH | O_DIRECTORY | O_CLOEXEC);
	AUTO_FD fd = -1;

	if (repository < 0)
		return err_sys(e, "open %s", rd->repository);
	fd = (int)syscall(SYS_openat2, repository, rel[0] ? rel : ".", &how, sizeof(how));
	if (fd >= 0)
		return true;
	if (errno == EXDEV)
		return json_fail(n, e, "leads out of the repository through a link");
	return json_fail(n, e, "%s: %s", join(rd->a, rd->repository, rel), strerror(errno));
}

bool read_path(struct reader *rd, const struct json_node *n, const char **out, struct error *e)
{
	const char *text, *rel;

	if (!json_as_string(rd->a, n, &text, e))
		return false;
	if (text[0] == '\0' || text[0] == '/')
		return json_fail(n, e, "must be a path relative to the folder of this file");
	rel = clean(rd->a, join(rd->a, dir_of(rd->a, below_repository(rd, n->doc->file)), text));
	if (!rel)
		return json_fail(n, e, "\"%s\" leads out of the repository", text);
	if (!check_beneath(rd, rel, n, e))
		return false;
	*out = join(rd->a, rd->repository, rel[0] ? rel : ".");
	return true;
}

bool read_paths(struct reader *rd, const struct json_node *object, const char *key, struct strings *out,
		struct error *e)
{
	struct json_node array, item;

	if (!json_get(object, key, &array))
		return true;
	if (!json_want_array(&array, e))
		return false;
	for (size_t i = 0; json_item(&array, i, &item); i++) {
		if (!read_path(rd, &item, list_push(rd->a, out), e))
			return false;
	}
	return true;
}

struct place read_place(const struct json_node *n)
{
	struct place p = { .file = n->doc->file };

	json_place(n, &p.line, &p.col);
	return p;
}

bool read_each(struct reader *rd, const struct json_node *object, const char *key,
	       bool (*one)(struct reader *, const struct json_node *, void *, struct error *),
	       void *context, struct error *e)
{
	struct json_node array, item;
	struct json_near near = { 0 };

	if (!json_get(object, key, &array))
		return true;
	if (!json_want_array(&array, e))
		return false;
	for (size_t i = 0; json_item(&array, i, &item); i++) {
		item.near = &near;
		if (!json_want_object(&item, e) || !one(rd, &item, context, e))
			return false;
	}
	return true;
}
