/* SPDX-License-Identifier: Apache-2.0 */
/* What imgbuild signs with a certificate, notation verifies; what it signs, imgbuild verifies. */

#include <criterion/criterion.h>

#include "e2e/fixture_image.h"
#include "e2e/fixture_signing.h"
#include "e2e/fixture_verifiers.h"
#include "support/fixture_files.h"

#define LEAF                                                                 \
	"keyUsage=critical,digitalSignature\nextendedKeyUsage=codeSigning\n" \
	"basicConstraints=critical,CA:false\n"
#define SUBJECT "/C=DE/ST=Berlin/O=Test/CN="

/* NAME.crt with the certificate of NAME's key, and that of the authority "ca". */
static void notation_certify(struct signing_scene *s, const char *name)
{
	const char *request = signing_path(s, "request"), *leaf = signing_path(s, "leaf.crt");
	const char *extensions = signing_path(s, "extensions");

	files_put(extensions, LEAF);
	ORACLE(s->a, "openssl", "req", "-new", "-key",
	       signing_path(s, arena_printf(s->a, "%s.pem", name)), "-subj",
	       arena_printf(s->a, SUBJECT "%s", name), "-out", request);
	ORACLE(s->a, "openssl", "x509", "-req", "-in", request, "-CA", signing_path(s, "ca.crt"),
	       "-CAkey", signing_path(s, "ca.pem"), "-CAcreateserial", "-days", "30", "-extfile",
	       extensions, "-out", leaf);
	files_put(signing_path(s, arena_printf(s->a, "%s.crt", name)),
		  arena_printf(s->a, "%s%s", files_get(s->a, leaf),
			       files_get(s->a, signing_path(s, "ca.crt"))));
}

static void notation_open(struct signing_scene *s, struct arena *a)
{
	signing_open(s, a);
	signing_key(s, "ca", false);
	ORACLE(a, "openssl", "req", "-x509", "-new", "-key", signing_path(s, "ca.pem"), "-subj",
	       SUBJECT "ca", "-days", "30", "-addext", "keyUsage=critical,keyCertSign", "-out",
	       signing_path(s, "ca.crt"));
	notation_certify(s, "ann");
	signing_succeeds(IMGBUILD(a, "push", s->image.path, s->target), "push");
	files_put(signing_path(s, ".config/notation/truststore/x509/ca/test/ca.crt"),
		  files_get(a, signing_path(s, "ca.crt")));
	files_put(signing_path(s, ".config/notation/trustpolicy.json"),
		  "{\"version\":\"1.0\",\"trustPolicies\":[{\"name\":\"t\",\"registryScopes\":["
		  "\"*\"],\"signatureVerification\":{\"level\":\"strict\"},\"trustStores\":["
		  "\"ca:test\"],\"trustedIdentities\":[\"*\"]}]}");
}

static struct oracle_run notation_verify(struct signing_scene *s)
{
	return NOTATION(s->a, s->dir, "verify", "--insecure-registry", s->name);
}

static struct oracle_run notation_check(struct signing_scene *s, const char *key)
{
	return IMGBUILD(s->a, "verify-signature", s->target, "--key", signing_path(s, key));
}

Test(notation, verifies_what_is_signed_with_a_certificate, .timeout = 600)
{
	AUTO_ARENA a = { 0 };
	struct signing_scene s;
	struct oracle_run r;
	const char *crt;

	notation_open(&s, &a);
	crt = signing_path(&s, "ann.crt");
	cr_expect_neq(notation_verify(&s).status, 0);
	r = IMGBUILD(&a, "sign", s.target, "--key", signing_path(&s, "ann.pem"), "--certificate",
		     crt, "--json");
	signing_succeeds(r, "sign");
	cr_expect(strstr(r.out.p, "\"signatures\":3,\"present\":0"), "%s", r.out.p);
	signing_succeeds(notation_verify(&s), "notation verify");
	r = notation_check(&s, "ann.pub");
	signing_succeeds(r, "verify-signature");
	cr_expect(strstr(r.out.p, "(simple signing, bundle, notation)"), "%s", r.out.p);
	r = IMGBUILD(&a, "sign", s.target, "--key", signing_path(&s, "ann.pem"), "--certificate",
		     crt, "--json");
	cr_expect(strstr(r.out.p, "\"signatures\":0,\"present\":3"), "%s", r.out.p);
	/* another authority is not trusted */
	files_put(signing_path(&s, ".config/notation/truststore/x509/ca/test/ca.crt"), "");
	cr_expect_neq(notation_verify(&s).status, 0);
	signing_close(&s);
}

Test(notation, what_it_signs_is_verified, .timeout = 600)
{
	AUTO_ARENA a = { 0 };
	struct signing_scene s;
	struct oracle_run r;

	notation_open(&s, &a);
	files_put(signing_path(&s, ".config/notation/signingkeys.json"),
		  arena_printf(&a,
			       "{\"default\":\"k\",\"keys\":[{\"name\":\"k\",\"keyPath\":\"%s\","
			       "\"certPath\":\"%s\"}]}",
			       signing_path(&s, "ann.pem"), signing_path(&s, "ann.crt")));
	signing_succeeds(NOTATION(&a, s.dir, "sign", "--insecure-registry", s.name),
			 "notation sign");
	signing_succeeds(notation_verify(&s), "notation verify");
	r = notation_check(&s, "ann.pub");
	signing_succeeds(r, "verify-signature");
	cr_expect(strstr(r.out.p, "(notation)"), "%s", r.out.p);
	signing_fails(notation_check(&s, "ben.pub"), 5, "not what this key signed");
	signing_close(&s);
}

Test(notation, certificates_that_do_not_belong_are_refused, .timeout = 600)
{
	AUTO_ARENA a = { 0 };
	struct signing_scene s;
	const char *pem, *ca;

	notation_open(&s, &a);
	pem = signing_path(&s, "ann.pem");
	ca = signing_path(&s, "ca.crt");
	signing_key(&s, "zoe", false);
	notation_certify(&s, "zoe");
	notation_certify(&s, "ben");
	signing_fails(IMGBUILD(&a, "sign", s.target, "--key", pem, "--certificate",
			       signing_path(&s, "zoe.crt")),
		      2, "the first certificate is of none of the keys that sign");
	signing_fails(IMGBUILD(&a, "sign", s.target, "--key", pem, "--certificate", ca), 3,
		      "is not for signing code");
	signing_fails(IMGBUILD(&a, "sign", s.target, "--key", pem, "--certificate", pem), 3,
		      "this is no certificate in PEM");
	signing_fails(IMGBUILD(&a, "sign", s.target, "--key", signing_path(&s, "ben.pem"),
			       "--certificate", signing_path(&s, "ben.crt")),
		      3, "notation has no signatures with Ed25519");
	files_put(signing_path(&s, "two.crt"),
		  arena_printf(&a, "%s%s", files_get(&a, signing_path(&s, "ann.crt")),
			       files_get(&a, signing_path(&s, "zoe.crt"))));
	signing_fails(IMGBUILD(&a, "sign", s.target, "--key", pem, "--certificate",
			       signing_path(&s, "two.crt")),
		      3, "certificate 3 did not issue certificate 2");
	signing_close(&s);
}
