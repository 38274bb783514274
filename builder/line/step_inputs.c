/* SPDX-License-Identifier: Apache-2.0 */
/* What steps are made from, in the words of recipes. Decides nothing: keys do that. */

#include "line/step_inputs.h"

#include "make/layer/layer_blob.h"
#include "make/layer/layer_key.h"

#define PATHS_MAX 500 /* more files of one recipe entry count as one input */

static struct history history_of(const struct build_order *o)
{
	return (struct history){ .store = o->store,
				 .progress = o->progress,
				 .explain = o->compile.explain,
				 .aside = o->aside };
}

bool changes_packages(const struct build_order *o, const struct chain *c, const struct stage *s,
		      struct error *e)
{
	AUTO_ARENA a = { 0 };
	const struct history h = history_of(o);
	const struct history_step step = { "packages", s->recipe->file, c->platform->name,
					   recipe_title(&a, s->recipe) };
	struct history_inputs in = { 0 };
	bool same;

	for (size_t i = 0; i < s->lock.packages.n; i++) {
		const struct locked_package *p = &s->lock.packages.v[i];

		if (package_has_role(p, "image") || package_has_role(p, "library") ||
		    package_has_role(p, "image-data"))
			*list_push(&a, &in) = (struct history_input){
				.name = arena_printf(&a, "package %s", p->name),
				.version = p->version,
				.value = digest_hex_dup(&a, &p->file.sha256)
			};
	}
	if (in.n == 0)
		return true;
	return history_same(&h, &step, &in, &same, e) &&
	       history_tell(&h, &step, &in, NULL, same, e) && history_note(&h, &step, &in, NULL, e);
}

/* What one owner brings to a layer: one input, for its files come and go together. */
struct share {
	const struct owner *owner;
	struct buf digests;
};

struct shares LIST(struct share);

static bool is_one_owner(const struct owner *x, const struct owner *y)
{
	return x == y || (x->kind == y->kind && strcmp(x->name, y->name) == 0);
}

static struct share *share_of(struct arena *a, struct shares *all, const struct owner *owner)
{
	struct share *s;

	for (size_t i = 0; i < all->n; i++) {
		if (is_one_owner(all->v[i].owner, owner))
			return &all->v[i];
	}
	s = list_push(a, all);
	*s = (struct share){ owner, { .a = a } };
	return s;
}

static void add_shares(struct arena *a, const struct shares *all, struct history_inputs *in)
{
	static const char *const kinds[] = { "package", "source", "recipe entry", "imgbuild's",
					     "the base image" };

	for (size_t i = 0; i < all->n; i++) {
		const struct owner *o = all->v[i].owner;
		struct digest d = digest_of(buf_str(&all->v[i].digests));
		const char *name = arena_printf(a, "%s %s", kinds[o->kind], o->name);

		*list_push(a, in) = (struct history_input){ .name = name,
							    .version = o->version ? o->version : "",
							    .value = digest_hex_dup(a, &d),
							    .part = arena_printf(a, "files of %s",
										 name),
							    .place = o->why };
	}
}

static bool is_in_layer(const struct node *n, const char *layer)
{
	return !n->implied && n->owner->layer && strcmp(n->owner->layer, layer) == 0;
}

/* Files of the recipe and those made here are named one by one, if they are not too many. */
static bool add_nodes(struct arena *a, const struct tree *t, const char *layer,
		      struct history_inputs *in, struct error *e)
{
	struct shares shares = { 0 };
	size_t paths = 0;

	for (size_t i = 0; i < t->n; i++) {
		const struct node *n = t->v[i];
		bool by_path = n->owner->kind == OWNER_RECIPE || n->owner->kind == OWNER_GENERATED;
		struct digest d;

		if (!is_in_layer(n, layer))
			continue;
		if (!layer_node_key(n, &d, e))
			return false;
		if (by_path && paths++ < PATHS_MAX)
			*list_push(a, in) = (struct history_input){ .name = arena_printf(a, "/%s",
											 n->path),
								    .version = "",
								    .value = digest_hex_dup(a, &d),
								    .place = n->owner->why };
		else
			buf_puts(&share_of(a, &shares, n->owner)->digests, digest_hex_dup(a, &d));
	}
	add_shares(a, &shares, in);
	return true;
}

