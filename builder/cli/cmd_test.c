/* SPDX-License-Identifier: Apache-2.0 */
/* imgbuild test IMAGE TESTS...: structure tests. */

#include "base/file.h"
#include "cli/cmd_audit.h"
#include "inspect/report/suite_report.h"
#include "inspect/suite/suite_run.h"

bool cmd_test(struct cli *c, struct error *e)
{
	static const char *const formats[] = { "text", "json", "junit", "tap" };
	void (*const forms[])(const struct structure_result *r, struct buf *out) = {
		structure_text, structure_json, structure_junit, structure_tap };
	struct structure_request req = { .progress = c->progress };
	const char *format = c->json ? "json" : "text", *output = NULL;
	bool no_commands = false, no_skips = false;
	const struct cli_known known[] = {
		{ "--format", &format, NULL }, { "--platform", &req.platform, NULL },
		{ "--output", &output, NULL }, { "-o", &output, NULL },
		{ "--no-commands", NULL, &no_commands }, { "--no-skips", NULL, &no_skips },
	};
	struct strings rest = { 0 }, files;
	struct structure_result result;
	struct buf text = { .a = c->a };
	int form;

	if (!cli_arguments(c, known, sizeof(known) / sizeof(known[0]), 0, &rest, e))
		return false;
	form = cli_choice("--format", format, formats, sizeof(formats) / sizeof(formats[0]), e);
	if (form < 0)
		return false;
	if (rest.n < 2)
		return err_set(e, ERR_USAGE, "test: name an image, and one or more files of tests");
	files = (struct strings){ rest.v + 1, rest.n - 1, 0 };
	req.image = rest.v[0];
	req.files = &files;
	req.no_commands = no_commands ? "--no-commands" : NULL;
	if (!structure_run(c->a, &req, &result, e))
		return false;
	forms[form](&result, &text);
	if (output && strcmp(output, "-") != 0) {
		if (!file_write_path(output, 0644, buf_str(&text), e))
			return false;
	} else {
		fwrite(text.p, 1, text.n, c->out);
	}
	if (result.failed)
		return err_set(e, ERR_FINDINGS, "%s: %zu of %zu tests failed", req.image, result.failed,
			       result.passed + result.failed + result.skipped);
	return !no_skips || result.skipped == 0 ||
	       err_set(e, ERR_FINDINGS, "%s: %zu tests were skipped", req.image, result.skipped);
}
