/* SPDX-License-Identifier: Apache-2.0 */
/* Pages of indexes of Python packages: names become names of files, addresses are asked. */

#include <stdlib.h>

#include "format/text/simple_index.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO_ARENA a = { 0 };
	struct simple_files l = { NULL, 0, 0 };
	struct error e = { 0 };
	bool ok = simple_index_read(&a, (struct str){ (const char *)data, size },
				    "https://a.test/x/", &l, &e);

	if (ok != (e.kind == ERR_NONE) || (!ok && e.kind != ERR_INPUT))
		abort();
	for (size_t i = 0; ok && i < l.n; i++) {
		struct simple_wheel w;

		if (!l.v[i].name || !l.v[i].url)
			abort();
		if (simple_split_wheel(l.v[i].name, &w) &&
		    simple_compare_builds(w.build, w.build) != 0)
			abort();
	}
	return 0;
}
