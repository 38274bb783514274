/* SPDX-License-Identifier: Apache-2.0 */
/* Reads manifests and indexes. Their bytes are somebody's and stay as they are. */

#include "transfer/registry/manifest_document.h"

#include <stdio.h>
#include <stdlib.h>

#include "format/json/jsonx.h"
#include "format/text/platform_name.h"

#define DOCKER "application/vnd.docker.distribution.manifest."
#define SCHEMA1                                                                                 \
	"this is an image of Docker's schema 1, which names no config and cannot be verified; " \
	"push it anew with a tool that writes schema 2 or OCI"

bool document_is_index(const char *type)
{
	return strcmp(type, DOCUMENT_OCI_INDEX) == 0 || strcmp(type, DOCKER "list.v2+json") == 0;
}

bool document_is_manifest(const char *type)
{
	return strcmp(type, "application/vnd.oci.image.manifest.v1+json") == 0 ||
	       strcmp(type, DOCKER "v2+json") == 0;
}

static bool is_schema1(const char *type)
{
	return strcmp(type, DOCKER "v1+json") == 0 || strcmp(type, DOCKER "v1+prettyjws") == 0;
}

/* "type/subtype" in lower case, without parameters. */
static const char *plain_type(struct arena *a, const char *content_type)
{
	struct str type, parameters;
	char *out;

	str_cut(str_of(content_type ? content_type : ""), ';', &type, &parameters);
	out = str_dup(a, str_trim(type));
	for (char *p = out; *p; p++) {
		if (*p >= 'A' && *p <= 'Z')
			*p = (char)(*p - 'A' + 'a');
	}
	return out;
}

bool document_type(struct arena *a, const char *name, const char *content_type, struct str text,
		   const char **out, struct error *e)
{
	const char *announced = plain_type(a, content_type), *said;
	AUTO_JSON doc = { 0 };
	struct json_node root, n;
	uint64_t version;

	if (is_schema1(announced))
		return err_set(e, ERR_INPUT, SCHEMA1);
	if (!json_parse(name, text, &doc, e))
		return false;
	root = json_root(&doc);
	if (!json_want_object(&root, e))
		return false;
	if (jsonx_get(&root, "schemaVersion", &n)) {
		if (!json_as_u64(&n, &version, e))
			return false;
		if (version == 1)
			return err_set(e, ERR_INPUT, SCHEMA1);
	}
	said = jsonx_text(a, &root, "mediaType");
	if (announced[0] && said && strcmp(announced, said) != 0)
		return err_set(e, ERR_VERIFY,
			       "it was sent as \"%s\" and says itself that it is \"%s\"", announced,
			       said);
	*out = announced[0] ? announced : said ? said : "";
	return document_is_index(*out) || document_is_manifest(*out) ||
	       err_set(e, ERR_INPUT, "\"%s\" is not an image manifest or index", *out);
}

static bool document_check_kind(const struct json_node *root, const struct document *d,
				struct error *e)
{
	const char *const foreign[] = { d->index ? "layers" : "manifests",
					d->index ? "config" : "manifests" };
	struct json_node n, version;
	const char *said;
	uint64_t number;

	if (!json_want_object(root, e) || !json_need(root, "schemaVersion", &version, e) ||
	    !json_as_u64(&version, &number, e))
		return false;
	if (number != 2)
		return json_fail(&version, e, "must be 2");
	for (size_t i = 0; i < 2; i++) {
		if (json_get(root, foreign[i], &n))
			return json_fail_key(root, foreign[i], e, "an %s may not have \"%s\"",
					     d->index ? "index" : "image manifest", foreign[i]);
	}
	if (jsonx_get(root, "mediaType", &n)) {
		AUTO_ARENA a = { 0 };

		if (!json_as_string(&a, &n, &said, e))
			return false;
		if (strcmp(said, d->media_type) != 0)
			return json_fail(&n, e, "must be \"%s\" here", d->media_type);
	}
	return true;
}

void document_part_name(struct document_part *p, const char *kind)
{
	content_digest_name(&p->digest, p->name);
	snprintf(p->label, sizeof(p->label), "%s %.19s", kind, p->name);
}

static bool document_read_part(struct arena *a, const struct json_node *n, const char *kind,
			       struct document_part *out, struct error *e)
{
	struct json_node type, digest, size, other;
	const char *name;

	if (!json_want_object(n, e) || !json_need(n, "mediaType", &type, e) ||
	    !json_as_string(a, &type, &out->media_type, e) || !json_need(n, "digest", &digest, e) ||
	    !json_as_string(a, &digest, &name, e) || !json_need(n, "size", &size, e) ||
	    !json_as_u64(&size, &out->size, e))
		return false;
	if (!content_digest_parse(str_of(name), &out->digest))
		return json_fail(
			&digest, e,
			"must be \"sha256:\" and 64 lower-case hexadecimal digits, or \"sha512:\" and 128");
	document_part_name(out, kind);
	if (jsonx_get(n, "urls", &other) && (!json_node_is_array(&other) || json_count(&other)))
		return json_fail_key(n, "urls", e,
				     "a part that is loaded from elsewhere is not taken");
	if (jsonx_get(n, "platform", &other)) {
		out->os = jsonx_text(a, &other, "os");
		out->architecture = jsonx_text(a, &other, "architecture");
		out->variant = jsonx_text(a, &other, "variant");
	}
	if (jsonx_get(n, "annotations", &other)) {
		out->ref_name = jsonx_text(a, &other, "org.opencontainers.image.ref.name");
		out->full_name = jsonx_text(a, &other, "io.containerd.image.name");
	}
	return true;
}

