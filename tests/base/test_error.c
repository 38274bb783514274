/* SPDX-License-Identifier: Apache-2.0 */
/* Errors: what a message looks like from the outside in. */

#include <criterion/criterion.h>
#include <errno.h>
#include <string.h>

#include "base/error.h"

Test(error, message_goes_from_place_over_context_to_cause)
{
	struct error e = { 0 };
	char text[512];

	errno = ENOENT;
	cr_expect(!err_sys(&e, "open %s", "x.so"));
	err_wrap(&e, "package %s", "libx");
	err_wrap(&e, "layer %s", "python");
	err_at(&e, "r.json", 3, 7);
	err_at(&e, "outer.json", 1, 1);
	err_format(&e, text, sizeof(text));
	cr_expect_str_eq(
		text,
		"r.json:3:7: layer python: package libx: cannot open x.so: No such file or directory");
	cr_expect_eq(err_status(e.kind), 6);
}

Test(error, statuses_are_those_of_the_table)
{
	cr_expect_eq(err_status(ERR_NONE), 0);
	cr_expect_eq(err_status(ERR_FINDINGS), 1);
	cr_expect_eq(err_status(ERR_USAGE), 2);
	cr_expect_eq(err_status(ERR_INPUT), 3);
	cr_expect_eq(err_status(ERR_NETWORK), 4);
	cr_expect_eq(err_status(ERR_VERIFY), 5);
	cr_expect_eq(err_status(ERR_SYSTEM), 6);
}

Test(error, cause_survives_more_context_than_there_is_room)
{
	struct error e = { 0 };
	char long_name[400], text[4096];

	memset(long_name, 'n', sizeof(long_name) - 1);
	long_name[sizeof(long_name) - 1] = '\0';
	err_set(&e, ERR_INPUT, "the cause");
	for (int i = 0; i < 5; i++)
		err_wrap(&e, "%s", long_name);
	err_format(&e, text, sizeof(text));
	cr_expect(strstr(text, "the cause"), "%s", text);
}

Test(error, T37_message_cannot_drive_a_terminal)
{
	struct error e = { 0 };
	char text[256];

	err_set(&e, ERR_INPUT, "package \"\x1b[2Jevil\"");
	err_format(&e, text, sizeof(text));
	cr_expect_str_eq(text, "package \"\\x1b[2Jevil\"");
}

Test(error, T37_message_holds_no_password_and_no_command)
{
	struct error e = { 0 };
	char text[256];

	err_set(&e, ERR_INPUT, "no \"docker://u:geheim@h/a\"\n##[error]x\n::error::y");
	err_wrap(&e, "https://u:geheim@h/x");
	err_format(&e, text, sizeof(text));
	cr_expect_str_eq(
		text, "https://***@h/x: no \"docker://***@h/a\"\n##\\x5berror]x\n:\\x3aerror::y");
}
