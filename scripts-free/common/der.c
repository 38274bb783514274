/* SPDX-License-Identifier: Apache-2.0 */
/* Elements of DER, and the certificate that is made of them. Fuzzed by tests/fuzz/fuzz_der.c. */

#include "common/der.h"

#include <string.h>

enum {
	INTEGER = 0x02,
	BIT_STRING = 0x03,
	OCTET_STRING = 0x04,
	OID = 0x06,
	UTC_TIME = 0x17,
	GENERALIZED_TIME = 0x18,
	SEQUENCE = 0x30,
	CONTEXT_0 = 0xa0,
	CONTEXT_1 = 0xa1
};

bool der_next(struct der *d, uint8_t *tag, struct der *value)
{
	size_t head = 2, len;

	if (d->n < 2 || (d->p[0] & 0x1f) == 0x1f)
		return false;
	len = d->p[1];
	if (len >= 0x80) {
		size_t bytes = len & 0x7f;

		if (bytes == 0 || bytes > 3 || d->n < 2 + bytes || d->p[2] == 0)
			return false;
		len = 0;
		for (size_t i = 0; i < bytes; i++)
			len = len << 8 | d->p[2 + i];
		if (len < 0x80)
			return false;
		head += bytes;
	}
	if (d->n - head < len)
		return false;
	*tag = d->p[0];
	value->p = d->p + head;
	value->n = len;
	d->p += head + len;
	d->n -= head + len;
	return true;
}

/* Takes the element at the front of `d` if its tag is `tag`. */
static bool der_take(struct der *d, uint8_t tag, struct der *value)
{
	struct der rest = *d, v;
	uint8_t found;

	if (!der_next(&rest, &found, &v) || found != tag)
		return false;
	*d = rest;
	*value = v;
	return true;
}

static bool two_digits(const uint8_t *p, int min, int max, int *out)
{
	if (p[0] < '0' || p[0] > '9' || p[1] < '0' || p[1] > '9')
		return false;
	*out = (p[0] - '0') * 10 + (p[1] - '0');
	return *out >= min && *out <= max;
}

/* Days from 1970-01-01 to the first day of `month` in `year` (proleptic Gregorian). */
static int64_t days_before(int64_t year, int month)
{
	static const int before[] = { 0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334 };
	bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
	int64_t y = year - 1;

	return y * 365 + y / 4 - y / 100 + y / 400 - 719162 + before[month - 1] +
	       (leap && month > 2 ? 1 : 0);
}

bool der_time(uint8_t tag, struct der v, int64_t *seconds)
{
	int century = 0, year, month, day, hour, minute, second;
	const uint8_t *p = v.p;

	if (tag == GENERALIZED_TIME) {
		if (v.n != 15 || !two_digits(p, 0, 99, &century))
			return false;
		p += 2;
	} else if (tag != UTC_TIME || v.n != 13) {
		return false;
	}
	if (!two_digits(p, 0, 99, &year) || !two_digits(p + 2, 1, 12, &month) ||
	    !two_digits(p + 4, 1, 31, &day) || !two_digits(p + 6, 0, 23, &hour) ||
	    !two_digits(p + 8, 0, 59, &minute) || !two_digits(p + 10, 0, 59, &second) ||
	    p[12] != 'Z')
		return false;
	if (tag == UTC_TIME)
		century = year < 50 ? 20 : 19;
	year += century * 100;
	if (year == 0)
		return false;
	*seconds = (days_before(year, month) + day - 1) * 86400 + hour * 3600 + minute * 60 +
		   second;
	return true;
}

static bool take_time(struct der *d, int64_t *seconds)
{
	uint8_t tag;
	struct der v;

	return der_next(d, &tag, &v) && der_time(tag, v, seconds);
}

static bool take_bits(struct der *d, struct der *bits)
{
	if (!der_take(d, BIT_STRING, bits) || bits->n < 1 || bits->p[0] != 0)
		return false;
	bits->p++;
	bits->n--;
	return true;
}

