/* SPDX-License-Identifier: Apache-2.0 */
/* DER, PEM, certificates. */

#include <criterion/criterion.h>
#include <string.h>

#include "common/cert.h"
#include "common/der.h"
#include "common/pem.h"
#include "fixture_certificates.h"

Test(der, elements_must_have_the_shortest_length)
{
	static const struct {
		const char *bytes;
		size_t n;
		bool ok;
		size_t len;
	} cases[] = {
		{ "\x02\x01\x05", 3, true, 1 },
		{ "\x02\x00", 2, true, 0 },
		{ "\x02\x02\x05", 3, false, 0 },
		{ "\x02", 1, false, 0 },
		{ "\x02\x81\x01\x05", 4, false, 0 },
		{ "\x30\x80\x00\x00", 4, false, 0 },
		{ "\x1f\x81\x01\x00", 4, false, 0 },
		{ "\x02\x82\x00\x80", 4, false, 0 },
		{ "\x02\x84\xff\xff\xff\xff", 6, false, 0 },
	};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct der d = { (const uint8_t *)cases[i].bytes, cases[i].n }, v = { 0 };
		uint8_t tag;
		bool ok = der_next(&d, &tag, &v);

		cr_expect_eq(ok, cases[i].ok, "case %zu", i);
		if (ok)
			cr_expect_eq(v.n, cases[i].len, "case %zu", i);
	}
}

Test(der, times)
{
	static const struct {
		uint8_t tag;
		const char *s;
		bool ok;
		int64_t t;
	} cases[] = {
		{ 0x17, "700101000000Z", true, 0 },
		{ 0x17, "491231235959Z", true, 2524607999 },
		{ 0x17, "500101000000Z", true, -631152000 },
		{ 0x18, "20500101000000Z", true, 2524608000 },
		{ 0x18, "20240229120000Z", true, 1709208000 },
		{ 0x18, "99991231235959Z", true, 253402300799 },
		{ 0x17, "7001010000Z", false, 0 },
		{ 0x17, "701301000000Z", false, 0 },
		{ 0x17, "700101000000+", false, 0 },
		{ 0x18, "700101000000Z", false, 0 },
		{ 0x17, "7001010000 0Z", false, 0 },
		{ 0x02, "700101000000Z", false, 0 },
		{ 0x18, "00000101000000Z", false, 0 },
	};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct der v = { (const uint8_t *)cases[i].s, strlen(cases[i].s) };
		int64_t t = 0;

		cr_expect_eq(der_time(cases[i].tag, v, &t), cases[i].ok, "%s", cases[i].s);
		cr_expect_eq(t, cases[i].t, "%s: %lld", cases[i].s, (long long)t);
	}
}

Test(pem, blocks_are_found_and_damaged_ones_passed_over)
{
	static const char text[] =
		"noise\n-----BEGIN A-----\nQQ==\n-----END A-----\n"
		"-----BEGIN B-----\nQ!==\n-----END B-----\n-----BEGIN C-----\nQUI\n-----END C-----\n"
		"-----BEGIN D-----\r\nQUJD\r\nREVG\r\n-----END D-----\n-----BEGIN E-----\nQUJD";
	const char *s = text;
	size_t n = sizeof text - 1;
	struct pem_block b;
	uint8_t out[16];

	cr_assert(pem_next(&s, &n, &b, out, sizeof out));
	cr_expect_str_eq(b.label, "A");
	cr_expect(b.len == 1 && out[0] == 'A');
	cr_assert(pem_next(&s, &n, &b, out, sizeof out));
	cr_expect_str_eq(b.label, "D");
	cr_expect(b.len == 6 && memcmp(out, "ABCDEF", 6) == 0);
	cr_expect(!pem_next(&s, &n, &b, out, sizeof out));
	s = text;
	n = sizeof text - 1;
	cr_assert(pem_next(&s, &n, &b, out, 1)); /* D does not fit */
	cr_expect(!pem_next(&s, &n, &b, out, 1));
}

Test(cert, dates_of_rsa_and_ec_certificates)
{
	int64_t from, to;

	cr_assert(cert_dates(test_cert_rsa, strlen(test_cert_rsa), &from, &to));
	cr_expect_eq(to, TEST_CERT_RSA_END);
	cr_expect_eq(to - from, 3650LL * 86400);
	cr_assert(cert_dates(test_cert_ec, strlen(test_cert_ec), &from, &to));
	cr_expect_eq(to, TEST_CERT_EC_END);
	cr_expect(!cert_dates(test_key_rsa, strlen(test_key_rsa), &from, &to));
	cr_expect(!cert_dates("", 0, &from, &to));
	cr_expect(!cert_file_dates("/nonexistent", &from, &to));
}

Test(cert, keys_belong_to_their_certificates_only)
{
	static const struct {
		const char *crt, *key;
		enum cert_pair pair;
	} cases[] = {
		{ test_cert_rsa, test_key_rsa, CERT_PAIR_OK },
		{ test_cert_rsa, test_key_rsa_pkcs1, CERT_PAIR_OK },
		{ test_cert_ec, test_key_ec, CERT_PAIR_OK },
		{ test_cert_ec, test_key_ec_sec1, CERT_PAIR_OK },
		{ test_cert_rsa, test_key_ec, CERT_PAIR_MISMATCH },
		{ test_cert_ec, test_key_rsa, CERT_PAIR_MISMATCH },
		{ test_cert_ec, test_key_rsa_pkcs1, CERT_PAIR_MISMATCH },
		{ test_cert_rsa, test_cert_rsa, CERT_PAIR_NO_KEY },
		{ "", test_key_rsa, CERT_PAIR_NO_CERT },
		{ test_key_rsa, test_key_rsa, CERT_PAIR_NO_CERT },
		{ test_cert_rsa,
		  "-----BEGIN ENCRYPTED PRIVATE KEY-----\nQUJD\n"
		  "-----END ENCRYPTED PRIVATE KEY-----\n",
		  CERT_PAIR_ENCRYPTED },
		{ test_cert_rsa,
		  "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: x\n\nQUJD\n"
		  "-----END RSA PRIVATE KEY-----\n",
		  CERT_PAIR_ENCRYPTED },
		{ test_cert_rsa, "-----BEGIN PRIVATE KEY-----\nQUJD\n-----END PRIVATE KEY-----\n",
		  CERT_PAIR_UNKNOWN },
	};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
		cr_expect_eq(cert_pair_check(cases[i].crt, strlen(cases[i].crt), cases[i].key,
					     strlen(cases[i].key)),
			     cases[i].pair, "case %zu", i);
}

Test(der, a_certificate_cut_anywhere_is_refused)
{
	const char *s = test_cert_ec;
	size_t n = strlen(s);
	struct pem_block b;
	uint8_t out[4096];
	struct der_cert c;

	cr_assert(pem_next(&s, &n, &b, out, sizeof out));
	cr_expect(der_certificate(out, b.len, &c));
	for (size_t cut = 0; cut < b.len; cut++)
		cr_expect(!der_certificate(out, cut, &c), "%zu bytes", cut);
}
