/* SPDX-License-Identifier: Apache-2.0 */
/* One image: read, composed, proven, put in its place. */

#include "cli/rebasing.h"

#include "base/buf.h"
#include "cli/sign_report.h"
#include "format/json/jsonw.h"
#include "inspect/image/manifest.h"
#include "make/image/image.h"
#include "make/image/layout.h"

#define ANNOTATION_BASE_DIGEST "org.opencontainers.image.base.digest"
#define DOCKER "docker://"

static bool rebase_is_remote(const char *image)
{
	return strncmp(image, DOCKER, strlen(DOCKER)) == 0;
}

/* ---- what it stands on, and what it becomes ---- */

/* The old base is named, or it is in the new one's repository under the digest that the image
 * records. */
static bool rebase_find_old(struct rebasing *r, const char **out, struct error *e)
{
	const char *digest = rebase_annotation(&r->image, ANNOTATION_BASE_DIGEST);
	const struct reference *at = &r->now->opened.from;

	*out = r->o->from;
	if (*out)
		return true;
	if (!digest || !rebase_is_remote(r->o->base))
		return err_set(e, ERR_USAGE,
			       "rebase: %s: name the base that it stands on with --from IMAGE%s%s",
			       r->image.document.name, digest ? "; its digest is " : "",
			       digest ? digest : "");
	*out = arena_printf(r->c->a, DOCKER "%s/%s@%s", at->host, at->name, digest);
	return true;
}

static struct image_blob *rebase_add_text(struct rebasing *r, struct str text, const char *what)
{
	struct content_digest d = content_digest_of(text, false);
	struct image_blob *b = image_blobs_add(r->c->a, &r->files.blobs, &d, text.n, what);

	b->text = text;
	return b;
}

static void rebase_add_layers(struct rebasing *r, const struct rebase_image *of, size_t from)
{
	for (size_t i = from; i < of->document.facts->layers.n; i++) {
		const struct image_layer *l = &of->document.facts->layers.v[i];

		image_blobs_add(r->c->a, &r->files.blobs, &l->digest, l->size, "layer")->later =
			rebase_image_later(of, &l->digest);
	}
}

/* index.json of a layout with this image alone. */
static struct str rebase_layout_index(struct rebasing *r, const char *media_type, size_t size)
{
	const struct image_facts *facts = r->image.document.facts;
	struct buf text = { .a = r->c->a };
	struct jsonw w;

	jsonw_init(&w, &text, false);
	jsonw_object(&w, NULL);
	jsonw_array(&w, "manifests");
	jsonw_object(&w, NULL);
	if (facts->ref_name) {
		jsonw_object(&w, "annotations");
		jsonw_cstr(&w, "org.opencontainers.image.ref.name", facts->ref_name);
		jsonw_object_end(&w);
	}
	jsonw_printf(&w, "digest", "sha256:%s", digest_hex_dup(r->c->a, &r->manifest));
	jsonw_cstr(&w, "mediaType", media_type);
	jsonw_object(&w, "platform");
	jsonw_cstr(&w, "architecture", facts->architecture);
	jsonw_cstr(&w, "os", facts->os);
	if (facts->variant)
		jsonw_cstr(&w, "variant", facts->variant);
	jsonw_object_end(&w);
	jsonw_u64(&w, "size", size);
	jsonw_object_end(&w);
	jsonw_array_end(&w);
	jsonw_cstr(&w, "mediaType", DOCUMENT_OCI_INDEX);
	jsonw_u64(&w, "schemaVersion", 2);
	jsonw_object_end(&w);
	return buf_str(&text);
}

static bool rebase_compose(struct rebasing *r, struct error *e)
{
	const struct reference *at = &r->now->opened.from;
	const struct rebase_documents d = {
		.image = r->image.document,
		.old = r->old->document,
		.now = r->now->document,
		.base_name = !rebase_is_remote(r->o->base) ? NULL
			     : at->tag ? arena_printf(r->c->a, "%s/%s:%s", at->host, at->name,
						      at->tag)
				       : arena_printf(r->c->a, "%s/%s", at->host, at->name),
	};
	size_t kept = d.old.facts->layers.n;
	struct str config, manifest;
	const char *type;

	if (!rebase_stands_on(&d, e) ||
	    !rebase_write(r->c->a, &d, &config, &manifest, &r->obstacles, e) ||
	    !rebase_image_keep(r->now, &r->store, 0, e) ||
	    !rebase_image_keep(&r->image, &r->store, kept, e) ||
	    !document_type(r->c->a, "manifest", NULL, d.image.manifest, &type, e))
		return false;
	r->manifest = digest_of(manifest);
	r->manifest_size = manifest.n;
	r->files.index = rebase_layout_index(r, type, manifest.n);
	rebase_add_layers(r, r->now, 0);
	rebase_add_layers(r, &r->image, kept);
	rebase_add_text(r, config, "config");
	rebase_add_text(r, manifest, "manifest");
	image_blobs_sort(&r->files.blobs);
	return true;
}

