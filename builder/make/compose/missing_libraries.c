/* SPDX-License-Identifier: Apache-2.0 */
/* From edges that lead nowhere to packages. A library that stands beside the loader's folders is
 * reached by a link: the one that the package's own postinst registers, or one of the same form. */

#include "make/compose/missing_libraries.h"

#include <stdlib.h>

#include "make/compile/build_remains.h"
#include "make/scripts/scripts.h"

const char *missing_variable_path(struct arena *a, const struct platform *p, const char *path)
{
	struct buf out = { .a = a };
	const char *at;

	while ((at = strstr(path, p->machine->triplet))) {
		buf_add(&out, (struct str){ path, (size_t)(at - path) });
		buf_puts(&out, "${multiarch}");
		path = at + strlen(p->machine->triplet);
	}
	buf_puts(&out, path);
	return buf_cstr(&out);
}

static const struct platform *platform_of_lock(const struct composition *c)
{
	return platform_of_debian(c->order->lock->architecture);
}

static bool is_chosen(const struct composition *c, const struct deb *deb)
{
	for (size_t i = 0; i < c->packages.n; i++) {
		if (&c->packages.v[i].deb == deb)
			return package_has_role(c->packages.v[i].locked, "image");
	}
	return false;
}

/* Where a package of the lock has the library. Chosen packages go before candidates, a registered
 * link before a bare file, and of two links the one update-alternatives would prefer. */
struct library_finding {
	const struct composition *in;
	const struct deb *deb;
	const char *link, *target;
	uint64_t priority;
};

static bool is_better(const struct library_finding *f, const struct deb *deb, bool link,
		      uint64_t priority)
{
	if (!f->deb)
		return true;
	if (is_chosen(f->in, deb) != is_chosen(f->in, f->deb))
		return is_chosen(f->in, deb);
	if (link != (f->link != NULL))
		return link;
	return priority > f->priority;
}

static void find_links(struct arena *a, const struct deb *deb, const char *soname,
		       struct library_finding *f)
{
	struct script_alternatives links = { 0 };

	scripts_alternatives(a, deb, &links);
	for (size_t i = 0; i < links.n; i++) {
		const struct script_alternative *l = &links.v[i];

		if (strcmp(path_base(l->link), soname) == 0 && deb_find(deb, l->target + 1) &&
		    is_better(f, deb, true, l->priority))
			*f = (struct library_finding){ f->in, deb, l->link, l->target,
						       l->priority };
	}
}

static void find_library_entry(struct arena *a, const struct deb *deb, const char *soname,
			       struct library_finding *f)
{
	for (size_t i = 0; i < deb->entries.n; i++) {
		const struct deb_entry *entry = &deb->entries.v[i];

		if (entry->type != NODE_DIR && strcmp(path_base(entry->path), soname) == 0 &&
		    is_better(f, deb, false, 0))
			*f = (struct library_finding){ f->in, deb, NULL,
						       arena_printf(a, "/%s", entry->path), 0 };
	}
}

static const struct provider *provider_of(const struct composition *c,
					  const struct component *component)
{
	const struct locked_component *locked = lock_component(c->order->lock, component->name);

	return locked && locked->provider < component->providers.n
		       ? &component->providers.v[locked->provider]
		       : NULL;
}

/* The component that names the package; else the one that brought the file; else the first. */
static const struct component *component_for(struct arena *a, const struct composition *c,
					     const struct deb *has, const char *file)
{
	const struct recipe *r = c->order->recipe;
	const struct node *n = tree_find(c->tree, file);

	for (size_t i = 0; has && i < r->components.n; i++) {
		const struct provider *p = provider_of(c, &r->components.v[i]);

		if (p && strings_has(&p->packages, has->package->name))
			return &r->components.v[i];
	}
	for (size_t i = 0; n && i < r->components.n; i++) {
		if (n->owner->layer &&
		    strcmp(n->owner->layer, compose_layer(a, c, r->components.v[i].name)) == 0)
			return &r->components.v[i];
	}
	return r->components.n ? &r->components.v[0] : NULL;
}

static void missing_locate(struct arena *a, const struct composition *c, struct missing_library *m)
{
	const struct platform *p = platform_of_lock(c);
	struct library_finding f = { .in = c };

	for (size_t i = 0; i < c->debs.n; i++) {
		find_links(a, c->debs.v[i], m->soname, &f);
		find_library_entry(a, c->debs.v[i], m->soname, &f);
	}
	m->component = component_for(a, c, f.deb, m->file);
	m->has = f.deb;
	m->chosen = f.deb && is_chosen(c, f.deb);
	if (!f.deb)
		return;
	m->entry = f.target;
	m->target = missing_variable_path(a, p, f.target);
	m->link = f.link ? missing_variable_path(a, p, f.link)
			 : arena_printf(a, "/usr/lib/${multiarch}/%s", m->soname);
}

static struct missing_library *known_library(const struct missing *m, const char *soname)
{
	for (size_t i = 0; i < m->v.n; i++) {
		if (strcmp(m->v.v[i].soname, soname) == 0)
			return &m->v.v[i];
	}
	return NULL;
}

