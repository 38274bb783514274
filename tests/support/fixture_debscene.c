/* SPDX-License-Identifier: Apache-2.0 */
/* Opened packages made by hand. Files are empty and have no blob. */

#include "support/fixture_debscene.h"

void debscene_package(struct arena *a, struct deb *deb, const char *name, const char *version)
{
	struct deb_package *p = arena_alloc(a, sizeof(*p));

	p->name = name;
	p->version = version;
	p->architecture = "amd64";
	*deb = (struct deb){ .package = p, .data = { .fd = -1, .name = name } };
	debscene_control(a, deb, "control",
			 arena_printf(a, "Package: %s\nVersion: %s\n", name, version));
}

void debscene_entry(struct arena *a, struct deb *deb, enum node_type type, const char *path,
		    const char *target)
{
	*list_push(a, &deb->entries) = (struct deb_entry){
		.path = path,
		.type = type,
		.mode = type == NODE_DIR ? 0755 : 0644,
		.mtime = 1700000000,
		.target = target,
	};
}

void debscene_control(struct arena *a, struct deb *deb, const char *name, const char *text)
{
	struct deb_control *c = list_push(a, &deb->control);

	for (; c > deb->control.v && strcmp(c[-1].name, name) > 0; c--) /* sorted by name */
		*c = c[-1];
	*c = (struct deb_control){ name, str_of(text), 1700000001 };
}
