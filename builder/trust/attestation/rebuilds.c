/* SPDX-License-Identifier: Apache-2.0 */
/* From signed summaries to who agrees. Nothing that is not signed is read. */

#include "trust/attestation/rebuilds.h"

#include "trust/attestation/summary.h"

const char *rebuild_result_name(enum rebuild_result r)
{
	static const char *const names[] = { [REBUILD_NONE] = "no rebuild",
					     [REBUILD_EXPIRED] = "the key has expired",
					     [REBUILD_DIFFERENT] = "different",
					     [REBUILD_SAME_CONTENT] = "the same content",
					     [REBUILD_SAME_BYTES] = "the same bytes" };

	return names[r];
}

static enum rebuild_result rebuild_result_of(const struct summary *s)
{
	if (!s->passed)
		return REBUILD_DIFFERENT;
	if (strings_has(&s->levels, LEVEL_SAME_BYTES))
		return REBUILD_SAME_BYTES;
	return strings_has(&s->levels, LEVEL_SAME_CONTENT) ? REBUILD_SAME_CONTENT : REBUILD_NONE;
}

static struct rebuild *rebuild_of_key(struct rebuilds *l, const struct key *k)
{
	for (size_t i = 0; i < l->v.n; i++) {
		if (strcmp(l->v.v[i].key->hint, k->hint) == 0)
			return &l->v.v[i];
	}
	return NULL;
}

static void rebuilds_take(struct arena *a, const struct found_attestation *f, struct rebuilds *out)
{
	struct rebuild *r = f->key ? rebuild_of_key(out, f->key) : NULL;
	enum rebuild_result result;
	struct error bad = { 0 };
	struct summary s;

	if (!r || !summary_read(a, f->predicate, &s, &bad)) {
		out->unreadable++;
		return;
	}
	result = rebuild_result_of(&s);
	if (strcmp(s.verifier, VERIFIER_REBUILD) != 0 || result == REBUILD_NONE ||
	    r->result == REBUILD_EXPIRED || (r->result != REBUILD_NONE && s.when < r->when))
		return;
	/* of two at the same second the worse counts */
	if (r->result == REBUILD_NONE || s.when > r->when || result < r->result)
		*r = (struct rebuild){ r->key, result, s.when, s.version };
}

void rebuilds_judge(struct arena *a, const struct found_attestations *found,
		    const struct keys *keys, int64_t now, struct rebuilds *out)
{
	*out = (struct rebuilds){ .same = 0 };
	for (size_t i = 0; i < keys->n; i++) {
		const struct key *k = &keys->v[i];
		bool valid = (!k->from || now >= k->from) && (!k->until || now <= k->until);

		if (!rebuild_of_key(out, k))
			*list_push(a, &out->v) =
				(struct rebuild){ .key = k,
						  .result = valid ? REBUILD_NONE : REBUILD_EXPIRED,
						  .when = valid ? 0 : k->until };
	}
	for (size_t i = 0; i < found->v.n; i++)
		rebuilds_take(a, &found->v.v[i], out);
	for (size_t i = 0; i < out->v.n; i++) {
		out->same += out->v.v[i].result >= REBUILD_SAME_CONTENT;
		out->different += out->v.v[i].result == REBUILD_DIFFERENT;
	}
}
