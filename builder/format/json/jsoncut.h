/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FORMAT_JSON_JSONCUT_H
#define FORMAT_JSON_JSONCUT_H

/* JSON texts that are too large for memory, cut into the objects that matter while they stream
 * by. One object is kept at a time, found by brackets and quotes alone; json.h reads and checks it
 * then. */

#include "format/json/json.h"

enum jsoncut_form {
	JSONCUT_VALUES, /* one object after the other (JSON lines, or a single document) */
	JSONCUT_ITEMS,	/* the elements of one array, all objects */
	JSONCUT_NESTED, /* the members of the members of one object, all objects */
};

/* One object of the text, valid until the next call. */
struct jsoncut_piece {
	const char *key, *of; /* NESTED: its key, and that of the member that it is in; else NULL */
	struct str text;
	unsigned line, col; /* where it begins */
};

struct jsoncut {
	struct source *from;
	const char *file; /* for messages */
	enum jsoncut_form form;
	size_t max; /* most bytes of one piece */

	struct str chunk;   /* may be given what was read of `from` already */
	unsigned line, col; /* of the next byte; 0: the beginning of a file */
	unsigned place, depth;
	bool quoted, escaped;
	bool comma;  /* the last byte of the outer text that says something was a comma */
	bool within; /* NESTED: in a member */
	char key[256], outer[256];
	size_t key_n;
	struct arena scratch;
	struct buf text;
	struct jsoncut_piece piece;
};

/* The next piece: 1, 0 at the end of the text, -1 with *e: ERR_INPUT with file, line and column
 * when it is not a JSON of this form, or what `from` says. */
MUST_CHECK int jsoncut_next(struct jsoncut *c, struct jsoncut_piece *out, struct error *e);
void jsoncut_drop(struct jsoncut *c);
#define AUTO_JSONCUT __attribute__((cleanup(jsoncut_drop))) struct jsoncut

/* Reads a piece as a document of its own. An error in it, now or later, has the place in the
 * piece: pass it through jsoncut_fail(), which makes it the place in the whole text. */
MUST_CHECK bool jsoncut_parse(const struct jsoncut *c, const struct jsoncut_piece *piece,
			      struct json_doc *doc, struct error *e);
bool jsoncut_fail(const struct jsoncut_piece *piece, struct error *e);

/* The line of a value of a piece in the whole text. */
unsigned jsoncut_line(const struct jsoncut_piece *piece, const struct json_node *n);

#endif
