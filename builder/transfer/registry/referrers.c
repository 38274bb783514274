/* SPDX-License-Identifier: Apache-2.0 */
/* Lists of referrers. What is in a referrer, others know. */

#include "transfer/registry/referrers.h"

#include "format/json/json_copy.h"
#include "format/json/jsonx.h"
#include "transfer/registry/artifact.h"

#define PAGES_MAX 50	 /* of a list that the API gives */
#define NOTE_TRIES_MAX 5 /* when others change the tag at the same time */

/* "sha256:HEX" -> "sha256-HEX": at most 64 digits of any digest (distribution-spec v1.1.1,
 * Referrers Tag Schema). */
static const char *referrers_tag(struct arena *a, const char *subject)
{
	return arena_printf(a, "%.6s-%.64s", subject, subject + strlen("sha256:"));
}

static bool referrers_take_list(struct arena *a, const char *what, struct str text,
				struct strings *out, struct error *e)
{
	AUTO_JSON doc = { 0 };
	struct json_node root, list, item;

	if (!json_parse(what, text, &doc, e))
		return false;
	root = json_root(&doc);
	if (!json_need(&root, "manifests", &list, e))
		return false;
	if (json_node_is_null(&list))
		return true;
	if (!json_want_array(&list, e))
		return false;
	for (size_t i = 0; json_item(&list, i, &item); i++) {
		const char *name = jsonx_text(a, &item, "digest");
		struct content_digest d;

		if (!name || !content_digest_parse(str_of(name), &d))
			return json_fail(&item, e, "names no sha256 or sha512 digest");
		if (strings_has(out, name))
			continue;
		if (out->n == REFERRERS_MAX)
			return json_fail(&item, e, "more than %d referrers", REFERRERS_MAX);
		*list_push(a, out) = name;
	}
	return true;
}

/* 1, 0 there is no such API, -1. */
static int referrers_ask(struct arena *a, struct session *s, const char *subject,
			 struct strings *out, struct error *e)
{
	const char *url = session_url(a, s, "referrers/%s", subject);
	struct strings accept = { 0 };

	*list_push(a, &accept) = "Accept: " DOCUMENT_OCI_INDEX;
	for (unsigned i = 0; url && i < PAGES_MAX; i++) {
		struct buf page = { .a = a, .max = DOCUMENT_BYTES_MAX };
		struct session_call c = { .what = arena_printf(a, "referrers of %.19s", subject),
					  .http = { .url = url, .headers = &accept } };

		if (!session_get(a, s, &c, &page, e))
			return -1;
		if (c.http.status == 404 || c.http.status == 405)
			return 0;
		if (c.http.status != 200) {
			session_refused(a, s, &c, e);
			return -1;
		}
		if (!referrers_take_list(a, c.what, page.n ? buf_str(&page) : STR(""), out, e))
			return -1;
		url = session_next_page(a, &c);
	}
	return 1;
}

bool referrers_list(struct arena *a, struct session *s, const char *subject, struct strings *out,
		    struct error *e)
{
	struct artifact list = { .etag = NULL };
	int got;

	*out = (struct strings){ 0 };
	got = referrers_ask(a, s, subject, out, e);
	if (got)
		return got > 0;
	got = artifact_get(a, s, referrers_tag(a, subject), &list, e);
	if (got <= 0)
		return got == 0;
	return !list.document.index ||
	       referrers_take_list(a, "list of referrers", list.document.text, out, e);
}

