/* SPDX-License-Identifier: Apache-2.0 */
/* Names. Texts come from the image and may be anything; what comes out is valid where it stands. */

#include "inspect/sbom/naming.h"

#include <ctype.h>
#include <stdio.h>
#include <strings.h>

#include "format/debian/purl.h"
#include "base/version.h"
#include "format/json/jsonx.h"

#define LABEL_TITLE "org.opencontainers.image.title"

static const char *naming_label(const struct image_facts *f, const char *name)
{
	for (size_t i = 0; i < f->labels.n; i++)
		if (strcmp(f->labels.v[i].name, name) == 0 && *f->labels.v[i].value)
			return f->labels.v[i].value;
	return NULL;
}

/* The first name with one of these characters in it. */
static const char *name_with(const struct image_facts *f, const char *mark)
{
	for (size_t i = 0; i < f->names.n; i++)
		if (strpbrk(f->names.v[i], mark))
			return f->names.v[i];
	return NULL;
}

/* A name with a registry tells most. One word in an index may be a name or a mere tag, so a title
 * goes before it. */
const char *naming_image(struct arena *a, const struct image_facts *f)
{
	const char *name = name_with(f, "/");

	if (!name)
		name = name_with(f, ":");
	if (!name)
		name = naming_label(f, LABEL_TITLE);
	if (!name && f->names.n && *f->names.v[0] && strcmp(f->names.v[0], "latest") != 0)
		name = f->names.v[0];
	return name ? arena_strdup(a, name) : "image";
}

/* "registry/space/name:tag@digest" without tag and digest. */
static struct str naming_repository(const char *name)
{
	struct str s = str_of(name), rest;
	const char *slash, *colon;

	str_cut(s, '@', &s, &rest);
	slash = memrchr(s.p, '/', s.n);
	colon = memrchr(s.p, ':', s.n);
	if (colon && (!slash || colon > slash))
		s.n = (size_t)(colon - s.p);
	return s;
}

/* A final part that may stand in pkg:oci: lower case, never empty. */
static const char *purl_last_part(struct arena *a, struct str name)
{
	const char *slash = name.n ? memrchr(name.p, '/', name.n) : NULL;
	char *out = str_dup(a, slash ? str_from(name, (size_t)(slash - name.p) + 1) : name);

	for (char *p = out; *p; p++)
		*p = *p >= 'A' && *p <= 'Z' ? (char)(*p + 32) : *p;
	return *out ? out : "image";
}

const char *naming_image_purl(struct arena *a, const struct image_facts *f)
{
	struct str name = naming_repository(naming_image(a, f));
	struct purl p = { .type = f->rootfs ? "generic" : "oci",
			  .space = "",
			  .name = purl_last_part(a, name) };

	if (f->has_digest)
		p.version = content_digest_text(a, &f->manifest);
	*list_push(a, &p.qualifiers) = (struct purl_qualifier){ "arch", f->architecture };
	if (name.n && memchr(name.p, '/', name.n))
		*list_push(a, &p.qualifiers) = (struct purl_qualifier){ "repository_url",
									str_dup(a, name) };
	return purl_text(a, &p);
}

/* Of Debian where nothing else is said: dpkg's records are all that is known. */
static struct purl deb_purl(struct arena *a, const struct model *m, const char *name,
			    const char *version)
{
	struct purl p = { .type = "deb",
			  .space = m->os_id ? m->os_id : "debian",
			  .name = name,
			  .version = version };

	if (m->os_id && m->os_version)
		*list_push(a, &p.qualifiers) = (struct purl_qualifier){
			"distro", arena_printf(a, "%s-%s", m->os_id, m->os_version)
		};
	return p;
}

const char *naming_deb_purl(struct arena *a, const struct model *m, const struct package *p)
{
	struct purl out = deb_purl(a, m, p->name, p->version);
	bool other = strcmp(p->source, p->name) != 0,
	     revision = strcmp(p->source_version, p->version) != 0;

	*list_push(a, &out.qualifiers) = (struct purl_qualifier){ "arch", p->architecture };
	if (other || revision)
		*list_push(a, &out.qualifiers) = (struct purl_qualifier){
			"upstream", revision
					    ? arena_printf(a, "%s@%s", p->source, p->source_version)
					    : p->source
		};
	return purl_text(a, &out);
}

const char *naming_source_purl(struct arena *a, const struct model *m, const char *name,
			       const char *version)
{
	struct purl out = deb_purl(a, m, name, version);

	*list_push(a, &out.qualifiers) = (struct purl_qualifier){ "arch", "source" };
	return purl_text(a, &out);
}

/* The members of a note that are used here. */
struct note {
	const char *type, *name, *version, *architecture, *os, *os_version, *cpe;
};

static bool naming_read_note(struct arena *a, const char *text, struct note *n)
{
	AUTO_JSON doc = { 0 };
	struct error ignored = { .kind = ERR_NONE };
	struct json_node root;

	if (!json_parse("note", str_of(text), &doc, &ignored))
		return false;
	root = json_root(&doc);
	return json_want_object(&root, &ignored) &&
	       jsonx_string(a, &root, "type", &n->type, &ignored) &&
	       jsonx_string(a, &root, "name", &n->name, &ignored) &&
	       jsonx_string(a, &root, "version", &n->version, &ignored) &&
	       jsonx_string(a, &root, "architecture", &n->architecture, &ignored) &&
	       jsonx_string(a, &root, "os", &n->os, &ignored) &&
	       jsonx_string(a, &root, "osVersion", &n->os_version, &ignored) &&
	       jsonx_string(a, &root, "appCpe", &n->cpe, &ignored) && n->name && *n->name;
}

