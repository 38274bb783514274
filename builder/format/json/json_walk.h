/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FORMAT_JSON_JSON_WALK_H
#define FORMAT_JSON_JSON_WALK_H

/* What was found last in a document: readers take one member or element after the other and ask for
 * the place of each, and without this every question would begin at the beginning. It changes no
 * answer, only what it costs. Private to format/json. */

#include "format/json/json_node.h"

#define JSON_WALK_DEPTH 64

/* Of the object or array that was asked last at a depth. */
struct json_step {
	const void *of;
	void *iter; /* its member number `member`, or NULL */
	size_t member;
	bool placed;
	size_t index, at; /* the element that was looked for last, and its offset; of a member that
			     of its key */
};

/* The lines that end before a multiple of JSON_WALK_BLOCK, and where the last of them ends. */
struct json_lines {
	unsigned n;
	size_t end;
};

struct json_walk {
	struct json_step steps[JSON_WALK_DEPTH];
	struct json_lines *lines; /* NULL: nobody has asked for a line */
};

/* NULL when there is no memory: then everything takes longer. */
struct json_walk *json_walk_new(void);
void json_walk_drop(struct json_walk *w);

/* The step of this object or array, emptied if it was another's; NULL for what is too deep. */
struct json_step *json_walk_step(const struct json_node *n);

/* Line and column (from 1) of an offset. */
void json_walk_line(struct json_walk *w, struct str text, size_t at, unsigned *line, unsigned *col);

#endif
