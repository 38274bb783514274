/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MAKE_CLOSURE_ELF_OBJECTS_H
#define MAKE_CLOSURE_ELF_OBJECTS_H

/* The ELF files of a tree, each read once, by a child in a jail (base/jail.h). Private to
 * closure/. */

#include "format/elf/loader_process.h"
#include "make/tree/tree.h"
#include "transfer/store/kept_facts.h"

struct object {
	struct process_file file;
	const struct node *node;
	struct content content; /* of the node when it was read */
	bool touched;		/* looked at in this round */
};

struct object_list LIST(struct object *);

struct objects {
	struct arena *a;
	bool alone;		    /* what opens modules is not read */
	struct kept_facts kept;	    /* of earlier runs, and for later ones */
	struct object_list v;	    /* sorted by path */
	struct object_list touched; /* those of v */
};

/* A list of file nodes. */
struct nodes LIST(const struct node *);

/* Reads those that were not read yet, many in one child: the way to read whole folders. A file
 * that breaks the reader is bad; the others are read all the same. ERR_SYSTEM if a file cannot be
 * mapped or there is no jail to be had. */
MUST_CHECK bool objects_read(struct objects *o, const struct nodes *files, struct error *e);

/* Takes over what is known of files whose content stands in this tree, too. `from` lives as long.
 */
void objects_adopt(struct objects *o, const struct tree *t, const struct objects *from);

/* The object of a file node if it was read, or NULL. */
struct object *objects_find(const struct objects *o, const struct node *n);

/* It was looked at; and: none was, from now on. */
void object_touch(struct objects *all, struct object *o);
void objects_forget_touched(struct objects *all);

/* The object of a file node, read if it was not yet; it counts as touched. */
MUST_CHECK bool objects_get(struct objects *o, const struct node *n, struct object **out,
			    struct error *e);

#endif
