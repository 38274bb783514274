/* SPDX-License-Identifier: Apache-2.0 */
/* Is it this key's, of this image? Everything that can be signed and is no signature of it; and
 * what of the Notary Project's form and of statements is read at all. */

#include <criterion/criterion.h>

#include "format/text/base64.h"
#include "support/fixture_files.h"
#include "support/fixture_json_sweep.h"
#include "support/fixture_keypair.h"
#include "trust/signature/signatures.h"
#include "trust/signature/statement.h"

#define HEX "32816c0f0fcbd4ea76e6836a197a123c93910f6f3f32e62501df1b04f0a0f635"
#define SIGNED "sha256:" HEX
#define NOT_SIGNED "its bytes are not what this key signed"

static void judge_key(struct arena *a, struct key *k, bool ed25519)
{
	const char *dir = files_temporary(a);
	struct error e = { 0 };

	keypair_make(a, dir, "ann", ed25519);
	cr_assert(key_load_private(a, arena_printf(a, "%s/ann.pem", dir), (struct str){ NULL, 0 },
				   k, &e));
	files_remove(dir);
}

static struct str judge_sign(struct arena *a, const struct key *k, struct str bytes)
{
	struct error e = { 0 };
	struct str out;

	cr_assert(key_sign(a, k, bytes, &out, &e), "%s", e.cause);
	return out;
}

/* The reason begins with `says`; NULL: it is one. */
static void judge_check(const char *why, const char *says, size_t i)
{
	cr_expect_eq(why != NULL, says != NULL, "%zu: %s", i, why ? why : "");
	cr_expect(!why || !says || str_starts(str_of(why), str_of(says)), "%zu: %s", i, why);
}

#define SIMPLE(digest)                                                                  \
	"{\"critical\":{\"identity\":{\"docker-reference\":\"r/x\"},\"image\":{"        \
	"\"docker-manifest-digest\":\"" digest "\"},\"type\":\"cosign container image " \
	"signature\"},\"optional\":null}"

Test(signature_judge, simple_signing)
{
	static const struct {
		const char *payload, *says;
		bool unsigned_;
	} cases[] = {
		{ SIMPLE(SIGNED), NULL, false },
		{ SIMPLE(SIGNED), NOT_SIGNED, true },
		{ SIMPLE("sha256:00"), "it signs sha256:00", false },
		{ "nonsense", "payload", false },
	};
	AUTO_ARENA a = { 0 };
	AUTO_KEY k = KEY_INIT;

	judge_key(&a, &k, false);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct image_signature s = { .form = SIGNATURE_SIMPLE,
					     .payload = str_of(cases[i].payload) };

		s.bytes = judge_sign(&a, &k, cases[i].unsigned_ ? STR("other") : s.payload);
		judge_check(signature_judge(&a, &s, &k, SIGNED, SIGN_PREDICATE), cases[i].says, i);
		s.fault = "it is odd";
		judge_check(signature_judge(&a, &s, &k, SIGNED, SIGN_PREDICATE), "it is odd", i);
	}
}

#define STATEMENT(type, subject)                                                         \
	"{\"_type\":\"https://in-toto.io/Statement/v1\",\"predicateType\":\"" type "\"," \
	"\"subject\":[" subject "],\"predicate\":{}}"
#define SUBJECT(hex) "{\"name\":\"n\",\"digest\":{\"sha256\":\"" hex "\"}}"

