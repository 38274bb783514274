/* SPDX-License-Identifier: Apache-2.0 */
/* The text of the predicate, and of facts. */

#include "trust/attestation/layer_facts.h"

#include "format/archive/decompress.h"
#include "format/archive/zstdw.h"
#include "format/json/jsonw.h"
#include "format/json/jsonx.h"
#include "inspect/layers/layer_wire.h"

bool layer_facts_key(const struct image_layer *layer, struct layer_memo *memo, struct digest *key)
{
	const struct keep_rule usual = { .memo = memo };

	return layer_memo_key(layer, &usual, key);
}

/* ---- writing ---- */

static bool facts_compress(struct arena *a, struct str said, struct str *out, struct error *e)
{
	const struct zstd_library library = zstd_library_host();
	struct buf text = { .a = a };
	struct buf_sink to;
	AUTO_ZSTD z = { .ctx = NULL };

	buf_sink_init(&to, &text, "facts of a layer");
	if (!zstd_sink_init(a, &z, &library, &to.base, 1, e) || !z.base.write(&z.base, said, e) ||
	    !z.base.finish(&z.base, e))
		return false;
	*out = buf_str(&text);
	return true;
}

static void facts_write_layer(struct arena *a, struct jsonw *w, const struct layer_fact *f)
{
	jsonw_object(w, NULL);
	jsonw_cstr(w, "digest", content_digest_text(a, &f->digest));
	jsonw_cstr(w, "diffId", content_digest_text(a, &f->diff_id));
	jsonw_cstr(w, "mediaType", f->media_type);
	jsonw_u64(w, "size", f->size);
	jsonw_object(w, "facts");
	jsonw_printf(w, "digest", "sha256:%s", digest_hex_dup(a, &f->facts));
	jsonw_cstr(w, "mediaType", LAYER_FACTS_MEDIA_TYPE);
	jsonw_u64(w, "size", f->facts_size);
	jsonw_u64(w, "expandedSize", f->said_size);
	jsonw_object_end(w);
	jsonw_object_end(w);
}

static struct str facts_write(struct arena *a, const struct layer_facts *l)
{
	struct buf text = { .a = a };
	struct jsonw w;

	jsonw_init(&w, &text, false);
	jsonw_object(&w, NULL);
	jsonw_u64(&w, "form", LAYER_WIRE_FORM);
	jsonw_array(&w, "layers");
	list_each(f, l)
		facts_write_layer(a, &w, f);
	jsonw_array_end(&w);
	jsonw_object_end(&w);
	jsonw_finish(&w);
	return buf_str(&text);
}

/* A layer that an image has twice is told once. */
static bool facts_has(const struct layer_facts *l, const struct image_layer *layer)
{
	list_each(f, l) {
		if (content_digest_eq(&f->digest, &layer->digest))
			return true;
	}
	return false;
}

void facts_book_close(struct facts_book *b)
{
	arena_free(&b->a);
	*b = (struct facts_book)FACTS_BOOK_INIT;
}

static bool facts_is_of(const struct layer_fact *f, const struct image_layer *layer)
{
	return content_digest_eq(&f->digest, &layer->digest) &&
	       content_digest_eq(&f->diff_id, &layer->diff_id) && f->size == layer->size &&
	       strcmp(f->media_type, layer->media_type) == 0;
}

void facts_book_add(struct facts_book *b, const struct layer_fact *f, struct str text)
{
	const struct image_layer layer = { .media_type = f->media_type,
					   .digest = f->digest,
					   .diff_id = f->diff_id,
					   .size = f->size };
	bool there = false;

	pthread_mutex_lock(&b->lock);
	list_each(x, &b->v)
		there |= facts_is_of(x, &layer);
	if (!there) {
		struct layer_fact *new = list_push(&b->a, &b->v);

		*new = *f;
		new->media_type = arena_strdup(&b->a, f->media_type);
		*list_push(&b->a, &b->texts) = str_copy(&b->a, text);
	}
	pthread_mutex_unlock(&b->lock);
}

static bool facts_book_find(struct facts_book *b, const struct image_layer *layer,
			    struct layer_fact *f, struct str *text)
{
	bool found = false;

	pthread_mutex_lock(&b->lock);
	for (size_t i = 0; i < b->v.n && !found; i++) {
		found = facts_is_of(&b->v.v[i], layer);
		if (found) {
			*f = b->v.v[i];
			*text = b->texts.v[i];
		}
	}
	pthread_mutex_unlock(&b->lock);
	return found;
}

/* 1; 0 nothing is known of it; -1. */
static int facts_of_memo(struct arena *a, const struct image_layer *layer, struct layer_memo *memo,
			 struct layer_fact *f, struct str *text, struct error *e)
{
	struct layer_saying *x;
	struct digest key;
	bool ok;

	if (!layer_facts_key(layer, memo, &key))
		return 0;
	x = layer_memo_hold(memo, &key);
	if (!x)
		return 0;
	ok = facts_compress(a, x->said, text, e);
	if (ok)
		*f = (struct layer_fact){ .media_type = layer->media_type,
					  .digest = layer->digest,
					  .diff_id = layer->diff_id,
					  .size = layer->size,
					  .facts = digest_of(*text),
					  .facts_size = text->n,
					  .said_size = x->said.n };
	layer_memo_release(memo, x);
	return ok ? 1 : -1;
}

bool layer_facts_make(struct arena *a, const struct image_facts *image, struct layer_memo *memo,
		      struct facts_book *book, struct str *predicate,
		      struct layer_facts_texts *texts, size_t *missing, struct error *e)
{
	struct layer_facts l = { NULL, 0, 0 };

