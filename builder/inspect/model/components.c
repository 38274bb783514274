/* SPDX-License-Identifier: Apache-2.0 */
/* Package records and embedded SPDX documents (the convention of var/lib/db/sbom/NAME.spdx.json).
 */

#include "inspect/model/components.h"

#include "format/json/jsonx.h"
#include "inspect/model/language_packages.h"

#define SBOM_MAX (1u << 20)

struct components_reading {
	struct arena *a;
	const struct model *m;
	struct components *out;
	struct remarks *problems;
};

static bool has_package_record(const struct components_reading *r, const char *name,
			       const char *version)
{
	const struct package *p = packages_find(&r->m->packages, name);

	return p && version && strcmp(p->version, version) == 0;
}

static bool read_reference(struct arena *a, const struct json_node *n, struct image_component *c,
			   struct error *e)
{
	const char *type = "", *locator = NULL;

	if (!json_want_object(n, e) || !jsonx_string(a, n, "referenceType", &type, e) ||
	    !jsonx_string(a, n, "referenceLocator", &locator, e))
		return false;
	if (locator && strcmp(type, "purl") == 0) {
		c->locator = locator;
		return purl_parse(a, locator, &c->purl) ||
		       json_fail(n, e, "\"%s\" is not a package URL", locator);
	}
	if (locator && strcmp(type, "cpe23Type") == 0)
		c->cpe = locator;
	return true;
}

static bool components_read_package(const struct components_reading *r, const struct json_node *n,
				    const char *record, struct error *e)
{
	struct image_component c = { .record = record };
	struct json_node name, list, item;

	if (!json_want_object(n, e) || !json_need(n, "name", &name, e) ||
	    !json_as_string(r->a, &name, &c.name, e) ||
	    !jsonx_string(r->a, n, "versionInfo", &c.version, e) ||
	    !jsonx_string(r->a, n, "downloadLocation", &c.download, e))
		return false;
	if (jsonx_get(n, "externalRefs", &list)) {
		if (!json_want_array(&list, e))
			return false;
		for (size_t i = 0; json_item(&list, i, &item); i++)
			if (!read_reference(r->a, &item, &c, e))
				return false;
	}
	if ((c.purl.type || c.cpe) && !has_package_record(r, c.name, c.version))
		*list_push(r->a, r->out) = c;
	return true;
}

static bool components_read_document(const struct components_reading *r, const struct item *i,
				     struct str text, struct error *e)
{
	AUTO_JSON doc = { 0 };
	struct json_node root, list, item;

	if (!json_parse(i->path, text, &doc, e))
		return false;
	root = json_root(&doc);
	if (!json_want_object(&root, e) || !json_need(&root, "packages", &list, e) ||
	    !json_want_array(&list, e))
		return false;
	for (size_t k = 0; json_item(&list, k, &item); k++)
		if (!components_read_package(r, &item, i->path, e))
			return false;
	return true;
}

static void components_problem(const struct components_reading *r, const struct item *i,
			       const char *text)
{
	*list_push(r->a, r->problems) = (struct layer_remark){ "package.bad-record", i->path,
							       text };
}

static bool read_item(const struct components_reading *r, const struct item *i, struct error *e)
{
	AUTO_ARENA scratch = { 0 };
	struct error bad = { .kind = ERR_NONE };
	struct str text;

	if (i->size > SBOM_MAX) {
		components_problem(r, i,
				   arena_printf(r->a,
						"the SPDX document has more than %u "
						"bytes",
						SBOM_MAX));
		return true;
	}
	if (!model_text(&scratch, r->m, i, &text, e))
		return false;
	if (text.p && !components_read_document(r, i, text, &bad))
		components_problem(r, i, arena_printf(r->a, "line %u: %s", bad.at.line, bad.cause));
	return true;
}

bool image_components(struct arena *a, const struct model *m, struct components *out,
		      struct remarks *problems, struct error *e)
{
	const struct components_reading r = { a, m, out, problems };

	list_each(p, &m->packages)
		*list_push(a, out) = (struct image_component){ .name = p->name,
							       .version = p->version,
							       .architecture = p->architecture,
							       .source = p->source,
							       .source_version = p->source_version,
							       .record = p->record };
	for (size_t n = 0; n < m->items.n; n++) {
		const struct item *i = m->items.v[n];

		if (i->type == ITEM_FILE && str_starts(str_of(i->path), STR("var/lib/db/sbom/")) &&
		    str_ends(str_of(i->path), STR(".spdx.json")) && !read_item(&r, i, e))
			return false;
	}
	return language_components(a, m, out, problems, e);
}