Test(signature_judge, bundles)
{
	static const struct {
		const char *payload, *type, *hint, *wanted, *says;
		bool unsigned_;
	} cases[] = {
		{ STATEMENT("t", SUBJECT(HEX)), DSSE_STATEMENT_TYPE, "", "t", NULL, false },
		{ STATEMENT("t", SUBJECT(HEX)), DSSE_STATEMENT_TYPE, "", NULL, NULL, false },
		{ STATEMENT("t", SUBJECT("00") "," SUBJECT(HEX)), DSSE_STATEMENT_TYPE, "", "t",
		  NULL, false },
		{ STATEMENT("t", SUBJECT(HEX)), DSSE_STATEMENT_TYPE, NULL, "t",
		  "it was made with a certificate, not with a key", false },
		/* what signs counts, not the hint */
		{ STATEMENT("t", SUBJECT(HEX)), DSSE_STATEMENT_TYPE, "hint", "t", NULL, false },
		{ STATEMENT("t", SUBJECT(HEX)), DSSE_STATEMENT_TYPE, "hint", "t",
		  "it names another key, with the hint hint", true },
		{ STATEMENT("t", SUBJECT(HEX)), DSSE_STATEMENT_TYPE, "", "t", NOT_SIGNED, true },
		{ STATEMENT("t", SUBJECT(HEX)), "text/plain", "", "t",
		  "its payload has the type \"text/plain\"", false },
		{ "nonsense", DSSE_STATEMENT_TYPE, "", "t", "statement", false },
		{ STATEMENT("u", SUBJECT(HEX)), DSSE_STATEMENT_TYPE, "", "t",
		  "its predicate has the type \"u\"", false },
		{ STATEMENT("t", SUBJECT("00")), DSSE_STATEMENT_TYPE, "", "t", "it signs sha256:00",
		  false },
	};
	AUTO_ARENA a = { 0 };
	AUTO_KEY k = KEY_INIT;

	judge_key(&a, &k, true);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct image_signature s = { .form = SIGNATURE_BUNDLE };

		s.bundle = (struct dsse_bundle){ .hint = cases[i].hint,
						 .payload_type = cases[i].type,
						 .payload = str_of(cases[i].payload) };
		*list_push(&a, &s.bundle.signatures) = STR("none");
		*list_push(&a, &s.bundle.signatures) =
			judge_sign(&a, &k,
				   cases[i].unsigned_
					   ? STR("other")
					   : dsse_pae(&a, cases[i].type, s.bundle.payload));
		judge_check(signature_judge(&a, &s, &k, SIGNED, cases[i].wanted), cases[i].says, i);
	}
}

Test(signature_judge, a_bundle_that_names_this_very_key_and_is_not_of_it)
{
	AUTO_ARENA a = { 0 };
	AUTO_KEY k = KEY_INIT;
	struct image_signature s = { .form = SIGNATURE_BUNDLE };

	judge_key(&a, &k, true);
	s.bundle = (struct dsse_bundle){ .hint = k.hint,
					 .payload_type = DSSE_STATEMENT_TYPE,
					 .payload = STR("x") };
	judge_check(signature_judge(&a, &s, &k, SIGNED, NULL), NOT_SIGNED, 0);
}

Test(signature_judge, notation)
{
	static const struct {
		const char *target, *says;
		int64_t expiry;
		bool unsigned_;
	} cases[] = {
		{ SIGNED, NULL, 0, false },
		{ SIGNED, NULL, 32503680000, false }, /* the year 3000 */
		{ SIGNED, "it has expired on 2001-09-09T01:46:40Z", 1000000000, false },
		{ "sha256:00", "it signs sha256:00", 0, false },
		{ SIGNED, NOT_SIGNED, 0, true },
	};
	AUTO_ARENA a = { 0 };
	AUTO_KEY k = KEY_INIT;

	judge_key(&a, &k, false);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct image_signature s = { .form = SIGNATURE_NOTATION };

		s.notation = (struct notation){ .target = cases[i].target,
						.expiry = cases[i].expiry,
						.bytes = STR("bytes") };
		s.notation.signature = judge_sign(&a, &k,
						  cases[i].unsigned_ ? STR("other") : STR("bytes"));
		judge_check(signature_judge(&a, &s, &k, SIGNED, NULL), cases[i].says, i);
	}
}

/* ---- notation's envelope ---- */

static const char *judge_url(struct arena *a, struct str bytes)
{
	char *text = arena_strdup(a, base64_encode(a, bytes));

	for (char *p = text; *p; p++)
		*p = *p == '+' ? '-' : *p == '/' ? '_' : *p;
	text[strcspn(text, "=")] = '\0';
	return text;
}

#define PROTECTED                                                                               \
	"{\"alg\":\"ES256\",\"cty\":\"application/vnd.cncf.notary.payload.v1+json\",\"crit\":[" \
	"\"io.cncf.notary.signingScheme\"],\"io.cncf.notary.signingScheme\":\"notary.x509\"}"
#define PAYLOAD "{\"targetArtifact\":{\"digest\":\"" SIGNED "\"}}"

static bool envelope_read(struct arena *a, const char *payload, const char *protected,
			  struct error *e)
{
	static const char zeros[64] = { 1 };
	struct notation n;

	return notation_read(
		a,
		str_of(arena_printf(
			a, "{\"payload\":\"%s\",\"protected\":\"%s\",\"signature\":\"%s\"}",
			judge_url(a, str_of(payload)), judge_url(a, str_of(protected)),
			judge_url(a, (struct str){ zeros, sizeof(zeros) }))),
		&n, e);
}

