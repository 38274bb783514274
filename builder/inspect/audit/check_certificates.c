/* SPDX-License-Identifier: Apache-2.0 */
/* Certificates in PEM files (.crt, .pem): are they still valid? Through OpenSSL's reader. */

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include "inspect/audit/check.h"

static void release_bio(BIO **b)
{
	BIO_free(*b);
}

struct expiry {
	size_t certificates, expired;
	char first[256]; /* subject of the first expired one */
};

static void count_certificate(X509 *x, time_t now, struct expiry *out)
{
	out->certificates++;
	if (X509_cmp_time(X509_get0_notAfter(x), &now) >= 0)
		return;
	if (out->expired++ == 0)
		X509_NAME_oneline(X509_get_subject_name(x), out->first, sizeof(out->first));
}

/* What is not a certificate in the file (keys, requests, text) is passed over. */
static struct expiry read_pem(struct str text, time_t now)
{
	BIO *bio __attribute__((cleanup(release_bio))) = BIO_new_mem_buf(text.p, (int)text.n);
	struct expiry out = { 0, 0, "" };
	X509 *x;

	while (bio && (x = PEM_read_bio_X509(bio, NULL, NULL, NULL)) != NULL) {
		count_certificate(x, now, &out);
		X509_free(x);
	}
	ERR_clear_error(); /* the end of the file is an error for OpenSSL */
	return out;
}

static bool check_certificate_file(struct audit_run *r, const struct item *i, struct error *e)
{
	AUTO_ARENA scratch = { 0 };
	struct expiry found_here;
	struct str text;

	if (!model_text(&scratch, r->m, i, &text, e))
		return false;
	found_here = read_pem(text, (time_t)r->now);
	if (found_here.expired)
		finding_add(r, "certificate.expired", i->path,
			    "%zu of %zu certificates; the first is %s", found_here.expired,
			    found_here.certificates, found_here.first);
	return true;
}

/* The first is enough: whether they are still valid is for check_certificate_file(). */
static bool has_certificate(struct str text)
{
	BIO *bio __attribute__((cleanup(release_bio))) = BIO_new_mem_buf(text.p, (int)text.n);
	X509 *x = bio ? PEM_read_bio_X509(bio, NULL, NULL, NULL) : NULL;
	bool there = x != NULL;

	X509_free(x);
	ERR_clear_error();
	return there;
}

/* The files in which TLS libraries look for authorities. */
static bool check_bundles(struct audit_run *r, struct error *e)
{
	static const char *const bundles[] = { "etc/ssl/certs/ca-certificates.crt",
					       "etc/ssl/cert.pem",
					       "etc/pki/tls/certs/ca-bundle.crt" };

	for (size_t i = 0; i < ARRAY_SIZE(bundles); i++) {
		const struct item *item = model_resolve(r->m, "", bundles[i], NULL);
		AUTO_ARENA scratch = { 0 };
		struct str text;

		if (!item || item->type != ITEM_FILE)
			continue;
		if (!model_text(&scratch, r->m, item, &text, e))
			return false;
		if ((text.p || item->size == 0) && !has_certificate(text))
			finding_add(r, "certificate.bundle-empty", bundles[i],
				    "it holds no certificate");
	}
	return true;
}

bool check_certificates(struct audit_run *r, struct error *e)
{
	if (!check_bundles(r, e))
		return false;
	for (size_t n = 0; n < r->m->items.n; n++) {
		const struct item *i = r->m->items.v[n];

		if (i->type == ITEM_FILE && i->kept_at && i->kind == CONTENT_TEXT && !i->shared &&
		    (str_ends(str_of(i->path), STR(".crt")) ||
		     str_ends(str_of(i->path), STR(".pem"))) &&
		    !check_certificate_file(r, i, e))
			return false;
	}
	return true;
}
