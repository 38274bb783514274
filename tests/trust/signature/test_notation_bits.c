/* SPDX-License-Identifier: Apache-2.0 */
/* One byte of a signature of the Notary Project's form, and what is no such signature. */

#include <criterion/criterion.h>

#include "format/text/base64.h"
#include "support/fixture_files.h"
#include "support/fixture_oracle.h"
#include "trust/signature/signatures.h"

#define SIGNED "sha256:32816c0f0fcbd4ea76e6836a197a123c93910f6f3f32e62501df1b04f0a0f635"

static const struct referrer_subject subject = { "application/vnd.oci.image.manifest.v1+json",
						 SIGNED, 500 };

static void notation_make_key(struct arena *a, struct key *k)
{
	const char *dir = files_temporary(a), *pem = arena_printf(a, "%s/k.pem", dir);
	struct error e = { 0 };
	struct str text;

	oracle_need("openssl");
	ORACLE(a, "openssl", "genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256",
	       "-out", pem);
	cr_assert(io_read_named(a, pem, 10000, &text, &e));
	cr_assert(key_read_private(a, "k.pem", text, (struct str){ NULL, 0 }, k, &e), "%s",
		  e.cause);
	files_remove(dir);
}

/* Every byte of the text: it cannot be read, or it is refused - but for what is not signed, the
 * header with the certificates and the names around. */
Test(notation_bits, what_is_signed_cannot_be_changed)
{
	AUTO_ARENA a = { 0 };
	AUTO_KEY k = KEY_INIT;
	const struct certificates none = { .file = "x" };
	struct image_signature s = { .form = SIGNATURE_NOTATION };
	struct error e = { 0 };
	struct str text;
	const char *header;

	notation_make_key(&a, &k);
	cr_assert(notation_sign(&a, &k, &none, &subject, 1000, &text, &e), "%s", e.cause);
	cr_assert(notation_read(&a, text, &s.notation, &e), "%s", e.cause);
	cr_expect_null(signature_judge(&a, &s, &k, SIGNED, SIGN_PREDICATE));
	header = strstr(text.p, "\"header\"");
	cr_assert(header);
	for (size_t i = 0; i < text.n; i++) {
		char *bad = str_dup(&a, text);
		struct error ignored = { 0 };
		bool unsigned_part = i >= (size_t)(header - text.p) &&
				     i < (size_t)(strstr(text.p, "\"signature\"") - text.p);

		bad[i] ^= 1;
		if (!unsigned_part &&
		    notation_read(&a, (struct str){ bad, text.n }, &s.notation, &ignored))
			cr_expect(signature_judge(&a, &s, &k, SIGNED, SIGN_PREDICATE), "byte %zu",
				  i);
	}
}

static const char *notation_url(struct arena *a, const char *text)
{
	char *out = arena_strdup(a, base64_encode(a, str_of(text)));

	out[strcspn(out, "=")] = '\0';
	return out;
}

Test(notation_bits, what_is_not_understood_is_refused)
{
	AUTO_ARENA a = { 0 };
	static const char *const bad[][2] = {
		{ "{\"alg\":\"PS256\"}", "must be \"ES256\", not \"PS256\"" },
		{ "{\"alg\":\"ES256\",\"cty\":\"x\"}", "must be \"application/vnd.cncf.notary" },
		{ "{\"alg\":\"ES256\",\"cty\":\"application/vnd.cncf.notary.payload.v1+json\","
		  "\"crit\":[\"x.y\"]}",
		  "demands \"x.y\", which is not supported" },
		{ "{\"alg\":\"ES256\",\"io.cncf.notary.expiry\":\"soon\"}", "is no time" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		const char *text = arena_printf(
			&a, "{\"payload\":\"e30\",\"protected\":\"%s\",\"signature\":\"AAAA\"}",
			notation_url(&a, bad[i][0]));
		struct error e = { 0 };
		struct notation n;
		char said[1600];

		cr_expect_not(notation_read(&a, str_of(text), &n, &e));
		err_format(&e, said, sizeof(said));
		cr_expect(e.kind == ERR_INPUT && strstr(said, bad[i][1]), "%s", said);
	}
}

Test(notation_bits, what_is_no_json_is_refused)
{
	static const char *const bad[] = { "", "{", "no", "{\"payload\":\"e30\",", "[]" };
	AUTO_ARENA a = { 0 };

	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		struct error e = { 0 };
		struct notation n;

		cr_expect_not(notation_read(&a, str_of(bad[i]), &n, &e), "%s", bad[i]);
		cr_expect_eq(e.kind, ERR_INPUT, "%s", bad[i]);
	}
}

Test(notation_bits, one_that_has_expired_is_refused)
{
	AUTO_ARENA a = { 0 };
	AUTO_KEY k = KEY_INIT;
	const struct certificates none = { .file = "x" };
	struct image_signature s = { .form = SIGNATURE_NOTATION };
	struct error e = { 0 };
	const char *why;
	struct str text;

	notation_make_key(&a, &k);
	cr_assert(notation_sign(&a, &k, &none, &subject, 1000, &text, &e), "%s", e.cause);
	cr_assert(notation_read(&a, text, &s.notation, &e), "%s", e.cause);
	s.notation.expiry = 1000000000;
	why = signature_judge(&a, &s, &k, SIGNED, SIGN_PREDICATE);
	cr_expect(why && strcmp(why, "it has expired on 2001-09-09T01:46:40Z") == 0, "%s", why);
}
