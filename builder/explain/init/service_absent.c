/* SPDX-License-Identifier: Apache-2.0 */
/* Configurations that a service cannot start without, and that no package has: hitch's unit waits
 * for a file that its administrator writes. */

#include "base/path.h"
#include "explain/init/service.h"

/* Settings of [Unit] that name a path which must be there (systemd.unit(5)). */
static const char *const absent_conditions[] = {
	"ConditionPathExists", "ConditionFileNotEmpty", "ConditionDirectoryNotEmpty",
	"AssertPathExists",    "AssertFileNotEmpty",	"AssertDirectoryNotEmpty",
};

static void absent_tell(struct service *s, const char *path, const char *from, struct strings *told)
{
	struct init_draft *d = s->c->d;

	if (strncmp(path, "/etc/", strlen("/etc/")) != 0 || strpbrk(path, "*?%$") ||
	    tree_resolve(&s->c->chain->tree, path) || draft_has_file(d, path) ||
	    draft_has_dir(d, path) || draft_has_link(d, path) || strings_has(told, path))
		return;
	*list_push(d->a, told) = path;
	draft_leave(d,
		    "%s: the service needs %s, which no package of the image has: write it below "
		    "rootfs/ and name it in \"files\"",
		    from, path);
}

void service_absent(struct service *s)
{
	const struct unit_setting *start = unit_last(&s->unit, "Service", "ExecStart"), *x;
	struct strings told = { 0 };

	for (size_t i = 1; i < s->c->d->entrypoint.n; i++) {
		const char *word = s->c->d->entrypoint.v[i], *value = strchr(word, '=');

		absent_tell(s, value ? value + 1 : word, service_place(s, start), &told);
	}
	for (size_t k = 0; k < ARRAY_SIZE(absent_conditions); k++) {
		/* "|/etc/x": one of several is enough; "!/etc/x": it must not be there */
		for (size_t i = 0; (x = unit_next(&s->unit, "Unit", absent_conditions[k], &i));)
			absent_tell(s, x->value, service_place(s, x), &told);
	}
}
