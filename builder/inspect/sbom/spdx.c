/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX 2.3 as JSON (ISO/IEC 5962). What is not known is said to be so: NOASSERTION. */

#include <stdlib.h>

#include "base/version.h"
#include "inspect/sbom/naming.h"
#include "inspect/sbom/sbom.h"
#include "inspect/sbom/sbom_output.h"

#define DOCUMENT "SPDXRef-DOCUMENT"

static void add_checksum(struct jsonw *w, const char *algorithm, const char *hex)
{
	jsonw_object_inline(w, NULL);
	jsonw_cstr(w, "algorithm", algorithm);
	jsonw_cstr(w, "checksumValue", hex);
	jsonw_object_end(w);
}

static int by_text(const void *a, const void *b)
{
	return memcmp(a, b, SHA1_HEX);
}

/* Of a package's files: the SHA-1 of their SHA-1 sums in hexadecimal, sorted (7.9). */
static void add_verification_code(struct out *o, const struct sbom *s, const struct sbom_package *p)
{
	AUTO_ARENA a = { 0 };
	char *all = arena_text(&a, p->files * SHA1_HEX), hex[SHA1_HEX + 1];
	struct sha1 code;

	for (size_t i = 0; i < p->files; i++) {
		sha1_hex(s->files.v[p->first_file + i].item->sha1, hex);
		memcpy(all + i * SHA1_HEX, hex, SHA1_HEX);
	}
	qsort(all, p->files, SHA1_HEX, by_text);
	code = sha1_of((struct str){ all, p->files * SHA1_HEX });
	sha1_hex(&code, hex);
	jsonw_object_inline(&o->w, "packageVerificationCode");
	jsonw_cstr(&o->w, "packageVerificationCodeValue", hex);
	jsonw_object_end(&o->w);
}

/* "Person: NAME (MAIL)" or, when the name is that of many, "Organization: ...". */
static const char *spdx_agent(struct arena *a, const char *name, const char *mail)
{
	static const char *const many[] = { "Team",	   "team",  "Maintainers",
					    "maintainers", "Group", "group" };
	bool organization = !mail || strstr(mail, "@lists.") || strstr(mail, "lists.debian.net") ||
			    strstr(mail, "@tracker.") || strstr(mail, "@packages.");

	for (size_t i = 0; i < ARRAY_SIZE(many); i++)
		organization = organization || strstr(name, many[i]);
	return arena_printf(a, "%s: %s%s%s%s", organization ? "Organization" : "Person", name,
			    mail ? " (" : "", mail ? mail : "", mail ? ")" : "");
}

/* Debian supplies what its people maintain; of all others the maintainer does. */
static void add_people(struct out *o, const struct sbom_package *p)
{
	AUTO_ARENA a = { 0 };
	const char *name, *mail;

	if (!p->maintainer)
		return jsonw_cstr(&o->w, "supplier", "NOASSERTION");
	naming_person(&a, p->maintainer, &name, &mail);
	if (mail && naming_is_debian(mail))
		jsonw_cstr(&o->w, "supplier", "Organization: Debian");
	else
		jsonw_cstr(&o->w, "supplier", spdx_agent(&a, name, mail));
	jsonw_cstr(&o->w, "originator", spdx_agent(&a, name, mail));
}

static void spdx_add_reference(struct jsonw *w, const char *category, const char *type,
			       const char *locator)
{
	if (!locator)
		return;
	jsonw_object(w, NULL);
	jsonw_cstr(w, "referenceCategory", category);
	jsonw_cstr(w, "referenceType", type);
	jsonw_cstr(w, "referenceLocator", locator);
	jsonw_object_end(w);
}

static void add_sha256(struct jsonw *w, const struct digest *d)
{
	char hex[DIGEST_TEXT];

	digest_hex(d, hex);
	jsonw_array(w, "checksums");
	add_checksum(w, "SHA256", hex);
	jsonw_array_end(w);
}

/* The file it came out of. */
static void add_archive(struct jsonw *w, const struct sbom_archive *archive)
{
	if (!archive)
		return;
	jsonw_cstr(w, "packageFileName", archive->file);
	add_sha256(w, &archive->sha256);
}

static void add_image_facts(struct out *o, const struct sbom *s)
{
	const struct image_facts *f = &s->image->facts;
	struct jsonw *w = &o->w;
	AUTO_ARENA a = { 0 };

	if (f->has_digest) {
		jsonw_array(w, "checksums");
		add_checksum(w, f->manifest.sha512 ? "SHA512" : "SHA256",
			     content_digest_text(&a, &f->manifest) + strlen("sha256:"));
		jsonw_array_end(w);
	}
	jsonw_printf(w, "comment", "%s for %s/%s%s%s, %s %s",
		     f->rootfs ? "a root file system" : "an image", f->os, f->architecture,
		     f->variant ? "/" : "", f->variant ? f->variant : "",
		     f->rootfs ? "of all its files" : "configuration",
		     content_digest_text(&a, &f->config));
}

