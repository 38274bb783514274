/* SPDX-License-Identifier: Apache-2.0 */
/* Which statement is about what. Names that cannot be compared (of other images, of packages that
 * are not here) match nothing. */

#include <stdlib.h>

#include "inspect/vuln/vex.h"

#define ANY_COMPONENT SIZE_MAX

struct vex_work {
	struct vuln_set *set;
	struct arena scratch; /* of one statement */
	struct arena keys;    /* of the maps */
	struct strmap known;  /* positions of vulnerabilities by name ... */
	struct strmap here;   /* ... and by component and name */
};

static struct str without_tag(struct str name, struct str *tag)
{
	const char *slash = memrchr(name.p, '/', name.n);
	size_t from = slash ? (size_t)(slash - name.p) + 1 : 0;
	const char *colon = memchr(name.p + from, ':', name.n - from);

	*tag = colon ? str_from(name, (size_t)(colon - name.p) + 1) : (struct str){ "", 0 };
	return colon ? (struct str){ name.p, (size_t)(colon - name.p) } : name;
}

static struct str purl_name_end(struct str name)
{
	const char *slash = memrchr(name.p, '/', name.n);

	return slash ? str_from(name, (size_t)(slash - name.p) + 1) : name;
}

/* "registry/space/app:1" against pkg:oci/app?repository_url=registry/space/app&tag=1. Some tools
 * write the URL without the last part. */
static bool is_called(const struct purl *p, const char *known)
{
	const char *url = purl_qualifier(p, "repository_url"), *wanted = purl_qualifier(p, "tag");
	struct str tag, name = without_tag(str_of(known), &tag);
	struct str place = purl_name_end(name);

	if (!str_eq(place, str_of(p->name)) || (wanted && !str_eq(tag, str_of(wanted))))
		return false;
	if (!url || place.n == name.n)
		return !url;
	return str_eq(name, str_of(url)) ||
	       str_eq((struct str){ name.p, name.n - place.n - 1 }, str_of(url));
}

static bool vex_is_image(const struct vuln_set *s, const char *text)
{
	const struct image_facts *image = s->image;
	AUTO_ARENA a = { 0 };
	const char *arch;
	struct purl p;

	if (!purl_parse(&a, text, &p) || strcmp(p.type, "oci") != 0)
		return false;
	arch = purl_qualifier(&p, "arch");
	if (arch && strcmp(arch, image->architecture) != 0)
		return false;
	if (p.version)
		return image->has_digest &&
		       strcmp(p.version, content_digest_text(&a, &image->manifest)) == 0;
	for (size_t i = 0; i < image->names.n; i++)
		if (is_called(&p, image->names.v[i]))
			return true;
	return false;
}

/* pkg:deb/debian/NAME[@VERSION]: the binary package, or with arch=source the source package. */
static bool vex_is_debian_package(const struct vuln_set *s, const struct purl *p,
				  const struct image_component *c)
{
	const char *arch = purl_qualifier(p, "arch"), *distro = purl_qualifier(p, "distro");
	bool source = arch && strcmp(arch, "source") == 0;

	if (!c->source || strcmp(p->type, "deb") != 0 || strcmp(p->space, "debian") != 0 ||
	    strcmp(p->name, source ? c->source : c->name) != 0)
		return false;
	if (p->version && strcmp(p->version, source ? c->source_version : c->version) != 0)
		return false;
	if (arch && !source && strcmp(arch, c->architecture ? c->architecture : "") != 0)
		return false;
	return !distro || !s->release || !str_starts(str_of(distro), STR("debian-")) ||
	       distro[7] < '0' || distro[7] > '9' || strcmp(distro + 7, s->release) == 0;
}

/* Adds the components that one name is about. */
static void vex_add_named(struct vex_work *w, const char *text, struct positions *out)
{
	const struct vuln_set *s = w->set;
	AUTO_ARENA a = { 0 };
	struct purl p;

	if (!purl_parse(&a, text, &p)) {
		const struct positions *found = component_index_cpe(&s->index, text);

		for (size_t i = 0; i < found->n; i++) {
			if (cpe_covers(text, s->components.v[found->v[i]].cpe))
				*list_push(&w->scratch, out) = found->v[i];
		}
		return;
	}
	const struct positions *const found[] = {
		component_index_source(&s->index, p.name),
		component_index_name(&s->index, p.name),
		component_index_purl(&s->index, &p),
	};
	for (size_t k = 0; k < ARRAY_SIZE(found); k++) {
		for (size_t i = 0; i < found[k]->n; i++) {
			const struct image_component *c = &s->components.v[found[k]->v[i]];

			if (vex_is_debian_package(s, &p, c) || purl_covers(&p, &c->purl))
				*list_push(&w->scratch, out) = found[k]->v[i];
		}
	}
}

