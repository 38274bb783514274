/* SPDX-License-Identifier: Apache-2.0 */
/* What single packages are, by their control files and entries, and what of them is in the tree. */

#include "make/compose/compose.h"
#include "make/compose/depends_parts.h"
#include "format/debian/debian_names.h"
#include "format/debian/relations.h"
#include "make/deb/deb_control.h"
#include "make/tree/layer_name.h"

#define RECORDS "var/lib/dpkg/status.d/"

static bool provides_fit(struct str provides, const struct relation *r)
{
	struct error ignored = { 0 };
	struct relation one;
	struct str group;

	while (relation_group(&provides, &group)) {
		if (relation_next(&group, &one, &ignored) > 0 && str_eq(one.name, r->name) &&
		    relation_takes_provided(r, one.version))
			return true;
	}
	return false;
}

bool dependent_meets(const struct dependent *p, const struct relation *r)
{
	const struct locked_package *locked = p->placed->locked;

	if (str_eq(str_of(locked->name), r->name) &&
	    debversion_holds(str_of(locked->version), r->op, r->version))
		return true;
	return provides_fit(locked->provides ? str_of(locked->provides)
					     : control_field(deb_control_text(p->deb, "control"),
							     "Provides"),
			    r);
}

bool depends_present(const struct depending *d, const struct relation *r)
{
	for (size_t i = 0; i < d->present.n; i++) {
		const struct depends_present *x = &d->present.v[i];

		if (str_eq(str_of(x->name), r->name) &&
		    (x->any_version || relation_takes_provided(r, x->version)))
			return true;
	}
	return false;
}

bool dependent_is_essential(const struct deb *deb)
{
	/* Debian 13's need not be opened to know it */
	if (name_is_essential(str_of(deb->package->name)))
		return true;
	return str_eq(control_field(deb_control_text(deb, "control"), "Essential"), STR("yes"));
}

static size_t depth_of(const char *path)
{
	struct str rest = str_of(path), one;
	size_t depth = 0;

	while (str_next(&rest, '/', &one))
		depth++;
	return depth;
}

/* usr/lib/libx.so.1 or usr/lib/TRIPLET/libx.so.1, which a package with shlibs has; modules of NSS
 * have none. */
static bool is_public_library(const char *path)
{
	const char *base = path_base(path);

	return depth_of(path) <= 4 && str_starts(str_of(base), STR(LIBRARY_PREFIX)) &&
	       strstr(base, ".so.") && !str_starts(str_of(base), STR("libnss_"));
}

bool dependent_is_noted_library(const struct dependent *p)
{
	list_each(path, &p->placed->locked->notes.libraries) {
		if (is_public_library(*path))
			return true;
	}
	return false;
}

bool dependent_is_library(const struct dependent *p)
{
	if (!p->placed->open)
		return dependent_is_noted_library(p);
	return deb_control_find(p->deb, "shlibs") || deb_control_find(p->deb, "symbols");
}

bool dependent_open(struct dependent *p, struct error *e)
{
	const struct placing to = compose_placing(p->composition);
	const struct deb *deb = NULL;

	p->placed->asked = true;
	return p->placed->open || to.reach(to.ctx, p->deb->package->name, &deb, e);
}

bool dependent_is_empty(const struct deb *deb)
{
	static const char *const documents[] = { "usr/share/doc/", "usr/share/lintian/",
						 "usr/share/bug/" };

	for (size_t i = 0; i < deb->entries.n; i++) {
		const struct deb_entry *entry = &deb->entries.v[i];
		bool is_document = entry->type == NODE_DIR;

		for (size_t k = 0; k < ARRAY_SIZE(documents); k++)
			is_document |= str_starts(str_of(entry->path), str_of(documents[k]));
		if (!is_document)
			return false;
	}
	return true;
}

/* "usr/share/doc/NAME/copyright", or NAME as a link to where that is: another package may have
 * brought it, whose own is a link to it (place_copyright). */
static bool is_copyright_file(const struct node *n)
{
	struct str path = str_of(n->path), folder = STR("usr/share/doc/");

	return str_starts(path, folder) &&
	       (str_ends(path, STR("/copyright")) ||
		(n->type == NODE_LINK && !memchr(path.p + folder.n, '/', path.n - folder.n)));
}

