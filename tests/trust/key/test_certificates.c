/* SPDX-License-Identifier: Apache-2.0 */
/* Chains of certificates that openssl makes, right ones and wrong ones; and keys out of them. */

#include "trust/key/certificates.h"

#include <criterion/criterion.h>
#include <sys/stat.h>

#include "format/text/base64.h"
#include "support/fixture_files.h"
#include "support/fixture_keypair.h"
#include "support/fixture_oracle.h"
#include "trust/key/key.h"

struct chain_world {
	struct arena a;
	const char *dir;
};

static const char *chain_path(struct chain_world *w, const char *name)
{
	return arena_printf(&w->a, "%s/%s", w->dir, name);
}

/* root.crt issues leaf.crt, which is for signing code; other.crt is of nobody. */
static void chain_open(struct chain_world *w)
{
	static const char *const names[] = { "root", "leaf", "other" };

	*w = (struct chain_world){ .a = { 0 } };
	w->dir = files_temporary(&w->a);
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		keypair_make(&w->a, w->dir, names[i], false);
		if (strcmp(names[i], "leaf") != 0)
			ORACLE(&w->a, "openssl", "req", "-x509", "-new", "-key",
			       chain_path(w, arena_printf(&w->a, "%s.pem", names[i])), "-subj",
			       arena_printf(&w->a, "/CN=%s", names[i]), "-days", "30", "-out",
			       chain_path(w, arena_printf(&w->a, "%s.crt", names[i])));
	}
	files_put(chain_path(w, "ext"),
		  "extendedKeyUsage=codeSigning\nkeyUsage=critical,digitalSignature\n");
	ORACLE(&w->a, "openssl", "req", "-new", "-key", chain_path(w, "leaf.pem"), "-subj",
	       "/CN=leaf", "-out", chain_path(w, "leaf.csr"));
	ORACLE(&w->a, "openssl", "x509", "-req", "-in", chain_path(w, "leaf.csr"), "-CA",
	       chain_path(w, "root.crt"), "-CAkey", chain_path(w, "root.pem"), "-CAcreateserial",
	       "-days", "30", "-extfile", chain_path(w, "ext"), "-out", chain_path(w, "leaf.crt"));
}

static void chain_close(struct chain_world *w)
{
	files_remove(w->dir);
	arena_free(&w->a);
}

/* The texts of files, one behind the other: "leaf.crt root.crt". A name that is none is a text. */
static const char *chain_file(struct chain_world *w, const char *const *names)
{
	struct buf text = { .a = &w->a };

	for (; *names; names++)
		buf_puts(&text, strstr(*names, ".crt") || strstr(*names, ".pub")
					? files_get(&w->a, chain_path(w, *names))
					: *names);
	files_put(chain_path(w, "chain"), text.n ? buf_cstr(&text) : "");
	return chain_path(w, "chain");
}

Test(certificates, a_chain_is_read_as_openssl_prints_it)
{
	struct chain_world w;
	struct certificates l;
	struct error e = { 0 };
	struct str hash;
	struct digest d;

	chain_open(&w);
	cr_assert(certificates_load(&w.a,
				    chain_file(&w, (const char *const[]){ "leaf.crt", "root.crt",
									  NULL }),
				    &l, &e),
		  "%s", e.cause);
	cr_assert_eq(l.v.n, 2);
	for (size_t i = 0; i < 2; i++) {
		struct str der = ORACLE(&w.a, "openssl", "x509", "-outform", "DER", "-in",
					chain_path(&w, i ? "root.crt" : "leaf.crt"));

		cr_expect(str_eq(l.v.v[i].der, der));
		d = digest_of(der);
		cr_expect(digest_eq(&l.v.v[i].sha256, &d));
	}
	hash = ORACLE(&w.a, "openssl", "pkey", "-pubin", "-outform", "DER", "-in",
		      chain_path(&w, "leaf.pub"));
	d = digest_of(hash);
	cr_expect_str_eq(l.hint,
			 base64_encode(&w.a, (struct str){ (const char *)d.b, sizeof(d.b) }));
	chain_close(&w);
}

Test(certificates, what_is_no_chain_is_refused)
{
	static const struct {
		const char *const names[8];
		const char *says;
	} cases[] = {
		{ { "leaf.crt", NULL }, NULL },
		{ { "leaf.crt", "root.crt", "text behind it\n", NULL }, NULL },
		{ { NULL }, "this is no certificate in PEM" },
		{ { "hello\n", NULL }, "this is no certificate in PEM" },
		{ { "leaf.pub", NULL }, "this is no certificate in PEM" },
		{ { "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", NULL },
		  "this is no certificate in PEM" },
		{ { "leaf.crt", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
		    NULL },
		  "a certificate is malformed" },
		{ { "leaf.crt", "-----BEGIN CERTIFICATE-----\nAA", NULL },
		  "a certificate is malformed" },
		{ { "leaf.crt", "other.crt", NULL },
		  "certificate 2 did not issue certificate 1; the key's own comes first, its "
		  "issuer's next" },
		{ { "leaf.crt", "root.crt", "leaf.crt", NULL },
		  "certificate 3 did not issue certificate 2" },
		{ { "root.crt", "leaf.crt", NULL },
		  "the first certificate is not for signing code; notation takes none without the "
		  "extended key usage codeSigning" },
		{ { "leaf.crt", "root.crt", "root.crt", "root.crt", "root.crt", "root.crt",
		    "root.crt", NULL },
		  NULL },
	};
	struct chain_world w;

	chain_open(&w);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const char *path = chain_file(&w, cases[i].names);
		struct certificates l;
		struct error e = { 0 };
		char text[1600] = "";
		bool ok = certificates_load(&w.a, path, &l, &e);

		err_format(&e, text, sizeof(text));
		cr_expect_eq(ok, cases[i].says == NULL, "%zu: %s", i, text);
		cr_expect(ok || (e.kind == ERR_INPUT && strstr(text, path) && cases[i].says &&
				 strstr(text, cases[i].says)),
			  "%zu: %s", i, text);
	}
	chain_close(&w);
}

