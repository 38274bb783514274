/* SPDX-License-Identifier: Apache-2.0 */
/* Where the image of a verb comes from. */

#include "cli/image_operand.h"

#include "base/size.h"
#include "inspect/image/manifest.h"

/* Has what is read of the image in the store. */
static bool image_operand_pull(struct cli *c, const struct registry_options *o,
			       const struct pull_order *like, struct image_operand *out,
			       struct error *e)
{
	struct session_options options = registry_session(c, o);
	const struct pull_order order = { .store = &out->store,
					  .from = &out->from,
					  .platform = like->platform,
					  .usual = like->usual,
					  .later = like->later,
					  .offline = c->offline,
					  .options = &options };
	const struct pulled *r = &out->pulled;

	out->store.progress = c->progress;
	if (!store_open(c->a, c->cache_dir, &out->store, e))
		return false;
	progress_begin(c->progress, "pull", "%s", out->from.text);
	if (!pull_image(c->a, &order, &out->pulled, e))
		return false;
	if (like->later)
		progress_end(c->progress, "pull", r->fetched == 0, "its manifest and config");
	else
		progress_end(c->progress, "pull", r->fetched == 0,
			     "%zu blobs (%s), %zu of them were here already", r->blobs,
			     size_text(c->a, r->bytes), r->blobs - r->fetched);
	bundle_of_pulled(out->from.text, &out->store, &out->pulled.files, &out->bundle);
	return true;
}

bool image_operand_open(struct cli *c, const struct registry_options *o, const char *reference,
			enum image_extent extent, const char *platform, struct image_operand *out,
			struct error *e)
{
	const char *wanted = extent != IMAGE_ONE ? NULL
			     : platform		 ? platform
						 : arena_printf(c->a, "linux/%s", machine_name());
	const struct pull_order like = { .platform = wanted,
					 .usual = !platform,
					 .later = extent == IMAGE_DOCUMENTS };
	bool ok;

	if (str_starts(str_of(reference), STR("docker://")))
		ok = reference_parse(c->a, reference, &out->from, e) &&
		     image_operand_pull(c, o, &like, out, e);
	else
		ok = bundle_open(c->a, reference, &out->bundle, e);
	return ok || err_wrap(e, "image %s", reference);
}

/* The image's blobs, out of the folder or archive that is read as the audit reads it. */
static bool image_operand_part(void *of, const struct content_digest *d, struct push_part *out,
			       struct error *e)
{
	char name[CONTENT_PART_SIZE];
	struct part part;

	content_digest_part(d, name);
	if (!bundle_part(of, name, &part, e))
		return false;
	*out = (struct push_part){ part.own, part.fd, part.offset, part.size };
	return true;
}

bool image_operand_plan(struct arena *a, struct image_operand *i, struct push_source *from,
			struct push_plan *out, struct error *e)
{
	const struct bundle *b = &i->bundle;
	struct str index;

	*from = (struct push_source){ .of = &i->bundle, .open = image_operand_part };
	if (b->form != BUNDLE_OCI)
		return err_set(e, ERR_INPUT,
			       "%s has no OCI layout in it; only layout folders and oci-archives "
			       "are pushed, attested and rebased%s",
			       b->name,
			       b->form == BUNDLE_DOCKER
				       ? "; skopeo copy docker-archive:FILE oci:DIR makes one of it"
			       : b->form == BUNDLE_DIR
				       ? "; skopeo copy dir:DIR oci:DIR makes one of it"
				       : "");
	return (bundle_text(a, b, "index.json", DOCUMENT_BYTES_MAX, &index, e) &&
		push_prepare(a, from, index, b->tag, out, e)) ||
	       err_wrap(e, "image %s", b->name);
}

void image_operand_close(struct image_operand *i)
{
	bundle_close(&i->bundle);
	store_close(&i->store);
}
