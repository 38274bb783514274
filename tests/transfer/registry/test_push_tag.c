/* SPDX-License-Identifier: Apache-2.0 */
/* A tag that is moved only if it stands for what it stood for, whatever the registry knows of that.
 */

#include <criterion/criterion.h>

#include "support/fixture_registry_scene.h"
#include "transfer/registry/artifact_push.h"

#define TAG "/v2/team/app/manifests/1"
#define CONFIG "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a" /* of {} */
#define MANIFEST(note)                                                                                   \
	"{\"schemaVersion\":2,\"mediaType\":\"" MANIFEST_TYPE                                            \
	"\",\"config\":{\"mediaType\":\"application/vnd.oci.empty.v1+json\",\"digest\":\"sha256:" CONFIG \
	"\",\"size\":2},\"layers\":[],\"annotations\":{\"note\":\"" note "\"}}"

static const char old[] = MANIFEST("old"), other[] = MANIFEST("other"), new[] = MANIFEST("new");

static const char *tag_digest(struct arena *a, const char *text)
{
	struct digest d = digest_of(str_of(text));

	return arena_printf(a, "sha256:%s", digest_hex_dup(a, &d));
}

static void tag_head(struct registry_scene *s, const char *text, const char *etag)
{
	registry_scene_on(s, TAG, 200,
			  arena_printf(s->a, "Docker-Content-Digest: %s\r\n%s",
				       tag_digest(s->a, text), etag),
			  STR(""));
}

static void tag_get(struct registry_scene *s, const char *text)
{
	registry_scene_on(s, TAG, 200, "Content-Type: " MANIFEST_TYPE "\r\n", str_of(text));
}

static void tag_begin(struct registry_scene *s, struct arena *a)
{
	registry_scene_begin(s, a);
	registry_scene_on(s, "/v2/team/app/blobs/sha256:" CONFIG, 200, NULL, STR(""));
}

/* Pushes `new` where the tag is to stand for `expected`, with one try for each request. */
static bool tag_push(struct registry_scene *s, const char *expected, bool *moved, struct error *e)
{
	const struct str config = STR("{}");
	const struct session_options options = { .tls = SESSION_TLS_AUTO };
	struct strings scopes = { 0 };
	struct session session;
	struct reference to;
	bool ok;

	cr_assert(reference_parse(s->a, s->target, &to, e), "%s", e->cause);
	*list_push(s->a, &scopes) = "repository:team/app:pull,push";
	ok = session_open(&session, &to, &options, &scopes, e);
	session.settings.tries = 1;
	ok = ok && artifact_push_if(&session, &options, &(struct artifact_tag){ "1", expected },
				    str_of(new), &(struct artifact_texts){ &config, 1 }, moved, e);
	session_close(&session);
	return ok;
}

/* Whether the tag did not stand for `expected`. */
static bool tag_is_moved(struct registry_scene *s, const char *expected)
{
	struct error e = { 0 };
	bool moved = false;

	cr_assert(tag_push(s, expected, &moved, &e), "%s%s", e.context, e.cause);
	return moved;
}

Test(push_tag, one_that_stands_where_it_stood_is_moved_under_its_etag)
{
	AUTO_ARENA a = { 0 };
	struct registry_scene s;

	tag_begin(&s, &a);
	tag_head(&s, old, "ETag: \"one\"\r\n");
	registry_scene_on(&s, TAG, 201, NULL, STR(""));
	cr_expect_not(tag_is_moved(&s, tag_digest(&a, old)));
	cr_expect(faultd_saw(&s.registry, TAG, "If-Match: \"one\"\r\n"));
	registry_scene_end(&s);
}

Test(push_tag, one_that_stands_elsewhere_is_left_alone)
{
	AUTO_ARENA a = { 0 };
	struct registry_scene s;

	tag_begin(&s, &a);
	tag_head(&s, other, "");
	tag_get(&s, other);
	cr_expect(tag_is_moved(&s, tag_digest(&a, old)));
	cr_expect_not(faultd_saw(&s.registry, NULL, "PUT "));
	registry_scene_end(&s);
}

