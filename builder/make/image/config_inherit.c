/* SPDX-License-Identifier: Apache-2.0 */
/* A recipe's settings over those of its bases. Pure: recipes in, settings out. */

#include "make/image/config_text.h"

#include "input/recipe/variables.h"

static void inherit_variables(struct arena *a, struct variables *to, const struct variables *from)
{
	for (size_t i = 0; i < from->n; i++)
		variables_set(a, to, from->v[i]);
}

static void inherit_strings(struct arena *a, struct strings *to, const struct strings *more)
{
	list_append(a, to, more);
	strings_sort(to);
	strings_unique(to);
}

static void inherit_text(const char **to, const char *own)
{
	if (own)
		*to = own;
}

/* One recipe's settings over what it stands on. */
static void lay_over(struct arena *a, const struct image_config *own, struct image_config *out)
{
	inherit_variables(a, &out->env, &own->env);
	inherit_variables(a, &out->labels, &own->labels);
	inherit_strings(a, &out->expose, &own->expose);
	inherit_strings(a, &out->volumes, &own->volumes);
	inherit_text(&out->user, own->user);
	inherit_text(&out->workdir, own->workdir);
	inherit_text(&out->stop_signal, own->stop_signal);
	if (own->health.present)
		out->health = own->health;
	if (own->entrypoint.n) {
		out->entrypoint = own->entrypoint;
		out->cmd = (struct strings){ 0 };
	}
	if (own->cmd.n)
		out->cmd = own->cmd;
}

void image_effective_config(struct arena *a, const struct recipe *r,
			    const struct image_config *below, struct image_config *out)
{
	struct LIST(const struct recipe *) chain = { 0 };

	*out = (struct image_config){ 0 };
	if (below)
		lay_over(a, below, out);
	for (const struct recipe *p = r; p; p = p->base)
		*list_push(a, &chain) = p;
	while (chain.n)
		lay_over(a, &chain.v[--chain.n]->config, out);
	variables_sort(&out->labels);
}
