/* SPDX-License-Identifier: Apache-2.0 */
/* JSON, YAML, names, expressions. */

#include "growth/growth.h"

#include "format/json/json_place.h"
#include "format/json/jsoncut.h"
#include "format/json/jsonx.h"
#include "format/json/yaml.h"
#include "format/machine/platform.h"
#include "format/text/gitignore.h"
#include "format/text/glob.h"
#include "format/text/image_name.h"
#include "format/text/regex.h"
#include "format/text/sysusers.h"
#include "format/text/tmpfiles.h"
#include "format/text/unit.h"

/* Every member and element, by its number and by its key, with a place for each, as readers of
 * recipes and locks do. */
static void text_walk(struct arena *a, const struct json_node *n)
{
	struct json_node item, again;
	const char *text;
	unsigned line, col;
	struct error e = { 0 };

	for (size_t i = 0; json_node_is_object(n) && json_member(n, i, &item); i++) {
		(void)json_get(n, item.key, &again);
		text_walk(a, &item);
	}
	for (size_t i = 0; json_node_is_array(n) && json_item(n, i, &item); i++) {
		json_place(&item, &line, &col);
		text_walk(a, &item);
	}
	if (json_node_is_string(n) && !json_as_string(a, n, &text, &e))
		err_clear(&e);
}

static bool text_json(struct arena *a, struct str input, struct error *e)
{
	static const char *const known[] = { "known", NULL };
	AUTO_JSON doc = { 0 };
	struct json_node root, list;
	struct strings out = { NULL, 0, 0 };
	struct error ignored = { 0 };

	if (!json_parse("growth.json", input, &doc, e))
		return false;
	root = json_root(&doc);
	text_walk(a, &root);
	if (json_node_is_object(&root) && !json_no_other_keys(&root, known, &ignored))
		err_clear(&ignored);
	if (json_node_is_object(&root) && json_get(&root, "list", &list) &&
	    !json_as_strings(a, &list, &out, e))
		return false;
	return !json_node_is_object(&root) || !json_get(&root, "list", &list) ||
	       (jsonx_strings(a, &root, "list", &out, e) &&
		json_opt_strings(a, &root, "list", &out, e));
}

static bool text_keys(struct arena *a, struct str input, struct error *e)
{
	AUTO_JSON doc = { 0 };
	struct json_node root;
	struct strings out = { NULL, 0, 0 };

	if (!json_parse("growth.json", input, &doc, e))
		return false;
	root = json_root(&doc);
	return jsonx_keys(&root, "set", a, &out, e);
}

/* What is wrong with the last element, and where. */
static bool text_fail(struct arena *a, struct str input, struct error *e)
{
	AUTO_JSON doc = { 0 };
	struct json_node root, item;

	(void)a;
	if (!json_parse("growth.json", input, &doc, e))
		return false;
	root = json_root(&doc);
	return json_item(&root, json_count(&root) - 1, &item) && json_fail(&item, e, "wrong");
}

static bool text_yaml(struct arena *a, struct str input, struct error *e)
{
	AUTO_JSON doc = { 0 };
	struct json_node root;

	if (!yaml_parse(a, "growth.yaml", input, &doc, e))
		return false;
	root = json_root(&doc);
	text_walk(a, &root);
	return true;
}

static bool text_cut_as(struct arena *a, struct str input, enum jsoncut_form form, struct error *e)
{
	struct str_source from;
	AUTO_JSONCUT c = {
		.from = &from.base, .file = "growth.json", .form = form, .max = 64u << 20
	};
	struct jsoncut_piece piece;
	int got;

	(void)a;
	str_source_init(&from, input, "growth.json");
	while ((got = jsoncut_next(&c, &piece, e)) == 1) {
		AUTO_JSON doc = { 0 };

		if (!jsoncut_parse(&c, &piece, &doc, e))
			return false;
	}
	return got == 0;
}

static bool text_cut_values(struct arena *a, struct str input, struct error *e)
{
	return text_cut_as(a, input, JSONCUT_VALUES, e);
}

static bool text_cut_items(struct arena *a, struct str input, struct error *e)
{
	return text_cut_as(a, input, JSONCUT_ITEMS, e);
}

