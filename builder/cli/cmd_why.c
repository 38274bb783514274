/* SPDX-License-Identifier: Apache-2.0 */
/* imgbuild why IMAGE WHAT: opens the image, finds its recipe, asks. */

#include "explain/why.h"

#include "explain/made_from.h"
#include "cli/cli.h"

struct why_options {
	const char *format, *platform, *recipe;
	struct strings rest;		/* IMAGE WHAT */
};

/* The recipe the image was made from: as told, else as recorded. An image that records none, or one
 * that is not here, is explained without; *note says so. */
static bool find_recipe(struct cli *c, const struct why_options *o, const struct image_facts *facts,
			struct makings *out, const char **note, struct error *e)
{
	struct recipe *r = arena_alloc(c->a, sizeof(*r));
	const struct platform *p = made_from_platform(c->a, facts);
	struct error lost = { 0 };
	const char *path = o->recipe;
	struct made_from from;
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
	return recipe_load(c->a, path, r, e) && makings_load(c->a, r, p, out, e) &&
	       (!recorded || made_from_changed(c->a, &from, r, p, note, e));
}

bool cmd_why(struct cli *c, struct error *e)
{
	static const char *const formats[] = { "text", "json" };
	struct why_options o = { .format = c->json ? "json" : "text" };
	const struct cli_known known[] = {
		{ "--format", &o.format, NULL }, { "--platform", &o.platform, NULL },
		{ "--recipe", &o.recipe, NULL },
	};
	AUTO_INSPECTION image = INSPECTION_INIT;
	struct makings makings = { 0 };
	struct needs needs;
	struct why_subject subject = { &image, &needs, &makings };
	struct buf text = { .a = c->a };
	const char *note = NULL;
	struct why why;
	int format;

	if (!cli_arguments(c, known, sizeof(known) / sizeof(known[0]), 2, &o.rest, e))
		return false;
	format = cli_choice("--format", o.format, formats, 2, e);
	if (format < 0)
		return false;
	if (o.rest.n != 2)
		return err_set(e, ERR_USAGE, "why: name an image, and a file, library or package in it");
	if (!inspect_image(c->a, &(struct inspect_request){ o.rest.v[0], o.platform, NULL, NULL, NULL }, &image,
			   e) ||
	    !needs_read(c->a, &image.model, &needs, e) ||
	    !find_recipe(c, &o, &image.facts, &makings, &note, e) ||
	    !why_find(c->a, &subject, o.rest.v[1], &why, e))
		return err_wrap(e, "image %s", o.rest.v[0]);
	(format ? why_json : why_text)(&subject, &why, note, &text);
	fwrite(text.p, 1, text.n, c->out);
	return true;
}
