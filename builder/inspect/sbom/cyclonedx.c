/* SPDX-License-Identifier: Apache-2.0 */
/* CycloneDX 1.6 as JSON (ECMA-424). Files stand in the component they belong to. */

#include "base/version.h"
#include "inspect/sbom/naming.h"
#include "inspect/sbom/sbom.h"
#include "inspect/sbom/sbom_output.h"

static void add_hash_of(struct jsonw *w, const char *algorithm, const char *hex)
{
	jsonw_array(w, "hashes");
	jsonw_object_inline(w, NULL);
	jsonw_cstr(w, "alg", algorithm);
	jsonw_cstr(w, "content", hex);
	jsonw_object_end(w);
	jsonw_array_end(w);
}

static void add_hash(struct jsonw *w, const struct digest *d)
{
	char hex[DIGEST_TEXT];

	digest_hex(d, hex);
	add_hash_of(w, "SHA-256", hex);
}

static void add_content_hash(struct jsonw *w, const struct content_digest *d)
{
	AUTO_ARENA a = { 0 };

	add_hash_of(w, d->sha512 ? "SHA-512" : "SHA-256",
		    content_digest_text(&a, d) + strlen("sha256:"));
}

static void add_property(struct jsonw *w, const char *name, const char *value)
{
	if (!value)
		return;
	jsonw_object_inline(w, NULL);
	jsonw_cstr(w, "name", name);
	jsonw_cstr(w, "value", value);
	jsonw_object_end(w);
}

static void begin_component(struct jsonw *w, const char *key, const char *type, const char *ref)
{
	jsonw_object(w, key);
	jsonw_cstr(w, "type", type);
	jsonw_cstr(w, "bom-ref", ref);
}

static void cyclonedx_add_file(struct out *o, const struct item *i)
{
	struct jsonw *w = &o->w;
	char ref[NAMING_FILE_SIZE];

	naming_file("file-", i->path, ref);
	begin_component(w, NULL, "file", ref);
	jsonw_printf(w, "name", "/%s", i->path);
	add_hash(w, &i->sha256);
	if (!out_is_utf8(str_of(i->path))) {
		jsonw_array(w, "properties");
		jsonw_object_inline(w, NULL);
		jsonw_cstr(w, "name", "imgbuild:path:bytes");
		out_path_bytes(o, "value", "", i->path);
		jsonw_object_end(w);
		jsonw_array_end(w);
	}
	jsonw_object_end(w);
	out_spill(o);
}

static void cyclonedx_add_files(struct out *o, const struct sbom *s, const struct sbom_package *p)
{
	for (size_t i = 0; i < p->files; i++)
		cyclonedx_add_file(o, s->files.v[p->first_file + i].item);
}

/* One expression if there is a choice or an exception anywhere, else a list. */
static void cyclonedx_add_licences(struct jsonw *w, const struct licences *l)
{
	AUTO_ARENA a = { 0 };
	bool compound = false;

	if (!l->n)
		return;
	for (size_t i = 0; i < l->n; i++)
		compound = compound || l->v[i].compound;
	jsonw_array(w, "licenses");
	for (size_t i = 0; i < (compound ? 1 : l->n); i++) {
		jsonw_object(w, NULL);
		if (compound) {
			jsonw_cstr(w, "expression", licences_expression(&a, l));
		} else {
			jsonw_object(w, "license");
			jsonw_cstr(w, l->v[i].listed ? "id" : "name",
				   l->v[i].listed ? l->v[i].expression : l->v[i].name);
		}
		jsonw_cstr(w, "acknowledgement", "declared");
		jsonw_object_end(w);
		if (!compound)
			jsonw_object_end(w);
	}
	jsonw_array_end(w);
}

static void add_supplier(struct jsonw *w, const struct sbom_package *p)
{
	AUTO_ARENA a = { 0 };
	const char *name, *mail;

	if (!p->maintainer)
		return;
	naming_person(&a, p->maintainer, &name, &mail);
	jsonw_object_inline(w, "supplier");
	jsonw_cstr(w, "name", mail && naming_is_debian(mail) ? "Debian" : name);
	jsonw_object_end(w);
	jsonw_cstr(w, "publisher", p->maintainer);
}

