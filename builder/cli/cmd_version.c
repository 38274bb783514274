/* SPDX-License-Identifier: Apache-2.0 */
/* imgbuild version, imgbuild schema. */

#include "base/version.h"
#include "cli/cli.h"

/* The schema is a file of docs/, linked in as it is. */
__asm__(".pushsection .rodata\n"
	"schema_begin:\n"
	".incbin \"docs/recipe.schema.json\"\n"
	"schema_end:\n"
	".byte 0\n"
	".popsection\n");
extern const char schema_begin[] __attribute__((visibility("hidden")));
extern const char schema_end[] __attribute__((visibility("hidden")));

static bool no_arguments(const struct cli *c, struct error *e)
{
	return c->argc < 2 || cli_unknown(c->argv[0], c->argv[1], NULL, 0, e);
}

bool cmd_version(struct cli *c, struct error *e)
{
	if (!no_arguments(c, e))
		return false;
	if (c->json)
		fprintf(c->out, "{\"name\":\"imgbuild\",\"version\":\"%s\"}\n", IMGBUILD_VERSION);
	else
		fprintf(c->out, "imgbuild %s\n", IMGBUILD_VERSION);
	return true;
}

bool cmd_schema(struct cli *c, struct error *e)
{
	if (!no_arguments(c, e))
		return false;
	fwrite(schema_begin, 1, (size_t)(schema_end - schema_begin), c->out);
	return true;
}
