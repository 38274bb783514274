/* SPDX-License-Identifier: Apache-2.0 */
#include "support/fixture_json_sweep.h"

#include <criterion/criterion.h>
#include <jansson.h>
#include <stdlib.h>

#define SWEEP_MARK "@@HERE@@"

/* One of each type; the mark in the text becomes it. */
static const struct {
	json_type type;
	const char *text;
} sweep_values[] = {
	{ JSON_STRING, "\"\\u0001\"" }, { JSON_INTEGER, "7" }, { JSON_REAL, "7.5" },
	{ JSON_ARRAY, "[]" },		{ JSON_OBJECT, "{}" }, { JSON_TRUE, "true" },
	{ JSON_NULL, "null" },
};

static bool sweep_listed(const char *const *list, const char *path, bool below)
{
	for (; list && *list; list++) {
		size_t n = strlen(*list);

		if (strcmp(*list, path) == 0 ||
		    (below && strncmp(*list, path, n) == 0 && (path[n] == '.' || path[n] == '[')))
			return true;
	}
	return false;
}

static bool sweep_read(const struct json_sweep *s, const char *text, struct error *e)
{
	bool ok;

	*e = (struct error){ 0 };
	ok = s->read(s->of, str_of(text), e);
	cr_expect_eq(ok, e->kind == ERR_NONE, "%s: it is read, and there is an error: %s", text,
		     e->cause);
	return ok;
}

static void sweep_refused(const struct json_sweep *s, const char *text, const char *what,
			  const char *path, unsigned line)
{
	struct error e;

	if (sweep_read(s, text, &e)) {
		cr_expect_fail("%s: %s is read", path, what);
		return;
	}
	cr_expect_eq(e.kind, ERR_INPUT, "%s: %s: %s", path, what, e.cause);
	cr_expect(s->no_places || line == 0 || e.at.line == line, "%s: %s: line %u, not %u: %s",
		  path, what, e.at.line, line, e.cause);
}

/* `value` stands in `root`: with another in its place. */
static void sweep_types(struct arena *a, const struct json_sweep *s, json_t *root, json_type type,
			const char *path)
{
	char *marked = json_dumps(root, JSON_INDENT(1));
	const char *at = strstr(marked, "\"" SWEEP_MARK "\"");
	unsigned line = 1;

	cr_assert(at);
	for (const char *p = marked; p < at; p++)
		line += *p == '\n';
	for (size_t i = 0; i < ARRAY_SIZE(sweep_values); i++) {
		const char *text = sweep_values[i].text;

		if (sweep_values[i].type == type || (sweep_values[i].type == JSON_NULL && s->nulls))
			continue;
		if (type == JSON_FALSE && sweep_values[i].type == JSON_TRUE)
			continue;
		sweep_refused(s,
			      arena_printf(a, "%.*s%s%s", (int)(at - marked), marked, text,
					   at + strlen("\"" SWEEP_MARK "\"")),
			      text, path, line);
	}
	free(marked);
}

/* Without a member, and with one more. */
static void sweep_members(const struct json_sweep *s, json_t *root, json_t *object, const char *key,
			  const char *path)
{
	json_t *kept = key ? json_incref(json_object_get(object, key)) : json_integer(1);
	struct error e;
	char *text;

	if (key)
		json_object_del(object, key);
	else
		json_object_set(object, "no-such-key", kept);
	text = json_dumps(root, JSON_INDENT(1));
	if (!key && (!s->open || sweep_listed(s->maps, path, false)))
		sweep_refused(s, text, "one member more", path, 0);
	else if (!key)
		cr_expect(sweep_read(s, text, &e), "%s: one member more: %s", path, e.cause);
	else if (sweep_listed(s->optional, path, false))
		cr_expect(sweep_read(s, text, &e), "%s: left out: %s", path, e.cause);
	else
		sweep_refused(s, text, "nothing", path, 0);
	free(text);
	if (key)
		json_object_set(object, key, kept);
	else
		json_object_del(object, "no-such-key");
	json_decref(kept);
}

static void sweep_value(struct arena *a, const struct json_sweep *s, json_t *root, json_t *parent,
			const char *key, size_t index, const char *path);

static void sweep_below(struct arena *a, const struct json_sweep *s, json_t *root, json_t *value,
			const char *path)
{
	struct strings keys = { 0 };

	for (void *it = json_object_iter(value); it; it = json_object_iter_next(value, it))
		*list_push(a, &keys) = arena_strdup(a, json_object_iter_key(it));
	for (size_t i = 0; i < keys.n; i++) {
		const char *below = arena_printf(a, "%s%s%s", path, path[0] ? "." : "", keys.v[i]);

		if (!sweep_listed(s->anything, below, true))
			sweep_value(a, s, root, value, keys.v[i], 0, below);
		sweep_members(s, root, value, keys.v[i], below);
	}
	if (json_is_object(value) && !sweep_listed(s->anything, path, true))
		sweep_members(s, root, value, NULL, path);
	for (size_t i = 0; i < json_array_size(value); i++)
		sweep_value(a, s, root, value, NULL, i, arena_printf(a, "%s[]", path));
}

/* An element of a list (`key` NULL) or a member. */
static void sweep_value(struct arena *a, const struct json_sweep *s, json_t *root, json_t *parent,
			const char *key, size_t index, const char *path)
{
	json_t *value = json_incref(key ? json_object_get(parent, key)
					: json_array_get(parent, index));
	json_t *mark = json_string(SWEEP_MARK);

	if (key)
		json_object_set_new(parent, key, mark);
	else
		json_array_set_new(parent, index, mark);
	sweep_types(a, s, root, json_typeof(value), path);
	if (key)
		json_object_set(parent, key, value);
	else
		json_array_set(parent, index, value);
	sweep_below(a, s, root, value, path);
	json_decref(value);
}

void json_sweep(const struct json_sweep *s)
{
	AUTO_ARENA a = { 0 };
	json_t *root = json_loads(s->text, JSON_REJECT_DUPLICATES, NULL);
	struct error e;

	cr_assert(root, "the document is no JSON");
	cr_assert(sweep_read(s, s->text, &e), "the document is not good: %s %s", e.context,
		  e.cause);
	for (size_t i = 0; i < ARRAY_SIZE(sweep_values); i++) {
		if (sweep_values[i].type != json_typeof(root))
			sweep_refused(s, sweep_values[i].text, sweep_values[i].text, "", 1);
	}
	sweep_refused(s, arena_strndup(&a, s->text, strlen(s->text) - 1), "cut", "", 0);
	sweep_below(&a, s, root, root, "");
	json_decref(root);
}
