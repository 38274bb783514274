/* SPDX-License-Identifier: Apache-2.0 */
/* From PEM to EVP_PKEY. What is signed and why, others know. */

#include "trust/key/key.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <stdlib.h>
#include <time.h>

#include "base/digest.h"
#include "format/text/base64.h"
#include "trust/key/private_file.h"

#define KEY_FILE_MAX (64u << 10)
#define SIGNATURE_MAX 256

void key_drop(struct key *k)
{
	EVP_PKEY_free(k->pkey);
	k->pkey = NULL;
	if (k->passphrase.p)
		private_file_wipe(k->passphrase);
	k->passphrase = (struct str){ NULL, 0 };
}

void keys_drop(struct keys *l)
{
	for (size_t i = 0; i < l->n; i++)
		key_drop(&l->v[i]);
	l->n = 0;
}

static bool key_text_has(struct str text, const char *word)
{
	return memmem(text.p, text.n, word, strlen(word)) != NULL;
}

/* Only what the two algorithms of this project are. */
static bool key_take_kind(struct key *k, struct error *e)
{
	char curve[64] = "";
	size_t n;

	k->ed25519 = EVP_PKEY_is_a(k->pkey, "ED25519") == 1;
	if (k->ed25519)
		return true;
	if (EVP_PKEY_is_a(k->pkey, "EC") == 1 &&
	    EVP_PKEY_get_group_name(k->pkey, curve, sizeof(curve), &n) == 1 &&
	    strcmp(curve, "prime256v1") == 0)
		return true;
	return err_set(e, ERR_INPUT,
		       "%s: this is a key of the kind %s%s%s; only ECDSA on P-256 and Ed25519 are "
		       "supported",
		       k->file, EVP_PKEY_get0_type_name(k->pkey), curve[0] ? " " : "", curve);
}

static bool key_finish(struct arena *a, struct key *k, struct error *e)
{
	unsigned char *der = NULL;
	struct digest d;
	int n;

	if (!key_take_kind(k, e)) {
		key_drop(k);
		return false;
	}
	n = i2d_PUBKEY(k->pkey, &der);
	if (n <= 0) {
		key_drop(k);
		return err_set(e, ERR_INPUT, "%s: this key has no public part", k->file);
	}
	d = digest_of((struct str){ (const char *)der, (size_t)n });
	OPENSSL_free(der);
	k->hint = base64_encode(a, (struct str){ (const char *)d.b, sizeof(d.b) });
	return true;
}

struct key_secret {
	struct str passphrase;
	bool asked;
};

/* libcrypto asks for the passphrase. */
static int key_tell_passphrase(char *out, int size, int writing, void *owner)
{
	struct key_secret *s = owner;

	(void)writing;
	s->asked = true;
	if (!s->passphrase.p || s->passphrase.n > (size_t)size)
		return -1;
	memcpy(out, s->passphrase.p, s->passphrase.n);
	return (int)s->passphrase.n;
}

static bool key_is_foreign(const char *path, struct str text, struct error *e)
{
	if (key_text_has(text, "BEGIN ENCRYPTED SIGSTORE PRIVATE KEY") ||
	    key_text_has(text, "BEGIN ENCRYPTED COSIGN PRIVATE KEY"))
		return !err_set(
			e, ERR_INPUT,
			"%s is encrypted in cosign's own form, which is not supported; use a key "
			"in PKCS#8, which cosign takes too (cosign import-key-pair)",
			path);
	if (key_text_has(text, "BEGIN OPENSSH PRIVATE KEY"))
		return !err_set(
			e, ERR_INPUT,
			"%s is a key in OpenSSH's own form, which is not supported; openssl "
			"genpkey makes one in PKCS#8",
			path);
	if (!key_text_has(text, "PRIVATE KEY-----"))
		return !err_set(e, ERR_INPUT, "%s: this is not a private key in PEM%s", path,
				key_text_has(text, "BEGIN PUBLIC KEY")	  ? "; it is a public one"
				: key_text_has(text, "BEGIN CERTIFICATE") ? "; it is a certificate"
									  : "");
	return false;
}

bool key_read_private(struct arena *a, const char *path, struct str text, struct str passphrase,
		      struct key *out, struct error *e)
{
	struct key_secret secret = { .passphrase = passphrase };
	BIO *bio;

	*out = (struct key){ .file = path };
	if (key_is_foreign(path, text, e))
		return false;
	bio = BIO_new_mem_buf(text.p, (int)text.n);
	if (!bio)
		return err_set(e, ERR_SYSTEM, "libcrypto: out of memory");
	out->pkey = PEM_read_bio_PrivateKey(bio, NULL, key_tell_passphrase, &secret);
	BIO_free(bio);
	ERR_clear_error();
	if (out->pkey)
		return key_finish(a, out, e);
	if (secret.asked && !passphrase.n)
		return err_set(e, ERR_INPUT,
			       "%s is encrypted; give its passphrase with --passphrase-file or "
			       "$IMGBUILD_PASSPHRASE",
			       path);
	return err_set(e, ERR_INPUT, "%s: %s", path,
		       secret.asked ? "the passphrase is wrong, or the key is damaged"
				    : "this private key is malformed");
}

bool key_read_public(struct arena *a, const char *path, struct str text, struct key *out,
		     struct error *e)
{
	struct key_secret none = { .asked = false };
	BIO *bio;

