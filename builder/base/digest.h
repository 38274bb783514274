/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_DIGEST_H
#define BASE_DIGEST_H

/* SHA-256 (FIPS 180-4) values and their computation, through OpenSSL's EVP interface. MD5 and SHA-1
 * are offered where a format of others demands them, which is not a security feature: dpkg's
 * md5sums, the file entries of SPDX 2, name-based UUIDs. */

#include "base/io.h"

struct digest {
	unsigned char b[32];
};

#define DIGEST_HEX 64		     /* characters of a digest in hexadecimal */
#define DIGEST_TEXT (DIGEST_HEX + 1) /* with the final NUL */

struct digest digest_of(struct str bytes);
bool digest_eq(const struct digest *a, const struct digest *b);

/* Lower-case hexadecimal with a final NUL; the second form allocates it. */
void digest_hex(const struct digest *d, char out[static DIGEST_TEXT]);
char *digest_hex_dup(struct arena *a, const struct digest *d);

/* Exactly 64 lower-case hexadecimal digits, nothing else; false otherwise. */
MUST_CHECK bool digest_parse(struct str hex, struct digest *out);

/* A running SHA-256. Starts as { 0 } and digest_begin(); digest_end() releases it, and
 * digest_drop() does so on the failure path (AUTO_HASH calls it). */
struct hash {
	void *ctx;
};

void digest_begin(struct hash *h);
void digest_add(struct hash *h, struct str bytes);
struct digest digest_end(struct hash *h);
void digest_drop(struct hash *h);

#define AUTO_HASH __attribute__((cleanup(digest_drop))) struct hash

/* A sink that counts and hashes what passes through it to `next` (which may be NULL).
 * digest_sink_init() starts it; after finish(), `digest` and `size` hold the result. On the
 * failure path digest_sink_drop() releases it. */
struct digest_sink {
	struct sink base;
	struct sink *next;
	struct hash hash;
	struct digest digest;
	uint64_t size;
};

void digest_sink_init(struct digest_sink *s, struct sink *next);
void digest_sink_drop(struct digest_sink *s);

/* Hashes a file from its start to its end, without moving its offset. ERR_SYSTEM naming `name`. */
MUST_CHECK bool digest_fd(int fd, const char *name, struct digest *out, uint64_t *size,
			  struct error *e);

struct sha1 {
	unsigned char b[20];
};

#define SHA1_HEX 40

/* SHA-1 of bytes; and its lower-case hexadecimal with a final NUL. */
struct sha1 sha1_of(struct str bytes);
void sha1_hex(const struct sha1 *d, char out[static SHA1_HEX + 1]);

/* MD5 of bytes in lower-case hexadecimal, 32 characters and NUL (dpkg's md5sums). */
void md5_hex(struct str bytes, char out[static 33]);

#endif
