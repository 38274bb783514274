/* SPDX-License-Identifier: Apache-2.0 */
/* The keys of recipes and of source recipes, from the descriptions of the schema; in Markdown. */

#include "cli/manual.h"

#include <string.h>

#include "base/buf.h"
#include "cli/schema.h"
#include "format/json/json.h"

struct keys_section {
	const char *document, *definition, *title;
};

static const struct keys_section sections[] = {
	{ "recipe", "recipe", "A recipe" },
	{ "recipe", "component", "`components`" },
	{ "recipe", "provider", "`components`, `providers`" },
	{ "recipe", "download", "`components`, `providers`, `download`" },
	{ "recipe", "program", "`programs`" },
	{ "recipe", "file", "`files`" },
	{ "recipe", "dir", "`dirs`" },
	{ "recipe", "link", "`links`" },
	{ "recipe", "user", "`users`" },
	{ "recipe", "group", "`groups`" },
	{ "recipe", "effects", "`effects`" },
	{ "recipe", "caBundle", "`effects`, `ca-bundle`" },
	{ "recipe", "config", "`config`" },
	{ "recipe", "layers", "`layers`" },
	{ "recipe", "audit", "`audit`" },
	{ "recipe", "budget", "`budget`" },
	{ "recipe", "catalogue", "images.json" },
	{ "recipe", "archive", "images.json, `archives`" },
	{ "recipe", "entry", "images.json, `bases` and `images`" },
	{ "recipe", "toolchainEntry", "images.json, `toolchains`" },
	{ "source", "source", "A source recipe" },
	{ "source", "toolchain", "A toolchain" },
};

static const char recipe_head[] =
	"# Reference: recipes and images.json\n\n"
	"Every key, as docs/recipe.schema.json has it (`make docs` writes this page).\n"
	"What they mean together is in [the recipe language](../how-to/recipes.md).\n"
	"Paths are relative to the file they stand in; keys that begin with `x-` are yours.\n";

static const char source_head[] =
	"# Reference: source recipes and toolchains\n\n"
	"Every key, as docs/recipe.schema.json has it (`make docs` writes this page).\n"
	"What happens to them is in [compiling from source](../how-to/compile.md).\n";

/* A value as people write it, on one line. */
static void keys_put_value(struct arena *a, const struct json_node *n, struct buf *out)
{
	const char *text;
	struct json_node x;
	struct error ignored = { 0 };
	uint64_t number;
	bool truth;

	if (json_node_is_object(n)) {
		buf_puts(out, "{");
		for (size_t i = 0; json_member(n, i, &x); i++) {
			buf_printf(out, "%s\"%s\": ", i ? ", " : " ", x.key);
			keys_put_value(a, &x, out);
		}
		buf_puts(out, json_count(n) ? " }" : "}");
	} else if (json_node_is_array(n)) {
		buf_puts(out, "[");
		for (size_t i = 0; json_item(n, i, &x); i++) {
			buf_puts(out, i ? ", " : "");
			keys_put_value(a, &x, out);
		}
		buf_puts(out, "]");
	} else if (json_node_is_string(n) && json_as_string(a, n, &text, &ignored)) {
		buf_printf(out, "\"%s\"", text);
	} else if (json_as_u64(n, &number, &ignored)) {
		buf_printf(out, "%llu", (unsigned long long)number);
	} else {
		err_clear(&ignored);
		buf_puts(out, json_as_bool(n, &truth, &ignored) && truth ? "true" : "false");
	}
}

/* What `$ref` leads to, directly or as the first of `allOf`; else the value itself. */
static struct json_node keys_follow(struct arena *a, const struct json_node *root,
				    const struct json_node *n)
{
	struct json_node all, first, ref, definitions, found;
	struct error ignored = { 0 };
	const char *path;

	if (json_get(n, "allOf", &all) && !json_get(n, "type", &first) &&
	    json_item(&all, 0, &first))
		return keys_follow(a, root, &first);
	if (json_get(n, "$ref", &ref) && json_as_string(a, &ref, &path, &ignored) &&
	    json_get(root, "definitions", &definitions) &&
	    json_get(&definitions, path + strlen("#/definitions/"), &found))
		return found;
	return *n;
}

/* "string", "list of objects", "`gzip` or `zstd`" */
static void keys_put_type(struct arena *a, const struct json_node *root, const struct json_node *n,
			  struct buf *out)
{
	struct json_node real = keys_follow(a, root, n), x, item;
	struct error ignored = { 0 };
	const char *type = NULL;

