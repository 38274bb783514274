/* SPDX-License-Identifier: Apache-2.0 */
/* Folders of builds, in the store: on its disk there is room for them. */

#include "make/compile/workplace.h"

void workplace_close(struct workplace *w)
{
	struct error ignored = { 0 };

	if (w->dir.name[0] && !file_remove_tree(w->store->fd, w->dir.name, &ignored))
		progress_warn(w->store->progress,
			      "%s: %s%s; a later build or `imgbuild gc` tries again", w->path,
			      ignored.context, ignored.cause);
	fd_closep(&w->dir.fd);
	w->dir.name[0] = '\0';
}

bool workplace_open(struct arena *a, const struct store *s, struct workplace *w, struct error *e)
{
	workplace_close(w);
	file_remove_leftovers(s->fd);
	w->store = s;
	if (!file_workdir_make(s->fd, &w->dir, e))
		return err_wrap(e, "build folder in %s", s->path);
	w->path = arena_printf(a, "%s/%s", s->path, w->dir.name);
	return file_mkdirs(w->dir.fd, "src", e) && file_mkdirs(w->dir.fd, "out", e) &&
	       file_mkdirs(w->dir.fd, "patches", e);
}
