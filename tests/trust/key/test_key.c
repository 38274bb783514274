/* SPDX-License-Identifier: Apache-2.0 */
/* Keys, against the openssl program. */

#include <criterion/criterion.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "format/text/base64.h"
#include "support/fixture_certificate.h"
#include "support/fixture_fault_sweep.h"
#include "support/fixture_files.h"
#include "support/fixture_oracle.h"
#include "trust/key/key.h"
#include "trust/key/private_file.h"

static const char *const key_kinds[][4] = {
	{ "EC", "-pkeyopt", "ec_paramgen_curve:P-256", NULL },
	{ "ED25519", NULL, NULL, NULL },
};

/* DIR/NAME.pem and DIR/NAME.pub. */
static void key_make_pair(struct arena *a, const char *dir, const char *name, size_t kind)
{
	const char *pem = arena_printf(a, "%s/%s.pem", dir, name);

	oracle_need("openssl");
	ORACLE(a, "openssl", "genpkey", "-out", pem, "-algorithm", key_kinds[kind][0],
	       key_kinds[kind][1], key_kinds[kind][2]);
	cr_assert_eq(chmod(pem, 0600), 0);
	ORACLE(a, "openssl", "pkey", "-in", pem, "-pubout", "-out",
	       arena_printf(a, "%s/%s.pub", dir, name));
}

static void key_put_bytes(const char *path, struct str bytes)
{
	struct error e = { 0 };

	cr_assert(file_write_path(path, 0600, bytes, &e), "%s", e.cause);
}

Test(key, openssl_verifies_what_is_signed_and_the_other_way_round)
{
	for (size_t kind = 0; kind < ARRAY_SIZE(key_kinds); kind++) {
		AUTO_ARENA a = { 0 };
		const char *dir = files_temporary(&a);
		const char *pem = arena_printf(&a, "%s/k.pem", dir),
			   *pub = arena_printf(&a, "%s/k.pub", dir);
		const char *text = arena_printf(&a, "%s/text", dir),
			   *sig = arena_printf(&a, "%s/sig", dir);
		AUTO_KEY private = KEY_INIT, public = KEY_INIT;
		struct str bytes = STR("what is signed"), signature;
		struct error e = { 0 };
		char *flipped;

		key_make_pair(&a, dir, "k", kind);
		cr_assert(key_load_private(&a, pem, (struct str){ NULL, 0 }, &private, &e), "%s",
			  e.cause);
		cr_assert(key_load_public(&a, pub, &public, &e), "%s", e.cause);
		cr_expect_str_eq(private.hint, public.hint);
		cr_expect_eq(private.ed25519, kind == 1);
		cr_assert(key_sign(&a, &private, bytes, &signature, &e));
		key_put_bytes(text, bytes);
		key_put_bytes(sig, signature);
		ORACLE(&a, "openssl", "pkeyutl", "-verify", "-rawin", "-pubin", "-inkey", pub,
		       "-in", text, "-sigfile", sig, kind ? NULL : "-digest", "sha256");

		ORACLE(&a, "openssl", "pkeyutl", "-sign", "-rawin", "-inkey", pem, "-in", text,
		       "-out", sig, kind ? NULL : "-digest", "sha256");
		cr_assert(io_read_named(&a, sig, 1000, &signature, &e));
		cr_expect(key_verify(&public, bytes, signature));
		cr_expect_not(key_verify(&public, STR("what is signeD"), signature));
		flipped = str_dup(&a, signature);
		flipped[signature.n - 1] ^= 1;
		cr_expect_not(key_verify(&public, bytes, (struct str){ flipped, signature.n }));
		cr_expect_not(key_verify(&public, bytes, STR("")));
		files_remove(dir);
	}
}

Test(key, the_hint_is_the_digest_of_the_public_key)
{
	AUTO_ARENA a = { 0 };
	const char *dir = files_temporary(&a);
	const char *der = arena_printf(&a, "%s/k.der", dir);
	AUTO_KEY k = KEY_INIT;
	struct error e = { 0 };
	struct str want;

	key_make_pair(&a, dir, "k", 0);
	cr_assert(key_load_public(&a, arena_printf(&a, "%s/k.pub", dir), &k, &e));
	ORACLE(&a, "openssl", "pkey", "-pubin", "-in", arena_printf(&a, "%s/k.pub", dir),
	       "-outform", "DER", "-out", der);
	ORACLE(&a, "openssl", "dgst", "-sha256", "-binary", "-out", arena_printf(&a, "%s/d", dir),
	       der);
	want = ORACLE(&a, "openssl", "base64", "-in", arena_printf(&a, "%s/d", dir));
	cr_expect_str_eq(k.hint, str_dup(&a, str_trim(want)));
	files_remove(dir);
}