/* What a list says of a manifest: image-spec, descriptor. */
static bool referrers_write_entry(struct jsonw *w, const struct document *d, struct error *e)
{
	AUTO_ARENA a = { 0 };
	AUTO_JSON doc = { 0 };
	struct json_node root, config, notes;
	const char *type;

	if (!json_parse("manifest", d->text, &doc, e))
		return false;
	root = json_root(&doc);
	type = jsonx_text(&a, &root, "artifactType");
	if (!type && jsonx_get(&root, "config", &config))
		type = jsonx_text(&a, &config, "mediaType");
	jsonw_object(w, NULL);
	jsonw_cstr(w, "mediaType", d->media_type);
	jsonw_cstr(w, "digest", content_digest_text(&a, &d->digest));
	jsonw_u64(w, "size", d->text.n);
	if (type)
		jsonw_cstr(w, "artifactType", type);
	if (jsonx_get(&root, "annotations", &notes) && !json_copy(w, "annotations", &notes, e))
		return false;
	jsonw_object_end(w);
	return true;
}

/* The entries that are there. */
static bool referrers_copy_entries(struct jsonw *w, const struct document *old, struct error *e)
{
	AUTO_JSON doc = { 0 };
	struct json_node root, list, item;

	if (!json_parse("list of referrers", old->text, &doc, e))
		return false;
	root = json_root(&doc);
	if (!json_need(&root, "manifests", &list, e))
		return false;
	for (size_t i = 0; json_item(&list, i, &item); i++) {
		if (!json_copy(w, NULL, &item, e))
			return false;
	}
	return true;
}

bool referrers_add(struct arena *a, const struct document *old, const struct document *d,
		   struct str *out, struct error *e)
{
	struct buf text = { .a = a };
	struct jsonw w;

	*out = (struct str){ NULL, 0 };
	for (size_t i = 0; old && i < old->parts.n; i++) {
		if (content_digest_eq(&old->parts.v[i].digest, &d->digest))
			return true;
	}
	jsonw_init(&w, &text, false);
	jsonw_object(&w, NULL);
	jsonw_u64(&w, "schemaVersion", 2);
	jsonw_cstr(&w, "mediaType", DOCUMENT_OCI_INDEX);
	jsonw_array(&w, "manifests");
	if ((old && !referrers_copy_entries(&w, old, e)) || !referrers_write_entry(&w, d, e))
		return false;
	jsonw_array_end(&w);
	jsonw_object_end(&w);
	jsonw_finish(&w);
	*out = buf_str(&text);
	return true;
}

static const char *referrers_subject(struct arena *a, const struct document *d, struct error *e)
{
	AUTO_JSON doc = { 0 };
	struct json_node root, subject;
	struct content_digest digest;
	const char *name;

	if (!json_parse("manifest", d->text, &doc, e))
		return NULL;
	root = json_root(&doc);
	if (!json_need(&root, "subject", &subject, e))
		return NULL;
	name = jsonx_text(a, &subject, "digest");
	if (!name || !content_digest_parse(str_of(name), &digest)) {
		json_fail(&subject, e, "names no sha256 or sha512 digest");
		return NULL;
	}
	return name;
}

bool referrers_note(struct session *s, const struct document *d, struct error *e)
{
	AUTO_ARENA a = { 0 };
	const char *subject = referrers_subject(&a, d, e), *tag;
	int done = 0;

	if (!subject)
		return false;
	tag = referrers_tag(&a, subject);
	for (unsigned i = 0; i < NOTE_TRIES_MAX && done == 0; i++) {
		struct artifact list = { .etag = NULL };
		int got = artifact_get(&a, s, tag, &list, e);
		struct str text;

		if (got < 0)
			return false;
		if (got && !list.document.index) {
			progress_warn(
				s->progress,
				"%s/%s: the tag %.19s... is not a list of referrers and is left as it is: nobody will find "
				"%.19s... by the image it is about",
				s->ref->host, s->ref->name, tag,
				content_digest_text(&a, &d->digest));
			return true;
		}
		if (!referrers_add(&a, got ? &list.document : NULL, d, &text, e))
			return false;
		if (!text.p)
			return true;
		done = artifact_put(s, tag, DOCUMENT_OCI_INDEX, text, got ? list.etag : "", e);
	}
	return done > 0 ||
	       (done == 0 && err_set(e, ERR_NETWORK, "%s/%s: others change the tag %s all the time",
				     s->ref->host, s->ref->name, tag));
}
