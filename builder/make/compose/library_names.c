/* SPDX-License-Identifier: Apache-2.0 */
/* What counts is the name, as the loader looks for it: "libx.so.1", "libx-2.so",
 * "ld-linux-x86-64.so.2". Plug-ins that are called so too ("UTF-16.so") do no harm: to know a name
 * that nobody asks for costs a line. */

#include "make/compose/library_names.h"

#include "base/path.h"

static bool is_shared_object_name(const char *name)
{
	const char *so = strstr(name, ".so");

	return so && (so[3] == '\0' || so[3] == '.');
}

bool libraries_can_wait(const struct locked_package *p)
{
	return p->knows_libraries && package_has_role(p, "library") &&
	       !package_has_role(p, "image") && !package_has_role(p, "image-data");
}

bool libraries_have(const struct locked_package *p, const char *name)
{
	for (size_t i = 0; i < p->libraries.n; i++) {
		if (strcmp(path_base(p->libraries.v[i]), path_base(name)) == 0)
			return true;
	}
	return false;
}

void libraries_note(struct arena *a, struct locked_package *p, const struct deb *deb)
{
	if (p->knows_libraries)
		return;
	p->libraries = (struct strings){ 0 };
	for (size_t i = 0; i < deb->entries.n; i++) {
		const struct deb_entry *entry = &deb->entries.v[i];

		if (entry->type != NODE_DIR && is_shared_object_name(path_base(entry->path)))
			*list_push(a, &p->libraries) = arena_strdup(a, entry->path);
	}
	strings_sort(&p->libraries);
	p->knows_libraries = true;
}
