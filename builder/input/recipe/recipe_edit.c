/* SPDX-License-Identifier: Apache-2.0 */
/* Knows places in a text, not what they mean. The text is parsed to find them, never written anew.
 */

#include "input/recipe/recipe_edit.h"

#include "format/json/json.h"
#include "format/json/json_place.h"
#include "format/json/jsonw.h"

/* The cursors on the way to where something is added: each points to the one before. */
#define WAY_MAX 8

struct edit_way {
	struct json_node v[WAY_MAX];
	size_t n;
};

static struct json_node *way_end(struct edit_way *w)
{
	return &w->v[w->n - 1];
}

static bool way_into(struct edit_way *w, const char *key)
{
	if (!json_get(way_end(w), key, &w->v[w->n]))
		return false;
	w->n++;
	return true;
}

static bool find_component(struct arena *a, struct edit_way *w, const char *component,
			   struct error *e)
{
	struct json_node *list, *one;

	if (!way_into(w, "components"))
		return json_fail(way_end(w), e, "it has no components");
	list = way_end(w);
	one = &w->v[w->n++];
	for (size_t i = 0; json_item(list, i, one); i++) {
		struct error ignored = { 0 };
		struct json_node name;
		const char *text;

		if (json_get(one, "name", &name) && json_as_string(a, &name, &text, &ignored) &&
		    strcmp(text, component) == 0)
			return true;
	}
	return json_fail(list, e, "it has no component \"%s\"", component);
}

static bool find_place(struct arena *a, struct edit_way *w, const struct edit *what,
		       struct error *e)
{
	if (what->component && !find_component(a, w, what->component, e))
		return false;
	if (!what->in_provider)
		return true;
	if (!way_into(w, "providers"))
		return json_fail(way_end(w), e, "it has no providers");
	if (!json_item(way_end(w), what->provider, &w->v[w->n]))
		return json_fail(way_end(w), e, "it has no provider %zu", what->provider);
	w->n++;
	return true;
}

static bool is_same_json_string(struct arena *a, const struct json_node *n, const char *json)
{
	struct error ignored = { 0 };
	const char *text;

	return json_node_is_string(n) && json_as_string(a, n, &text, &ignored) &&
	       strcmp(edit_string(a, text), json) == 0;
}

/* Whether an object of the array speaks of the same package as the one to be added. */
static bool same_package(struct arena *a, const struct json_node *n, const char *json)
{
	struct error ignored = { 0 };
	AUTO_JSON doc = { 0 };
	struct json_node root, wanted, package;
	const char *name;

	if (!json_node_is_object(n) || json[0] != '{' ||
	    !json_parse("", str_of(json), &doc, &ignored))
		return false;
	root = json_root(&doc);
	return json_get(&root, "package", &wanted) && json_get(n, "package", &package) &&
	       json_as_string(a, &wanted, &name, &ignored) &&
	       is_same_json_string(a, &package, edit_string(a, name));
}

static bool is_there(struct arena *a, const struct json_node *container, const struct edit *what)
{
	struct json_node one;

	if (what->member)
		return json_get(container, what->member, &one);
	for (size_t i = 0; json_item(container, i, &one); i++) {
		if (is_same_json_string(a, &one, what->value) || same_package(a, &one, what->value))
			return true;
	}
	return false;
}

/* What a missing key becomes: a container with the addition in it. */
static const char *wrap_value(struct arena *a, const struct edit *what)
{
	if (what->member)
		return arena_printf(a, "{ %s }", edit_line(a, what));
	return arena_printf(a, what->value[0] == '{' ? "[ %s ]" : "[%s]", what->value);
}

/* Where the last element of a container begins; false: it has none. */
static bool last_begin(const struct json_node *container, size_t *at)
{
	size_t n = json_count(container);
	struct json_node one;

	if (n == 0)
		return false;
	if (json_node_is_array(container)) {
		json_item(container, n - 1, &one);
		*at = json_place_value(&one);
	} else {
		json_member(container, n - 1, &one);
		*at = json_place_key(container, one.key);
	}
	return true;
}

