/* SPDX-License-Identifier: Apache-2.0 */
#ifndef COMMON_DER_H
#define COMMON_DER_H

/* As much of DER and X.509 as it takes to say when a certificate expires and whether a key belongs
 * to it. Strict and bounded: definite lengths in their shortest form, no recursion. Pure. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Bytes that are read from the front; never beyond n. */
struct der {
	const uint8_t *p;
	size_t n;
};

/* Takes the element at the front of `d`, whatever its tag; `value` is its content. False, `d`
 * untouched, if there is none or it is not DER. */
bool der_next(struct der *d, uint8_t *tag, struct der *value);

struct der_cert {
	int64_t not_before, not_after; /* seconds since 1970, UTC */
	struct der public_key; /* content of the key's BIT STRING, unused-bits byte left out */
};

/* Reads a certificate (RFC 5280). False if it is not one. */
bool der_certificate(const uint8_t *p, size_t n, struct der_cert *c);

/* The time in a UTCTime (`tag` 0x17) or GeneralizedTime (0x18) as RFC 5280 allows them. */
bool der_time(uint8_t tag, struct der value, int64_t *seconds);

enum der_match { DER_MATCH, DER_MISMATCH, DER_UNKNOWN };

/* Does the private key `p` (PKCS #8, PKCS #1 or SEC 1) belong to the public key? DER_UNKNOWN for
 * kinds of keys whose public half cannot be read from the private one. */
enum der_match der_key_matches(const uint8_t *p, size_t n, struct der public_key);

#endif
