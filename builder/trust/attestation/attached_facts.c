/* SPDX-License-Identifier: Apache-2.0 */
/* From an image's digest to facts about its layers. What is not signed by a key of the order is not
 * read; what is signed is about one image, and about the digests of its layers. */

#include "trust/attestation/attached_facts.h"

#include <fcntl.h>

#include "transfer/registry/artifact.h"
#include "transfer/store/store_content.h"
#include "trust/attestation/attached_artifact.h"
#include "trust/attestation/predicate_types.h"
#include "trust/signature/statement.h"

/* No time is told, so that the same facts make the same artifact. */
#define NO_TIME 0

bool attached_facts_put(struct arena *a, const struct signing_order *o, const char *digest,
			const struct layer_facts_texts *texts, struct error *e)
{
	struct LIST(struct referrer_layer) layers = { NULL, 0, 0 };
	struct strings scopes = { 0 };
	struct session s;
	bool ok;

	list_each(t, texts)
		*list_push(a, &layers) = (struct referrer_layer){ LAYER_FACTS_MEDIA_TYPE, NULL,
								  *t };
	*list_push(a, &layers) = (struct referrer_layer){ .type = NULL };
	*list_push(a, &scopes) = arena_printf(a, "repository:%s:pull,push", o->image->name);
	ok = session_open(&s, o->image, o->options, &scopes, e) &&
	     attached_artifact_put(a, &s, o->options, digest,
				   &(struct referrer_content){ .artifact_type = ATTACHED_FACTS_TYPE,
							       .config_type = REFERRER_EMPTY_TYPE,
							       .layers = layers.v,
							       .created = NO_TIME },
				   e);
	session_close(&s);
	return ok;
}

/* ---- which statement counts ---- */

struct facts_search {
	struct arena *a;
	const struct facts_order *o;
	struct session *session;
	struct facts_taken *out;
	const char *digest; /* "sha256:..." */
	struct buf reasons; /* why others do not count */
	size_t refused;
	struct layer_facts found;
};

/* 1 it is signed, and read; 0 it is not what is looked for; -1 signed, and malformed. */
static int facts_judge(struct facts_search *f, const struct image_signature *s, struct error *e)
{
	const struct keys *keys = f->o->image->keys;
	struct statement statement;
	const char *why = NULL;
	int got;

	for (size_t i = 0; i < keys->n; i++) {
		why = signature_judge(f->a, s, &keys->v[i], f->digest, PREDICATE_FACTS);
		if (why)
			continue;
		f->out->key = &keys->v[i];
		if (!statement_read(f->a, s->bundle.payload, &statement, e))
			return -1;
		got = layer_facts_read(f->a, statement.predicate, &f->found, e);
		f->out->old |= got == 0;
		return got;
	}
	f->refused++;
	buf_printf(&f->reasons, "%s%s %.30s: %s", f->reasons.n ? "; " : "",
		   signature_form_name(s->form), s->where, why);
	return 0;
}

static int facts_judge_all(struct facts_search *f, const struct signatures *l, struct error *e)
{
	int got = 0;

	for (size_t i = 0; got == 0 && i < l->n; i++)
		got = facts_judge(f, &l->v[i], e);
	return got;
}

/* In the place of cosign 2 first, which takes two requests; other places are looked at only where
 * that has none. */
static int facts_find(struct facts_search *f, struct error *e)
{
	struct signatures found;
	struct strings names = { 0 };
	int got;

	if (!signatures_find_tagged(f->a, f->session, f->digest, PREDICATE_FACTS, &found, e))
		return -1;
	got = facts_judge_all(f, &found, e);
	if (got)
		return got;
	if (!signatures_find_referring(f->a, f->session, f->digest, PREDICATE_FACTS, &found, e))
		return -1;
	got = facts_judge_all(f, &found, e);
	if (got || f->out->old || !f->refused)
		return got;
	for (size_t i = 0; i < f->o->image->keys->n; i++)
		*list_push(f->a, &names) = f->o->image->keys->v[i].file;
	err_set(e, ERR_VERIFY, "none of the %zu facts documents of %s is of the key %s: %s",
		f->refused, f->digest, strings_join(f->a, &names, ", "), buf_cstr(&f->reasons));
	return -1;
}

/* ---- what it names ---- */

/* The text of facts: from the store, or from the registry and then kept. */
static bool facts_fetch(struct facts_search *f, const struct layer_fact *x, struct str *out,
			struct error *e)
{
	struct document_part part = { .digest = content_digest_sha256(x->facts),
				      .size = x->facts_size };
	AUTO_FD fd = -1;
	int got = store_open_content(f->o->store, &part.digest, part.size, &fd, e);
	char *text;

	document_part_name(&part, "facts");
	if (got < 0)
		return false;
	if (!got)
		return artifact_blob(f->a, f->session, &part, out, e) &&
		       (f->o->store->readonly ||
			store_put_content(f->o->store, *out, &part.digest, e));
	text = arena_text(f->a, (size_t)part.size);
	*out = (struct str){ text, (size_t)part.size };
	return fd_pread(fd, text, out->n, 0, part.label, e);
}

static bool facts_note(struct facts_search *f, const struct layer_fact *x, const struct digest *key,
		       struct error *e)
{
	AUTO_ARENA scratch = { 0 };
	struct str text, said;

	if (!facts_fetch(f, x, &text, e) || !layer_facts_expand(&scratch, x, text, &said, e))
		return false;
	layer_memo_note(f->o->memo, key, said, false);
	if (f->o->book)
		facts_book_add(f->o->book, x, text);
	return true;
}

static bool facts_take_layer(struct facts_search *f, const struct image_layer *layer,
			     struct error *e)
{
	struct layer_memo *memo = f->o->memo;
	const struct layer_fact *x;
	struct layer_saying *known;
	struct digest key;

	if (!layer_facts_of(f->a, &f->found, layer, &x, e))
		return false;
	if (!layer_facts_key(layer, memo, &key))
		return true;
	known = layer_memo_hold(memo, &key);
	layer_memo_release(memo, known);
	f->out->layers += known || x;
	if (!known && !x)
		*list_push(f->a, &f->out->missing) = content_digest_text(f->a, &layer->digest);
	return known || !x || facts_note(f, x, &key, e);
}

int attached_facts_take(struct arena *a, const struct facts_order *o, struct facts_taken *out,
			struct error *e)
{
	struct facts_search f = { .a = a, .o = o, .out = out, .reasons = { .a = a, .max = 600 } };
	struct strings scopes = { 0 };
	struct session s;
	int got = -1;

	*out = (struct facts_taken){ .key = NULL };
	if (o->facts->manifest.sha512)
		return 0; /* signatures know SHA-256 alone */
	f.digest = content_digest_text(a, &o->facts->manifest);
	f.session = &s;
	*list_push(a, &scopes) = arena_printf(a, "repository:%s:pull", o->image->image->name);
	if (session_open(&s, o->image->image, o->image->options, &scopes, e))
		got = facts_find(&f, e);
	for (size_t i = 0; got > 0 && i < o->facts->layers.n; i++)
		got = facts_take_layer(&f, &o->facts->layers.v[i], e) ? 1 : -1;
	session_close(&s);
	return got;
}
