/* SPDX-License-Identifier: Apache-2.0 */
/* The adapter of jansson: strict loading, typed reads, errors with places. */

#include "format/json/json.h"

#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>

#include <jansson.h>

#include "base/merge_marks.h"
#include "format/json/json_hint.h"
#include "format/json/json_place.h"
#include "format/json/json_walk.h"

void json_drop(struct json_doc *doc)
{
	json_decref(doc->root);
	json_walk_drop(doc->walk);
	doc->root = NULL;
	doc->walk = NULL;
}

void json_share(const struct json_doc *doc, struct json_doc *out)
{
	*out = *doc;
	json_incref(out->root);
	out->walk = json_walk_new();
}

static bool json_refuse(const char *file, struct str text, size_t at, const char *what,
			struct error *e)
{
	unsigned line, col;

	json_walk_line(NULL, text, at, &line, &col);
	err_set(e, ERR_INPUT, "%s", what);
	return err_at(e, file, line, col);
}

#define TEXT_OF(number) #number
#define TEXT(number) TEXT_OF(number)

/* jansson recurses, and takes some 100 bytes for each value: refuse too many before it does. It
 * also passes over a NUL behind a number, which no JSON has. */
static bool check_shape(const char *file, struct str text, struct error *e)
{
	unsigned depth = 0, values = 0;
	bool quoted = false;

	for (size_t i = 0; i < text.n; i++) {
		char c = text.p[i];

		if (c == '\0')
			return json_refuse(file, text, i, "not valid JSON: it holds a NUL byte", e);
		if (quoted && c == '\\')
			i++;
		else if (c == '"')
			quoted = !quoted;
		else if (!quoted && (c == '{' || c == '['))
			depth++;
		else if (!quoted && (c == '}' || c == ']') && depth)
			depth--;
		values += !quoted && strchr("{[,", c) && c;
		if (depth > JSON_DEPTH_MAX)
			return json_refuse(file, text, i,
					   "nested more than " TEXT(JSON_DEPTH_MAX) " deep", e);
		if (values > JSON_VALUES_MAX)
			return json_refuse(file, text, i,
					   "more than " TEXT(JSON_VALUES_MAX) " values", e);
	}
	return true;
}

/* The place of the last part that was marked at or before `at`. */
static void place_of(const struct json_doc *doc, size_t at, unsigned *line, unsigned *col)
{
	size_t lo = 0, hi = doc->marks ? doc->marks->n : 0;

	if (!doc->marks || hi == 0) {
		json_walk_line(doc->walk, doc->text, at, line, col);
		return;
	}
	while (hi - lo > 1) {
		size_t mid = lo + (hi - lo) / 2;

		if (doc->marks->v[mid].at <= at)
			lo = mid;
		else
			hi = mid;
	}
	*line = doc->marks->v[lo].line;
	*col = doc->marks->v[lo].col;
}

void json_make_ready(void)
{
	json_object_seed(0);
}

bool json_check_mark(const char *file, struct str text, struct error *e)
{
	return !str_starts(text, STR("\xef\xbb\xbf")) ||
	       json_refuse(file, text, 0,
			   "it begins with a byte order mark, which JSON does not have: save it as "
			   "UTF-8 without one",
			   e);
}

bool json_parse(const char *file, struct str text, struct json_doc *doc, struct error *e)
{
	return json_parse_marked(file, text, NULL, doc, e);
}

bool json_parse_marked(const char *file, struct str text, const struct json_marks *marks,
		       struct json_doc *doc, struct error *e)
{
	json_error_t why;
	unsigned line, col;

	*doc = (struct json_doc){ file, text, NULL, marks, NULL };
	if (!marks && !json_check_mark(file, text, e))
		return false;
	if (!marks && !check_shape(file, text, e))
		return false;
	doc->root = json_loadb(text.p, text.n, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &why);
	if (doc->root) {
		doc->walk = json_walk_new();
		return true;
	}
	place_of(doc, why.position > 0 ? (size_t)why.position - 1 : 0, &line, &col);
	err_set(e, ERR_INPUT, "not valid %s: %s%s", marks ? "YAML" : "JSON", why.text,
		marks ? "" : json_hint(why.text));
	err_at(e, file, line, col);
	return merge_marks_explain(text, file, e);
}

bool json_load_as(struct arena *a, const char *path, const char *shown, struct json_doc *doc,
		  struct error *e)
{
	struct str text;

	*doc = (struct json_doc){ .file = shown, .text = { "", 0 } };
	return io_read_named(a, path, JSON_TEXT_MAX, &text, e) && json_parse(shown, text, doc, e);
}

bool json_load(struct arena *a, const char *path, struct json_doc *doc, struct error *e)
{
	return json_load_as(a, path, path, doc, e);
}

struct json_node json_root(const struct json_doc *doc)
{
	return (struct json_node){ .doc = doc, .value = doc->root };
}

