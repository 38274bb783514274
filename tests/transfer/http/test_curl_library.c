/* SPDX-License-Identifier: Apache-2.0 */
/* libcurl is loaded when it is needed, and the program's note says so. */

#include <criterion/criterion.h>
#include <fcntl.h>
#include <string.h>

#include "base/io.h"
#include "format/elf/elf.h"
#include "transfer/http/curl_library.h"

Test(curl_library, functions_are_those_of_the_library)
{
	struct curl_library l;
	struct error e = { 0 };

	cr_assert(curl_library_load(CURL_LIBRARY, &l, &e), "%s", e.cause);
	cr_expect_str_eq(l.easy_strerror(CURLE_OK), curl_easy_strerror(CURLE_OK));
	cr_expect_eq((void *)l.multi_init, (void *)curl_multi_init);
	cr_expect_eq((void *)l.slist_free_all, (void *)curl_slist_free_all);
}

Test(curl_library, what_is_missing_is_told)
{
	struct curl_library l;
	struct error e = { 0 };

	cr_expect_not(curl_library_load("libcurl-of-nobody.so.4", &l, &e));
	cr_expect_eq(e.kind, ERR_SYSTEM);
	cr_expect(strstr(e.cause, "the network cannot be used: libcurl-of-nobody.so.4: "), "%s",
		  e.cause);
	err_clear(&e);
	cr_expect_not(curl_library_load("libz.so.1", &l, &e));
	cr_expect_str_eq(e.cause, "the network cannot be used: libz.so.1 has no curl_global_init");
}

Test(curl_library, program_says_that_it_opens_it)
{
	AUTO_ARENA a = { 0 };
	struct error e = { 0 };
	struct str bytes;
	struct elf elf;

	cr_assert(io_read_file(&a, AT_FDCWD, "/proc/self/exe", SIZE_MAX, &bytes, &e) &&
			  elf_read(&a, bytes, &elf, &e),
		  "%s", e.cause);
	cr_assert_eq(elf.dlopens.v.n, 1u);
	cr_expect_eq(elf.dlopens.v.v[0].priority, ELF_DLOPEN_REQUIRED);
	cr_assert_eq(elf.dlopens.v.v[0].sonames.n, 1u);
	cr_expect_str_eq(elf.dlopens.v.v[0].sonames.v[0], CURL_LIBRARY);
}
