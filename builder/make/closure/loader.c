/* SPDX-License-Identifier: Apache-2.0 */
/* Asks the rules of the loader (format/elf/process.h) about one process of the tree, and keeps the answers as
 * edges of the closure. */

#include "make/closure/loader.h"

static void world_add(struct world *w, const struct process *p, const struct process_edge *from,
		      struct drafts *out)
{
	const struct object *program = (const struct object *)p->objects.v[0]->file;
	const struct object *by = (const struct object *)from->by->file;

	*list_push(w->a, out) = (struct draft){
		.edge = {
			.file = by->node->path,
			.needed = from->needed,
			.found = from->found ? from->found->path : NULL,
			.how = from->how,
			.why = from->why,
			.chain = from->chain,
		},
		.order = from->order,
		.file = by,
		.plugin = !program->elf.interp,
	};
}

bool world_follow(struct world *w, struct object *program, struct drafts *out, struct error *e)
{
	struct process p;

	if (!process_follow(w->a, &w->base, &program->file, &p, e))
		return false;
	for (size_t i = 0; i < p.edges.n; i++)
		world_add(w, &p, &p.edges.v[i], out);
	for (size_t i = 1; i < p.objects.n; i++)
		((struct object *)p.objects.v[i]->file)->reached = true;
	return true;
}
