/* SPDX-License-Identifier: Apache-2.0 */
/* Symbolic links: do they lead somewhere, and do they stay inside? */

#include "audit/check.h"
#include "tree/tree.h"

/* Folders that a runtime fills or mounts: links into them are in order. */
static bool provided(const char *target)
{
	static const char *const dirs[] = { "/proc", "/sys", "/dev", "/run", "/var/run" };

	for (size_t i = 0; i < sizeof(dirs) / sizeof(dirs[0]); i++) {
		size_t n = strlen(dirs[i]);

		if (strncmp(target, dirs[i], n) == 0 && (target[n] == '/' || target[n] == '\0'))
			return true;
	}
	return false;
}

/* More ".." at its beginning than folders above the link. */
static bool escapes(const char *path, const char *target)
{
	size_t depth = 0;

	if (target[0] == '/')
		return false;
	for (const char *p = path; *p; p++)
		depth += *p == '/';
	for (; strncmp(target, "..", 2) == 0 && (target[2] == '/' || !target[2]); target += 2) {
		if (depth-- == 0)
			return true;
		while (target[2] == '/')
			target++;
	}
	return false;
}

static void check_link(struct audit_run *r, const struct item *i)
{
	AUTO_ARENA scratch = { 0 };
	bool root;

	if (escapes(i->path, i->target))
		found(r, "link.escapes", i->path, "it leads to %s", i->target);
	else if (!model_resolve(r->m, path_dir(&scratch, i->path), i->target, &root) && !root &&
		 !provided(i->target))
		found(r, "link.dangling", i->path, "it leads to %s", i->target);
}

void check_links(struct audit_run *r)
{
	for (size_t n = 0; n < r->m->items.n; n++)
		if (r->m->items.v[n]->type == ITEM_LINK)
			check_link(r, r->m->items.v[n]);
}