	*out = (struct key){ .file = path };
	if (!key_text_has(text, "BEGIN PUBLIC KEY"))
		return err_set(
			e, ERR_INPUT, "%s: this is not a public key in PEM%s", path,
			key_text_has(text, "PRIVATE KEY-----")
				? "; it is a private one: openssl pkey -pubout writes the public part"
			: key_text_has(text, "BEGIN CERTIFICATE")
				? "; it is a certificate: openssl x509 -pubkey -noout writes its key"
				: "");
	bio = BIO_new_mem_buf(text.p, (int)text.n);
	if (!bio)
		return err_set(e, ERR_SYSTEM, "libcrypto: out of memory");
	out->pkey = PEM_read_bio_PUBKEY(bio, NULL, key_tell_passphrase, &none);
	BIO_free(bio);
	ERR_clear_error();
	if (!out->pkey)
		return err_set(e, ERR_INPUT, "%s: this public key is malformed", path);
	return key_finish(a, out, e);
}

static bool key_read_time(const ASN1_TIME *t, int64_t *out)
{
	struct tm tm;

	if (!t || ASN1_TIME_to_tm(t, &tm) != 1)
		return false;
	*out = (int64_t)timegm(&tm);
	return true;
}

static bool key_read_certificate(struct arena *a, const char *path, struct str text,
				 struct key *out, struct error *e)
{
	BIO *bio = BIO_new_mem_buf(text.p, (int)text.n);
	struct key_secret none = { .asked = false };
	X509 *x = bio ? PEM_read_bio_X509(bio, NULL, key_tell_passphrase, &none) : NULL;
	bool ok;

	*out = (struct key){ .file = path };
	BIO_free(bio);
	ok = x && key_read_time(X509_get0_notBefore(x), &out->from) &&
	     key_read_time(X509_get0_notAfter(x), &out->until);
	if (ok)
		out->pkey = X509_get_pubkey(x);
	X509_free(x);
	ERR_clear_error();
	if (!ok || !out->pkey)
		return err_set(e, ERR_INPUT, "%s: this certificate is malformed", path);
	return key_finish(a, out, e);
}

bool key_load_trusted(struct arena *a, const char *path, struct key *out, struct error *e)
{
	struct str text;

	if (!io_read_named(a, path, KEY_FILE_MAX, &text, e))
		return false;
	return key_text_has(text, "BEGIN CERTIFICATE") ? key_read_certificate(a, path, text, out, e)
						       : key_read_public(a, path, text, out, e);
}

bool key_load_private(struct arena *a, const char *path, struct str passphrase, struct key *out,
		      struct error *e)
{
	struct str text;
	bool ok;

	/* who may read a file that holds no secret does not matter */
	if (!io_read_named(a, path, KEY_FILE_MAX, &text, e))
		return false;
	ok = !key_is_foreign(path, text, e);
	private_file_wipe(text);
	if (!ok || !private_file_read(a, path, KEY_FILE_MAX, &text, e))
		return false;
	ok = key_read_private(a, path, text, passphrase, out, e);
	private_file_wipe(text);
	return ok;
}

bool key_load_public(struct arena *a, const char *path, struct key *out, struct error *e)
{
	struct str text;

	return io_read_named(a, path, KEY_FILE_MAX, &text, e) &&
	       key_read_public(a, path, text, out, e);
}

bool key_passphrase(struct arena *a, const char *path, struct str *out, struct error *e)
{
	const char *env = getenv("IMGBUILD_PASSPHRASE");
	struct str rest;

	*out = env && env[0] ? str_of(env) : (struct str){ NULL, 0 };
	if (!path)
		return true;
	if (!private_file_read(a, path, KEY_FILE_MAX, out, e))
		return false;
	str_cut(*out, '\n', out, &rest);
	if (str_ends(*out, STR("\r")))
		out->n--;
	return true;
}

bool key_sign(struct arena *a, const struct key *k, struct str bytes, struct str *out,
	      struct error *e)
{
	const EVP_MD *hash = k->ed25519 ? NULL : EVP_sha256();
	size_t n = SIGNATURE_MAX;
	EVP_MD_CTX *ctx;
	char *p;
	bool ok;

	if (k->sign)
		return k->sign(a, k, bytes, out, e);
	ctx = EVP_MD_CTX_new();
	p = arena_alloc(a, n);
	ok = ctx && EVP_DigestSignInit(ctx, NULL, hash, NULL, k->pkey) == 1 &&
	     EVP_DigestSign(ctx, (unsigned char *)p, &n, (const unsigned char *)bytes.p, bytes.n) ==
		     1;
	EVP_MD_CTX_free(ctx);
	ERR_clear_error();
	*out = (struct str){ p, n };
	return ok || err_set(e, ERR_SYSTEM, "%s: libcrypto cannot sign with this key", k->file);
}

bool key_verify(const struct key *k, struct str bytes, struct str signature)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	const EVP_MD *hash = k->ed25519 ? NULL : EVP_sha256();
	bool ok = ctx && EVP_DigestVerifyInit(ctx, NULL, hash, NULL, k->pkey) == 1 &&
		  EVP_DigestVerify(ctx, (const unsigned char *)signature.p, signature.n,
				   (const unsigned char *)bytes.p, bytes.n) == 1;

	EVP_MD_CTX_free(ctx);
	ERR_clear_error();
	return ok;
}
