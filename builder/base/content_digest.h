/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_CONTENT_DIGEST_H
#define BASE_CONTENT_DIGEST_H

/* Digests as OCI documents name contents (image-spec v1.1.1, descriptor.md): "sha256:" or "sha512:"
 * and hexadecimal digits. What imgbuild itself stores is named by SHA-256 alone (digest.h). */

#include "base/digest.h"

struct content_digest {
	bool sha512;
	unsigned char b[64]; /* SHA-256: the first 32, the others are 0 */
};

#define CONTENT_DIGEST_FORMS \
	"\"sha256:\" and 64 lower-case hexadecimal digits, or \"sha512:\" and 128"

/* Exactly one of the two forms; false otherwise. */
MUST_CHECK bool content_digest_parse(struct str text, struct content_digest *out);
const char *content_digest_text(struct arena *a, const struct content_digest *d);
bool content_digest_eq(const struct content_digest *a, const struct content_digest *b);

/* Of bytes, by SHA-512 or SHA-256; and one that was made before. */
struct content_digest content_digest_of(struct str bytes, bool sha512);
struct content_digest content_digest_sha256(struct digest d);

/* A running one, as struct hash is: starts as { 0 }. */
struct content_hash {
	void *ctx;
	bool sha512;
};

void content_hash_begin(struct content_hash *h, bool sha512);
void content_hash_add(struct content_hash *h, struct str bytes);
struct content_digest content_hash_end(struct content_hash *h);
void content_hash_drop(struct content_hash *h);

#endif