/* The result is read like any image, and compared. */
static bool rebase_compare_whole(struct rebasing *r, const struct bundle *bundle, struct error *e)
{
	struct audit_request req = { .image = r->image.document.name,
				     .policy = "report-only",
				     .opened = bundle,
				     .memo = &r->common->layers,
				     .wanted = rebase_rule_counts,
				     .certificates = &r->common->certificates };
	struct audit_result result;
	struct rebase_case c = { .old = r->old->audit.model,
				 .now = r->now->audit.model,
				 .old_layers = r->old->document.facts->layers.n };
	struct arena *a = r->c->a;

	if (!rebase_image_look(&r->reading, &r->image, e) || !audit_image(a, &req, &result, e))
		return false;
	c.image = r->image.audit.model;
	c.result = result.model;
	rebase_check_files(a, &c, &r->proof, &r->obstacles);
	rebase_check_libraries(a, &c, &r->proof, &r->obstacles);
	rebase_check_records(a, &c, &r->obstacles);
	rebase_check_findings(a, &r->image.audit.findings, &result.findings, &r->obstacles);
	return true;
}

/* Where other images have all but its uppermost layer, that layer alone may be left to prove. */
static bool rebase_compare(struct rebasing *r, struct error *e)
{
	AUTO_BUNDLE bundle = BUNDLE_INIT;
	struct image_facts result;
	const struct rebase_whole whole = { .image = r->image.document.facts,
					    .result = &result,
					    .image_bundle = &r->image.opened.bundle,
					    .result_bundle = &bundle,
					    .old = r->old->audit.model,
					    .now = r->now->audit.model,
					    .old_facts = r->old->document.facts,
					    .now_facts = r->now->document.facts,
					    .memo = &r->common->layers };
	int got = 0;

	bundle_of_pulled(r->image.document.name, &r->store, &r->files, &bundle);
	if (r->image.opened.bundle.pulled)
		got = !manifest_read(r->c->a, &bundle, NULL, &result, e)
			      ? -1
			      : rebase_stems_prove(&r->common->stems, r->c->a, &whole, &r->proof,
						   e);
	if (got < 0)
		return err_wrap(e, "image %s", r->image.document.name);
	return got > 0 || rebase_compare_whole(r, &bundle, e);
}

static bool rebase_prove(struct rebasing *r, struct error *e)
{
	struct rebase_verdicts *known = &r->common->verdicts;
	const struct digest key = rebase_verdict_key(r->image.document.facts,
						     r->old->document.facts,
						     r->now->document.facts);
	size_t first = r->obstacles.n;

	if (rebase_verdict_find(known, &key, r->c->a, &r->proof, &r->obstacles))
		return true;
	if (!rebase_compare(r, e))
		return false;
	rebase_verdict_note(known, &key, &r->proof, &r->obstacles, first);
	return true;
}

/* ---- where it goes ---- */

bool rebase_sign(struct rebasing *r, const struct reference *to, struct error *e)
{
	struct reference image;
	const struct signing_order order = { &image, &r->common->keys, &r->settings, NULL };
	const char *text = arena_printf(r->c->a, DOCKER "%s/%s@sha256:%s", to->host, to->name,
					digest_hex_dup(r->c->a, &r->manifest));

	return r->common->keys.n == 0 ||
	       (reference_parse(r->c->a, text, &image, e) && sign_and_report(r->c, &order, e));
}

bool rebase_push(struct rebasing *r, struct error *e)
{
	const struct reference *at = &r->now->opened.from;
	struct image_operand result = IMAGE_OPERAND_INIT;
	struct push_source from;
	struct push_plan plan = { 0 };
	struct push_result pushed;
	struct reference to;
	struct push_order order = { .from = &from,
				    .plan = &plan,
				    .to = &to,
				    .known = &r->common->known,
				    .options = &r->settings };
	bool ok;

	/* in place: not over what somebody has pushed since it was read */
	if (!r->o->to && !r->part)
		order.expected = r->image.opened.pulled.root.name;
	bundle_of_pulled(r->image.document.name, &r->store, &r->files, &result.bundle);
	ok = registry_settings(r->c, &r->o->registry, &r->settings, e) &&
	     reference_parse(r->c->a, r->target, &to, e);
	if (ok && r->part) /* the index names it */
		to.tag = to.digest = NULL;
	if (ok && rebase_is_remote(r->o->base) && strcmp(at->host, to.host) == 0 &&
	    strcmp(at->name, to.name) != 0)
		order.mount_from = at->name;
	progress_begin(r->c->progress, "push", "%s", r->target);
	ok = ok && image_operand_plan(r->c->a, &result, &from, &plan, e) &&
	     push_image(&order, &pushed, e);
	image_operand_close(&result);
	if (!ok)
		return err_wrap(e, "push %s", r->target);
	progress_end(r->c->progress, "push", false,
		     "%zu blobs sent, %zu mounted, %zu there already", pushed.sent, pushed.mounted,
		     pushed.there);
	return (r->part || rebase_sign(r, &to, e)) && rebase_attach_facts(r, &to, e);
}

