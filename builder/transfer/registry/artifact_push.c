/* SPDX-License-Identifier: Apache-2.0 */
/* An artifact is pushed as an image is; its blobs are in memory. */

#include "transfer/registry/artifact_push.h"

#include <sys/mman.h>

static bool artifact_open_text(void *of, const struct content_digest *d, struct push_part *out,
			       struct error *e)
{
	const struct artifact_texts *texts = of;

	for (size_t i = 0; i < texts->n; i++) {
		struct content_digest found = content_digest_of(texts->v[i], d->sha512);

		if (!content_digest_eq(&found, d))
			continue;
		out->own = out->fd = memfd_create("imgbuild-artifact", MFD_CLOEXEC);
		out->offset = 0;
		out->size = texts->v[i].n;
		if (out->fd < 0)
			return err_sys(e, "make a file in memory");
		if (fd_write(out->fd, texts->v[i], "memfd", e))
			return true;
		fd_closep(&out->own);
		return false;
	}
	return err_set(e, ERR_INPUT, "the registry lost it");
}

bool artifact_push_if(struct session *s, const struct session_options *o,
		      const struct artifact_tag *tag, struct str manifest,
		      const struct artifact_texts *texts, bool *moved, struct error *e)
{
	AUTO_ARENA a = { 0 };
	const struct push_source from = { (void *)(uintptr_t)texts, artifact_open_text };
	struct push_plan plan = { .blobs.bytes = 0 };
	struct reference to = *s->ref;
	struct push_result result;
	struct document d;

	*moved = false;
	to.tag = tag->name;
	if (!document_read(&a, "manifest", "application/vnd.oci.image.manifest.v1+json", manifest,
			   &d, e) ||
	    !document_parts_add(&a, &plan.blobs, &d, e))
		return false;
	documents_add(&a, &plan.documents, &d);
	if (push_in_session(s,
			    &(struct push_order){ .from = &from,
						  .plan = &plan,
						  .to = &to,
						  .expected = tag->expected,
						  .options = o },
			    &result, e))
		return true;
	*moved = result.moved;
	if (*moved)
		err_clear(e);
	return *moved;
}

bool artifact_push(struct session *s, const struct session_options *o, const char *tag,
		   struct str manifest, const struct artifact_texts *texts, struct error *e)
{
	bool moved;

	return artifact_push_if(s, o, &(struct artifact_tag){ tag, NULL }, manifest, texts, &moved,
				e);
}