/* "components[1].providers[0].packages", "" for the root. */
static void json_path(const struct json_node *n, struct buf *out)
{
	if (!n->up)
		return;
	json_path(n->up, out);
	if (n->key)
		buf_printf(out, "%s%s", out->n ? "." : "", n->key);
	else
		buf_printf(out, "[%zu]", n->index);
}

static bool fail_at(const struct json_node *n, const char *key, struct error *e, const char *fmt,
		    va_list ap)
{
	AUTO_ARENA a = { 0 };
	struct buf path = { .a = &a, .max = sizeof(e->context) };
	char text[sizeof(e->cause)];
	unsigned line, col;
	size_t at = json_place_value(n);

	vsnprintf(text, sizeof(text), fmt, ap);
	json_path(n, &path);
	if (key) {
		buf_printf(&path, "%s%s", path.n ? "." : "", key);
		at = json_place_key(n, key);
	}
	place_of(n->doc, at, &line, &col);
	err_set(e, ERR_INPUT, "%s%s%s", buf_cstr(&path), path.n ? ": " : "", text);
	return err_at(e, n->doc->file, line, col);
}

#undef json_fail /* a macro where the analyzer reads the header */
bool json_fail(const struct json_node *n, struct error *e, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	fail_at(n, NULL, e, fmt, ap);
	va_end(ap);
	return false;
}

bool json_fail_key(const struct json_node *n, const char *key, struct error *e, const char *fmt,
		   ...)
{
	va_list ap;

	va_start(ap, fmt);
	fail_at(n, key, e, fmt, ap);
	va_end(ap);
	return false;
}

void json_place(const struct json_node *n, unsigned *line, unsigned *col)
{
	size_t at = json_place_value(n);

	place_of(n->doc, at, line, col);
}

const char *json_text(struct arena *a, const struct json_node *n)
{
	char text[64];
	size_t length = json_dumpb(n->value, text, sizeof(text), JSON_ENCODE_ANY);

	return arena_strndup(a, text, length < sizeof(text) ? length : 0);
}

static const char *json_type_name(const json_t *v)
{
	switch (json_typeof(v)) {
	case JSON_OBJECT:
		return "an object";
	case JSON_ARRAY:
		return "an array";
	case JSON_STRING:
		return "a string";
	case JSON_INTEGER:
	case JSON_REAL:
		return "a number";
	case JSON_TRUE:
	case JSON_FALSE:
		return "true or false";
	default:
		return "null";
	}
}

static bool json_want(const struct json_node *n, bool is, const char *what, struct error *e)
{
	return is || json_fail(n, e, "expected %s, found %s", what, json_type_name(n->value));
}

bool json_node_is_null(const struct json_node *n)
{
	return json_typeof((json_t *)n->value) == JSON_NULL;
}

bool json_node_is_string(const struct json_node *n)
{
	return json_typeof((json_t *)n->value) == JSON_STRING;
}

bool json_node_is_object(const struct json_node *n)
{
	return json_typeof((json_t *)n->value) == JSON_OBJECT;
}

bool json_node_is_array(const struct json_node *n)
{
	return json_typeof((json_t *)n->value) == JSON_ARRAY;
}

bool json_want_object(const struct json_node *n, struct error *e)
{
	return json_want(n, json_node_is_object(n), "an object", e);
}

bool json_want_array(const struct json_node *n, struct error *e)
{
	return json_want(n, json_node_is_array(n), "an array", e);
}

struct json_node json_join(const struct json_node *n, const struct json_parts *parts)
{
	struct json_node out = *n;

	out.parts = parts;
	return out;
}

static bool json_part(const struct json_node *n, size_t i, struct json_node *out)
{
	*out = i < n->parts->n ? n->parts->v[i] : (struct json_node){ .doc = n->doc, .up = n };
	return i < n->parts->n;
}

static bool json_part_named(const struct json_node *object, const char *key, struct json_node *out)
{
	for (size_t i = 0; json_part(object, i, out); i++) {
		if (strcmp(out->key, key) == 0)
			return true;
	}
	return false;
}

bool json_get(const struct json_node *object, const char *key, struct json_node *out)
{
	json_t *v;

	if (object->parts)
		return json_part_named(object, key, out);
	v = json_object_get(object->value, key);
	*out = (struct json_node){ .doc = object->doc, .up = object, .key = key, .value = v };
	return v != NULL;
}

bool json_need(const struct json_node *object, const char *key, struct json_node *out,
	       struct error *e)
{
	return json_want_object(object, e) &&
	       (json_get(object, key, out) ||
		json_fail(object, e, "the key \"%s\" is missing", key));
}

bool json_item(const struct json_node *array, size_t i, struct json_node *out)
{
	json_t *v;

	if (array->parts)
		return json_part(array, i, out);
	v = json_array_get(array->value, i);
	*out = (struct json_node){ .doc = array->doc, .up = array, .index = i, .value = v };
	return v != NULL;
}

