/* SPDX-License-Identifier: Apache-2.0 */
/* What people and programs are told of attestations. */

#include "cli/attest_listing.h"

#include "base/file.h"
#include "format/json/jsonw.h"
#include "inspect/report/escape.h"
#include "trust/attestation/predicate_types.h"

static void listing_form_names(struct arena *a, const struct found_attestation *f,
			       struct strings *out)
{
	for (unsigned i = 0; i < ARRAY_SIZE(f->forms); i++) {
		if (f->forms[i])
			*list_push(a, out) = signature_form_name((enum signature_form)i);
	}
}

static void listing_print_text(struct cli *c, const struct found_attestations *l, bool checked)
{
	for (size_t i = 0; i < l->v.n; i++) {
		const struct found_attestation *f = &l->v.v[i];
		struct strings forms = { 0 };
		const char *type = f->type ? escape_line(c->a, predicate_name(f->type))
					   : "unreadable";

		listing_form_names(c->a, f, &forms);
		fprintf(c->out, "%s (%s) ", type, strings_join(c->a, &forms, ", "));
		if (f->key)
			fprintf(c->out, "signed by %s\n", escape_line(c->a, f->key->file));
		else if (f->why)
			fprintf(c->out, "not verified: %s\n", escape_line(c->a, f->why));
		else
			fprintf(c->out, "%s\n", checked ? "not verified" : "not checked");
	}
}

static void listing_print_json(struct cli *c, const struct signing_order *o,
			       const struct found_attestations *l)
{
	struct buf text = { .a = c->a };
	struct jsonw w;

	jsonw_init(&w, &text, false);
	jsonw_object(&w, NULL);
	jsonw_printf(&w, "name", "%s/%s", o->image->host, o->image->name);
	jsonw_cstr(&w, "digest", l->digest);
	jsonw_array(&w, "attestations");
	for (size_t i = 0; i < l->v.n; i++) {
		const struct found_attestation *f = &l->v.v[i];
		struct strings forms = { 0 };

		listing_form_names(c->a, f, &forms);
		jsonw_object(&w, NULL);
		if (f->type)
			jsonw_cstr(&w, "type", f->type);
		jsonw_strings(&w, "forms", &forms);
		jsonw_strings(&w, "manifests", &f->where);
		if (f->key)
			jsonw_cstr(&w, "key", f->key->file);
		if (f->why)
			jsonw_cstr(&w, "why", f->why);
		jsonw_object_end(&w);
	}
	jsonw_array_end(&w);
	jsonw_object_end(&w);
	fprintf(c->out, "%s\n", buf_cstr(&text));
}

/* None of them is of a key: which ones there are, and why not. */
static bool listing_refuse(struct cli *c, const struct signing_order *o,
			   const struct found_attestations *l, struct error *e)
{
	struct buf reasons = { .a = c->a, .max = 600 };
	struct strings keys = { 0 };

	for (size_t i = 0; i < o->keys->n; i++)
		*list_push(c->a, &keys) = o->keys->v[i].file;
	for (size_t i = 0; i < l->v.n; i++)
		buf_printf(&reasons, "%s%s: %s", i ? "; " : "",
			   l->v.v[i].type ? predicate_name(l->v.v[i].type) : l->v.v[i].where.v[0],
			   l->v.v[i].why ? l->v.v[i].why : "not checked");
	return err_set(e, ERR_VERIFY, "none of the %zu attestations of %s is of the key %s: %s",
		       l->v.n, l->digest, strings_join(c->a, &keys, ", "), buf_cstr(&reasons));
}

static bool listing_any_verified(const struct found_attestations *l)
{
	for (size_t i = 0; i < l->v.n; i++) {
		if (l->v.v[i].key)
			return true;
	}
	return false;
}

bool attest_list(struct cli *c, const struct signing_order *o, const struct attestation_query *q,
		 struct error *e)
{
	struct found_attestations found;

	if (!attestations_read(c->a, o, q, &found, e))
		return false;
	if (o->keys->n && !listing_any_verified(&found))
		return listing_refuse(c, o, &found, e);
	if (c->json)
		listing_print_json(c, o, &found);
	else
		listing_print_text(c, &found, o->keys->n > 0);
	return true;
}

bool attest_get(struct cli *c, const struct signing_order *o, const struct attestation_query *q,
		const char *output, bool whole, struct error *e)
{
	const struct found_attestation *chosen = NULL;
	struct found_attestations found;
	struct str text;

	if (!file_check_path(output, e) || !attestations_read(c->a, o, q, &found, e))
		return false;
	for (size_t i = 0; i < found.v.n; i++) {
		const struct found_attestation *f = &found.v.v[i];

		if (o->keys->n ? f->key != NULL : !f->why)
			chosen = f;
	}
	if (!chosen)
		return listing_refuse(c, o, &found, e);
	if (o->keys->n == 0)
		progress_warn(c->progress,
			      "nobody has checked who signed this; --key FILE does so");
	text = whole ? chosen->statement : chosen->predicate;
	if (output && strcmp(output, "-") != 0)
		return file_write_path(output, 0644, text, e);
	fwrite(text.p, 1, text.n, c->out);
	fputc('\n', c->out);
	return true;
}
