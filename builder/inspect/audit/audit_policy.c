/* SPDX-License-Identifier: Apache-2.0 */
/* Policies: the built-in ones as a table, others from a JSON file. */

#include "inspect/audit/audit_policy.h"

#include <time.h>

#include "format/json/json.h"

static const struct {
	const char *name;
	enum severity fail_on;
	struct rule_weight weights[4];
} built_in[] = {
	/* what we promise of images that run something */
	{ "strict", SEV_MEDIUM, { { NULL, SEV_INFO } } },
	/* for images that others are built on: root may stay until somebody sets a user */
	{ "base",
	  SEV_MEDIUM,
	  { { "config.user-root", SEV_INFO },
	    { "config.healthcheck-missing", SEV_NEVER },
	    { NULL, SEV_INFO } } },
	{ "report-only", SEV_NEVER, { { NULL, SEV_INFO } } },
};

#define BUILT_IN (ARRAY_SIZE(built_in))

static bool copy_built_in(struct arena *a, const char *name, struct policy *out)
{
	for (size_t i = 0; i < BUILT_IN; i++) {
		if (strcmp(built_in[i].name, name) != 0)
			continue;
		out->name = built_in[i].name;
		out->fail_on = built_in[i].fail_on;
		for (const struct rule_weight *w = built_in[i].weights; w->rule; w++)
			*list_push(a, &out->weights) = *w;
		return true;
	}
	return false;
}

static bool is_leap_year(int year)
{
	return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

bool day_parse(const char *day, int64_t *after)
{
	static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	struct str rest = str_of(day), part;
	struct tm tm = { .tm_sec = 0 };
	uint64_t v[3];

	if (rest.n != 10)
		return false;
	for (size_t i = 0; i < 3; i++)
		if (!str_next(&rest, '-', &part) || part.n != (i ? 2 : 4) || !str_u64(part, &v[i]))
			return false;
	if (v[0] < 1970 || v[1] < 1 || v[1] > 12 || v[2] < 1 ||
	    v[2] > (uint64_t)days[v[1] - 1] + (v[1] == 2 && is_leap_year((int)v[0])))
		return false;
	tm.tm_year = (int)v[0] - 1900;
	tm.tm_mon = (int)v[1] - 1;
	tm.tm_mday = (int)v[2] + 1;
	*after = timegm(&tm);
	return true;
}

static bool known_rule(const struct json_node *at, const char *key, const char *id, struct error *e)
{
	const char *near;
	size_t n = strlen(id);

	if (rule_find(id))
		return true;
	for (size_t i = 0; n && id[n - 1] == '*' && i < rules_count; i++)
		if (rule_matches(id, rules[i].id))
			return true;
	near = rule_nearest(id);
	return key ? json_fail_key(at, key, e, "no rule \"%s\"%s%s%s", id,
				   near ? "; did you mean \"" : "", near ? near : "",
				   near ? "\"?" : "")
		   : json_fail(at, e, "no rule \"%s\"%s%s%s", id, near ? "; did you mean \"" : "",
			       near ? near : "", near ? "\"?" : "");
}

static bool read_severity(const struct json_node *n, bool off, enum severity *out, struct error *e)
{
	AUTO_ARENA a = { 0 };
	const char *name;

	if (!json_as_string(&a, n, &name, e))
		return false;
	if (strcmp(name, off ? "off" : "never") == 0) {
		*out = SEV_NEVER;
		return true;
	}
	return severity_parse(str_of(name), out) ||
	       json_fail(n, e, "must be info, low, medium, high, critical or %s",
			 off ? "off" : "never");
}

static bool read_weights(struct arena *a, const struct json_node *root, struct policy *out,
			 struct error *e)
{
	struct json_node list, item;

	if (!json_get(root, "rules", &list))
		return true;
	if (!json_want_object(&list, e))
		return false;
	for (size_t i = 0; json_member(&list, i, &item); i++) {
		struct rule_weight w = { .rule = arena_strdup(a, item.key) };

		if (!known_rule(&list, w.rule, w.rule, e) ||
		    !read_severity(&item, true, &w.severity, e))
			return false;
		*list_push(a, &out->weights) = w;
	}
	return true;
}

static bool read_accept(struct arena *a, const struct json_node *n, struct audit_accept *out,
			struct error *e)
{
	static const char *const known[] = { "rule", "path", "reason", "until", NULL };
	struct json_node rule, reason, until;
	unsigned line, col;
	int64_t after;

	json_place(n, &line, &col);
	out->where = arena_printf(a, "%s:%u:%u", n->doc->file, line, col);
	if (!json_want_object(n, e) || !json_need(n, "rule", &rule, e) ||
	    !json_as_string(a, &rule, &out->rule, e) || !known_rule(&rule, NULL, out->rule, e) ||
	    !json_opt_string(a, n, "path", &out->path, e) || !json_need(n, "reason", &reason, e) ||
	    !json_as_string(a, &reason, &out->reason, e) ||
	    !json_opt_string(a, n, "until", &out->until, e))
		return false;
	if (str_trim(str_of(out->reason)).n == 0)
		return json_fail(&reason, e, "an exception needs a reason");
	if (out->until && json_get(n, "until", &until) && !day_parse(out->until, &after))
		return json_fail(&until, e, "must be a day, like \"2027-01-31\"");
	return json_no_other_keys(n, known, e);
}

static bool read_accepts(struct arena *a, const struct json_node *root, struct policy *out,
			 struct error *e)
{
	struct json_node list, item;

	if (!json_get(root, "accept", &list))
		return true;
	if (!json_want_array(&list, e))
		return false;
	for (size_t i = 0; json_item(&list, i, &item); i++) {
		struct audit_accept accept = { .rule = NULL };

		if (!read_accept(a, &item, &accept, e))
			return false;
		*list_push(a, &out->accept) = accept;
	}
	return true;
}

static bool policy_read_file(struct arena *a, const char *path, struct policy *out, struct error *e)
{
	static const char *const known[] = { "$schema", "name",	  "extends", "fail-on",
					     "rules",	"accept", NULL };
	AUTO_JSON doc = { 0 };
	const char *extends = "strict", *name = path;
	struct json_node root, n;

	if (!json_load(a, path, &doc, e))
		return false;
	root = json_root(&doc);
	if (!json_want_object(&root, e) || !json_opt_string(a, &root, "extends", &extends, e) ||
	    !json_opt_string(a, &root, "name", &name, e))
		return false;
	if (!copy_built_in(a, extends, out))
		return json_get(&root, "extends", &n)
			       ? json_fail(&n, e, "must be strict, base or report-only")
			       : false;
	out->name = name;
	if (json_get(&root, "fail-on", &n) && !read_severity(&n, false, &out->fail_on, e))
		return false;
	return read_weights(a, &root, out, e) && read_accepts(a, &root, out, e) &&
	       json_no_other_keys(&root, known, e);
}

bool policy_load(struct arena *a, const char *name, struct policy *out, struct error *e)
{
	*out = (struct policy){ .name = NULL };
	if (!name)
		name = "strict";
	if (copy_built_in(a, name, out))
		return true;
	if (!strchr(name, '/') && !strchr(name, '.'))
		return err_set(e, ERR_USAGE,
			       "no policy \"%s\": strict, base, report-only or a file", name);
	return policy_read_file(a, name, out, e);
}

enum severity policy_weight(const struct policy *p, const struct rule *r)
{
	enum severity s = r->severity;

	for (size_t i = 0; i < p->weights.n; i++)
		if (rule_matches(p->weights.v[i].rule, r->id))
			s = p->weights.v[i].severity;
	return s;
}
