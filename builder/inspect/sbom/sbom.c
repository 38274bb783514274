/* SPDX-License-Identifier: Apache-2.0 */
/* Collects what a bill of materials says: packages first, then whose files there are, then who
 * needs whom. Knows nothing of the forms. */

#include "inspect/sbom/sbom.h"

#include <stdlib.h>

#include "inspect/model/components.h"
#include "inspect/layers/elf_facts.h"
#include "inspect/sbom/naming.h"

/* A file and the ref of the package that its note names. */
struct noted {
	const struct item *item;
	const char *name, *ref;
};

struct sbom_making {
	struct sbom *s;
	struct arena *a;
	const struct model *m;
	const char **refs;		 /* of the model's packages, one by one */
	struct LIST(struct noted) noted; /* in the order of the items */
};

static struct sbom_package *sbom_add(struct sbom_making *g, struct sbom_package p)
{
	struct sbom_package *new = list_push(g->a, &g->s->packages);

	*new = p;
	new->id = naming_id(g->a,
			    p.kind == SBOM_IMAGE    ? "Image"
			    : p.kind == SBOM_SYSTEM ? "OperatingSystem"
						    : "Package",
			    p.name, p.ref);
	return new;
}

static void sbom_add_image(struct sbom_making *g)
{
	const struct image_facts *f = g->m->image;
	struct sbom_package p = { .kind = SBOM_IMAGE, .name = g->s->name };

	p.purl = p.ref = naming_image_purl(g->a, f);
	if (f->has_digest)
		p.version = content_digest_text(g->a, &f->manifest);
	sbom_add(g, p);
}

static void add_system(struct sbom_making *g)
{
	struct sbom_package p = { .kind = SBOM_SYSTEM,
				  .name = g->m->os_id,
				  .version = g->m->os_version };

	if (!p.name)
		return;
	p.ref = arena_printf(g->a, "os:%s-%s", p.name, p.version ? p.version : "");
	sbom_add(g, p);
}

/* Which licences its copyright file names. */
static bool read_licences(struct sbom_making *g, const char *name, struct licences *out,
			  struct error *e)
{
	AUTO_ARENA scratch = { 0 };
	const char *path = arena_printf(&scratch, "usr/share/doc/%s/copyright", name);
	struct copyright c;
	struct str text;

	if (!model_text(&scratch, g->m, model_resolve(g->m, "", path, NULL), &text, e))
		return false;
	copyright_read(&scratch, text, &c);
	licences_of(g->a, &c, &g->s->refs, out);
	return true;
}

static bool add_debs(struct sbom_making *g, struct error *e)
{
	const struct packages *l = &g->m->packages;

	g->refs = arena_array(g->a, l->n + 1, sizeof(*g->refs));
	for (size_t i = 0; i < l->n; i++) {
		const struct package *p = &l->v[i];
		struct sbom_package new = { .kind = SBOM_DEB,
					    .name = p->name,
					    .version = p->version,
					    .maintainer = p->maintainer,
					    .architecture = p->architecture,
					    .record = p->record,
					    .source = p->source,
					    .source_version = p->source_version };

		new.purl = new.ref = g->refs[i] = naming_deb_purl(g->a, g->m, p);
		if (!read_licences(g, p->name, &new.licences, e))
			return false;
		sbom_add(g, new);
	}
	return true;
}

/* Refs are unique: a package URL of another name, or of an image, may be said of several packages.
 */
static const char *document_ref(struct arena *a, const struct image_component *c)
{
	if (c->locator && strcmp(c->purl.name, c->name) == 0 && strcmp(c->purl.type, "oci") != 0)
		return c->locator;
	return arena_printf(a, "component:%zu:%s:%s", strlen(c->name), c->name,
			    c->locator ? c->locator : c->cpe);
}

static bool add_documented(struct sbom_making *g, struct error *e)
{
	struct components l = { NULL, 0, 0 };

	if (!image_components(g->a, g->m, &l, &g->s->problems, e))
		return false;
	list_each(c, &l) {
		struct sbom_package new = { .kind = SBOM_DOCUMENT,
					    .name = c->name,
					    .version = c->version,
					    .purl = c->locator,
					    .cpe = c->cpe,
					    .download = c->download,
					    .record = c->record };

		if (c->source)
			continue; /* a package record, which is there already */
		new.ref = document_ref(g->a, c);
		sbom_add(g, new);
	}
	return true;
}

/* Packages by place, name and ref; of the same ref the one whose record comes first. */
static int compare_sbom_packages(const void *a, const void *b)
{
	const struct sbom_package *x = a, *y = b;
	int px = x->kind < SBOM_DEB ? (int)x->kind : SBOM_DEB,
	    py = y->kind < SBOM_DEB ? (int)y->kind : SBOM_DEB;
	int order = px - py;

	if (!order)
		order = strcmp(x->name, y->name);
	if (!order)
		order = strcmp(x->ref, y->ref);
	if (!order)
		order = (int)x->kind - (int)y->kind;
	return order ? order : strcmp(x->record ? x->record : "", y->record ? y->record : "");
}

