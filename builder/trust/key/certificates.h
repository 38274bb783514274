/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TRUST_KEY_CERTIFICATES_H
#define TRUST_KEY_CERTIFICATES_H

/* Chains of X.509 certificates that belong to signing keys. libcrypto reads them. */

#include "base/digest.h"

struct certificate {
	struct str der;
	struct digest sha256; /* of that: its thumbprint */
};

/* The certificate of a key, then that of its issuer, and so on to the root. */
struct certificates {
	const char *file; /* where it was read from, for messages */
	const char *hint; /* of the first one's key, as key.h has it */
	struct LIST(struct certificate) v;
};

struct certificate_chains LIST(struct certificates);

#define CERTIFICATES_MAX 10

/* Reads a chain in PEM, leaf first. ERR_INPUT for what is no certificate, for a chain whose
 * certificates did not issue one another, and for a leaf that is not for signing code (extended key
 * usage codeSigning), which notation demands. Contents live in `a`. */
MUST_CHECK bool certificates_load(struct arena *a, const char *path, struct certificates *out,
				  struct error *e);

#endif
