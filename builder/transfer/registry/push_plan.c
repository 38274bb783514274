/* SPDX-License-Identifier: Apache-2.0 */
/* What has to be sent: from index.json down to every blob. */

#include <unistd.h>

#include "transfer/registry/push.h"

static bool part_has_tag(const struct document_part *p, const char *tag)
{
	return (p->ref_name && strcmp(p->ref_name, tag) == 0) ||
	       (p->full_name && strcmp(p->full_name, tag) == 0);
}

/* Tags of an index, each once; NULL: none. */
static const char *plan_tags(struct arena *a, const struct document *index)
{
	struct buf out = { .a = a, .max = 1000 };
	struct strings tags = { 0 };

	for (size_t i = 0; i < index->parts.n; i++) {
		const struct document_part *p = &index->parts.v[i];
		const char *tag = p->ref_name ? p->ref_name : p->full_name;

		if (!tag || strings_has(&tags, tag))
			continue;
		buf_printf(&out, "%s%s", tags.n ? ", " : "", tag);
		*list_push(a, &tags) = tag;
	}
	return tags.n ? buf_cstr(&out) : NULL;
}

static void plan_fail_choice(const char *tags, bool tagged, struct error *e)
{
	if (tags && !tagged)
		err_set(e, ERR_USAGE, "several images are in it; name one with oci:DIR:TAG: %s",
			tags);
	else
		err_set(e, ERR_USAGE,
			"several images are in it, which no tag tells apart; skopeo copy "
			"oci:DIR:@0 oci:OTHER copies the first into a layout of its own");
}

/* The one image that is meant. */
static const struct document_part *plan_choose_image(struct arena *a, const struct document *index,
						     const char *tag, struct error *e)
{
	const char *tags = plan_tags(a, index);
	const struct document_part *found = NULL;

	for (size_t i = 0; i < index->parts.n; i++) {
		const struct document_part *p = &index->parts.v[i];

		if (tag && !part_has_tag(p, tag))
			continue;
		if (found && !content_digest_eq(&found->digest, &p->digest)) {
			plan_fail_choice(tags, tag != NULL, e);
			return NULL;
		}
		found = p;
	}
	if (!found && tag)
		err_set(e, ERR_USAGE, "no image in it has the tag %s%s%s", tag,
			tags ? "; there is: " : "", tags ? tags : "");
	else if (!found)
		err_set(e, ERR_INPUT, "its index.json names no image");
	return found;
}

static bool plan_read_part(struct arena *a, const struct push_part *part, const char *name,
			   struct str *out, struct error *e)
{
	char *p = arena_text(a, (size_t)part->size);

	*out = (struct str){ p, (size_t)part->size };
	return fd_pread(part->fd, p, (size_t)part->size, part->offset, name, e);
}

/* A document's bytes, which are those that its descriptor names. */
static bool plan_load_document(struct arena *a, const struct push_source *from,
			       const struct document_part *p, struct document *out, struct error *e)
{
	struct push_part part = { -1, -1, 0, 0 };
	struct content_digest found;
	struct str text = { "", 0 };
	bool ok;

	if (p->size > DOCUMENT_BYTES_MAX)
		return err_set(e, ERR_INPUT, "%s has %llu bytes; a manifest has at most %u",
			       p->name, (unsigned long long)p->size, DOCUMENT_BYTES_MAX);
	if (!from->open(from->of, &p->digest, &part, e))
		return err_wrap(e, "%s", p->name);
	ok = part.size == p->size
		     ? plan_read_part(a, &part, p->name, &text, e)
		     : err_set(e, ERR_VERIFY, "%s has %llu bytes, its descriptor says %llu",
			       p->name, (unsigned long long)part.size, (unsigned long long)p->size);
	fd_closep(&part.own);
	if (!ok)
		return false;
	found = content_digest_of(text, p->digest.sha512);
	if (!content_digest_eq(&found, &p->digest))
		return err_set(e, ERR_VERIFY, "%s is damaged: its bytes have the digest %s",
			       p->name, content_digest_text(a, &found));
	if (!document_read(a, p->name, p->media_type, text, out, e))
		return false;
	out->digest = found;
	return true;
}

static bool plan_add_document(struct arena *a, const struct push_source *from,
			      const struct document_part *p, unsigned depth, struct push_plan *plan,
			      struct error *e)
{
	int have = documents_have(&plan->documents, p, e);
	struct document d = { .index = false };

	if (have)
		return have > 0;
	if (depth > DOCUMENT_DEPTH_MAX)
		return err_set(e, ERR_INPUT, "indexes are nested more than %d deep",
			       DOCUMENT_DEPTH_MAX);
	if (!plan_load_document(a, from, p, &d, e))
		return false;
	for (size_t i = 0; d.index && i < d.parts.n; i++) {
		if (!plan_add_document(a, from, &d.parts.v[i], depth + 1, plan, e))
			return false;
	}
	documents_add(a, &plan->documents, &d);
	return d.index || document_parts_add(a, &plan->blobs, &d, e);
}

bool push_prepare(struct arena *a, const struct push_source *from, struct str index,
		  const char *tag, struct push_plan *out, struct error *e)
{
	const struct document_part *root;
	struct document top;

	*out = (struct push_plan){ .blobs.bytes = 0 };
	if (!document_read(a, "index.json", DOCUMENT_OCI_INDEX, index, &top, e))
		return false;
	root = plan_choose_image(a, &top, tag, e);
	return root && plan_add_document(a, from, root, 1, out, e);
}