/* In place, unless a place is named. */
static bool rebase_find_target(struct rebasing *r, struct error *e)
{
	const struct rebase_options *o = r->o;
	const struct reference *from = &r->image.opened.from;

	r->target = o->to;
	if (o->to || o->output || o->check)
		return true;
	if (!rebase_is_remote(r->image.document.name))
		return err_set(e, ERR_USAGE,
			       "rebase: %s: say where the result goes, with --output DIR or --to "
			       "docker://REGISTRY/NAME:TAG",
			       r->image.document.name);
	if (!from->tag || from->digest)
		return err_set(e, ERR_USAGE,
			       "rebase: %s: a digest names these bytes alone; name a tag, or say "
			       "with --to docker://REGISTRY/NAME:TAG where the result goes",
			       r->image.document.name);
	r->target = r->image.document.name;
	return true;
}

bool rebase_refuse(struct rebasing *r, struct error *e)
{
	const struct rebase_obstacle *x = r->obstacles.v;
	const char *more = r->obstacles.n > 1
				   ? arena_printf(r->c->a, " (and %zu more)", r->obstacles.n - 1)
				   : "";

	return err_set(e, ERR_FINDINGS, "%s cannot be rebased: %s%s%s%s%s", r->image.document.name,
		       x->path ? "/" : "", x->path ? x->path : "", x->path ? ": " : "", x->text,
		       more);
}

/* ---- the whole ---- */

static bool rebase_stands_there(const struct rebasing *r)
{
	const char *digest = rebase_annotation(&r->image, ANNOTATION_BASE_DIGEST);

	return !r->o->from && digest &&
	       strcmp(digest, content_digest_text(r->c->a, &r->now->document.facts->manifest)) == 0;
}

/* With --platform one image of an index may be taken out of it. */
static bool rebase_is_index(const struct rebasing *r)
{
	return r->image.manifests != 1 && !(r->o->platform && (r->o->output || r->o->to));
}

/* Its repository has what its manifest names. */
static void rebase_know_layers(struct rebasing *r)
{
	list_each(l, &r->image.document.facts->layers) {
		if (r->image.opened.bundle.pulled)
			push_known_add(&r->common->known, &r->image.opened.from,
				       content_digest_text(r->c->a, &l->digest));
	}
}

bool rebase_prepare(struct rebasing *r, const char *reference, struct error *e)
{
	const char *old;

	r->store.progress = r->c->progress;
	if (!store_open(r->c->a, r->c->cache_dir, &r->store, e) ||
	    !rebase_image_read(&r->reading, reference, &r->image, e))
		return false;
	r->index = !r->part && rebase_is_index(r);
	if (r->index)
		return r->part || rebase_find_target(r, e);
	r->there = rebase_stands_there(r);
	if (r->there)
		return true;
	if ((!r->part && !rebase_find_target(r, e)) || !rebase_find_old(r, &old, e))
		return false;
	if (!rebase_old_base(r->common, old, r->reading.platform, &r->old, e))
		return r->o->from || e->kind != ERR_NETWORK
			       ? false
			       : err_wrap(e,
					  "%s records a base that is not to be had (--from IMAGE "
					  "names another place)",
					  r->image.document.name);
	rebase_know_layers(r);
	return rebase_compose(r, e) && rebase_prove(r, e);
}

static bool rebase_put(struct rebasing *r, struct error *e)
{
	if (r->o->check)
		return true;
	if (r->target)
		return rebase_push(r, e);
	return image_files_layout(&r->store, &r->files, r->o->output, e);
}

bool rebase_one(struct rebasing *r, const char *reference, struct error *e)
{
	if (!rebase_prepare(r, reference, e))
		return false;
	if (r->index)
		return rebase_index(r, e);
	if (!r->there && !r->obstacles.n && !rebase_put(r, e))
		return false;
	rebase_tell(r);
	return r->obstacles.n == 0 || rebase_refuse(r, e);
}