static bool text_cut_members(struct arena *a, struct str input, struct error *e)
{
	return text_cut_as(a, input, JSONCUT_NESTED, e);
}

static bool text_platforms(struct arena *a, struct str input, struct error *e)
{
	struct platforms out = { NULL, 0, 0 };

	return platforms_parse(a, str_dup(a, input), &out, e);
}

static bool text_image_name(struct arena *a, struct str input, struct error *e)
{
	const char *name = str_dup(a, input);

	if (!image_name_check(name, e))
		return false;
	image_name_tagged(a, name);
	image_name_full(a, name);
	return true;
}

static bool text_regex(struct arena *a, struct str input, struct error *e)
{
	const char *why = NULL;
	const struct regex *r = regex_compile(a, str_dup(a, input), &why);

	if (!r)
		return err_set(e, ERR_INPUT, "%s", why);
	return regex_search(r, input) >= -1;
}

static bool text_search(struct arena *a, struct str input, struct error *e)
{
	const char *why = NULL;
	const struct regex *r = regex_compile(a, "(?i)x.*y[0-9]+$", &why);

	(void)e;
	return r && regex_search(r, input) <= 0;
}

/* A pattern, a line end, a path. */
static bool text_glob(struct arena *a, struct str input, struct error *e)
{
	struct str pattern, path;

	(void)e;
	return str_cut(input, '\n', &pattern, &path) &&
	       !path_glob(str_dup(a, pattern), str_dup(a, path));
}

static bool text_sysusers(struct arena *a, struct str input, struct error *e)
{
	struct sysusers out = { NULL, 0, 0 };

	(void)e;
	sysusers_read(a, input, &out);
	return out.n > 0;
}

static bool text_tmpfiles(struct arena *a, struct str input, struct error *e)
{
	struct tmpfiles out = { NULL, 0, 0 };

	(void)e;
	tmpfiles_read(a, input, &out);
	return out.n > 0;
}

static bool text_unit(struct arena *a, struct str input, struct error *e)
{
	struct unit out = { NULL, 0, 0 }, variables = { NULL, 0, 0 };

	(void)e;
	unit_read(a, input, &out);
	unit_read_variables(a, input, &variables);
	return true;
}

static bool text_gitignore(struct arena *a, struct str input, struct error *e)
{
	struct ignore_rules rules = { 0 };

	(void)e;
	gitignore_read(a, input, "", ".gitignore", &rules);
	return rules.n > 0 && !gitignore_find(&rules, "an/other/path.x", false);
}

/* One pattern against a path as long as the input. */
static bool text_gitignore_path(struct arena *a, struct str input, struct error *e)
{
	struct ignore_rules rules = { 0 };

	(void)e;
	gitignore_read(a, STR("/**/*a*a*b/**/[!b]/**/x"), "", ".gitignore", &rules);
	return !gitignore_find(&rules, str_dup(a, input), false);
}

static void text_make_glob(struct buf *out, size_t n)
{
	buf_puts(out, "**/*a*a*b/**/x\n");
	for (size_t i = 0; i < n; i++)
		buf_puts(out, "aaaa/");
}

static void text_make_stars(struct buf *out, size_t n)
{
	buf_puts(out, "**/a/**/a/**/a/**/a/**/b\n");
	for (size_t i = 0; i < n; i++)
		buf_puts(out, "a/");
}

