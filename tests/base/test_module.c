/* SPDX-License-Identifier: Apache-2.0 */
/* Libraries loaded from memory: whose functions they call, that their bytes stay, and what cannot
 * be one. */

#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>
#include <zstd.h>

#include "base/module.h"
#include "support/fixture_files.h"
#include "support/fixture_oracle.h"

/* A library that exports a function of libzstd's name, which this program has, too, and calls it.
 */
static struct str made_library(struct arena *a, const char *answer)
{
	const char *dir = files_temporary(a), *source = arena_printf(a, "%s/x.c", dir);
	const char *library = arena_printf(a, "%s/x.so", dir);
	struct error e = { 0 };
	struct str bytes;

	oracle_need("gcc");
	files_put(source,
		  arena_printf(a,
			       "const char *ZSTD_versionString(void) { return \"%s\"; }\n"
			       "const char *through(void) { return ZSTD_versionString(); }\n",
			       answer));
	ORACLE(a, "gcc", "-shared", "-fPIC", "-fno-inline", "-o", library, source);
	cr_assert(io_read_file(a, AT_FDCWD, library, 1 << 20, &bytes, &e), "%s", e.cause);
	files_remove(dir);
	return bytes;
}

static void load_or_skip(struct module *m, struct str bytes)
{
	struct error e = { 0 };

	if (module_load(m, bytes, "x.so", &e))
		return;
	if (strstr(e.cause, "AddressSanitizer"))
		cr_skip_test("%s", e.cause);
	cr_assert_fail("%s", e.cause);
}

static const char *answer_through(const struct module *m)
{
	const char *(*through)(void) = NULL;
	struct error e = { 0 };

	cr_assert(module_symbol(m, "through", &through, &e), "%s", e.cause);
	return through();
}

Test(module, a_library_calls_its_own_functions_not_the_program_s)
{
	AUTO_ARENA a = { 0 };
	AUTO_MODULE m = MODULE_INIT;

	load_or_skip(&m, made_library(&a, "mine"));
	cr_expect_str_eq(answer_through(&m), "mine");
	cr_expect_str_neq(ZSTD_versionString(), "mine");
}

/* The loader knows libraries by their paths, which here are numbers of descriptors. */
Test(module, two_at_once_are_two_and_one_after_the_other_too)
{
	AUTO_ARENA a = { 0 };
	AUTO_MODULE one = MODULE_INIT, two = MODULE_INIT;

	load_or_skip(&one, made_library(&a, "one"));
	load_or_skip(&two, made_library(&a, "two"));
	cr_expect_str_eq(answer_through(&one), "one");
	cr_expect_str_eq(answer_through(&two), "two");
	module_close(&one);
	load_or_skip(&one, made_library(&a, "three"));
	cr_expect_str_eq(answer_through(&one), "three");
	cr_expect_str_eq(answer_through(&two), "two");
}

Test(module, nobody_can_change_its_bytes)
{
	AUTO_ARENA a = { 0 };
	AUTO_MODULE m = MODULE_INIT;
	AUTO_FD again = -1;

	load_or_skip(&m, made_library(&a, "mine"));
	cr_expect_eq(fcntl(m.fd, F_GET_SEALS),
		     F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE);
	again = open(arena_printf(&a, "/proc/self/fd/%d", m.fd), O_RDWR | O_CLOEXEC);
	cr_assert(again >= 0);
	cr_expect(pwrite(again, "x", 1, 0) < 0 && errno == EPERM);
	cr_expect(ftruncate(again, 0) < 0 && errno == EPERM);
	cr_expect(mmap(NULL, 1, PROT_WRITE, MAP_SHARED, again, 0) == MAP_FAILED && errno == EPERM);
	module_close(&m);
	module_close(&m); /* a second time is nothing */
	cr_expect_eq(m.fd, -1);
}

Test(module, what_is_no_library_is_an_error_that_says_why)
{
	AUTO_ARENA a = { 0 };
	AUTO_MODULE m = MODULE_INIT;
	struct str good = made_library(&a, "mine");
	const struct {
		struct str bytes;
		const char *says;
	} cases[] = {
		{ STR("no library at all, and longer than the header of an ELF file is, which are 64 bytes"),
		  "invalid ELF header" },
		{ STR(""), "file too short" },
		{ { good.p, 40 }, "file too short" },
	};
	void (*missing)(void) = NULL;
	struct error e = { 0 };

	load_or_skip(&m, good);
	cr_expect(!module_symbol(&m, "is_not_there", &missing, &e));
	cr_expect_str_eq(e.cause, "x.so has no function is_not_there");
	cr_expect_eq(e.kind, ERR_SYSTEM);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct module bad = MODULE_INIT;

		err_clear(&e);
		cr_expect(!module_load(&bad, cases[i].bytes, "x.so", &e));
		cr_expect(strstr(e.cause, cases[i].says), "%zu: %s", i, e.cause);
		cr_expect_eq(e.kind, ERR_SYSTEM);
		cr_expect_eq(bad.fd, -1, "%zu", i);
	}
}
