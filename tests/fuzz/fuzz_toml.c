/* SPDX-License-Identifier: Apache-2.0 */
/* TOML, and a Cargo.lock: what is read of it are names that may become files and parts of URLs. */

#include <stdlib.h>

#include "format/text/cargo_lock.h"
#include "format/text/toml.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO_ARENA a = { 0 };
	struct str text = { (const char *)data, size };
	struct cargo_crates l = { NULL, 0, 0 };
	struct toml t = { .v = { NULL, 0, 0 } };
	struct error e = { 0 };
	bool ok = toml_read(&a, text, "x.toml", &t, &e);

	if (ok != (e.kind == ERR_NONE) || (!ok && e.kind != ERR_INPUT))
		abort();
	e = (struct error){ 0 };
	ok = cargo_lock_read(&a, text, "Cargo.lock", &l, &e);
	for (size_t i = 0; ok && i < l.n; i++) {
		if (strchr(l.v[i].name, '/') || strchr(l.v[i].version, '/') ||
		    strchr(l.v[i].source, '"'))
			abort();
	}
	return 0;
}
