/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzz target: a layer, as we read it and as umoci unpacks it. Headers get right checksums, so that
 * changed bytes reach what is behind them; new inputs are layers of the generator. Without umoci it
 * does nothing. */

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/file.h"
#include "support/fixture_layerdiff.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max, unsigned seed);

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max, unsigned seed)
{
	AUTO_ARENA a = { 0 };
	struct str made = layerdiff_make(&a, seed);

	if ((size < 1024 || seed % 8 == 0) && made.n <= max) {
		memcpy(data, made.p, made.n);
		return made.n;
	}
	size = LLVMFuzzerMutate(data, size, max);
	layerdiff_repair((char *)data, size);
	return size;
}

static bool have_umoci(void)
{
	return access("/usr/bin/umoci", X_OK) == 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char dir[] = "/tmp/fuzz-umoci-XXXXXX";
	AUTO_ARENA a = { 0 };
	struct error e = { 0 };
	enum layerdiff got;
	const char *why;
	bool ok;

	if (size < 512 || !have_umoci() || !mkdtemp(dir))
		return 0;
	ok = layerdiff_run(&a, dir, layerdiff_lower(&a), (struct str){ (const char *)data, size },
			   &got, &why, &e);
	if (!file_remove_tree(AT_FDCWD, dir, &e))
		return 0;
	if (!ok || got == LAYERDIFF_DIFFERS) {
		fprintf(stderr, "%s\n", ok ? why : e.cause);
		__builtin_trap();
	}
	return 0;
}