Test(key, encrypted_and_traditional_forms_are_read)
{
	AUTO_ARENA a = { 0 };
	const char *dir = files_temporary(&a);
	const char *pem = arena_printf(&a, "%s/k.pem", dir),
		   *other = arena_printf(&a, "%s/other.pem", dir);
	struct error e = { 0 };
	AUTO_KEY k = KEY_INIT, sec1 = KEY_INIT;

	key_make_pair(&a, dir, "k", 0);
	ORACLE(&a, "openssl", "pkey", "-in", pem, "-aes256", "-passout", "pass:open sesame", "-out",
	       other);
	cr_assert(key_load_private(&a, other, STR("open sesame"), &k, &e), "%s", e.cause);
	cr_expect_not(key_load_private(&a, other, STR("no"), &sec1, &e));
	cr_expect(e.kind == ERR_INPUT && strstr(e.cause, "the passphrase is wrong"), "%s", e.cause);
	err_clear(&e);
	cr_expect_not(key_load_private(&a, other, (struct str){ NULL, 0 }, &sec1, &e));
	cr_expect(e.kind == ERR_INPUT && strstr(e.cause, "--passphrase-file"), "%s", e.cause);
	err_clear(&e);
	ORACLE(&a, "openssl", "pkey", "-in", pem, "-traditional", "-out", other);
	cr_assert(strstr(files_get(&a, other), "BEGIN EC PRIVATE KEY"));
	cr_expect(key_load_private(&a, other, (struct str){ NULL, 0 }, &sec1, &e), "%s", e.cause);
	files_remove(dir);
}

