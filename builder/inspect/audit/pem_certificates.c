/* SPDX-License-Identifier: Apache-2.0 */
/* Whether a certificate is any good but for its date, nobody is asked here. */

#include "inspect/audit/pem_certificates.h"

#include <limits.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <sys/param.h>

static void pem_release_bio(BIO **b)
{
	BIO_free(*b);
}

static void pem_count(X509 *x, time_t now, struct pem_certificates *out)
{
	const ASN1_TIME *end = X509_get0_notAfter(x);

	out->n++;
	/* 0 is for a date that cannot be read: no client takes such a certificate */
	if (X509_cmp_time(end, &now) > 0) {
		struct tm tm;
		time_t until = ASN1_TIME_to_tm(end, &tm) ? timegm(&tm) : now;

		if (until < out->until)
			out->until = until;
		return;
	}
	if (out->expired++ == 0)
		X509_NAME_oneline(X509_get_subject_name(x), out->first, sizeof(out->first));
}

/* A block may say that it is encrypted: nobody at the terminal is asked for the passphrase. */
static int pem_no_passphrase(char *out, int size, int writing, void *owner)
{
	(void)out;
	(void)size;
	(void)writing;
	(void)owner;
	return -1;
}

struct pem_certificates pem_certificates_of(struct str text, time_t now)
{
	int size = (int)MIN(text.n, INT_MAX);
	BIO *bio __attribute__((cleanup(pem_release_bio))) = BIO_new_mem_buf(text.p, size);
	struct pem_certificates out = { .until = (time_t)INT64_MAX };

	/* NULL is the answer for a malformed block, too: the end is where nothing more is read */
	for (size_t left = text.n + 1; bio && BIO_ctrl_pending(bio) < left;) {
		X509 *x;

		left = BIO_ctrl_pending(bio);
		x = PEM_read_bio_X509(bio, NULL, pem_no_passphrase, NULL);
		if (x)
			pem_count(x, now, &out);
		X509_free(x);
		ERR_clear_error();
	}
	return out;
}
