/* SPDX-License-Identifier: Apache-2.0 */
/* From a layer's name to lines of recipes. The names are those that compose.c gives. */

#include "explain/origin.h"

#include <unistd.h>

#include "format/debian/debian_names.h"
#include "input/lock/lock_variants.h"
#include "input/resolve/taken_depends.h"
#include "inspect/model/packages.h"
#include "make/scripts/script_effects.h"
#include "make/tree/layer_name.h"
#include "make/tree/path_select.h"

#define LAYER_PREFIX "imgbuild layer "
#define RECORDS "var/lib/dpkg/status.d/"
#define LOCALES "usr/lib/locale/"

bool makings_load(struct arena *a, const struct recipe *r, const struct platform *p,
		  struct makings *out, struct error *e)
{
	for (r = recipe_for(a, r, p); r; r = r->base) {
		struct making *m = list_push(a, out);
		struct lock whole;

		m->recipe = r;
		if (!lock_load(a, recipe_lock_path(a, r, p), &whole, e))
			return false;
		m->lock = lock_of_variant(a, &whole, r);
	}
	return true;
}

const char *origin_layer(const struct model *m, const struct item *i)
{
	const char *line = m->image->layers.v[i->layer].created_by;
	size_t n = strlen(LAYER_PREFIX);

	return line && strncmp(line, LAYER_PREFIX, n) == 0 && strchr(line + n, '/') ? line + n
										    : NULL;
}

/* The recipe that a layer is of, or NULL; *part: which of its parts. */
static const struct making *origin_making(const struct makings *makings, const char *layer,
					  struct str *part)
{
	struct str recipe;

	if (!layer || !str_cut(str_of(layer), '/', &recipe, part))
		return NULL;
	for (size_t i = 0; i < makings->n; i++) {
		if (str_eq(recipe, str_of(makings->v[i].recipe->name)))
			return &makings->v[i];
	}
	return NULL;
}

bool origin_is_needed(const struct makings *makings, const struct model *m, const struct item *i)
{
	const char *layer = origin_layer(m, i);
	const struct locked_package *p = NULL;
	const struct making *by;
	struct str part;

	by = origin_making(makings, layer, &part);
	if (by && by->recipe->by_source && i->package)
		p = lock_package(&by->lock, i->package->name);
	return p ? !package_has_role(p, "image")
		 : layer && str_ends(str_of(layer), STR("/" LAYER_LIBRARIES));
}

/* What the explanation of one item is made with. */
struct inquiry {
	struct arena *a;
	const struct making *by;
	const struct item *item;
	struct reasons *out;
};

static void origin_say(struct inquiry *q, const struct place *at, const char *text)
{
	*list_push(q->a, q->out) = (struct reason){ text, at ? place_format(q->a, at) : NULL,
						    at ? place_format_first(q->a, at) : NULL };
}

static void say_locked(struct inquiry *q, const char *text)
{
	*list_push(q->a, q->out) = (struct reason){ .text = text, .place = q->by->lock.file };
}

static const char *matching_pattern(const struct globs *patterns, const char *path)
{
	for (size_t i = 0; i < patterns->n; i++)
		if (glob_match(patterns->v[i].text, path))
			return patterns->v[i].text;
	return NULL;
}

/* The line of the lock about the item's package; `chosen`: a recipe asks for it. */
static void say_package(struct inquiry *q, bool chosen)
{
	const struct package *p = q->item->package;
	const struct locked_package *l = p ? lock_package(&q->by->lock, p->name) : NULL;

	if (l)
		say_locked(q, arena_printf(q->a, "package %s %s of %s%s%s", l->name, l->version,
					   l->state->codename, chosen ? ", " : "",
					   chosen ? l->why : ""));
}

/* The provider of a component that the lock chose, or NULL. */
static const struct provider *locked_provider(const struct component *c,
					      const struct locked_component *l)
{
	return l && l->provider < c->providers.n ? &c->providers.v[l->provider] : NULL;
}

static void say_provider(struct inquiry *q, const struct component *c)
{
	const struct locked_component *l = lock_component(&q->by->lock, c->name);
	const struct provider *p = locked_provider(c, l);

	if (!p)
		return;
	if (p->source && p->source->unpack.form)
		origin_say(q, &p->at,
			   arena_printf(q->a, "downloaded from %s",
					p->source->local ? p->source->local
							 : p->source->urls.v[0]));
	else if (p->source)
		origin_say(q, &p->at, arena_printf(q->a, "compiled from %s", p->source->file));
	else
		origin_say(q, &p->at, "taken from packages");
	say_locked(q, l->reason);
	if (!p->source)
		say_package(q, true);
}

