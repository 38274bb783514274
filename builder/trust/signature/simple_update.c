/* SPDX-License-Identifier: Apache-2.0 */
/* Read, add, write, as often as it takes. */

#include "trust/signature/simple_update.h"

#include "base/digest.h"
#include "transfer/registry/artifact.h"

#define TRIES_MAX 5

static const char *update_expected(struct arena *a, struct str tagged)
{
	struct digest d = digest_of(tagged);

	return tagged.p ? arena_printf(a, "sha256:%s", digest_hex_dup(a, &d)) : "";
}

static bool update_try(struct arena *a, struct session *s, const struct session_options *o,
		       const struct simple_update *u, struct str tagged, bool *moved,
		       struct error *e)
{
	const struct artifact_tag tag = { u->tag, update_expected(a, tagged) };
	struct str *texts = arena_array(a, u->texts.n + 1, sizeof(*texts));
	struct str config, manifest;

	if (!simple_manifest_text(a, tagged, u->media_type, u->more, &config, &manifest, e))
		return false;
	for (size_t i = 0; i < u->texts.n; i++)
		texts[i] = u->texts.v[i];
	texts[u->texts.n] = config;
	return artifact_push_if(s, o, &tag, manifest,
				&(struct artifact_texts){ texts, u->texts.n + 1 }, moved, e);
}

bool simple_update_push(struct arena *a, struct session *s, const struct session_options *o,
			const struct simple_update *u, struct error *e)
{
	struct str tagged = u->tagged;

	for (unsigned i = 0; i < TRIES_MAX; i++) {
		struct artifact now = { .etag = NULL };
		bool moved = false;
		int got;

		if (!update_try(a, s, o, u, tagged, &moved, e))
			return false;
		if (!moved)
			return true;
		got = artifact_get(a, s, u->tag, &now, e);
		if (got < 0)
			return false;
		tagged = got ? now.document.text : (struct str){ NULL, 0 };
	}
	return err_set(e, ERR_NETWORK, "%s/%s: others change the tag %s all the time", s->ref->host,
		       s->ref->name, u->tag);
}
