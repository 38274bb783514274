/* SPDX-License-Identifier: Apache-2.0 */
/* imgbuild audit IMAGE: options, the form of the report, where it goes, the exit status. */

#include "inspect/audit/audit.h"
#include "inspect/audit/policy.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "inspect/image/bundle.h"
#include "inspect/report/report.h"
#include "base/file.h"
#include "base/size.h"
#include "explain/image_accepts.h"
#include "cli/cmd_audit.h"
#include "base/version.h"

struct audit_options {
	const char *image, *policy, *platform, *format, *fail_on, *output, *recipe, *expand_max;
	struct strings cve;
};

static const struct form {
	const char *name;
	void (*write)(const struct report *r, struct buf *out);
} forms[] = {
	{ "text", report_text }, { "json", report_json }, { "sarif", report_sarif },
	{ "junit", report_junit }, { "github", report_github },
	{ "markdown", report_markdown }, { "html", report_html },
};

#define FORMS (sizeof(forms) / sizeof(forms[0]))

/* 1 taken, 0 unknown, -1 error. */
static int take_option(struct cli *c, int *i, struct audit_options *o, struct error *e)
{
	const struct {
		const char *name;
		const char **value;
	} options[] = {
		{ "--policy", &o->policy }, { "--format", &o->format }, { "--fail-on", &o->fail_on },
		{ "--platform", &o->platform }, { "--output", &o->output }, { "-o", &o->output },
		{ "--recipe", &o->recipe }, { "--expand-max", &o->expand_max },
	};
	const char *cve = NULL;
	int taken = cli_option(c, i, "--cve", true, &cve, e);

	if (taken > 0)
		*list_push(c->a, &o->cve) = cve;
	if (taken)
		return taken;
	for (size_t k = 0; k < sizeof(options) / sizeof(options[0]); k++) {
		int got = cli_option(c, i, options[k].name, true, options[k].value, e);

		if (got)
			return got;
	}
	return 0;
}

static bool parse(struct cli *c, struct audit_options *o, struct error *e)
{
	static const char *const known[] = { "--policy", "--format", "--fail-on", "--platform",
					     "--output", "--recipe", "--cve", "--expand-max" };

	for (int i = 1; i < c->argc; i++) {
		int got = take_option(c, &i, o, e);

		if (got < 0)
			return false;
		if (got)
			continue;
		if (c->argv[i][0] == '-' || o->image)
			return cli_unknown("audit", c->argv[i], known,
					   sizeof(known) / sizeof(known[0]), e);
		o->image = c->argv[i];
	}
	return o->image || err_set(e, ERR_USAGE, "audit: name an image: a layout folder, "
				   "oci-archive:FILE or docker-archive:FILE");
}

static const struct form *find_form(const struct cli *c, const char *name, struct error *e)
{
	if (!name)
		name = c->json ? "json" : "text";
	for (size_t i = 0; i < FORMS; i++)
		if (strcmp(forms[i].name, name) == 0)
			return &forms[i];
	err_set(e, ERR_USAGE, "--format is text, json, sarif, junit, github, markdown or html, "
		"not \"%s\"", name);
	return NULL;
}

static bool find_level(const char *name, enum severity *level, struct error *e)
{
	if (!name || severity_parse(str_of(name), level))
		return true;
	if (strcmp(name, "never") != 0)
		return err_set(e, ERR_USAGE, "--fail-on is info, low, medium, high, critical or never, "
			       "not \"%s\"", name);
	*level = SEV_NEVER;
	return true;
}

/* The habits of terminals: NO_COLOR, TERM=dumb, FORCE_COLOR. */
static bool wants_color(FILE *out, const struct audit_options *o)
{
	const char *no = getenv("NO_COLOR"), *term = getenv("TERM"), *force = getenv("FORCE_COLOR");

	if (o->output || (no && *no))
		return false;
	if (force && *force)
		return true;
	return isatty(fileno(out)) && !(term && strcmp(term, "dumb") == 0);
}

static bool put(struct cli *c, const struct audit_options *o, struct buf *text, struct error *e)
{
	if (text->overflow)
		return err_set(e, ERR_INPUT, "the report is larger than 256 MiB");
	if (o->output && strcmp(o->output, "-") != 0)
		return file_write_path(o->output, 0644, buf_str(text), e);
	fwrite(text->p, 1, text->n, c->out);
	return true;
}

/* What annotations have no room for: the summary of the step, when the runner asks for one. */
static bool summarise(const struct report *r, struct arena *a, struct error *e)
{
	const char *path = getenv("GITHUB_STEP_SUMMARY");
	struct buf text = { .a = a };
	AUTO_FD fd = -1;

	if (!path || !*path)
		return true;
	fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
	if (fd < 0)
		return err_sys(e, "open $GITHUB_STEP_SUMMARY, %s", path);
	report_markdown(r, &text);
	return fd_write(fd, buf_str(&text), path, e) && fd_close(&fd, path, e);
}

/* A recipe brings its policy and its exceptions; a policy on the command line goes before. */
static bool fill(struct arena *a, const struct audit_options *o, struct bundle *opened, struct audit_request *req,
		 struct error *e)
{
	struct policy policy;

	req->image = o->image;
	req->platform = o->platform;
	req->cve = o->cve;
	if (o->expand_max && !size_parse(str_of(o->expand_max), &req->expand_max))
		return err_set(e, ERR_USAGE, "--expand-max is a size as 800M or 8G, not \"%s\"", o->expand_max);
	/* a policy that is not there is told before any image is opened */
	if ((o->policy && !policy_load(a, o->policy, &policy, e)) || !image_accepts(a, o->recipe, opened, req, e))
		return false;
	if (o->policy)
		req->policy = o->policy;
	return true;
}

bool cmd_audit(struct cli *c, struct error *e)
{
	struct audit_options o = { 0 };
	struct audit_request req = { .image = NULL };
	struct audit_result result;
	AUTO_BUNDLE opened = BUNDLE_INIT;	/* once for all who read it: it may have to be expanded */
	const struct form *form;
	struct buf text = { .a = c->a };
	struct report report = { .result = &result, .tool_version = IMGBUILD_VERSION };
	enum severity level = SEV_NEVER;

	if (!parse(c, &o, e))
		return false;
	form = find_form(c, o.format, e);
	if (!form || !find_level(o.fail_on, &level, e))
		return false;
	if (!fill(c->a, &o, &opened, &req, e) || !audit_image(c->a, &req, &result, e))
		return false;
	report.fail_on = o.fail_on ? level : result.fail_on;
	report.color = wants_color(c->out, &o);
	form->write(&report, &text);
	if (!put(c, &o, &text, e) ||
	    (form->write == report_github && !summarise(&report, c->a, e)))
		return false;
	if (report.fail_on == SEV_NEVER || !audit_failed(&result, report.fail_on))
		return true;
	return err_set(e, ERR_FINDINGS, "%s: %s", o.image, report_verdict(c->a, &report));
}
