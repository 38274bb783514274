/* SPDX-License-Identifier: Apache-2.0 */
/* imgbuild explain RULE: why a finding matters and what to do. Without a rule, the list of all. */

#include "cli/commands.h"
#include "cli/wrapped.h"
#include "format/json/jsonw.h"
#include "inspect/audit/rules.h"

#define EXPLANATION_COLUMNS 78

static void explain_print_json(struct cli *c, const struct rule *from, size_t n)
{
	struct buf text = { .a = c->a };
	struct jsonw w;

	jsonw_init(&w, &text, true);
	jsonw_array(&w, NULL);
	for (size_t i = 0; i < n; i++) {
		jsonw_object(&w, NULL);
		jsonw_cstr(&w, "id", from[i].id);
		jsonw_cstr(&w, "severity", severity_name(from[i].severity));
		jsonw_cstr(&w, "title", from[i].title);
		jsonw_cstr(&w, "explanation", from[i].explanation);
		jsonw_object_end(&w);
	}
	jsonw_array_end(&w);
	jsonw_finish(&w);
	fwrite(text.p, 1, text.n, c->out);
}

static void print_list(struct cli *c)
{
	for (size_t i = 0; i < rules_count; i++)
		fprintf(c->out, "%-9s %-28s %s\n", severity_name(rules[i].severity), rules[i].id,
			rules[i].title);
}

static bool explain_run(struct cli *c, struct error *e)
{
	const struct rule *rule;
	const char *near;

	if (c->operands.n == 0) {
		if (c->json)
			explain_print_json(c, rules, rules_count);
		else
			print_list(c);
		return true;
	}
	rule = rule_find(c->operands.v[0]);
	if (!rule) {
		near = rule_nearest(c->operands.v[0]);
		return err_set(e, ERR_USAGE, "no rule \"%s\"%s%s%s; imgbuild explain lists all",
			       c->operands.v[0], near ? "; did you mean \"" : "", near ? near : "",
			       near ? "\"?" : "");
	}
	if (c->json) {
		explain_print_json(c, rule, 1);
		return true;
	}
	fprintf(c->out, "%s (%s)\n%s\n\n", rule->id, severity_name(rule->severity), rule->title);
	wrapped_print(c->out, rule->explanation, 0, EXPLANATION_COLUMNS);
	return true;
}

const struct command cmd_explain = {
	.name = "explain",
	.summary = "what a finding means and what to do about it",
	.operands = { { "[RULE]" } },
	.examples = "explain elf.no-pie",
	.text = "Without a rule: lists all of them.",
	.run = explain_run,
};