/* What it was compiled from: not a part of the image, so it stands in its history. */
static void add_pedigree(struct jsonw *w, const struct sbom *s, const struct sbom_package *p)
{
	AUTO_ARENA a = { 0 };

	jsonw_object(w, "pedigree");
	jsonw_array(w, "ancestors");
	jsonw_object(w, NULL);
	jsonw_cstr(w, "type", "library");
	jsonw_cstr(w, "name", p->source);
	jsonw_cstr(w, "version", p->source_version);
	jsonw_cstr(w, "purl",
		   naming_source_purl(&a, &s->image->model, p->source, p->source_version));
	jsonw_object_end(w);
	jsonw_array_end(w);
	jsonw_object_end(w);
}

/* Trivy matches Debian's packages by their source, and reads it here, not from the package URL. */
static void add_trivy_source(struct jsonw *w, const struct sbom_package *p)
{
	struct str version = str_of(p->source_version), head, rest;
	const char *dash;
	AUTO_ARENA a = { 0 };
	uint64_t epoch;

	jsonw_array(w, "properties");
	add_property(w, "aquasecurity:trivy:SrcName", p->source);
	if (str_cut(version, ':', &head, &rest) && str_u64(head, &epoch)) {
		add_property(w, "aquasecurity:trivy:SrcEpoch", str_dup(&a, head));
		version = rest;
	}
	dash = version.n ? memrchr(version.p, '-', version.n) : NULL;
	if (dash) {
		add_property(w, "aquasecurity:trivy:SrcRelease",
			     str_dup(&a, str_from(version, (size_t)(dash - version.p) + 1)));
		version.n = (size_t)(dash - version.p);
	}
	add_property(w, "aquasecurity:trivy:SrcVersion", str_dup(&a, version));
	jsonw_array_end(w);
}

static void add_evidence(struct jsonw *w, const char *record)
{
	jsonw_object(w, "evidence");
	jsonw_array(w, "occurrences");
	jsonw_object_inline(w, NULL);
	jsonw_printf(w, "location", "/%s", record);
	jsonw_object_end(w);
	jsonw_array_end(w);
	jsonw_object_end(w);
}

static void cyclonedx_add_package(struct out *o, const struct sbom *s, const struct sbom_package *p)
{
	struct jsonw *w = &o->w;

	begin_component(w, NULL,
			p->kind == SBOM_SYSTEM ? "operating-system"
			: p->kind == SBOM_NOTE ? "application"
					       : "library",
			p->ref);
	add_supplier(w, p);
	jsonw_cstr(w, "name", p->name);
	out_optional(o, "version", p->version);
	if (p->archive)
		add_hash(w, &p->archive->sha256);
	cyclonedx_add_licences(w, &p->licences);
	out_optional(o, "cpe", p->cpe);
	out_optional(o, "purl", p->purl);
	if (p->source)
		add_pedigree(w, s, p);
	if (p->source)
		add_trivy_source(w, p);
	if (p->files) {
		jsonw_array(w, "components");
		cyclonedx_add_files(o, s, p);
		jsonw_array_end(w);
	}
	if (p->record)
		add_evidence(w, p->record);
	jsonw_object_end(w);
	out_spill(o);
}

static void cyclonedx_add_image(struct out *o, const struct sbom *s)
{
	const struct sbom_package *p = s->packages.v;
	const struct image_facts *f = &s->image->facts;
	AUTO_ARENA a = { 0 };
	struct jsonw *w = &o->w;

	begin_component(w, "component", f->rootfs ? "file" : "container", p->ref);
	jsonw_cstr(w, "name", p->name);
	out_optional(o, "version", p->version);
	if (f->has_digest)
		add_content_hash(w, &f->manifest);
	jsonw_cstr(w, "purl", p->purl);
	jsonw_array(w, "properties");
	add_property(w, f->rootfs ? "imgbuild:rootfs:digest" : "imgbuild:image:config",
		     content_digest_text(&a, &f->config));
	add_property(w, "imgbuild:image:platform",
		     arena_printf(&a, "%s/%s%s%s", f->os, f->architecture, f->variant ? "/" : "",
				  f->variant ? f->variant : ""));
	for (size_t i = 0; !f->rootfs && i < f->layers.n; i++)
		add_property(w, "imgbuild:image:diff-id",
			     content_digest_text(&a, &f->layers.v[i].diff_id));
	jsonw_array_end(w);
	jsonw_object_end(w);
}