static const struct growth_case text_table[] = {
	{ "json_parse json_parse_marked", "an array of numbers", 2800, "[", "1,", "]",
	  .run = text_json },
	{ "json_parse json_as_string", "an array of texts", 1300, "[", "\"t#\",", "]",
	  .run = text_json },
	{ "json_parse", "an object of many members", 490, "{", "\"k#\":\"v\",", "}",
	  .run = text_json },
	{ "json_parse", "an object whose keys count down", 490, "{", "\"k~\":\"v\",", "}",
	  .run = text_json },
	{ "json_parse", "one long text", 3600, "[\"", "a\\u00e9", "\"]", .run = text_json },
	{ "json_parse", "one long line before an error", 10000, "[\"", "a", "\" 1]",
	  .run = text_json, .refused = true },
	{ "json_parse", "arrays in arrays", 10000, "", "[", "", .run = text_json, .refused = true },
	{ "json_parse", "objects in an array", 440, "[", "{\"a\":{\"b\":[1,2,3]}},", "]",
	  .run = text_json },
	{ "json_as_strings json_opt_strings jsonx_strings", "a list of texts", 1100, "{\"list\":[",
	  "\"t#\",", "]}", .run = text_json },
	{ "json_fail json_place", "an error in the last element", 700, "[", "{\"a\":\"#\"},", "]",
	  .run = text_fail, .refused = true },
	{ "jsonx_keys", "a set of names", 500, "{\"set\":{", "\"k#\":{},", "}}", .run = text_keys },
	{ "yaml_parse", "a list", 750, "", "- t#\n", "", .run = text_yaml },
	{ "yaml_parse", "a mapping", 350, "", "k#: v\n", "", .run = text_yaml },
	{ "yaml_parse", "a flow sequence on one line", 750, "[", "t#,", "]\n", .run = text_yaml },
	{ "yaml_parse", "a block of lines", 1000, "a: |\n", "  line\n", "", .run = text_yaml },
	{ "yaml_parse", "one long quoted text", 1200, "a: \"", "b\\t", "\"\n", .run = text_yaml },
	{ "yaml_parse", "mappings in a list", 140, "", "- a: {b: [1, 2]}\n", "", .run = text_yaml },
	{ "yaml_parse", "sequences in sequences", 4000, "", "[", "", .run = text_yaml,
	  .refused = true },
	{ "jsoncut_next jsoncut_parse", "lines of objects", 270, "", "{\"a\":{}}\n", "",
	  .run = text_cut_values },
	{ "jsoncut_next", "an array of objects", 270, "[", "{\"a\":{}},", "]",
	  .run = text_cut_items },
	{ "jsoncut_next", "an object of objects", 500, "{", "\"k#\":{},", "}",
	  .run = text_cut_members },
	{ "jsoncut_next", "an object of one large object", 390, "{\"a\":{", "\"k#\":{},", "}}",
	  .run = text_cut_members },
	{ "jsoncut_next", "one long text", 10000, "{\"a\":{\"b\":\"", "\\\"", "\"}}",
	  .run = text_cut_members, .refused = true },
	{ "platforms_parse", "the same platforms again and again", 1250, "linux/amd64,",
	  "linux/arm64,", "", .run = text_platforms, .refused = true },
	{ "image_name_check", "a name of many components", 5000, "r.example/a", "/b", "",
	  .run = text_image_name, .refused = true },
	{ "regex_compile regex_search", "many alternatives", 250, "(", "t#|", "x)",
	  .run = text_regex },
	{ "regex_search", "a text that almost matches everywhere", 5000, "", "a", "",
	  .run = text_search },
	{ "sysusers_read", "many users", 2000, "", "u u# 1 \"a user\" /h /bin/x\n", "",
	  .run = text_sysusers },
	{ "sysusers_read", "one long quoted text", 20000, "u a 1 \"", "\\x ", "\"\n",
	  .run = text_sysusers },
	{ "tmpfiles_read", "many folders", 2000, "", "d /run/d# 0755 root root -\n", "",
	  .run = text_tmpfiles },
	{ "unit_read unit_read_variables", "many settings", 1000, "[Service]\n", "K#=v\n", "",
	  .run = text_unit },
	{ "unit_read unit_read_variables", "a setting of many lines", 2000, "[Service]\nK=a",
	  "\\\n b", "\n", .run = text_unit },
	{ "unit_read_variables unit_read", "one long quoted text", 20000, "[Service]\nK=\"", "\\\"",
	  "\"\n", .run = text_unit },
	{ "gitignore_read", "many patterns", 1000, "", "/dir#/**/*.[oa]\n", "",
	  .run = text_gitignore },
	{ "gitignore_read", "one long pattern", 5000, "/", "*a", "\n", .run = text_gitignore },
	{ "gitignore_read", "a long path", 2500, "", "aa/", "a", .run = text_gitignore_path },
	{ "path_glob", "a long path", 1000, .make = text_make_glob, .run = text_glob },
	{ "path_glob", "several patterns for any folder", 40, .make = text_make_stars,
	  .run = text_glob },
};
const struct growth_cases growth_text_cases = { text_table, ARRAY_SIZE(text_table) };
