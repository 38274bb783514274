/* SPDX-License-Identifier: Apache-2.0 */
/* SHA-256 and SHA-512 through OpenSSL, and their names. */

#include "base/content_digest.h"

#include <assert.h>
#include <stdlib.h>

#include <openssl/evp.h>

static void content_must(int ok)
{
	if (ok != 1)
		abort(); /* EVP with a built-in digest fails only when memory is corrupt or gone */
}

static size_t content_digest_size(bool sha512)
{
	return sha512 ? 64 : 32;
}

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool content_digest_parse(struct str text, struct content_digest *out)
{
	struct str hex = str_from(text, strlen("sha256:"));

	*out = (struct content_digest){ .sha512 = str_starts(text, STR("sha512:")) };
	if ((!out->sha512 && !str_starts(text, STR("sha256:"))) ||
	    hex.n != 2 * content_digest_size(out->sha512))
		return false;
	for (size_t i = 0; i < hex.n; i += 2) {
		int high = hex_digit(hex.p[i]), low = hex_digit(hex.p[i + 1]);

		if (high < 0 || low < 0)
			return false;
		out->b[i / 2] = (unsigned char)(high << 4 | low);
	}
	return true;
}

void content_digest_name(const struct content_digest *d, char out[static CONTENT_NAME_SIZE])
{
	static const char digits[] = "0123456789abcdef";
	char *at = out + strlen("sha512:");

	memcpy(out, d->sha512 ? "sha512:" : "sha256:", strlen("sha512:"));
	for (size_t i = 0; i < content_digest_size(d->sha512); i++) {
		*at++ = digits[d->b[i] >> 4];
		*at++ = digits[d->b[i] & 15];
	}
	*at = '\0';
}

void content_digest_part(const struct content_digest *d, char out[static CONTENT_PART_SIZE])
{
	char *name = out + strlen("blobs/");

	memcpy(out, "blobs/", strlen("blobs/"));
	content_digest_name(d, name);
	name[strlen("sha512")] = '/';
}

const char *content_digest_text(struct arena *a, const struct content_digest *d)
{
	char name[CONTENT_NAME_SIZE];

	content_digest_name(d, name);
	return arena_strdup(a, name);
}

bool content_digest_eq(const struct content_digest *a, const struct content_digest *b)
{
	return a->sha512 == b->sha512 && memcmp(a->b, b->b, sizeof(a->b)) == 0;
}

struct content_digest content_digest_of(struct str bytes, bool sha512)
{
	struct content_hash h;

	content_hash_begin(&h, sha512);
	content_hash_add(&h, bytes);
	return content_hash_end(&h);
}

bool content_digest_read(struct source *from, bool sha512, struct content_digest *out,
			 struct error *e)
{
	AUTO_CONTENT_HASH h = { NULL, false };
	struct str chunk;
	int got;

	content_hash_begin(&h, sha512);
	while ((got = from->next(from, &chunk, e)) > 0)
		content_hash_add(&h, chunk);
	if (got == 0)
		*out = content_hash_end(&h);
	return got == 0;
}

bool content_digest_names(const char *name, struct str bytes)
{
	struct content_digest said, found;

	if (!content_digest_parse(str_of(name), &said))
		return false;
	found = content_digest_of(bytes, said.sha512);
	return content_digest_eq(&said, &found);
}

struct digest content_digest_short(const struct content_digest *d)
{
	struct digest out;

	assert(!d->sha512);
	memcpy(out.b, d->b, sizeof(out.b));
	return out;
}

struct content_digest content_digest_sha256(struct digest d)
{
	struct content_digest out = { .sha512 = false };

	memcpy(out.b, d.b, sizeof(d.b));
	return out;
}

void content_hash_begin(struct content_hash *h, bool sha512)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();

	content_must(ctx != NULL);
	content_must(EVP_DigestInit_ex(ctx, sha512 ? EVP_sha512() : EVP_sha256(), NULL));
	*h = (struct content_hash){ ctx, sha512 };
}

void content_hash_add(struct content_hash *h, struct str bytes)
{
	if (bytes.n)
		content_must(EVP_DigestUpdate(h->ctx, bytes.p, bytes.n));
}

struct content_digest content_hash_end(struct content_hash *h)
{
	struct content_digest d = { .sha512 = h->sha512 };

	content_must(EVP_DigestFinal_ex(h->ctx, d.b, NULL));
	content_hash_drop(h);
	return d;
}

void content_hash_drop(struct content_hash *h)
{
	EVP_MD_CTX_free(h->ctx);
	h->ctx = NULL;
}
