/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TRUST_SIGNATURE_NOTATION_H
#define TRUST_SIGNATURE_NOTATION_H

/* Signatures as the Notary Project has them (notaryproject/specifications:
 * signature-envelope-jws.md, signature-specification.md): a JSON web signature of the image's
 * descriptor, with the signer's certificates, as a referrer. ES256 alone: ECDSA on P-256. */

#include "trust/key/certificates.h"
#include "trust/key/key.h"
#include "trust/signature/referrer_manifest.h"

#define NOTATION_TYPE "application/vnd.cncf.notary.signature"

/* The envelope. ERR_INPUT for a key of another kind, ERR_SYSTEM. `when`: seconds since the epoch.
 */
MUST_CHECK bool notation_sign(struct arena *a, const struct key *k,
			      const struct certificates *chain,
			      const struct referrer_subject *subject, int64_t when, struct str *out,
			      struct error *e);

/* The manifest that holds it. */
struct str notation_manifest_text(struct arena *a, const struct referrer_subject *subject,
				  const struct certificates *chain, struct str envelope,
				  int64_t when);

struct notation {
	struct str bytes;     /* what is signed */
	struct str signature; /* as key_verify() takes it */
	const char *target;   /* digest of the manifest that it signs */
	int64_t expiry;	      /* seconds since the epoch; 0: none */
};

/* Reads an envelope, which is not verified. ERR_INPUT naming the member; also for an algorithm that
 * is not ES256, and for what its signer demands to be understood and is not. */
MUST_CHECK bool notation_read(struct arena *a, struct str text, struct notation *out,
			      struct error *e);

#endif
