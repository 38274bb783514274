/* SPDX-License-Identifier: Apache-2.0 */
/* Any three texts as versions: the order is total. */

#include <stdlib.h>

#include "format/debian/debversion.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int version_order(struct str a, struct str b)
{
	int n = debversion_compare(a, b);

	return (n > 0) - (n < 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str rest = { (const char *)data, size }, v[3] = { { "", 0 }, { "", 0 }, { "", 0 } };

	for (int i = 0; i < 3; i++)
		str_next(&rest, '\n', &v[i]);
	for (int i = 0; i < 3; i++) {
		debversion_valid(v[i]);
		if (version_order(v[i], v[i]) != 0 ||
		    version_order(v[i], v[(i + 1) % 3]) != -version_order(v[(i + 1) % 3], v[i]))
			abort();
	}
	if (version_order(v[0], v[1]) <= 0 && version_order(v[1], v[2]) <= 0 &&
	    version_order(v[0], v[2]) > 0)
		abort();
	return 0;
}
