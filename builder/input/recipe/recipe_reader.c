/* SPDX-License-Identifier: Apache-2.0 */
/* Files and paths of the repository a recipe belongs to. */

#include "input/recipe/recipe_reader.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/near_file.h"
#include "base/path.h"
#include "input/recipe/recipe_memo.h"

const char *reader_join(struct arena *a, const char *dir, const char *rest)
{
	if (strcmp(dir, ".") == 0)
		return rest;
	return arena_printf(a, "%s/%s", strcmp(dir, "/") == 0 ? "" : dir, rest);
}

/* Removes ".", ".." and double slashes by name alone. NULL when it leads above where it starts. */
static const char *reader_clean_path(struct arena *a, const char *path)
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

	return stat(reader_join(a, dir, RECIPE_CATALOGUE), &st) == 0 && S_ISREG(st.st_mode);
}

/* The last `n` names of the folder `dir`, as the kernel knows it; NULL if it does not. */
static const char *last_names(struct arena *a, const char *dir, int n)
{
	char here[4096];
	const char *path, *from;

	if (!getcwd(here, sizeof(here)))
		return NULL;
	path = reader_clean_path(a, arena_printf(a, "%s/%s", here, dir));
	if (!path)
		return NULL;
	for (from = path + strlen(path); from > path; from--) {
		if (from[-1] == '/' && --n == 0)
			return from;
	}
	return n == 1 ? path : NULL;
}

/* A recipe named from a folder inside the repository: "hello.json" is "../recipes/hello.json",
 * where `up` folders were climbed over from `base`, "." or "..". */
static const char *from_above(struct arena *a, const char *recipe, const char *repository,
			      const char *base, int up)
{
	const char *names = base ? last_names(a, base, up) : NULL;
	const char *rest = base && strcmp(base, ".") != 0 ? recipe + strlen(base) + 1 : recipe;

	return names ? arena_printf(a, "%s/%s/%s", repository, names, rest) : recipe;
}

