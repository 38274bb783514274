/* SPDX-License-Identifier: Apache-2.0 */
/* imgbuild plan [RECIPE...] */

#include "cli/catalogue_operand.h"
#include "cli/commands.h"
#include "cli/common_options.h"
#include "cli/shard_option.h"
#include "input/recipe/recipe.h"
#include "explain/pushed_images.h"
#include "cli/plan_report.h"
#include "cli/registry_options.h"

enum plan_format {
	PLAN_TEXT = 1,
	PLAN_JSON,
	PLAN_GITHUB,
	PLAN_GITLAB,
	PLAN_K8S,
	PLAN_SLURM,
	PLAN_TEKTON
};

static const char *const plan_formats[] = { "text", "json",  "github", "gitlab",
					    "k8s",  "slurm", "tekton", NULL };

static void (*const plan_printers[])(struct arena *a, const struct plan_report *r, FILE *out) = {
	[PLAN_TEXT] = plan_print_text,	   [PLAN_JSON] = plan_print_json,
	[PLAN_GITHUB] = plan_print_github, [PLAN_GITLAB] = plan_print_gitlab,
	[PLAN_K8S] = plan_print_k8s,	   [PLAN_SLURM] = plan_print_slurm,
	[PLAN_TEKTON] = plan_print_tekton,
};

struct plan_options {
	struct registry_options registry; /* of `against` */
	const char *image, *against;
	struct platforms platforms;
	unsigned shards, format;
};

/* What the jobs are to build, every image must be for. */
static bool plan_check_platforms(struct cli *c, const struct strings *recipes, struct error *e)
{
	const struct plan_options *o = c->options;

	for (size_t i = 0; o->platforms.n && i < recipes->n; i++) {
		struct recipe *r = arena_alloc(c->a, sizeof(*r));

		if (!recipe_load(c->a, recipes->v[i], r, e))
			return false;
		for (size_t k = 0; k < o->platforms.n; k++) {
			if (!recipe_check_platform(c->a, r, o->platforms.v[k], e))
				return false;
		}
	}
	return true;
}

/* With commas, for the jobs; NULL: nothing was said. */
static const char *plan_name_platforms(struct cli *c)
{
	const struct plan_options *o = c->options;
	struct strings names = { 0 };

	for (size_t i = 0; i < o->platforms.n; i++)
		*list_push(c->a, &names) = o->platforms.v[i]->name;
	return names.n ? strings_join(c->a, &names, ",") : NULL;
}

/* A build is for one platform unless it is told otherwise, and so are the jobs. */
static void plan_tell_platforms(struct cli *c, const struct fleet_plan *p)
{
	const struct plan_options *o = c->options;
	struct strings missing = { 0 };

	list_each(x, p) {
		for (size_t i = 0; !o->platforms.n && i < x->platforms.n; i++) {
			const struct platform *one = x->platforms.v[i];

			if (one != platform_of_compilers() && !strings_has(&missing, one->name))
				*list_push(c->a, &missing) = one->name;
		}
	}
	if (missing.n)
		progress_note(c->progress,
			      "the jobs build for %s alone; images.json lists %s, too: "
			      "--platform says for which they build",
			      platform_of_compilers()->name, strings_join(c->a, &missing, ", "));
}

/* Leaves out what a registry has as it would be now. The jobs are then given the recipes that are
 * left: the registry changes while they run, and each of them must have the same plan. */
static bool plan_leave_out(struct cli *c, struct strings *recipes, struct plan_report *r,
			   struct error *e)
{
	const struct plan_options *o = c->options;
	struct pushed_missing *missing = arena_alloc(c->a, sizeof(*missing));
	struct session_options session;