static void spdx_add_package(struct out *o, const struct sbom *s, const struct sbom_package *p)
{
	AUTO_ARENA a = { 0 };
	const char *declared = licences_expression(&a, &p->licences);
	struct jsonw *w = &o->w;

	jsonw_object(w, NULL);
	jsonw_cstr(w, "SPDXID", p->id);
	jsonw_cstr(w, "name", p->name);
	out_optional(o, "versionInfo", p->version);
	add_people(o, p);
	jsonw_cstr(w, "downloadLocation",
		   p->download && *p->download ? p->download : "NOASSERTION");
	jsonw_bool(w, "filesAnalyzed", p->files != 0);
	if (p->files)
		add_verification_code(o, s, p);
	jsonw_cstr(w, "licenseConcluded", "NOASSERTION");
	jsonw_cstr(w, "licenseDeclared", declared ? declared : "NOASSERTION");
	jsonw_cstr(w, "copyrightText", "NOASSERTION");
	if (p->kind == SBOM_IMAGE)
		add_image_facts(o, s);
	add_archive(w, p->archive);
	if (p->kind < SBOM_DEB)
		jsonw_cstr(w, "primaryPackagePurpose",
			   p->kind == SBOM_IMAGE ? "CONTAINER" : "OPERATING_SYSTEM");
	if (p->source) /* Trivy takes the source, which security data are about, from these words */
		jsonw_printf(w, "sourceInfo", "built package from: %s %s", p->source,
			     p->source_version);
	if (p->record)
		jsonw_printf(w, "comment", "recorded in /%s", p->record);
	if (p->purl || p->cpe) {
		jsonw_array(w, "externalRefs");
		spdx_add_reference(w, "PACKAGE-MANAGER", "purl", p->purl);
		spdx_add_reference(w, "SECURITY", "cpe23Type", p->cpe);
		jsonw_array_end(w);
	}
	jsonw_object_end(w);
	out_spill(o);
}

/* Sources are not in the image, so no scanner shall count them: they have no package URL here. */
static void spdx_add_source(struct out *o, const struct sbom_source *x)
{
	struct jsonw *w = &o->w;

	jsonw_object(w, NULL);
	jsonw_cstr(w, "SPDXID", x->id);
	jsonw_cstr(w, "name", x->name);
	jsonw_cstr(w, "versionInfo", x->version);
	jsonw_cstr(w, "downloadLocation", "NOASSERTION");
	jsonw_bool(w, "filesAnalyzed", false);
	jsonw_cstr(w, "licenseConcluded", "NOASSERTION");
	jsonw_cstr(w, "licenseDeclared", "NOASSERTION");
	jsonw_cstr(w, "copyrightText", "NOASSERTION");
	add_archive(w, x->archive);
	jsonw_cstr(w, "primaryPackagePurpose", "SOURCE");
	jsonw_printf(w, "comment", "the source package %s", x->purl);
	jsonw_object_end(w);
	out_spill(o);
}

static const char *file_type(const struct item *i)
{
	switch ((enum content_kind)i->kind) {
	case CONTENT_ELF:
		return "BINARY";
	case CONTENT_ARCHIVE:
		return "ARCHIVE";
	case CONTENT_TEXT:
		return "TEXT";
	case CONTENT_SCRIPT:
		return "SOURCE";
	case CONTENT_EMPTY:
	case CONTENT_DATA:
		break;
	}
	return "OTHER";
}

static void spdx_add_file(struct out *o, const struct item *i)
{
	struct jsonw *w = &o->w;
	char id[NAMING_FILE_SIZE], sha1[SHA1_HEX + 1], sha256[DIGEST_TEXT];

	naming_file("SPDXRef-File-", i->path, id);
	sha1_hex(i->sha1, sha1);
	digest_hex(&i->sha256, sha256);
	jsonw_object(w, NULL);
	jsonw_cstr(w, "SPDXID", id);
	jsonw_printf(w, "fileName", "./%s", i->path);
	jsonw_array_inline(w, "fileTypes");
	jsonw_cstr(w, NULL, file_type(i));
	jsonw_array_end(w);
	jsonw_array(w, "checksums");
	add_checksum(w, "SHA1", sha1);
	add_checksum(w, "SHA256", sha256);
	jsonw_array_end(w);
	out_path_bytes(o, "comment", "the bytes of its path: ", i->path);
	jsonw_object_end(w);
	out_spill(o);
}

