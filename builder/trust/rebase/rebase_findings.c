/* SPDX-License-Identifier: Apache-2.0 */
/* What the audit finds in the result and did not find in the image: what would not load, resolve or
 * start any more. Findings that are about taste or size do not count. */

#include "inspect/audit/rules.h"
#include "trust/rebase/rebase.h"

static const char *const rebase_rules[] = {
	"account.*",
	"config.*",
	"elf.dlopen-missing",
	"elf.exec-stack",
	"elf.interpreter-missing",
	"elf.library-missing",
	"elf.preload",
	"elf.symbol-missing",
	"elf.unreadable",
	"elf.version-missing",
	"elf.wrong-machine",
	"file.modified",
	"layer.through-link",
	"layout.merged-usr",
	"link.*",
	"package.bad-record",
	"package.depends-missing",
	"script.interpreter-missing",
};

bool rebase_rule_counts(const char *rule)
{
	for (size_t i = 0; i < ARRAY_SIZE(rebase_rules); i++) {
		if (rule_matches(rebase_rules[i], rule))
			return true;
	}
	return false;
}

/* A layer above the base has another number where the new base has more layers or fewer. */
static const char *rebase_unnumbered(const char *message)
{
	static const char word[] = "layer ";
	const char *at = message + strlen(word);
	size_t digits;

	if (strncmp(message, word, strlen(word)) != 0)
		return message;
	digits = strspn(at, "0123456789");
	return digits && at[digits] == ':' ? at + digits : message;
}

static bool rebase_is_known(const struct findings *l, const struct finding *f)
{
	const char *text = rebase_unnumbered(f->message);

	list_each(x, l) {
		const char *a = x->path ? x->path : "", *b = f->path ? f->path : "";

		if (x->rule == f->rule && strcmp(a, b) == 0 &&
		    strcmp(rebase_unnumbered(x->message), text) == 0)
			return true;
	}
	return false;
}

bool rebase_findings_count(const struct findings *l)
{
	bool any = l->n >= FINDINGS_MAX;

	for (size_t i = 0; i < l->n && !any; i++)
		any = rebase_rule_counts(l->v[i].rule->id);
	return any;
}

void rebase_check_findings(struct arena *a, const struct findings *before,
			   const struct findings *after, struct rebase_obstacles *out)
{
	if (before->n >= FINDINGS_MAX || after->n >= FINDINGS_MAX)
		rebase_add(a, out, NULL,
			   "the audit has %d findings and stops there: whether there are others "
			   "cannot be told",
			   FINDINGS_MAX);
	list_each(f, after) {
		if (rebase_rule_counts(f->rule->id) && !rebase_is_known(before, f))
			rebase_add(a, out, f->path, "%s: %s", f->rule->title, f->message);
	}
}