static int compare_libraries(const void *a, const void *b)
{
	return strcmp(((const struct missing_library *)a)->soname,
		      ((const struct missing_library *)b)->soname);
}

/* What a process of the base image lacks, it lacked before: the audit tells, a recipe cannot mend
 * it. */
static bool is_lack_of_image(struct arena *a, const struct composition *c,
			     const struct closure_edge *edge)
{
	const char *chain = edge->chain ? edge->chain : edge->file, *end = strstr(chain, " > ");
	const struct node *n =
		tree_find(c->tree, end ? arena_strndup(a, chain, (size_t)(end - chain)) : chain);

	return n && n->owner->kind == OWNER_IMAGE;
}

void missing_find(struct arena *a, const struct composition *c, struct missing *out)
{
	*out = (struct missing){ 0 };
	for (size_t i = 0; i < c->closure.edges.n; i++) {
		const struct closure_edge *edge = &c->closure.edges.v[i];
		struct missing_library *m = known_library(out, edge->needed);

		if (!closure_edge_lacks(edge) || is_lack_of_image(a, c, edge))
			continue;
		if (m) {
			m->more++;
			continue;
		}
		m = list_push(a, &out->v);
		*m = (struct missing_library){ .soname = edge->needed,
					       .file = edge->file,
					       .why = edge->why,
					       .chain = edge->chain,
					       .blocked = edge->blocked,
					       .dlopen = edge->dlopen };
		m->no_links = edge->given && !tree_resolve(c->tree, "/lib64");
		if (!m->no_links)
			missing_locate(a, c, m);
	}
	if (out->v.n)
		qsort(out->v.v, out->v.n, sizeof(*out->v.v), compare_libraries);
}

/* "feature "lz4" of /usr/lib/libx.so", for what DT_NEEDED does not tell. */
static void tell_feature(struct buf *text, const struct missing_library *m)
{
	if (!m->dlopen)
		return;
	if (m->dlopen->feature)
		buf_printf(text, ", feature \"%s\"", m->dlopen->feature);
	buf_printf(text, ", required by .note.dlopen of /%s", m->file);
}

static void tell_where(struct buf *text, const struct composition *c,
		       const struct missing_library *m)
{
	if (m->blocked) {
		buf_printf(text, ": %s\n  replace that file, or \"drop\" it", m->why);
		return;
	}
	if (m->no_links) {
		buf_puts(
			text,
			"; a package has it, but without the links of merged /usr (/lib64 -> usr/lib64) the "
			"loader does not get there\n"
			"  these links come with base-files: stand on a \"base\", or name base-files in the "
			"\"packages\" of a component");
		return;
	}
	if (!m->has) {
		buf_printf(text,
			   " (%s); no package of the lock has it\n"
			   "  \"libraries\": [ the package that has it ], or \"drop\": [\"/%s\"]",
			   m->why, m->file);
		return;
	}
	buf_printf(text,
		   " (%s); %s has it as %s, where the loader does not look\n"
		   "  %s, component %s: \"alternatives\": { \"%s\": \"%s\" } in its provider",
		   m->why, m->has->package->name, m->entry,
		   m->component ? place_format(text->a, &m->component->at)
				: recipe_shown(text->a, c->order->recipe),
		   m->component ? m->component->name : "(add one)", m->link, m->target);
	if (!m->chosen)
		buf_printf(text, ", and \"depends\": { \"take\": [\"%s\"] }",
			   m->has->package->name);
}

/* A warning; or for who mends the recipe. */
static void missing_tell(const struct composition *c, const char *text)
{
	struct build_remains *r = c->order->compile ? c->order->compile->remains : NULL;

	if (!r) {
		progress_warn_list(c->order->progress, text);
		return;
	}
	build_remains_warn(r, text);
}

bool missing_refuse(struct arena *a, const struct composition *c, const struct missing *m,
		    struct error *e)
{
	struct buf text = { .a = a }, names = { .a = a, .max = 400 };
	const char *file = recipe_shown(a, c->order->recipe);

	if (m->v.n == 0)
		return true;
	buf_puts(&text, "libraries that files of the image need and the loader would not find:");
	for (size_t i = 0; i < m->v.n; i++) {
		const struct missing_library *x = &m->v.v[i];

		buf_printf(&text, "\n%s: %s", x->soname, x->chain);
		if (x->more)
			buf_printf(&text, " and %zu more", x->more);
		tell_feature(&text, x);
		tell_where(&text, c, x);
		buf_printf(&names, "%s%s", i ? ", " : "", x->soname);
		tell_feature(&names, x);
	}
	missing_tell(c, buf_cstr(&text));
	return err_set(
		e, ERR_INPUT,
		"%zu librar%s missing: %s%s; the warning above says who needs %s and what to "
		"write, imgbuild lock --suggest %s looks for all that is needed",
		m->v.n, m->v.n == 1 ? "y is" : "ies are", buf_cstr(&names),
		names.overflow ? ", ..." : "", m->v.n == 1 ? "it" : "them", file);
}