/* Why a component has the item: a pattern, an alternative, or what comes along with files. */
static void from_component(struct inquiry *q, const struct component *c)
{
	const struct locked_component *l = lock_component(&q->by->lock, c->name);
	const struct provider *p = locked_provider(c, l);
	const char *path = q->item->path, *pattern = matching_pattern(&c->keep, path);

	for (size_t i = 0; p && i < p->alternatives.n; i++)
		if (strcmp(p->alternatives.v[i].path + 1, path) == 0)
			origin_say(q, &p->alternatives.v[i].at,
				   "an alternative that the recipe names");
	if (!pattern && p)
		pattern = matching_pattern(&p->keep, path);
	if (strncmp(path, RECORDS, strlen(RECORDS)) == 0)
		origin_say(q, &c->at,
			   arena_printf(q->a,
					"a record for scanners of what component "
					"%s brings",
					c->name));
	else if (pattern)
		origin_say(q, &c->at,
			   arena_printf(q->a, "component %s keeps \"%s\"", c->name, pattern));
	else if (c->keep.n == 0 && (!p || p->keep.n == 0))
		origin_say(q, &c->at, arena_printf(q->a, "component %s keeps everything", c->name));
	else
		origin_say(q, &c->at,
			   arena_printf(q->a,
					"it comes along with what component %s "
					"keeps",
					c->name));
	say_provider(q, c);
}

static void from_programs(struct inquiry *q)
{
	const struct recipe *r = q->by->recipe;

	for (size_t i = 0; i < r->programs.n; i++) {
		const struct program *p = &r->programs.v[i];

		if (strcmp(p->to + 1, q->item->path) == 0)
			origin_say(q, &p->at,
				   arena_printf(q->a, "a program of the recipe, compiled from %s",
						builtin_shown(q->a, r->data,
							      p->source->trees.n
								      ? p->source->trees.v[0]
								      : p->source->file)));
	}
	if (q->out->n == 0 && q->item->type == ITEM_DIR)
		origin_say(q, r->programs.n ? &r->programs.v[0].at : NULL,
			   "it holds a program of the recipe");
}

static bool from_links_and_dirs(struct inquiry *q)
{
	const struct recipe *r = q->by->recipe;

	for (size_t i = 0; i < r->dirs.n; i++)
		if (strcmp(r->dirs.v[i].path + 1, q->item->path) == 0) {
			origin_say(q, &r->dirs.v[i].at, "a folder of the recipe");
			return true;
		}
	for (size_t i = 0; i < r->links.n; i++)
		if (strcmp(r->links.v[i].path + 1, q->item->path) == 0) {
			origin_say(q, &r->links.v[i].at, "a link of the recipe");
			return true;
		}
	return false;
}

/* The entry of `files` whose folder or file it is; the longest target wins. */
static bool from_files(struct inquiry *q)
{
	const struct recipe *r = q->by->recipe;
	const struct file_spec *best = NULL;

	for (size_t i = 0; i < r->files.n; i++) {
		const struct file_spec *f = &r->files.v[i];
		const char *to = f->to + 1;
		bool here = strcmp(to, q->item->path) == 0 || path_below(q->item->path, to);
		const char *below = q->item->path + strlen(to);

		if (!here || (best && strlen(best->to) >= strlen(f->to)))
			continue;
		/* a file of this name must be there, or the entry is about others */
		if (strcmp(to, q->item->path) == 0 ||
		    access(arena_printf(q->a, "%s/%s", f->from, below), F_OK) == 0)
			best = f;
	}
	if (best)
		origin_say(q, &best->at,
			   arena_printf(q->a, "copied from %s",
					builtin_shown(q->a, r->data, best->from)));
	return best != NULL;
}

/* The bundle, Java's trust store, and the licence of the certificates. */
static bool origin_is_of_bundle(const struct inquiry *q)
{
	return q->by->recipe->effects.ca_bundle.asked &&
	       (effects_is_of_bundle(q->item->path) || strstr(q->item->path, "ca-certificates"));
}

/* Of a path below LOCALES. */
static const char *origin_locale_package(struct arena *a, const char *path)
{
	const char *folder = path + strlen(LOCALES);

	return name_locale_package(arena_strndup(a, folder, strcspn(folder, "/")));
}

/* "package ca-certificates and certs/corp.pem" */
static const char *origin_bundle_sources(struct inquiry *q)
{
	const struct recipe *r = q->by->recipe;
	const struct ca_bundle *b = &r->effects.ca_bundle;
	struct strings all = { 0 };

	*list_push(q->a, &all) = b->package ? arena_printf(q->a, "package %s", b->package)
					    : "what the base has";
	list_each(file, &b->files)
		*list_push(q->a, &all) = recipe_shown_path(q->a, r, *file);
	return strings_join(q->a, &all, " and ");
}

