/* SPDX-License-Identifier: Apache-2.0 */
/* The blobs are shared by all that they are attached to. */

#include "trust/attestation/attached_artifact.h"

#include "transfer/registry/artifact.h"
#include "transfer/registry/artifact_push.h"

bool attached_artifact_put(struct arena *a, struct session *s,
			   const struct session_options *options, const char *digest,
			   const struct referrer_content *content, struct error *e)
{
	struct referrer_subject subject = { .digest = digest };
	struct artifact image = { .etag = NULL };
	struct LIST(struct str) texts = { NULL, 0, 0 };
	int got = artifact_get(a, s, digest, &image, e);

	if (got == 0)
		err_set(e, ERR_FINDINGS, "%s/%s does not have %s; push the image first",
			s->ref->host, s->ref->name, digest);
	if (got <= 0)
		return false;
	subject.media_type = image.document.media_type;
	subject.size = image.document.text.n;
	*list_push(a, &texts) = REFERRER_CONFIG;
	for (const struct referrer_layer *l = content->layers; l->type; l++)
		*list_push(a, &texts) = l->text;
	return artifact_push(s, options, NULL, referrer_manifest_text(a, &subject, content),
			     &(struct artifact_texts){ texts.v, texts.n }, e);
}
