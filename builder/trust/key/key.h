/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TRUST_KEY_KEY_H
#define TRUST_KEY_KEY_H

/* Keys that sign and verify: ECDSA on P-256 with SHA-256, and Ed25519 (RFC 8032), in PEM: PKCS#8
 * (encrypted or not) and SEC1 for signing, SubjectPublicKeyInfo for verifying. libcrypto does the
 * work. */

#include "base/str.h"

struct key {
	const char *file;    /* where it was read from, for messages */
	void *pkey;	     /* EVP_PKEY, owned */
	bool ed25519;	     /* else P-256 */
	const char *hint;    /* base64 of the SHA-256 of the DER SubjectPublicKeyInfo */
	int64_t from, until; /* of a certificate: seconds since the epoch; 0: no bounds */
	/* signs in place of libcrypto, which has the public part alone; NULL: libcrypto does */
	bool (*sign)(struct arena *a, const struct key *k, struct str bytes, struct str *out,
		     struct error *e);
	struct str passphrase; /* for that; p NULL: none */
};
#define KEY_INIT { .file = NULL }

void key_drop(struct key *k);
#define AUTO_KEY __attribute__((cleanup(key_drop))) struct key

/* Keys, released together. */
struct keys LIST(struct key);
void keys_drop(struct keys *l);
#define AUTO_KEYS __attribute__((cleanup(keys_drop))) struct keys

/* Reads a private key from a file that nobody else may read. `passphrase` (p NULL: none) opens an
 * encrypted one. ERR_SYSTEM for a file that others may read or that cannot be read, ERR_INPUT for
 * what is not such a key, for a missing and for a wrong passphrase. Its strings live in `a`. */
MUST_CHECK bool key_load_private(struct arena *a, const char *path, struct str passphrase,
				 struct key *out, struct error *e);

/* Reads a public key. A private one is refused: ERR_INPUT. */
MUST_CHECK bool key_load_public(struct arena *a, const char *path, struct key *out,
				struct error *e);

/* Reads a public key that is trusted as it is: as above, or out of an X.509 certificate in PEM,
 * which says until when. Who issued that does not count. ERR_INPUT. */
MUST_CHECK bool key_load_trusted(struct arena *a, const char *path, struct key *out,
				 struct error *e);

/* The same of bytes; `path` is for messages. */
MUST_CHECK bool key_read_private(struct arena *a, const char *path, struct str text,
				 struct str passphrase, struct key *out, struct error *e);
MUST_CHECK bool key_read_public(struct arena *a, const char *path, struct str text, struct key *out,
				struct error *e);

/* The passphrase: the first line of a file that nobody else may read (`path` may be NULL), else
 * $IMGBUILD_PASSPHRASE, else none (p NULL). ERR_INPUT, ERR_SYSTEM. */
MUST_CHECK bool key_passphrase(struct arena *a, const char *path, struct str *out, struct error *e);

/* Signs bytes: DER of ECDSA-Sig-Value (RFC 3279), or the 64 bytes of Ed25519. ERR_SYSTEM; or as
 * k->sign(). */
MUST_CHECK bool key_sign(struct arena *a, const struct key *k, struct str bytes, struct str *out,
			 struct error *e);

/* Whether it is this key's signature of these bytes. */
bool key_verify(const struct key *k, struct str bytes, struct str signature);

#endif
