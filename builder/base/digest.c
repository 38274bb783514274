/* SPDX-License-Identifier: Apache-2.0 */
/* SHA-256 through OpenSSL. Running out of memory there ends the process like an arena does. */

#include "base/digest.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include <openssl/evp.h>

static void evp_must(int ok)
{
	if (ok != 1)
		abort(); /* EVP with a built-in digest fails only when memory is corrupt or gone */
}

void digest_begin(struct hash *h)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();

	evp_must(ctx != NULL);
	evp_must(EVP_DigestInit_ex(ctx, EVP_sha256(), NULL));
	h->ctx = ctx;
}

void digest_add(struct hash *h, struct str bytes)
{
	if (bytes.n)
		evp_must(EVP_DigestUpdate(h->ctx, bytes.p, bytes.n));
}

struct digest digest_end(struct hash *h)
{
	struct digest d;

	evp_must(EVP_DigestFinal_ex(h->ctx, d.b, NULL));
	digest_drop(h);
	return d;
}

void digest_drop(struct hash *h)
{
	EVP_MD_CTX_free(h->ctx);
	h->ctx = NULL;
}

struct digest digest_of(struct str bytes)
{
	struct digest d;

	evp_must(EVP_Digest(bytes.p, bytes.n, d.b, NULL, EVP_sha256(), NULL));
	return d;
}

bool digest_eq(const struct digest *a, const struct digest *b)
{
	return memcmp(a->b, b->b, sizeof(a->b)) == 0;
}

static void to_hex(const unsigned char *bytes, size_t n, char *out)
{
	static const char digits[] = "0123456789abcdef";

	for (size_t i = 0; i < n; i++) {
		out[2 * i] = digits[bytes[i] >> 4];
		out[2 * i + 1] = digits[bytes[i] & 15];
	}
	out[2 * n] = '\0';
}

void digest_hex(const struct digest *d, char out[static DIGEST_TEXT])
{
	to_hex(d->b, sizeof(d->b), out);
}

char *digest_hex_dup(struct arena *a, const struct digest *d)
{
	char hex[DIGEST_TEXT];

	digest_hex(d, hex);
	return arena_strdup(a, hex);
}

static int digest_hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return -1;
}

bool digest_parse(struct str hex, struct digest *out)
{
	if (hex.n != DIGEST_HEX)
		return false;
	for (size_t i = 0; i < sizeof(out->b); i++) {
		int high = digest_hex_value(hex.p[2 * i]), low = digest_hex_value(hex.p[2 * i + 1]);

		if (high < 0 || low < 0)
			return false;
		out->b[i] = (unsigned char)(high << 4 | low);
	}
	return true;
}

static bool digest_sink_write(struct sink *base, struct str chunk, struct error *e)
{
	struct digest_sink *s = (struct digest_sink *)base;

	digest_add(&s->hash, chunk);
	s->size += chunk.n;
	return !s->next || s->next->write(s->next, chunk, e);
}

static bool digest_sink_finish(struct sink *base, struct error *e)
{
	struct digest_sink *s = (struct digest_sink *)base;

	s->digest = digest_end(&s->hash);
	return !s->next || s->next->finish(s->next, e);
}

void digest_sink_init(struct digest_sink *s, struct sink *next)
{
	*s = (struct digest_sink){ .base = { digest_sink_write, digest_sink_finish },
				   .next = next };
	digest_begin(&s->hash);
}

void digest_sink_drop(struct digest_sink *s)
{
	digest_drop(&s->hash);
}

bool digest_fd(int fd, const char *name, struct digest *out, uint64_t *size, struct error *e)
{
	AUTO_HASH h = { 0 };
	char block[65536];
	uint64_t at = 0;
	ssize_t n;

	digest_begin(&h);
	while ((n = pread(fd, block, sizeof(block), (off_t)at)) != 0) {
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_sys(e, "read %s", name);
		digest_add(&h, (struct str){ block, (size_t)n });
		at += (uint64_t)n;
	}
	*out = digest_end(&h);
	if (size)
		*size = at;
	return true;
}

void md5_hex(struct str bytes, char out[static 33])
{
	unsigned char md[16];

	evp_must(EVP_Digest(bytes.p, bytes.n, md, NULL, EVP_md5(), NULL));
	to_hex(md, sizeof(md), out);
}

struct sha1 sha1_of(struct str bytes)
{
	struct sha1 d;

	evp_must(EVP_Digest(bytes.p, bytes.n, d.b, NULL, EVP_sha1(), NULL));
	return d;
}

void sha1_hex(const struct sha1 *d, char out[static SHA1_HEX + 1])
{
	to_hex(d->b, sizeof(d->b), out);
}
