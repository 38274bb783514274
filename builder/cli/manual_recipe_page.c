/* SPDX-License-Identifier: Apache-2.0 */
/* The man page of recipes, source recipes and images.json, in the macros of man(7). */

#include "cli/manual.h"

#include "base/buf.h"
#include "base/version.h"
#include "cli/roff.h"

static const char recipe_page_begin[] =
	".\\\" SPDX-License-Identifier: Apache-2.0\n"
	".\\\" Made from docs/recipe.schema.json by \"make docs\"; change it there.\n"
	".TH IMGBUILD\\-RECIPE 5 " MANUAL_DATE " \"imgbuild " IMGBUILD_VERSION
	"\" \"File Formats\"\n"
	".SH NAME\n"
	"imgbuild\\-recipe \\- what a distroless Debian image is made of\n"
	".SH DESCRIPTION\n";

static const char *const recipe_page_text[] = {
	"A recipe is a JSON file that says what an image consists of. images.json, at the root of the "
	"repository, names archives, bases, toolchains and images. A source recipe says how a program is "
	"compiled. Paths are relative to the file they stand in; keys that begin with x- are free for the "
	"user.",
	"imgbuild schema prints the JSON schema of all of them, for editors. imgbuild lock writes NAME.lock.json "
	"beside NAME.json: the versions that builds use from then on.",
	NULL,
};

static const char recipe_page_example[] =
	".SH EXAMPLES\n"
	".EX\n"
	"{\n"
	"  \"name\": \"redis\",\n"
	"  \"base\": \"cc\\-debian13\",\n"
	"  \"components\": [{\n"
	"    \"name\": \"redis\",\n"
	"    \"providers\": [{ \"packages\": [\"redis\\-server\"] }],\n"
	"    \"keep\": [\"/usr/bin/redis\\-server\"]\n"
	"  }],\n"
	"  \"config\": { \"entrypoint\": [\"/usr/bin/redis\\-server\"], \"user\": \"1000:0\" }\n"
	"}\n"
	".EE\n"
	".SH SEE ALSO\n"
	".BR imgbuild (1)\n";

/* Markdown's marks of code are not for a manual page. */
static const char *recipe_page_plain(struct arena *a, const char *text)
{
	struct buf b = { .a = a };

	for (; *text; text++) {
		if (*text != '`')
			buf_add(&b, (struct str){ text, 1 });
	}
	return buf_cstr(&b);
}

static void recipe_page_key(struct arena *a, FILE *out, const struct manual_key *key)
{
	const char *tag = arena_printf(a, "%s\\fR (%s)", roff_escaped(a, key->name),
				       roff_escaped(a, recipe_page_plain(a, key->type)));

	roff_tagged(a, out, tag, arena_printf(a, "%s.", recipe_page_plain(a, key->text)));
	if (*key->standard)
		fprintf(out, ".br\nDefault: %s\n", roff_escaped(a, key->standard));
	if (*key->example)
		fprintf(out, ".br\nExample: %s\n", roff_escaped(a, key->example));
}

static bool recipe_page_part(struct arena *a, const char *document, FILE *out, struct error *e)
{
	struct manual_sections all = { 0 };

	if (!manual_keys_collect(a, document, &all, e))
		return false;
	for (size_t i = 0; i < all.n; i++) {
		fprintf(out, ".SS \"%s\"\n", roff_escaped(a, recipe_page_plain(a, all.v[i].title)));
		for (size_t j = 0; j < all.v[i].keys.n; j++)
			recipe_page_key(a, out, &all.v[i].keys.v[j]);
	}
	return true;
}

bool manual_recipe_page_print(struct arena *a, FILE *out, struct error *e)
{
	fputs(recipe_page_begin, out);
	for (size_t i = 0; recipe_page_text[i]; i++) {
		fputs(i ? ".PP\n" : "", out);
		roff_print(a, out, recipe_page_text[i]);
	}
	fputs(".SH KEYS\n", out);
	if (!recipe_page_part(a, "recipe", out, e) || !recipe_page_part(a, "source", out, e))
		return false;
	fputs(recipe_page_example, out);
	return true;
}
