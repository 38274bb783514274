/* SPDX-License-Identifier: Apache-2.0 */
/* From findings to patterns. */

#include "explain/code/package_scripts.h"

#include "base/path.h"
#include "inspect/audit/rules.h"

#define PACKAGE_MODULES "node_modules/"
#define PACKAGE_WHEELS "/dist-packages/"

/* A command that was installed beside the one that the image starts. */
static bool package_is_command(const struct own_project *p, const char *path)
{
	return path_is_command(p->a, path) &&
	       !strings_has(&p->entrypoint, arena_printf(p->a, "/%s", path));
}

/* "app/node_modules/.pnpm/c@1/node_modules/c/x.sh" -> "/app/STAR/node_modules/c/x.sh";
 * "usr/local/bin/x" and what stands beside modules of Python as they are. NULL: it is of the
 * project itself. */
static const char *package_pattern(const struct own_project *p, const char *path)
{
	const char *last = NULL, *slash = strchr(path, '/');

	for (const char *at = path; (at = strstr(at, PACKAGE_MODULES)); at++)
		last = at;
	if (last && slash)
		return arena_printf(p->a, "/%.*s/**/%s", (int)(slash - path), path, last);
	return package_is_command(p, path) || strstr(path, PACKAGE_WHEELS)
		       ? arena_printf(p->a, "/%s", path)
		       : NULL;
}

/* Whether a file of a package is one that no program needs: of its tests, or for people. */
static bool package_is_idle(struct arena *a, const char *path)
{
	static const char *const names[] = { "test",	"tests",    "__tests__", "spec",
					     "example", "examples", "fixtures" };
	struct str rest = str_of(path), one;

	while (str_next(&rest, '/', &one)) {
		if (name_among(str_dup(a, one), names, ARRAY_SIZE(names)))
			return true;
	}
	return str_ends(str_of(path), STR(".md"));
}

/* Whether what the audit refuses can be left out: `debian`, of a package of Debian. */
static bool package_may_drop(struct arena *a, const struct finding *f, bool debian)
{
	static const char *const foreign[] = { "script.shell", "script.interpreter-missing" };
	static const char *const tools[] = { "program.package-manager", "program.compiler",
					     "shell.program" }; /* pip, of whom asks for it */
	static const char *const secrets[] = { "secret.content", "secret.file-name" };
	const char *rule = f->rule->id;

	return name_among(rule, foreign, ARRAY_SIZE(foreign)) ||
	       (debian && name_among(rule, tools, ARRAY_SIZE(tools))) ||
	       (name_among(rule, secrets, ARRAY_SIZE(secrets)) && package_is_idle(a, f->path));
}

bool package_scripts_drop(struct own_project *p, const struct audit_result *r)
{
	struct strings found = { NULL, 0, 0 };

	list_each(f, &r->findings) {
		bool debian = p->d->packages.n && f->path &&
			      strncmp(f->path, "usr/local/", 10) != 0 &&
			      strncmp(f->path, "app/", 4) != 0;
		struct strings *drop = debian ? &p->d->drop : &p->drop;
		const char *pattern = !f->path ? NULL
				      : debian ? arena_printf(p->a, "/%s", f->path)
					       : package_pattern(p, f->path);

		if (f->accepted || f->severity < r->fail_on || !pattern ||
		    !package_may_drop(p->a, f, debian) || strings_has(drop, pattern))
			continue;
		*list_push(p->a, drop) = pattern;
		*list_push(p->a, &found) = pattern;
	}
	if (found.n)
		draft_chose(p->d, "drop", strings_join(p->a, &found, ", "),
			    "files of packages that the audit refuses and no program needs");
	return found.n > 0;
}
