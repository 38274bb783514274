/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FORMAT_JSON_JSON_H
#define FORMAT_JSON_JSON_H

/* Reading JSON (RFC 8259) strictly, with places. The only user of jansson.
 *
 * A document is walked through cursors on the caller's stack that link upward. jansson keeps no
 * positions, so a cursor costs nothing until something is wrong: then the text is scanned again
 * along the chain of cursors, and the error reads "r.json:9:23: layers[1].packages[2]: ...".
 * Duplicate keys are errors. A reader of an object visits every key it knows and ends with
 * json_no_other_keys(), so a misspelt key is an error with a suggestion. Keys that begin with
 * "x-" are left to the user everywhere. */

#include "base/io.h"
#include "format/json/json_node.h"

#define JSON_TEXT_MAX (64u << 20)
#define JSON_DEPTH_MAX 64
#define JSON_VALUES_MAX 200000

/* For who parses in a child without files: what jansson draws at random the first time is drawn
 * now. */
void json_make_ready(void);

/* Reads and parses a file / parses text (which must outlive the document). ERR_INPUT with the
 * place for bad JSON, ERR_SYSTEM if the file cannot be read. Release with json_drop(). */
MUST_CHECK bool json_load(struct arena *a, const char *path, struct json_doc *doc, struct error *e);

/* As json_load(), under another name in messages (which must outlive the document). */
MUST_CHECK bool json_load_as(struct arena *a, const char *path, const char *shown,
			     struct json_doc *doc, struct error *e);
MUST_CHECK bool json_parse(const char *file, struct str text, struct json_doc *doc,
			   struct error *e);
/* As json_parse, for a text that was made from another one. */
MUST_CHECK bool json_parse_marked(const char *file, struct str text, const struct json_marks *marks,
				  struct json_doc *doc, struct error *e);
void json_drop(struct json_doc *doc);

/* False with *e set for a text that begins with U+FEFF, as some editors write it: the parsers here
 * say so themselves. ERR_INPUT. */
MUST_CHECK bool json_check_mark(const char *file, struct str text, struct error *e);

/* One more document of the same text and values, which is dropped by itself. In one thread. */
void json_share(const struct json_doc *doc, struct json_doc *out);
#define AUTO_JSON __attribute__((cleanup(json_drop))) struct json_doc

struct json_node json_root(const struct json_doc *doc);

/* Fails at this value: ERR_INPUT, file:line:col, JSON path, message. Returns false. */
bool json_fail(const struct json_node *n, struct error *e, const char *fmt, ...) PRINTF_LIKE(3, 4);
#ifdef __clang_analyzer__ /* as in base/error.h */
#define json_fail(...) (json_fail(__VA_ARGS__), false)
#endif

/* As json_fail, but at the key (not the value) of member `key` of object `n`. */
bool json_fail_key(const struct json_node *n, const char *key, struct error *e, const char *fmt,
		   ...) PRINTF_LIKE(4, 5);

/* The line and column (from 1) of a value, for those who keep places (why, SARIF). */
void json_place(const struct json_node *n, unsigned *line, unsigned *col);

/* A number, true, false or null as JSON, in `a`. */
const char *json_text(struct arena *a, const struct json_node *n);

/* Type checks; each fails at the value with "expected a string, found a number". */
MUST_CHECK bool json_want_object(const struct json_node *n, struct error *e);
MUST_CHECK bool json_want_array(const struct json_node *n, struct error *e);

/* Member of an object: true if it is there, and `out` is its cursor. */
bool json_get(const struct json_node *object, const char *key, struct json_node *out);

/* As json_get, but a missing member is an error at the object. */
MUST_CHECK bool json_need(const struct json_node *object, const char *key, struct json_node *out,
			  struct error *e);

/* The same value made of these parts (in an arena) instead of its own, for an object or an array.
 */
struct json_node json_join(const struct json_node *n, const struct json_parts *parts);

/* Elements of an array and members of an object in the order of the text:
 * for (size_t i = 0; json_item(&array, i, &item); i++) */
bool json_item(const struct json_node *array, size_t i, struct json_node *out);
bool json_member(const struct json_node *object, size_t i, struct json_node *out);
size_t json_count(const struct json_node *n);

/* Fails at the first key of the object that is not among `known` (NULL-terminated). */
MUST_CHECK bool json_no_other_keys(const struct json_node *object, const char *const *known,
				   struct error *e);

/* The same; of a key that has its place elsewhere, the error says where: `homes` ends with a NULL
 * key. */
struct json_home {
	const char *key, *home; /* "entrypoint", "in \"config\"" */
};
MUST_CHECK bool json_no_homeless_keys(const struct json_node *object, const char *const *known,
				      const struct json_home *homes, struct error *e);

/* Values. Strings are copied into the arena and never hold a NUL. Each fails at the value. */
MUST_CHECK bool json_as_string(struct arena *a, const struct json_node *n, const char **out,
			       struct error *e);
MUST_CHECK bool json_as_u64(const struct json_node *n, uint64_t *out, struct error *e);
MUST_CHECK bool json_as_bool(const struct json_node *n, bool *out, struct error *e);
MUST_CHECK bool json_as_strings(struct arena *a, const struct json_node *n, struct strings *out,
				struct error *e);
bool json_node_is_null(const struct json_node *n);
bool json_node_is_string(const struct json_node *n);
bool json_node_is_object(const struct json_node *n);
bool json_node_is_array(const struct json_node *n);

/* Optional members: absent leaves *out as it is. */
MUST_CHECK bool json_opt_string(struct arena *a, const struct json_node *object, const char *key,
				const char **out, struct error *e);
MUST_CHECK bool json_opt_u64(const struct json_node *object, const char *key, uint64_t *out,
			     struct error *e);
MUST_CHECK bool json_opt_bool(const struct json_node *object, const char *key, bool *out,
			      struct error *e);
MUST_CHECK bool json_opt_strings(struct arena *a, const struct json_node *object, const char *key,
				 struct strings *out, struct error *e);

#endif
