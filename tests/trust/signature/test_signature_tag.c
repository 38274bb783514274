/* SPDX-License-Identifier: Apache-2.0 */
/* Attestations and signatures as a registry has them, under the tag and as referrers: which count
 * for the type that is looked for, and what is told of the others. */

#include <criterion/criterion.h>

#include "support/fixture_hub.h"
#include "support/fixture_registry_scene.h"
#include "trust/signature/signatures.h"
#include "trust/signature/simple_signing.h"
#include "trust/signature/statement.h"

#define HEX "32816c0f0fcbd4ea76e6836a197a123c93910f6f3f32e62501df1b04f0a0f635"
#define IMAGE "sha256:" HEX
#define TAG "sha256-" HEX
#define ONE "https://example.com/one"
#define TWO "https://example.com/two"
#define NAMED(type) ",\"annotations\":{\"" SIMPLE_PREDICATE_NOTE "\":\"" type "\"}"

struct tag_world {
	struct arena a;
	struct hub h;
	struct session session;
	struct session_options options;
	struct reference to;
	struct error e;
};

static void tag_world_open(struct tag_world *w)
{
	static const struct http_settings hasty = {
		.connect_ms = 3000, .stall_s = 5, .stall_rate = 1, .header_max = 65536, .tries = 1
	};
	struct strings scopes = { 0 };

	*w = (struct tag_world){ .options.settings = &hasty };
	hub_open(&w->h, true);
	cr_assert(reference_parse(&w->a, hub_image(&w->h, "team/app:1"), &w->to, &w->e));
	cr_assert(session_open(&w->session, &w->to, &w->options, &scopes, &w->e), "%s", w->e.cause);
}

static void tag_world_close(struct tag_world *w)
{
	session_close(&w->session);
	hub_close(&w->h);
	arena_free(&w->a);
}

/* A layer: an envelope with a statement of this type, or (NULL) nonsense. */
static const char *tag_layer(struct tag_world *w, const char *type, const char *more)
{
	struct strings subjects = { 0 };
	struct str text = STR("nonsense");

	*list_push(&w->a, &subjects) = IMAGE;
	if (type)
		text = dsse_envelope_text(&w->a, DSSE_STATEMENT_TYPE,
					  statement_text(&w->a, &subjects, type, STR("{}")),
					  STR("signature"));
	return hub_descriptor(&w->h, DSSE_ENVELOPE_TYPE, hub_put_blob(&w->h, text), text.n, more);
}

static void tag_put(struct tag_world *w, const char *end, const char *layers)
{
	const char *config = hub_descriptor(&w->h, "application/json",
					    hub_put_blob(&w->h, STR("{}")), 2, "");

	hub_put(&w->h, "team/app", arena_printf(&w->a, TAG "%s", end), MANIFEST_TYPE,
		str_of(arena_printf(&w->a, "{\"schemaVersion\":2,\"config\":%s,\"layers\":[%s]}",
				    config, layers)));
}

/* What is found, one line each: its form, its type, its fault. */
static const char *tag_found(struct tag_world *w, const char *predicate_type)
{
	struct buf out = { .a = &w->a };
	struct signatures found;

	cr_assert(signatures_find(&w->a, &w->session, IMAGE, predicate_type, &found, &w->e), "%s%s",
		  w->e.context, w->e.cause);
	list_each(s, &found) {
		struct statement statement = { .predicate_type = "?" };
		struct error ignored = { 0 };

		if (!s->fault && s->form != SIGNATURE_SIMPLE && s->form != SIGNATURE_NOTATION &&
		    !statement_read(&w->a, s->bundle.payload, &statement, &ignored))
			statement.predicate_type = "no statement";
		buf_printf(&out, "%s %s\n", signature_form_name(s->form),
			   s->fault ? s->fault : statement.predicate_type);
	}
	return buf_cstr(&out);
}

#define NONSENSE "envelope envelope:1:8: not valid JSON: invalid token near 'nonsense'\n"

Test(signature_tag, envelopes_tell_their_type_in_the_annotation_or_in_the_statement)
{
	struct tag_world w;

	tag_world_open(&w);
	tag_put(&w, ".att",
		arena_printf(&w.a, "%s,%s,%s,%s,%s,%s", tag_layer(&w, ONE, ""),
			     tag_layer(&w, NULL, ""), tag_layer(&w, SIGN_PREDICATE, ""),
			     tag_layer(&w, TWO, NAMED(TWO)), tag_layer(&w, NULL, NAMED(TWO)),
			     tag_layer(&w, NULL, NAMED(SIGN_PREDICATE))));
	cr_expect_str_eq(tag_found(&w, NULL),
			 "envelope " ONE "\n" NONSENSE "envelope " TWO "\n" NONSENSE);
	cr_expect_str_eq(tag_found(&w, ONE), "envelope " ONE "\n" NONSENSE);
	cr_expect_str_eq(tag_found(&w, TWO), NONSENSE "envelope " TWO "\n" NONSENSE);
	cr_expect_str_eq(tag_found(&w, "https://example.com/three"), NONSENSE);
	tag_world_close(&w);
}