static bool any_is_image(const struct vuln_set *s, const struct strings *names)
{
	for (size_t i = 0; i < names->n; i++)
		if (vex_is_image(s, names->v[i]))
			return true;
	return false;
}

/* What a statement is about: true: the image as a whole, else these components. */
static bool vex_is_whole(struct vex_work *w, const struct vex_statement *x, struct positions *out)
{
	for (size_t i = 0; i < x->products.n; i++) {
		const struct vex_thing *p = &x->products.v[i];
		bool image = any_is_image(w->set, &p->names);
		const struct strings *names = image ? &p->parts : &p->names;

		if (image && !p->parts.n)
			return true;
		for (size_t k = 0; k < names->n; k++)
			vex_add_named(w, names->v[k], out);
	}
	positions_sort(out);
	return false;
}

static struct str vex_here(struct arena *a, size_t component, const char *id)
{
	return str_of(arena_printf(a, "%zu %s", component, vuln_plain_id(id)));
}

/* Notes a vulnerability under all its names. */
static void vex_index_vuln(struct vex_work *w, size_t position)
{
	const struct vuln *v = &w->set->vulns->v[position];

	for (size_t i = 0; i <= v->aliases.n; i++) {
		const char *id = i ? v->aliases.v[i - 1] : v->id;

		positions_note(&w->keys, &w->known, str_of(vuln_plain_id(id)), position);
		if (v->component) {
			size_t c = (size_t)(v->component - w->set->components.v);

			positions_note(&w->keys, &w->here, vex_here(&w->keys, c, id), position);
		}
	}
}

static void vex_decide(struct vuln *v, const struct vex_statement *x)
{
	static const enum vuln_state becomes[] = {
		[VEX_NOT_AFFECTED] = VULN_NOT_AFFECTED,
		[VEX_FIXED] = VULN_FIXED,
		[VEX_AFFECTED] = VULN_AFFECTED,
		[VEX_UNDER_INVESTIGATION] = VULN_INVESTIGATED,
	};

	v->vex = x;
	v->state = becomes[x->status];
}

static int by_time(const void *a, const void *b)
{
	const struct vex_statement *x = a, *y = b;

	if (x->when != y->when)
		return x->when < y->when ? -1 : 1;
	return (x->order > y->order) - (x->order < y->order);
}

/* Decides the vulnerabilities that a statement names, of a component or of any; whether there were
 * some. */
static bool vex_decide_known(struct vex_work *w, const struct vex_statement *x, size_t component)
{
	bool told = false;

	for (size_t i = 0; i < x->ids.n; i++) {
		const char *id = x->ids.v[i];
		const struct positions *l =
			component == ANY_COMPONENT
				? positions_of(&w->known, str_of(vuln_plain_id(id)))
				: positions_of(&w->here, vex_here(&w->scratch, component, id));

		for (size_t k = 0; k < l->n; k++)
			vex_decide(&w->set->vulns->v[l->v[k]], x);
		told |= l->n > 0;
	}
	return told;
}

/* What no data file knows: the statement alone tells of it. */
static void vex_add_stated(struct vex_work *w, const struct vex_statement *x,
			   const struct image_component *c)
{
	if (!vuln_add(w->set, &(struct vuln){ .id = x->ids.v[0], .component = c }))
		return;
	vex_decide(&w->set->vulns->v[w->set->vulns->n - 1], x);
	vex_index_vuln(w, w->set->vulns->n - 1);
}

static void vex_apply_statement(struct vex_work *w, const struct vex_statement *x)
{
	struct positions about = { NULL, 0, 0 };

	if (vex_is_whole(w, x, &about)) {
		if (!vex_decide_known(w, x, ANY_COMPONENT))
			vex_add_stated(w, x, NULL);
		return;
	}
	for (size_t i = 0; i < about.n; i++) {
		if (!vex_decide_known(w, x, about.v[i]))
			vex_add_stated(w, x, &w->set->components.v[about.v[i]]);
	}
}

void vex_apply(struct vuln_set *s)
{
	struct vex_work w = { .set = s };

	if (!s->statements.n)
		return;
	for (size_t i = 0; i < s->vulns->n; i++)
		vex_index_vuln(&w, i);
	qsort(s->statements.v, s->statements.n, sizeof(*s->statements.v), by_time);
	list_each(x, &s->statements) {
		vex_apply_statement(&w, x);
		arena_free(&w.scratch);
	}
	arena_free(&w.keys);
}
