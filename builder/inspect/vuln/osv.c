/* SPDX-License-Identifier: Apache-2.0 */
/* Records of osv.dev's format. A range is evaluated in the order of the versions that it is about:
 * that of its own type, or of the ecosystem. */

#include "inspect/vuln/osv.h"

#include "format/json/jsonx.h"
#include "inspect/vuln/version_order.h"

struct record {
	struct vuln_set *set;
	struct arena *a; /* of this record */
	const char *id;
	struct strings aliases, parts;
};

/* What the ranges make of one version. */
struct answer {
	bool affected;	   /* it is in one */
	bool begun;	   /* it is not before all of them */
	const char *fixed; /* the least version above it that has the fix */
};

/* A version that is asked about. */
struct osv_version {
	const char *text;
	enum version_order order;
};

static int osv_compare(const struct osv_version *v, const char *with)
{
	return version_compare(v->order, str_of(v->text), str_of(with));
}

static bool at_or_after(const struct osv_version *v, const char *than)
{
	return strcmp(than, "0") == 0 || osv_compare(v, than) >= 0;
}

/* Events in order: introduced, then fixed or last_affected, and again. */
static bool read_event(struct record *r, const struct json_node *n, const struct osv_version *v,
		       bool *inside, struct answer *out, struct error *e)
{
	const char *introduced = NULL, *fixed = NULL, *last = NULL;

	if (!json_want_object(n, e) || !jsonx_string(r->a, n, "introduced", &introduced, e) ||
	    !jsonx_string(r->a, n, "fixed", &fixed, e) ||
	    !jsonx_string(r->a, n, "last_affected", &last, e))
		return false;
	if (introduced && at_or_after(v, introduced))
		*inside = out->begun = true;
	if (fixed && at_or_after(v, fixed))
		*inside = false;
	else if (fixed && *inside &&
		 (!out->fixed || version_compare(v->order, str_of(fixed), str_of(out->fixed)) < 0))
		out->fixed = fixed;
	if (last && osv_compare(v, last) > 0)
		*inside = false;
	return true;
}

static bool read_range(struct record *r, const struct json_node *n, struct osv_version v,
		       struct answer *out, struct error *e)
{
	struct json_node type, events, event;
	const char *kind;
	bool inside = false;

	if (!json_want_object(n, e) || !json_need(n, "type", &type, e) ||
	    !json_as_string(r->a, &type, &kind, e) || !json_need(n, "events", &events, e) ||
	    !json_want_array(&events, e))
		return false;
	if (strcmp(kind, "GIT") == 0)
		return true; /* commits */
	if (strcmp(kind, "SEMVER") == 0)
		v.order = VERSION_SEMVER;
	for (size_t i = 0; json_item(&events, i, &event); i++)
		if (!read_event(r, &event, &v, &inside, out, e))
			return false;
	out->affected |= inside;
	return true;
}

static bool osv_evaluate(struct record *r, const struct json_node *affected,
			 const struct osv_version *v, struct answer *out, struct error *e)
{
	struct strings versions = { NULL, 0, 0 };
	struct json_node list, item;

	if (!jsonx_strings(r->a, affected, "versions", &versions, e))
		return false;
	for (size_t i = 0; i < versions.n; i++)
		out->affected |= osv_compare(v, versions.v[i]) == 0;
	out->begun |= out->affected;
	if (!jsonx_get(affected, "ranges", &list))
		return true;
	if (!json_want_array(&list, e))
		return false;
	for (size_t i = 0; json_item(&list, i, &item); i++)
		if (!read_range(r, &item, *v, out, e))
			return false;
	return true;
}

static bool read_urgency(struct record *r, const struct json_node *affected, const char **out,
			 struct error *e)
{
	struct json_node n;

	return !jsonx_get(affected, "ecosystem_specific", &n) ||
	       (json_want_object(&n, e) && jsonx_string(r->a, &n, "urgency", out, e));
}

static bool osv_judge(struct record *r, const struct json_node *affected,
		      const struct image_component *c, bool debian, struct error *e)
{
	const struct osv_version v = {
		.text = debian ? c->source_version : c->version,
		.order = debian ? VERSION_DEBIAN : version_order_of(c->purl.type),
	};
	struct answer x = { false, false, NULL };
	const char *urgency = "";

	if (!v.text)
		return true;
	if (!osv_evaluate(r, affected, &v, &x, e) || !read_urgency(r, affected, &urgency, e))
		return false;
	if (x.affected || x.begun)
		vuln_add(r->set, &(struct vuln){ .id = r->id,
						 .aliases = r->aliases,
						 .parts = r->parts,
						 .component = c,
						 .state = !x.affected ? VULN_FIXED
							  : strcmp(urgency, "unimportant") == 0
								  ? VULN_UNIMPORTANT
								  : VULN_AFFECTED,
						 .fixed = x.affected ? x.fixed : NULL });
	return true;
}

