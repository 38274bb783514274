/* SPDX-License-Identifier: Apache-2.0 */
/* imgbuild test IMAGE TESTS...: structure tests. */

#include <errno.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/near_file.h"
#include "cli/commands.h"
#include "cli/common_options.h"
#include "cli/image_operand.h"
#include "inspect/report/suite_report.h"
#include "inspect/suite/suite_run.h"

struct test_options {
	struct registry_options registry;
	unsigned format;
	const char *platform, *output;
	bool no_commands, no_skips;
};

static void (*const forms[])(const struct structure_result *r, struct buf *out) = {
	structure_text,
	structure_json,
	structure_junit,
	structure_tap,
};
static const char *const form_names[] = { "text", "json", "junit", "tap", NULL };

/* A file that is not there, or the image in its place. */
static bool test_check_files(struct arena *a, const struct strings *files, struct error *e)
{
	struct stat st;

	for (size_t i = 0; i < files->n; i++) {
		const char *path = files->v[i];

		if (stat(path, &st) < 0) {
			if (errno != ENOENT)
				return err_sys(e, "stat %s", path);
			return err_set(e, ERR_INPUT, "there is no file %s%s", path,
				       near_question(a, near_file(a, path, NULL)));
		}
		if (S_ISDIR(st.st_mode))
			return err_set(e, ERR_INPUT,
				       "%s is a folder, not a file of tests; the image comes "
				       "first: imgbuild test IMAGE TESTS...",
				       path);
	}
	return true;
}

static bool test_run(struct cli *c, struct error *e)
{
	const struct test_options *o = c->options;
	const struct strings files = { c->operands.v + 1, c->operands.n - 1, 0 };
	AUTO_IMAGE_OPERAND image = IMAGE_OPERAND_INIT;
	const struct structure_request req = {
		.image = c->operands.v[0],
		.platform = o->platform,
		.files = &files,
		.no_commands = o->no_commands ? "--no-commands" : NULL,
		.progress = c->progress,
		.opened = &image.bundle,
	};
	struct structure_result result;
	struct buf text = { .a = c->a };

	if (!test_check_files(c->a, &files, e) || !file_check_path(o->output, e) ||
	    !structure_begin(c->a, &req, &result, e) ||
	    !image_operand_open(c, &o->registry, req.image, IMAGE_ONE, o->platform, &image, e) ||
	    !structure_run(c->a, &req, &result, e))
		return false;
	forms[o->format - 1](&result, &text);
	if (o->output && strcmp(o->output, "-") != 0) {
		if (!file_write_path(o->output, 0644, buf_str(&text), e))
			return false;
	} else {
		fwrite(text.p, 1, text.n, c->out);
	}
	if (result.failed)
		return err_set(e, ERR_FINDINGS, "%s: %zu of %zu tests failed", req.image,
			       result.failed, result.passed + result.failed + result.skipped);
	return !o->no_skips || result.skipped == 0 ||
	       err_set(e, ERR_FINDINGS, "%s: %zu tests were skipped", req.image, result.skipped);
}

static const struct option_row test_options[] = {
	{ "--format", 0, "FORM", "form of the report",
	  OPTION_IS_CHOICE(struct test_options, format, form_names), .initial = "text" },
	{ "--output", 'o', "FILE", "write the report there, not to standard output",
	  OPTION_IS_TEXT(struct test_options, output), .word = WORD_FILE },
	{ "--no-commands", 0, NULL, "do not run commands: skip them",
	  OPTION_IS_FLAG(struct test_options, no_commands) },
	{ "--no-skips", 0, NULL, "exit 1 when something was skipped, too",
	  OPTION_IS_FLAG(struct test_options, no_skips) },
	OPTION_PLATFORM_OF_INDEX(struct test_options, platform),
	REGISTRY_ROWS(struct test_options, registry),
	{ NULL },
};

const struct command cmd_test = {
	.name = "test",
	.summary = "structure tests of an image (container-structure-test's schema 2)",
	.operands = { { "IMAGE", WORD_IMAGE }, { "TESTS...", WORD_FILE } },
	.wanted = "name an image, and one or more files of tests",
	.examples = "test out/cephalo recipes/cephalo.tests.json\n"
		    "test docker-archive:app.tar tests.yaml more.yaml --format junit -o tests.xml",
	.text = "Files, settings and licences need no container; commands are run by podman, and are skipped where it "
		"is missing. Exits 1 when a test failed.",
	.options = test_options,
	.options_size = sizeof(struct test_options),
	.run = test_run,
	.jails = true,
};