Test(signature_tag, envelope_around_no_statement_is_found)
{
	struct tag_world w;
	struct str text;

	tag_world_open(&w);
	text = dsse_envelope_text(&w.a, DSSE_STATEMENT_TYPE, STR("[]"), STR("signature"));
	tag_put(&w, ".att",
		hub_descriptor(&w.h, DSSE_ENVELOPE_TYPE, hub_put_blob(&w.h, text), text.n, ""));
	cr_expect_str_eq(tag_found(&w, ONE), "envelope no statement\n");
	tag_world_close(&w);
}

Test(signature_tag, layers_of_other_types_are_passed_over)
{
	struct tag_world w;

	tag_world_open(&w);
	tag_put(&w, ".att",
		arena_printf(&w.a, "%s,%s",
			     hub_descriptor(&w.h, SIMPLE_PAYLOAD_TYPE,
					    hub_put_blob(&w.h, STR("{}")), 2, ""),
			     tag_layer(&w, ONE, "")));
	cr_expect_str_eq(tag_found(&w, NULL), "envelope " ONE "\n");
	tag_world_close(&w);
}

/* A referrer of the image, with these layers and members. */
static void tag_refer(struct tag_world *w, const char *layers, const char *more)
{
	const char *config = hub_descriptor(&w->h, "application/vnd.oci.empty.v1+json",
					    hub_put_blob(&w->h, STR("{}")), 2, "");

	hub_put(&w->h, "team/app", NULL, MANIFEST_TYPE,
		str_of(arena_printf(&w->a,
				    "{\"schemaVersion\":2,\"config\":%s,\"layers\":[%s],"
				    "\"subject\":%s%s}",
				    config, layers,
				    hub_descriptor(&w->h, MANIFEST_TYPE, IMAGE, 2, ""), more)));
}

static const char *tag_bundle(struct tag_world *w, const char *type, const char *media_type)
{
	struct strings subjects = { 0 };
	struct str text;

	*list_push(&w->a, &subjects) = IMAGE;
	text = dsse_bundle_text(&w->a, "", statement_text(&w->a, &subjects, type, STR("{}")),
				STR("signature"));
	return hub_descriptor(&w->h, media_type, hub_put_blob(&w->h, text), text.n, "");
}

#define KIND(type) ",\"artifactType\":\"" type "\""
#define NOTED(type) ",\"annotations\":{\"" BUNDLE_PREDICATE_NOTE "\":\"" type "\"}"

/* Bundles by the type of the manifest or by that of the layer, with one layer alone. */
Test(signature_tag, referrers_that_are_bundles)
{
	static const struct {
		const char *media_type, *more;
		bool twice;
		const char *any, *one, *sign;
	} cases[] = {
		{ BUNDLE_TYPE, "", false, "bundle " ONE "\n", "bundle " ONE "\n", "" },
		{ "text/x", KIND(BUNDLE_TYPE), false, "bundle " ONE "\n", "bundle " ONE "\n", "" },
		{ BUNDLE_TYPE, KIND("text/x"), false, "bundle " ONE "\n", "bundle " ONE "\n", "" },
		{ "text/x", KIND("text/x"), false, "", "", "" },
		{ "text/x", "", false, "", "", "" },
		{ BUNDLE_TYPE, KIND(BUNDLE_TYPE), true, "", "", "" },
		{ BUNDLE_TYPE, NOTED(TWO), false, "bundle " ONE "\n", "", "" },
		{ BUNDLE_TYPE, NOTED(ONE), false, "bundle " ONE "\n", "bundle " ONE "\n", "" },
		/* what it signs is judged later */
		{ BUNDLE_TYPE, NOTED(SIGN_PREDICATE), false, "", "", "bundle " ONE "\n" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct tag_world w;
		const char *layer;

		tag_world_open(&w);
		layer = tag_bundle(&w, ONE, cases[i].media_type);
		tag_refer(&w, cases[i].twice ? arena_printf(&w.a, "%s,%s", layer, layer) : layer,
			  cases[i].more);
		cr_expect_str_eq(tag_found(&w, NULL), cases[i].any, "%zu", i);
		cr_expect_str_eq(tag_found(&w, ONE), cases[i].one, "%zu", i);
		cr_expect_str_eq(tag_found(&w, SIGN_PREDICATE), cases[i].sign, "%zu", i);
		tag_world_close(&w);
	}
}

/* Something else under the tag, and what counts as a referrer. */
Test(signature_tag, T42_what_is_malformed_hides_none_of_the_others)
{
	static const struct {
		const char *end, *type;
	} cases[] = { { ".att", ONE }, { ".sig", SIGN_PREDICATE } };

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct tag_world w;
		const char *found;

		tag_world_open(&w);
		tag_refer(&w, tag_bundle(&w, cases[i].type, BUNDLE_TYPE), "");
		hub_put(&w.h, "team/app", arena_printf(&w.a, TAG "%s", cases[i].end), MANIFEST_TYPE,
			STR("nonsense"));
		found = tag_found(&w, cases[i].type);
		cr_expect(strstr(found, "not valid JSON") &&
				  strstr(found, arena_printf(&w.a, "\nbundle %s\n", cases[i].type)),
			  "%s", found);
		tag_world_close(&w);
	}
}
