/* SPDX-License-Identifier: Apache-2.0 */
/* Names in the image: normalising and splitting. */

#include "base/path.h"

#define COMPONENT_MAX 255
#define PATH_LENGTH_MAX 4095

static bool check_component(struct str c, struct str whole, struct error *e)
{
	char shown[256];

	str_escape(whole, shown, sizeof(shown));
	if (str_eq(c, STR("..")))
		return err_set(e, ERR_INPUT, "path \"%s\" has a \"..\" in it", shown);
	if (c.n > COMPONENT_MAX)
		return err_set(e, ERR_INPUT, "path \"%s\" has a component of more than %d bytes", shown,
			       COMPONENT_MAX);
	if (c.n && memchr(c.p, '\0', c.n))
		return err_set(e, ERR_INPUT, "path \"%s\" has a NUL byte in it", shown);
	return true;
}

bool path_normalise(struct arena *a, struct str path, const char **out, struct error *e)
{
	char *p = arena_alloc(a, path.n + 1);
	struct str rest = path, one;
	size_t n = 0;

	while (str_next(&rest, '/', &one)) {
		if (one.n == 0 || str_eq(one, STR(".")))
			continue;
		if (!check_component(one, path, e))
			return false;
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