bool der_certificate(const uint8_t *p, size_t n, struct der_cert *c)
{
	struct der all = { p, n }, cert, tbs, skip, validity, info;

	if (!der_take(&all, SEQUENCE, &cert) || all.n != 0 || !der_take(&cert, SEQUENCE, &tbs))
		return false;
	der_take(&tbs, CONTEXT_0, &skip);	  /* version, absent in version 1 */
	return der_take(&tbs, INTEGER, &skip)	  /* serial number */
	       && der_take(&tbs, SEQUENCE, &skip) /* signature algorithm */
	       && der_take(&tbs, SEQUENCE, &skip) /* issuer */
	       && der_take(&tbs, SEQUENCE, &validity) && take_time(&validity, &c->not_before) &&
	       take_time(&validity, &c->not_after) && validity.n == 0 &&
	       der_take(&tbs, SEQUENCE, &skip) /* subject */
	       && der_take(&tbs, SEQUENCE, &info) &&
	       der_take(&info, SEQUENCE, &skip) /* key algorithm */
	       && take_bits(&info, &c->public_key);
}

static enum der_match der_compare(struct der a, struct der b)
{
	return a.n == b.n && memcmp(a.p, b.p, a.n) == 0 ? DER_MATCH : DER_MISMATCH;
}

/* RSAPrivateKey { version, n, e, ... } against RSAPublicKey { n, e } */
static enum der_match match_rsa(struct der key, struct der public_key)
{
	struct der seq, pub, skip, n, n_pub, e, e_pub;

	if (!der_take(&key, SEQUENCE, &seq) || !der_take(&seq, INTEGER, &skip) ||
	    !der_take(&seq, INTEGER, &n) || !der_take(&seq, INTEGER, &e))
		return DER_UNKNOWN;
	if (!der_take(&public_key, SEQUENCE, &pub) || !der_take(&pub, INTEGER, &n_pub) ||
	    !der_take(&pub, INTEGER, &e_pub))
		return DER_MISMATCH;
	return der_compare(n, n_pub) == DER_MATCH ? der_compare(e, e_pub) : DER_MISMATCH;
}

/* ECPrivateKey { version, octets, [0] parameters, [1] public key } against the point itself */
static enum der_match match_ec(struct der key, struct der public_key)
{
	struct der seq, skip, outer, point;

	if (!der_take(&key, SEQUENCE, &seq) || !der_take(&seq, INTEGER, &skip) ||
	    !der_take(&seq, OCTET_STRING, &skip))
		return DER_UNKNOWN;
	der_take(&seq, CONTEXT_0, &skip);
	if (!der_take(&seq, CONTEXT_1, &outer) || !take_bits(&outer, &point))
		return DER_UNKNOWN;
	return der_compare(point, public_key);
}

enum der_match der_key_matches(const uint8_t *p, size_t n, struct der public_key)
{
	static const uint8_t rsa[] = { 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01 };
	static const uint8_t ec[] = { 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01 };
	struct der whole = { p, n }, seq, version, algorithm, oid, key;
	enum der_match m;

	if (!der_take(&whole, SEQUENCE, &seq) || !der_take(&seq, INTEGER, &version))
		return DER_UNKNOWN;
	if (der_take(&seq, SEQUENCE, &algorithm)) { /* PKCS #8 */
		if (!der_take(&algorithm, OID, &oid) || !der_take(&seq, OCTET_STRING, &key))
			return DER_UNKNOWN;
		if (oid.n == sizeof rsa && memcmp(oid.p, rsa, oid.n) == 0)
			return match_rsa(key, public_key);
		return oid.n == sizeof ec && memcmp(oid.p, ec, oid.n) == 0
			       ? match_ec(key, public_key)
			       : DER_UNKNOWN;
	}
	m = match_ec((struct der){ p, n }, public_key);
	return m != DER_UNKNOWN ? m : match_rsa((struct der){ p, n }, public_key);
}
