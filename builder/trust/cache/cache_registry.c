/* SPDX-License-Identifier: Apache-2.0 */
/* A cache in a repository of a registry: for each entry a manifest under a tag made of its key,
 * whose layers are the record and the blobs. */

#include "trust/cache/cache_server.h"

#include <sys/mman.h>
#include <sys/stat.h>

#include "format/json/jsonw.h"
#include "transfer/registry/artifact.h"
#include "transfer/registry/pull_blob.h"
#include "transfer/registry/push.h"

#define CONFIG_TYPE "application/vnd.oci.empty.v1+json"
#define BLOB_TYPE "application/octet-stream"
#define MANIFEST_TYPE "application/vnd.oci.image.manifest.v1+json"

static const struct str registry_config = STR("{}");

static bool registry_cache_open(struct cache_server *s, const struct cache_settings *settings,
				struct error *e)
{
	struct http_settings *http = arena_alloc(&s->a, sizeof(*http));
	const struct reference *ref = &s->place->ref;
	struct strings scopes = { 0 };

	cache_http_settings(&s->a, settings, http);
	s->options = settings->registry ? *settings->registry : (struct session_options){ 0 };
	s->options.settings = http;
	s->options.progress = settings->progress;
	*list_push(&s->a, &scopes) = arena_printf(&s->a, "repository:%s:%s", ref->name,
						  s->writes ? "pull,push" : "pull");
	return session_open(&s->session, ref, &s->options, &scopes, e);
}

static void registry_cache_close(struct cache_server *s)
{
	session_close(&s->session);
}

static const char *registry_cache_tag(struct arena *a, const struct digest *key)
{
	return arena_printf(a, "compiled-%s", digest_hex_dup(a, key));
}

static int registry_cache_find(struct arena *a, struct cache_server *s, const struct digest *key,
			       struct str *record, struct error *e)
{
	struct artifact found;
	int got = artifact_get(a, &s->session, registry_cache_tag(a, key), &found, e);

	if (got <= 0)
		return got;
	list_each(part, &found.document.parts) {
		if (strcmp(part->media_type, CACHE_RECORD_TYPE) != 0)
			continue;
		return artifact_blob(a, &s->session, part, record, e) ? 1 : -1;
	}
	err_set(e, ERR_INPUT, "what stands there is not an entry of a cache");
	return -1;
}

static bool registry_cache_fetch(struct cache_server *s, const struct cache_blob *b,
				 const struct store *to, struct error *e)
{
	struct pull_blobs from = { .session = &s->session,
				   .store = to,
				   .meter = { .id = "cache", .total = b->size } };
	struct document_part part = { .media_type = BLOB_TYPE,
				      .digest = content_digest_sha256(b->digest),
				      .size = b->size };
	bool fetched;

	document_part_name(&part, "blob");
	return pull_blob(&from, &part, &fetched, NULL, e);
}

static void registry_write_part(struct jsonw *w, const char *member, const char *type,
				const struct digest *d, uint64_t size)
{
	char hex[DIGEST_TEXT];

	digest_hex(d, hex);
	jsonw_object(w, member);
	jsonw_cstr(w, "mediaType", type);
	jsonw_printf(w, "digest", "sha256:%s", hex);
	jsonw_u64(w, "size", size);
	jsonw_object_end(w);
}

static struct str registry_manifest_text(struct arena *a, const struct cache_gift *g)
{
	struct digest config = digest_of(registry_config), record = digest_of(g->text);
	const struct cache_blob *result = &g->record->result;
	struct buf text = { .a = a };
	struct jsonw w;

	jsonw_init(&w, &text, false);
	jsonw_object(&w, NULL);
	jsonw_u64(&w, "schemaVersion", 2);
	jsonw_cstr(&w, "mediaType", MANIFEST_TYPE);
	jsonw_cstr(&w, "artifactType", CACHE_RECORD_TYPE);
	registry_write_part(&w, "config", CONFIG_TYPE, &config, registry_config.n);
	jsonw_array(&w, "layers");
	registry_write_part(&w, NULL, CACHE_RECORD_TYPE, &record, g->text.n);
	registry_write_part(&w, NULL, BLOB_TYPE, &result->digest, result->size);
	list_each(b, &g->record->blobs)
		registry_write_part(&w, NULL, BLOB_TYPE, &b->digest, b->size);
	jsonw_array_end(&w);
	jsonw_object(&w, "annotations");
	jsonw_cstr(&w, "org.opencontainers.image.title", g->record->name);
	jsonw_object_end(&w);
	jsonw_object_end(&w);
	jsonw_finish(&w);
	return buf_str(&text);
}

/* A text as a file. */
static bool registry_open_text(struct str text, struct push_part *out, struct error *e)
{
	*out = (struct push_part){ -1, -1, 0, text.n };
	out->own = out->fd = memfd_create("imgbuild-cache", MFD_CLOEXEC);
	if (out->fd < 0)
		return err_sys(e, "memfd_create");
	if (fd_write(out->fd, text, "memfd", e))
		return true;
	fd_closep(&out->own);
	return false;
}

static bool registry_open_gift(void *of, const struct content_digest *d, struct push_part *out,
			       struct error *e)
{
	const struct cache_gift *g = of;
	struct digest wanted = content_digest_short(d), config = digest_of(registry_config),
		      record = digest_of(g->text);
	struct stat st;
	int got;

	if (digest_eq(&wanted, &config))
		return registry_open_text(registry_config, out, e);
	if (digest_eq(&wanted, &record))
		return registry_open_text(g->text, out, e);
	*out = (struct push_part){ -1, -1, 0, 0 };
	got = store_open_blob(g->store, &wanted, UINT64_MAX, &out->own, e);
	if (got == 0)
		return err_set(e, ERR_SYSTEM, "it vanished from the store");
	if (got < 0)
		return false;
	out->fd = out->own;
	if (fstat(out->own, &st) == 0) {
		out->size = (uint64_t)st.st_size;
		return true;
	}
	err_sys(e, "fstat");
	fd_closep(&out->own);
	return false;
}

static bool registry_cache_keep(struct cache_server *s, const struct cache_gift *g, struct error *e)
{
	AUTO_ARENA a = { 0 };
	const struct push_source from = { (void *)(uintptr_t)g, registry_open_gift };
	struct push_plan plan = { .blobs.bytes = 0 };
	struct reference to = *s->session.ref;
	struct session_options options = s->options;
	struct push_result result;
	struct document d;

	to.tag = registry_cache_tag(&a, &g->record->key);
	options.progress = NULL;
	if (!document_read(&a, "manifest", MANIFEST_TYPE, registry_manifest_text(&a, g), &d, e) ||
	    !document_parts_add(&a, &plan.blobs, &d, e))
		return false;
	documents_add(&a, &plan.documents, &d);
	return push_in_session(&s->session,
			       &(struct push_order){ .from = &from,
						     .plan = &plan,
						     .to = &to,
						     .options = &options },
			       &result, e);
}

const struct cache_transport cache_registry = { registry_cache_open, registry_cache_close,
						registry_cache_find, registry_cache_fetch,
						registry_cache_keep };
