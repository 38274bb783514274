/* SPDX-License-Identifier: Apache-2.0 */
/* Turns what a build lacks into lines for the recipe, and adds them to the recipe in memory for the
 * next round. */

#include "explain/suggest_parts.h"

#include "base/path.h"

#define PROPOSED "proposed by imgbuild lock --suggest, nobody has looked at it yet: "

/* The component of the recipe asked for that has this name, or NULL. */
static struct component *own_component(struct suggesting *s, const struct component *c)
{
	for (size_t i = 0; c && i < s->recipe->components.n; i++) {
		if (strcmp(s->recipe->components.v[i].name, c->name) == 0)
			return &s->recipe->components.v[i];
	}
	return NULL;
}

/* The provider that the lock of this round chose. */
static size_t chosen_provider(const struct suggesting *s, const struct component *c)
{
	const struct locked_component *locked = lock_component(&chain_top(s->chain)->lock, c->name);

	return locked && locked->provider < c->providers.n ? locked->provider : 0;
}

static void suggest_line(struct suggesting *s, const struct component *c, struct edit edit,
			 const char *reason)
{
	struct suggestion *x = list_push(s->a, &s->out->v);

	edit.component = c ? c->name : NULL;
	*x = (struct suggestion){ .edit = edit, .reason = reason };
	x->elsewhere = c && strcmp(c->at.file, s->recipe->file) != 0;
	x->at = c ? c->at : (struct place){ .file = s->recipe->file, .line = 1, .col = 1 };
}

static void suggest_alternative(struct suggesting *s, struct component *c, const char *link,
				const char *target, const char *reason)
{
	size_t chosen = chosen_provider(s, c);
	struct provider *p = &c->providers.v[chosen];

	for (size_t i = 0; i < p->alternatives.n; i++) {
		if (strcmp(p->alternatives.v[i].path, link) == 0)
			return;
	}
	*list_push(s->a, &p->alternatives) = (struct link_spec){ link, target, c->at };
	suggest_line(s, c,
		     (struct edit){ .in_provider = true,
				    .provider = chosen,
				    .keys = { "alternatives", NULL },
				    .member = link,
				    .value = edit_string(s->a, target) },
		     reason);
}

static void suggest_take(struct suggesting *s, struct component *c, const char *package,
			 const char *reason)
{
	for (size_t i = 0; i < c->depends.take.n; i++) {
		if (strcmp(c->depends.take.v[i].pattern, package) == 0)
			return;
	}
	*list_push(s->a, &c->depends.take) = (struct depends_take){ package, c->at };
	suggest_line(s, c,
		     (struct edit){ .keys = { "depends", "take" },
				    .value = edit_string(s->a, package) },
		     reason);
}

static void suggest_keep(struct suggesting *s, struct component *c, const char *path,
			 const char *reason)
{
	for (size_t i = 0; i < c->keep.n; i++) {
		if (strcmp(c->keep.v[i].text, path) == 0)
			return;
	}
	*list_push(s->a, &c->keep) = (struct glob){ path, c->at };
	suggest_line(s, c,
		     (struct edit){ .keys = { "keep", NULL }, .value = edit_string(s->a, path) },
		     reason);
}

static void suggest_package(struct suggesting *s, struct component *c, const char *package,
			    const char *reason)
{
	size_t chosen = chosen_provider(s, c);
	struct provider *p = &c->providers.v[chosen];

	if (strings_has(&p->packages, package) || p->source)
		return;
	*list_push(s->a, &p->packages) = package;
	suggest_line(s, c,
		     (struct edit){ .in_provider = true,
				    .provider = chosen,
				    .keys = { "packages", NULL },
				    .value = edit_string(s->a, package) },
		     reason);
}

