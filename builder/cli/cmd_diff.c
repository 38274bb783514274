/* SPDX-License-Identifier: Apache-2.0 */
/* imgbuild diff A B: what changed between two images. */

#include "inspect/compare/diff.h"

#include "cli/cmd_audit.h"
#include "inspect/image/bundle.h"

struct diff_options {
	const char *images[2];
	size_t n;
	const char *format, *platform, *policy;
};

static const struct {
	const char *name;
	void (*write)(const struct diff *d, struct buf *out);
} forms[] = {
	{ "text", diff_text }, { "json", diff_json }, { "markdown", diff_markdown },
};

/* Opened once: the second look for what is compared in depth takes the same. */
static bool diff_audit(struct arena *a, const struct diff_options *o, size_t i, struct bundle *opened,
		       struct audit_result *out, struct error *e)
{
	const struct audit_request req = { .image = o->images[i], .opened = opened, .platform = o->platform,
					   .policy = o->policy };

	if (!bundle_open(a, o->images[i], opened, e))
		return err_wrap(e, "image %s", o->images[i]);
	return audit_image(a, &req, out, e);
}

static bool parse(struct cli *c, struct diff_options *o, struct error *e)
{
	static const char *const known[] = { "--format", "--platform", "--policy" };
	const char **values[] = { &o->format, &o->platform, &o->policy };

	for (int i = 1; i < c->argc; i++) {
		int got = 0;

		for (size_t k = 0; k < 3 && !got; k++)
			got = cli_option(c, &i, known[k], true, values[k], e);
		if (got < 0)
			return false;
		if (got)
			continue;
		if (c->argv[i][0] == '-' || o->n == 2)
			return cli_unknown("diff", c->argv[i], known, 3, e);
		o->images[o->n++] = c->argv[i];
	}
	return o->n == 2 || err_set(e, ERR_USAGE, "diff: name two images");
}

bool cmd_diff(struct cli *c, struct error *e)
{
	struct diff_options o = { .n = 0 };
	struct audit_result results[2];
	struct buf text = { .a = c->a };
	AUTO_BUNDLE before = BUNDLE_INIT, after = BUNDLE_INIT;
	struct diff diff;
	const char *form;
	size_t f = 0;

	if (!parse(c, &o, e))
		return false;
	form = o.format ? o.format : c->json ? "json" : "text";
	while (f < 3 && strcmp(forms[f].name, form) != 0)
		f++;
	if (f == 3)
		return err_set(e, ERR_USAGE, "--format is text, json or markdown, not \"%s\"", form);
	if (!diff_audit(c->a, &o, 0, &before, &results[0], e) || !diff_audit(c->a, &o, 1, &after, &results[1], e))
		return false;
	diff_make(c->a, &results[0], &results[1], &diff);
	if (!diff_more(c->a, &diff, o.platform, e))
		return false;
	forms[f].write(&diff, &text);
	fwrite(text.p, 1, text.n, c->out);
	return diff.list.n == 0 || err_set(e, ERR_FINDINGS, "%s and %s differ in %zu places",
					   o.images[0], o.images[1], diff.list.n);
}
