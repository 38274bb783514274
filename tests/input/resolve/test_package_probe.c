/* SPDX-License-Identifier: Apache-2.0 */
/* Configure options in the bytes of a program. */

#include <criterion/criterion.h>

#include "input/resolve/package_probe.h"

#define PROGRAM(text) STR("\177ELF\0junk\0" text "\0tail\0")

Test(package_probe, options_count_where_they_are_recorded_not_where_they_are_mentioned)
{
	static const struct {
		struct str program;
		const char *option;
		bool found;
	} cases[] = {
		{ PROGRAM("configure options:  '--build=x' '--with-openssl' 'CFLAGS=-O2'"),
		  "--with-openssl", true },
		{ PROGRAM("'--with-openssl'"), "--with-openssl", true },
		{ PROGRAM("configure arguments: --with-ssl --with-openssl=/usr"), "--with-openssl",
		  true },
		{ PROGRAM("configure arguments: --a --with-openssl=/usr"), "--with-openssl=/usr",
		  true },
		{ PROGRAM("configure arguments: --a --with-openssl=/usr"), "--with-openssl=/opt",
		  false },
		{ PROGRAM("--a --with-openssl-fips"), "--with-openssl", false },
		{ PROGRAM("--a --xx--with-openssl"), "--with-openssl", false },
		{ PROGRAM("'--a' '--without-openssl'"), "--with-openssl", false },
		{ PROGRAM("FATAL: SSL-Bump requires --with-openssl"), "--with-openssl", false },
		{ PROGRAM("requires --with-openssl\0'--a' '--with-openssl'"), "--with-openssl",
		  true },
		{ PROGRAM("'--a'\0requires --with-openssl"), "--with-openssl", false },
		{ STR("--a --with-openssl"), "--with-openssl", true },
		{ STR("--with-openssl"), "--with-openssl", false },
		{ STR(""), "--with-openssl", false },
		{ PROGRAM("x"), "", false },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		cr_assert_eq(probe_has_option(cases[i].program, str_of(cases[i].option)),
			     cases[i].found, "case %zu", i);
}