	if (!o->against)
		return true;
	if (!registry_settings(c, &o->registry, &session, e) ||
	    !pushed_images_missing(c->a,
				   &(struct pushed_order){ o->against, &session, &o->platforms },
				   recipes, missing, e))
		return false;
	progress_note(
		c->progress, "%zu of %zu recipes are to be built, by what %s has%s",
		missing->recipes.n, recipes->n, o->against,
		missing->with_files
			? arena_printf(c->a,
				       "; %zu of these always, for files of the repository in "
				       "them",
				       missing->with_files)
			: "");
	strings_sort(&missing->recipes);
	*recipes = missing->recipes;
	r->operands = &missing->recipes;
	r->listed = true;
	return true;
}

static bool plan_run(struct cli *c, struct error *e)
{
	static const char *const all[] = { "images.json" };
	const struct plan_options *o = c->options;
	const struct strings catalogue = { (const char **)(uintptr_t)all, 1, 1 };
	struct strings recipes = { 0 };
	struct fleet_plan p;
	struct plan_report r = { .plan = &p,
				 .operands = c->operands.n ? &c->operands : &catalogue,
				 .image = o->image,
				 .platforms = plan_name_platforms(c) };

	if ((o->format == PLAN_K8S || o->format == PLAN_TEKTON) && !o->image)
		return err_set(
			e, ERR_USAGE,
			"plan: --format %s needs --job-image IMAGE, an image with imgbuild in it",
			plan_formats[o->format - 1]);
	if (!catalogue_recipes(c->a, r.operands, &recipes, e) ||
	    !plan_check_platforms(c, &recipes, e) || !plan_leave_out(c, &recipes, &r, e))
		return false;
	plan_make(c->a, &recipes, o->shards ? o->shards : 1, &p);
	list_each(x, &p) {
		if (x->fault) {
			*e = *x->fault;
			return false;
		}
		if (o->platforms.n)
			x->platforms = o->platforms;
	}
	if (!plan_check_names(c->a, &p, e))
		return false;
	plan_tell_platforms(c, &p);
	plan_printers[c->json && o->format == PLAN_TEXT ? PLAN_JSON : o->format](c->a, &r, c->out);
	return true;
}

static const struct option_row plan_options[] = {
	{ "--shards", 0, "N", "for N machines", .otherwise = "1",
	  OPTION_IS_READ(struct plan_options, shards, shards_read) },
	{ "--format", 0, "FORMAT",
	  "how the plan is printed; github: a matrix for each wave; gitlab: a child pipeline; k8s: Indexed Jobs; slurm: a script that calls sbatch; tekton: a Pipeline",
	  OPTION_IS_CHOICE(struct plan_options, format, plan_formats), .initial = "text" },
	{ "--against", 0, "PREFIX",
	  "leave out what docker://HOST[/PATH] has already, as PREFIX/NAME:TAG, made from the same recipe and locks",
	  OPTION_IS_TEXT(struct plan_options, against) },
	{ "--platform", 0, "LIST", "the jobs build for it, or for several with commas between",
	  OPTION_IS_READ(struct plan_options, platforms, platforms_read), .word = WORD_PLATFORM,
	  .otherwise = "linux/amd64; with --against all that images.json lists must be there" },
	{ "--job-image", 0, "IMAGE", "an image with imgbuild, for gitlab, k8s and tekton",
	  OPTION_IS_TEXT(struct plan_options, image) },
	REGISTRY_ROWS(struct plan_options, registry),
	{ NULL },
};

const struct command cmd_plan = {
	.name = "plan",
	.summary = "say which machine builds which images",
	.operands = { { "[RECIPE.json...]", WORD_RECIPE } },
	.examples = "plan images.json --shards 12\n"
		    "plan images.json --shards 12 --format github\n"
		    "plan images.json --shards 12 --against docker://registry.example/team",
	.text = "The first wave has each compiled source once, by the locks; the second has the other "
		"images, which find it in the store that the machines share. A build takes "
		"one part as its shard. Parts hang on the paths of recipes alone, not on their order.",
	.options = plan_options,
	.options_size = sizeof(struct plan_options),
	.run = plan_run,
};
