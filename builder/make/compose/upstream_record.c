/* SPDX-License-Identifier: Apache-2.0 */
/* One SPDX document with one package. Licences are not judged here: NOASSERTION. */

#include "make/compose/upstream_record.h"

#include "base/rfc3339.h"
#include "format/json/jsonw.h"

#define PACKAGE_ID "SPDXRef-Package"

const char *upstream_path(struct arena *a, const struct locked_source *locked)
{
	return arena_printf(a, "var/lib/db/sbom/%s-%s.spdx.json", locked->name, locked->version);
}

static void describe_creation(struct jsonw *w, uint64_t epoch)
{
	char text[RFC3339_SIZE];

	rfc3339_format((int64_t)epoch, text);
	jsonw_object(w, "creationInfo");
	jsonw_cstr(w, "created", text);
	jsonw_array_inline(w, "creators");
	jsonw_cstr(w, NULL, "Tool: imgbuild");
	jsonw_array_end(w);
	jsonw_object_end(w);
}

static void upstream_describe_package(struct jsonw *w, const struct source_recipe *s,
				      const struct locked_source *locked, const char *sha256)
{
	jsonw_object(w, NULL);
	jsonw_cstr(w, "SPDXID", PACKAGE_ID);
	jsonw_cstr(w, "name", s->name);
	jsonw_cstr(w, "versionInfo", locked->version);
	jsonw_cstr(w, "downloadLocation", s->urls.n ? s->urls.v[0] : "NOASSERTION");
	jsonw_bool(w, "filesAnalyzed", false);
	jsonw_array(w, "checksums");
	jsonw_object_inline(w, NULL);
	jsonw_cstr(w, "algorithm", "SHA256");
	jsonw_cstr(w, "checksumValue", sha256);
	jsonw_object_end(w);
	jsonw_array_end(w);
	jsonw_cstr(w, "licenseConcluded", "NOASSERTION");
	jsonw_cstr(w, "licenseDeclared", "NOASSERTION");
	jsonw_cstr(w, "copyrightText", "NOASSERTION");
	jsonw_array(w, "externalRefs");
	jsonw_object_inline(w, NULL);
	jsonw_cstr(w, "referenceCategory", "PACKAGE-MANAGER");
	jsonw_cstr(w, "referenceType", "purl");
	if (s->purl)
		jsonw_cstr(w, "referenceLocator", s->purl);
	else
		jsonw_printf(w, "referenceLocator", "pkg:generic/%s@%s?checksum=sha256:%s", s->name,
			     locked->version, sha256);
	jsonw_object_end(w);
	jsonw_array_end(w);
	jsonw_object_end(w);
}

void upstream_document(const struct source_recipe *s, const struct locked_source *locked,
		       uint64_t epoch, struct buf *out)
{
	const char *sha256 = digest_hex_dup(out->a, &s->sha256);
	struct jsonw w;

	jsonw_init(&w, out, true);
	jsonw_object(&w, NULL);
	jsonw_cstr(&w, "spdxVersion", "SPDX-2.3");
	jsonw_cstr(&w, "dataLicense", "CC0-1.0");
	jsonw_cstr(&w, "SPDXID", "SPDXRef-DOCUMENT");
	jsonw_printf(&w, "name", "%s-%s", s->name, locked->version);
	jsonw_printf(&w, "documentNamespace", "urn:imgbuild:source:%s:sha256:%s", s->name, sha256);
	describe_creation(&w, epoch);
	jsonw_array(&w, "packages");
	upstream_describe_package(&w, s, locked, sha256);
	jsonw_array_end(&w);
	jsonw_array(&w, "relationships");
	jsonw_object_inline(&w, NULL);
	jsonw_cstr(&w, "spdxElementId", "SPDXRef-DOCUMENT");
	jsonw_cstr(&w, "relationshipType", "DESCRIBES");
	jsonw_cstr(&w, "relatedSpdxElement", PACKAGE_ID);
	jsonw_object_end(&w);
	jsonw_array_end(&w);
	jsonw_object_end(&w);
	jsonw_finish(&w);
}
