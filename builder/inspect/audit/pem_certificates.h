/* SPDX-License-Identifier: Apache-2.0 */
#ifndef INSPECT_AUDIT_PEM_CERTIFICATES_H
#define INSPECT_AUDIT_PEM_CERTIFICATES_H

/* The certificates of a PEM file (RFC 7468), as OpenSSL reads them. */

#include <time.h>

#include "base/str.h"

struct pem_certificates {
	size_t n, expired;
	char first[256]; /* the subject of the first expired one; "": there is none */
	time_t until;	 /* before then no other one expires */
};

/* Counts them; `now` in seconds since 1970. What is no certificate (keys, requests, text) and what
 * is a malformed one is passed over. */
struct pem_certificates pem_certificates_of(struct str text, time_t now);

#endif
