/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLOSURE_OBJECTS_H
#define CLOSURE_OBJECTS_H

/* The ELF files of a tree, each read once. Private to closure/. */

#include "closure/closure.h"

struct object {
	const struct node *node;
	bool is_elf;
	const char *bad;	/* why it cannot be read, or NULL */
	struct elf elf;		/* if is_elf and not bad */
	bool reached;		/* some program loads it */
	bool touched;		/* looked at in this round */
};

struct objects {
	struct arena *a;
	list_of(struct object *) v;	/* sorted by path */
};

/* The object of a file node, read if it was not yet. ERR_SYSTEM if the file cannot be mapped. */
MUST_CHECK bool objects_get(struct objects *o, const struct node *n, struct object **out,
			    struct error *e);

#endif
