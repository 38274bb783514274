/* SPDX-License-Identifier: Apache-2.0 */
/* Paths, compared with what Debian, Python and npm call their files. */

#include "inspect/layers/kept_paths.h"

#include "base/path.h"
#include "base/str.h"

#define MODULES "node_modules/"

/* What follows the last "node_modules/"; NULL: there is none. */
static const char *kept_after_modules(const char *path)
{
	const char *after = NULL;

	for (const char *p = path; (p = strstr(p, MODULES)); p += strlen(MODULES)) {
		if (p == path || p[-1] == '/')
			after = p + strlen(MODULES);
	}
	return after;
}

bool kept_in_modules(const char *path)
{
	return kept_after_modules(path) != NULL;
}

enum kept_language kept_language(const char *path)
{
	static const struct {
		const char *name;
		struct str folder;
		enum kept_language kind;
	} python[] = {
		{ "METADATA", STR(".dist-info"), KEPT_PYTHON_METADATA },
		{ "RECORD", STR(".dist-info"), KEPT_PYTHON_RECORD },
		{ "PKG-INFO", STR(".egg-info"), KEPT_PYTHON_METADATA },
	};
	const char *base = path_base(path), *after;
	struct str folder = { path, base > path ? (size_t)(base - path) - 1 : 0 };

	for (size_t i = 0; i < ARRAY_SIZE(python); i++) {
		if (strcmp(base, python[i].name) == 0 && str_ends(folder, python[i].folder))
			return python[i].kind;
	}
	after = strcmp(base, "package.json") == 0 ? kept_after_modules(path) : NULL;
	if (after && after[0] == '@')
		after = strchr(after, '/') + 1;
	return after && strchr(after, '/') && strchr(after, '/') + 1 == base ? KEPT_NODE_PACKAGE
									     : KEPT_NONE;
}

bool kept_always(const char *path)
{
	static const char *const exact[] = {
		"var/lib/dpkg/status", "etc/passwd",	     "etc/group",
		"etc/os-release",      "usr/lib/os-release", "etc/debian_version",
		"etc/ld.so.cache",     "etc/ld.so.preload",  "etc/shadow",
	};
	struct str p = str_of(path);

	for (size_t i = 0; i < ARRAY_SIZE(exact); i++)
		if (strcmp(path, exact[i]) == 0)
			return true;
	if (str_starts(p, STR("var/lib/dpkg/info/")))
		return str_ends(p, STR(".md5sums")) || str_ends(p, STR(".list")) ||
		       str_ends(p, STR(".conffiles"));
	if (str_starts(p, STR("usr/share/doc/")) && str_ends(p, STR("/copyright")))
		return true;
	return kept_language(path) != KEPT_NONE || str_starts(p, STR("var/lib/dpkg/status.d/")) ||
	       str_starts(p, STR("var/lib/db/sbom/")) || str_ends(p, STR(".crt")) ||
	       str_ends(p, STR(".pem"));
}
