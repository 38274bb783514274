/* SPDX-License-Identifier: Apache-2.0 */
/* An SPDX document with a package for each part. Licences are not judged here: NOASSERTION. */

#include "make/compose/upstream_record.h"

#include "base/rfc3339.h"
#include "format/debian/purl.h"
#include "format/json/jsonw.h"

/* What a document says of one file. */
struct upstream_part {
	const char *id, *name, *version;
	const char *url; /* where it was had, or NULL */
	const char *sha256, *purl;
};

struct upstream_parts LIST(struct upstream_part);

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

static void upstream_describe_package(struct jsonw *w, const struct upstream_part *p)
{
	jsonw_object(w, NULL);
	jsonw_cstr(w, "SPDXID", p->id);
	jsonw_cstr(w, "name", p->name);
	jsonw_cstr(w, "versionInfo", p->version);
	jsonw_cstr(w, "downloadLocation", p->url ? p->url : "NOASSERTION");
	jsonw_bool(w, "filesAnalyzed", false);
	jsonw_array(w, "checksums");
	jsonw_object_inline(w, NULL);
	jsonw_cstr(w, "algorithm", "SHA256");
	jsonw_cstr(w, "checksumValue", p->sha256);
	jsonw_object_end(w);
	jsonw_array_end(w);
	jsonw_cstr(w, "licenseConcluded", "NOASSERTION");
	jsonw_cstr(w, "licenseDeclared", "NOASSERTION");
	jsonw_cstr(w, "copyrightText", "NOASSERTION");
	jsonw_array(w, "externalRefs");
	jsonw_object_inline(w, NULL);
	jsonw_cstr(w, "referenceCategory", "PACKAGE-MANAGER");
	jsonw_cstr(w, "referenceType", "purl");
	jsonw_cstr(w, "referenceLocator", p->purl);
	jsonw_object_end(w);
	jsonw_array_end(w);
	jsonw_object_end(w);
}

static void upstream_write(const char *name, const char *space, uint64_t epoch,
			   const struct upstream_parts *parts, struct buf *out)
{
	struct jsonw w;

	jsonw_init(&w, out, true);
	jsonw_object(&w, NULL);
	jsonw_cstr(&w, "spdxVersion", "SPDX-2.3");
	jsonw_cstr(&w, "dataLicense", "CC0-1.0");
	jsonw_cstr(&w, "SPDXID", "SPDXRef-DOCUMENT");
	jsonw_cstr(&w, "name", name);
	jsonw_cstr(&w, "documentNamespace", space);
	describe_creation(&w, epoch);
	jsonw_array(&w, "packages");
	list_each(p, parts)
		upstream_describe_package(&w, p);
	jsonw_array_end(&w);
	jsonw_array(&w, "relationships");
	list_each(p, parts) {
		jsonw_object_inline(&w, NULL);
		jsonw_cstr(&w, "spdxElementId", "SPDXRef-DOCUMENT");
		jsonw_cstr(&w, "relationshipType", "DESCRIBES");
		jsonw_cstr(&w, "relatedSpdxElement", p->id);
		jsonw_object_end(&w);
	}
	jsonw_array_end(&w);
	jsonw_object_end(&w);
	jsonw_finish(&w);
}

void upstream_document(const struct source_recipe *s, const struct locked_source *locked,
		       uint64_t epoch, struct buf *out)
{
	struct arena *a = out->a;
	const char *sha256 = digest_hex_dup(a, &s->sha256);
	struct upstream_parts parts = { NULL, 0, 0 };

	*list_push(a, &parts) = (struct upstream_part){
		.id = "SPDXRef-Package",
		.name = s->name,
		.version = locked->version,
		.url = s->urls.n ? s->urls.v[0] : NULL,
		.sha256 = sha256,
		.purl = s->purl ? s->purl
				: arena_printf(a, "pkg:generic/%s@%s?checksum=sha256:%s", s->name,
					       locked->version, sha256)
	};
	upstream_write(arena_printf(a, "%s-%s", s->name, locked->version),
		       arena_printf(a, "urn:imgbuild:source:%s:sha256:%s", s->name, sha256), epoch,
		       &parts, out);
}

const char *upstream_jars_path(struct arena *a, const struct source_recipe *s)
{
	return arena_printf(a, "var/lib/db/sbom/%s-jars.spdx.json", s->name);
}

static const char *upstream_url(const struct locked_source *locked, const struct dependency *d)
{
	list_each(f, &locked->files) {
		if (strcmp(f->path, d->path) == 0)
			return f->url;
	}
	return NULL;
}

void upstream_jars_document(const struct source_recipe *s, const struct locked_source *locked,
			    const struct dependencies *jars, uint64_t epoch, struct buf *out)
{
	struct arena *a = out->a;
	struct upstream_parts parts = { NULL, 0, 0 };

	list_each(d, &jars->v) {
		struct purl p;

		purl_of(a, "maven", d->name, d->version, &p);
		*list_push(a, &parts) = (struct upstream_part){
			.id = arena_printf(a, "SPDXRef-Package-%zu", parts.n + 1),
			.name = d->name,
			.version = d->version,
			.url = upstream_url(locked, d),
			.sha256 = digest_hex_dup(a, &d->hash),
			.purl = purl_text(a, &p)
		};
	}
	upstream_write(arena_printf(a, "%s-jars", s->name),
		       arena_printf(a, "urn:imgbuild:source:%s:jars:sha256:%s", s->name,
				    digest_hex_dup(a, &jars->text)),
		       epoch, &parts, out);
}