static void spdx_relate(struct out *o, const char *from, const char *how, const char *to)
{
	struct jsonw *w = &o->w;

	jsonw_object_inline(w, NULL);
	jsonw_cstr(w, "spdxElementId", from);
	jsonw_cstr(w, "relationshipType", how);
	jsonw_cstr(w, "relatedSpdxElement", to);
	jsonw_object_end(w);
	out_spill(o);
}

static const struct sbom_source *spdx_source_of(const struct sbom *s, const struct sbom_package *p)
{
	const struct sbom_source *x = s->sources.v;

	while (strcmp(x->name, p->source) != 0 || strcmp(x->version, p->source_version) != 0)
		x++;
	return x;
}

static void add_relationships(struct out *o, const struct sbom *s)
{
	const struct sbom_package *root = s->packages.v, *end = root + s->packages.n;

	jsonw_array(&o->w, "relationships");
	spdx_relate(o, DOCUMENT, "DESCRIBES", root->id);
	for (const struct sbom_package *p = root + 1; p < end; p++)
		spdx_relate(o, root->id, "CONTAINS", p->id);
	for (const struct sbom_package *p = root + 1; p < end; p++) /* Trivy looks for them here */
		if (p->kind == SBOM_DEB && root[1].kind == SBOM_SYSTEM)
			spdx_relate(o, root[1].id, "CONTAINS", p->id);
	for (const struct sbom_package *p = root; p < end; p++)
		for (size_t i = 0; i < p->files; i++) {
			char id[NAMING_FILE_SIZE];

			naming_file("SPDXRef-File-", s->files.v[p->first_file + i].item->path, id);
			spdx_relate(o, p->id, "CONTAINS", id);
		}
	for (const struct sbom_package *p = root; p < end; p++)
		if (p->source)
			spdx_relate(o, p->id, "GENERATED_FROM", spdx_source_of(s, p)->id);
	for (size_t i = 0; i < s->links.n; i++)
		spdx_relate(o, root[s->links.v[i].from].id, "DEPENDS_ON",
			    root[s->links.v[i].on].id);
	jsonw_array_end(&o->w);
}

static void spdx_add_licences(struct out *o, const struct licence_refs *refs)
{
	struct jsonw *w = &o->w;

	if (!refs->n)
		return;
	jsonw_array(w, "hasExtractedLicensingInfos");
	list_each(r, refs) {
		jsonw_object(w, NULL);
		jsonw_cstr(w, "licenseId", r->id);
		jsonw_cstr(w, "name", r->name);
		jsonw_str(w, "extractedText", r->text);
		jsonw_object_end(w);
		out_spill(o);
	}
	jsonw_array_end(w);
}

static void add_creation(struct out *o, const struct sbom *s)
{
	struct jsonw *w = &o->w;
	char uuid[NAMING_UUID_SIZE];

	naming_uuid(s, "spdx-json", uuid);
	jsonw_cstr(w, "spdxVersion", "SPDX-2.3");
	jsonw_cstr(w, "dataLicense", "CC0-1.0");
	jsonw_cstr(w, "SPDXID", DOCUMENT);
	jsonw_cstr(w, "name", s->name);
	jsonw_printf(w, "documentNamespace", "https://spdx.org/spdxdocs/%s-%s",
		     s->packages.v[0].id + strlen("SPDXRef-"), uuid);
	jsonw_object(w, "creationInfo");
	jsonw_cstr(w, "created", s->created);
	jsonw_array_inline(w, "creators");
	jsonw_cstr(w, NULL, "Tool: imgbuild-" IMGBUILD_VERSION);
	jsonw_array_end(w);
	jsonw_object_end(w);
}

bool sbom_spdx(const struct sbom *s, struct sink *to, struct error *e)
{
	AUTO_ARENA a = { 0 };
	struct out o;

	out_begin(&o, &a, to, e);
	jsonw_object(&o.w, NULL);
	add_creation(&o, s);
	jsonw_array(&o.w, "packages");
	for (size_t i = 0; i < s->packages.n; i++)
		spdx_add_package(&o, s, &s->packages.v[i]);
	for (size_t i = 0; i < s->sources.n; i++)
		spdx_add_source(&o, &s->sources.v[i]);
	jsonw_array_end(&o.w);
	jsonw_array(&o.w, "files");
	for (size_t i = 0; i < s->files.n; i++)
		spdx_add_file(&o, s->files.v[i].item);
	jsonw_array_end(&o.w);
	add_relationships(&o, s);
	spdx_add_licences(&o, &s->refs);
	jsonw_object_end(&o.w);
	return out_end(&o);
}
