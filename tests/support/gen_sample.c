/* SPDX-License-Identifier: Apache-2.0 */
#include "support/gen_sample.h"

#include <criterion/criterion.h>

struct str sample_of(struct arena *a, size_t n)
{
	char *p = arena_alloc(a, n + 1);
	uint32_t state = 12345;

	for (size_t i = 0; i < n; i++) {
		state = state * 1664525 + 1013904223;
		p[i] = state >> 30 ? "the quick brown fox"[i % 19] : (char)(state >> 16);
	}
	return (struct str){ p, n };
}

void sample_write(struct sink *to, struct str bytes, size_t piece)
{
	struct error e = { 0 };

	while (bytes.n) {
		struct str one = { bytes.p, bytes.n < piece ? bytes.n : piece };

		cr_assert(to->write(to, one, &e), "%s", e.cause);
		bytes = str_from(bytes, one.n);
	}
	cr_assert(to->finish(to, &e), "%s", e.cause);
}
