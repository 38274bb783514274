/* SPDX-License-Identifier: Apache-2.0 */
/* JSON written again from cursors. Only paths change: they belong to the file they stand in. */

#include "input/recipe/expanded.h"

#include "format/json/jsonw.h"

#define LINE_MAX_EXPANDED 90

struct expanded {
	struct reader *rd;
	const char *file;
	struct jsonw w;
	struct error *e; /* NULL: a path that no recipe could say is written as it is */
	bool failed;
};

/* The members that hold paths, by their ways: "[]" is any element. */
static const char *const expanded_paths[] = {
	"$schema",
	"tests.[]",
	"files.[].from",
	"effects.ca-bundle.files.[]",
	"programs.[].source",
	"programs.[].toolchain",
	"programs.[].with.[]",
	"components.[].providers.[].source",
	"components.[].providers.[].download.file",
	"components.[].providers.[].download.signature.file",
	"components.[].providers.[].download.signature.keyring",
};

/* What a variant says is said in the recipe's words. */
static const char *expanded_in_variant(const char *way)
{
	const char *dot;

	if (strncmp(way, "variants.", 9) != 0)
		return way;
	dot = strchr(way + 9, '.');
	return dot ? dot + 1 : way;
}

static bool expanded_is_path(const char *way, const char *text)
{
	way = expanded_in_variant(way);
	for (size_t i = 0; i < ARRAY_SIZE(expanded_paths); i++) {
		if (strcmp(way, expanded_paths[i]) != 0)
			continue;
		if (str_ends(str_of(way), STR(".toolchain")) && !strchr(text, '/'))
			return str_ends(str_of(text), STR(".json")); /* else it is a name */
		return !strstr(text, "://") && text[0] != '/';
	}
	return false;
}

/* "oci:DIR" as a base: what stands before the path in it; else 0. */
static size_t expanded_transport(const char *way, const char *text)
{
	const char *colon = strchr(text, ':');

	if (strcmp(way, "base") != 0 || !base_is_image(text) || strncmp(colon, "://", 3) == 0)
		return 0;
	return (size_t)(colon - text) + 1;
}

static const char *expanded_text(struct expanded *x, const struct json_node *n, const char *way)
{
	struct error ignored = { 0 };
	const char *text = "", *path;
	size_t before;

	if (!json_as_string(x->rd->a, n, &text, &ignored))
		return text;
	before = expanded_transport(way, text);
	if (before) {
		path = reader_resolve(x->rd, n, text + before);
		return path ? arena_printf(x->rd->a, "%.*s%s", (int)before, text,
					   reader_relative(x->rd, x->file, path))
			    : text;
	}
	if (!expanded_is_path(way, text))
		return text;
	path = reader_resolve(x->rd, n, text);
	if (path && str_starts(str_of(path), STR(BUILTIN_MARK))) {
		if (x->e && !x->failed && way[0] != '$')
			x->failed = !json_fail(
				n, x->e,
				"comes with imgbuild: no path of this repository leads there");
		return text;
	}
	return path ? reader_relative(x->rd, x->file, path) : text;
}

static bool expanded_each(const struct json_node *n, size_t i, struct json_node *out)
{
	return json_node_is_array(n) ? json_item(n, i, out) : json_member(n, i, out);
}

/* Whether it fits on a line: no containers in it but short ones. */
static bool is_short(const struct json_node *n, size_t *left, unsigned depth)
{
	struct json_node one;

	for (size_t i = 0; expanded_each(n, i, &one); i++) {
		struct error ignored = { 0 };
		AUTO_ARENA a = { 0 };
		const char *text = "";
		bool inner = json_node_is_array(&one) || json_node_is_object(&one);
		size_t size = 4 + (json_node_is_object(n) ? strlen(one.key) + 4 : 0);

		if (json_node_is_string(&one) && json_as_string(&a, &one, &text, &ignored))
			size += strlen(text);
		if (size > *left || (inner && depth == 0))
			return false;
		*left -= size;
		if (inner && !is_short(&one, left, depth - 1))
			return false;
	}
	return true;
}

static void expanded_value(struct expanded *x, const char *key, const struct json_node *n,
			   const char *way);

static void expanded_container(struct expanded *x, const char *key, const struct json_node *n,
			       const char *way)
{
	bool array = json_node_is_array(n);
	size_t left = LINE_MAX_EXPANDED;
	bool inlined = *way && is_short(n, &left, 2);
	struct json_node one;

	if (array)
		(inlined ? jsonw_array_inline : jsonw_array)(&x->w, key);
	else
		(inlined ? jsonw_object_inline : jsonw_object)(&x->w, key);
	for (size_t i = 0; expanded_each(n, i, &one); i++) {
		const char *step = array ? "[]" : one.key;

		expanded_value(x, array ? NULL : one.key, &one,
			       *way ? arena_printf(x->rd->a, "%s.%s", way, step) : step);
	}
	(array ? jsonw_array_end : jsonw_object_end)(&x->w);
}

static void expanded_value(struct expanded *x, const char *key, const struct json_node *n,
			   const char *way)
{
	if (json_node_is_array(n) || json_node_is_object(n))
		expanded_container(x, key, n, way);
	else if (json_node_is_string(n))
		jsonw_cstr(&x->w, key, expanded_text(x, n, way));
	else
		jsonw_literal(&x->w, key, json_text(x->rd->a, n));
}

bool expanded_write(struct reader *rd, const struct json_node *root, const char *file,
		    struct buf *out, struct error *e)
{
	struct expanded x = { .rd = rd, .file = file, .e = e };

	jsonw_init(&x.w, out, true);
	expanded_value(&x, NULL, root, "");
	jsonw_finish(&x.w);
	return !x.failed;
}

const char *expanded_text_of(struct reader *rd, const struct json_node *root, const char *file)
{
	struct expanded x = { .rd = rd, .file = file };
	struct buf out = { .a = rd->a };

	jsonw_init(&x.w, &out, true);
	expanded_value(&x, NULL, root, "");
	jsonw_finish(&x.w);
	return buf_cstr(&out);
}