/* 2001-09-09 and 2033-05-18, as openssl wrote them. */
Test(key, a_certificate_gives_its_key_and_its_time)
{
	AUTO_ARENA a = { 0 };
	const char *dir = files_temporary(&a), *crt = arena_printf(&a, "%s/k.crt", dir);
	const char *pem = arena_printf(&a, "%s/k.pem", dir);
	AUTO_KEY of_crt = KEY_INIT, of_pub = KEY_INIT, bad = KEY_INIT;
	struct error e = { 0 };

	key_make_pair(&a, dir, "k", 0);
	certificate_make(&a, pem, "20010909014640Z", "20330518033320Z", crt);
	cr_assert(key_load_trusted(&a, crt, &of_crt, &e), "%s", e.cause);
	cr_assert(key_load_trusted(&a, arena_printf(&a, "%s/k.pub", dir), &of_pub, &e), "%s",
		  e.cause);
	cr_expect_str_eq(of_crt.hint, of_pub.hint);
	cr_expect_eq(of_crt.from, 1000000000);
	cr_expect_eq(of_crt.until, 2000000000);
	cr_expect_eq(of_pub.until, 0);
	files_put(crt, "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
	cr_expect_not(key_load_trusted(&a, crt, &bad, &e));
	cr_expect(e.kind == ERR_INPUT && strstr(e.cause, "certificate is malformed"), "%s",
		  e.cause);
	files_remove(dir);
}

Test(key, what_is_no_usable_key_is_refused_with_the_reason)
{
	AUTO_ARENA a = { 0 };
	const char *dir = files_temporary(&a), *pem = arena_printf(&a, "%s/k.pem", dir);
	const char *rsa, *p384, *pub;
	struct error e = { 0 };
	AUTO_KEY k = KEY_INIT;

	key_make_pair(&a, dir, "k", 0);
	pub = files_get(&a, arena_printf(&a, "%s/k.pub", dir));
	rsa = str_dup(&a, ORACLE(&a, "openssl", "genpkey", "-algorithm", "RSA"));
	p384 = str_dup(&a, ORACLE(&a, "openssl", "genpkey", "-algorithm", "EC", "-pkeyopt",
				  "ec_paramgen_curve:P-384"));
	const struct {
		const char *text, *says;
		bool public;
	} cases[] = {
		{ rsa, "x: this is a key of the kind RSA; only ECDSA on P-256", false },
		{ p384, "the kind EC secp384r1;", false },
		{ pub, "x: this is not a private key in PEM; it is a public one", false },
		{ "hello", "x: this is not a private key in PEM", false },
		{ "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n",
		  "x: this private key is malformed", false },
		{ "-----BEGIN ENCRYPTED SIGSTORE PRIVATE KEY-----\n", "cosign's own form", false },
		{ files_get(&a, pem), "it is a private one: openssl pkey -pubout", true },
		{ "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n",
		  "x: this public key is malformed", true },
		{ "-----BEGIN PUBLIC KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,"
		  "00112233445566778899AABBCCDDEEFF\n\nAAAAAAAAAAAAAAAAAAAAAA==\n"
		  "-----END PUBLIC KEY-----\n",
		  "x: this public key is malformed", true },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct str text = str_of(cases[i].text);
		bool ok = cases[i].public ? key_read_public(&a, "x", text, &k, &e)
					  : key_read_private(&a, "x", text, (struct str){ NULL, 0 },
							     &k, &e);

		cr_expect(!ok && e.kind == ERR_INPUT && strstr(e.cause, cases[i].says), "%zu: %s",
			  i, e.cause);
		err_clear(&e);
	}
	files_remove(dir);
}

Test(key, a_secret_that_others_may_read_is_refused)
{
	AUTO_ARENA a = { 0 };
	const char *dir = files_temporary(&a), *path = arena_printf(&a, "%s/k.pem", dir);
	struct error e = { 0 };
	AUTO_KEY k = KEY_INIT;
	struct str pass = { NULL, 0 };

	key_make_pair(&a, dir, "k", 0);
	for (unsigned mode = 0640; mode >= 0604; mode -= 034) {
		cr_assert_eq(chmod(path, mode), 0);
		cr_expect_not(key_load_private(&a, path, pass, &k, &e));
		cr_expect(e.kind == ERR_SYSTEM &&
				  strstr(e.cause, arena_printf(&a, "mode %o", mode)) &&
				  strstr(e.cause, "chmod 600"),
			  "%s", e.cause);
		err_clear(&e);
	}
	path = arena_printf(&a, "%s/pass", dir);
	key_put_bytes(path, STR("one\ntwo\n"));
	cr_assert_eq(chmod(path, 0644), 0);
	cr_expect_not(key_passphrase(&a, path, &pass, &e));
	cr_expect_eq(e.kind, ERR_SYSTEM);
	err_clear(&e);
	cr_assert_eq(chmod(path, 0600), 0);
	setenv("IMGBUILD_PASSPHRASE", "three", 1);
	cr_assert(key_passphrase(&a, path, &pass, &e));
	cr_expect(str_eq(pass, STR("one")));
	cr_assert(key_passphrase(&a, NULL, &pass, &e));
	cr_expect(str_eq(pass, STR("three")));
	setenv("IMGBUILD_PASSPHRASE", "", 1); /* a secret that a CI service does not have */
	cr_assert(key_passphrase(&a, NULL, &pass, &e));
	cr_expect_null(pass.p);
	setenv("IMGBUILD_PASSPHRASE", "three", 1);
	cr_expect_not(key_load_private(&a, arena_printf(&a, "%s/none", dir), pass, &k, &e));
	cr_expect(e.kind == ERR_INPUT && strstr(e.cause, "there is no file "), "%s", e.cause);
	err_clear(&e);
	cr_expect_not(private_file_read(&a, dir, 10, &pass, &e));
	cr_expect(strstr(e.cause, "not a regular file"), "%s", e.cause);
	err_clear(&e);
	cr_expect_not(private_file_read(&a, path, 3, &pass, &e));
	cr_expect(strstr(e.cause, "more than 3"), "%s", e.cause);
	files_remove(dir);
}

/* A file of the wrong kind is told so, whoever may read it: no mode makes it right. */
Test(key, files_that_hold_no_private_key_are_told_apart)
{
	static const struct {
		const char *make, *says;
	} files[] = {
		{ "openssl genpkey -algorithm ED25519 | openssl pkey -pubout -out f",
		  "f: this is not a private key in PEM; it is a public one" },
		{ "openssl req -x509 -newkey ed25519 -nodes -subj /CN=x -keyout k -out f",
		  "f: this is not a private key in PEM; it is a certificate" },
		{ "ssh-keygen -q -t ed25519 -N '' -f f",
		  "f is a key in OpenSSH's own form, which is not supported" },
		{ ": > f", "f: this is not a private key in PEM" },
	};
	AUTO_ARENA a = { 0 };

	oracle_need("openssl");
	oracle_need("ssh-keygen");
	for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
		const char *dir = files_temporary(&a), *path = arena_printf(&a, "%s/f", dir);
		AUTO_KEY k = KEY_INIT;
		struct error e = { 0 };

		ORACLE(&a, "sh", "-c",
		       arena_printf(&a, "cd %s && exec 2>&1 && %s", dir, files[i].make));
		cr_assert_eq(chmod(path, 0644), 0);
		cr_expect_not(key_load_private(&a, path, (struct str){ NULL, 0 }, &k, &e));
		cr_expect(e.kind == ERR_INPUT && strstr(e.cause, files[i].says), "%s", e.cause);
		err_clear(&e);
		if (i == 1) {
			cr_expect_not(key_load_public(&a, path, &k, &e));
			cr_expect(strstr(e.cause, "it is a certificate: openssl x509 -pubkey"),
				  "%s", e.cause);
		}
		files_remove(dir);
	}
}

