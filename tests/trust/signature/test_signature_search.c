/* SPDX-License-Identifier: Apache-2.0 */
/* What a repository can hold where signatures should be: nothing of it counts, each is told, and
 * none hides another. A registry says what is scripted. */

#include <criterion/criterion.h>

#include "support/fixture_files.h"
#include "support/fixture_registry_scene.h"
#include "trust/signature/dsse.h"
#include "trust/signature/simple_signing.h"

#define KEY "tests/data/signatures/cosign2.pub"
#define ZEROS "0000000000000000000000000000000000000000000000000000000000000000"
#define EMPTY_CONFIG                                                                  \
	"\"config\":{\"mediaType\":\"application/vnd.oci.empty.v1+json\",\"digest\":" \
	"\"sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a\",\"size\":2}"

/* The scene with an image under its tag. */
static void search_begin(struct registry_scene *s, struct arena *a)
{
	registry_scene_begin(s, a);
	registry_scene_on(s, "/v2/team/app/manifests/1", 200, "Content-Type: " MANIFEST_TYPE "\r\n",
			  s->manifest);
}

static struct verb_run search_verify(struct registry_scene *s)
{
	return VERB(s->a, cmd_verify_signature, "verify-signature", s->target, "--key", KEY);
}

static const char *search_hex(struct registry_scene *s)
{
	return s->digest + strlen("sha256:");
}

static const char *search_tag(struct registry_scene *s, const char *end)
{
	return arena_printf(s->a, "/v2/team/app/manifests/sha256-%s%s", search_hex(s), end);
}

/* A blob of the repository, and a descriptor of it. */
static const char *search_blob(struct registry_scene *s, const char *type, const char *text,
			       const char *more)
{
	struct digest d = digest_of(str_of(text));

	registry_scene_on(s, registry_scene_blob(s, &d), 200, NULL, str_of(text));
	return arena_printf(s->a, "{\"mediaType\":\"%s\",\"digest\":\"sha256:%s\",\"size\":%zu%s}",
			    type, digest_hex_dup(s->a, &d), strlen(text), more);
}

/* A manifest of simple signing with these layers, under its tag. */
static void search_put_simple(struct registry_scene *s, const char *layers)
{
	registry_scene_on(s, search_tag(s, ".sig"), 200, "Content-Type: " MANIFEST_TYPE "\r\n",
			  str_of(arena_printf(s->a,
					      "{\"schemaVersion\":2," EMPTY_CONFIG
					      ",\"layers\":[%s]}",
					      layers)));
}

#define SIGNED_BY(text) ",\"annotations\":{\"" SIMPLE_SIGNATURE_NOTE "\":\"" text "\"}"
#define LAYER(digest, size, more)                                                                  \
	"{\"mediaType\":\"" SIMPLE_PAYLOAD_TYPE "\",\"digest\":\"" digest "\",\"size\":" size more \
	"}"

Test(signature_search, what_is_no_signature_under_the_tag_is_told)
{
	static const struct {
		const char *layers, *says;
		enum err_kind kind;
	} cases[] = {
		{ LAYER("sha256:" ZEROS, "5", ""), "has no annotation", ERR_VERIFY },
		{ LAYER("sha256:" ZEROS, "1048576", SIGNED_BY("c2ln")), "HTTP 404", ERR_NETWORK },
		{ LAYER("sha256:" ZEROS, "1048577", SIGNED_BY("c2ln")),
		  "its payload has more than 1048576 bytes", ERR_VERIFY },
		{ LAYER("sha256:" ZEROS, "5", SIGNED_BY("c2l!")), "its signature is not base64",
		  ERR_VERIFY },
		{ LAYER("sha256:" ZEROS, "5", SIGNED_BY("c2ln")), "HTTP 404", ERR_NETWORK },
		{ "", "has no signature", ERR_FINDINGS },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		AUTO_ARENA a = { 0 };
		struct registry_scene s;
		struct verb_run r;

		search_begin(&s, &a);
		search_put_simple(&s, cases[i].layers);
		r = search_verify(&s);
		cr_expect_eq(r.e.kind, cases[i].kind, "%zu: %s", i, r.message);
		cr_expect(strstr(r.message, cases[i].says), "%zu: %s", i, r.message);
		registry_scene_end(&s);
	}
}