static void sort_packages(struct sbom *s)
{
	size_t n = 0;

	qsort(s->packages.v, s->packages.n, sizeof(*s->packages.v), compare_sbom_packages);
	for (size_t i = 0; i < s->packages.n; i++)
		if (n == 0 || strcmp(s->packages.v[n - 1].name, s->packages.v[i].name) != 0 ||
		    strcmp(s->packages.v[n - 1].ref, s->packages.v[i].ref) != 0)
			s->packages.v[n++] = s->packages.v[i];
	s->packages.n = n;
}

/* Of `n` sorted packages the first behind image and system that does not come before this name and
 * ref. */
static size_t sbom_lower_bound(const struct sbom_package *v, size_t n, const char *name,
			       const char *ref)
{
	size_t lo = 0, hi = n;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		const struct sbom_package *p = &v[mid];
		int order = p->kind < SBOM_DEB ? -1 : strcmp(p->name, name);

		if (!order)
			order = strcmp(p->ref, ref);
		if (order < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

/* The ref of a package of this name and version that is in the list already, or NULL. */
static const char *sbom_known_ref(const struct sbom_package *v, size_t n,
				  const struct sbom_package *wanted)
{
	for (size_t i = sbom_lower_bound(v, n, wanted->name, "");
	     i < n && strcmp(v[i].name, wanted->name) == 0; i++)
		if (strcmp(v[i].version ? v[i].version : "",
			   wanted->version ? wanted->version : "") == 0)
			return v[i].ref;
	return NULL;
}

/* ELF files that no package has may say themselves what they are of. */
static void add_noted(struct sbom_making *g)
{
	struct sbom *s = g->s;
	size_t n = s->packages.n; /* these are sorted */

	for (size_t i = 0; i < g->m->items.n; i++) {
		const struct item *item = g->m->items.v[i];
		struct sbom_package p;
		const char *ref;

		if (item->type != ITEM_FILE || item->package || !item->elf ||
		    !item->elf->package_note)
			continue;
		if (!naming_note(g->a, item->elf->package_note, &p)) {
			*list_push(g->a, &s->problems) =
				(struct layer_remark){ "package.bad-record", item->path,
						       "its package note names no package" };
			continue;
		}
		ref = sbom_known_ref(s->packages.v, n, &p);
		if (!ref) {
			ref = p.ref;
			p.record = item->path;
			sbom_add(g, p);
		}
		*list_push(g->a, &g->noted) = (struct noted){ item, p.name, ref };
	}
}

static int by_source(const void *a, const void *b)
{
	const struct sbom_source *x = a, *y = b;
	int order = strcmp(x->name, y->name);

	return order ? order : strcmp(x->version, y->version);
}

static void sbom_add_package_sources(struct sbom_making *g)
{
	struct sbom *s = g->s;
	size_t n = 0;

	for (size_t i = 0; i < s->packages.n; i++)
		if (s->packages.v[i].source)
			*list_push(g->a, &s->sources) =
				(struct sbom_source){ .name = s->packages.v[i].source,
						      .version = s->packages.v[i].source_version };
	if (s->sources.n)
		qsort(s->sources.v, s->sources.n, sizeof(*s->sources.v), by_source);
	for (size_t i = 0; i < s->sources.n; i++)
		if (n == 0 || by_source(&s->sources.v[n - 1], &s->sources.v[i]) != 0)
			s->sources.v[n++] = s->sources.v[i];
	s->sources.n = n;
	for (struct sbom_source *x = s->sources.v; x < s->sources.v + n; x++) {
		x->purl = naming_source_purl(g->a, g->m, x->name, x->version);
		x->id = naming_id(g->a, "Source", x->name, x->purl);
	}
}

static int by_owner(const void *a, const void *b)
{
	const struct sbom_file *x = a, *y = b;

	if (x->owner != y->owner)
		return x->owner < y->owner ? -1 : 1;
	return path_order(x->item->path, y->item->path);
}

/* Whose a file is: all items are asked for in their order, and `*next` is the next noted one. */
static size_t sbom_file_owner(const struct sbom_making *g, const size_t *debs, const struct item *i,
			      size_t *next)
{
	if (*next < g->noted.n && g->noted.v[*next].item == i) {
		const struct noted *n = &g->noted.v[(*next)++];

		return sbom_lower_bound(g->s->packages.v, g->s->packages.n, n->name, n->ref);
	}
	return i->package ? debs[i->package - g->m->packages.v] : 0;
}

/* The owners of all items, in their order. */
static const size_t *find_owners(struct sbom_making *g)
{
	const struct packages *l = &g->m->packages;
	size_t *debs = arena_array(g->a, l->n + 1, sizeof(*debs));
	size_t *owners = arena_array(g->a, g->m->items.n + 1, sizeof(*owners)), next = 0;

	for (size_t i = 0; i < l->n; i++)
		debs[i] = sbom_lower_bound(g->s->packages.v, g->s->packages.n, l->v[i].name,
					   g->refs[i]);
	for (size_t i = 0; i < g->m->items.n; i++)
		owners[i] = sbom_file_owner(g, debs, g->m->items.v[i], &next);
	return owners;
}

static bool is_program_file(const struct item *i)
{
	return i->kind == CONTENT_ELF || i->kind == CONTENT_ARCHIVE || i->kind == CONTENT_SCRIPT;
}

static void sbom_add_files(struct sbom_making *g, const size_t *owners)
{
	struct sbom *s = g->s;

	s->whole = s->problems.n == 0;
	for (size_t i = 0; i < g->m->items.n; i++) {
		const struct item *item = g->m->items.v[i];

		if (item->type != ITEM_FILE)
			continue;
		*list_push(g->a, &s->files) = (struct sbom_file){ item, owners[i] };
		s->packages.v[owners[i]].files++;
		s->whole &= owners[i] || !is_program_file(item);
	}
	if (s->files.n)
		qsort(s->files.v, s->files.n, sizeof(*s->files.v), by_owner);
	for (size_t i = 0, first = 0; i < s->packages.n; i++) {
		s->packages.v[i].first_file = first;
		first += s->packages.v[i].files;
	}
}

static int compare_sbom_links(const void *a, const void *b)
{
	const struct sbom_link *x = a, *y = b;

	if (x->from != y->from)
		return x->from < y->from ? -1 : 1;
	return (x->on > y->on) - (x->on < y->on);
}

static size_t sbom_item_index(const struct model *m, const struct item *i)
{
	return items_lower(&m->items, i->path);
}

/* Packages whose files need files of others. The image has all packages: no more is said of it. */
static bool sbom_add_links(struct sbom_making *g, const size_t *owners, struct error *e)
{
	struct sbom *s = g->s;
	struct needs needs;
	size_t n = 0;

	if (!needs_read(g->a, g->m, &needs, e))
		return false;
	list_each(need, &needs) {
		size_t from = owners[sbom_item_index(g->m, need->by)];
		size_t on = need->on ? owners[sbom_item_index(g->m, need->on)] : 0;

		if (from && on && from != on)
			*list_push(g->a, &s->links) = (struct sbom_link){ from, on };
	}
	if (s->links.n)
		qsort(s->links.v, s->links.n, sizeof(*s->links.v), compare_sbom_links);
	for (size_t i = 0; i < s->links.n; i++)
		if (n == 0 || compare_sbom_links(&s->links.v[n - 1], &s->links.v[i]) != 0)
			s->links.v[n++] = s->links.v[i];
	s->links.n = n;
	return true;
}

bool sbom_make(struct arena *a, const struct inspection *image, int64_t fallback, struct sbom *out,
	       struct error *e)
{
	struct sbom_making g = { .s = out, .a = a, .m = &image->model };
	int64_t created = fallback;
	const size_t *owners;

	*out = (struct sbom){ .a = a, .image = image, .name = naming_image(a, &image->facts) };
	if (image->facts.created && !rfc3339_parse(image->facts.created, &created))
		created = fallback;
	rfc3339_format(created, out->created);
	list_append(a, &out->problems, &image->records.problems);
	sbom_add_image(&g);
	add_system(&g);
	if (!add_debs(&g, e) || !add_documented(&g, e))
		return false;
	sort_packages(out);
	add_noted(&g);
	sort_packages(out);
	sbom_add_package_sources(&g);
	owners = find_owners(&g);
	sbom_add_files(&g, owners);
	return sbom_add_links(&g, owners, e);
}

static const struct sbom_archive *archive_of(const struct sbom_archives *l, const char *name,
					     const char *version, const char *architecture)
{
	for (size_t i = 0; i < l->n; i++)
		if (strcmp(l->v[i].name, name) == 0 && strcmp(l->v[i].version, version) == 0 &&
		    strcmp(l->v[i].architecture, architecture) == 0)
			return &l->v[i];
	return NULL;
}

void sbom_add_archives(struct sbom *s, const struct sbom_archives *l)
{
	list_each(p, &s->packages) {
		if (p->kind == SBOM_DEB && p->architecture)
			p->archive = archive_of(l, p->name, p->version, p->architecture);
	}
	list_each(x, &s->sources)
		x->archive = archive_of(l, x->name, x->version, "source");
}