/* What imgbuild makes itself, and for which line. */
static void made_here(struct inquiry *q)
{
	const struct recipe *r = q->by->recipe;
	const char *path = q->item->path;

	if (strcmp(path, "etc/ld.so.cache") == 0)
		origin_say(q, NULL,
			   arena_printf(q->a, "made here: \"ld-so-cache\" of %s",
					recipe_shown(q->a, r)));
	else if (strcmp(path, "etc/passwd") == 0 && r->users.n)
		origin_say(q, &r->users.v[0].at, "made here, from the recipe's users");
	else if (strcmp(path, "etc/group") == 0 && r->groups.n)
		origin_say(q, &r->groups.v[0].at, "made here, from the recipe's groups");
	else if (origin_is_of_bundle(q))
		origin_say(q, &r->effects.ca_bundle.at,
			   arena_printf(q->a, "made here: \"ca-bundle\" of %s, from %s",
					recipe_shown(q->a, r), origin_bundle_sources(q)));
	else if (r->effects.locales.n && strncmp(path, LOCALES, strlen(LOCALES)) == 0)
		origin_say(q, &r->effects.locales_at,
			   arena_printf(q->a, "made here: \"locales\" of %s, from package %s",
					recipe_shown(q->a, r), origin_locale_package(q->a, path)));
	else if (r->effects.bytecode && str_ends(str_of(path), STR(".pyc")))
		origin_say(q, &r->effects.bytecode->at,
			   arena_printf(q->a, "made here: \"python-bytecode\" of %s",
					recipe_shown(q->a, r)));
	else if (strncmp(path, RECORDS, strlen(RECORDS)) == 0)
		origin_say(q, NULL, "a record for scanners");
	else if (q->item->type == ITEM_DIR)
		origin_say(q, NULL,
			   arena_printf(q->a, "it holds files of %s", recipe_shown(q->a, r)));
	else
		origin_say(q, NULL, arena_printf(q->a, "made here for %s", recipe_shown(q->a, r)));
	say_package(q, true);
}

static void explain_part(struct inquiry *q, const char *part)
{
	const struct recipe *r = q->by->recipe;

	if (strcmp(part, LAYER_LIBRARIES) == 0) {
		origin_say(q, NULL,
			   arena_printf(q->a, "%s that files of %s need",
					q->item->elf ? "a library"
						     : "it belongs to a "
						       "library",
					r->name));
		say_package(q, false);
	} else if (strcmp(part, LAYER_PROGRAMS) == 0) {
		from_programs(q);
	} else if (strcmp(part, LAYER_FILES) == 0) {
		if (!from_links_and_dirs(q) && !from_files(q))
			made_here(q);
	} else if (strcmp(part, LAYER_BYTECODE) == 0) {
		made_here(q);
	}
	for (size_t i = 0; i < r->components.n; i++)
		if (strcmp(r->components.v[i].name, part) == 0)
			from_component(q, &r->components.v[i]);
}

/* Whether a component brought the item, as far as the package tells that it is of. */
static bool origin_has_package(struct inquiry *q, const struct component *c)
{
	const struct locked_component *l = lock_component(&q->by->lock, c->name);
	const struct provider *p = l && l->provider < c->providers.n ? &c->providers.v[l->provider]
								     : NULL;
	const struct package *of = q->item->package;
	const struct locked_package *locked = of ? lock_package(&q->by->lock, of->name) : NULL;

	if (!p)
		return false;
	if (p->source)
		return matching_pattern(&c->keep, q->item->path) ||
		       matching_pattern(&p->keep, q->item->path) ||
		       (of && p->source->package && strcmp(of->name, p->source->package) == 0);
	return of && (strings_has(&p->packages, of->name) ||
		      (locked && package_has_role(locked, depends_role(q->a, c))));
}

/* Of a layer that has packages of all components: the package tells which it is. */
static void explain_source_part(struct inquiry *q)
{
	const struct recipe *r = q->by->recipe;
	size_t before = q->out->n;

	for (size_t i = 0; i < r->components.n; i++) {
		if (origin_has_package(q, &r->components.v[i]))
			from_component(q, &r->components.v[i]);
	}
	if (q->out->n == before)
		explain_part(q, origin_is_of_bundle(q) ? LAYER_FILES : LAYER_LIBRARIES);
}

/* What no layer of ours has is part of the image at the bottom. */
static void from_image(struct arena *a, const struct makings *makings, const struct item *i,
		       struct reasons *out)
{
	const struct making *lowest = makings->n ? &makings->v[makings->n - 1] : NULL;
	const struct base_image *image = lowest ? lowest->recipe->base_image : NULL;
	struct inquiry q = { a, lowest, i, out };

	if (!image)
		return;
	origin_say(&q, &image->at, arena_printf(a, "part of the base image %s", image->text));
	if (lowest->lock.base)
		say_locked(&q, arena_printf(a, "which is sha256:%s",
					    digest_hex_dup(a, &lowest->lock.base->digest)));
	if (i->package)
		say_locked(&q, arena_printf(a, "package %s %s, as its records say",
					    i->package->name, i->package->version));
}

void origin_of(struct arena *a, const struct makings *makings, const struct model *m,
	       const struct item *i, struct reasons *out)
{
	struct str part;
	struct inquiry q = { a, origin_making(makings, origin_layer(m, i), &part), i, out };
	const char *name;

	if (!q.by) {
		from_image(a, makings, i, out);
		return;
	}
	name = str_dup(a, part);
	if (q.by->recipe->by_source && strcmp(name, LAYER_FILES) != 0 &&
	    strcmp(name, LAYER_PROGRAMS) != 0)
		explain_source_part(&q);
	else
		explain_part(&q, name);
}
