/* SPDX-License-Identifier: Apache-2.0 */
/* Running digests. MD5 and SHA-1 are not security features here: dpkg records one, SPDX demands the
 * other. */

#include "inspect/layers/content_sums.h"

#include <stdlib.h>

#include <openssl/evp.h>

static void sum_must(int ok)
{
	if (ok != 1)
		abort(); /* a built-in digest fails only when memory is corrupt or gone */
}

static void *sum_begin(const EVP_MD *kind)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();

	sum_must(ctx != NULL);
	sum_must(EVP_DigestInit_ex(ctx, kind, NULL));
	return ctx;
}

void sums_begin(struct sums *s, bool with_sha1)
{
	digest_begin(&s->sha);
	s->md5 = sum_begin(EVP_md5());
	s->sha1 = with_sha1 ? sum_begin(EVP_sha1()) : NULL;
}

void sums_prepare(void)
{
	AUTO_SUMS s;

	sums_begin(&s, true);
}

void sums_add(struct sums *s, struct str bytes)
{
	digest_add(&s->sha, bytes);
	if (bytes.n)
		sum_must(EVP_DigestUpdate(s->md5, bytes.p, bytes.n));
	if (bytes.n && s->sha1)
		sum_must(EVP_DigestUpdate(s->sha1, bytes.p, bytes.n));
}

void sums_end(struct sums *s, struct digest *sha, unsigned char md5[static 16], struct sha1 *sha1)
{
	*sha = digest_end(&s->sha);
	sum_must(EVP_DigestFinal_ex(s->md5, md5, NULL));
	if (s->sha1)
		sum_must(EVP_DigestFinal_ex(s->sha1, sha1->b, NULL));
	sums_drop(s);
}

void sums_drop(struct sums *s)
{
	digest_drop(&s->sha);
	EVP_MD_CTX_free(s->md5);
	EVP_MD_CTX_free(s->sha1);
	s->md5 = s->sha1 = NULL;
}

static int hash_source_next(struct source *base, struct str *chunk, struct error *e)
{
	struct hash_source *s = (struct hash_source *)base;
	int got = s->from->next(s->from, chunk, e);

	if (got == 1) {
		content_hash_add(&s->hash, *chunk);
		s->size += chunk->n;
	}
	return got;
}

void hash_source_init(struct hash_source *s, struct source *from, bool sha512)
{
	*s = (struct hash_source){ .base = { hash_source_next, from->name }, .from = from };
	content_hash_begin(&s->hash, sha512);
}

void hash_source_drop(struct hash_source *s)
{
	content_hash_drop(&s->hash);
}