bool reader_open(struct arena *a, const char **recipe, struct reader *rd)
{
	const char *dir = dir_of(a, *recipe), *base = NULL;
	int up = 0;

	rd->a = a;
	rd->repository = dir;
	for (int i = 0; i < 32; i++) {
		bool climbs = strcmp(dir, ".") == 0 || strcmp(path_base(dir), "..") == 0;

		if (has_catalogue(a, dir)) {
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
	return false;
}

bool reader_is_one_file(const char *x, const char *y)
{
	struct stat a, b;

	return stat(x, &a) == 0 && stat(y, &b) == 0 && a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

bool reader_search(struct reader *rd, struct error *e)
{
	if (rd->searched)
		return true;
	if (!builtin_find(rd->a, &rd->data, e))
		return false;
	rd->searched = true;
	rd->complete = rd->data != NULL;
	if (rd->data && reader_is_one_file(rd->data, rd->repository))
		rd->data = NULL;
	return true;
}

bool reader_builtin_root(struct reader *rd, const struct json_node *n, const char **root,
			 struct error *e)
{
	if (!reader_search(rd, e))
		return false;
	if (!rd->complete)
		return json_fail(n, e,
				 "the program of this comes with imgbuild, and what comes with "
				 "imgbuild was not found: IMGBUILD_DATA names its folder");
	*root = rd->data ? rd->data : rd->repository;
	return true;
}

/* Its name in messages is how read_path() knows a file that came with imgbuild. */
bool reader_parse(struct reader *rd, const char *path, struct json_doc *doc, struct error *e)
{
	bool builtin = builtin_below(rd->data, path);
	const char *shown = builtin ? builtin_shown(rd->a, rd->data, path) : path;

	if (rd->memo && strcmp(path_base(path), RECIPE_CATALOGUE) == 0)
		return recipe_memo_document(rd->a, rd->memo,
					    builtin ? &rd->memo->builtin : &rd->memo->own, path,
					    shown, doc, e);
	return json_load_as(rd->a, path, shown, doc, e);
}

bool reader_load(struct reader *rd, const char *path, struct json_doc *doc, struct error *e)
{
	if (!reader_parse(rd, path, doc, e))
		return false;
	digest_add(rd->hash, doc->text);
	*list_push(rd->a, &rd->inputs) = path;
	/* what an entry of the catalogue means is read, or asked of the lock */
	if (strcmp(path_base(path), RECIPE_CATALOGUE) != 0 &&
	    !builtin_note(rd->a, rd->data, path, rd->builtin, e))
		return false;
	return json_root(doc).value != NULL;
}

/* The path of `file` below its root. */
static const char *below_root(const char *root, const char *file)
{
	size_t n = strlen(root);

	if (strcmp(root, ".") == 0)
		return file;
	return strncmp(file, root, n) == 0 ? file + n + (file[n] == '/') : file;
}

static bool is_of_builtin(const struct json_node *n)
{
	return str_starts(str_of(n->doc->file), STR(BUILTIN_MARK));
}

/* What was meant by a path that leads to nothing: the same one as seen from the root or from a
 * folder above, else a name beside it. */
static const char *path_question(struct reader *rd, const struct json_node *n, const char *root,
				 const char *rel, const char *text)
{
	const char *near;

	while (strncmp(text, "../", 3) == 0 || strncmp(text, "./", 2) == 0)
		text = strchr(text, '/') + 1;
	if (text[0] && access(reader_join(rd->a, root, text), F_OK) == 0)
		near = text;
	else if ((near = near_file(rd->a, reader_join(rd->a, root, rel), NULL)))
		near = below_root(root, near);
	if (!near || is_of_builtin(n))
		return "";
	return arena_printf(rd->a,
			    "; a path begins at the folder of this file: did you mean \"%s\"?",
			    reader_relative(rd, n->doc->file, near));
}

/* Checks that nothing on the way is a link that leads out of the repository. */
static bool check_beneath(struct reader *rd, const char *root, const char *rel, const char *text,
			  const struct json_node *n, struct error *e)
{
	struct open_how how = { .flags = O_PATH | O_CLOEXEC, .resolve = RESOLVE_BENEATH };
	AUTO_FD folder = open(root, O_PATH | O_DIRECTORY | O_CLOEXEC);
	AUTO_FD fd = -1;
	int why;

	if (folder < 0)
		return err_sys(e, "open %s", root);
	fd = (int)syscall(SYS_openat2, folder, rel[0] ? rel : ".", &how, sizeof(how));
	if (fd >= 0)
		return true;
	if (errno == EXDEV)
		return json_fail(n, e, "leads out of the repository through a link");
	why = errno;
	return json_fail(n, e, "%s: %s%s",
			 builtin_shown(rd->a, rd->data, reader_join(rd->a, root, rel)),
			 strerror(why), why == ENOENT ? path_question(rd, n, root, rel, text) : "");
}

/* The file that a value stands in, below its root. */
static const char *file_below_root(const struct reader *rd, const struct json_node *n)
{
	return is_of_builtin(n) ? n->doc->file + strlen(BUILTIN_MARK)
				: below_root(rd->repository, n->doc->file);
}

static const char *path_below_root(struct reader *rd, const struct json_node *n, const char *text)
{
	return reader_clean_path(rd->a,
				 reader_join(rd->a, dir_of(rd->a, file_below_root(rd, n)), text));
}

const char *reader_resolve(struct reader *rd, const struct json_node *n, const char *text)
{
	const char *path = path_below_root(rd, n, text);

	return path && is_of_builtin(n) ? arena_printf(rd->a, BUILTIN_MARK "%s", path) : path;
}

/* How many whole names both paths begin with, in bytes with the slashes behind them. */
static size_t common_folders(const char *x, const char *y)
{
	size_t common = 0;

	for (size_t i = 0; x[i] && x[i] == y[i]; i++) {
		if (x[i] == '/')
			common = i + 1;
	}
	return common;
}

const char *reader_relative(struct reader *rd, const char *file, const char *path)
{
	const char *own = below_root(rd->repository, file), *folder = reader_clean_path(rd->a, own);
	size_t common = common_folders(folder ? folder : own, path);
	struct buf out = { .a = rd->a };

	for (const char *p = (folder ? folder : own) + common; (p = strchr(p, '/')); p++)
		buf_puts(&out, "../");
	buf_puts(&out, path + common);
	return out.n ? buf_cstr(&out) : ".";
}

/* Who has no images.json learns here where the repository ends. */
static bool path_fail_outside(struct reader *rd, const struct json_node *n, const char *text,
			      struct error *e)
{
	const char *catalogue = reader_join(rd->a, rd->repository, RECIPE_CATALOGUE);

	if (is_of_builtin(n))
		return json_fail(n, e, "\"%s\" leads out of the repository", text);
	if (has_catalogue(rd->a, rd->repository))
		return json_fail(n, e, "\"%s\" leads out of the repository, the folder of %s", text,
				 catalogue);
	return json_fail(n, e,
			 "\"%s\" leads out of the repository: without an images.json that is the "
			 "folder of the recipe; a file images.json with {} in it marks another "
			 "folder above as the repository",
			 text);
}

bool read_path(struct reader *rd, const struct json_node *n, const char **out, struct error *e)
{
	const char *text;

	return json_as_string(rd->a, n, &text, e) && reader_path(rd, n, text, out, e);
}

bool reader_path(struct reader *rd, const struct json_node *n, const char *text, const char **out,
		 struct error *e)
{
	bool builtin = is_of_builtin(n);
	const char *root = builtin ? rd->data : rd->repository, *rel;

	if (text[0] == '\0' || text[0] == '/')
		return json_fail(n, e, "must be a path relative to the folder of this file");
	rel = path_below_root(rd, n, text);
	if (!rel)
		return path_fail_outside(rd, n, text, e);
	if (!check_beneath(rd, root, rel, text, n, e))
		return false;
	*out = reader_join(rd->a, root, rel[0] ? rel : ".");
	return !builtin || strcmp(file_below_root(rd, n), RECIPE_CATALOGUE) == 0 ||
	       builtin_note(rd->a, rd->data, *out, rd->builtin, e);
}

bool read_paths(struct reader *rd, const struct json_node *object, const char *key,
		struct strings *out, struct error *e)
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
	struct place p = { .file = n->doc->file, .first = n->first };

	json_place(n, &p.line, &p.col);
	return p;
}

bool read_each(struct reader *rd, const struct json_node *object, const char *key,
	       bool (*one)(struct reader *, const struct json_node *, void *, struct error *),
	       void *context, struct error *e)
{
	struct json_node array, item;

	if (!json_get(object, key, &array))
		return true;
	if (!json_want_array(&array, e))
		return false;
	for (size_t i = 0; json_item(&array, i, &item); i++) {
		if (!json_want_object(&item, e) || !one(rd, &item, context, e))
			return false;
	}
	return true;
}
