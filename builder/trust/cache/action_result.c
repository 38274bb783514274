/* SPDX-License-Identifier: Apache-2.0 */
/* As protojson has it: 64-bit numbers are strings, bytes are base64. */

#include "trust/cache/action_result.h"

#include "format/json/jsonw.h"
#include "format/json/jsonx.h"
#include "format/text/base64.h"

static void action_write_file(struct jsonw *w, const char *path, const struct cache_blob *b)
{
	char hex[DIGEST_TEXT];

	digest_hex(&b->digest, hex);
	jsonw_object(w, NULL);
	jsonw_cstr(w, "path", path);
	jsonw_object(w, "digest");
	jsonw_cstr(w, "hash", hex);
	jsonw_printf(w, "sizeBytes", "%llu", (unsigned long long)b->size);
	jsonw_object_end(w);
	jsonw_object_end(w);
}

struct str action_result_text(struct arena *a, const struct cache_record *r, struct str record)
{
	struct buf text = { .a = a };
	struct jsonw w;

	jsonw_init(&w, &text, false);
	jsonw_object(&w, NULL);
	jsonw_array(&w, "outputFiles");
	action_write_file(&w, "result", &r->result);
	for (size_t i = 0; i < r->blobs.n; i++)
		action_write_file(&w, arena_printf(a, "blob.%zu", i), &r->blobs.v[i]);
	jsonw_array_end(&w);
	jsonw_cstr(&w, "stdoutRaw", base64_encode(a, record));
	jsonw_object_end(&w);
	jsonw_finish(&w);
	return buf_str(&text);
}

bool action_result_read(struct arena *a, struct str text, struct str *record, struct error *e)
{
	AUTO_JSON doc = { 0 };
	struct json_node root, n;
	const char *encoded;

	if (!json_parse("entry", text, &doc, e))
		return false;
	root = json_root(&doc);
	if (!json_want_object(&root, e) || !json_need(&root, "stdoutRaw", &n, e) ||
	    !json_as_string(a, &n, &encoded, e))
		return false;
	return base64_decode(a, str_of(encoded), record) || json_fail(&n, e, "is not base64");
}
