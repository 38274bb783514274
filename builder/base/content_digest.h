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

#define CONTENT_HEX_MAX 128 /* characters of the longer one in hexadecimal */
#define CONTENT_NAME_SIZE (sizeof("sha512:") + CONTENT_HEX_MAX) /* of the text with its NUL */

#define CONTENT_DIGEST_FORMS \
	"\"sha256:\" and 64 lower-case hexadecimal digits, or \"sha512:\" and 128"

/* Exactly one of the two forms; false otherwise. */
MUST_CHECK bool content_digest_parse(struct str text, struct content_digest *out);
/* Its text, with a final NUL; the second form allocates it. */
void content_digest_name(const struct content_digest *d, char out[static CONTENT_NAME_SIZE]);
const char *content_digest_text(struct arena *a, const struct content_digest *d);

/* Where image layouts have the bytes: "blobs/sha256/HEX", or of sha512. */
#define CONTENT_PART_SIZE (sizeof("blobs/sha512/") + CONTENT_HEX_MAX)
void content_digest_part(const struct content_digest *d, char out[static CONTENT_PART_SIZE]);

bool content_digest_eq(const struct content_digest *a, const struct content_digest *b);

/* Of bytes, by SHA-512 or SHA-256; of all that a source gives; and one that was made before. */
struct content_digest content_digest_of(struct str bytes, bool sha512);
MUST_CHECK bool content_digest_read(struct source *from, bool sha512, struct content_digest *out,
				    struct error *e);
struct content_digest content_digest_sha256(struct digest d);

/* The SHA-256 of one that is no SHA-512. */
struct digest content_digest_short(const struct content_digest *d);

/* Whether `name`, as another program calls bytes, is their digest by either algorithm. */
bool content_digest_names(const char *name, struct str bytes);

/* A running one, as struct hash is: starts as { 0 }. */
struct content_hash {
	void *ctx;
	bool sha512;
};

void content_hash_begin(struct content_hash *h, bool sha512);
void content_hash_add(struct content_hash *h, struct str bytes);
struct content_digest content_hash_end(struct content_hash *h);
void content_hash_drop(struct content_hash *h);
#define AUTO_CONTENT_HASH __attribute__((cleanup(content_hash_drop))) struct content_hash

#endif
