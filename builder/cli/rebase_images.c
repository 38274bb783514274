/* SPDX-License-Identifier: Apache-2.0 */
/* Reading them as the audit does. */

#include "cli/rebase_images.h"

#include "inspect/image/manifest.h"
#include "inspect/model/model.h"
#include "trust/attestation/attached_facts.h"
#include "trust/rebase/rebase.h"

/* Which manifest is meant, where there may be several. */
static bool rebase_read_texts(struct cli *c, struct rebase_image *out, struct error *e)
{
	const struct image_facts *facts = out->document.facts;
	const struct bundle *b = &out->opened.bundle;
	struct push_source from;
	struct push_plan plan = { 0 };
	char part[CONTENT_PART_SIZE];

	if (!image_operand_plan(c->a, &out->opened, &from, &plan, e))
		return false;
	if (!facts->has_digest || !facts->config_part)
		return err_set(e, ERR_INPUT, "it has no manifest of OCI or of Docker");
	content_digest_part(&facts->manifest, part);
	out->manifests = plan.documents.v.n;
	return bundle_text(c->a, b, part, DOCUMENT_MAX, &out->document.manifest, e) &&
	       bundle_text(c->a, b, facts->config_part, DOCUMENT_MAX, &out->document.config, e);
}

static void rebase_tell_facts(struct cli *c, const char *image, const struct facts_taken *t)
{
	list_each(digest, &t->missing)
		progress_warn(c->progress,
			      "%s: the facts that %s signed do not tell of its layer %s, which is "
			      "read",
			      image, t->key->file, *digest);
	if (!t->key)
		progress_warn(c->progress,
			      "%s: no facts are attached to it; its layers are read "
			      "(imgbuild attest --type facts attaches them)",
			      image);
	else if (t->old)
		progress_warn(c->progress,
			      "%s: the facts that %s signed are of another version of imgbuild; "
			      "its layers are read",
			      image, t->key->file);
}

/* What somebody who is trusted signed of the layers, in the place of reading them. */
static bool rebase_take_facts(const struct rebase_reading *r, struct rebase_image *out,
			      struct error *e)
{
	struct arena *a = r->c->a;
	struct reference image = out->opened.from;
	struct session_options settings;
	const struct signing_order signing = { &image, r->facts, &settings, NULL };
	const struct facts_order order = { &signing, &out->says, &out->opened.store, r->layers,
					   r->book };
	struct facts_taken taken;
	int got;

	/* of an index each image is read by itself */
	if (!r->facts || !r->facts->n || !out->opened.bundle.pulled ||
	    (out->manifests != 1 && !r->platform))
		return true;
	if (!registry_settings(r->c, r->registry, &settings, e))
		return false;
	got = attached_facts_take(a, &order, &taken, e);
	if (got < 0)
		return err_wrap(e, "facts about its layers");
	rebase_tell_facts(r->c, out->opened.from.text, &taken);
	out->facts = got ? taken.key : NULL;
	return true;
}

bool rebase_image_read(const struct rebase_reading *r, const char *reference,
		       struct rebase_image *out, struct error *e)
{
	out->document.name = reference;
	out->document.facts = &out->says;
	if (!image_operand_open(r->c, r->registry, reference, IMAGE_DOCUMENTS, r->platform,
				&out->opened, e))
		return false;
	return (manifest_read(r->c->a, &out->opened.bundle, r->platform, &out->says, e) &&
		rebase_read_texts(r->c, out, e) && rebase_take_facts(r, out, e)) ||
	       err_wrap(e, "image %s", reference);
}

bool rebase_image_look(const struct rebase_reading *r, struct rebase_image *i, struct error *e)
{
	const struct audit_request req = { .image = i->document.name,
					   .platform = r->platform,
					   .policy = "report-only",
					   .opened = &i->opened.bundle,
					   .memo = r->layers,
					   .wanted = rebase_rule_counts,
					   .certificates = r->certificates };

	return audit_image(r->c->a, &req, &i->audit, e);
}

void rebase_image_close(struct rebase_image *i)
{
	image_operand_close(&i->opened);
}

const char *rebase_annotation(const struct rebase_image *i, const char *name)
{
	list_each(v, &i->document.facts->annotations) {
		if (strcmp(v->name, name) == 0)
			return v->value;
	}
	return NULL;
}

struct blob_source *rebase_image_later(const struct rebase_image *i,
				       const struct content_digest *layer)
{
	const struct image_files *files = i->opened.bundle.pulled;

	for (size_t n = 0; files && n < files->blobs.v.n; n++) {
		if (content_digest_eq(&files->blobs.v.v[n].digest, layer))
			return files->blobs.v.v[n].later;
	}
	return NULL;
}

/* A layer of a folder or an archive, copied. */
static bool rebase_keep_layer(const struct bundle *b, const struct image_layer *layer,
			      const struct store *s, struct error *e)
{
	const struct store_expect expect = { content_digest_short(&layer->digest), layer->size };
	AUTO_PART part = PART_INIT;
	AUTO_PUT put = STORE_PUT_INIT;
	struct fd_source from;
	struct digest digest;
	struct str chunk;
	uint64_t size;
	int got;

	if (store_has_blob(s, &expect.digest, layer->size))
		return true;
	if (!bundle_part(b, layer->part, &part, e) || !store_put_begin(s, &put, layer->part, e))
		return false;
	fd_source_init(&from, part.fd, part.offset, part.size, layer->part);
	while ((got = from.base.next(&from.base, &chunk, e)) > 0) {
		if (!put.sink.base.write(&put.sink.base, chunk, e))
			return false;
	}
	return got == 0 && store_put_commit(&put, &expect, &digest, &size, e);
}

bool rebase_image_keep(struct rebase_image *i, const struct store *s, size_t from, struct error *e)
{
	const struct image_facts *facts = i->document.facts;

	for (size_t n = from; !i->opened.bundle.pulled && n < facts->layers.n; n++) {
		if (facts->layers.v[n].digest.sha512)
			return err_set(e, ERR_INPUT,
				       "%s: its layers are named by SHA-512; push it to a registry "
				       "and name it there",
				       i->document.name);
		if (!rebase_keep_layer(&i->opened.bundle, &facts->layers.v[n], s, e))
			return err_wrap(e, "image %s", i->document.name);
	}
	return true;
}