/* The blanks before `at`, if nothing else stands before it in its line. */
static bool line_indent(struct str text, size_t at, struct str *indent)
{
	size_t from = at;

	while (from > 0 && (text.p[from - 1] == ' ' || text.p[from - 1] == '\t'))
		from--;
	*indent = (struct str){ text.p + from, at - from };
	return from > 0 && text.p[from - 1] == '\n';
}

/* Puts an element or member behind the last one of a container. */
static struct str edit_insert(struct arena *a, struct str text, const struct json_node *container,
			      const char *addition)
{
	size_t open = json_place_value(container), close = json_place_end(container) - 1, last,
	       at = close;
	bool object = json_node_is_object(container) || addition[0] == '{';
	struct buf out = { .a = a };
	struct str indent;

	while (at > open + 1 && strchr(" \t\r\n", text.p[at - 1]))
		at--;
	buf_add(&out, (struct str){ text.p, at });
	if (!last_begin(container, &last))
		buf_printf(&out, object ? " %s " : "%s", addition);
	else if (line_indent(text, last, &indent))
		buf_printf(&out, ",\n" STR_FMT "%s", STR_ARG(indent), addition);
	else
		buf_printf(&out, ", %s", addition);
	buf_add(&out, str_from(text, json_count(container) ? at : close));
	return buf_str(&out);
}

static bool add_at(struct arena *a, struct str text, struct edit_way *w, const struct edit *what,
		   struct str *out, bool *added, struct error *e)
{
	const char *addition;
	size_t found = 0;

	while (found < 2 && what->keys[found] && way_into(w, what->keys[found]))
		found++;
	if (found < 2 && what->keys[found]) {
		bool inner = found == 0 && what->keys[1];

		if (!json_want_object(way_end(w), e))
			return false;
		addition = wrap_value(a, what);
		if (inner)
			addition = arena_printf(a, "{ \"%s\": %s }", what->keys[1], addition);
		addition = arena_printf(a, "\"%s\": %s", what->keys[found], addition);
	} else {
		if (!(what->member ? json_want_object(way_end(w), e)
				   : json_want_array(way_end(w), e)))
			return false;
		if (is_there(a, way_end(w), what))
			return true;
		addition = edit_line(a, what);
	}
	*out = edit_insert(a, text, way_end(w), addition);
	*added = true;
	return true;
}

bool edit_add(struct arena *a, const char *file, struct str text, const struct edit *what,
	      struct str *out, bool *added, struct error *e)
{
	AUTO_JSON doc = { 0 };
	struct edit_way w = { .n = 1 };

	*out = text;
	*added = false;
	if (!json_parse(file, text, &doc, e))
		return false;
	w.v[0] = json_root(&doc);
	return find_place(a, &w, what, e) && add_at(a, text, &w, what, out, added, e);
}

const char *edit_where(struct arena *a, const struct edit *what)
{
	struct buf out = { .a = a };

	if (what->component)
		buf_printf(&out, "components[%s].", what->component);
	if (what->in_provider)
		buf_printf(&out, "providers[%zu].", what->provider);
	buf_puts(&out, what->keys[0]);
	if (what->keys[1])
		buf_printf(&out, ".%s", what->keys[1]);
	return buf_cstr(&out);
}

const char *edit_line(struct arena *a, const struct edit *what)
{
	return what->member ? arena_printf(a, "%s: %s", edit_string(a, what->member), what->value)
			    : what->value;
}

const char *edit_string(struct arena *a, const char *text)
{
	struct buf out = { .a = a };
	struct jsonw w;

	jsonw_init(&w, &out, false);
	jsonw_cstr(&w, NULL, text);
	return buf_cstr(&out);
}
