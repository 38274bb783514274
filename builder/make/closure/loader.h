/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MAKE_CLOSURE_LOADER_H
#define MAKE_CLOSURE_LOADER_H

/* The tree as a file system for the loader's rules (format/elf/loader_process.h), and what they say
 * of it. Private to closure/. */

#include "base/strmap.h"
#include "make/closure/closure_candidates.h"
#include "make/closure/closure_edge.h"
#include "make/closure/elf_objects.h"

/* The tree and what is known about it; shared by all processes of a run. */
struct world {
	struct process_world base; /* the tree as the loader sees it */
	struct arena *a;
	struct arena *found_in; /* of what this run finds */
	struct tree *t;
	struct closure_candidates *candidates; /* may be NULL */
	struct objects objects;
	struct strmap places; /* of paths: struct world_place, private to loader_tree.c */
	struct ldcache cache; /* etc/ld.so.cache, if base.cache leads here */
};

/* Sets `base`, and reads the cache or the configuration of the loader. */
MUST_CHECK bool world_open(struct world *w, struct error *e);

/* The file a process would open at `path` (absolute), or NULL. */
MUST_CHECK bool world_find(struct world *w, const char *path, struct node **out, struct error *e);

/* Reads files, and what they will most likely load, in a few large steps. Changes nothing but the
 * time that later questions take. */
MUST_CHECK bool world_read_ahead(struct world *w, const struct nodes *files, struct error *e);

/* An edge while the run goes on. */
struct draft {
	struct closure_edge edge;
	size_t order; /* 0: interpreter, then DT_NEEDED */
	const struct object *file;
};

struct drafts LIST(struct draft);

/* Follows the process that starts with `program`; adds its edges to `out`. */
MUST_CHECK bool world_follow(struct world *w, struct object *program, struct drafts *out,
			     struct error *e);

/* As that, for all processes of the objects that were touched (format/elf/process_set.h). */
MUST_CHECK bool world_follow_all(struct world *w, struct drafts *out, struct error *e);

#endif
