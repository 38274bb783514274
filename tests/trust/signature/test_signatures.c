/* SPDX-License-Identifier: Apache-2.0 */
/* Signatures that cosign made, and one bit of them changed. */

#include <criterion/criterion.h>

#include "format/text/base64.h"
#include "support/fixture_files.h"
#include "trust/signature/signatures.h"
#include "trust/signature/simple_signing.h"
#include "trust/signature/statement.h"

#define DATA "tests/data/signatures/"
#define SIGNED "sha256:32816c0f0fcbd4ea76e6836a197a123c93910f6f3f32e62501df1b04f0a0f635"
#define OTHER "sha256:32816c0f0fcbd4ea76e6836a197a123c93910f6f3f32e62501df1b04f0a0f634"

static struct str judge_data(struct arena *a, const char *name)
{
	return str_of(files_get(a, arena_printf(a, DATA "%s", name)));
}

static void judge_load_key(struct arena *a, const char *name, struct key *k)
{
	struct error e = { 0 };

	cr_assert(key_load_public(a, arena_printf(a, DATA "%s", name), k, &e), "%s", e.cause);
}

/* The third signature of the manifest is cosign's. */
static struct image_signature cosign2_signature(struct arena *a)
{
	struct image_signature s = { .form = SIGNATURE_SIMPLE,
				     .payload = judge_data(a, "cosign2.payload.json") };
	struct simple_layers layers;
	struct error e = { 0 };

	cr_assert(simple_layers_read(a, judge_data(a, "cosign2.manifest.json"), SIMPLE_PAYLOAD_TYPE,
				     &layers, &e),
		  "%s", e.cause);
	cr_assert_eq(layers.n, 3);
	cr_assert(base64_decode(a, str_of(layers.v[2].signature), &s.bytes));
	return s;
}

static struct image_signature cosign3_signature(struct arena *a)
{
	struct image_signature s = { .form = SIGNATURE_BUNDLE };
	struct error e = { 0 };

	cr_assert(dsse_bundle_read(a, judge_data(a, "cosign3.bundle.json"), &s.bundle, &e), "%s",
		  e.cause);
	return s;
}

static struct str judge_flip_bit(struct arena *a, struct str s, size_t at)
{
	char *p = str_dup(a, s);

	p[at] ^= 1;
	return (struct str){ p, s.n };
}

static void judge_expect(struct arena *a, const struct image_signature *s, const struct key *k,
			 const char *digest, const char *type, const char *says)
{
	const char *why = signature_judge(a, s, k, digest, type);

	cr_expect(says ? why && strstr(why, says) : why == NULL, "\"%s\", not \"%s\"",
		  why ? why : "good", says ? says : "good");
}

Test(signatures, simple_signing_of_cosign_2_is_good_until_a_bit_is_changed)
{
	AUTO_ARENA a = { 0 };
	AUTO_KEY k = KEY_INIT, other = KEY_INIT;
	struct image_signature s = cosign2_signature(&a), bad = s;

	judge_load_key(&a, "cosign2.pub", &k);
	judge_load_key(&a, "cosign3.pub", &other);
	judge_expect(&a, &s, &k, SIGNED, SIGN_PREDICATE, NULL);
	judge_expect(&a, &s, &k, OTHER, SIGN_PREDICATE, "it signs " SIGNED);
	judge_expect(&a, &s, &other, SIGNED, SIGN_PREDICATE, "not what this key signed");
	for (size_t i = 0; i < s.payload.n; i++) {
		bad.payload = judge_flip_bit(&a, s.payload, i);
		judge_expect(&a, &bad, &k, SIGNED, SIGN_PREDICATE, "not what this key signed");
	}
	bad.payload = s.payload;
	for (size_t i = 0; i < s.bytes.n; i++) {
		bad.bytes = judge_flip_bit(&a, s.bytes, i);
		judge_expect(&a, &bad, &k, SIGNED, SIGN_PREDICATE, "not what this key signed");
	}
}

