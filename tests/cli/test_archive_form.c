/* SPDX-License-Identifier: Apache-2.0 */
/* --archive-format on the command line. */

#include <criterion/criterion.h>

#include "support/fixture_oracle.h"

static const struct wrong_form {
	const char *args[8];
	const char *text;
} wrong[] = {
	{ { "build", "recipes/hello.json", "--archive=/tmp/x.tar", "--archive-format=zip" },
	  "--archive-format is oci, docker or hybrid, not \"zip\"" },
	{ { "build", "recipes/hello.json", "--archive-format=docker" },
	  "build: --archive-format goes with --archive FILE" },
	{ { "build", "recipes/hello.json", "--archive=/tmp/x.tar", "--archive-format=docker",
	    "--platform=linux/amd64,linux/arm64" },
	  "build: --archive-format docker holds one platform, not 2; take oci or hybrid" },
	{ { "pull", "docker://127.0.0.1:1/x", "--archive-format=oci" },
	  "pull: --archive-format goes with --archive FILE" },
	{ { "pull", "docker://127.0.0.1:1/x", "--archive=/tmp/x.tar", "--archive-format=tar" },
	  "--archive-format is oci, docker or hybrid, not \"tar\"" },
};

Test(archive_format, what_it_cannot_be_is_told)
{
	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
		const char *argv[10] = { "./imgbuild" };
		AUTO_ARENA a = { 0 };
		struct oracle_run r;

		for (size_t k = 0; k < 8; k++)
			argv[k + 1] = wrong[i].args[k];
		r = oracle_run(&a, argv);
		cr_expect_eq(r.status, 2, "%s: %d", wrong[i].text, r.status);
		cr_expect(strstr(r.err.p, wrong[i].text), "no \"%s\" in %s", wrong[i].text,
			  r.err.p);
	}
}
