/* SPDX-License-Identifier: Apache-2.0 */
/* The text of a provenance. Where materials come from, the line knows. */

#include "trust/attestation/provenance.h"

#include <stdlib.h>

#include "base/rfc3339.h"
#include "base/version.h"
#include "format/json/jsonw.h"
#include "format/json/jsonx.h"
#include "trust/attestation/kept_inputs.h"

static int material_compare(const void *x, const void *y)
{
	const struct material *p = x, *q = y;
	int order = strcmp(p->kind, q->kind);

	if (order == 0)
		order = strcmp(p->name, q->name);
	return order ? order : memcmp(p->sha256.b, q->sha256.b, sizeof(p->sha256.b));
}

void materials_sort(struct materials *l)
{
	size_t kept = 0;

	if (l->n == 0)
		return;
	qsort(l->v, l->n, sizeof(*l->v), material_compare);
	for (size_t i = 1; i < l->n; i++) {
		if (material_compare(&l->v[kept], &l->v[i]) != 0)
			l->v[++kept] = l->v[i];
	}
	l->n = kept + 1;
}

static void provenance_write_digest(struct jsonw *w, const struct digest *d)
{
	char hex[DIGEST_TEXT];

	digest_hex(d, hex);
	jsonw_object_inline(w, "digest");
	jsonw_cstr(w, "sha256", hex);
	jsonw_object_end(w);
}

static void provenance_write_material(struct jsonw *w, const struct material *m)
{
	jsonw_object(w, NULL);
	jsonw_cstr(w, "name", m->name);
	if (m->uri)
		jsonw_cstr(w, "uri", m->uri);
	provenance_write_digest(w, &m->sha256);
	if (m->location)
		jsonw_cstr(w, "downloadLocation", m->location);
	jsonw_object_inline(w, "annotations");
	jsonw_cstr(w, "kind", m->kind);
	if (m->detail)
		jsonw_cstr(w, "detail", m->detail);
	jsonw_object_end(w);
	jsonw_object_end(w);
}

static void provenance_write_definition(struct jsonw *w, const struct provenance *p)
{
	jsonw_object(w, "buildDefinition");
	jsonw_cstr(w, "buildType", PROVENANCE_BUILD_TYPE);
	jsonw_object(w, "externalParameters");
	jsonw_cstr(w, "recipe", p->recipe);
	if (p->variant)
		jsonw_cstr(w, "variant", p->variant);
	jsonw_strings(w, "platforms", &p->platforms);
	if (p->tag)
		jsonw_cstr(w, "tag", p->tag);
	jsonw_bool(w, "locked", p->locked);
	jsonw_bool(w, "offline", p->offline);
	jsonw_bool(w, "audit", p->audited);
	jsonw_bool(w, "incremental", p->incremental);
	jsonw_object_end(w);
	jsonw_object(w, "internalParameters");
	jsonw_strings(w, "compressors", &p->compressors);
	jsonw_bool(w, "compressorsPinned", !p->substituted);
	jsonw_object_end(w);
	jsonw_array(w, "resolvedDependencies");
	for (size_t i = 0; i < p->materials.n; i++)
		provenance_write_material(w, &p->materials.v[i]);
	jsonw_array_end(w);
	jsonw_object_end(w);
}

static void provenance_write_time(struct jsonw *w, const char *key, int64_t when)
{
	char text[RFC3339_SIZE];

	rfc3339_format(when, text);
	jsonw_cstr(w, key, text);
}

static void provenance_write_run(struct jsonw *w, const struct provenance *p)
{
	jsonw_object(w, "runDetails");
	jsonw_object(w, "builder");
	jsonw_cstr(w, "id", PROVENANCE_BUILDER);
	jsonw_array(w, "builderDependencies");
	jsonw_object(w, NULL);
	jsonw_cstr(w, "name", "imgbuild");
	provenance_write_digest(w, &p->program);
	jsonw_object_end(w);
	jsonw_array_end(w);
	jsonw_object_inline(w, "version");
	jsonw_cstr(w, "imgbuild", IMGBUILD_VERSION);
	jsonw_object_end(w);
	jsonw_object_end(w);
	jsonw_object(w, "metadata");
	provenance_write_time(w, "startedOn", p->started);
	provenance_write_time(w, "finishedOn", p->finished);
	jsonw_object_end(w);
	if (p->inputs) {
		jsonw_array(w, "byproducts");
		jsonw_object(w, NULL);
		jsonw_cstr(w, "name", KEPT_LIST_FILE);
		provenance_write_digest(w, p->inputs);
		jsonw_cstr(w, "mediaType", KEPT_LIST_TYPE);
		jsonw_object_end(w);
		jsonw_array_end(w);
	}
	jsonw_object_end(w);
}

struct str provenance_text(struct arena *a, const struct provenance *p)
{
	struct buf text = { .a = a };
	struct jsonw w;

	jsonw_init(&w, &text, false);
	jsonw_object(&w, NULL);
	provenance_write_definition(&w, p);
	provenance_write_run(&w, p);
	jsonw_object_end(&w);
	jsonw_finish(&w);
	return buf_str(&text);
}

/* 1 it is the list, 0 something else, -1. */
static int provenance_read_byproduct(struct arena *a, const struct json_node *n,
				     struct digest *list, struct error *e)
{
	const char *type = jsonx_text(a, n, "mediaType"), *hex;
	struct json_node digest;

	if (!type || strcmp(type, KEPT_LIST_TYPE) != 0)
		return 0;
	if (!json_need(n, "digest", &digest, e))
		return -1;
	hex = jsonx_text(a, &digest, "sha256");
	if (hex && digest_parse(str_of(hex), list))
		return 1;
	json_fail(&digest, e, "has no \"sha256\" of 64 hexadecimal digits");
	return -1;
}

int provenance_inputs(struct arena *a, struct str predicate, struct digest *list, struct error *e)
{
	AUTO_JSON doc = { 0 };
	struct json_node root, run, all, one;
	int found = 0;

	if (!json_parse("provenance", predicate, &doc, e))
		return -1;
	root = json_root(&doc);
	if (!jsonx_get(&root, "runDetails", &run) || !jsonx_get(&run, "byproducts", &all))
		return 0;
	if (!json_want_array(&all, e))
		return -1;
	for (size_t i = 0; found == 0 && json_item(&all, i, &one); i++)
		found = provenance_read_byproduct(a, &one, list, e);
	return found;
}