/* Mode 0600 is not enough, and no chmod helps. Only root can make such a file. */
Test(key, a_secret_of_somebody_else_is_refused)
{
	AUTO_ARENA a = { 0 };
	const char *dir = files_temporary(&a), *path = arena_printf(&a, "%s/secret", dir);
	struct error e = { 0 };
	struct str text;

	key_put_bytes(path, STR("secret"));
	cr_assert_eq(chmod(path, 0600), 0);
	if (chown(path, 1234, (gid_t)-1) == 0) {
		cr_expect_not(private_file_read(&a, path, 10, &text, &e));
		cr_expect(e.kind == ERR_SYSTEM &&
				  strstr(e.cause, "belongs to user 1234, not to user ") &&
				  !strstr(e.cause, "chmod"),
			  "%s", e.cause);
	}
	files_remove(dir);
}

static bool secret_read_again(void *path, struct error *e)
{
	AUTO_ARENA a = { 0 };
	struct str text;

	return private_file_read(&a, path, 10, &text, e) && str_eq(text, STR("secret"));
}

Test(key, a_secret_that_cannot_be_read_is_an_error)
{
	static const char *const calls[] = { "openat", "newfstatat", "fstat", "pread64", NULL };
	AUTO_ARENA a = { 0 };
	const char *dir = files_temporary(&a);
	char *path = arena_printf(&a, "%s/secret", dir);

	key_put_bytes(path, STR("secret"));
	cr_assert_eq(chmod(path, 0600), 0);
	cr_expect_eq(fault_sweep(&(struct fault_sweep){ calls, secret_read_again, path, true }),
		     3u);
	files_remove(dir);
}

Test(key, base64_is_that_of_rfc_4648)
{
	static const char *const vectors[][2] = { /* RFC 4648, 10 */
						  { "", "" },
						  { "f", "Zg==" },
						  { "fo", "Zm8=" },
						  { "foo", "Zm9v" },
						  { "foob", "Zm9vYg==" },
						  { "fooba", "Zm9vYmE=" },
						  { "foobar", "Zm9vYmFy" }
	};
	AUTO_ARENA a = { 0 };
	struct str out;

	for (size_t i = 0; i < ARRAY_SIZE(vectors); i++) {
		cr_expect_str_eq(base64_encode(&a, str_of(vectors[i][0])), vectors[i][1]);
		cr_expect(base64_decode(&a, str_of(vectors[i][1]), &out) &&
			  str_eq(out, str_of(vectors[i][0])));
	}
	cr_expect_str_eq(base64_encode(&a, STR("\xff\xef\xbe")), "/+++");
	cr_expect_not(base64_decode(&a, STR("Zg=\n"), &out));
	cr_expect_not(base64_decode(&a, STR("Z"), &out));
	cr_expect_not(base64_decode(&a, STR("Zm\0v"), &out));
}
