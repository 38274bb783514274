/* SPDX-License-Identifier: Apache-2.0 */
/* Symbolic links: do they lead somewhere, and do they stay inside? */

#include "inspect/audit/check.h"
#include "base/path.h"

/* Folders that a runtime fills or mounts: links into them are in order. */
static bool is_provided_by_runtime(struct arena *scratch, const char *path, const char *link)
{
	static const char *const dirs[] = { "proc", "sys", "dev", "run", "var/run" };
	const char *target = path_follow(scratch, path, link);

	for (size_t i = 0; target && i < ARRAY_SIZE(dirs); i++) {
		size_t n = strlen(dirs[i]);

		if (strncmp(target, dirs[i], n) == 0 && (target[n] == '/' || target[n] == '\0'))
			return true;
	}
	return false;
}

/* Climbs somewhere above the root: more ".." than folders above it, the link's own and those named
 * before. */
static bool link_escapes(const char *path, const char *target)
{
	struct str rest = str_of(target), one;
	size_t depth = 0;

	for (const char *p = target[0] == '/' ? "" : path; *p; p++)
		depth += *p == '/';
	while (str_next(&rest, '/', &one)) {
		if (str_eq(one, STR("..")) && depth-- == 0)
			return true;
		depth += one.n && !str_eq(one, STR(".")) && !str_eq(one, STR(".."));
	}
	return false;
}

static void check_link(struct audit_run *r, const struct item *i)
{
	AUTO_ARENA scratch = { 0 };
	bool root;

	if (link_escapes(i->path, i->target))
		finding_add(r, "link.escapes", i->path, "it leads to %s", i->target);
	else if (!model_resolve(r->m, path_dir(&scratch, i->path), i->target, &root) && !root &&
		 !is_provided_by_runtime(&scratch, i->path, i->target))
		finding_add(r, "link.dangling", i->path, "it leads to %s", i->target);
}

void check_links(struct audit_run *r)
{
	for (size_t n = 0; n < r->m->items.n; n++)
		if (r->m->items.v[n]->type == ITEM_LINK)
			check_link(r, r->m->items.v[n]);
}
