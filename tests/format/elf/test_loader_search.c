/* SPDX-License-Identifier: Apache-2.0 */
/* Tokens of search paths: what they stand for on each machine (ld.so(8)). */

#include <criterion/criterion.h>

#include "format/elf/loader_search.h"
#include "format/machine/machine.h"

static const char *search_expanded(struct arena *a, const struct machine *m, const char *text)
{
	const struct elf elf = {
		.machine = m->elf, .is64 = m->is64, .big_endian = m->big_endian, .flags = m->value
	};

	return search_expand(a, &elf, str_of(text), "/opt/app");
}

Test(loader_search, tokens_are_replaced_where_the_machine_says_it_all)
{
	static const struct {
		int machine;
		const char *text, *means; /* NULL: the element is dropped */
	} cases[] = {
		{ MACHINE_AMD64, "$ORIGIN/../lib", "/opt/app/../lib" },
		{ MACHINE_AMD64, "${ORIGIN}x", "/opt/appx" },
		{ MACHINE_AMD64, "$ORIGINAL", "$ORIGINAL" },
		{ MACHINE_AMD64, "${ORIGIN", "${ORIGIN" },
		{ MACHINE_AMD64, "/opt/$LIB", "/opt/lib/x86_64-linux-gnu" },
		{ MACHINE_ARM64, "/opt/$LIB/x", "/opt/lib/aarch64-linux-gnu/x" },
		/* x86_64 on one processor, haswell on another */
		{ MACHINE_AMD64, "/opt/$PLATFORM", NULL },
		{ MACHINE_AMD64, "/opt/${PLATFORM}x", NULL },
		{ MACHINE_AMD64, "/opt/$PLATFORMS", "/opt/$PLATFORMS" },
		{ MACHINE_ARM64, "/opt/$PLATFORM", "/opt/aarch64" },
	};
	AUTO_ARENA a = { 0 };

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const char *got = search_expanded(&a, &machine_rows[cases[i].machine],
						  cases[i].text);

		if (cases[i].means)
			cr_expect_str_eq(got, cases[i].means, "%s", cases[i].text);
		else
			cr_expect_null(got, "%s: %s", cases[i].text, got);
	}
}
