/* SPDX-License-Identifier: Apache-2.0 */
/* imgbuild version */

#include "base/version.h"
#include "cli/commands.h"

static bool version_run(struct cli *c, struct error *e)
{
	(void)e;
	if (c->json)
		fprintf(c->out, "{\"name\":\"imgbuild\",\"version\":\"%s\"}\n", IMGBUILD_VERSION);
	else
		fprintf(c->out, "imgbuild %s\n", IMGBUILD_VERSION);
	return true;
}

const struct command cmd_version = {
	.name = "version",
	.summary = "print the version",
	.run = version_run,
};