static bool document_read_list(struct arena *a, const struct json_node *root, const char *key,
			       struct document *out, struct error *e)
{
	struct json_node list, item;

	if (!json_need(root, key, &list, e) || !json_want_array(&list, e))
		return false;
	for (size_t i = 0; json_item(&list, i, &item); i++) {
		struct document_part *p;

		if (out->parts.n == DOCUMENT_PARTS_MAX)
			return json_fail(&item, e, "more than %d parts", DOCUMENT_PARTS_MAX);
		p = list_push(a, &out->parts);
		if (!document_read_part(a, &item, out->index ? "manifest" : "layer", p, e))
			return false;
		if (out->index && !document_is_index(p->media_type) &&
		    !document_is_manifest(p->media_type))
			return json_fail(&item, e, "\"%s\" is not an image manifest or index",
					 p->media_type);
	}
	return true;
}

bool document_read(struct arena *a, const char *name, const char *media_type, struct str text,
		   struct document *out, struct error *e)
{
	AUTO_JSON doc = { 0 };
	struct json_node root, n;

	*out = (struct document){ .media_type = media_type,
				  .index = document_is_index(media_type),
				  .text = text,
				  .digest = content_digest_of(text, false) };
	if (!json_parse(name, text, &doc, e))
		return false;
	root = json_root(&doc);
	if (!document_check_kind(&root, out, e))
		return false;
	out->subject = jsonx_get(&root, "subject", &n);
	if (out->index)
		return document_read_list(a, &root, "manifests", out, e);
	if (!json_need(&root, "config", &n, e) ||
	    !document_read_part(a, &n, "config", list_push(a, &out->parts), e))
		return false;
	return document_read_list(a, &root, "layers", out, e);
}

static bool document_part_differs(const struct document_part *p, struct error *e)
{
	return err_set(e, ERR_INPUT, "%s is named with different sizes or media types", p->name);
}

int documents_have(const struct documents *l, const struct document_part *p, struct error *e)
{
	for (size_t i = 0; i < l->v.n; i++) {
		const struct document *d = &l->v.v[i];

		if (!content_digest_eq(&d->digest, &p->digest))
			continue;
		if (d->text.n == p->size && strcmp(d->media_type, p->media_type) == 0)
			return 1;
		document_part_differs(p, e);
		return -1;
	}
	if (l->v.n < DOCUMENTS_MAX && l->bytes < DOCUMENTS_BYTES_MAX)
		return 0;
	err_set(e, ERR_INPUT,
		"the image has more than %d manifests, or more than %u bytes of manifests",
		DOCUMENTS_MAX, DOCUMENTS_BYTES_MAX);
	return -1;
}

void documents_add(struct arena *a, struct documents *l, const struct document *d)
{
	*list_push(a, &l->v) = *d;
	l->bytes += d->text.n;
}

bool document_parts_add(struct arena *a, struct document_parts *l, const struct document *d,
			struct error *e)
{
	for (size_t i = 0; i < d->parts.n; i++) {
		const struct document_part *p = &d->parts.v[i];
		uintptr_t number = (uintptr_t)strmap_get(&l->known, str_of(p->name));

		if (number) {
			const struct document_part *old = &l->v.v[number - 1];

			if (old->size != p->size || strcmp(old->media_type, p->media_type) != 0)
				return document_part_differs(p, e);
			continue;
		}
		if (l->v.n == BLOBS_MAX)
			return err_set(e, ERR_INPUT, "more than %d blobs", BLOBS_MAX);
		*list_push(a, &l->v) = *p;
		*strmap_slot(a, &l->known,
			     str_copy(a, str_of(p->name))) = (void *)(uintptr_t)l->v.n;
		l->bytes += p->size;
	}
	return true;
}

static int compare_part_sizes(const void *x, const void *y)
{
	const struct document_part *const *p = x, *const *q = y;

	if ((*p)->size != (*q)->size)
		return (*p)->size < (*q)->size ? 1 : -1;
	return strcmp((*p)->name, (*q)->name);
}

const struct document_part **document_parts_turns(struct arena *a, const struct document_parts *l)
{
	const struct document_part **turns = arena_array(a, l->v.n, sizeof(const void *));

	for (size_t i = 0; i < l->v.n; i++)
		turns[i] = &l->v.v[i];
	if (l->v.n)
		qsort(turns, l->v.n, sizeof(const void *), compare_part_sizes);
	return turns;
}

bool document_on_platform(const struct document_part *p, struct str wanted)
{
	return p->os && p->architecture &&
	       platform_name_fits(wanted, p->os, p->architecture, p->variant);
}