bool json_member(const struct json_node *object, size_t i, struct json_node *out)
{
	struct json_step *step = object->parts ? NULL : json_walk_step(object);
	bool behind = step && step->iter && step->member <= i;
	void *iter;

	if (object->parts)
		return json_part(object, i, out);
	iter = behind ? step->iter : json_object_iter(object->value);
	for (size_t k = behind ? step->member : 0; iter && k < i; k++)
		iter = json_object_iter_next(object->value, iter);
	if (step) {
		step->iter = iter;
		step->member = i;
	}
	if (!iter)
		return false;
	*out = (struct json_node){ .doc = object->doc,
				   .up = object,
				   .key = json_object_iter_key(iter),
				   .value = json_object_iter_value(iter) };
	return true;
}

size_t json_count(const struct json_node *n)
{
	if (n->parts)
		return n->parts->n;
	return json_node_is_array(n) ? json_array_size(n->value) : json_object_size(n->value);
}

static bool check_known_key(const struct json_node *object, const char *key,
			    const char *const *known, const struct json_home *homes,
			    struct error *e)
{
	const char *near;
	size_t n = 0;

	for (; known[n]; n++) {
		if (strcmp(key, known[n]) == 0)
			return true;
	}
	if (strncmp(key, "x-", 2) == 0)
		return true;
	for (; homes && homes->key; homes++) {
		if (strcmp(key, homes->key) == 0)
			return json_fail_key(object, key, e, "unknown key here: it belongs %s",
					     homes->home);
	}
	near = str_nearest(str_of(key), known, n);
	if (near)
		return json_fail_key(object, key, e, "unknown key; did you mean \"%s\"?", near);
	return json_fail_key(object, key, e, "unknown key");
}

bool json_no_homeless_keys(const struct json_node *object, const char *const *known,
			   const struct json_home *homes, struct error *e)
{
	size_t parts = object->parts ? object->parts->n : 0;

	for (size_t i = 0; i < parts; i++) {
		if (!check_known_key(object->parts->v[i].up, object->parts->v[i].key, known, homes,
				     e))
			return false;
	}
	for (void *iter = object->parts ? NULL : json_object_iter(object->value); iter;
	     iter = json_object_iter_next(object->value, iter)) {
		if (!check_known_key(object, json_object_iter_key(iter), known, homes, e))
			return false;
	}
	return true;
}

bool json_no_other_keys(const struct json_node *object, const char *const *known, struct error *e)
{
	return json_no_homeless_keys(object, known, NULL, e);
}

bool json_as_string(struct arena *a, const struct json_node *n, const char **out, struct error *e)
{
	if (!json_want(n, json_node_is_string(n), "a string", e))
		return false;
	/* a NUL in a string was refused by json_loadb, which was not told JSON_ALLOW_NUL */
	*out = arena_strndup(a, json_string_value(n->value), json_string_length(n->value));
	return true;
}

bool json_as_u64(const struct json_node *n, uint64_t *out, struct error *e)
{
	if (json_typeof((json_t *)n->value) == JSON_REAL)
		return json_fail(n, e, "expected a whole number, found one with a fraction");
	if (!json_want(n, json_typeof((json_t *)n->value) == JSON_INTEGER, "a whole number", e))
		return false;
	if (json_integer_value(n->value) < 0)
		return json_fail(n, e, "must not be negative");
	*out = (uint64_t)json_integer_value(n->value);
	return true;
}

bool json_as_bool(const struct json_node *n, bool *out, struct error *e)
{
	const json_t *v = n->value;

	if (!json_want(n, json_is_true(v) || json_is_false(v), "true or false", e))
		return false;
	*out = json_is_true(v);
	return true;
}

bool json_as_strings(struct arena *a, const struct json_node *n, struct strings *out,
		     struct error *e)
{
	struct json_node item;

	if (!json_want_array(n, e))
		return false;
	for (size_t i = 0; json_item(n, i, &item); i++) {
		if (!json_as_string(a, &item, list_push(a, out), e))
			return false;
	}
	return true;
}

bool json_opt_string(struct arena *a, const struct json_node *object, const char *key,
		     const char **out, struct error *e)
{
	struct json_node n;

	return !json_get(object, key, &n) || json_as_string(a, &n, out, e);
}

bool json_opt_u64(const struct json_node *object, const char *key, uint64_t *out, struct error *e)
{
	struct json_node n;

	return !json_get(object, key, &n) || json_as_u64(&n, out, e);
}

bool json_opt_bool(const struct json_node *object, const char *key, bool *out, struct error *e)
{
	struct json_node n;

	return !json_get(object, key, &n) || json_as_bool(&n, out, e);
}

bool json_opt_strings(struct arena *a, const struct json_node *object, const char *key,
		      struct strings *out, struct error *e)
{
	struct json_node n;

	return !json_get(object, key, &n) || json_as_strings(a, &n, out, e);
}
