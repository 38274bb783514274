/* SPDX-License-Identifier: Apache-2.0 */
#include "inspect/suite/suite_values.h"

/* YAML: "true" without quotes arrives as a text. */
static bool is_yaml_text(const struct json_node *n)
{
	return n->doc->marks && json_node_is_string(n);
}

bool value_need(struct arena *a, const struct json_node *object, const char *key, const char **out,
		struct error *e)
{
	struct json_node n;

	if (!json_need(object, key, &n, e) || !json_as_string(a, &n, out, e))
		return false;
	return **out || json_fail(&n, e, "may not be empty");
}

bool value_bool(const struct json_node *object, const char *key, bool *out, struct error *e)
{
	AUTO_ARENA scratch = { 0 };
	struct json_node n;
	const char *text;

	if (!jsonx_get(object, key, &n))
		return true;
	if (!is_yaml_text(&n))
		return json_as_bool(&n, out, e);
	if (!json_as_string(&scratch, &n, &text, e))
		return false;
	*out = strcmp(text, "true") == 0;
	return *out || strcmp(text, "false") == 0 || json_fail(&n, e, "expected true or false");
}

bool value_number(const struct json_node *object, const char *key, int64_t *out, struct error *e)
{
	AUTO_ARENA scratch = { 0 };
	struct json_node n;
	const char *text;
	uint64_t u;

	if (!jsonx_get(object, key, &n))
		return true;
	if (!is_yaml_text(&n)) {
		if (!json_as_u64(&n, &u, e))
			return false;
	} else if (!json_as_string(&scratch, &n, &text, e)) {
		return false;
	} else if (!str_u64(str_of(text), &u)) {
		return json_fail(&n, e, "expected a number");
	}
	if (u > INT64_MAX)
		return json_fail(&n, e, "the number is too large");
	*out = (int64_t)u;
	return true;
}

static bool value_compile_regex(struct arena *a, const struct json_node *n, const char *text,
				const struct regex **out, struct error *e)
{
	const char *why;

	*out = regex_compile(a, text, &why);
	return *out || json_fail(n, e, "the regular expression \"%s\" is malformed: %s", text, why);
}

/* 1: the member is an array, 0: it is absent, -1: it is something else */
static int get_list(const struct json_node *object, const char *key, struct json_node *list,
		    struct error *e)
{
	if (!jsonx_get(object, key, list))
		return 0;
	return json_want_array(list, e) ? 1 : -1;
}

bool value_patterns(struct arena *a, const struct json_node *object, const char *key,
		    struct patterns *out, struct error *e)
{
	struct json_node list, n;
	int got = get_list(object, key, &list, e);

	if (got <= 0)
		return got == 0;
	for (size_t i = 0; json_item(&list, i, &n); i++) {
		struct pattern *p = list_push(a, out);

		if (!json_as_string(a, &n, &p->text, e) ||
		    !value_compile_regex(a, &n, p->text, &p->regex, e))
			return false;
	}
	return true;
}

bool value_lines(struct arena *a, const struct json_node *object, const char *key,
		 struct command_lines *out, struct error *e)
{
	struct json_node list, n;
	int got = get_list(object, key, &list, e);

	if (got <= 0)
		return got == 0;
	for (size_t i = 0; json_item(&list, i, &n); i++) {
		struct command_line *line = list_push(a, out);

		if (!json_as_strings(a, &n, &line->words, e))
			return false;
		if (line->words.n == 0)
			return json_fail(&n, e, "a command without words");
	}
	return true;
}

static bool read_pair(struct arena *a, const struct json_node *n, struct expected_value *out,
		      struct error *e)
{
	static const char *const keys[] = { "key", "value", "isRegex", NULL };
	struct json_node value;
	bool regex = false;

	out->value = "";
	if (!json_want_object(n, e) || !json_no_other_keys(n, keys, e) ||
	    !value_need(a, n, "key", &out->key, e) ||
	    !jsonx_string(a, n, "value", &out->value, e) || !value_bool(n, "isRegex", &regex, e))
		return false;
	if (!regex)
		return true;
	return json_need(n, "value", &value, e) &&
	       value_compile_regex(a, &value, out->value, &out->regex, e);
}

bool value_pairs(struct arena *a, const struct json_node *object, const char *key,
		 struct expected_values *out, struct error *e)
{
	struct json_node list, n;
	int got = get_list(object, key, &list, e);

	if (got <= 0)
		return got == 0;
	for (size_t i = 0; json_item(&list, i, &n); i++)
		if (!read_pair(a, &n, list_push(a, out), e))
			return false;
	return true;
}
