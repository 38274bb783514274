/* SPDX-License-Identifier: Apache-2.0 */
/* Reading OpenVEX documents. What the statements do is in vex_apply.c. */

#include "inspect/vuln/vex.h"

#include "base/rfc3339.h"
#include "format/json/jsonx.h"

struct vex_reading {
	struct vuln_set *set;
	const struct jsoncut_piece *piece;
};

static bool read_time(const struct json_node *object, const char *key, int64_t *out,
		      struct error *e)
{
	AUTO_ARENA scratch = { 0 };
	struct json_node n;
	const char *text;

	if (!jsonx_get(object, key, &n))
		return true;
	return json_as_string(&scratch, &n, &text, e) &&
	       (rfc3339_parse(text, out) ||
		json_fail(&n, e, "must be a time, like \"2026-01-31T12:00:00Z\""));
}

static bool read_status(const struct json_node *statement, enum vex_status *out, struct error *e)
{
	static const char *const names[] = {
		[VEX_NOT_AFFECTED] = "not_affected",
		[VEX_AFFECTED] = "affected",
		[VEX_FIXED] = "fixed",
		[VEX_UNDER_INVESTIGATION] = "under_investigation",
	};
	AUTO_ARENA scratch = { 0 };
	struct json_node n;
	const char *text;

	if (!json_need(statement, "status", &n, e) || !json_as_string(&scratch, &n, &text, e))
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		if (strcmp(text, names[i]) == 0) {
			*out = (enum vex_status)i;
			return true;
		}
	}
	return json_fail(&n, e, "must be not_affected, affected, fixed or under_investigation");
}

/* Why: a word of the specification, a text, or both. */
static bool vex_read_reason(struct arena *a, const struct json_node *n, struct vex_statement *out,
			    struct error *e)
{
	static const char *const words[] = {
		"component_not_present",
		"vulnerable_code_not_present",
		"vulnerable_code_not_in_execute_path",
		"vulnerable_code_cannot_be_controlled_by_adversary",
		"inline_mitigations_already_exist",
	};
	const char *word = NULL, *impact = NULL, *action = NULL, *text;
	struct json_node at;

	if (!jsonx_string(a, n, "justification", &word, e) ||
	    !jsonx_string(a, n, "impact_statement", &impact, e) ||
	    !jsonx_string(a, n, "action_statement", &action, e))
		return false;
	if (word && !name_among(word, words, ARRAY_SIZE(words)) &&
	    json_get(n, "justification", &at))
		return json_fail(&at, e, "is not a justification that OpenVEX 0.2.0 knows");
	if (out->status == VEX_NOT_AFFECTED && !word && !impact)
		return json_fail(n, e,
				 "\"not_affected\" needs a justification or an impact_statement");
	text = impact ? impact : action;
	out->reason = word && text ? arena_printf(a, "%s: %s", word, text)
		      : word	   ? word
		      : text	   ? text
				   : "";
	return true;
}

static bool vex_read_names(struct arena *a, const struct json_node *n, struct strings *out,
			   struct error *e)
{
	struct json_node list, item;
	const char *id = NULL;

	if (!json_want_object(n, e) || !jsonx_string(a, n, "@id", &id, e))
		return false;
	if (id)
		*list_push(a, out) = id;
	if (!jsonx_get(n, "identifiers", &list))
		return true;
	if (!json_want_object(&list, e))
		return false;
	for (size_t i = 0; json_member(&list, i, &item); i++)
		if (!json_as_string(a, &item, list_push(a, out), e))
			return false;
	return true;
}

static bool read_product(struct arena *a, const struct json_node *n, struct vex_thing *out,
			 struct error *e)
{
	struct json_node list, item;

	if (!vex_read_names(a, n, &out->names, e))
		return false;
	if (!jsonx_get(n, "subcomponents", &list))
		return true;
	if (!json_want_array(&list, e))
		return false;
	for (size_t i = 0; json_item(&list, i, &item); i++)
		if (!vex_read_names(a, &item, &out->parts, e))
			return false;
	return true;
}

static bool read_vulnerability(struct arena *a, const struct json_node *n, struct strings *out,
			       struct error *e)
{
	struct json_node vulnerability, name;

	return json_need(n, "vulnerability", &vulnerability, e) &&
	       json_want_object(&vulnerability, e) && json_need(&vulnerability, "name", &name, e) &&
	       json_as_string(a, &name, list_push(a, out), e) &&
	       jsonx_strings(a, &vulnerability, "aliases", out, e);
}

static bool read_statement(const struct vex_reading *r, const struct json_node *n, int64_t when,
			   struct error *e)
{
	struct vex_statement s = { .when = when, .order = r->set->statements.n };
	struct arena *a = r->set->a;
	struct json_node list, item;

	if (!json_want_object(n, e) || !read_status(n, &s.status, e) ||
	    !read_vulnerability(a, n, &s.ids, e) || !vex_read_reason(a, n, &s, e) ||
	    !read_time(n, "timestamp", &s.when, e) || !read_time(n, "last_updated", &s.when, e) ||
	    !json_need(n, "products", &list, e) || !json_want_array(&list, e))
		return false;
	for (size_t i = 0; json_item(&list, i, &item); i++)
		if (!read_product(a, &item, list_push(a, &s.products), e))
			return false;
	s.where = arena_printf(a, "%s:%u", n->doc->file, jsoncut_line(r->piece, n));
	*list_push(a, &r->set->statements) = s;
	return true;
}

bool vex_read(struct vuln_set *s, const struct json_node *n, const struct jsoncut_piece *piece,
	      struct error *e)
{
	const struct vex_reading r = { .set = s, .piece = piece };
	AUTO_ARENA scratch = { 0 };
	struct json_node context, list, item;
	const char *text;
	int64_t when = 0;

	if (!json_need(n, "@context", &context, e) || !json_as_string(&scratch, &context, &text, e))
		return false;
	if (!str_starts(str_of(text), STR("https://openvex.dev/ns")))
		return json_fail(&context, e, "is not OpenVEX");
	if (!read_time(n, "timestamp", &when, e) || !read_time(n, "last_updated", &when, e) ||
	    !json_need(n, "statements", &list, e) || !json_want_array(&list, e))
		return false;
	for (size_t i = 0; json_item(&list, i, &item); i++)
		if (!read_statement(&r, &item, when, e))
			return false;
	return true;
}
