/* SPDX-License-Identifier: Apache-2.0 */
/* The bytes of both forms are written here, and by no library, so that they depend on nothing but
 * the certificates. */

#include "make/scripts/java_store.h"

#include "base/digest.h"

#define JKS_MAGIC 0xfeedfeedu
#define JKS_VERSION 2
#define JKS_TRUSTED 2 /* an entry that is a certificate, without a key */
#define JKS_PASSWORD "changeit"

/* Big-endian. */
static void java_store_number(struct buf *out, uint64_t v, unsigned bytes)
{
	while (bytes-- > 0)
		buf_putc(out, (char)(v >> (8 * bytes) & 0xff));
}

/* A text with its length before it. */
static void java_store_text(struct buf *out, const char *text)
{
	java_store_number(out, strlen(text), 2);
	buf_puts(out, text);
}

/* The SHA-1 of the password in UTF-16, of a phrase, and of all that comes before. */
static void java_store_seal(struct arena *a, struct str before, struct buf *out)
{
	struct buf proof = { .a = a };
	struct sha1 sum;

	for (const char *p = JKS_PASSWORD; *p; p++)
		java_store_number(&proof, (unsigned char)*p, 2);
	buf_puts(&proof, "Mighty Aphrodite");
	buf_add(&proof, before);
	sum = sha1_of(buf_str(&proof));
	buf_add(out, (struct str){ (const char *)sum.b, sizeof(sum.b) });
}

static void java_store_jks(struct arena *a, const struct authorities *of, uint64_t time,
			   struct buf *out)
{
	struct buf text = { .a = a };

	java_store_number(&text, JKS_MAGIC, 4);
	java_store_number(&text, JKS_VERSION, 4);
	java_store_number(&text, of->v.n, 4);
	list_each(one, &of->v) {
		java_store_number(&text, JKS_TRUSTED, 4);
		java_store_text(&text, one->name);
		java_store_number(&text, time * 1000, 8);
		java_store_text(&text, "X.509");
		java_store_number(&text, one->der.n, 4);
		buf_add(&text, one->der);
	}
	java_store_seal(a, buf_str(&text), &text);
	buf_add(out, buf_str(&text));
}

/* Tags of DER (X.690). */
enum {
	DER_OCTETS = 0x04,
	DER_BMP = 0x1e,
	DER_SEQUENCE = 0x30,
	DER_SET = 0x31,
	DER_EXPLICIT = 0xa0
};

/* A value: tag, length, contents. */
static struct str der_value(struct arena *a, int tag, struct str contents)
{
	struct buf out = { .a = a };
	unsigned bytes = 0;

	buf_putc(&out, (char)tag);
	while (contents.n >> (8 * bytes))
		bytes++;
	if (contents.n >= 0x80)
		buf_putc(&out, (char)(0x80 | bytes));
	java_store_number(&out, contents.n, contents.n < 0x80 ? 1 : bytes);
	buf_add(&out, contents);
	return buf_str(&out);
}

static struct str der_pair(struct arena *a, int tag, struct str first, struct str second)
{
	struct buf both = { .a = a };

	buf_add(&both, first);
	buf_add(&both, second);
	return der_value(a, tag, buf_str(&both));
}

/* Object identifiers as they are written, with tag and length. */
#define OID_DATA STR("\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x01")
#define OID_CERT_BAG STR("\x06\x0b\x2a\x86\x48\x86\xf7\x0d\x01\x0c\x0a\x01\x03")
#define OID_X509 STR("\x06\x0a\x2a\x86\x48\x86\xf7\x0d\x01\x09\x16\x01")
#define OID_FRIENDLY_NAME STR("\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x09\x14")
/* Java's own, without which it takes a certificate for no more than a part of a chain; and "for
 * anything", what it is trusted for. */
#define OID_TRUSTED_FOR STR("\x06\x0c\x60\x86\x48\x01\x86\xf9\x66\xad\xca\x7b\x01\x01")
#define OID_ANYTHING STR("\x06\x04\x55\x1d\x25\x00")

/* A type and its octets, as PKCS 7 (RFC 2315) wraps data. */
static struct str pkcs12_wrapped(struct arena *a, struct str oid, struct str octets)
{
	return der_pair(a, DER_SEQUENCE, oid,
			der_value(a, DER_EXPLICIT, der_value(a, DER_OCTETS, octets)));
}

/* UTF-16, big-endian, of a name that authorities.h made. */
static struct str pkcs12_name(struct arena *a, const char *name)
{
	struct buf out = { .a = a };

	for (const unsigned char *p = (const unsigned char *)name; *p;) {
		unsigned more = *p < 0x80 ? 0 : *p < 0xe0 ? 1 : 2;
		unsigned c = more == 0 ? *p : more == 1 ? *p & 0x1f : *p & 0x0f;

		for (p++; more > 0; more--)
			c = c << 6 | (*p++ & 0x3f);
		java_store_number(&out, c, 2);
	}
	return der_value(a, DER_BMP, buf_str(&out));
}

static struct str pkcs12_attribute(struct arena *a, struct str oid, struct str value)
{
	return der_pair(a, DER_SEQUENCE, oid, der_value(a, DER_SET, value));
}

/* A certificate in its bag (RFC 7292, 4.2.3). */
static struct str pkcs12_bag(struct arena *a, const struct authority *one)
{
	struct str of = pkcs12_wrapped(a, OID_X509, one->der);
	struct str name = pkcs12_attribute(a, OID_FRIENDLY_NAME, pkcs12_name(a, one->name));
	struct str use = pkcs12_attribute(a, OID_TRUSTED_FOR, OID_ANYTHING);
	bool name_first = str_cmp(name, use) < 0; /* the elements of a set are sorted */
	struct buf out = { .a = a };

	buf_add(&out, OID_CERT_BAG);
	buf_add(&out, der_value(a, DER_EXPLICIT, of));
	buf_add(&out, der_pair(a, DER_SET, name_first ? name : use, name_first ? use : name));
	return der_value(a, DER_SEQUENCE, buf_str(&out));
}

static void java_store_pkcs12(struct arena *a, const struct authorities *of, struct buf *out)
{
	struct buf bags = { .a = a };
	struct str safe;

	list_each(one, &of->v) {
		AUTO_ARENA scratch = { 0 };

		buf_add(&bags, pkcs12_bag(&scratch, one));
	}
	safe = pkcs12_wrapped(a, OID_DATA, der_value(a, DER_SEQUENCE, buf_str(&bags)));
	safe = pkcs12_wrapped(a, OID_DATA, der_value(a, DER_SEQUENCE, safe));
	buf_add(out, der_pair(a, DER_SEQUENCE, STR("\x02\x01\x03"), safe));
}

void java_store_put(const struct authorities *of, enum java_store_form form, uint64_t time,
		    struct buf *out)
{
	AUTO_ARENA a = { 0 };

	if (form == JAVA_STORE_JKS)
		java_store_jks(&a, of, time, out);
	else if (form == JAVA_STORE_PKCS12)
		java_store_pkcs12(&a, of, out);
}
