/* SPDX-License-Identifier: Apache-2.0 */
/* Two who sign one image at the same time: both signatures stay. */

#include <criterion/criterion.h>

#include "support/fixture_registry_scene.h"
#include "trust/signature/simple_update.h"

#define TAG "/v2/team/app/manifests/x.sig"
#define LAYER(digit) \
	"sha256:" #digit "111111111111111111111111111111111111111111111111111111111111111"

static struct simple_layers update_layers(struct arena *a, const char *digest)
{
	struct simple_layers l = { NULL, 0, 0 };

	*list_push(a,
		   &l) = (struct simple_layer){ .payload = digest, .size = 1, .signature = "AAAA" };
	return l;
}

static void update_has_blob(struct registry_scene *s, const char *digest)
{
	registry_scene_on(s, arena_printf(s->a, "/v2/team/app/blobs/%s", digest), 200, NULL,
			  STR(""));
}

/* The manifest with these signatures; its config is in the registry. */
static struct str update_manifest(struct registry_scene *s, struct str before, const char *digest)
{
	struct simple_layers l = update_layers(s->a, digest);
	struct str config, manifest;
	struct error e = { 0 };
	struct digest d;

	cr_assert(simple_manifest_text(s->a, before, SIMPLE_PAYLOAD_TYPE, &l, &config, &manifest,
				       &e));
	d = digest_of(config);
	registry_scene_on(s, registry_scene_blob(s, &d), 200, NULL, STR(""));
	return manifest;
}

static bool update_push(struct registry_scene *s, const struct simple_update *u, struct error *e)
{
	const struct session_options options = { .tls = SESSION_TLS_AUTO };
	struct strings scopes = { 0 };
	struct session session;
	struct reference to;
	bool ok;

	cr_assert(reference_parse(s->a, s->target, &to, e), "%s", e->cause);
	*list_push(s->a, &scopes) = "repository:team/app:pull,push";
	ok = session_open(&session, &to, &options, &scopes, e) &&
	     simple_update_push(s->a, &session, &options, u, e);
	session_close(&session);
	return ok;
}

/* What stands there may be somebody's work: it is not replaced. */
Test(simple_update, a_manifest_that_cannot_be_read_stays)
{
	const struct str none = { NULL, 0 };
	AUTO_ARENA a = { 0 };
	struct registry_scene s;
	struct simple_layers mine = update_layers(&a, LAYER(2));
	const struct simple_update u = { .tag = "x.sig",
					 .media_type = SIMPLE_PAYLOAD_TYPE,
					 .more = &mine };
	struct error e = { 0 };

	registry_scene_begin(&s, &a);
	update_has_blob(&s, LAYER(2));
	(void)update_manifest(&s, none, LAYER(2));
	/* asked, read to be compared, read to be added to */
	for (int i = 0; i < 3; i++)
		registry_scene_on(&s, TAG, 200, "Content-Type: " MANIFEST_TYPE "\r\n",
				  i == 0 ? STR("")
					 : STR("{ \"schemaVersion\": 2, \"layers\": 1 }"));
	cr_expect_not(update_push(&s, &u, &e));
	cr_expect(strstr(e.cause, "the key \"config\" is missing"), "%s%s", e.context, e.cause);
	cr_expect_not(faultd_saw(&s.registry, TAG, "PUT "));
	registry_scene_end(&s);
}

Test(simple_update, what_somebody_adds_meanwhile_stays)
{
	const struct str none = { NULL, 0 };
	AUTO_ARENA a = { 0 };
	struct registry_scene s;
	struct simple_layers mine;
	struct simple_update u;
	struct str theirs, both;
	struct error e = { 0 };

	registry_scene_begin(&s, &a);
	update_has_blob(&s, LAYER(1));
	update_has_blob(&s, LAYER(2));
	(void)update_manifest(&s, none, LAYER(2)); /* mine alone, which must not be put */
	theirs = update_manifest(&s, none, LAYER(1));
	both = update_manifest(&s, theirs, LAYER(2));
	/* nothing stood there when it was read; now theirs does: asked, read to be compared and
	 * read to be added to; then asked and compared once more */
	for (int i = 0; i < 5; i++)
		registry_scene_on(&s, TAG, 200, "Content-Type: " MANIFEST_TYPE "\r\n",
				  i % 3 == 0 ? STR("") : theirs);
	registry_scene_on(&s, TAG, 201, NULL, STR(""));
	mine = update_layers(&a, LAYER(2));
	u = (struct simple_update){ .tag = "x.sig",
				    .media_type = SIMPLE_PAYLOAD_TYPE,
				    .more = &mine };
	cr_assert(update_push(&s, &u, &e), "%s%s", e.context, e.cause);
	cr_expect(faultd_saw(&s.registry, TAG, arena_printf(&a, "\r\n\r\n%s", both.p)),
		  "not both of them");
	registry_scene_end(&s);
}

/* Each time when it is to be put, another one stands there. */
Test(simple_update, others_who_change_it_all_the_time_win_in_the_end)
{
	const struct str none = { NULL, 0 };
	AUTO_ARENA a = { 0 };
	struct registry_scene s;
	struct simple_layers mine = update_layers(&a, LAYER(2));
	const struct simple_update u = { .tag = "x.sig",
					 .media_type = SIMPLE_PAYLOAD_TYPE,
					 .more = &mine };
	struct str theirs[2];
	struct error e = { 0 };

	registry_scene_begin(&s, &a);
	update_has_blob(&s, LAYER(1));
	update_has_blob(&s, LAYER(2));
	update_has_blob(&s, LAYER(3));
	(void)update_manifest(&s, none, LAYER(2));
	for (int i = 0; i < 2; i++) {
		theirs[i] = update_manifest(&s, none, i ? LAYER(3) : LAYER(1));
		(void)update_manifest(&s, theirs[i], LAYER(2));
	}
	for (int i = 0; i < 15; i++)
		registry_scene_on(&s, TAG, 200, "Content-Type: " MANIFEST_TYPE "\r\n",
				  i % 3 == 0 ? STR("") : theirs[i / 3 % 2]);
	cr_expect_not(update_push(&s, &u, &e));
	cr_expect(e.kind == ERR_NETWORK &&
			  strstr(e.cause, "others change the tag x.sig all the time"),
		  "%s%s", e.context, e.cause);
	cr_expect_eq(faultd_hits(&s.registry, TAG), 15u);
	cr_expect_not(faultd_saw(&s.registry, TAG, "PUT "));
	registry_scene_end(&s);
}

