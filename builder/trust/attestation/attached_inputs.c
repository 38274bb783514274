/* SPDX-License-Identifier: Apache-2.0 */
/* One artifact for each manifest; the blobs are shared. */

#include "trust/attestation/attached_inputs.h"

#include "transfer/registry/artifact.h"
#include "transfer/registry/referrers.h"
#include "trust/attestation/attached_artifact.h"

/* No time is told, so that the same files make the same artifact. */
#define NO_TIME 0

static bool inputs_put_one(struct arena *a, struct session *s, const struct signing_order *o,
			   const char *digest, const struct kept_texts *files, struct error *e)
{
	const struct referrer_layer layers[] = { { KEPT_LIST_TYPE, KEPT_LIST_FILE, files->list },
						 { KEPT_ARCHIVE_TYPE, KEPT_ARCHIVE_FILE,
						   files->archive },
						 { .type = NULL } };
	const struct referrer_content content = { .artifact_type = ATTACHED_INPUTS_TYPE,
						  .config_type = REFERRER_EMPTY_TYPE,
						  .layers = layers,
						  .created = NO_TIME };

	return attached_artifact_put(a, s, o->options, digest, &content, e);
}

bool attached_inputs_put(struct arena *a, const struct signing_order *o,
			 const struct strings *digests, const struct kept_texts *files,
			 struct error *e)
{
	struct strings scopes = { 0 };
	struct session s;
	bool ok;

	*list_push(a, &scopes) = arena_printf(a, "repository:%s:pull,push", o->image->name);
	ok = session_open(&s, o->image, o->options, &scopes, e);
	for (size_t i = 0; ok && i < digests->n; i++)
		ok = inputs_put_one(a, &s, o, digests->v[i], files, e);
	session_close(&s);
	return ok;
}

/* 1 when the referrer has this list, and both blobs are here; 0, -1. */
static int inputs_take_referrer(struct arena *a, struct session *s, const char *referrer,
				const char *list, struct kept_texts *out, struct error *e)
{
	struct artifact found = { .etag = NULL };
	const struct document *d = &found.document;
	int got = artifact_get(a, s, referrer, &found, e);

	if (got < 0 && (e->kind == ERR_INPUT || e->kind == ERR_VERIFY)) {
		err_clear(e); /* whoever may write there may write nonsense */
		return 0;
	}
	if (got <= 0)
		return got;
	if (d->index || d->parts.n != 3 || strcmp(d->parts.v[1].name, list) != 0 ||
	    strcmp(d->parts.v[1].media_type, KEPT_LIST_TYPE) != 0)
		return 0;
	if (artifact_blob(a, s, &d->parts.v[1], &out->list, e) &&
	    artifact_blob(a, s, &d->parts.v[2], &out->archive, e))
		return 1;
	err_wrap(e, "the files that its build read");
	return -1;
}

static int inputs_search(struct arena *a, struct session *s, const char *digest,
			 const struct digest *list, struct kept_texts *out, struct error *e)
{
	const char *wanted = arena_printf(a, "sha256:%s", digest_hex_dup(a, list));
	struct strings referrers;
	int got = 0;

	if (!referrers_list(a, s, digest, &referrers, e))
		return -1;
	for (size_t i = 0; got == 0 && i < referrers.n; i++)
		got = inputs_take_referrer(a, s, referrers.v[i], wanted, out, e);
	return got;
}

int attached_inputs_get(struct arena *a, const struct signing_order *o, const char *digest,
			const struct digest *list, struct kept_texts *out, struct error *e)
{
	struct strings scopes = { 0 };
	struct session s;
	int got = -1;

	*list_push(a, &scopes) = arena_printf(a, "repository:%s:pull", o->image->name);
	if (session_open(&s, o->image, o->options, &scopes, e))
		got = inputs_search(a, &s, digest, list, out, e);
	session_close(&s);
	return got;
}
