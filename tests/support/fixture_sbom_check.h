/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_SUPPORT_FIXTURE_SBOM_CHECK_H
#define TESTS_SUPPORT_FIXTURE_SBOM_CHECK_H

/* Bills of materials compared with the image they are of, by Python's json, tarfile and hashlib:
 * every regular file with its digests, every package record, every reference, and what SPDX 2.3 and
 * CycloneDX 1.6 demand of the structure. */

#include "base/str.h"

/* Makes both documents of a layout folder with ./imgbuild's own code and checks them: the test
 * fails at the first thing that is wrong. They are left in DIR/x.spdx.json and DIR/x.cdx.json.
 * Gives what was counted: "packages=2 sources=1 files=9 notes=0 licences=1 links=0". */
const char *sbom_check(struct arena *a, const char *dir, const char *layout);

/* Unpacks a package of the JavaScript registry below DIR; NULL: it cannot be had. */
const char *sbom_npm(struct arena *a, const char *dir, const char *package);

#endif
