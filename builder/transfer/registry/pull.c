/* SPDX-License-Identifier: Apache-2.0 */
/* Asks for manifests, reads what they name, and has all of it fetched. */

#include "transfer/registry/pull.h"

#include <stdatomic.h>
#include <sys/stat.h>

#include "base/parallel.h"
#include "format/json/jsonx.h"
#include "format/text/platform_name.h"
#include "transfer/registry/index_document.h"
#include "transfer/registry/pull_blob.h"
#include "transfer/registry/pull_later.h"
#include "transfer/registry/registry_problem.h"

static const char *const accepted[] = {
	"Accept: " DOCUMENT_OCI_INDEX,
	"Accept: application/vnd.oci.image.manifest.v1+json",
	"Accept: application/vnd.docker.distribution.manifest.list.v2+json",
	"Accept: application/vnd.docker.distribution.manifest.v2+json",
};

#define HELD_MAX 64 /* descriptors; what is beyond is verified again */

struct pull {
	struct arena *a;
	const struct pull_order *order;
	struct session session;
	struct documents documents;
	struct LIST(struct document) fresh; /* that the store has to get, with the blobs */
	struct document_parts blobs;
	const struct document *saved; /* what docker save would write: the first image */
	struct pulled *out;
	const struct document_part **turns; /* of blobs */
	int *held;			    /* of each of `blobs`; NULL: none is */
	struct pull_blobs fetching;
	atomic_size_t fetched;
	atomic_ullong bytes;
};

/* Are these the bytes that were asked for? `wanted` NULL: they were asked for by a tag. *found is
 * their digest, as they were asked for or as the registry calls them. */
static bool pull_check_digest(struct pull *p, const struct content_digest *wanted, struct str bytes,
			      const struct session_call *c, struct content_digest *found,
			      struct error *e)
{
	const char *said = session_header(c, "Docker-Content-Digest");
	struct content_digest named;
	bool sha512 = wanted ? wanted->sha512
			     : said && content_digest_parse(str_of(said), &named) && named.sha512;

	*found = content_digest_of(bytes, sha512);
	if (wanted && !content_digest_eq(wanted, found))
		return err_set(e, ERR_VERIFY, "%s: other bytes came, with the digest %s", c->what,
			       content_digest_text(p->a, found));
	if (!wanted && said && strcmp(said, content_digest_text(p->a, found)) != 0)
		return err_set(e, ERR_VERIFY,
			       "%s: the registry says it is %.140s, and its bytes are %s", c->what,
			       said, content_digest_text(p->a, found));
	return true;
}

/* Who mistypes a name reads what to look at, beside the registry's own words. */
static bool pull_refused(struct arena *scratch, struct pull *p, const struct session_call *c,
			 struct error *e)
{
	bool lost = c->http.status == 404;

	session_refused(scratch, &p->session, c, e);
	return lost ? err_wrap(e, "the registry has no such image; check its name and its tag")
		    : false;
}

/* Asks the registry for a manifest by its tag or digest. `part`: what its index says of it, or
 * NULL. */
static bool pull_ask_document(struct pull *p, const char *reference,
			      const struct content_digest *wanted, const struct document_part *part,
			      struct document *out, struct error *e)
{
	struct arena *a = p->a;
	uint64_t max = part ? part->size : DOCUMENT_BYTES_MAX;
	struct buf text = { .a = a, .max = DOCUMENT_BYTES_MAX };
	struct strings accept = { (const char **)(uintptr_t)accepted, ARRAY_SIZE(accepted), 0 };
	AUTO_ARENA scratch = { 0 }; /* for headers and error pages, of which there may be many */
	struct session_call c = { .what = arena_printf(a, "manifest %.24s", reference) };
	struct content_digest found;
	struct str bytes;
	const char *type, *title;

	if (max > DOCUMENT_BYTES_MAX)
		return err_set(e, ERR_INPUT, "%s has %llu bytes; a manifest has at most %u", c.what,
			       (unsigned long long)max, DOCUMENT_BYTES_MAX);
	c.http = (struct http_request){ .url = session_url(a, &p->session, "manifests/%s",
							   reference),
					.headers = &accept,
					.max = max };
	if (!session_get(&scratch, &p->session, &c, &text, e))
		return false;
	if (c.http.status != 200)
		return pull_refused(&scratch, p, &c, e);
	bytes = text.n ? buf_str(&text) : STR("");
	if (!pull_check_digest(p, wanted, bytes, &c, &found, e))
		return false;
	if (part && bytes.n != part->size)
		return err_set(e, ERR_VERIFY, "%s has %zu bytes, its index says %llu", c.what,
			       bytes.n, (unsigned long long)part->size);
	type = session_header(&c, "Content-Type");
	title = type && str_starts(str_of(type), STR("text/html")) ? problem_title(&scratch, bytes)
								   : "";
	if (title[0])
		return err_set(e, ERR_NETWORK,
			       "%s/%s: %s: a page for browsers came, \"%s\"; something on the way "
			       "answers in place of the registry",
			       p->session.ref->host, p->session.ref->name, c.what, title);
	if (!document_type(a, c.what, type, bytes, &type, e))
		return err_wrap(e, "%s", c.what);
	if (part && strcmp(type, part->media_type) != 0)
		return err_set(e, ERR_VERIFY, "%s: it was sent as \"%s\", its index says \"%s\"",
			       c.what, type, part->media_type);
	if (!document_read(a, c.what, type, bytes, out, e))
		return false;
	out->digest = found;
	return true;
}

