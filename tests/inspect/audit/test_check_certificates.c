/* SPDX-License-Identifier: Apache-2.0 */
/* Certificates past their date, made here by OpenSSL. */

#include <criterion/criterion.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ui.h>
#include <openssl/x509.h>

#include "inspect/audit/audit.h"
#include "inspect/audit/pem_memo.h"
#include "inspect/audit/rules.h"
#include "support/gen_image.h"

#define NOW 1790000000

/* A self-signed certificate valid up to `until`, in PEM; NO_DATE: up to what is no date. */
#define NO_DATE 0
static struct str make_certificate(struct arena *a, time_t until)
{
	EVP_PKEY *key = EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
	BIO *bio = BIO_new(BIO_s_mem());
	X509 *x = X509_new();
	char *p;
	struct str out;

	cr_assert(key && bio && x);
	ASN1_INTEGER_set(X509_get_serialNumber(x), 1);
	X509_NAME_add_entry_by_txt(X509_get_subject_name(x), "CN", MBSTRING_ASC,
				   (const unsigned char *)"demo", -1, -1, 0);
	X509_set_issuer_name(x, X509_get_subject_name(x));
	ASN1_TIME_set(X509_getm_notBefore(x), until - 1000);
	ASN1_TIME_set(X509_getm_notAfter(x), until);
	if (until == NO_DATE)
		ASN1_STRING_set(X509_getm_notAfter(x), "some day in May", -1);
	X509_set_pubkey(x, key);
	cr_assert(X509_sign(x, key, NULL) > 0 && PEM_write_bio_X509(bio, x));
	out = (struct str){ NULL, (size_t)BIO_get_mem_data(bio, &p) };
	out = str_copy(a, (struct str){ p, out.n });
	X509_free(x);
	EVP_PKEY_free(key);
	BIO_free(bio);
	return out;
}

static size_t count_expired(struct arena *a, struct str pem, const char **message)
{
	AUTO_IMAGEGEN g;
	struct audit_result r;
	struct error e = { 0 };
	size_t n = 0;

	imagegen_begin(&g, a);
	imagegen_file(&g, "etc/ssl/certs/ca-certificates.crt", 0644, pem);
	imagegen_write(&g);
	cr_assert(audit_image(a, &(struct audit_request){ .image = g.path, .now = NOW }, &r, &e));
	for (size_t i = 0; i < r.findings.n; i++) {
		if (strcmp(r.findings.v[i].rule->id, "certificate.expired") != 0)
			continue;
		*message = r.findings.v[i].message;
		n++;
	}
	return n;
}

Test(audit, certificates_past_their_date_are_counted_in_their_file)
{
	AUTO_ARENA a = { 0 };
	struct buf bundle = { .a = &a };
	const char *message = "";

	cr_expect(count_expired(&a, make_certificate(&a, NOW + 1), &message) == 0, "%s", message);
	buf_puts(&bundle, "# a bundle\n");
	buf_add(&bundle, make_certificate(&a, NOW + 1000000));
	buf_add(&bundle, make_certificate(&a, NOW - 1));
	buf_add(&bundle, make_certificate(&a, NOW - 1000));
	cr_expect(count_expired(&a, buf_str(&bundle), &message) == 1);
	cr_expect(strstr(message, "2 of 3") != NULL && strstr(message, "demo") != NULL, "%s",
		  message);
	cr_expect(count_expired(&a, make_certificate(&a, NO_DATE), &message) == 1);
	cr_expect(count_expired(&a, STR("-----BEGIN CERTIFICATE-----\nnone\n"), &message) == 0);
}

/* One that is malformed hides none of those behind it: blocks of bad base64, of base64 that is no
 * certificate, and without an end. */
Test(audit, malformed_certificates_are_passed_over)
{
	static const char *const malformed[] = {
		"-----BEGIN CERTIFICATE-----\n!!!!\n-----END CERTIFICATE-----\n",
		"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
		"-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n",
		"-----BEGIN CERTIFICATE-----\nAAAA\n-----END X-----\n",
		"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n",
	};
	AUTO_ARENA a = { 0 };

	for (size_t i = 0; i < ARRAY_SIZE(malformed); i++) {
		struct buf text = { .a = &a };
		struct pem_certificates found;

		buf_add(&text, make_certificate(&a, NOW + 1000000));
		buf_puts(&text, malformed[i]);
		buf_add(&text, make_certificate(&a, NOW - 1000000));
		buf_puts(&text, malformed[i]);
		found = pem_certificates_of(buf_str(&text), NOW);
		cr_expect_eq(found.n, 2, "%zu: %zu", i, found.n);
		cr_expect_eq(found.expired, 1, "%zu", i);
		cr_expect_str_eq(found.first, "/CN=demo");
	}
	cr_expect_eq(pem_certificates_of(STR(""), NOW).n, 0);
}

/* What was counted once holds until the next of them expires, and not before it was counted. */
Test(audit, certificates_of_one_text_are_counted_once_until_one_expires)
{
	AUTO_ARENA a = { 0 };
	AUTO_PEM_MEMO m = { .found = 0 };
	struct buf text = { .a = &a };

	buf_add(&text, make_certificate(&a, NOW + 100));
	buf_add(&text, make_certificate(&a, NOW + 200));
	cr_expect_eq(pem_memo_certificates(&m, buf_str(&text), NOW).expired, 0);
	cr_expect_eq(pem_memo_certificates(&m, buf_str(&text), NOW + 99).expired, 0);
	cr_expect_eq(m.found, 1u);
	cr_expect_eq(pem_memo_certificates(&m, buf_str(&text), NOW + 100).expired, 1);
	cr_expect_eq(m.found, 1u);
	cr_expect_eq(pem_memo_certificates(&m, buf_str(&text), NOW + 199).expired, 1);
	cr_expect_eq(m.found, 2u);
	cr_expect_eq(pem_memo_certificates(&m, buf_str(&text), NOW + 200).expired, 2);
	cr_expect_eq(pem_memo_certificates(&m, buf_str(&text), NOW - 1).expired, 0);
	cr_expect_eq(pem_memo_certificates(&m, STR("none"), NOW).n, 0);
	cr_expect_eq(m.found, 2u);
}

static int prompts;

static int count_prompt(UI *ui)
{
	(void)ui;
	prompts++;
	return 0;
}

/* An image may not make the audit ask whoever sits at the terminal. */
Test(audit, nobody_is_asked_for_the_passphrase_of_a_certificate)
{
	AUTO_ARENA a = { 0 };
	UI_METHOD *method = UI_create_method("counts");
	struct buf text = { .a = &a };
	struct pem_certificates found;

	cr_assert(method && UI_method_set_opener(method, count_prompt) == 0);
	UI_set_default_method(method);
	buf_puts(&text, "-----BEGIN CERTIFICATE-----\nProc-Type: 4,ENCRYPTED\n"
			"DEK-Info: AES-128-CBC,00112233445566778899AABBCCDDEEFF\n\n"
			"AAAAAAAAAAAAAAAAAAAAAA==\n-----END CERTIFICATE-----\n");
	buf_add(&text, make_certificate(&a, NOW + 1000000));
	found = pem_certificates_of(buf_str(&text), NOW);
	cr_expect_eq(prompts, 0);
	cr_expect_eq(found.n, 1);
	UI_destroy_method(method);
}
