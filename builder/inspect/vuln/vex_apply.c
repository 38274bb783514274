/* SPDX-License-Identifier: Apache-2.0 */
/* Which statement is about what. Names that cannot be compared (of other images, of packages that
 * are not here) match nothing. */

#include <stdlib.h>

#include "inspect/vuln/vex.h"

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

static bool is_component(const struct vuln_set *s, const char *text,
			 const struct image_component *c)
{
	AUTO_ARENA a = { 0 };
	struct purl p;

	if (!c)
		return false;
	if (!purl_parse(&a, text, &p))
		return c->cpe && cpe_covers(text, c->cpe);
	return vex_is_debian_package(s, &p, c) || purl_covers(&p, &c->purl);
}

static bool any_is_component(const struct vuln_set *s, const struct strings *names,
			     const struct image_component *c)
{
	for (size_t i = 0; i < names->n; i++)
		if (is_component(s, names->v[i], c))
			return true;
	return false;
}

static bool any_is_image(const struct vuln_set *s, const struct strings *names)
{
	for (size_t i = 0; i < names->n; i++)
		if (vex_is_image(s, names->v[i]))
			return true;
	return false;
}

/* `c` NULL: is the statement about the image as a whole? */
static bool is_about(const struct vuln_set *s, const struct vex_statement *x,
		     const struct image_component *c)
{
	for (size_t i = 0; i < x->products.n; i++) {
		const struct vex_thing *p = &x->products.v[i];
		bool image = any_is_image(s, &p->names);

		if (image ? !p->parts.n || any_is_component(s, &p->parts, c)
			  : any_is_component(s, &p->names, c))
			return true;
	}
	return false;
}

static bool names_it(const struct vex_statement *x, const struct vuln *v)
{
	for (size_t i = 0; i < x->ids.n; i++)
		if (vuln_named(v, x->ids.v[i]))
			return true;
	return false;
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

/* What no data file knows: the statement alone tells of it. */
static void add_stated(struct vuln_set *s, const struct vex_statement *x,
		       const struct image_component *c)
{
	for (size_t i = 0; i < s->vulns->n; i++)
		if (s->vulns->v[i].component == c && names_it(x, &s->vulns->v[i]))
			return;
	if (!is_about(s, x, c))
		return;
	vuln_add(s, &(struct vuln){ .id = x->ids.v[0], .component = c });
}

static int by_time(const void *a, const void *b)
{
	const struct vex_statement *x = a, *y = b;

	if (x->when != y->when)
		return x->when < y->when ? -1 : 1;
	return (x->order > y->order) - (x->order < y->order);
}

static void vex_apply_statement(struct vuln_set *s, const struct vex_statement *x)
{
	bool whole = is_about(s, x, NULL), told = false;

	for (size_t i = 0; !whole && i < s->components.n; i++)
		add_stated(s, x, &s->components.v[i]);
	for (size_t i = 0; i < s->vulns->n; i++) {
		struct vuln *v = &s->vulns->v[i];

		if (!names_it(x, v) || !(whole || is_about(s, x, v->component)))
			continue;
		told = true;
		vex_decide(v, x);
	}
	if (whole && !told) {
		vuln_add(s, &(struct vuln){ .id = x->ids.v[0] });
		vex_decide(&s->vulns->v[s->vulns->n - 1], x);
	}
}

void vex_apply(struct vuln_set *s)
{
	if (s->statements.n)
		qsort(s->statements.v, s->statements.n, sizeof(*s->statements.v), by_time);
	for (size_t i = 0; i < s->statements.n; i++)
		vex_apply_statement(s, &s->statements.v[i]);
}