Test(simple_update, what_stands_there_now_and_is_refused_is_told)
{
	const struct str none = { NULL, 0 };
	AUTO_ARENA a = { 0 };
	struct registry_scene s;
	struct simple_layers mine = update_layers(&a, LAYER(2));
	const struct simple_update u = { .tag = "x.sig",
					 .media_type = SIMPLE_PAYLOAD_TYPE,
					 .more = &mine };
	struct error e = { 0 };

	registry_scene_begin(&s, &a);
	update_has_blob(&s, LAYER(2));
	(void)update_manifest(&s, none, LAYER(2));
	for (int i = 0; i < 2; i++)
		registry_scene_on(&s, TAG, 200, "Content-Type: " MANIFEST_TYPE "\r\n",
				  i ? update_manifest(&s, none, LAYER(1)) : STR(""));
	registry_scene_on(&s, TAG, 403, NULL, STR(""));
	cr_expect_not(update_push(&s, &u, &e));
	cr_expect(e.kind == ERR_NETWORK && strstr(e.cause, "403"), "%s%s", e.context, e.cause);
	cr_expect_not(faultd_saw(&s.registry, TAG, "PUT "));
	registry_scene_end(&s);
}

/* A value that is read, and deeper than one that is written. */
#define DEEP10 "[[[[[[[[[["
#define END10 "]]]]]]]]]]"

/* Documents are read before; who hands others over is told. */
Test(simple_update, a_manifest_that_cannot_be_added_to_is_told)
{
	static const char *const olds[][2] = {
		{ "{", "manifest of signatures" },
		{ "[]", "expected an object" },
		{ "{}", "the key \"layers\" is missing" },
		{ "{\"layers\":1}", "layers: expected an array" },
		{ "{\"layers\":[{}]}", "layers[0]: has no digest" },
		{ "{\"layers\":[{\"digest\":\"x\"},{\"digest\":1}]}", "layers[1]: has no digest" },
		{ "{\"layers\":[{\"digest\":\"x\",\"y\":" DEEP10 DEEP10 DEEP10 DEEP10 END10 END10
			  END10 END10 "}]}",
		  "is nested too deeply" },
	};
	AUTO_ARENA a = { 0 };
	struct simple_layers mine = update_layers(&a, LAYER(2));

	for (size_t i = 0; i < ARRAY_SIZE(olds); i++) {
		struct error e = { 0 };
		struct str config, manifest;
		char text[1600];

		cr_expect_not(simple_manifest_text(&a, str_of(olds[i][0]), SIMPLE_PAYLOAD_TYPE,
						   &mine, &config, &manifest, &e),
			      "%s", olds[i][0]);
		err_format(&e, text, sizeof(text));
		cr_expect(strstr(text, olds[i][1]), "%s: %s", olds[i][0], text);
	}
}

/* What stands under the tag when the work begins is no manifest of signatures. */
Test(simple_update, nothing_is_added_to_what_cannot_be_read)
{
	AUTO_ARENA a = { 0 };
	struct registry_scene s;
	struct simple_layers mine = update_layers(&a, LAYER(2));
	const struct simple_update u = { .tag = "x.sig",
					 .tagged = STR("{\"layers\":{}}"),
					 .media_type = SIMPLE_PAYLOAD_TYPE,
					 .more = &mine };
	struct error e = { 0 };

	registry_scene_begin(&s, &a);
	cr_expect_not(update_push(&s, &u, &e));
	cr_expect_str_eq(e.cause, "layers: expected an array, found an object");
	cr_expect_not(faultd_saw(&s.registry, TAG, "PUT "));
	registry_scene_end(&s);
}

static size_t update_count(struct str text, const char *what)
{
	size_t n = 0;

	for (const char *at; (at = memmem(text.p, text.n, what, strlen(what))); n++)
		text = str_from(text, (size_t)(at - text.p) + strlen(what));
	return n;
}

/* A config names each layer: tools that check images take no other. */
Test(simple_update, a_config_has_a_line_of_history_and_a_diff_id_for_each_layer)
{
	AUTO_ARENA a = { 0 };
	struct str manifest = { NULL, 0 }, config;
	struct error e = { 0 };

	for (size_t n = 1; n <= 3; n++) {
		struct simple_layers more =
			update_layers(&a, arena_printf(&a, "sha256:%zu%s", n,
						       LAYER(1) + strlen("sha256:1")));

		cr_assert(simple_manifest_text(&a, manifest, SIMPLE_PAYLOAD_TYPE, &more, &config,
					       &manifest, &e),
			  "%s", e.cause);
		cr_expect_eq(update_count(config, "{\"created\":"), n, STR_FMT, STR_ARG(config));
		cr_expect_eq(update_count(config, "\"sha256:"), n, STR_FMT, STR_ARG(config));
		cr_expect_eq(update_count(manifest, "\"" SIMPLE_SIGNATURE_NOTE "\""), n, STR_FMT,
			     STR_ARG(manifest));
	}
}
