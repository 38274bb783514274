/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FORMAT_TEXT_TOML_H
#define FORMAT_TEXT_TOML_H

/* TOML 1.0 (toml.io) as lock files and settings of package managers are written in it: every value
 * with the keys that lead to it. Numbers, dates and booleans are kept as they are written; that a
 * key is there twice is not looked at. */

#include "base/error.h"
#include "base/str.h"

enum toml_kind {
	TOML_STRING,
	TOML_ARRAY, /* `list` has the strings in it, `items` the tables; others are left out */
	TOML_OTHER,
};

struct toml_value {
	struct strings keys; /* from the root: "source", "crates-io", "replace-with" */
	size_t element;	     /* number of the "[[...]]" that it stands under, from 1; 0: none */
	enum toml_kind kind;
	const char *text; /* of a string, or as it is written; "" of an array */
	struct strings list;
	struct LIST(unsigned) lines; /* of each in `list` */
	struct LIST(struct toml_item) items;
	unsigned line;
};

struct toml_values LIST(struct toml_value);

/* A table in braces in an array: its values, with the keys from there. */
struct toml_item {
	struct toml_values v;
	unsigned line;
};

/* "[KEYS]", "[[KEYS]]" */
struct toml_header {
	struct strings keys;
	bool array;
	size_t before; /* number of the value that stands first below it */
	unsigned line;
};

struct toml {
	struct toml_values v; /* in the order of the text */
	struct LIST(struct toml_header) headers;
};

/* Reads a text of the file `file`. ERR_INPUT at the line that is malformed. */
MUST_CHECK bool toml_read(struct arena *a, struct str text, const char *file, struct toml *out,
			  struct error *e);

/* The string with these keys outside of all arrays of tables, or NULL. */
const struct toml_value *toml_string(const struct toml *t, const char *const *keys, size_t n);
#define TOML_STRING_AT(t, ...)                                 \
	toml_string((t), (const char *const[]){ __VA_ARGS__ }, \
		    sizeof((const char *const[]){ __VA_ARGS__ }) / sizeof(const char *))

#endif
