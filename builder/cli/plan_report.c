/* SPDX-License-Identifier: Apache-2.0 */
/* What people and programs read of a plan. */

#include "cli/plan_report.h"

#include "format/json/jsonw.h"

static const char *const wave_titles[] = {
	[PLAN_COMPILES] = "each compiled source once; run it to its end first",
	[PLAN_IMAGES] = "the others",
};

const char *plan_wave_name(enum plan_wave wave)
{
	return wave == PLAN_COMPILES ? "compiles" : "images";
}

/* Whether a part of a wave has an image. */
static bool plan_has_part(const struct fleet_plan *p, enum plan_wave wave, unsigned shard)
{
	list_each(x, p) {
		if (x->wave == wave && x->shard == shard)
			return true;
	}
	return false;
}

void plan_list_parts(struct arena *a, const struct fleet_plan *p, enum plan_wave wave,
		     struct strings *out)
{
	for (unsigned shard = 1; shard <= p->shards; shard++) {
		if (plan_has_part(p, wave, shard))
			*list_push(a, out) = arena_printf(a, "%u/%u", shard, p->shards);
	}
}

struct strings plan_command(struct arena *a, const struct plan_report *r, const char *shard,
			    enum plan_wave wave)
{
	struct strings words = { 0 };

	*list_push(a, &words) = "imgbuild";
	*list_push(a, &words) = "build";
	list_append(a, &words, r->operands);
	if (r->platforms) {
		*list_push(a, &words) = "--platform";
		*list_push(a, &words) = r->platforms;
	}
	*list_push(a, &words) = "--shard";
	*list_push(a, &words) = shard;
	*list_push(a, &words) = "--wave";
	*list_push(a, &words) = wave == PLAN_COMPILES ? "1" : "2";
	return words;
}

void plan_print_text(struct arena *a, const struct plan_report *r, FILE *out)
{
	const struct fleet_plan *p = r->plan;

	(void)a;
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

void plan_print_json(struct arena *a, const struct plan_report *r, FILE *out)
{
	struct buf text = { .a = a };
	struct jsonw w;

	jsonw_init(&w, &text, true);
	jsonw_object(&w, NULL);
	jsonw_u64(&w, "shards", r->plan->shards);
	jsonw_array(&w, "images");
	list_each(x, r->plan)
		plan_put_image(&w, x);
	jsonw_array_end(&w);
	jsonw_object_end(&w);
	jsonw_finish(&w);
	fprintf(out, "%s", buf_cstr(&text));
}

/* A matrix for GitHub Actions (strategy.matrix): the parts of each wave that have something in
 * them. One line, for $GITHUB_OUTPUT. */
void plan_print_github(struct arena *a, const struct plan_report *r, FILE *out)
{
	struct buf text = { .a = a };
	struct jsonw w;

	jsonw_init(&w, &text, false);
	jsonw_object(&w, NULL);
	for (unsigned wave = PLAN_COMPILES; wave <= PLAN_IMAGES; wave++) {
		struct strings parts = { 0 };

		plan_list_parts(a, r->plan, wave, &parts);
		jsonw_object(&w, plan_wave_name(wave));
		jsonw_strings(&w, "shard", &parts);
		jsonw_object_end(&w);
	}
	if (r->listed)
		jsonw_strings(&w, "recipes", r->operands);
	jsonw_object_end(&w);
	jsonw_finish(&w);
	fprintf(out, "%s\n", buf_cstr(&text));
}
