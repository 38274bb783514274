/* SPDX-License-Identifier: Apache-2.0 */
/* imgbuild audit IMAGE: options, the form of the report, where it goes, the exit status. */

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/file.h"
#include "base/size.h"
#include "base/version.h"
#include "cli/commands.h"
#include "cli/common_options.h"
#include "cli/cve_data.h"
#include "cli/image_operand.h"
#include "explain/image_accepts.h"
#include "inspect/audit/audit.h"
#include "inspect/audit/audit_policy.h"
#include "inspect/report/report.h"

struct audit_options {
	struct registry_options registry;
	unsigned format, fail_on; /* fail_on: 0, or a severity and 1 */
	const char *policy, *platform, *output, *recipe;
	uint64_t expand_max;
	struct strings cve;
};

static void (*const forms[])(const struct report *r, struct buf *out) = {
	report_text,   report_json,	report_sarif, report_junit,
	report_github, report_markdown, report_html,
};
static const char *const form_names[] = { "text",   "json",	"sarif", "junit",
					  "github", "markdown", "html",	 NULL };

static const char *const level_names[] = {
	[SEV_INFO] = "info",
	[SEV_LOW] = "low",
	[SEV_MEDIUM] = "medium",
	[SEV_HIGH] = "high",
	[SEV_CRITICAL] = "critical",
	[SEV_NEVER] = "never",
	NULL,
};

static bool expansion_read(struct arena *a, const char *option, const char *value, void *target,
			   struct error *e)
{
	(void)a;
	return size_parse(str_of(value), target) ||
	       err_set(e, ERR_USAGE, "%s is a size as 800M or 8G, not \"%s\"", option, value);
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

static bool audit_put_report(struct cli *c, const struct audit_options *o, struct buf *text,
			     struct error *e)
{
	if (text->overflow)
		return err_set(e, ERR_INPUT, "the report is larger than 256 MiB");
	if (o->output && strcmp(o->output, "-") != 0)
		return file_write_path(o->output, 0644, buf_str(text), e);
	fwrite(text->p, 1, text->n, c->out);
	return true;
}

/* What annotations have no room for: the summary of the step, when the runner asks for one. */
static bool audit_write_summary(const struct report *r, struct arena *a, struct error *e)
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
static bool audit_fill_request(struct cli *c, const struct audit_options *o,
			       struct image_operand *image, struct cve_data *data,
			       struct audit_request *req, struct error *e)
{
	struct arena *a = c->a;
	struct policy policy;

	req->platform = o->platform;
	req->expand_max = o->expand_max;
	req->opened = &image->bundle;
	/* a policy or a recipe that is not there is told before any image is opened */
	if ((o->policy && !policy_load(a, o->policy, &policy, e)) ||
	    (o->recipe && !image_accepts(a, o->recipe, &image->bundle, req, e)) ||
	    !cve_data_open(c, &o->cve, o->recipe, data, e) ||
	    !image_operand_open(c, &o->registry, req->image, IMAGE_ONE, o->platform, image, e) ||
	    (!o->recipe && !image_accepts(a, NULL, &image->bundle, req, e)))
		return false;
	if (o->policy)
		req->policy = o->policy;
	req->cve = data->inputs;
	return true;
}

static bool audit_run(struct cli *c, struct error *e)
{
	const struct audit_options *o = c->options;
	struct audit_request req = { .image = c->operands.v[0], .progress = c->progress };
	struct audit_result result;
	AUTO_IMAGE_OPERAND image = IMAGE_OPERAND_INIT; /* once for all who read it */
	AUTO_CVE_DATA data = CVE_DATA_INIT;
	struct buf text = { .a = c->a };
	struct report report = { .result = &result, .tool_version = IMGBUILD_VERSION };

	if (!file_check_path(o->output, e) || !audit_fill_request(c, o, &image, &data, &req, e) ||
	    !audit_image(c->a, &req, &result, e))
		return false;
	report.fail_on = o->fail_on ? (enum severity)(o->fail_on - 1) : result.fail_on;
	report.color = wants_color(c->out, o);
	forms[o->format - 1](&report, &text);
	if (!audit_put_report(c, o, &text, e) ||
	    (forms[o->format - 1] == report_github && !audit_write_summary(&report, c->a, e)))
		return false;
	if (report.fail_on == SEV_NEVER || !audit_failed(&result, report.fail_on))
		return true;
	return err_set(e, ERR_FINDINGS, "%s: %s", req.image, report_verdict(c->a, &report));
}

static const struct option_row audit_options[] = {
	{ "--policy", 0, "POLICY", "strict, base, report-only, or a policy file",
	  .otherwise = "the recipe's, else strict", OPTION_IS_TEXT(struct audit_options, policy),
	  .word = WORD_FILE },
	{ "--format", 0, "FORM", "form of the report",
	  OPTION_IS_CHOICE(struct audit_options, format, form_names), .initial = "text" },
	{ "--fail-on", 0, "LEVEL", "exit 1 from this severity on",
	  OPTION_IS_CHOICE(struct audit_options, fail_on, level_names) },
	OPTION_CVE(struct audit_options, cve),
	{ "--expand-max", 0, "SIZE",
	  "how much one layer may expand to, instead of what its size allows",
	  OPTION_IS_READ(struct audit_options, expand_max, expansion_read) },
	{ "--recipe", 0, "FILE",
	  "the policy and the exceptions of this recipe; none: no exceptions",
	  OPTION_IS_TEXT(struct audit_options, recipe), .word = WORD_RECIPE },
	{ "--output", 'o', "FILE", "write the report there, not to standard output",
	  OPTION_IS_TEXT(struct audit_options, output), .word = WORD_FILE },
	OPTION_PLATFORM_OF_INDEX(struct audit_options, platform),
	REGISTRY_ROWS(struct audit_options, registry),
	{ NULL },
};

const struct command cmd_audit = {
	.name = "audit",
	.summary = "judge what is in an image",
	.operands = { { "IMAGE", WORD_IMAGE } },
	.wanted =
		"name an image: a layout folder, oci-archive:FILE, docker-archive:FILE, docker://REGISTRY/NAME or rootfs:DIR",
	.examples = "audit out/hello\n"
		    "audit oci-archive:hello.tar --format html -o report.html\n"
		    "audit docker-archive:image.tar --policy report-only --cve tracker.json\n"
		    "audit out/hello --cve debian\n"
		    "audit docker://registry.example/team/hello:1.0\n"
		    "audit out/cephalo --recipe recipes/cephalo.json",
	.options = audit_options,
	.options_size = sizeof(struct audit_options),
	.run = audit_run,
	.jails = true,
};
