/* SPDX-License-Identifier: Apache-2.0 */
/* From PEM to DER and thumbprints. Who is trusted, others decide. */

#include "trust/key/certificates.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <sys/param.h>

#include "format/text/base64.h"

#define CHAIN_FILE_MAX (64u << 10)

static void certificate_drop(X509 **x)
{
	X509_free(*x);
}
#define AUTO_X509 __attribute__((cleanup(certificate_drop))) X509 *

static struct str certificate_der(struct arena *a, X509 *x)
{
	unsigned char *der = NULL;
	int n = i2d_X509(x, &der);
	struct str out = { NULL, 0 };

	if (n > 0)
		out = str_copy(a, (struct str){ (const char *)der, (size_t)n });
	OPENSSL_free(der);
	return out;
}

static const char *certificate_hint(struct arena *a, X509 *x)
{
	unsigned char *der = NULL;
	int n = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(x), &der);
	struct digest d = digest_of((struct str){ (const char *)der, (size_t)MAX(n, 0) });

	OPENSSL_free(der);
	return base64_encode(a, (struct str){ (const char *)d.b, sizeof(d.b) });
}

/* What the first one has to be for others to take its signatures. */
static bool certificate_check_leaf(const struct certificates *l, X509 *x, struct error *e)
{
	if (X509_get_extension_flags(x) & EXFLAG_XKUSAGE &&
	    X509_get_extended_key_usage(x) & XKU_CODE_SIGN)
		return true;
	return err_set(e, ERR_INPUT,
		       "%s: the first certificate is not for signing code; notation takes none "
		       "without the extended key usage codeSigning",
		       l->file);
}

static bool certificates_add(struct arena *a, struct certificates *l, X509 *x, X509 *before,
			     struct error *e)
{
	struct certificate *c;

	if (l->v.n == CERTIFICATES_MAX)
		return err_set(e, ERR_INPUT, "%s holds more than %d certificates", l->file,
			       CERTIFICATES_MAX);
	if (before && X509_check_issued(x, before) != X509_V_OK)
		return err_set(e, ERR_INPUT,
			       "%s: certificate %zu did not issue certificate %zu; the key's own "
			       "comes first, its issuer's next",
			       l->file, l->v.n + 1, l->v.n);
	if (!before && !certificate_check_leaf(l, x, e))
		return false;
	if (!before)
		l->hint = certificate_hint(a, x);
	c = list_push(a, &l->v);
	c->der = certificate_der(a, x);
	c->sha256 = digest_of(c->der);
	return true;
}

/* A certificate needs no passphrase: nobody is asked for one. */
static int certificates_tell_nothing(char *out, int size, int writing, void *owner)
{
	(void)out;
	(void)size;
	(void)writing;
	(void)owner;
	return -1;
}

static bool certificates_read_bio(struct arena *a, BIO *bio, struct certificates *l,
				  struct error *e)
{
	AUTO_X509 before = NULL;

	for (;;) {
		X509 *x = PEM_read_bio_X509(bio, NULL, certificates_tell_nothing, NULL);
		bool ok;

		if (!x)
			break;
		ok = certificates_add(a, l, x, before, e);
		X509_free(before);
		before = x;
		if (!ok)
			return false;
	}
	if (l->v.n > 0 && ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE)
		return true;
	return err_set(e, ERR_INPUT, "%s: %s", l->file,
		       l->v.n ? "a certificate is malformed" : "this is no certificate in PEM");
}

static bool certificates_read(struct arena *a, const char *path, struct str text,
			      struct certificates *out, struct error *e)
{
	BIO *bio = BIO_new_mem_buf(text.p, (int)text.n);
	bool ok;

	*out = (struct certificates){ .file = path };
	if (!bio)
		return err_set(e, ERR_SYSTEM, "libcrypto: out of memory");
	ok = certificates_read_bio(a, bio, out, e);
	BIO_free(bio);
	ERR_clear_error();
	return ok;
}

bool certificates_load(struct arena *a, const char *path, struct certificates *out, struct error *e)
{
	struct str text;

	return io_read_named(a, path, CHAIN_FILE_MAX, &text, e) &&
	       certificates_read(a, path, text, out, e);
}