	*missing = 0;
	*texts = (struct layer_facts_texts){ NULL, 0, 0 };
	for (size_t i = 0; i < image->layers.n; i++) {
		const struct image_layer *layer = &image->layers.v[i];
		struct layer_fact f;
		struct str text;
		int got = 0;

		if (facts_has(&l, layer))
			continue;
		if (layer->media_type)
			got = book && facts_book_find(book, layer, &f, &text)
				      ? 1
				      : facts_of_memo(a, layer, memo, &f, &text, e);
		if (got < 0)
			return false;
		*missing += got == 0;
		if (!got)
			continue;
		if (book)
			facts_book_add(book, &f, text);
		*list_push(a, texts) = text;
		*list_push(a, &l) = f;
	}
	*predicate = facts_write(a, &l);
	return true;
}

/* ---- reading ---- */

static bool facts_read_digest(struct arena *a, const struct json_node *of, const char *key,
			      struct content_digest *out, struct error *e)
{
	struct json_node n;
	const char *text;

	if (!json_need(of, key, &n, e) || !json_as_string(a, &n, &text, e))
		return false;
	return content_digest_parse(str_of(text), out) ||
	       json_fail(&n, e, "is not a digest: " CONTENT_DIGEST_FORMS);
}

static bool facts_read_number(const struct json_node *of, const char *key, uint64_t max,
			      uint64_t *out, struct error *e)
{
	struct json_node n;

	if (!json_need(of, key, &n, e) || !json_as_u64(&n, out, e))
		return false;
	return *out <= max || json_fail(&n, e, "is more than %llu", (unsigned long long)max);
}

static bool facts_read_layer(struct arena *a, const struct json_node *n, struct layer_fact *out,
			     struct error *e)
{
	struct content_digest facts;
	struct json_node of, type;

	*out = (struct layer_fact){ .size = 0 };
	if (!facts_read_digest(a, n, "digest", &out->digest, e) ||
	    !facts_read_digest(a, n, "diffId", &out->diff_id, e) ||
	    !json_need(n, "mediaType", &type, e) ||
	    !json_as_string(a, &type, &out->media_type, e) ||
	    !facts_read_number(n, "size", INT64_MAX, &out->size, e) ||
	    !json_need(n, "facts", &of, e) || !facts_read_digest(a, &of, "digest", &facts, e) ||
	    !facts_read_number(&of, "size", LAYER_FACTS_MEMORY / 4, &out->facts_size, e) ||
	    !facts_read_number(&of, "expandedSize", LAYER_FACTS_MEMORY / 4, &out->said_size, e))
		return false;
	if (facts.sha512)
		return json_fail(&of, e, "are named by SHA-512, not by SHA-256");
	out->facts = content_digest_short(&facts);
	return true;
}

int layer_facts_read(struct arena *a, struct str predicate, struct layer_facts *out,
		     struct error *e)
{
	AUTO_JSON doc = { 0 };
	struct json_node root, list, item;
	uint64_t form;

	*out = (struct layer_facts){ NULL, 0, 0 };
	if (!json_parse("facts", predicate, &doc, e))
		return -1;
	root = json_root(&doc);
	if (!facts_read_number(&root, "form", UINT32_MAX, &form, e))
		return -1;
	if (form != LAYER_WIRE_FORM)
		return 0;
	if (!json_need(&root, "layers", &list, e) || !json_want_array(&list, e))
		return -1;
	for (size_t i = 0; json_item(&list, i, &item); i++) {
		if (!facts_read_layer(a, &item, list_push(a, out), e))
			return -1;
	}
	return 1;
}

bool layer_facts_of(struct arena *a, const struct layer_facts *l, const struct image_layer *layer,
		    const struct layer_fact **out, struct error *e)
{
	*out = NULL;
	list_each(f, l) {
		if (!layer->has_digest || !content_digest_eq(&f->digest, &layer->digest))
			continue;
		if (!content_digest_eq(&f->diff_id, &layer->diff_id))
			return err_set(e, ERR_VERIFY,
				       "its config says that layer %s has the diff_id %s; signed "
				       "is %s",
				       content_digest_text(a, &layer->digest),
				       content_digest_text(a, &layer->diff_id),
				       content_digest_text(a, &f->diff_id));
		if (f->size != layer->size)
			return err_set(e, ERR_VERIFY,
				       "its manifest says that layer %s has %llu bytes; signed "
				       "is %llu",
				       content_digest_text(a, &layer->digest),
				       (unsigned long long)layer->size,
				       (unsigned long long)f->size);
		if (layer->media_type && strcmp(f->media_type, layer->media_type) == 0)
			*out = f;
	}
	return true;
}

bool layer_facts_expand(struct arena *a, const struct layer_fact *f, struct str text,
			struct str *said, struct error *e)
{
	struct buf out = { .a = a, .max = (size_t)f->said_size + 1 };
	struct str_source from;
	struct buf_sink to;
	AUTO_DECOMPRESS d = { .state = NULL };

	str_source_init(&from, text, "facts of a layer");
	buf_sink_init(&to, &out, "facts of a layer");
	if (!decompress_open(&d, &from.base, CODEC_ZSTD, f->said_size, e) ||
	    !io_copy(&d.base, &to.base, e))
		return false;
	*said = out.n ? buf_str(&out) : STR("");
	return said->n == f->said_size ||
	       err_set(e, ERR_INPUT, "facts of a layer: they have %zu bytes, their list says %llu",
		       said->n, (unsigned long long)f->said_size);
}
