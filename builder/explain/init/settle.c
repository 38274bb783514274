/* SPDX-License-Identifier: Apache-2.0 */
/* From findings to lines of the draft. */

#include "explain/init/settle.h"

#include "base/path.h"
#include "explain/init/interpreters.h"
#include "inspect/audit/rules.h"
#include "inspect/model/model.h"

/* A file of these has no place in the image. */
static const char *const left_out[] = {
	"script.shell",	  "script.interpreter-missing", "file.setuid",	     "file.setgid",
	"shell.program",  "program.package-manager",	"program.compiler",  "file.world-writable",
	"secret.content", "secret.file-name",		"file.capabilities",
};

/* How Debian builds it is Debian's to say. */
static const char *const as_built[] = {
	"elf.no-pie", "elf.no-relro", "elf.text-relocations", "elf.rpath", "elf.exec-stack",
};

/* The program, or the script that it is given. */
static bool is_entrypoint(const struct init_draft *d, const char *path)
{
	return strings_has(&d->entrypoint, path);
}

static bool accept_finding(struct init_draft *d, const char *rule, const char *path,
			   const char *reason)
{
	for (size_t i = 0; i < d->findings.n; i++) {
		if (strcmp(d->findings.v[i].rule, rule) == 0 &&
		    strcmp(d->findings.v[i].name, path) == 0)
			return false;
	}
	*list_push(d->a, &d->findings) =
		(struct draft_pair){ .name = path, .rule = rule, .text = reason };
	draft_chose(d, "audit.accept", arena_printf(d->a, "%s %s", rule, path), "%s", reason);
	return true;
}

static bool drop_file(struct init_draft *d, const char *path, const struct finding *f)
{
	if (is_entrypoint(d, path) || !draft_drop(d, path))
		return false;
	draft_chose(d, "drop", path, "%s: %s", f->rule->id, f->message);
	return true;
}

static bool settle_finding(struct init_draft *d, const struct finding *f)
{
	const char *rule = f->rule->id;
	const char *path = f->path ? arena_printf(d->a, "/%s", f->path) : NULL;

	if (path && strcmp(rule, "script.interpreter-missing") == 0 && is_entrypoint(d, path))
		return accept_finding(
			d, rule, path,
			"the entrypoint starts its interpreter and gives it the script");
	if (path && strcmp(rule, "script.interpreter-missing") == 0 && interpreter_loads(path))
		return accept_finding(
			d, rule, path,
			"it is a module: an interpreter loads it, and nobody starts it");
	if (path && name_among(rule, left_out, ARRAY_SIZE(left_out)) && drop_file(d, path, f))
		return true;
	if (path && name_among(rule, as_built, ARRAY_SIZE(as_built)))
		return accept_finding(
			d, rule, path,
			"as the package of Debian has it: how it is compiled is not this recipe's");
	if (path && strcmp(rule, "program.interpreter") == 0)
		return accept_finding(
			d, rule, path,
			is_entrypoint(d, path)
				? "it is what the image is for"
				: "programs of the image's packages are written for it");
	draft_leave(d, "strict refuses %s: %s %s", path ? path : "the image", rule, f->message);
	return false;
}

bool settle_findings(struct init_draft *d, const struct audit_result *r)
{
	bool changed = false;

	for (size_t i = 0; i < r->findings.n; i++) {
		const struct finding *f = &r->findings.v[i];

		if (!f->accepted && f->severity >= r->fail_on && settle_finding(d, f))
			changed = true;
	}
	return changed;
}