Test(signature_search, an_index_under_the_tag_is_told)
{
	AUTO_ARENA a = { 0 };
	struct registry_scene s;
	struct verb_run r;

	search_begin(&s, &a);
	registry_scene_on(&s, search_tag(&s, ".sig"), 200, "Content-Type: " INDEX_TYPE "\r\n",
			  STR("{\"schemaVersion\":2,\"manifests\":[]}"));
	r = search_verify(&s);
	cr_expect_eq(r.e.kind, ERR_VERIFY);
	cr_expect(strstr(r.message, "an index stands where signatures should"), "%s", r.message);
	registry_scene_end(&s);
}

/* One that is not what the key signed, and other bytes than the layer names, beside each other. */
Test(signature_search, every_signature_is_judged)
{
	AUTO_ARENA a = { 0 };
	struct registry_scene s;
	struct verb_run r;
	const char *one, *two;

	search_begin(&s, &a);
	one = search_blob(&s, SIMPLE_PAYLOAD_TYPE, "not signed", SIGNED_BY("c2ln"));
	two = search_blob(&s, SIMPLE_PAYLOAD_TYPE, "changed on the way", SIGNED_BY("c2ln"));
	s.replies[s.registry.n - 1].body = STR("CHANGED ON THE WAY");
	search_put_simple(&s, arena_printf(&a, "%s,%s", one, two));
	r = search_verify(&s);
	cr_expect_eq(r.e.kind, ERR_VERIFY);
	cr_expect(strstr(r.message, "none of the 2 signatures of ") &&
			  strstr(r.message, "its bytes are not what this key signed") &&
			  strstr(r.message, "other bytes came"),
		  "%s", r.message);
	registry_scene_end(&s);
}

/* Lists of referrers, from the API and from the tag that stands in for it. */
Test(signature_search, malformed_lists_of_referrers_are_errors)
{
	static const struct {
		const char *text, *says;
		enum err_kind kind;
	} cases[] = {
		{ "{\"schemaVersion\":2,\"manifests\":[]}", "has no signature", ERR_FINDINGS },
		{ "{\"schemaVersion\":2,\"manifests\":null}", "has no signature", ERR_FINDINGS },
		{ "{\"schemaVersion\":2,\"manifests\":[{\"digest\":\"sha256:" ZEROS
		  "\"},{\"digest\":\"sha256:" ZEROS "\"}]}",
		  "has no signature", ERR_FINDINGS },
		{ "{\"schemaVersion\":2,\"manifests\":{}}", "expected an array", ERR_INPUT },
		{ "{\"schemaVersion\":2}", "manifests", ERR_INPUT },
		{ "{\"schemaVersion\":2,\"manifests\":[{}]}", "names no sha256 or sha512 digest",
		  ERR_INPUT },
		{ "{\"schemaVersion\":2,\"manifests\":[{\"digest\":\"md5:00\"}]}",
		  "names no sha256 or sha512 digest", ERR_INPUT },
		{ "[", "referrers of sha256:", ERR_INPUT },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		AUTO_ARENA a = { 0 };
		struct registry_scene s;
		struct verb_run r;

		search_begin(&s, &a);
		registry_scene_on(&s, arena_printf(&a, "/v2/team/app/referrers/%s", s.digest), 200,
				  "Content-Type: " INDEX_TYPE "\r\n", str_of(cases[i].text));
		r = search_verify(&s);
		cr_expect_eq(r.e.kind, cases[i].kind, "%zu: %s", i, r.message);
		cr_expect(strstr(r.message, cases[i].says), "%zu: %s", i, r.message);
		cr_expect_eq(faultd_hits(&s.registry, search_tag(&s, "")), 0,
			     "where there is an API the tag is nobody's");
		registry_scene_end(&s);
	}
}

Test(signature_search, a_list_goes_on_where_its_link_leads)
{
	AUTO_ARENA a = { 0 };
	struct registry_scene s;
	struct verb_run r;
	const char *api;

	search_begin(&s, &a);
	api = arena_printf(&a, "/v2/team/app/referrers/%s", s.digest);
	registry_scene_on(&s, api, 200,
			  arena_printf(&a,
				       "Content-Type: " INDEX_TYPE
				       "\r\nLink: <%s?n=2>; rel=\"next\"\r\n",
				       api),
			  STR("{\"schemaVersion\":2,\"manifests\":[]}"));
	registry_scene_on(&s, arena_printf(&a, "%s?n=2", api), 200,
			  "Content-Type: " INDEX_TYPE "\r\nLink: </v2/x>; rel=\"prev\"\r\n",
			  STR("{\"schemaVersion\":2,\"manifests\":[{\"digest\":\"none\"}]}"));
	r = search_verify(&s);
	cr_expect_eq(r.e.kind, ERR_INPUT, "%s", r.message);
	cr_expect_eq(faultd_hits(&s.registry, arena_printf(&a, "%s?n=2", api)), 1);
	registry_scene_end(&s);
}