Test(certificates, a_chain_has_an_end)
{
	for (size_t n = CERTIFICATES_MAX; n <= CERTIFICATES_MAX + 1; n++) {
		struct chain_world w;
		struct certificates l;
		struct error e = { 0 };
		const char **names;
		char text[1600] = "";

		chain_open(&w);
		names = arena_array(&w.a, n + 1, sizeof(*names));
		for (size_t i = 0; i < n; i++)
			names[i] = i ? "root.crt" : "leaf.crt";
		cr_expect_eq(certificates_load(&w.a, chain_file(&w, names), &l, &e),
			     n == CERTIFICATES_MAX);
		err_format(&e, text, sizeof(text));
		if (n > CERTIFICATES_MAX)
			cr_expect_str_eq(text, arena_printf(&w.a,
							    "%s/chain holds more than %d "
							    "certificates",
							    w.dir, CERTIFICATES_MAX));
		else
			cr_expect_eq(l.v.n, n);
		chain_close(&w);
	}
}

/* ---- keys that are none ---- */

Test(certificates, keys_of_other_kinds_and_damaged_ones_are_told)
{
	static const struct {
		const char *text, *says;
	} cases[] = {
		{ "-----BEGIN ENCRYPTED COSIGN PRIVATE KEY-----\n",
		  " is encrypted in cosign's own form" },
		{ "-----BEGIN ENCRYPTED SIGSTORE PRIVATE KEY-----\n",
		  " is encrypted in cosign's own form" },
		{ "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n",
		  ": this private key is malformed" },
		{ "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n",
		  ": this is not a private key in PEM; it is a public one" },
		{ "x", ": this is not a private key in PEM" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		AUTO_ARENA a = { 0 };
		AUTO_KEY k = KEY_INIT;
		struct error e = { 0 };
		char text[1600];

		cr_expect_not(key_read_private(&a, "k.pem", str_of(cases[i].text),
					       (struct str){ NULL, 0 }, &k, &e));
		cr_expect_eq(e.kind, ERR_INPUT);
		err_format(&e, text, sizeof(text));
		cr_expect(str_starts(str_of(text),
				     str_of(arena_printf(&a, "k.pem%s", cases[i].says))),
			  "%s", text);
	}
}

Test(certificates, a_passphrase_that_is_too_long_is_a_wrong_one)
{
	AUTO_ARENA a = { 0 };
	const char *dir = files_temporary(&a), *pem = arena_printf(&a, "%s/k.pem", dir);
	AUTO_KEY k = KEY_INIT;
	struct error e = { 0 };
	char *long_one = arena_alloc(&a, 5000), text[1600];

	oracle_need("openssl");
	ORACLE(&a, "openssl", "genpkey", "-algorithm", "ED25519", "-aes256", "-pass", "pass:good",
	       "-out", pem);
	memset(long_one, 'g', 5000);
	cr_expect_not(key_read_private(&a, "k.pem", str_of(files_get(&a, pem)),
				       (struct str){ long_one, 5000 }, &k, &e));
	err_format(&e, text, sizeof(text));
	cr_expect_str_eq(text, "k.pem: the passphrase is wrong, or the key is damaged");
	err_clear(&e);
	cr_expect(key_read_private(&a, "k.pem", str_of(files_get(&a, pem)), STR("good"), &k, &e));
	files_remove(dir);
}

Test(certificates, a_passphrase_ends_with_its_line)
{
	static const struct {
		const char *text, *passphrase;
	} cases[] = {
		{ "good", "good" },	    { "good\n", "good" }, { "good\r\n", "good" },
		{ "good\nmore\n", "good" }, { "\n", "" },
	};
	AUTO_ARENA a = { 0 };
	const char *dir = files_temporary(&a), *path = arena_printf(&a, "%s/pass", dir);

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct error e = { 0 };
		struct str out;

		files_put(path, cases[i].text);
		cr_assert_eq(chmod(path, 0600), 0);
		cr_assert(key_passphrase(&a, path, &out, &e), "%s", e.cause);
		cr_expect(str_eq(out, str_of(cases[i].passphrase)), "%zu: " STR_FMT, i,
			  STR_ARG(out));
	}
	files_remove(dir);
}

Test(certificates, what_is_not_there_is_no_key)
{
	static const char *const names[] = { "nothing", "file/below" };
	AUTO_ARENA a = { 0 };
	const char *dir = files_temporary(&a);

	files_put(arena_printf(&a, "%s/file", dir), "");
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		const char *path = arena_printf(&a, "%s/%s", dir, names[i]);
		AUTO_KEY k = KEY_INIT;
		struct error e = { 0 }, f = { 0 };
		struct certificates l;
		char text[1600];

		cr_expect_not(key_load_private(&a, path, (struct str){ NULL, 0 }, &k, &e));
		cr_expect_eq(e.kind, ERR_INPUT);
		err_format(&e, text, sizeof(text));
		cr_expect_str_eq(text, arena_printf(&a, "there is no file %s", path));
		cr_expect_not(key_load_trusted(&a, path, &k, &f));
		err_clear(&f);
		cr_expect_not(certificates_load(&a, path, &l, &f));
	}
	files_remove(dir);
}
