/* SPDX-License-Identifier: Apache-2.0 */
#include "transfer/registry/index_document.h"

#include "format/json/jsonw.h"

static void index_document_platform(struct jsonw *w, const struct document_part *p)
{
	jsonw_object(w, "platform");
	jsonw_cstr(w, "architecture", p->architecture);
	jsonw_cstr(w, "os", p->os);
	if (p->variant)
		jsonw_cstr(w, "variant", p->variant);
	jsonw_object_end(w);
}

static void index_document_part(struct jsonw *w, const struct document_part *p, const char *name)
{
	jsonw_object(w, NULL);
	if (name) {
		jsonw_object(w, "annotations");
		jsonw_cstr(w, "io.containerd.image.name", name);
		jsonw_cstr(w, "org.opencontainers.image.ref.name", name);
		jsonw_object_end(w);
	}
	jsonw_cstr(w, "digest", p->name);
	jsonw_cstr(w, "mediaType", p->media_type);
	if (p->os && p->architecture)
		index_document_platform(w, p);
	jsonw_u64(w, "size", p->size);
	jsonw_object_end(w);
}

struct str index_document_text(struct arena *a, const struct document_part *parts, size_t n,
			       const char *name)
{
	struct buf text = { .a = a };
	struct jsonw w;

	jsonw_init(&w, &text, false);
	jsonw_object(&w, NULL);
	jsonw_array(&w, "manifests");
	for (size_t i = 0; i < n; i++)
		index_document_part(&w, &parts[i], name);
	jsonw_array_end(&w);
	jsonw_cstr(&w, "mediaType", DOCUMENT_OCI_INDEX);
	jsonw_u64(&w, "schemaVersion", 2);
	jsonw_object_end(&w);
	jsonw_finish(&w);
	return buf_str(&text);
}