bool naming_note(struct arena *a, const char *text, struct sbom_package *out)
{
	static const char *const known[] = { "deb", "rpm", "apk", "alpm" };
	struct note n = { NULL, NULL, NULL, NULL, NULL, NULL, NULL };
	struct purl p = { .type = "generic", .space = "" };

	if (!naming_read_note(a, text, &n))
		return false;
	for (size_t i = 0; n.type && n.os && i < ARRAY_SIZE(known); i++)
		if (strcmp(n.type, known[i]) == 0) {
			p.type = known[i];
			p.space = n.os;
		}
	p.name = n.name;
	p.version = n.version;
	*list_push(a, &p.qualifiers) = (struct purl_qualifier){ "arch", n.architecture };
	if (*p.space && n.os_version)
		*list_push(a, &p.qualifiers) = (struct purl_qualifier){
			"distro", arena_printf(a, "%s-%s", n.os, n.os_version)
		};
	*out = (struct sbom_package){
		.kind = SBOM_NOTE, .name = n.name, .version = n.version, .purl = purl_text(a, &p)
	};
	out->ref = out->purl;
	if (n.cpe && str_starts(str_of(n.cpe), STR("cpe:2.3:")))
		out->cpe = n.cpe;
	return true;
}

const char *naming_id(struct arena *a, const char *kind, const char *name, const char *ref)
{
	struct buf id = { .a = a };
	struct digest d = digest_of(str_of(ref));
	char hex[DIGEST_TEXT];

	digest_hex(&d, hex);
	buf_printf(&id, "SPDXRef-%s-", kind);
	for (const char *p = name; *p && p < name + 60; p++)
		buf_putc(&id,
			 isascii((unsigned char)*p) && (isalnum((unsigned char)*p) || *p == '.')
				 ? *p
				 : '-');
	buf_printf(&id, "-%.16s", hex);
	return buf_cstr(&id);
}

void naming_file(const char *prefix, const char *path, char out[static NAMING_FILE_SIZE])
{
	struct digest d = digest_of(str_of(path));
	char hex[DIGEST_TEXT];

	digest_hex(&d, hex);
	snprintf(out, NAMING_FILE_SIZE, "%s%.32s", prefix, hex);
}

void naming_uuid(const struct sbom *s, const char *form, char out[static NAMING_UUID_SIZE])
{
	/* the name space: version 5 of "urn:imgbuild:sbom" among URLs */
	static const char space[] =
		"\x5e\x3f\x87\x30\xc3\x58\x55\xb0\x92\x73\x56\x1f\xdf\xd9\x74\x6a";
	const struct image_facts *f = &s->image->facts;
	AUTO_ARENA a = { 0 };
	struct buf name = { .a = &a };
	struct sha1 d;

	buf_add(&name, (struct str){ space, 16 });
	buf_printf(&name, "%s %s %s %s %s", form, IMGBUILD_VERSION, s->packages.v[0].purl,
		   s->created, content_digest_text(&a, &f->config));
	for (size_t i = 0; i < f->layers.n; i++) /* the oldest archives have no other digests */
		buf_printf(&name, " %s", content_digest_text(&a, &f->layers.v[i].diff_id));
	for (size_t i = 0; i < s->packages.n; i++)
		if (s->packages.v[i].archive)
			buf_printf(&name, " sha256:%s",
				   digest_hex_dup(&a, &s->packages.v[i].archive->sha256));
	for (size_t i = 0; i < s->sources.n; i++)
		if (s->sources.v[i].archive)
			buf_printf(&name, " sha256:%s",
				   digest_hex_dup(&a, &s->sources.v[i].archive->sha256));
	d = sha1_of(buf_str(&name));
	d.b[6] = (unsigned char)((d.b[6] & 0x0f) | 0x50);
	d.b[8] = (unsigned char)((d.b[8] & 0x3f) | 0x80);
	snprintf(out, NAMING_UUID_SIZE,
		 "%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-%02x%02x%02x%02x%02x%02x", d.b[0],
		 d.b[1], d.b[2], d.b[3], d.b[4], d.b[5], d.b[6], d.b[7], d.b[8], d.b[9], d.b[10],
		 d.b[11], d.b[12], d.b[13], d.b[14], d.b[15]);
}

void naming_person(struct arena *a, const char *text, const char **name, const char **mail)
{
	struct str s = str_trim(str_of(text)), head, rest, tail;

	*mail = NULL;
	if (str_cut(s, '<', &head, &rest) && str_cut(rest, '>', &rest, &tail) && str_trim(head).n) {
		s = str_trim(head);
		*mail = str_dup(a, str_trim(rest));
	}
	*name = str_dup(a, s);
}

bool naming_is_debian(const char *mail)
{
	static const char *const domains[] = { "debian.org", "debian.net" };
	const char *domain = strrchr(mail, '@');

	for (size_t i = 0; domain && i < 2; i++) {
		size_t n = strlen(domain + 1), k = strlen(domains[i]);

		if (n >= k && strcasecmp(domain + 1 + n - k, domains[i]) == 0 &&
		    (n == k || domain[n - k] == '.'))
			return true;
	}
	return false;
}
