/* SPDX-License-Identifier: Apache-2.0 */
/* imgbuild plan [RECIPE...] */

#include "cli/catalogue_operand.h"
#include "cli/commands.h"
#include "cli/shard_option.h"
#include "format/json/jsonw.h"
#include "line/plan.h"

enum plan_format { PLAN_TEXT = 1, PLAN_JSON, PLAN_GITHUB };

static const char *const plan_formats[] = { "text", "json", "github", NULL };

struct plan_options {
	unsigned shards, format;
};

static const char *const wave_titles[] = {
	[PLAN_COMPILES] = "what compiles something that nobody else in it compiles",
	[PLAN_IMAGES] = "the others",
};

static void plan_print_text(FILE *out, const struct fleet_plan *p)
{
	for (unsigned wave = PLAN_COMPILES; wave <= PLAN_IMAGES; wave++) {
		fprintf(out, "wave %u: %s\n", wave, wave_titles[wave]);
		for (unsigned shard = 1; shard <= p->shards; shard++) {
			list_each(x, p) {
				if (x->wave == wave && x->shard == shard)
					fprintf(out, "  %u/%u  %s  %s\n", shard, p->shards, x->name,
						x->recipe);
			}
		}
	}
}

static void plan_put_image(struct jsonw *w, const struct planned *x)
{
	jsonw_object(w, NULL);
	jsonw_cstr(w, "name", x->name);
	jsonw_cstr(w, "recipe", x->recipe);
	jsonw_array_inline(w, "platforms");
	for (size_t i = 0; i < x->platforms.n; i++)
		jsonw_cstr(w, NULL, x->platforms.v[i]->name);
	jsonw_array_end(w);
	jsonw_strings(w, "compiles", &x->compiles);
	jsonw_u64(w, "wave", x->wave);
	jsonw_u64(w, "shard", x->shard);
	jsonw_object_end(w);
}

static void plan_put_json(struct jsonw *w, const struct fleet_plan *p)
{
	jsonw_u64(w, "shards", p->shards);
	jsonw_array(w, "images");
	list_each(x, p)
		plan_put_image(w, x);
	jsonw_array_end(w);
}

/* A matrix for GitHub Actions (strategy.matrix): the parts of each wave that have something in
 * them. */
static void plan_put_github(struct jsonw *w, const struct fleet_plan *p)
{
	for (unsigned wave = PLAN_COMPILES; wave <= PLAN_IMAGES; wave++) {
		jsonw_object(w, wave == PLAN_COMPILES ? "compiles" : "images");
		jsonw_array(w, "shard");
		for (unsigned shard = 1; shard <= p->shards; shard++) {
			bool any = false;

			list_each(x, p)
				any |= x->wave == wave && x->shard == shard;
			if (any)
				jsonw_printf(w, NULL, "%u/%u", shard, p->shards);
		}
		jsonw_array_end(w);
		jsonw_object_end(w);
	}
}

static bool plan_run(struct cli *c, struct error *e)
{
	static const char *const all[] = { "images.json" };
	const struct plan_options *o = c->options;
	const struct strings catalogue = { (const char **)(uintptr_t)all, 1, 1 };
	struct buf text = { .a = c->a };
	struct strings recipes = { 0 };
	struct jsonw w;
	struct fleet_plan p;

	if (!catalogue_recipes(c->a, c->operands.n ? &c->operands : &catalogue, &recipes, e) ||
	    !plan_make(c->a, &recipes, o->shards ? o->shards : 1, &p, e))
		return false;
	if (o->format == PLAN_TEXT && !c->json) {
		plan_print_text(c->out, &p);
		return true;
	}
	jsonw_init(&w, &text, o->format != PLAN_GITHUB);
	jsonw_object(&w, NULL);
	if (o->format == PLAN_GITHUB)
		plan_put_github(&w, &p);
	else
		plan_put_json(&w, &p);
	jsonw_object_end(&w);
	jsonw_finish(&w);
	fprintf(c->out, "%s%s", buf_cstr(&text), o->format == PLAN_GITHUB ? "\n" : "");
	return true;
}

static const struct option_row plan_options[] = {
	{ "--shards", 0, "N", "for N machines", .otherwise = "1",
	  OPTION_IS_READ(struct plan_options, shards, shards_read) },
	{ "--format", 0, "FORMAT", "how the plan is printed; github: a matrix for each wave",
	  OPTION_IS_CHOICE(struct plan_options, format, plan_formats), .initial = "text" },
	{ NULL },
};

const struct command cmd_plan = {
	.name = "plan",
	.summary = "say which machine builds which images",
	.operands = { { "[RECIPE.json...]", WORD_RECIPE } },
	.examples = "images.json --shards 12\nimages.json --shards 12 --format github",
	.text = "The first wave has each compiled source once, by the locks; the second has the other "
		"images, which find it in the store that the machines share. A build takes "
		"one part as its shard. Parts hang on the paths of recipes alone, not on their order.",
	.options = plan_options,
	.options_size = sizeof(struct plan_options),
	.run = plan_run,
};
