/* SPDX-License-Identifier: Apache-2.0 */
/* imgbuild schema */

#include "cli/commands.h"
#include "cli/schema.h"

/* The schema is a file of docs/, linked in as it is. */
__asm__(".pushsection .rodata\n"
	"schema_begin:\n"
	".incbin \"docs/recipe.schema.json\"\n"
	"schema_end:\n"
	".byte 0\n"
	".popsection\n");
extern const char schema_begin[] __attribute__((visibility("hidden")));
extern const char schema_end[] __attribute__((visibility("hidden")));

struct str schema_text(void)
{
	return (struct str){ schema_begin, (size_t)(schema_end - schema_begin) };
}

static bool schema_run(struct cli *c, struct error *e)
{
	(void)e;
	fwrite(schema_text().p, 1, schema_text().n, c->out);
	return true;
}

const struct command cmd_schema = {
	.name = "schema",
	.summary = "print the JSON schema of recipes",
	.run = schema_run,
};
