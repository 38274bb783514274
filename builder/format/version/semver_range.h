/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FORMAT_VERSION_SEMVER_RANGE_H
#define FORMAT_VERSION_SEMVER_RANGE_H

/* Ranges of versions as npm writes them (docs.npmjs.com: semver, "Ranges"): "^18.17 || >=20.3.0",
 * "1.x", "~1.2", "1.2 - 2.3". */

#include "base/str.h"

/* Whether a version ("20.19.2", "v20.19.2") is in the range. As npm compares engines, pre-releases
 * count as what they are (includePrerelease). A range that is malformed has nothing in it. */
bool semver_range_has(struct str range, struct str version);

#endif
