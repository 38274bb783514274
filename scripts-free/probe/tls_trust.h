/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PROBE_TLS_TRUST_H
#define PROBE_TLS_TRUST_H

/* Authorities out of a file in PEM form (RFC 7468), in arrays of their own. Only in the program
 * with TLS. */

#ifdef PROBE_TLS

#include <bearssl.h>

#include "probe/objection.h"

#define TRUST_ANCHORS_MAX 512			 /* Debian's bundle has 150 */
#define TRUST_TEXT_MAX (TRUST_ANCHORS_MAX * 512) /* their names and keys: 400 bytes each */

struct tls_trust {
	br_x509_trust_anchor anchors[TRUST_ANCHORS_MAX];
	size_t count, used;
	unsigned char text[TRUST_TEXT_MAX];
	bool full;
};

/* Reads all certificates of the file `path`. False: `why` says that it cannot be read, holds none,
 * or more than there is room for. */
bool trust_read(const char *path, struct tls_trust *t, struct objection *why);

#endif

#endif