/* 1 the store has it from an earlier pull, 0 not, -1. */
static int pull_find_document(struct pull *p, const struct content_digest *wanted,
			      const struct document_part *part, struct document *out,
			      struct error *e)
{
	const char *what = arena_printf(p->a, "manifest %.19s", content_digest_text(p->a, wanted));
	struct error unsaid = { 0 };
	AUTO_FD fd = -1;
	struct stat st;
	const char *type;
	struct str text;
	char *bytes;
	int got = store_open_content(p->order->store, wanted, part ? part->size : UINT64_MAX, &fd,
				     e);

	if (got <= 0)
		return got;
	if (fstat(fd, &st) < 0)
		return err_sys(e, "stat %s in the store", what), -1;
	if (st.st_size > DOCUMENT_BYTES_MAX)
		return 0;
	bytes = arena_text(p->a, (size_t)st.st_size);
	text = (struct str){ bytes, (size_t)st.st_size };
	if (!fd_pread(fd, bytes, text.n, 0, what, e))
		return -1;
	/* one that does not say what it is: only the registry does */
	if (!document_type(p->a, what, part ? part->media_type : NULL, text, &type, &unsaid))
		return 0;
	if (!document_read(p->a, what, type, text, out, e))
		return -1;
	out->digest = *wanted;
	return 1;
}

/* Into the store, unless it is there from an earlier pull of the same tag. */
static bool pull_keep_document(struct pull *p, const struct document *d, struct error *e)
{
	AUTO_FD fd = -1;
	int got = store_open_content(p->order->store, &d->digest, d->text.n, &fd, e);

	return got > 0 || (got == 0 && store_put_content(p->order->store, d->text, &d->digest, e));
}

static bool pull_keep_documents(struct pull *p, struct error *e)
{
	for (size_t i = 0; i < p->fresh.n && !p->order->store->readonly; i++) {
		if (!pull_keep_document(p, &p->fresh.v[i], e))
			return false;
	}
	return true;
}

/* The same from the store, if it is there by its digest. To be kept there after asking. */
static bool pull_get_document(struct pull *p, const char *reference,
			      const struct content_digest *wanted, const struct document_part *part,
			      struct document *out, struct error *e)
{
	int got = wanted ? pull_find_document(p, wanted, part, out, e) : 0;

	if (got)
		return got > 0;
	if (p->order->offline)
		return err_set(e, ERR_NETWORK,
			       wanted ? "manifest %.19s is not in the store, and --offline forbids "
					"fetching; run once without --offline"
				      : "what the tag \"%s\" means is the registry's to say, and "
					"--offline forbids asking; name the image by its digest",
			       reference);
	if (!pull_ask_document(p, reference, wanted, part, out, e))
		return false;
	*list_push(p->a, &p->fresh) = *out;
	return true;
}

/* No artifact in an image's place, such as a record of how it was built. */
static bool is_image_document(const struct document *d)
{
	const char *type = d->parts.n ? d->parts.v[0].media_type : "";

	return strcmp(type, "application/vnd.oci.image.config.v1+json") == 0 ||
	       strcmp(type, "application/vnd.docker.container.image.v1+json") == 0;
}

/* Takes a document and all that it names. */
static bool pull_add_document(struct pull *p, const struct document *d,
			      const struct document_part *as, unsigned depth, struct error *e)
{
	struct document *kept;

	if (depth > DOCUMENT_DEPTH_MAX)
		return err_set(e, ERR_INPUT, "indexes are nested more than %d deep",
			       DOCUMENT_DEPTH_MAX);
	for (size_t i = 0; d->index && i < d->parts.n; i++) {
		const struct document_part *part = &d->parts.v[i];
		int have = documents_have(&p->documents, part, e);
		struct document child = { .index = false };

		if (have < 0)
			return false;
		if (have)
			continue;
		if (!pull_get_document(p, part->name, &part->digest, part, &child, e) ||
		    !pull_add_document(p, &child, part, depth + 1, e))
			return false;
	}
	if (!d->index && !document_parts_add(p->a, &p->blobs, d, e))
		return false;
	documents_add(p->a, &p->documents, d);
	if (d->index || !is_image_document(d) || (as && as->os && strcmp(as->os, "unknown") == 0))
		return true;
	if (p->out->images++ == 0) {
		kept = arena_alloc(p->a, sizeof(*kept));
		*kept = *d;
		p->saved = kept;
	}
	return true;
}

