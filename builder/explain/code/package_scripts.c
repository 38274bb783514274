/* SPDX-License-Identifier: Apache-2.0 */
/* From findings to patterns. */

#include "explain/code/package_scripts.h"

#include "base/path.h"
#include "inspect/audit/rules.h"

#define PACKAGE_MODULES "node_modules/"

/* A command that was installed beside the one that the image starts. */
static bool package_is_command(const struct own_project *p, const char *path)
{
	return path_is_command(p->a, path) &&
	       !strings_has(&p->entrypoint, arena_printf(p->a, "/%s", path));
}

/* "app/node_modules/.pnpm/c@1/node_modules/c/x.sh" -> "/app/STAR/node_modules/c/x.sh";
 * "usr/local/bin/x" as it is. NULL: it is of the project itself. */
static const char *package_pattern(const struct own_project *p, const char *path)
{
	const char *last = NULL, *slash = strchr(path, '/');

	for (const char *at = path; (at = strstr(at, PACKAGE_MODULES)); at++)
		last = at;
	if (last && slash)
		return arena_printf(p->a, "/%.*s/**/%s", (int)(slash - path), path, last);
	return package_is_command(p, path) ? arena_printf(p->a, "/%s", path) : NULL;
}

bool package_scripts_drop(struct own_project *p, const struct audit_result *r)
{
	static const char *const foreign[] = { "script.shell", "script.interpreter-missing" };
	struct strings found = { NULL, 0, 0 };

	list_each(f, &r->findings) {
		const char *pattern = f->path ? package_pattern(p, f->path) : NULL;

		if (f->accepted || f->severity < r->fail_on || !pattern ||
		    !name_among(f->rule->id, foreign, ARRAY_SIZE(foreign)) ||
		    strings_has(&p->drop, pattern))
			continue;
		*list_push(p->a, &p->drop) = pattern;
		*list_push(p->a, &found) = pattern;
	}
	if (found.n)
		draft_chose(p->d, "drop", strings_join(p->a, &found, ", "),
			    "scripts of packages, for programs that the image lacks");
	return found.n > 0;
}
