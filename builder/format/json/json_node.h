/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FORMAT_JSON_JSON_NODE_H
#define FORMAT_JSON_JSON_NODE_H

/* A JSON document and the cursors into it: what those who read values (json.h) and those who look
 * for the place of one (json_place.h) have in common. */

#include "base/str.h"

/* Where a part of the text stood in the file it was made from (format/json/yaml.h). */
struct json_mark {
	size_t at;
	unsigned line, col;
};

/* By `at`. */
struct json_marks LIST(struct json_mark);

struct json_doc {
	const char *file; /* for messages */
	struct str text;
	void *root;			/* json_t, owned */
	const struct json_marks *marks; /* NULL: the text is the file */
	struct json_walk *walk;		/* owned: see format/json/json_walk.h */
};

struct json_spot {
	const char *file;
	unsigned line, col;
};

/* A value, and the way to it. One that several documents say together (json_join) has `parts`, its
 * members or elements, each of which knows its own document; its place is that of the last document
 * that says it. */
struct json_node {
	const struct json_doc *doc;
	const struct json_node *up;	/* NULL: the root */
	const char *key;		/* within an object; else NULL */
	size_t index;			/* within an array */
	void *value;			/* json_t, borrowed from the document */
	const struct json_parts *parts; /* NULL: the value's own */
	const struct json_spot *first; /* where an entry began whose place this one took, or NULL */
};

struct json_parts LIST(struct json_node);

#endif
