/* SPDX-License-Identifier: Apache-2.0 */
/* What each of them reads, as glib-compile-schemas(1), gio-querymodules(1),
 * gdk-pixbuf-query-loaders(1) and update-mime-database(1) say. */

#include "make/scripts/scripts_modules.h"

#include "base/path.h"
#include "make/tree/path_select.h"

static const struct {
	const char *program, *files; /* files: a pattern for paths of the image */
} module_programs[] = {
	{ "gdk-pixbuf-query-loaders", "/usr/lib/**/gdk-pixbuf-2.0/**/loaders/*.so" },
	{ "gio-querymodules", "/usr/lib/**/gio/modules/*.so" },
	{ "glib-compile-schemas", "/usr/share/glib-2.0/schemas/*.xml" },
	{ "update-mime-database", "/usr/share/mime/packages/*.xml" },
};

static const char *modules_pattern(const char *program)
{
	for (size_t i = 0; i < ARRAY_SIZE(module_programs); i++) {
		if (strcmp(module_programs[i].program, program) == 0)
			return module_programs[i].files;
	}
	return NULL;
}

bool script_lists_modules(const char *program)
{
	return modules_pattern(program) != NULL;
}

static bool modules_are_there(const struct tree *t, const char *pattern)
{
	for (size_t i = 0; i < t->n; i++) {
		if (t->v[i]->type != NODE_DIR && glob_match(pattern, t->v[i]->path))
			return true;
	}
	return false;
}

const char *script_modules_absent(struct arena *a, const struct tree *t,
				  const struct strings *programs)
{
	struct strings absent = { 0 };

	for (size_t i = 0; t && i < programs->n; i++) {
		const char *pattern = modules_pattern(path_base(programs->v[i]));

		if (!pattern || modules_are_there(t, pattern))
			return NULL;
		*list_push(a, &absent) = pattern;
	}
	return absent.n ? arena_printf(a, "it would find none: the image has no %s",
				       strings_join(a, &absent, " and no "))
			: NULL;
}
