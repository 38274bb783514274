/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MAKE_SCRIPTS_JAVA_STORE_H
#define MAKE_SCRIPTS_JAVA_STORE_H

/* A key store of Java with certificates to be trusted, and nothing secret: what
 * /etc/ssl/certs/java/cacerts is on Debian. The same certificates give the same bytes. */

#include "base/buf.h"
#include "input/recipe/recipe.h"
#include "make/scripts/authorities.h"

/* Appends the whole file. JKS: as sun.security.provider.JavaKeyStore reads it, version 2; its
 * password, which proves that the file is whole, is "changeit", as everywhere. PKCS12: RFC 7292,
 * without encryption and without a sum over it, which would take random bytes; as the makers of
 * Java ship theirs since Java 18. `time`: seconds since the epoch that JKS has for each entry. */
void java_store_put(const struct authorities *of, enum java_store_form form, uint64_t time,
		    struct buf *out);

#endif
