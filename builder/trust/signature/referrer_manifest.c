/* SPDX-License-Identifier: Apache-2.0 */
/* The text of referrers. */

#include "trust/signature/referrer_manifest.h"

#include "base/digest.h"
#include "base/rfc3339.h"
#include "format/json/jsonw.h"

static void referrer_write_part(struct jsonw *w, const char *key, const char *type,
				const char *title, struct str bytes)
{
	struct digest d = digest_of(bytes);
	char hex[DIGEST_TEXT];

	digest_hex(&d, hex);
	jsonw_object(w, key);
	jsonw_cstr(w, "mediaType", type);
	jsonw_printf(w, "digest", "sha256:%s", hex);
	jsonw_u64(w, "size", bytes.n);
	if (title) {
		jsonw_object(w, "annotations");
		jsonw_cstr(w, "org.opencontainers.image.title", title);
		jsonw_object_end(w);
	}
	jsonw_object_end(w);
}

struct str referrer_manifest_text(struct arena *a, const struct referrer_subject *subject,
				  const struct referrer_content *c)
{
	char when[RFC3339_SIZE];
	struct buf text = { .a = a };
	struct jsonw w;

	rfc3339_format(c->created, when);
	jsonw_init(&w, &text, false);
	jsonw_object(&w, NULL);
	jsonw_u64(&w, "schemaVersion", 2);
	jsonw_cstr(&w, "mediaType", "application/vnd.oci.image.manifest.v1+json");
	if (c->artifact_type)
		jsonw_cstr(&w, "artifactType", c->artifact_type);
	referrer_write_part(&w, "config", c->config_type, NULL, REFERRER_CONFIG);
	jsonw_array(&w, "layers");
	for (size_t i = 0; c->layers[i].type; i++)
		referrer_write_part(&w, NULL, c->layers[i].type, c->layers[i].title,
				    c->layers[i].text);
	jsonw_array_end(&w);
	jsonw_object(&w, "subject");
	jsonw_cstr(&w, "mediaType", subject->media_type);
	jsonw_cstr(&w, "digest", subject->digest);
	jsonw_u64(&w, "size", subject->size);
	jsonw_object_end(&w);
	jsonw_object(&w, "annotations");
	for (size_t i = 0; i < REFERRER_NOTES_MAX && c->notes[i][0]; i++)
		jsonw_cstr(&w, c->notes[i][0], c->notes[i][1]);
	jsonw_cstr(&w, "org.opencontainers.image.created", when);
	jsonw_object_end(&w);
	jsonw_object_end(&w);
	jsonw_finish(&w);
	return buf_str(&text);
}