static void add_metadata(struct out *o, const struct sbom *s)
{
	struct jsonw *w = &o->w;

	jsonw_object(w, "metadata");
	jsonw_cstr(w, "timestamp", s->created);
	jsonw_object(w, "tools");
	jsonw_array(w, "components");
	jsonw_object_inline(w, NULL);
	jsonw_cstr(w, "type", "application");
	jsonw_cstr(w, "name", "imgbuild");
	jsonw_cstr(w, "version", IMGBUILD_VERSION);
	jsonw_object_end(w);
	jsonw_array_end(w);
	jsonw_object_end(w);
	cyclonedx_add_image(o, s);
	jsonw_object_end(w);
}

static void add_dependencies(struct out *o, const struct sbom *s)
{
	const struct sbom_package *v = s->packages.v;
	bool system = s->packages.n > 1 && v[1].kind == SBOM_SYSTEM;
	size_t link = 0;

	jsonw_array(&o->w, "dependencies");
	for (size_t i = 0; i < s->packages.n; i++) {
		jsonw_object(&o->w, NULL);
		jsonw_cstr(&o->w, "ref", v[i].ref);
		jsonw_array(&o->w, "dependsOn");
		for (size_t k = 1; k < s->packages.n && v[i].kind == SBOM_IMAGE; k++)
			if (v[k].kind != SBOM_DEB || !system)
				jsonw_cstr(&o->w, NULL, v[k].ref);
		for (size_t k = 1; k < s->packages.n && v[i].kind == SBOM_SYSTEM; k++)
			if (v[k].kind == SBOM_DEB)
				jsonw_cstr(&o->w, NULL, v[k].ref);
		for (; link < s->links.n && s->links.v[link].from == i; link++)
			jsonw_cstr(&o->w, NULL, v[s->links.v[link].on].ref);
		jsonw_array_end(&o->w);
		jsonw_object_end(&o->w);
		out_spill(o);
	}
	jsonw_array_end(&o->w);
}

/* Whether programs are in it that nothing accounts for. Of needs only those of ELF files and
 * scripts are known. */
static void add_compositions(struct out *o, const struct sbom *s)
{
	struct jsonw *w = &o->w;

	jsonw_array(w, "compositions");
	jsonw_object(w, NULL);
	jsonw_cstr(w, "aggregate", s->whole ? "complete" : "incomplete");
	jsonw_array(w, "assemblies");
	jsonw_cstr(w, NULL, s->packages.v[0].ref);
	jsonw_array_end(w);
	jsonw_object_end(w);
	jsonw_object(w, NULL);
	jsonw_cstr(w, "aggregate", "incomplete");
	jsonw_array(w, "dependencies");
	for (size_t i = 0; i < s->packages.n; i++)
		jsonw_cstr(w, NULL, s->packages.v[i].ref);
	jsonw_array_end(w);
	jsonw_object_end(w);
	jsonw_array_end(w);
}

bool sbom_cyclonedx(const struct sbom *s, struct sink *to, struct error *e)
{
	AUTO_ARENA a = { 0 };
	char uuid[NAMING_UUID_SIZE];
	struct out o;

	naming_uuid(s, "cyclonedx-json", uuid);
	out_begin(&o, &a, to, e);
	jsonw_object(&o.w, NULL);
	jsonw_cstr(&o.w, "bomFormat", "CycloneDX");
	jsonw_cstr(&o.w, "specVersion", "1.6");
	jsonw_printf(&o.w, "serialNumber", "urn:uuid:%s", uuid);
	jsonw_u64(&o.w, "version", 1);
	add_metadata(&o, s);
	jsonw_array(&o.w, "components");
	for (size_t i = 1; i < s->packages.n; i++)
		cyclonedx_add_package(&o, s, &s->packages.v[i]);
	cyclonedx_add_files(&o, s, &s->packages.v[0]);
	jsonw_array_end(&o.w);
	add_dependencies(&o, s);
	add_compositions(&o, s);
	jsonw_object_end(&o.w);
	return out_end(&o);
}
