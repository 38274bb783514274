/* SPDX-License-Identifier: Apache-2.0 */
#include "support/fixture_paper_files.h"

static struct process_file *paper_find(struct paper_world *w, const char *path)
{
	for (size_t i = 0; i < w->n; i++) {
		if (strcmp(w->v[i].path, path) == 0)
			return &w->files[i];
	}
	return NULL;
}

static bool paper_open_file(struct process_world *base, const char *path,
			    struct process_file **file, bool *folder, struct error *e)
{
	struct paper_world *w = (struct paper_world *)base;
	struct process_file *found = paper_find(w, path + 1);

	if (w->fails && strcmp(w->fails, path) == 0)
		return err_set(e, ERR_SYSTEM, "read %s", path);
	if (found)
		*folder = w->v[found - w->files].folder;
	*file = *folder ? NULL : found;
	return true;
}

static struct process_file *paper_sibling(struct process_world *base,
					  const struct process_file *program,
					  const struct process_file *by, const char *soname)
{
	struct paper_world *w = (struct paper_world *)base;

	(void)program;
	(void)by;
	return w->sibling && strcmp(soname, w->sibling) == 0 ? paper_find(w, "opt/sibling") : NULL;
}

void paper_make(struct paper_world *w, const struct paper_file *v)
{
	*w = (struct paper_world){ .base = { .open = paper_open_file, .sibling = paper_sibling },
				   .v = v };
	for (; w->n < PAPER_FILES && v[w->n].path; w->n++)
		w->files[w->n] = (struct process_file){ .path = v[w->n].path,
							.is_elf = !v[w->n].text,
							.bad = v[w->n].bad,
							.elf = &v[w->n].elf };
}
