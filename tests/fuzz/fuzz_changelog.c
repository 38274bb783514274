/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzz target: bytes as a changelog: at most a line for each line of it, and each is one line. */

#include <stdlib.h>

#include "format/debian/changelog.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO_ARENA a = { 0 };
	struct strings lines = { NULL, 0, 0 };

	changelog_between(&a, (struct str){ (const char *)data, size }, "1.0-1", "2:1.0-1", &lines);
	for (size_t i = 0; i < lines.n; i++) {
		if (strchr(lines.v[i], '\n'))
			abort();
	}
	if (lines.n > size)
		abort();
	return 0;
}
