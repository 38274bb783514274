/* SPDX-License-Identifier: Apache-2.0 */
#ifndef INSPECT_VULN_VERSION_ORDER_H
#define INSPECT_VULN_VERSION_ORDER_H

/* The order of versions as each ecosystem defines it. Security data name ranges of versions, and
 * what lies between two of them depends on whose versions they are: 1.0rc1 is before 1.0 for
 * Python and after it for Debian. Every order is total for any bytes. */

#include "base/str.h"

enum version_order {
	VERSION_DEBIAN, /* Policy 5.6.12 (debversion.h) */
	VERSION_SEMVER, /* Semantic Versioning 2.0.0, item 11: npm, crates, modules of Go */
	VERSION_PYPI,	/* PEP 440 */
	VERSION_MAVEN,	/* "Version Order Specification" of Maven's POM reference */
};

/* The order that packages of a purl's type have; VERSION_DEBIAN for those it does not know. */
enum version_order version_order_of(const char *purl_type);

/* Negative, zero or positive as `a` is earlier than, equal to or later than `b`. */
int version_compare(enum version_order order, struct str a, struct str b);

#endif