Test(signatures, a_bundle_of_cosign_3_is_good_until_a_bit_is_changed)
{
	AUTO_ARENA a = { 0 };
	AUTO_KEY k = KEY_INIT, other = KEY_INIT;
	struct image_signature s = cosign3_signature(&a), bad = s;
	struct str one[1];

	judge_load_key(&a, "cosign3.pub", &k);
	judge_load_key(&a, "cosign2.pub", &other);
	judge_expect(&a, &s, &k, SIGNED, SIGN_PREDICATE, NULL);
	judge_expect(&a, &s, &k, OTHER, SIGN_PREDICATE, "it signs " SIGNED);
	judge_expect(&a, &s, &k, SIGNED, "https://slsa.dev/provenance/v1",
		     "its predicate has the type \"" SIGN_PREDICATE "\"");
	judge_expect(&a, &s, &other, SIGNED, SIGN_PREDICATE, "names another key");
	for (size_t i = 0; i < s.bundle.payload.n; i++) {
		bad.bundle.payload = judge_flip_bit(&a, s.bundle.payload, i);
		judge_expect(&a, &bad, &k, SIGNED, SIGN_PREDICATE, "not what this key signed");
	}
	bad = s;
	bad.bundle.payload_type = "application/vnd.in-toto+jsoo";
	judge_expect(&a, &bad, &k, SIGNED, SIGN_PREDICATE, "not what this key signed");
	bad = s;
	bad.bundle.signatures.v = one;
	for (size_t i = 0; i < s.bundle.signatures.v[0].n; i++) {
		one[0] = judge_flip_bit(&a, s.bundle.signatures.v[0], i);
		judge_expect(&a, &bad, &k, SIGNED, SIGN_PREDICATE, "not what this key signed");
	}
}

/* cosign 2 keeps the same envelope without a bundle around it. */
Test(signatures, an_envelope_is_good_until_a_bit_is_changed)
{
	AUTO_ARENA a = { 0 };
	AUTO_KEY k = KEY_INIT;
	const struct dsse_bundle whole = cosign3_signature(&a).bundle;
	struct str text = dsse_envelope_text(&a, DSSE_STATEMENT_TYPE, whole.payload,
					     whole.signatures.v[0]);
	struct image_signature s = { .form = SIGNATURE_ENVELOPE };
	struct error e = { 0 };
	const char *keyid = strstr(text.p, "\"keyid\""), *end = strstr(keyid, "\"sig\":\"");

	judge_load_key(&a, "cosign3.pub", &k);
	cr_assert(dsse_envelope_read(&a, text, &s.bundle, &e), "%s", e.cause);
	judge_expect(&a, &s, &k, SIGNED, SIGN_PREDICATE, NULL);
	judge_expect(&a, &s, &k, OTHER, SIGN_PREDICATE, "it signs " SIGNED);
	judge_expect(&a, &s, &k, SIGNED, "https://spdx.dev/Document", "its predicate has the type");
	for (size_t i = 0; i < text.n; i++) {
		const char *at = text.p + i;
		struct error bad = { 0 };

		/* the member keyid is not signed; bits behind the last byte are in no byte */
		if ((at > keyid && at < end) || at[1] == '=')
			continue;
		if (dsse_envelope_read(&a, judge_flip_bit(&a, text, i), &s.bundle, &bad))
			judge_expect(&a, &s, &k, SIGNED, SIGN_PREDICATE, "");
	}
}

Test(signatures, a_payload_of_another_type_is_refused_though_it_is_signed)
{
	AUTO_ARENA a = { 0 };
	struct simple_payload p;
	struct error e = { 0 };
	struct str good = simple_payload_text(&a, "r.example/app", SIGNED);
	static const char *const bad[][2] = {
		{ "{}", "critical" },
		{ "{\"critical\":{\"identity\":{\"docker-reference\":\"x\"},\"image\":{"
		  "\"docker-manifest-digest\":\"sha256:0\"},\"type\":\"atomic\"}}",
		  "must be \"cosign container image signature\"" },
		{ "{\"critical\":{\"identity\":{\"docker-reference\":1}}}", "expected a string" },
		{ "[", "payload" },
	};

	cr_assert(simple_payload_read(&a, good, &p, &e));
	cr_expect_str_eq(p.digest, SIGNED);
	cr_expect_str_eq(p.reference, "r.example/app");
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		char text[1600];

		cr_expect_not(simple_payload_read(&a, str_of(bad[i][0]), &p, &e));
		err_format(&e, text, sizeof(text));
		cr_expect(e.kind == ERR_INPUT && strstr(text, bad[i][1]), "%s", text);
		err_clear(&e);
	}
}

