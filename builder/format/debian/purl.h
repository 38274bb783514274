/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FORMAT_DEBIAN_PURL_H
#define FORMAT_DEBIAN_PURL_H

/* Names of software as security data write them: package URLs ("pkg:deb/debian/curl@8.14.1-2?arch=
 * amd64") and CPE 2.3 ("cpe:2.3:a:squid-cache:squid:7.6:..."). */

#include "base/str.h"

struct purl_qualifier {
	const char *key, *value;
};

struct purl {
	const char *type;  /* lower case; NULL: there is no purl */
	const char *space; /* namespace ("debian"), or "" */
	const char *name;
	const char *version; /* or NULL */
	struct LIST(struct purl_qualifier) qualifiers;
};

/* Reads a package URL, percent-decoded; false if the text is none. Modules of Go become lower case
 * (purl-spec). */
bool purl_parse(struct arena *a, const char *text, struct purl *out);

/* The package URL of what an ecosystem calls `name`, by the rules of its type: "golang.org/x/net"
 * of golang, "@scope/name" of npm, "group:artifact" of maven, "Zope.Interface" of pypi (which is
 * zope-interface), names of other types as they are. `version` may be NULL. The name is "" if the
 * type has no such names. */
void purl_of(struct arena *a, const char *type, const char *name, const char *version,
	     struct purl *out);

/* The other way round: the canonical text, qualifiers sorted by key, those without a value left
 * out. */
const char *purl_text(struct arena *a, const struct purl *p);

/* The value of a qualifier, or NULL. */
const char *purl_qualifier(const struct purl *p, const char *key);

/* Does `wanted` name `have`? Type, namespace and name are equal, the version too if it has one. */
bool purl_covers(const struct purl *wanted, const struct purl *have);

/* The same for CPE 2.3 names: part, vendor, product and version, where '*' stands for any. */
bool cpe_covers(const char *wanted, const char *have);

/* The product that a CPE 2.3 name names, as it is written there; false if it is not such a name. */
bool cpe_product(const char *cpe, struct str *out);

#endif