void suggest_library(struct suggesting *s, const struct missing_library *m, const char *package)
{
	if (!package || strings_has(&s->recipe->libraries, package)) {
		*list_push(s->a, &s->out->unknown) = (struct suggestion_unknown){
			m->soname, arena_printf(s->a, "/%s", m->file)
		};
		return;
	}
	*list_push(s->a, &s->recipe->libraries) = package;
	suggest_line(s, NULL,
		     (struct edit){ .keys = { "libraries", NULL },
				    .value = edit_string(s->a, package) },
		     arena_printf(s->a, "/%s needs %s", m->file, m->soname));
}

/* A library that a package of the lock has where the loader does not look. */
static void suggest_way(struct suggesting *s, struct component *c, const struct missing_library *m)
{
	const char *package = m->has->package->name;
	const char *reason = arena_printf(s->a, "/%s needs %s, which %s has as %s", m->file,
					  m->soname, package, m->entry);

	if (!m->chosen)
		suggest_take(s, c, package, reason);
	else if (!tree_find(&s->chain->tree, m->entry + 1) && c->keep.n)
		suggest_keep(s, c, m->target, reason);
	suggest_alternative(s, c, m->link, m->target, reason);
}

void suggest_missing(struct suggesting *s, const struct missing *m)
{
	for (size_t i = 0; i < m->v.n; i++) {
		const struct missing_library *x = &m->v.v[i];
		struct component *c = own_component(s, x->component);

		if (x->no_links && s->recipe->components.n)
			suggest_package(
				s, &s->recipe->components.v[0], "base-files",
				arena_printf(
					s->a,
					"/%s needs %s, and base-files has the links of merged /usr "
					"that lead to it",
					x->file, x->soname));
		else if (x->has && c)
			suggest_way(s, c, x);
		else
			*list_push(s->a, &s->absent) = x;
	}
}

/* The component whose chosen provider names the package: its alternatives speak for its scripts. */
static struct component *component_of_package(struct suggesting *s, const char *package)
{
	for (size_t i = 0; i < s->recipe->components.n; i++) {
		struct component *c = &s->recipe->components.v[i];

		if (strings_has(&c->providers.v[chosen_provider(s, c)].packages, package))
			return c;
	}
	return NULL;
}

/* A path of a script, whose folder may be one that links lead to: "/bin/ksh" is "/usr/bin/ksh". */
static const char *registered_path(struct suggesting *s, const char *path)
{
	const char *name = path_base(path);
	const struct node *folder = tree_resolve(&s->chain->tree,
						 arena_strndup(s->a, path, (size_t)(name - path)));

	return missing_variable_path(s->a, s->platform,
				     folder ? arena_printf(s->a, "/%s/%s", folder->path, name)
					    : path);
}

/* Links that the package's postinst registers and that lead somewhere in the image. */
static bool suggest_registered(struct suggesting *s, const struct deb *deb)
{
	struct component *c = component_of_package(s, deb->package->name);
	struct script_alternatives links = { 0 };
	size_t before = s->out->v.n;

	scripts_alternatives(s->a, deb, &links);
	for (size_t i = 0; c && i < links.n; i++) {
		const struct script_alternative *l = &links.v[i];

		if (tree_resolve(&s->chain->tree, l->target) &&
		    !tree_resolve(&s->chain->tree, l->link) &&
		    !str_starts(str_of(l->link), STR("/usr/share/man/")))
			suggest_alternative(s, c, registered_path(s, l->link),
					    registered_path(s, l->target),
					    arena_printf(s->a, "the postinst of %s registers it",
							 deb->package->name));
	}
	return s->out->v.n > before;
}

static const struct deb *deb_of_package(const struct composition *c, const char *package)
{
	for (size_t i = 0; i < c->debs.n; i++) {
		if (strcmp(c->debs.v[i]->package->name, package) == 0)
			return c->debs.v[i];
	}
	return NULL;
}

/* What the scripts of one package would do that nobody accounts for: "postinst creates users
 * (adduser)". */
static const char *effects_of(struct suggesting *s, const struct script_report *r,
			      const char *package)
{
	struct buf text = { .a = s->a, .max = 300 };

	for (size_t i = 0; i < r->v.n; i++) {
		const struct script_effect *x = &r->v.v[i];

		if (!x->treatment && strcmp(x->package, package) == 0)
			buf_printf(&text, "%s%s %s", text.n ? ", " : "", x->script, x->effect);
	}
	return buf_cstr(&text);
}

