/* SPDX-License-Identifier: Apache-2.0 */
/* libcrypto does the work. */

#include "point.h"

#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <openssl/pem.h>

#define P256_POINT 65 /* uncompressed (SEC 1, 2.3.3) */
#define ED25519_POINT 32

/* As object identifiers; Edwards curves also by name (PKCS#11 3.0). */
#define P256_CURVE "\x06\x08\x2a\x86\x48\xce\x3d\x03\x01\x07"
#define ED25519_CURVE "\x06\x03\x2b\x65\x70"
#define ED25519_NAME \
	"\x13\x0c"   \
	"edwards25519"

/* CKA_EC_POINT is an OCTET STRING in DER; some modules give what is in it. */
static struct str point_bytes(struct str point)
{
	if (point.n > 2 && point.p[0] == 4 && (size_t)(unsigned char)point.p[1] == point.n - 2)
		return str_from(point, 2);
	return point;
}

static EVP_PKEY *point_p256(struct str bytes)
{
	char group[] = "prime256v1";
	OSSL_PARAM params[] = {
		OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, group, 0),
		OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY,
						  (void *)(uintptr_t)bytes.p, bytes.n),
		OSSL_PARAM_construct_end(),
	};
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, "EC", NULL);
	EVP_PKEY *key = NULL;

	if (ctx && EVP_PKEY_fromdata_init(ctx) == 1)
		EVP_PKEY_fromdata(ctx, &key, EVP_PKEY_PUBLIC_KEY, params);
	EVP_PKEY_CTX_free(ctx);
	return key;
}

static EVP_PKEY *point_key(struct str curve, struct str bytes)
{
	if (str_eq(curve, STR(P256_CURVE)) && bytes.n == P256_POINT)
		return point_p256(bytes);
	if ((str_eq(curve, STR(ED25519_CURVE)) || str_eq(curve, STR(ED25519_NAME))) &&
	    bytes.n == ED25519_POINT)
		return EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL,
						   (const unsigned char *)bytes.p, bytes.n);
	return NULL;
}

bool point_pem(struct arena *a, struct str curve, struct str point, const char **pem,
	       struct error *e)
{
	EVP_PKEY *key = point_key(curve, point_bytes(point));
	BIO *bio = BIO_new(BIO_s_mem());
	char *text = NULL;
	long n = 0;

	if (key && bio && PEM_write_bio_PUBKEY(bio, key) == 1)
		n = BIO_get_mem_data(bio, &text);
	*pem = n > 0 ? arena_strndup(a, text, (size_t)n) : NULL;
	BIO_free(bio);
	EVP_PKEY_free(key);
	ERR_clear_error();
	return *pem || err_set(e, ERR_INPUT,
			       "this is neither a key on P-256 nor one of Ed25519; only these are "
			       "supported");
}

bool point_signature_der(struct arena *a, struct str raw, struct str *der, struct error *e)
{
	const unsigned char *bytes = (const unsigned char *)raw.p;
	int half = (int)(raw.n / 2), n = -1;
	ECDSA_SIG *s = raw.n == 64 ? ECDSA_SIG_new() : NULL;
	BIGNUM *r = s ? BN_bin2bn(bytes, half, NULL) : NULL;
	BIGNUM *t = s ? BN_bin2bn(bytes + half, half, NULL) : NULL;
	unsigned char *out = NULL;

	if (s && r && t && ECDSA_SIG_set0(s, r, t) == 1) {
		n = i2d_ECDSA_SIG(s, &out);
	} else {
		BN_free(r);
		BN_free(t);
	}
	if (n > 0)
		*der = str_copy(a, (struct str){ (const char *)out, (size_t)n });
	OPENSSL_free(out);
	ECDSA_SIG_free(s);
	ERR_clear_error();
	return n > 0 ||
	       err_set(e, ERR_SYSTEM, "the token gave a signature of %zu bytes, not 64", raw.n);
}
