/* SPDX-License-Identifier: Apache-2.0 */
/* A go.sum: what is read of it are names that may become files and parts of URLs. */

#include <stdlib.h>

#include "format/text/go_sum.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO_ARENA a = { 0 };
	struct go_sums l = { NULL, 0, 0 };
	struct error e = { 0 };
	bool ok = go_sum_read(&a, (struct str){ (const char *)data, size }, "go.sum", &l, &e);

	if (ok != (e.kind == ERR_NONE) || (!ok && e.kind != ERR_INPUT))
		abort();
	for (size_t i = 0; ok && i < l.n; i++) {
		if (strstr(l.v[i].path, "/../") || l.v[i].path[0] == '/' ||
		    strchr(l.v[i].path, '%'))
			abort();
	}
	return 0;
}
