/* SPDX-License-Identifier: Apache-2.0 */
#ifndef INSPECT_MODEL_MODEL_WORLD_H
#define INSPECT_MODEL_MODEL_WORLD_H

/* The merged layers as a file system for the loader's rules (format/elf). */

#include "format/elf/process_set.h"
#include "inspect/model/model.h"

struct model_file {
	struct process_file file;
	const struct item *item;
};

struct model_world {
	struct process_world base;
	struct arena *a;
	const struct model *m;
	struct ldcache cache;
	struct model_file **files; /* of each item, as far as they were asked for */
};

/* Reads etc/ld.so.cache and etc/ld.so.preload. `w` and what it leads to live in `a`, the model must
 * not be closed yet. ERR_SYSTEM. */
MUST_CHECK bool model_world_open(struct arena *a, const struct model *m, struct model_world *w,
				 struct error *e);

/* The item of a file that these rules gave; NULL of NULL. */
const struct item *model_world_item(const struct process_file *file);

/* All processes of the image that are to be judged (format/elf/process_set.h). */
MUST_CHECK bool model_world_each(struct model_world *w, struct process_visit *v, struct error *e);

#endif
