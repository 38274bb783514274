/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FORMAT_TEXT_PLATFORM_NAME_H
#define FORMAT_TEXT_PLATFORM_NAME_H

/* Names of platforms as people write them, "[OS/]ARCHITECTURE[/VARIANT]", and as images tell them
 * (image-spec v1.1.1, image-index.md). The least variant of a machine means what no variant means:
 * amd64/v1 is amd64, arm64/v8 is arm64. */

#include "base/str.h"

/* Whether an image for these (variant NULL: not said) is what was asked for. A variant that was not
 * asked for is not compared; without an operating system linux is meant. */
bool platform_name_fits(struct str asked, const char *os, const char *architecture,
			const char *variant);

/* "linux/arm/v7". */
const char *platform_name(struct arena *a, const char *os, const char *architecture,
			  const char *variant);

#endif
