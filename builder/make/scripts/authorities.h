/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MAKE_SCRIPTS_AUTHORITIES_H
#define MAKE_SCRIPTS_AUTHORITIES_H

/* Certificates of authorities one by one, under the names that Java's trust store has on Debian. */

#include "base/strmap.h"

struct authority {
	const char *name; /* UTF-8, at most three bytes a character, no capital letter of ASCII */
	struct str der;
};

struct authorities {
	struct arena *a;
	struct LIST(struct authority) v;
	struct strmap names;
};

/* Adds the certificates of a text in PEM form (RFC 7468), in its order. Their names are made from
 * `path` as update-ca-certificates and ca-certificates-java do: "mozilla/ISRG_Root_X1.crt" is
 * "debian:isrg_root_x1.pem"; one that is taken gets a number: "debian:x.pem-2". ERR_INPUT, without
 * the path: there is none, one is damaged, or there is a private key. */
MUST_CHECK bool authorities_add(struct authorities *l, const char *path, struct str text,
				struct error *e);

#endif
