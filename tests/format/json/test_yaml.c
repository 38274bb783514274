/* SPDX-License-Identifier: Apache-2.0 */
/* YAML as JSON documents; compared with another reader where it is installed. */

#include <criterion/criterion.h>

#include "format/json/yaml.h"

static const char *yaml_message(struct arena *a, const char *text)
{
	AUTO_JSON doc = { 0 };
	struct error e = { 0 };
	char out[2048] = "";

	if (!yaml_parse(a, "x.yaml", str_of(text), &doc, &e))
		err_format(&e, out, sizeof(out));
	return arena_strdup(a, out);
}

Test(yaml, every_style_becomes_the_same_document)
{
	static const struct {
		const char *yaml, *json;
	} cases[] = {
		{ "a: b\nc: [1, 'two', \"th\\tree\"]\n",
		  "{\"a\":\"b\",\"c\":[\"1\",\"two\",\"th\\u0009ree\"]}" },
		{ "- a: x\n  b: true\n- - y\n  - z\n",
		  "[{\"a\":\"x\",\"b\":\"true\"},[\"y\",\"z\"]]" },
		{ "a: |\n  one\n  two\nb: >\n  folded\n  text\n",
		  "{\"a\":\"one\\u000atwo\\u000a\",\"b\":\"folded "
		  "text\\u000a\"}" },
		{ "a:\nb: ~\nc: null\nd: \"null\"\ne: ''\n",
		  "{\"a\":null,\"b\":null,\"c\":null,\"d\":\"null\",\"e\":\"\"}" },
		{ "{a: {}, b: []}", "{\"a\":{},\"b\":[]}" },
		{ "# nothing\n", "null" },
		{ "", "null" },
		{ "p: 0644\nv: 2.0.0\ny: yes\n", "{\"p\":\"0644\",\"v\":\"2.0.0\",\"y\":\"yes\"}" },
		{ "q: 'it''s \\n'\n", "{\"q\":\"it's \\\\n\"}" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		AUTO_ARENA a = { 0 };
		AUTO_JSON doc = { 0 };
		struct error e = { 0 };

		cr_assert(yaml_parse(&a, "x.yaml", str_of(cases[i].yaml), &doc, &e), "%s: %s",
			  cases[i].yaml, e.cause);
		cr_expect(str_eq(doc.text, str_of(cases[i].json)), "%s:\n%s", cases[i].yaml,
			  doc.text.p);
	}
}

Test(yaml, errors_have_the_place_in_the_yaml)
{
	static const struct {
		const char *yaml, *text;
	} cases[] = {
		{ "a: &x b\n", "x.yaml:1:4: anchors and tags are not taken; write the value out" },
		{ "a: !!int 3\n", "x.yaml:1:4: anchors and tags are not taken" },
		{ "a: &x {b: c}\n", "x.yaml:1:4: anchors and tags" },
		{ "a: b\nc: *x\n", "x.yaml:2:4: aliases are not taken" },
		{ "a: b\n---\nc: d\n", "x.yaml:3:1: a second document; one is expected" },
		{ "a: b\n--- c\n", "x.yaml:2:5: a second document; one is expected" },
		{ "a: b\n--- [c]\n", "x.yaml:2:5: a second document; one is expected" },
		{ "[a]: b\n", "x.yaml:1:1: a key must be a plain text" },
		{ "a: b\n c: d\n", "x.yaml:2:3: not valid YAML: mapping values are not allowed" },
		{ "a: b\n<<<<<<< HEAD\nc: d\n=======\nc: e\n>>>>>>> x\n",
		  "x.yaml:2:1: a merge conflict stands here: resolve it" },
		{ "a: [b\n", "x.yaml:2:1: not valid YAML: did not find expected ',' or ']'" },
		{ "\ta: b\n",
		  "x.yaml:1:1: not valid YAML: found character that cannot start any token" },
		{ "a: \"\\0\"\n", "x.yaml:1:4: a text may not hold a NUL" },
		{ "a: b\na: c\n", "x.yaml:2:1: not valid YAML: duplicate object key" },
		{ "a: \xff\n", "not valid YAML: " },
	};
	AUTO_ARENA a = { 0 };

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const char *text = yaml_message(&a, cases[i].yaml);

		cr_expect(strstr(text, cases[i].text) != NULL, "%s: %s", cases[i].yaml, text);
	}
}

Test(yaml, depth_is_bounded)
{
	AUTO_ARENA a = { 0 };
	struct buf deep = { .a = &a };

	for (int i = 0; i < 100000; i++)
		buf_putc(&deep, '[');
	cr_expect(strstr(yaml_message(&a, buf_cstr(&deep)), "nested too deep"), "%s",
		  yaml_message(&a, buf_cstr(&deep)));
}

Test(yaml, places_of_values_are_those_of_the_yaml)
{
	AUTO_ARENA a = { 0 };
	AUTO_JSON doc = { 0 };
	struct error e = { 0 };
	struct json_node root, list, item, value;
	unsigned line, col;

	cr_assert(yaml_parse(&a, "x.yaml",
			     STR("# first\nlist:\n- name: a\n  path: /x\n-   name: 'b'\n"), &doc,
			     &e));
	root = json_root(&doc);
	cr_assert(json_get(&root, "list", &list) && json_item(&list, 1, &item) &&
		  json_get(&item, "name", &value));
	json_place(&item, &line, &col);
	cr_expect(line == 5 && col == 5, "%u:%u", line, col);
	json_place(&value, &line, &col);
	cr_expect(line == 5 && col == 11, "%u:%u", line, col);
	json_fail_key(&item, "name", &e, "odd");
	cr_expect(e.at.line == 5 && e.at.col == 5, "%u:%u", e.at.line, e.at.col);
}