bool changes_layers(const struct build_order *o, const struct chain *c, const struct stage *s,
		    const struct tree *t, const struct layers *own, struct error *e)
{
	const struct recipe *r = s->recipe;
	const struct history h = history_of(o);
	struct compressor with = *c->compressor;

	with.format = r->compression;
	for (size_t i = 0; i < own->v.n; i++) {
		AUTO_ARENA a = { 0 };
		const struct layer *l = &own->v.v[i];
		const struct history_step step = {
			"layer", r->file, c->platform->name,
			r->variant ? arena_printf(&a, "%s of %s", l->name, r->variant) : l->name
		};
		const char *result = digest_hex_dup(&a, &l->digest);
		struct history_inputs in = { 0 };

		*list_push(&a, &in) = (struct history_input){ .name = "compressor",
							      .version = compressor_name(&a, &with),
							      .value = "" };
		*list_push(&a, &in) = (struct history_input){
			.name = "epoch",
			.version = arena_printf(&a, "%llu", (unsigned long long)r->epoch),
			.value = ""
		};
		if (!add_nodes(&a, t, l->name, &in, e) ||
		    !history_tell(&h, &step, &in, result, l->reused, e) ||
		    !history_note(&h, &step, &in, result, e))
			return false;
	}
	return true;
}

bool changes_image(const struct build_order *o, const struct recipe *r,
		   const struct build_result *out, const struct history_inputs *in, struct error *e)
{
	AUTO_ARENA a = { 0 };
	struct history h = history_of(o);
	const struct history_step step = { "image", r->file, platforms_format(&a, &o->platforms),
					   recipe_title(&a, r) };
	const char *result = digest_hex_dup(&a, &out->manifest);

	h.otherwise = o->archive ? "--archive was asked for" : NULL;
	return history_tell(&h, &step, in, result, out->unchanged, e) &&
	       (out->rejected || history_note(&h, &step, in, result, e));
}

static void changes_add_words(struct arena *a, struct history_inputs *out, const char *name,
			      const struct strings *words)
{
	struct buf text = { .a = a };

	for (size_t i = 0; i < words->n; i++)
		buf_printf(&text, "%zu:%s ", strlen(words->v[i]), words->v[i]);
	history_add(a, out, arena_printf(a, "config %s", name), buf_cstr(&text));
}

static void changes_add_variables(struct arena *a, struct history_inputs *out, const char *name,
				  const struct variables *l)
{
	for (size_t i = 0; i < l->n; i++)
		history_add(a, out, arena_printf(a, "config %s %s", name, l->v[i].name),
			    l->v[i].value);
}

static void changes_add_text(struct arena *a, struct history_inputs *out, const char *name,
			     const char *text)
{
	history_add(a, out, arena_printf(a, "config %s", name), text ? text : "");
}

void config_inputs(struct arena *a, const struct recipe *r, struct history_inputs *out)
{
	const struct image_config *c = &r->config;
	const struct healthcheck *health = &c->health;

	changes_add_words(a, out, "entrypoint", &c->entrypoint);
	changes_add_words(a, out, "cmd", &c->cmd);
	changes_add_text(a, out, "user", c->user);
	changes_add_text(a, out, "workdir", c->workdir);
	changes_add_text(a, out, "stop-signal", c->stop_signal);
	changes_add_variables(a, out, "env", &c->env);
	changes_add_variables(a, out, "labels", &c->labels);
	changes_add_variables(a, out, "annotations", &c->annotations);
	changes_add_words(a, out, "expose", &c->expose);
	changes_add_words(a, out, "volumes", &c->volumes);
	changes_add_words(a, out, "healthcheck test", &health->test);
	changes_add_text(a, out, "healthcheck",
			 arena_printf(a, "%d %llu %llu %llu %llu", health->present,
				      (unsigned long long)health->interval_ms,
				      (unsigned long long)health->timeout_ms,
				      (unsigned long long)health->start_period_ms,
				      (unsigned long long)health->retries));
}
