/* SPDX-License-Identifier: Apache-2.0 */
/* The text that docker load reads. */

#include "transfer/registry/image_files.h"

#include "format/json/jsonw.h"

/* [{"Config":"blobs/sha256/...","Layers":[...],"RepoTags":["cephalo:latest"]}] */
struct str image_save_text(struct arena *a, const struct strings *tags,
			   const struct content_digest *config, const struct content_digest *layers,
			   size_t n)
{
	struct buf text = { .a = a };
	char part[CONTENT_PART_SIZE];
	struct jsonw w;

	jsonw_init(&w, &text, false);
	jsonw_array(&w, NULL);
	jsonw_object(&w, NULL);
	content_digest_part(config, part);
	jsonw_cstr(&w, "Config", part);
	jsonw_array(&w, "Layers");
	for (size_t i = 0; i < n; i++) {
		content_digest_part(&layers[i], part);
		jsonw_cstr(&w, NULL, part);
	}
	jsonw_array_end(&w);
	jsonw_array(&w, "RepoTags");
	for (size_t i = 0; i < tags->n; i++)
		jsonw_cstr(&w, NULL, tags->v[i]);
	jsonw_array_end(&w);
	jsonw_object_end(&w);
	jsonw_array_end(&w);
	jsonw_finish(&w);
	return buf_str(&text);
}
