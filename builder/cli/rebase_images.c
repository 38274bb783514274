/* SPDX-License-Identifier: Apache-2.0 */
/* Reading them as the audit does. */

#include "cli/rebase_images.h"

#include "inspect/model/model.h"

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

bool rebase_image_read(const struct rebase_reading *r, const char *reference,
		       struct rebase_image *out, struct error *e)
{
	struct arena *a = r->c->a;
	struct audit_request req = { .image = reference,
				     .platform = r->platform,
				     .policy = "report-only",
				     .opened = &out->opened.bundle };

	if (!image_operand_open(r->c, r->registry, reference, IMAGE_ALL, r->platform, &out->opened,
				e) ||
	    !audit_image(a, &req, &out->audit, e))
		return false;
	out->document.name = reference;
	out->document.facts = out->audit.model->image;
	return rebase_read_texts(r->c, out, e) || err_wrap(e, "image %s", reference);
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