static bool read_protected(void *of, struct str text, struct error *e)
{
	AUTO_ARENA a = { 0 };

	(void)of;
	return envelope_read(&a, PAYLOAD, str_dup(&a, text), e);
}

static bool read_payload(void *of, struct str text, struct error *e)
{
	AUTO_ARENA a = { 0 };

	(void)of;
	return envelope_read(&a, str_dup(&a, text), PROTECTED, e);
}

Test(signature_judge, every_value_and_every_member_of_notation_is_checked)
{
	json_sweep(&(struct json_sweep){ .text = PROTECTED,
					 .read = read_protected,
					 .nulls = true,
					 .open = true,
					 .no_places = true });
	json_sweep(&(struct json_sweep){ .text = PAYLOAD,
					 .read = read_payload,
					 .nulls = true,
					 .open = true,
					 .no_places = true });
}

Test(signature_judge, base64_of_notation_is_that_of_urls)
{
	static const struct {
		const char *signature, *says;
	} cases[] = {
		{ "AAAA", "signature: it is not of 64 bytes, as ES256 has it" },
		{ "AA==", "signature: is not base64 as URLs have it" },
		{ "A+AA", "signature: is not base64 as URLs have it" },
		{ "A/AA", "signature: is not base64 as URLs have it" },
		{ "A!AA", "signature: is not base64 as URLs have it" },
		{ "A-_A", "signature: it is not of 64 bytes, as ES256 has it" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		AUTO_ARENA a = { 0 };
		struct notation n;
		struct error e = { 0 };

		cr_expect_not(notation_read(
			&a,
			str_of(arena_printf(&a,
					    "{\"payload\":\"%s\",\"protected\":\"%s\","
					    "\"signature\":\"%s\"}",
					    judge_url(&a, STR(PAYLOAD)),
					    judge_url(&a, STR(PROTECTED)), cases[i].signature)),
			&n, &e));
		cr_expect_str_eq(e.cause, cases[i].says);
	}
}

Test(signature_judge, notation_has_no_ed25519)
{
	AUTO_ARENA a = { 0 };
	AUTO_KEY k = KEY_INIT;
	const struct referrer_subject subject = { "x", SIGNED, 5 };
	const struct certificates none = { .file = "x" };
	struct error e = { 0 };
	struct str out;

	judge_key(&a, &k, true);
	cr_expect_not(notation_sign(&a, &k, &none, &subject, 0, &out, &e));
	cr_expect(strstr(e.cause, ": notation has no signatures with Ed25519; take a key on P-256"),
		  "%s", e.cause);
}

/* ---- statements ---- */

#define REST                                                                     \
	"\"_type\":\"https://in-toto.io/Statement/v1\",\"predicateType\":\"t\"," \
	"\"subject\":[" SUBJECT("00") "]"

/* The predicate stands there as it is, wherever that is, and is not looked into. */
Test(signature_judge, the_predicate_of_a_statement_is_found)
{
	static const struct {
		const char *text, *predicate; /* NULL: it is no statement */
	} cases[] = {
		{ "{" REST ",\"predicate\":{\"a\":[1,{}]}}", "{\"a\":[1,{}]}" },
		{ "{\"predicate\": 7 ," REST "}", "7" },
		{ "{\"predicate\":\"a,}\\\"]\"," REST "}", "\"a,}\\\"]\"" },
		{ "{\"predicate\":[ \"]\" ]," REST "}", "[ \"]\" ]" },
		{ " {\n\t\"predicate\"\r:\n{ } , " REST " } ", "{ }" },
		{ "{" REST ",\"predicate\":null}", "null" },
		{ "{" REST "}", "" },
		{ "{\"x\":{\"predicate\":1}," REST "}", "" },
		{ "{" REST ",\"predicate\":1", NULL },
		{ "{" REST ",\"predicate\"}", NULL },
		{ "{" REST ",predicate:1}", NULL },
		{ "{\"predicate\"", NULL },
		{ "{\"predicate\":", NULL },
		{ "{", NULL },
		{ "", NULL },
		{ "[]", NULL },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		AUTO_ARENA a = { 0 };
		struct statement s;
		struct error e = { 0 };
		bool ok = statement_read(&a, str_of(cases[i].text), &s, &e);

		cr_expect_eq(ok, cases[i].predicate != NULL, "%zu: %s", i, e.cause);
		if (ok && cases[i].predicate)
			cr_expect_str_eq(s.predicate.n ? str_dup(&a, s.predicate) : "",
					 cases[i].predicate);
	}
}