Test(signature_search, an_api_that_is_refused_is_an_error_and_none_is_not)
{
	static const struct {
		int status;
		enum err_kind kind;
	} cases[] = { { 404, ERR_FINDINGS }, { 405, ERR_FINDINGS }, { 403, ERR_NETWORK } };

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		AUTO_ARENA a = { 0 };
		struct registry_scene s;
		struct verb_run r;

		search_begin(&s, &a);
		registry_scene_on(&s, arena_printf(&a, "/v2/team/app/referrers/%s", s.digest),
				  cases[i].status, NULL, STR(""));
		r = search_verify(&s);
		cr_expect_eq(r.e.kind, cases[i].kind, "%d: %s", cases[i].status, r.message);
		registry_scene_end(&s);
	}
}

/* A referrer in the list of the fallback tag: its manifest, and the bundle that it holds. */
static struct verb_run search_referrer(struct registry_scene *s, const char *manifest)
{
	struct digest d = digest_of(str_of(manifest));
	const char *name = arena_printf(s->a, "sha256:%s", digest_hex_dup(s->a, &d));

	registry_scene_on(s, search_tag(s, ""), 200, "Content-Type: " INDEX_TYPE "\r\n",
			  str_of(arena_printf(s->a,
					      "{\"schemaVersion\":2,\"manifests\":[{\"mediaType\":"
					      "\"" MANIFEST_TYPE
					      "\",\"digest\":\"%s\",\"size\":%zu}]}",
					      name, strlen(manifest))));
	registry_scene_on(s, arena_printf(s->a, "/v2/team/app/manifests/%s", name), 200,
			  "Content-Type: " MANIFEST_TYPE "\r\n", str_of(manifest));
	return search_verify(s);
}

Test(signature_search, what_is_no_bundle_of_this_image_is_told_or_passed_over)
{
	static const struct {
		const char *type, *subject, *predicate, *bundle, *says;
		enum err_kind kind;
	} cases[] = {
		{ BUNDLE_TYPE, NULL, SIGN_PREDICATE, "{}", "mediaType", ERR_VERIFY },
		{ BUNDLE_TYPE, "sha256:" ZEROS, SIGN_PREDICATE, "{}",
		  "its manifest is about sha256:0000", ERR_VERIFY },
		{ BUNDLE_TYPE, "", SIGN_PREDICATE, "{}", "its manifest is about no image",
		  ERR_VERIFY },
		{ BUNDLE_TYPE, NULL, "https://slsa.dev/provenance/v1", "{}", "has no signature",
		  ERR_FINDINGS },
		{ "text/plain", NULL, SIGN_PREDICATE, "{}", "has no signature", ERR_FINDINGS },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		AUTO_ARENA a = { 0 };
		struct registry_scene s;
		struct verb_run r;
		const char *subject, *layer;

		search_begin(&s, &a);
		subject = cases[i].subject ? cases[i].subject : s.digest;
		layer = search_blob(&s, cases[i].type, cases[i].bundle, "");
		r = search_referrer(
			&s,
			arena_printf(&a,
				     "{\"schemaVersion\":2,\"artifactType\":\"%s\"," EMPTY_CONFIG
				     ",\"layers\":[%s],%s\"annotations\":{\"" BUNDLE_PREDICATE_NOTE
				     "\":\"%s\"}}",
				     cases[i].type, layer,
				     subject[0]
					     ? arena_printf(&a, "\"subject\":{\"digest\":\"%s\"},",
							    subject)
					     : "",
				     cases[i].predicate));
		cr_expect_eq(r.e.kind, cases[i].kind, "%zu: %s", i, r.message);
		cr_expect(strstr(r.message, cases[i].says), "%zu: %s", i, r.message);
		registry_scene_end(&s);
	}
}

Test(signature_search, an_image_that_is_not_there_is_told)
{
	AUTO_ARENA a = { 0 };
	struct registry_scene s;
	struct verb_run r;

	registry_scene_begin(&s, &a);
	r = search_verify(&s);
	cr_expect_eq(r.e.kind, ERR_NETWORK);
	cr_expect(strstr(r.message, "/team/app has no image 1"), "%s", r.message);
	registry_scene_end(&s);
}