/* Links of documents may lead nowhere. */
static void collect_link(struct depending *d, const struct node *n)
{
	const char *to = path_follow(d->a, n->path, n->target);

	if (to && !str_starts(str_of(n->path), STR("usr/share/")) && !tree_resolve(d->tree, to))
		*list_push(d->a, &d->links) = (struct depends_link){ n, to };
}

/* What of the tree counts: not the records, which a package may have for its copyright file alone.
 */
static void collect_tree(struct depending *d)
{
	const struct tree *t = d->tree;

	for (size_t i = 0; i < t->n; i++) {
		const struct node *n = t->v[i];

		if (n->type == NODE_DIR)
			continue;
		*list_push(d->a, &d->files) = path_base(n->path);
		if (n->type == NODE_LINK && n->owner->kind == OWNER_PACKAGE)
			collect_link(d, n);
		if (n->owner->kind == OWNER_PACKAGE && !str_starts(str_of(n->path), STR(RECORDS)))
			*list_push(d->a, is_copyright_file(n) ? &d->copyrights
							      : &d->there) = n->owner->name;
	}
}

/* A package of the recipe of which there is a copyright file alone is there all the same. */
static void collect_documents(struct depending *d, const struct composition *c)
{
	for (size_t i = 0; i < c->packages.n; i++) {
		const struct placed *p = &c->packages.v[i];

		if (p->owner && strings_sorted_has(&d->copyrights, p->deb.package->name))
			*list_push(d->a, &d->there) = p->deb.package->name;
	}
}

/* Of one name there may be two packages, of a base and of what stands on it: the first that gave a
 * file. */
static void collect_package(struct depending *d, struct composition *c, struct placed *p)
{
	struct dependent new = { .deb = &p->deb, .placed = p, .composition = c, .owner = p->owner };

	new.there = new.counts = strings_sorted_has(&d->there, p->deb.package->name);
	new.is_library = p->owner &&str_ends(str_of(p->owner->layer), STR("/" LAYER_LIBRARIES));
	for (size_t i = 0; i < d->all.n; i++) {
		struct dependent *known = &d->all.v[i];

		if (strcmp(known->deb->package->name, p->deb.package->name) != 0)
			continue;
		if (!known->owner && new.owner)
			*known = new;
		return;
	}
	*list_push(d->a, &d->all) = new;
}

/* A compiled source stands for the package that it publishes (compose_records.c), in whatever
 * version. */
static void collect_sources(struct depending *d, const struct composition *c)
{
	for (size_t i = 0; i < c->sources.n; i++) {
		if (c->sources.v[i].source->package)
			*list_push(d->a, &d->present) = (struct depends_present){
				.name = c->sources.v[i].source->package, .any_version = true
			};
	}
}

/* What an image of others has is there, under the names that it provides, too. What that depends on
 * is its makers' business. */
static void collect_image(struct depending *d, const struct locked_base *base)
{
	for (size_t i = 0; base && i < base->packages.n; i++) {
		const struct locked_package *p = &base->packages.v[i];
		struct str rest = str_of(p->provides ? p->provides : ""), group;
		struct error ignored = { 0 };
		struct relation r;

		*list_push(d->a, &d->present) =
			(struct depends_present){ p->name, str_of(p->version), false };
		while (relation_group(&rest, &group)) {
			if (relation_next(&group, &r, &ignored) > 0)
				*list_push(d->a, &d->present) = (struct depends_present){
					str_dup(d->a, r.name), r.version, false
				};
		}
	}
}

void dependents_collect(struct depending *d)
{
	const struct compositions *all = d->compositions;

	collect_tree(d);
	collect_image(d, all->v[0]->order->base);
	for (size_t i = 0; i < all->n; i++)
		collect_sources(d, all->v[i]);
	strings_unique(&d->copyrights);
	for (size_t i = 0; i < all->n; i++)
		collect_documents(d, all->v[i]);
	strings_unique(&d->there);
	strings_unique(&d->files);
	for (size_t i = 0; i < all->n; i++) {
		for (size_t k = 0; k < all->v[i]->packages.n; k++)
			collect_package(d, all->v[i], &all->v[i]->packages.v[k]);
	}
}

/* What the files of a package spell, read once; NULL with *e. */
static const struct spelt_files *dependent_spelling(struct depending *d, const struct dependent *by,
						    struct error *e)
{
	struct package_spelling *p;

