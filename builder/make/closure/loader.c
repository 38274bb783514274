/* SPDX-License-Identifier: Apache-2.0 */
/* Asks the rules of the loader (format/elf/loader_process.h) about the processes of the tree, and
 * keeps the answers as edges of the closure. */

#include "make/closure/loader.h"

#include "format/elf/process_set.h"

static void world_add(struct world *w, const struct process_edge *from, struct drafts *out)
{
	const struct object *by = (const struct object *)from->by->file;

	*list_push(w->found_in, out) = (struct draft){
		.edge = {
			.file = by->node->path,
			.needed = from->needed,
			.dlopen = from->dlopen,
			.found = from->found ? from->found->path : NULL,
			.how = from->how,
			.why = from->why ? arena_strdup(w->found_in, from->why) : NULL,
			.blocked = from->blocked,
			.chain = from->chain ? arena_strdup(w->found_in, from->chain) : NULL,
		},
		.order = from->order,
		.file = by,
	};
}

/* What is drafted outlives the process. */
struct drafting {
	struct process_visit visit;
	struct world *w;
	struct drafts *out;
};

static bool drafting_add(struct process_visit *v, struct process *p, struct error *e)
{
	const struct drafting *d = (struct drafting *)v;

	(void)e;
	for (size_t i = 0; i < p->edges.n; i++)
		world_add(d->w, &p->edges.v[i], d->out);
	return true;
}

bool world_follow(struct world *w, struct object *program, struct drafts *out, struct error *e)
{
	struct drafting d = { { drafting_add }, w, out };
	AUTO_ARENA scratch = { 0 };
	struct process p;

	return process_follow(&scratch, &w->base, &program->file, &p, e) &&
	       drafting_add(&d.visit, &p, e);
}

bool world_follow_all(struct world *w, struct drafts *out, struct error *e)
{
	struct drafting d = { { drafting_add }, w, out };
	struct process_set set = { NULL, 0, 0 };

	/* following one may read more objects (of a tree that is filled on the way) */
	for (size_t i = 0; i < w->objects.v.n; i++) {
		if (w->objects.v.v[i]->touched)
			*list_push(w->a, &set) = &w->objects.v.v[i]->file;
	}
	return process_set_each(&set, &w->base, &d.visit, e);
}
