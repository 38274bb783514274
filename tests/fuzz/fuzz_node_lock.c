/* SPDX-License-Identifier: Apache-2.0 */
/* Lock files of pnpm and yarn: whatever a project has there is read or refused, and no package of
 * what was read stands outside of the project. */

#include <stdint.h>
#include <stdlib.h>

#include "format/text/npm_hoisted.h"
#include "format/text/npm_isolated.h"
#include "format/text/pnpm_lock.h"
#include "format/text/yarn_lock.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void places_check(const struct npm_entries *entries)
{
	list_each(x, entries) {
		if (!x->place || x->place[0] == '/' || strstr(x->place, "/../") ||
		    strncmp(x->place, "../", 3) == 0)
			abort();
	}
}

static void fuzz_pnpm(struct arena *a, struct str text, struct error *e)
{
	struct npm_graph g = { .packages = { NULL, 0, 0 } };
	struct pnpm_asking asking = { .hooks = false };

	if (!pnpm_lock_read(a, text, "pnpm-lock.yaml", &g, &asking, e))
		return;
	for (int hoist = 0; hoist < 2; hoist++) {
		struct npm_entries entries = { NULL, 0, 0 }, others = { NULL, 0, 0 };

		npm_isolated_place(a, &g, hoist, &entries, &others);
		places_check(&entries);
	}
	if (g.importers.n && !g.importers.v[0].folder[0]) {
		struct npm_entries entries = { NULL, 0, 0 }, others = { NULL, 0, 0 };

		if (npm_hoisted_place(a, &g, &entries, &others, e))
			places_check(&entries);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct str text = { (const char *)data, size };
	struct yarn_entries entries = { NULL, 0, 0 };
	struct error e = { 0 };
	AUTO_ARENA a = { 0 };

	fuzz_pnpm(&a, text, &e);
	if (e.kind != ERR_NONE && e.kind != ERR_INPUT)
		abort();
	err_clear(&e);
	if (yarn_lock_read(&a, text, "yarn.lock", &entries, &e) != (e.kind == ERR_NONE) ||
	    (e.kind != ERR_NONE && e.kind != ERR_INPUT))
		abort();
	return 0;
}
