/* SPDX-License-Identifier: Apache-2.0 */
/* imgbuild why IMAGE WHAT: opens the image, finds its recipe, asks. */

#include "cli/commands.h"
#include "cli/common_options.h"
#include "cli/image_operand.h"
#include "explain/made_from.h"
#include "explain/why.h"

struct why_options {
	struct registry_options registry;
	unsigned format;
	const char *platform, *recipe;
};

static void (*const forms[])(const struct why_subject *subject, const struct why *w,
			     const char *note, struct buf *out) = { why_text, why_json };
static const char *const form_names[] = { "text", "json", NULL };

/* The recipe the image was made from: as told, else as recorded. An image that records none, or one
 * that is not here, is explained without; *note says so. */
static bool why_find_recipe(struct cli *c, const struct why_options *o,
			    const struct image_facts *facts, struct makings *out, const char **note,
			    struct error *e)
{
	struct recipe *r = arena_alloc(c->a, sizeof(*r));
	const struct platform *p = made_from_platform(c->a, facts);
	struct error lost = { 0 };
	const char *path = o->recipe;
	struct made_from from = { .variant = NULL };
	int recorded = made_from_image(c->a, facts, &from, e);

	if (recorded < 0)
		return false;
	if (!path && !recorded) {
		*note = "the image does not record a recipe: only its packages and its files are known";
		return true;
	}
	if (!path && !made_from_find(c->a, &from, &path, &lost)) {
		*note = arena_strdup(c->a, lost.cause);
		return true;
	}
	return recipe_load_variant(c->a, path, from.variant, r, e) &&
	       makings_load(c->a, r, p, out, e) &&
	       (!recorded || made_from_changed(c->a, &from, r, p, note, e));
}

static bool why_run(struct cli *c, struct error *e)
{
	const struct why_options *o = c->options;
	const char *name = c->operands.v[0];
	AUTO_IMAGE_OPERAND opened = IMAGE_OPERAND_INIT;
	AUTO_INSPECTION image = INSPECTION_INIT;
	struct makings makings = { 0 };
	struct needs needs;
	struct why_subject subject = { &image, &needs, &makings };
	struct buf text = { .a = c->a };
	const char *note = NULL;
	struct why why;

	if (!image_operand_open(c, &o->registry, name, IMAGE_ONE, o->platform, &opened, e))
		return false;
	if (!inspect_image(c->a,
			   &(struct inspect_request){ name, o->platform, NULL, NULL, &opened.bundle,
						      NULL },
			   &image, e) ||
	    !needs_read(c->a, &image.model, &needs, e) ||
	    !why_find_recipe(c, o, &image.facts, &makings, &note, e) ||
	    !why_find(c->a, &subject, c->operands.v[1], &why, e))
		return err_wrap(e, "image %s", name);
	forms[o->format - 1](&subject, &why, note, &text);
	fwrite(text.p, 1, text.n, c->out);
	return true;
}

static const struct option_row why_options[] = {
	{ "--format", 0, "FORM", "form of the answer",
	  OPTION_IS_CHOICE(struct why_options, format, form_names), .initial = "text" },
	{ "--recipe", 0, "FILE", "the recipe it was made from, when it records none or another's",
	  OPTION_IS_TEXT(struct why_options, recipe), .word = WORD_RECIPE },
	OPTION_PLATFORM_OF_INDEX(struct why_options, platform),
	REGISTRY_ROWS(struct why_options, registry),
	{ NULL },
};

const struct command cmd_why = {
	.name = "why",
	.summary = "why a file, library or package is in an image",
	.operands = { { "IMAGE", WORD_IMAGE }, { "WHAT" } },
	.wanted = "name an image, and a file, library or package in it",
	.examples = "why out/cephalo libcap.so.2\n"
		    "why out/cephalo /usr/bin/python3\n"
		    "why docker-archive:app.tar libssl3t64 --format json\n"
		    "why out/shop pkg:npm/express",
	.options = why_options,
	.options_size = sizeof(struct why_options),
	.run = why_run,
	.jails = true,
};
