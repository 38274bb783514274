/* SPDX-License-Identifier: Apache-2.0 */
/* imgbuild sbom IMAGE: options, where the document goes, what it could not take in. */

#include "base/file.h"
#include "cli/commands.h"
#include "cli/common_options.h"
#include "cli/image_operand.h"
#include "cli/source_date.h"
#include "explain/made_from.h"
#include "explain/origin.h"
#include "inspect/sbom/sbom.h"

struct sbom_options {
	struct registry_options registry;
	unsigned format;
	const char *platform, *output, *recipe;
};

static bool (*const forms[])(const struct sbom *s, struct sink *to,
			     struct error *e) = { sbom_spdx, sbom_cyclonedx };

static const char *const form_names[] = { "spdx-json", "cyclonedx-json", NULL };

/* Standard output as a sink; main looks whether all of it arrived. */
struct stream_sink {
	struct sink base;
	FILE *out;
};

static bool stream_write(struct sink *base, struct str chunk, struct error *e)
{
	struct stream_sink *s = (struct stream_sink *)base;

	(void)e;
	fwrite(chunk.p, 1, chunk.n, s->out);
	return true;
}

/* What file_fill_path() is to write. */
struct bill_document {
	size_t form; /* place in forms[] */
	const struct sbom *sbom;
};

static bool sbom_fill_file(void *ctx, struct sink *to, struct error *e)
{
	const struct bill_document *d = ctx;

	return forms[d->form](d->sbom, to, e);
}

static bool sbom_put_document(struct cli *c, const char *output, struct bill_document *d,
			      struct error *e)
{
	struct stream_sink out = { .base = { .write = stream_write }, .out = c->out };

	if (output && strcmp(output, "-") != 0)
		return file_fill_path(output, 0644, sbom_fill_file, d, e);
	return sbom_fill_file(d, &out.base, e);
}

static void sbom_add_packages(struct arena *a, const struct lock *lock, struct sbom_archives *out)
{
	for (size_t i = 0; i < lock->packages.n; i++) {
		const struct locked_package *p = &lock->packages.v[i];

		*list_push(a, out) = (struct sbom_archive){ p->name, p->version, p->architecture,
							    p->file.name, p->file.sha256 };
	}
}

static void sbom_add_sources(struct arena *a, const struct lock *lock, struct sbom_archives *out)
{
	for (size_t i = 0; i < lock->sources.n; i++) {
		const struct locked_source *x = &lock->sources.v[i];

		for (size_t k = 0; k < x->files.n; k++)
			if (str_ends(str_of(x->files.v[k].name), STR(".dsc")))
				*list_push(a, out) = (struct sbom_archive){ x->package, x->version,
									    "source",
									    x->files.v[k].name,
									    x->files.v[k].sha256 };
	}
}

/* What the locks of a recipe know of the image that was made from it, and of no other. */
static bool add_archives(struct cli *c, const char *path, struct sbom *s, struct error *e)
{
	const struct platform *p = made_from_platform(c->a, &s->image->facts);
	struct sbom_archives *all = arena_alloc(c->a, sizeof(*all));
	struct makings makings = { 0 };
	struct recipe *r = arena_alloc(c->a, sizeof(*r));
	const char *changed = NULL;
	struct made_from from = { .variant = NULL };
	int recorded = made_from_image(c->a, &s->image->facts, &from, e);

	if (recorded < 0 || !recipe_load_variant(c->a, path, from.variant, r, e) ||
	    !makings_load(c->a, r, p, &makings, e))
		return false;
	if (recorded && !made_from_changed(c->a, &from, r, p, &changed, e))
		return false;
	if (!recorded || changed)
		return err_set(e, ERR_VERIFY, "%s",
			       recorded ? changed
					: "it does not record the recipe it was made from");
	for (size_t i = 0; i < makings.n; i++) {
		sbom_add_packages(c->a, &makings.v[i].lock, all);
		sbom_add_sources(c->a, &makings.v[i].lock, all);
	}
	sbom_add_archives(s, all);
	return true;
}

static void sbom_warn_unread(struct progress *p, const struct sbom *s)
{
	list_each(r, &s->problems)
		progress_warn(p, "/%s could not be read in full for the bill of materials: %s",
			      r->path, r->text);
}

static bool sbom_run(struct cli *c, struct error *e)
{
	static const struct keep_rule keep = { .sha1 = true };
	const struct sbom_options *o = c->options;
	const char *name = c->operands.v[0];
	AUTO_IMAGE_OPERAND opened = IMAGE_OPERAND_INIT;
	AUTO_INSPECTION image = INSPECTION_INIT;
	struct sbom sbom;
	struct bill_document d = { o->format - 1, &sbom };
	int64_t fallback = 0;

	if (!source_date(&fallback, e) || !file_check_path(o->output, e))
		return false;
	if (!image_operand_open(c, &o->registry, name, IMAGE_ONE, o->platform, &opened, e))
		return false;
	if (!inspect_image(c->a,
			   &(struct inspect_request){ name, o->platform, &keep, NULL,
						      &opened.bundle, NULL },
			   &image, e) ||
	    !sbom_make(c->a, &image, fallback, &sbom, e) ||
	    (o->recipe && !add_archives(c, o->recipe, &sbom, e)))
		return err_wrap(e, "image %s", name);
	sbom_warn_unread(c->progress, &sbom);
	return sbom_put_document(c, o->output, &d, e);
}

static const struct option_row sbom_options[] = {
	{ "--format", 0, "FORM", "form of the document, SPDX 2.3 or CycloneDX 1.6",
	  OPTION_IS_CHOICE(struct sbom_options, format, form_names), .initial = "spdx-json" },
	{ "--recipe", 0, "FILE",
	  "the recipe it was made from: its locks add the digests of the Debian packages",
	  OPTION_IS_TEXT(struct sbom_options, recipe), .word = WORD_RECIPE },
	{ "--output", 'o', "FILE", "write the document there, not to standard output",
	  OPTION_IS_TEXT(struct sbom_options, output), .word = WORD_FILE },
	OPTION_PLATFORM_OF_INDEX(struct sbom_options, platform),
	REGISTRY_ROWS(struct sbom_options, registry),
	{ NULL },
};

const struct command cmd_sbom = {
	.name = "sbom",
	.summary = "what an image is made of, as SPDX or CycloneDX",
	.operands = { { "IMAGE", WORD_IMAGE } },
	.wanted = "name an image",
	.examples = "sbom out/cephalo -o cephalo.spdx.json\n"
		    "sbom out/cephalo --format cyclonedx-json -o cephalo.cdx.json\n"
		    "sbom docker-archive:app.tar | jq '.packages[].name'",
	.text = "The image is read, whoever made it: packages, their licences and sources, what was compiled, every file "
		"with its digest. The same image gives the same bytes.",
	.options = sbom_options,
	.options_size = sizeof(struct sbom_options),
	.run = sbom_run,
	.jails = true,
};
