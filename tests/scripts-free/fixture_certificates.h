/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCRIPTS_FREE_FIXTURE_CERTIFICATES_H
#define SCRIPTS_FREE_FIXTURE_CERTIFICATES_H

/* Certificates and keys made for these tests and used nowhere else. */

extern const char test_cert_rsa[], test_key_rsa[], test_key_rsa_pkcs1[];
extern const char test_cert_ec[], test_key_ec[], test_key_ec_sec1[];

#define TEST_CERT_RSA_END 2110680561LL
#define TEST_CERT_EC_END 2110680561LL

#endif
