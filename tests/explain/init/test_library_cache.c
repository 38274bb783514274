/* SPDX-License-Identifier: Apache-2.0 */
/* Which images have ldconfig and its cache: those in which a module finds a library by it. */

#include <criterion/criterion.h>

#include "explain/init/library_cache.h"
#include "support/fixture_package_world.h"

#define MODULES "usr/lib/python3/dist-packages/"

Test(library_cache, who_finds_a_library_of_the_image_has_it)
{
	static const struct {
		const char *path, *text;
		bool chosen;
	} cases[] = {
		{ MODULES "psycopg/pq/misc.py", "x = ctypes.util.find_library(\"pq\")\n", true },
		{ MODULES "psycopg/pq/misc.py", "x = find_library('pq')", true },
		{ MODULES "psycopg/pq/misc.txt", "x = find_library('pq')", false },
		{ "usr/lib/python3.13/ctypes/util.py", "x = find_library('pq')", false },
		{ MODULES "a.py", "x = find_library('magic')", false },
		{ MODULES "a.py", "libc = CDLL(find_library('c'))", false },
		{ MODULES "a.py", "x = find_library(name)", false },
		{ MODULES "trio/cache.py", "x = find_library('pthread')", false },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct service_world w;

		service_world_open(&w);
		service_world_bytes(&w, "usr/lib/x86_64-linux-gnu/libpq.so.5", 0644, STR("ELF"));
		service_world_bytes(&w, "usr/lib/x86_64-linux-gnu/libc.so.6", 0644, STR("ELF"));
		service_world_bytes(&w, "usr/lib/x86_64-linux-gnu/libpthread.so.0", 0644,
				    STR("ELF"));
		service_world_bytes(&w, cases[i].path, 0644, str_of(cases[i].text));
		cr_assert(collect_library_cache(&w.c, &w.e), "%s", w.e.cause);
		cr_expect_eq(w.d.library_cache, cases[i].chosen, "%zu %s", i, cases[i].text);
		cr_expect_eq(w.d.choices.n, cases[i].chosen, "%zu", i);
		arena_free(&w.a);
	}
}
