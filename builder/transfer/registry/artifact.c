/* SPDX-License-Identifier: Apache-2.0 */
/* One request each. What a manifest means, others know. */

#include "transfer/registry/artifact.h"

#include <stdio.h>

static const char *const artifact_accepts[] = {
	"Accept: " DOCUMENT_OCI_INDEX,
	"Accept: application/vnd.oci.image.manifest.v1+json",
	"Accept: application/vnd.docker.distribution.manifest.list.v2+json",
	"Accept: application/vnd.docker.distribution.manifest.v2+json",
};

/* GET into memory; of any status. */
static bool artifact_fetch(struct arena *a, struct session *s, struct session_call *c, size_t max,
			   struct str *out, struct error *e)
{
	struct buf body = { .a = a, .max = max };

	if (!session_get(a, s, c, &body, e))
		return false;
	*out = body.n ? buf_str(&body) : STR("");
	return true;
}

static bool artifact_bytes_fit(struct arena *a, const char *what,
			       const struct content_digest *wanted, struct str bytes,
			       struct error *e)
{
	struct content_digest found = content_digest_of(bytes, wanted->sha512);

	return content_digest_eq(wanted, &found) ||
	       err_set(e, ERR_VERIFY, "%s: other bytes came, with the digest %s", what,
		       content_digest_text(a, &found));
}

int artifact_get(struct arena *a, struct session *s, const char *reference, struct artifact *out,
		 struct error *e)
{
	struct strings accept = { (const char **)(uintptr_t)artifact_accepts,
				  ARRAY_SIZE(artifact_accepts), 0 };
	struct session_call c = { .what = arena_printf(a, "manifest %.24s", reference) };
	struct content_digest wanted;
	bool named = content_digest_parse(str_of(reference), &wanted);
	struct str text;
	const char *type;

	c.http.url = session_url(a, s, "manifests/%s", reference);
	c.http.headers = &accept;
	if (!artifact_fetch(a, s, &c, DOCUMENT_BYTES_MAX, &text, e))
		return -1;
	if (c.http.status == 404)
		return 0;
	if (c.http.status != 200) {
		session_refused(a, s, &c, e);
		return -1;
	}
	if (named && !artifact_bytes_fit(a, c.what, &wanted, text, e))
		return -1;
	if (!document_type(a, c.what, session_header(&c, "Content-Type"), text, &type, e) ||
	    !document_read(a, c.what, type, text, &out->document, e)) {
		err_wrap(e, "%s/%s", s->ref->host, s->ref->name);
		return -1;
	}
	snprintf(out->name, sizeof(out->name), "%s", content_digest_text(a, &out->document.digest));
	if (named)
		out->document.digest = wanted;
	out->etag = session_header(&c, "ETag");
	return 1;
}

bool artifact_blob(struct arena *a, struct session *s, const struct document_part *part,
		   struct str *out, struct error *e)
{
	struct session_call c = { .what = part->label };

	if (part->size > ARTIFACT_BLOB_MAX)
		return err_set(e, ERR_INPUT, "%s has %llu bytes, more than %u", part->label,
			       (unsigned long long)part->size, ARTIFACT_BLOB_MAX);
	c.http.url = session_url(a, s, "blobs/%s", part->name);
	if (!artifact_fetch(a, s, &c, (size_t)part->size + 1, out, e))
		return false;
	if (c.http.status != 200)
		return session_refused(a, s, &c, e);
	return artifact_bytes_fit(a, part->label, &part->digest, *out, e);
}

int artifact_put(struct session *s, const char *tag, const char *media_type, struct str text,
		 const char *etag, struct error *e)
{
	AUTO_ARENA a = { 0 };
	struct http_upload upload = { .text = text, .fd = -1 };
	struct session_call c = { .what = arena_printf(&a, "tag %.80s", tag) };
	struct strings headers = { 0 };

	*list_push(&a, &headers) = arena_printf(&a, "Content-Type: %s", media_type);
	if (etag)
		*list_push(&a, &headers) = etag[0] ? arena_printf(&a, "If-Match: %s", etag)
						   : "If-None-Match: *";
	c.http = (struct http_request){ .url = session_url(&a, s, "manifests/%s", tag),
					.method = HTTP_PUT,
					.headers = &headers,
					.upload = &upload };
	if (!session_ask(&a, s, &c, e))
		return -1;
	if (etag && c.http.status == 412)
		return 0;
	if (c.http.status >= 200 && c.http.status <= 204)
		return 1;
	session_refused(&a, s, &c, e);
	return -1;
}