	list_each(known, &d->spelling) {
		if (strcmp(known->package, by->deb->package->name) == 0)
			return &known->files;
	}
	p = list_push(d->a, &d->spelling);
	p->package = by->deb->package->name;
	return spelt_collect(d->a, d->tree, p->package, &d->compositions->v[0]->order->kept,
			     &p->files, e)
		       ? &p->files
		       : NULL;
}

/* Names of shared libraries of a package that the image has nowhere. */
static void absent_libraries(const struct depending *d, const struct dependent *p,
			     struct strings *out)
{
	const struct strings *libraries = &p->placed->locked->notes.libraries;
	const struct deb *deb = p->deb;

	for (size_t i = 0; i < libraries->n; i++) {
		const char *base = path_base(libraries->v[i]);

		if (spelt_is_library(base) && !strings_sorted_has(&d->files, base))
			*list_push(d->a, out) = base;
	}
	for (size_t i = 0; i < deb->entries.n; i++) {
		const char *base = path_base(deb->entries.v[i].path);

		if (deb->entries.v[i].type != NODE_DIR && spelt_is_library(base) &&
		    !strings_sorted_has(&d->files, base))
			*list_push(d->a, out) = base;
	}
}

bool dependent_spells(struct depending *d, const struct dependent *by, const struct dependent *of,
		      const char **spelt, struct error *e)
{
	const struct spelt_files *files;
	struct strings names = { 0 };

	absent_libraries(d, of, &names);
	if (names.n == 0)
		return true;
	files = dependent_spelling(d, by, e);
	for (size_t i = 0; files && i < files->n; i++) {
		list_each(name, &names) {
			if (*spelt || !spelt_names_library(&files->v[i].names, *name))
				continue;
			*spelt = arena_printf(d->a, "/%s opens %s by name", files->v[i].node->path,
					      *name);
		}
	}
	return files != NULL;
}

static bool link_is_of(const struct depends_link *x, const struct dependent *by)
{
	return !by || strcmp(x->node->owner->name, by->deb->package->name) == 0;
}

bool dependent_dangles(const struct depending *d, const struct dependent *by)
{
	for (size_t i = 0; i < d->links.n; i++) {
		if (link_is_of(&d->links.v[i], by))
			return true;
	}
	return false;
}

const char *dependent_links(const struct depending *d, const struct dependent *by,
			    const struct dependent *of)
{
	for (size_t i = 0; i < d->links.n; i++) {
		const struct depends_link *x = &d->links.v[i];

		if (link_is_of(x, by) && deb_find(of->deb, x->to))
			return arena_printf(d->a, "/%s leads to its /%s", x->node->path, x->to);
	}
	return NULL;
}

/* A shared object where the loader does not look: somebody opens it by its path. */
static bool is_plugin(const struct deb_entry *entry)
{
	const char *base = path_base(entry->path), *end = strstr(base, ".so");

	/* usr/lib/x.so and usr/lib/TRIPLET/x.so are not plug-ins; libgvplugin_core.so.6 is */
	return entry->type == NODE_FILE && str_starts(str_of(entry->path), STR("usr/lib/")) &&
	       end && (!end[3] || end[3] == '.') && depth_of(entry->path) > 4 &&
	       !strstr(entry->path, "/glibc-hwcaps/");
}

const char *dependent_plugins(const struct depending *d, const struct dependent *p)
{
	const char *first = NULL;
	size_t n = 0;

	for (size_t i = 0; i < p->deb->entries.n; i++) {
		const struct deb_entry *entry = &p->deb->entries.v[i];

		if (!is_plugin(entry))
			continue;
		if (tree_find(d->tree, entry->path))
			return NULL;
		first = first ? first : entry->path;
		n++;
	}
	if (n < 2)
		return first ? arena_printf(d->a, "its plug-in /%s is not in the image", first)
			     : NULL;
	return arena_printf(d->a, "its plug-ins are not in the image, /%s and %zu more", first,
			    n - 1);
}

/* The component whose layer a package went to; for a library the first. */
void dependent_place(const struct depending *d, const struct dependent *by, struct depends_miss *m)
{
	const struct recipe *r = by->composition->order->recipe;

	m->recipe = r;
	m->component = r->components.n ? &r->components.v[0] : NULL;
	for (size_t i = 0; by->owner && i < r->components.n; i++) {
		const char *layer = compose_layer(d->a, by->composition, r->components.v[i].name);

		if (strcmp(layer, by->owner->layer) == 0)
			m->component = &r->components.v[i];
	}
}
