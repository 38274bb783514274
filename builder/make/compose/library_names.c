/* SPDX-License-Identifier: Apache-2.0 */
/* What counts is the name, as the loader looks for it: "libx.so.1", "libx-2.so",
 * "ld-linux-x86-64.so.2". Plug-ins that are called so too ("UTF-16.so") do no harm: to know a name
 * that nobody asks for costs a line. */

#include "make/compose/library_names.h"

#include "base/path.h"
#include "input/lock/lock_variants.h"

static bool is_shared_object_name(const char *name)
{
	const char *so = strstr(name, ".so");

	return so && (so[3] == '\0' || so[3] == '.');
}

bool libraries_can_wait(const struct locked_package *p)
{
	return p->notes.known && package_has_role(p, "library") && !package_has_role(p, "image") &&
	       !package_has_role(p, "image-data");
}

bool libraries_have(const struct locked_package *p, const char *name)
{
	for (size_t i = 0; i < p->notes.libraries.n; i++) {
		if (strcmp(path_base(p->notes.libraries.v[i]), path_base(name)) == 0)
			return true;
	}
	return false;
}

void libraries_note(struct arena *a, struct locked_package *p, const struct deb *deb)
{
	if (p->notes.known)
		return;
	p->notes.libraries = (struct strings){ 0 };
	for (size_t i = 0; i < deb->entries.n; i++) {
		const struct deb_entry *entry = &deb->entries.v[i];

		if (entry->type != NODE_DIR && is_shared_object_name(path_base(entry->path)))
			*list_push(a, &p->notes.libraries) = arena_strdup(a, entry->path);
	}
	strings_sort(&p->notes.libraries);
	p->notes.known = true;
}

bool libraries_were_opened(const struct locked_package *p, const struct recipe *r)
{
	return strings_has(&p->notes.opened_by, lock_variant_name(r));
}

void libraries_note_opened(struct arena *a, struct locked_package *p, const struct recipe *r,
			   bool opened)
{
	struct strings now = { 0 };

	list_each(name, &p->notes.opened_by) {
		if (strcmp(*name, lock_variant_name(r)) != 0)
			*list_push(a, &now) = *name;
	}
	if (opened)
		*list_push(a, &now) = lock_variant_name(r);
	strings_sort(&now);
	p->notes.opened_by = now;
}