static void suggest_accept(struct suggesting *s, const struct script_report *r, const char *package)
{
	const char *reason = effects_of(s, r, package), *text;

	for (size_t i = 0; i < s->recipe->effects.accept.n; i++) {
		if (strcmp(s->recipe->effects.accept.v[i].package, package) == 0)
			return;
	}
	text = arena_printf(s->a, PROPOSED "%s", reason);
	*list_push(s->a, &s->recipe->effects.accept) = (struct accepted_effect){ .package = package,
										 .reason = text };
	suggest_line(s, NULL,
		     (struct edit){ .keys = { "effects", "accept" },
				    .value = arena_printf(s->a,
							  "{ \"package\": %s, \"reason\": %s }",
							  edit_string(s->a, package),
							  edit_string(s->a, text)) },
		     reason);
}

/* Links first: with them named, what is left of a script may be nothing. */
void suggest_scripts(struct suggesting *s, const struct composition *c)
{
	const char *last = "";

	for (size_t i = 0; i < c->scripts.v.n; i++) {
		const struct script_effect *x = &c->scripts.v.v[i];
		const struct deb *deb = deb_of_package(c, x->package);

		if (x->treatment || strcmp(x->package, last) == 0)
			continue;
		last = x->package;
		if (!deb || !suggest_registered(s, deb))
			suggest_accept(s, &c->scripts, x->package);
	}
}

static void suggest_without(struct suggesting *s, struct component *c, const char *package,
			    const char *reason)
{
	*list_push(s->a, &c->depends.accept) = (struct depends_accept){ package, reason, c->at };
	suggest_line(s, c,
		     (struct edit){ .keys = { "depends", "accept" },
				    .value = arena_printf(s->a,
							  "{ \"package\": %s, \"reason\": %s }",
							  edit_string(s->a, package),
							  edit_string(s->a, reason)) },
		     reason);
}

/* The component that may say something about it, or NULL. */
static struct component *depends_component(struct suggesting *s, const struct depends_miss *m)
{
	return strcmp(m->recipe->file, s->recipe->file) == 0 ? own_component(s, m->component)
							     : NULL;
}

static void depends_take(struct suggesting *s, const struct depends_miss *m)
{
	const char *reason = m->spelt ? m->spelt
				      : arena_printf(s->a, "%s depends on %s", m->by.v[0], m->text);

	if (m->named)
		suggest_take(s, depends_component(s, m), m->package, reason);
	else
		suggest_package(s, depends_component(s, m), m->package, reason);
}

/* Judges what nothing in the image asks for. What the image does without is said when nothing more
 * is taken: an interpreter that comes has a use for modules that had none. */
static bool depends_judge(struct suggesting *s, const struct depends_report *r, struct error *e)
{
	const char **without = arena_array(s->a, r->v.n + 1, sizeof(*without));
	size_t before = s->out->v.n;

	for (size_t i = 0; i < r->v.n; i++) {
		const struct depends_miss *m = &r->v.v[i];

		without[i] = NULL;
		if (!depends_component(s, m))
			continue;
		if (s->hooks && s->hooks->judge &&
		    !s->hooks->judge(s->hooks->ctx, s->chain, m, &without[i], e))
			return false;
		if (!without[i])
			depends_take(s, m);
	}
	for (size_t i = 0, taken = s->out->v.n; taken == before && i < r->v.n; i++) {
		if (without[i])
			suggest_without(s, depends_component(s, &r->v.v[i]), r->v.v[i].package,
					without[i]);
	}
	return true;
}

bool suggest_depends(struct suggesting *s, const struct depends_report *r, struct error *e)
{
	size_t before = s->out->v.n;

	list_each(m, &r->v) {
		if (m->spelt && depends_component(s, m))
			depends_take(s, m);
	}
	return s->out->v.n > before || depends_judge(s, r, e);
}