	if (json_get(&real, "enum", &x)) {
		for (size_t i = 0; json_item(&x, i, &item); i++) {
			buf_puts(out, i == 0 ? "`" : i + 1 < json_count(&x) ? ", `" : " or `");
			keys_put_value(a, &item, out);
			buf_puts(out, "`");
		}
	} else if (json_get(&real, "oneOf", &x) && !json_get(&real, "type", &item)) {
		for (size_t i = 0; json_item(&x, i, &item); i++) {
			buf_puts(out, i ? " or " : "");
			keys_put_type(a, root, &item, out);
		}
	} else if (!json_opt_string(a, &real, "type", &type, &ignored) || !type) {
		buf_puts(out, "value");
	} else if (strcmp(type, "array") == 0) {
		buf_puts(out, "list of ");
		if (json_get(&real, "items", &item))
			keys_put_type(a, root, &item, out);
	} else {
		buf_puts(out, type);
	}
}

static bool keys_add(struct arena *a, const struct json_node *root, const struct json_node *n,
		     const char *name, struct manual_section *out, struct error *e)
{
	struct buf type = { .a = a }, standard = { .a = a }, example = { .a = a };
	struct manual_key *key = list_push(a, &out->keys);
	struct json_node x, item;

	key->name = name;
	if (!json_opt_string(a, n, "description", &key->text, e))
		return false;
	if (!key->text)
		return json_fail(n, e, "%s has no description", name);
	keys_put_type(a, root, n, &type);
	if (json_get(n, "default", &x))
		keys_put_value(a, &x, &standard);
	if (json_get(n, "examples", &x) && json_item(&x, 0, &item))
		keys_put_value(a, &item, &example);
	key->type = buf_cstr(&type);
	key->standard = buf_cstr(&standard);
	key->example = buf_cstr(&example);
	return true;
}

/* The keys of an object, and below each those of the objects that only it has. */
static bool keys_add_all(struct arena *a, const struct json_node *root,
			 const struct json_node *object, const char *prefix,
			 struct manual_section *out, struct error *e)
{
	struct json_node properties, n, items;

	if (!json_get(object, "properties", &properties))
		return true;
	for (size_t i = 0; json_member(&properties, i, &n); i++) {
		const char *name = arena_printf(a, "%s%s", prefix, n.key);

		if (!keys_add(a, root, &n, name, out, e) ||
		    !keys_add_all(a, root, &n, arena_printf(a, "%s.", name), out, e) ||
		    (json_get(&n, "items", &items) &&
		     !keys_add_all(a, root, &items, arena_printf(a, "%s[].", name), out, e)) ||
		    (json_get(&n, "additionalProperties", &items) && json_node_is_object(&items) &&
		     !keys_add_all(a, root, &items, arena_printf(a, "%s.NAME.", name), out, e)))
			return false;
	}
	return true;
}

bool manual_keys_collect(struct arena *a, const char *document, struct manual_sections *out,
			 struct error *e)
{
	struct json_node root, definitions, object;
	AUTO_JSON doc = { 0 };

	if (!json_parse("docs/recipe.schema.json", schema_text(), &doc, e))
		return false;
	root = json_root(&doc);
	for (size_t i = 0; i < ARRAY_SIZE(sections); i++) {
		struct manual_section *section;

		if (strcmp(sections[i].document, document) != 0)
			continue;
		section = list_push(a, out);
		section->title = sections[i].title;
		if (!json_need(&root, "definitions", &definitions, e) ||
		    !json_need(&definitions, sections[i].definition, &object, e) ||
		    !keys_add_all(a, &root, &object, "", section, e))
			return false;
	}
	return true;
}

/* A bar would end the cell of a table. */
static void keys_print_cell(FILE *out, const char *text)
{
	for (; *text; text++)
		fprintf(out, "%s%c", *text == '|' ? "\\" : "", *text);
}

static void keys_print_row(FILE *out, const struct manual_key *key)
{
	const char *tick = *key->standard ? "`" : "";

	fprintf(out, "| `%s` | %s | ", key->name, key->type);
	keys_print_cell(out, key->text);
	fprintf(out, " | %s%s%s | ", tick, key->standard, tick);
	tick = *key->example ? "`" : "";
	fputs(tick, out);
	keys_print_cell(out, key->example);
	fprintf(out, "%s |\n", tick);
}

bool manual_keys_print(struct arena *a, const char *document, FILE *out, struct error *e)
{
	struct manual_sections all = { 0 };

	if (!manual_keys_collect(a, document, &all, e))
		return false;
	fputs(strcmp(document, "source") == 0 ? source_head : recipe_head, out);
	for (size_t i = 0; i < all.n; i++) {
		fprintf(out,
			"\n## %s\n\n| key | type | meaning | without it | example |\n"
			"|---|---|---|---|---|\n",
			all.v[i].title);
		for (size_t j = 0; j < all.v[i].keys.n; j++)
			keys_print_row(out, &all.v[i].keys.v[j]);
	}
	return true;
}
