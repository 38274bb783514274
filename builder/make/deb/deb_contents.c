/* SPDX-License-Identifier: Apache-2.0 */
/* Both lists are sorted: everything here is a binary search. */

#include "make/deb/deb_contents.h"

#include <stdlib.h>

static int control_by_name(const void *name, const void *c)
{
	return strcmp(name, ((const struct deb_control *)c)->name);
}

struct str deb_control_text(const struct deb *deb, const char *name)
{
	const struct deb_control *c = deb_control_find(deb, name);

	return c ? c->text : (struct str){ NULL, 0 };
}

const struct deb_control *deb_control_find(const struct deb *deb, const char *name)
{
	if (deb->control.n == 0)
		return NULL;
	return bsearch(name, deb->control.v, deb->control.n, sizeof(*deb->control.v),
		       control_by_name);
}

static int entry_by_path(const void *path, const void *entry)
{
	return strcmp(path, ((const struct deb_entry *)entry)->path);
}

const struct deb_entry *deb_find(const struct deb *deb, const char *path)
{
	if (deb->entries.n == 0)
		return NULL;
	return bsearch(path, deb->entries.v, deb->entries.n, sizeof(*deb->entries.v),
		       entry_by_path);
}

struct node deb_node(const struct deb *deb, const struct deb_entry *entry,
		     const struct owner *owner)
{
	struct node n = {
		.path = entry->path,
		.type = entry->type,
		.mode = entry->mode,
		.uid = entry->uid,
		.gid = entry->gid,
		.mtime = entry->mtime,
		.target = entry->target,
		.owner = owner,
	};

	if (entry->type == NODE_FILE)
		n.content = (struct content){ .blob = &deb->data,
					      .offset = entry->offset,
					      .size = entry->size };
	return n;
}
