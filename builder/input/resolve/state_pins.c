/* SPDX-License-Identifier: Apache-2.0 */
/* Packages of locks as candidates: of the lock there was, of bases, and of images of others. */

#include "input/resolve/state_pins.h"

#include "input/lock/base_locks.h"

const struct suite *state_suite(const struct archive_state *s, const struct locked_state *l)
{
	const struct archive *archive = s->order->recipe->archive;

	for (size_t i = 0; l && i < archive->suites.n; i++) {
		const struct suite *suite = &archive->suites.v[i];

		if (strcmp(suite->archive, l->archive) == 0 &&
		    strcmp(suite->codename, l->codename) == 0)
			return suite;
	}
	return NULL;
}

bool state_has_own_tools(const struct archive_state *s)
{
	return s->tools.arch && strcmp(s->tools.arch, s->index.arch) == 0;
}

bool state_needs_tools(const struct lock_order *o)
{
	AUTO_ARENA scratch = { 0 };
	struct source_list sources = { 0 };
	bool on_image = false;

	for (size_t i = 0; i < o->bases.n; i++)
		on_image |= o->bases.v[i]->of_image;
	recipe_sources(&scratch, o->recipe, &sources);
	for (size_t i = 0; i < o->recipe->variants.n; i++)
		recipe_sources(&scratch, o->recipe->variants.v[i], &sources);
	return o->platform != platform_of_compilers() || (on_image && sources.n > 0);
}

/* Of two packages of one name the tool is not a candidate for an image, nor the other a tool. */
static void add_pins(struct archive_state *s, const struct lock *from, bool of_image, bool tools)
{
	struct index *x = tools ? &s->tools : &s->index;

	for (size_t i = 0; i < from->packages.n; i++) {
		const struct locked_package *p = &from->packages.v[i];
		const struct suite *suite = state_suite(s, p->state);

		if (suite && !strings_has(&s->released, p->name) &&
		    (of_image ? package_has_role(p, "image")
			      : !strings_has(&s->moving, p->name) &&
					(tools ||
					 !bases_package(&s->order->bases, p->name, NULL))) &&
		    (strcmp(p->architecture, "all") == 0 || state_has_own_tools(s) ||
		     lock_is_tool(from, p) == tools))
			index_add_pin(x, suite, p);
	}
}

/* The same package in the lock there was: for files of it that the image lacks. */
static const struct locked_package *image_pin(const struct archive_state *s,
					      const struct locked_package *p)
{
	const struct lock *old = s->order->update ? s->order->old : NULL;
	const struct locked_package *q = old && p->partial ? lock_package(old, p->name) : NULL;

	return q && strcmp(q->version, p->version) == 0 && state_suite(s, q->state) ? q : p;
}

/* What an image has is of no suite; for messages it counts as of the first. */
static void add_image_pins(struct archive_state *s, const struct lock *image)
{
	for (size_t i = 0; i < image->packages.n; i++) {
		const struct locked_package *p = image_pin(s, &image->packages.v[i]);

		if (!strings_has(&s->released, p->name))
			index_add_pin(&s->index,
				      p->state ? state_suite(s, p->state)
					       : &s->order->recipe->archive->suites.v[0],
				      p);
	}
}

void state_complete_pins(struct archive_state *s)
{
	for (size_t i = 0; i < s->index.pins.n; i++) {
		const struct index_package *p = index_chosen(&s->index, s->index.pins.v[i]);
		struct index_package *const *v;
		size_t n = 0;

		v = index_is_of_image(p) && p->pin->partial ? index_versions(&s->index, p->name, &n)
							    : NULL;
		for (size_t k = 0; k < n; k++) {
			if (!v[k]->pin && str_eq(v[k]->version, p->version) &&
			    str_eq(v[k]->architecture, p->architecture))
				index_choose(&s->index, v[k]);
		}
	}
}

void state_pin(struct archive_state *s, bool tools)
{
	const struct lock_order *o = s->order;

	for (size_t i = 0; i < o->bases.n; i++) {
		if (!o->bases.v[i]->of_image)
			add_pins(s, o->bases.v[i], true, tools);
		else if (!tools)
			add_image_pins(s, o->bases.v[i]);
	}
	if (o->old && o->update)
		add_pins(s, o->old, false, tools);
}
