/* SPDX-License-Identifier: Apache-2.0 */
/* As far as the files of the project tell: modules that are fetched are known by a table. */

#include "explain/code/go_reach.h"

#include "base/path.h"
#include "base/strmap.h"
#include "explain/code/go_imports.h"
#include "explain/code/go_package.h"

struct reach_walk {
	struct own_project *p;
	const struct go_own_modules *modules;
	struct strmap seen;
	struct strings folders; /* read, and still to be read */
	struct go_reach *out;
};

static void reach_add(struct reach_walk *w, const char *folder)
{
	if (strmap_add(w->p->a, &w->seen, str_of(folder)))
		*list_push(w->p->a, &w->folders) = folder;
}

/* "lib/text" of "example.org/lib/text"; NULL: it is of no module that stands here. */
static const char *reach_find_folder(const struct reach_walk *w, const char *import)
{
	const struct go_own_module *found = NULL;
	struct arena *a = w->p->a;
	size_t longest = 0;

	list_each(m, &w->modules->v) {
		size_t n = strlen(m->path);

		if (strncmp(import, m->path, n) == 0 && strchr("/", import[n]) && n > longest) {
			found = m;
			longest = n;
		}
	}
	if (found && import[longest])
		return found->folder[0] ? arena_printf(a, "%s%s", found->folder, import + longest)
					: import + longest + 1;
	return found ? found->folder : NULL;
}

/* What no file of the project shows. */
static void reach_note_known(struct reach_walk *w, const char *import, const char *importer)
{
	const struct go_c_package *known = go_c_package_find(str_of(import));
	struct own_project *p = w->p;
	const char *at;

	if (!known)
		return;
	at = arena_printf(p->a, "%s imports %s, which", own_path(p, importer[0] ? importer : "."),
			  import);
	w->out->cgo = w->out->cgo ? w->out->cgo : at;
	w->out->cxx = known->cxx && !w->out->cxx ? at : w->out->cxx;
	at = own_path(p, importer[0] ? importer : ".");
	if (known->module)
		own_add_library(p, LIBRARY_MODULE, known->module, at);
	if (known->library)
		own_add_library(p, LIBRARY_LINKED, known->library, at);
}

static void reach_note_import(struct reach_walk *w, const char *import, const char *importer)
{
	const char *folder = reach_find_folder(w, import);
	struct own_project *p = w->p;

	if (!path_is_normal(import))
		return;
	if (!folder && w->modules->vendor)
		folder = arena_printf(p->a, "%s/%s", w->modules->vendor, import);
	reach_note_known(w, import, importer);
	if (folder)
		reach_add(w, folder);
}

static bool reach_walk(struct reach_walk *w, const char *folder, bool cgo, struct error *e)
{
	struct own_project *p = w->p;

	reach_add(w, folder);
	for (size_t i = 0; i < w->folders.n; i++) {
		const char *here = w->folders.v[i];
		struct go_package package;

		if (!go_package_read(p, here, cgo, &package, e))
			return false;
		w->out->cgo = w->out->cgo ? w->out->cgo : package.cgo;
		w->out->cxx = w->out->cxx ? w->out->cxx : package.cxx;
		list_each(x, &package.imports)
			reach_note_import(w, *x, here);
	}
	return true;
}

/* With C more files count, and ask for more. */
bool go_reach_read(struct own_project *p, const struct go_own_modules *modules, const char *folder,
		   struct go_reach *out, struct error *e)
{
	struct reach_walk without = { .p = p, .modules = modules, .out = out };
	struct reach_walk with = without;
	size_t open = p->d->open.n;

	*out = (struct go_reach){ .cgo = NULL };
	if (!reach_walk(&without, folder, false, e))
		return false;
	if (!out->cgo)
		return true;
	p->d->open.n = open;
	return reach_walk(&with, folder, true, e);
}
