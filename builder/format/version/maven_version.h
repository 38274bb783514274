/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FORMAT_VERSION_MAVEN_VERSION_H
#define FORMAT_VERSION_MAVEN_VERSION_H

/* Versions of Maven's artifacts: "Version Order Specification" of Maven's POM reference. Where a
 * version has several words behind dots ("10.RC.1"), Maven 3.9 does not keep to it; this does. */

#include "base/str.h"

/* As version_compare. */
int maven_version_compare(struct str a, struct str b);

#endif
