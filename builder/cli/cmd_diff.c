/* SPDX-License-Identifier: Apache-2.0 */
/* imgbuild diff A B: what changed between two images. */

#include "cli/commands.h"
#include "cli/common_options.h"
#include "cli/image_operand.h"
#include "inspect/compare/diff.h"

struct diff_options {
	struct registry_options registry;
	unsigned format;
	const char *platform, *policy;
};

static void (*const forms[])(const struct diff *d, struct buf *out) = { diff_text, diff_json,
									diff_markdown };
static const char *const form_names[] = { "text", "json", "markdown", NULL };

/* Opened once: the second look for what is compared in depth takes the same. */
static bool diff_audit(struct cli *c, size_t i, struct image_operand *opened,
		       struct audit_result *out, struct error *e)
{
	const struct diff_options *o = c->options;
	const char *image = c->operands.v[i];
	const struct audit_request req = { .image = image,
					   .opened = &opened->bundle,
					   .platform = o->platform,
					   .policy = o->policy,
					   .components = true };

	return image_operand_open(c, &o->registry, image, IMAGE_ONE, o->platform, opened, e) &&
	       audit_image(c->a, &req, out, e);
}

static bool diff_run(struct cli *c, struct error *e)
{
	const struct diff_options *o = c->options;
	const char *const *images = c->operands.v;
	struct audit_result results[2];
	struct buf text = { .a = c->a };
	AUTO_IMAGE_OPERAND before = IMAGE_OPERAND_INIT, after = IMAGE_OPERAND_INIT;
	struct diff diff;

	if (!diff_audit(c, 0, &before, &results[0], e) || !diff_audit(c, 1, &after, &results[1], e))
		return false;
	diff_make(c->a, &results[0], &results[1], &diff);
	if (!diff_more(c->a, &diff, o->platform, e))
		return false;
	forms[o->format - 1](&diff, &text);
	fwrite(text.p, 1, text.n, c->out);
	return diff.list.n == 0 || err_set(e, ERR_FINDINGS, "%s and %s differ in %zu places",
					   images[0], images[1], diff.list.n);
}

static const struct option_row diff_options[] = {
	{ "--format", 0, "FORM", "form of the report",
	  OPTION_IS_CHOICE(struct diff_options, format, form_names), .initial = "text" },
	{ "--policy", 0, "POLICY",
	  "whose findings are compared: strict, base, report-only, or a policy file",
	  .otherwise = "strict", OPTION_IS_TEXT(struct diff_options, policy), .word = WORD_FILE },
	OPTION_PLATFORM_OF_INDEX(struct diff_options, platform),
	REGISTRY_ROWS(struct diff_options, registry),
	{ NULL },
};

const struct command cmd_diff = {
	.name = "diff",
	.summary = "what changed between two images",
	.operands = { { "A", WORD_IMAGE }, { "B", WORD_IMAGE } },
	.wanted = "name two images",
	.examples = "diff oci-archive:old.tar out/cephalo --format markdown\n"
		    "diff docker://registry.example/team/hello:1.0 out/hello",
	.text = "Exits 1 when something differs.",
	.options = diff_options,
	.options_size = sizeof(struct diff_options),
	.run = diff_run,
	.jails = true,
};