static void add_choice(struct buf *choices, const struct document_part *part)
{
	if (part->os && part->architecture && strcmp(part->os, "unknown") != 0)
		buf_printf(choices, "%s%s", choices->n ? ", " : "",
			   platform_name(choices->a, part->os, part->architecture, part->variant));
}

static bool no_choice(const struct pull *p, const struct buf *choices, struct error *e)
{
	return err_set(e, ERR_USAGE, "no image for %s; there is: %s", p->order->platform,
		       choices->n ? buf_cstr(choices) : "one that tells no platform");
}

/* Of an index the one manifest that is for this platform. */
static const struct document_part *pull_choose_platform(struct pull *p,
							const struct document *index,
							struct error *e)
{
	const struct document_part *found = NULL, *image = NULL;
	struct buf choices = { .a = p->a, .max = 512 };
	size_t images = 0;

	for (size_t i = 0; i < index->parts.n; i++) {
		const struct document_part *part = &index->parts.v[i];

		if (!found && document_on_platform(part, str_of(p->order->platform)))
			found = part;
		if (!part->os || strcmp(part->os, "unknown") != 0) {
			image = part;
			images++;
		}
		add_choice(&choices, part);
	}
	if (!found && p->order->usual && images == 1)
		found = image;
	if (!found)
		no_choice(p, &choices, e);
	return found;
}

static bool fetch_blob(struct pull *p, const struct document_part *part, int *held, struct error *e)
{
	bool fetched;

	if (!pull_blob(&p->fetching, part, &fetched, held, e))
		return false;
	if (fetched) {
		atomic_fetch_add(&p->fetched, 1);
		atomic_fetch_add(&p->bytes, part->size);
	}
	return true;
}

/* The config of an image, fetched before anything else. */
static bool get_config(struct arena *a, struct pull *p, const struct document_part *config,
		       struct str *out, struct error *e)
{
	AUTO_FD fd = -1;
	char *text;
	int got;

	if (config->size > DOCUMENT_BYTES_MAX)
		return err_set(e, ERR_INPUT, "%s has %llu bytes; a config has at most %u",
			       config->label, (unsigned long long)config->size, DOCUMENT_BYTES_MAX);
	if (!fetch_blob(p, config, NULL, e))
		return false;
	got = store_open_content(p->order->store, &config->digest, config->size, &fd, e);
	if (got == 0)
		err_set(e, ERR_SYSTEM, "%s is gone from the store", config->label);
	if (got <= 0)
		return false;
	text = arena_text(a, (size_t)config->size);
	*out = (struct str){ text, (size_t)config->size };
	return fd_pread(fd, text, out->n, 0, config->label, e);
}

/* An image that no index describes tells itself what it is for. */
static bool check_platform(struct pull *p, const struct document *d, struct error *e)
{
	AUTO_ARENA a = { 0 };
	AUTO_JSON doc = { 0 };
	struct buf choices = { .a = &a, .max = 512 };
	struct document_part is = { .size = 0 };
	struct json_node root;
	struct str text = { "", 0 };

	if (!d->parts.v) /* a manifest has its config */
		return no_choice(p, &choices, e);
	if (!get_config(&a, p, &d->parts.v[0], &text, e) || !json_parse("config", text, &doc, e))
		return false;
	root = json_root(&doc);
	is.os = jsonx_text(&a, &root, "os");
	is.architecture = jsonx_text(&a, &root, "architecture");
	is.variant = jsonx_text(&a, &root, "variant");
	add_choice(&choices, &is);
	return document_on_platform(&is, str_of(p->order->platform)) || no_choice(p, &choices, e);
}

static bool get_all(struct pull *p, struct error *e)
{
	const struct reference *r = p->order->from;
	const struct document_part *part = NULL;
	struct document d = { .index = false }, child = d;

	if (!pull_get_document(p, r->digest ? r->digest : r->tag, r->digest ? &r->content : NULL,
			       NULL, &d, e))
		return false;
	if (d.index && p->order->platform) {
		part = pull_choose_platform(p, &d, e);
		if (!part || !pull_get_document(p, part->name, &part->digest, part, &child, e))
			return false;
		d = child;
	}
	if (!part && p->order->platform && !p->order->usual && !check_platform(p, &d, e))
		return false;
	if (part)
		p->out->root = *part;
	p->out->root.media_type = d.media_type;
	p->out->root.digest = d.digest;
	p->out->root.size = d.text.n;
	document_part_name(&p->out->root, "manifest");
	return pull_add_document(p, &d, part, 1, e);
}

