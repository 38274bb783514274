/* SPDX-License-Identifier: Apache-2.0 */
#include "support/fixture_own_project.h"

#include <criterion/criterion.h>
#include <sys/stat.h>

#include "explain/code/init_code_text.h"
#include "explain/code/distribution_packages.h"
#include "explain/code/library_packages.h"
#include "support/fixture_files.h"

/* The folder above "app". */
static const char *own_project_put(struct arena *a, const char *const *files)
{
	const char *dir = files_temporary(a);

	for (; *files; files += 2) {
		const char *path = arena_printf(a, "%s/app/%s", dir, files[0]);

		files_put(path, files[1]);
		if (strncmp(files[1], "#!", 2) == 0 && !str_ends(str_of(path), STR(".sh")))
			cr_assert_eq(chmod(path, 0755), 0);
	}
	return dir;
}

static const char *own_project_format(struct own_project *p)
{
	struct buf text = { .a = p->a }, out = { .a = p->a };
	struct str rest, line;

	p->d->name = p->name ? p->name : p->d->name;
	p->folder = "app";
	code_recipe_text(p, &text);
	if (!p->plain)
		code_source_text(p, &text);
	rest = buf_str(&text);
	while (str_next(&rest, '\n', &line))
		buf_printf(&out, STR_FMT "\n", STR_ARG(str_trim(line)));
	return buf_cstr(&out);
}

const char *own_project_texts(struct arena *a, own_project_read *read, const char *const *files)
{
	const char *dir = own_project_put(a, files), *out, *at;
	struct init_draft d = { .a = a, .name = "folder" };
	struct own_project p = { .a = a, .d = &d, .folder = arena_printf(a, "%s/app", dir) };
	struct error e = { 0 };

	if (read(&p, &e) && distribution_packages_check(&p, false, &e))
		out = own_project_format(&p);
	else
		out = (at = strstr(e.cause, dir)) ? arena_strdup(a, at + strlen(dir) + 1)
						  : arena_strdup(a, e.cause);
	files_remove(dir);
	return out;
}

const char *own_project_left(struct arena *a, own_project_read *read, const char *const *files)
{
	const char *dir = own_project_put(a, files);
	struct init_draft d = { .a = a, .name = "folder" };
	struct own_project p = { .a = a, .d = &d, .folder = arena_printf(a, "%s/app", dir) };
	struct error e = { 0 };

	cr_assert(read(&p, &e), "%s", e.cause);
	library_packages_leave(&p, false);
	files_remove(dir);
	return strings_join(a, &d.open, "\n");
}

const char *own_project_libraries(struct arena *a, own_project_read *read, const char *const *files)
{
	static const char *const forms[] = {
		[LIBRARY_MODULE] = "module",	 [LIBRARY_OF_CMAKE] = "cmake",
		[LIBRARY_LINKED] = "linked",	 [LIBRARY_PACKAGE] = "package",
		[LIBRARY_DISTRIBUTION] = "tool", [LIBRARY_NEEDED] = "needed"
	};
	const char *dir = own_project_put(a, files);
	struct init_draft d = { .a = a, .name = "folder" };
	struct own_project p = { .a = a, .d = &d, .folder = arena_printf(a, "%s/app", dir) };
	struct error e = { 0 };
	struct buf out = { .a = a };

	cr_assert(read(&p, &e), "%s", e.cause);
	files_remove(dir);
	list_each(l, &p.libraries)
		buf_printf(&out, "%s %s %s\n", forms[l->form], l->name, l->at + strlen(dir) + 1);
	return out.n ? buf_cstr(&out) : "";
}

const char *own_project_chosen(struct arena *a, own_project_read *read, const char *const *files,
			       const char *key)
{
	const char *dir = own_project_put(a, files), *out = NULL;
	struct init_draft d = { .a = a, .name = "folder" };
	struct own_project p = { .a = a, .d = &d, .folder = arena_printf(a, "%s/app", dir) };
	struct error e = { 0 };

	cr_assert(read(&p, &e), "%s", e.cause);
	files_remove(dir);
	list_each(c, &d.choices) {
		if (strcmp(c->key, key) == 0)
			out = arena_printf(a, "%s: %s", c->value, c->from);
	}
	cr_assert(out, "%s was not chosen", key);
	return out;
}