/* Between the question and the answer: the registry heeds If-Match. */
Test(push_tag, what_the_registry_refuses_is_left_alone)
{
	AUTO_ARENA a = { 0 };
	struct registry_scene s;

	tag_begin(&s, &a);
	tag_head(&s, old, "ETag: \"one\"\r\n");
	registry_scene_on(&s, TAG, 412, NULL, STR(""));
	cr_expect(tag_is_moved(&s, tag_digest(&a, old)));
	registry_scene_end(&s);
}

Test(push_tag, a_registry_that_tells_no_digest_is_asked_for_the_bytes)
{
	AUTO_ARENA a = { 0 };
	struct registry_scene s;

	tag_begin(&s, &a);
	registry_scene_on(&s, TAG, 200, NULL, STR(""));
	tag_get(&s, old);
	registry_scene_on(&s, TAG, 201, NULL, STR(""));
	cr_expect_not(tag_is_moved(&s, tag_digest(&a, old)));
	cr_expect(faultd_saw(&s.registry, TAG, "PUT "));
	cr_expect_not(faultd_saw(&s.registry, TAG, "If-Match:"));
	registry_scene_end(&s);
}

Test(push_tag, a_tag_that_was_not_there_may_have_come_or_gone)
{
	AUTO_ARENA a = { 0 };
	struct registry_scene s;

	tag_begin(&s, &a);
	registry_scene_on(&s, TAG, 404, NULL, STR(""));
	registry_scene_on(&s, TAG, 201, NULL, STR(""));
	cr_expect_not(tag_is_moved(&s, ""));
	cr_expect(faultd_saw(&s.registry, TAG, "If-None-Match: *\r\n"));
	registry_scene_end(&s);
	tag_begin(&s, &a);
	tag_head(&s, other, "");
	tag_get(&s, other);
	cr_expect(tag_is_moved(&s, ""), "it has come");
	registry_scene_end(&s);
	tag_begin(&s, &a);
	registry_scene_on(&s, TAG, 404, NULL, STR(""));
	cr_expect(tag_is_moved(&s, tag_digest(&a, old)), "it has gone");
	registry_scene_end(&s);
}

/* At the first question, the one about a blob, while that is sent, when the tag is read and when it
 * is put. */
Test(push_tag, a_registry_that_hangs_up_moves_no_tag)
{
	static const char blob[] = "/v2/team/app/blobs/sha256:" CONFIG;

	for (int at = 0; at < 6; at++) {
		AUTO_ARENA a = { 0 };
		struct registry_scene s;
		struct fault_reply *broken = NULL;
		struct error e = { 0 };
		bool moved = false, ok;

		registry_scene_begin(&s, &a);
		if (at == 0)
			broken = registry_scene_on(&s, blob, 200, NULL, STR(""));
		else
			registry_scene_on(&s, blob, at < 3 ? 404 : 200, NULL, STR(""));
		if (at == 1)
			broken = registry_scene_on(&s, "/v2/team/app/blobs/uploads/", 202, NULL,
						   STR(""));
		registry_scene_on(&s, "/v2/team/app/blobs/uploads/", 202, "Location: /up?id=1\r\n",
				  STR(""));
		if (at == 2)
			broken = registry_scene_on(&s, "/up?id=1&digest=sha256%3A" CONFIG, 201,
						   NULL, STR(""));
		if (at == 3)
			broken = registry_scene_on(&s, TAG, 200, NULL, STR(""));
		registry_scene_on(&s, TAG, 200, NULL, STR(""));
		if (at == 4)
			broken = registry_scene_on(&s, TAG, 200, NULL, STR(""));
		tag_get(&s, old);
		if (at == 5)
			broken = registry_scene_on(&s, TAG, 201, NULL, STR(""));
		registry_scene_on(&s, TAG, 201, NULL, STR(""));
		broken->framing = FAULT_RAW;
		ok = tag_push(&s, tag_digest(&a, old), &moved, &e);
		cr_expect_not(ok || moved, "%d", at);
		cr_expect_eq(e.kind, ERR_NETWORK, "%d: %s%s", at, e.context, e.cause);
		registry_scene_end(&s);
	}
}