/* "Debian:13" is for the sources of that release; other ecosystems go by package URL. */
static bool osv_debian_release(const char *ecosystem, struct str *release)
{
	struct str name;

	return str_cut(str_of(ecosystem), ':', &name, release) && str_eq(name, STR("Debian"));
}

static bool osv_is_release(const struct record *r, const char *ecosystem)
{
	struct str release;

	return r->set->release && osv_debian_release(ecosystem, &release) &&
	       str_eq(release, str_of(r->set->release));
}

/* Components that may be meant. */
static void osv_find(struct record *r, const char *ecosystem, const char *name,
		     const struct purl *purl, struct positions *out)
{
	const struct positions *const found[] = {
		component_index_source(&r->set->index, osv_is_release(r, ecosystem) ? name : ""),
		component_index_purl(&r->set->index, purl),
	};

	for (size_t k = 0; k < ARRAY_SIZE(found); k++) {
		for (size_t i = 0; i < found[k]->n; i++)
			*list_push(r->a, out) = found[k]->v[i];
	}
	positions_sort(out);
}

/* Data that come from the ecosystems themselves (vuln.go.dev, rustsec.org) name no package URL. */
static void osv_name(struct record *r, const char *ecosystem, const char *name, struct purl *out)
{
	static const struct {
		const char *ecosystem, *type;
	} types[] = {
		{ "Go", "golang" }, { "crates.io", "cargo" }, { "PyPI", "pypi" },
		{ "npm", "npm" },   { "Maven", "maven" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(types); i++) {
		if (strcmp(ecosystem, types[i].ecosystem) == 0)
			purl_of(r->a, types[i].type, name, NULL, out);
	}
}

static bool read_affected(struct record *r, const struct json_node *n, struct error *e)
{
	const char *ecosystem = "", *name = "", *url = NULL;
	struct purl purl = { .type = NULL };
	struct positions found = { NULL, 0, 0 };
	struct json_node package;
	struct str release;

	if (!json_want_object(n, e))
		return false;
	if (!jsonx_get(n, "package", &package))
		return true;
	if (!json_want_object(&package, e) ||
	    !jsonx_string(r->a, &package, "ecosystem", &ecosystem, e) ||
	    !jsonx_string(r->a, &package, "name", &name, e) ||
	    !jsonx_string(r->a, &package, "purl", &url, e))
		return false;
	if (url && !purl_parse(r->a, url, &purl))
		return json_fail(&package, e, "\"%s\" is not a package URL", url);
	if (osv_debian_release(ecosystem, &release))
		vuln_note_release(r->set, release);
	if (!url)
		osv_name(r, ecosystem, name, &purl);
	osv_find(r, ecosystem, name, &purl, &found);
	for (size_t i = 0; i < found.n; i++) {
		const struct image_component *c = &r->set->components.v[found.v[i]];
		bool debian = c->source && osv_is_release(r, ecosystem) &&
			      strcmp(c->source, name) == 0;

		if ((debian || purl_covers(&purl, &c->purl)) && !osv_judge(r, n, c, debian, e))
			return false;
	}
	return true;
}

bool osv_read(struct vuln_set *s, const struct json_node *n, struct error *e)
{
	AUTO_ARENA scratch = { 0 };
	struct record r = { .set = s, .a = &scratch };
	struct json_node id, list, item;

	if (!json_need(n, "id", &id, e) || !json_as_string(&scratch, &id, &r.id, e))
		return false;
	if (jsonx_get(n, "withdrawn", &item) || !jsonx_get(n, "affected", &list))
		return true;
	if (!jsonx_strings(&scratch, n, "aliases", &r.aliases, e) ||
	    !jsonx_strings(&scratch, n, "upstream", &r.parts, e) || !json_want_array(&list, e))
		return false;
	for (size_t i = 0; json_item(&list, i, &item); i++)
		if (!read_affected(&r, &item, e))
			return false;
	return true;
}
