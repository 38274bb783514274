/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PKCS11_POINT_H
#define PKCS11_POINT_H

/* Points of curves and signatures, from the form that PKCS#11 has to the one that others have. */

#include "base/str.h"

/* A public key in PEM, of CKA_EC_PARAMS and CKA_EC_POINT. ERR_INPUT for another curve than P-256
 * and Ed25519. */
MUST_CHECK bool point_pem(struct arena *a, struct str curve, struct str point, const char **pem,
			  struct error *e);

/* DER of an ECDSA signature, of its two numbers one behind the other. ERR_SYSTEM. */
MUST_CHECK bool point_signature_der(struct arena *a, struct str raw, struct str *der,
				    struct error *e);

#endif
