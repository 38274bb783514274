/* SPDX-License-Identifier: Apache-2.0 */
/* Names in the image: normalising and splitting. */

#include "base/path.h"

#include "base/buf.h"

#define COMPONENT_MAX 255
#define PATH_LENGTH_MAX 4095
#define LINKS_MAX 40

static bool component_is_good(struct str c)
{
	return !str_eq(c, STR("..")) && c.n <= COMPONENT_MAX && !memchr(c.p, '\0', c.n);
}

static bool component_refuse(struct str c, struct str whole, struct error *e)
{
	char shown[256];

	str_escape(whole, shown, sizeof(shown));
	if (str_eq(c, STR("..")))
		return err_set(e, ERR_INPUT, "path \"%s\" has a \"..\" in it", shown);
	if (c.n > COMPONENT_MAX)
		return err_set(e, ERR_INPUT, "path \"%s\" has a component of more than %d bytes",
			       shown, COMPONENT_MAX);
	return err_set(e, ERR_INPUT, "path \"%s\" has a NUL byte in it", shown);
}

bool path_is_normal(const char *path)
{
	struct str rest = str_of(path), one;
	size_t n = rest.n;

	while (str_next(&rest, '/', &one)) {
		if (one.n == 0 || str_eq(one, STR(".")) || !component_is_good(one))
			return false;
	}
	return n > 0 && n <= PATH_LENGTH_MAX && path[n - 1] != '/';
}

bool path_normalise(struct arena *a, struct str path, const char **out, struct error *e)
{
	char *p = arena_text(a, path.n);
	struct str rest = path, one;
	size_t n = 0;

	while (str_next(&rest, '/', &one)) {
		if (one.n == 0 || str_eq(one, STR(".")))
			continue;
		if (!component_is_good(one))
			return component_refuse(one, path, e);
		if (n)
			p[n++] = '/';
		memcpy(p + n, one.p, one.n);
		n += one.n;
	}
	if (n > PATH_LENGTH_MAX)
		return err_set(e, ERR_INPUT, "a path is longer than %d bytes: \"%.60s...\"",
			       PATH_LENGTH_MAX, p);
	p[n] = '\0';
	*out = p;
	return true;
}

const char *path_dir(struct arena *a, const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? arena_strndup(a, path, (size_t)(slash - path)) : "";
}

const char *path_base(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

bool path_is_command(struct arena *a, const char *path)
{
	struct str folder = str_of(path_dir(a, path));

	return str_ends(folder, STR("/bin")) || str_ends(folder, STR("/sbin"));
}

const char *path_follow(struct arena *a, const char *path, const char *target)
{
	struct buf joined = { .a = a };
	struct str rest = str_of(target), one;
	char *p;

	if (target[0] != '/')
		buf_puts(&joined, path_dir(a, path));
	p = arena_strdup(a, buf_cstr(&joined));
	while (str_next(&rest, '/', &one)) {
		if (one.n == 0 || str_eq(one, STR(".")))
			continue;
		if (!str_eq(one, STR("..")))
			p = arena_printf(a, "%s%s" STR_FMT, p, p[0] ? "/" : "", STR_ARG(one));
		else if (p[0])
			p = arena_strdup(a, path_dir(a, p));
		else
			return NULL;
	}
	return p;
}

const char *path_through(struct arena *a, const char *path,
			 const char *(*link_at)(const void *context, const char *path),
			 const void *context, const char **first)
{
	const char *slash;
	unsigned links = 0;

	*first = NULL;
	path += strspn(path, "/");
	slash = strchr(path, '/');
	while (slash && links++ < LINKS_MAX) {
		const char *up = arena_strndup(a, path, (size_t)(slash - path));
		const char *target = link_at(context, up), *real;

		if (!target) {
			slash = strchr(slash + 1, '/');
			links--;
			continue;
		}
		real = path_follow(a, up, target);
		if (!real)
			break;
		if (!*first)
			*first = up;
		path = real[0] ? arena_printf(a, "%s%s", real, slash) : slash + 1;
		slash = strchr(path, '/'); /* what it leads to may be behind another one */
	}
	return path;
}

const char *path_merged_link(const char *path)
{
	static const char *const merged[][2] = {
		{ "bin", "usr/bin" },	  { "lib", "usr/lib" },	      { "lib32", "usr/lib32" },
		{ "lib64", "usr/lib64" }, { "libo32", "usr/libo32" }, { "libx32", "usr/libx32" },
		{ "sbin", "usr/sbin" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(merged); i++) {
		if (strcmp(path, merged[i][0]) == 0)
			return merged[i][1];
	}
	return NULL;
}

const char *path_in_folder(struct arena *a, const char *folder, struct str path)
{
	struct str rest = str_of(arena_printf(a, "%s/" STR_FMT, folder, STR_ARG(path))), word;
	struct strings words = { NULL, 0, 0 };

	if (path.n && path.p[0] == '/')
		return NULL;
	while (str_next(&rest, '/', &word)) {
		if (word.n == 0 || str_eq(word, STR(".")))
			continue;
		if (!str_eq(word, STR("..")))
			*list_push(a, &words) = str_dup(a, word);
		else if (words.n-- == 0)
			return NULL;
	}
	return words.n ? strings_join(a, &words, "/") : "";
}