static bool pull_work(void *ctx, size_t i, struct error *e)
{
	struct pull *p = ctx;
	const struct document_part *part = p->turns[i];
	size_t at = (size_t)(part - p->blobs.v.v);

	return fetch_blob(p, part, p->held && at < HELD_MAX ? &p->held[at] : NULL, e);
}

/* What there is to know of the image without its layers. */
static bool fetch_configs(struct pull *p, struct error *e)
{
	for (size_t i = 0; i < p->documents.v.n; i++) {
		const struct document *d = &p->documents.v.v[i];

		if (!d->index && d->parts.n && !fetch_blob(p, &d->parts.v[0], NULL, e))
			return false;
	}
	return true;
}

static bool fetch_blobs(struct pull *p, struct error *e)
{
	if (p->order->later)
		return fetch_configs(p, e);
	p->fetching.meter.done = 0;
	p->fetching.meter.total = p->blobs.bytes;
	p->fetching.names_later = true;
	p->turns = document_parts_turns(p->a, &p->blobs);
	p->held = p->order->hold ? arena_array(p->a, p->blobs.v.n, sizeof(*p->held)) : NULL;
	for (size_t i = 0; p->held && i < p->blobs.v.n; i++)
		p->held[i] = -1;
	if (!parallel_for(p->blobs.v.n, SESSION_THREADS, pull_work, p, e))
		return false;
	return p->fetched == 0 || store_sync_names(p->order->store, e);
}

/* "registry.example/team/app:1.0", or NULL when it was asked for by digest alone. */
static const char *full_name(struct arena *a, const struct reference *r)
{
	return r->tag ? arena_printf(a, "%s/%s:%s", r->host, r->name, r->tag) : NULL;
}

static struct str save_text(struct arena *a, const struct document *d, const char *name)
{
	size_t n = d ? d->parts.n - 1 : 0;
	struct content_digest *layers = arena_array(a, n, sizeof(*layers));
	struct strings tags = { 0 };

	if (!d)
		return STR("[]");
	if (name)
		*list_push(a, &tags) = name;
	for (size_t i = 0; i < n; i++)
		layers[i] = d->parts.v[i + 1].digest;
	return image_save_text(a, &tags, &d->parts.v[0].digest, layers, n);
}

static void pull_list_files(struct pull *p, struct image_files *out)
{
	const char *name = full_name(p->a, p->order->from);
	const struct later_blobs like = {
		{ NULL }, p->order->store, p->order->from, *p->order->options, p->order->offline
	};
	struct blob_source *later = p->order->later ? pull_later(p->a, &like) : NULL;

	for (size_t i = 0; i < p->documents.v.n; i++) {
		const struct document *d = &p->documents.v.v[i];

		image_blobs_add(p->a, &out->blobs, &d->digest, d->text.n, "manifest")->text =
			d->text;
	}
	for (size_t i = 0; i < p->blobs.v.n; i++) {
		const struct document_part *part = &p->blobs.v.v[i];
		struct image_blob *b = image_blobs_add(p->a, &out->blobs, &part->digest, part->size,
						       arena_strdup(p->a, part->label));

		b->later = later;
		b->held = p->held ? p->held[i] : -1;
	}
	image_blobs_sort(&out->blobs);
	out->index = index_document_text(p->a, &p->out->root, 1, name);
	out->save = save_text(p->a, p->saved, name);
}

void pulled_close(struct pulled *p)
{
	list_each(b, &p->files.blobs.v)
		fd_closep(&b->held);
}

static void pull_drop_held(struct pull *p)
{
	for (size_t i = 0; p->held && i < p->blobs.v.n; i++)
		fd_closep(&p->held[i]);
}

bool pull_image(struct arena *a, const struct pull_order *o, struct pulled *out, struct error *e)
{
	struct pull p = { .a = a, .order = o, .out = out };
	struct strings scopes = { 0 };
	bool ok;

	*out = (struct pulled){ .blobs = 0 };
	p.fetching.session = &p.session;
	p.fetching.store = o->store;
	p.fetching.offline = o->offline;
	p.fetching.meter.progress = o->options->progress;
	p.fetching.meter.id = "pull";
	*list_push(a, &scopes) = arena_printf(a, "repository:%s:pull", o->from->name);
	ok = session_open(&p.session, o->from, o->options, &scopes, e) && get_all(&p, e) &&
	     fetch_blobs(&p, e) && pull_keep_documents(&p, e);
	session_close(&p.session);
	if (!ok) {
		pull_drop_held(&p);
		return false;
	}
	pull_list_files(&p, &out->files);
	out->blobs = p.blobs.v.n;
	out->bytes = p.blobs.bytes;
	out->fetched = p.fetched;
	out->fetched_bytes = p.bytes;
	return true;
}