Test(signatures, what_is_no_bundle_and_no_statement_is_refused)
{
	AUTO_ARENA a = { 0 };
	struct dsse_bundle b;
	struct statement s;
	struct error e = { 0 };
	const char *good = judge_data(&a, "cosign3.bundle.json").p;
	const char *key = strstr(good, "\"publicKey\"");

	cr_assert(key);
	cr_assert(
		dsse_bundle_read(&a,
				 str_of(arena_printf(&a, "%.*s\"certificate\"%s", (int)(key - good),
						     good, key + strlen("\"publicKey\""))),
				 &b, &e));
	cr_expect_null(b.hint);
	cr_expect_not(dsse_bundle_read(&a, STR("{\"mediaType\":\"x\"}"), &b, &e));
	cr_expect(strstr(e.cause, "must be \"" BUNDLE_TYPE "\""), "%s", e.cause);
	err_clear(&e);
	cr_expect_not(dsse_bundle_read(
		&a,
		STR("{\"mediaType\":\"" BUNDLE_TYPE
		    "\",\"verificationMaterial\":{},\"dsseEnvelope\":{\"payload\":\"e30=\","
		    "\"payloadType\":\"x\",\"signatures\":[]}}"),
		&b, &e));
	cr_expect(strstr(e.cause, "holds no signature"), "%s", e.cause);
	err_clear(&e);
	cr_expect_not(statement_read(&a, STR("{\"_type\":\"x\"}"), &s, &e));
	cr_expect(strstr(e.cause, "in-toto.io/Statement/v1"), "%s", e.cause);
	err_clear(&e);
	cr_expect_not(statement_read(&a,
				     STR("{\"_type\":\"https://in-toto.io/Statement/v1\","
					 "\"predicateType\":\"p\",\"subject\":[{\"name\":\"n\"}]}"),
				     &s, &e));
	cr_expect(strstr(e.cause, "has no sha256 digest"), "%s", e.cause);
}

/* What was there stays as it is, with annotations that are not ours. */
Test(signatures, a_signer_more_leaves_the_others_alone)
{
	AUTO_ARENA a = { 0 };
	struct str old = judge_data(&a, "cosign2.manifest.json"), config, manifest;
	struct simple_layer layer = { SIGNED, 5, "c2ln", NULL };
	const struct simple_layers more = { &layer, 1, 1 };
	struct simple_layers before, after;
	struct error e = { 0 };

	cr_assert(simple_layers_read(&a, old, SIMPLE_PAYLOAD_TYPE, &before, &e));
	cr_assert(simple_manifest_text(&a, old, SIMPLE_PAYLOAD_TYPE, &more, &config, &manifest, &e),
		  "%s", e.cause);
	cr_assert(simple_layers_read(&a, manifest, SIMPLE_PAYLOAD_TYPE, &after, &e), "%s", e.cause);
	cr_assert_eq(after.n, before.n + 1);
	for (size_t i = 0; i < before.n; i++)
		cr_expect_str_eq(after.v[i].signature, before.v[i].signature);
	cr_expect_str_eq(after.v[3].signature, "c2ln");
	cr_expect(strstr(config.p, before.v[0].payload) && strstr(config.p, SIGNED));
	cr_expect_not(simple_layers_read(&a,
					 STR("{\"layers\":[{\"mediaType\":\"" SIMPLE_PAYLOAD_TYPE
					     "\",\"size\":1}]}"),
					 SIMPLE_PAYLOAD_TYPE, &after, &e));
	cr_expect(strstr(e.cause, "has no digest"), "%s", e.cause);
}
