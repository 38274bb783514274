/* SPDX-License-Identifier: Apache-2.0 */
/* Mistakes of a programmer end the program instead of making a text that is no JSON. */

#include <criterion/criterion.h>
#include <signal.h>

#include "format/json/jsonw.h"

static void nest_arrays(unsigned depth)
{
	AUTO_ARENA a = { 0 };
	struct buf text = { .a = &a };
	struct jsonw w;

	jsonw_init(&w, &text, false);
	for (unsigned i = 0; i < depth; i++)
		jsonw_array(&w, NULL);
	for (unsigned i = 0; i < depth; i++)
		jsonw_array_end(&w);
	jsonw_finish(&w);
	cr_expect_eq(text.n, 2 * depth);
}

Test(jsonw_misuse, values_are_nested_as_deep_as_there_is_room)
{
	nest_arrays(JSONW_DEPTH - 1);
}

Test(jsonw_misuse, one_deeper_than_there_is_room, .signal = SIGABRT)
{
	nest_arrays(JSONW_DEPTH);
}

Test(jsonw_misuse, an_end_without_a_beginning, .signal = SIGABRT)
{
	AUTO_ARENA a = { 0 };
	struct buf text = { .a = &a };
	struct jsonw w;

	jsonw_init(&w, &text, false);
	jsonw_array_end(&w);
}

Test(jsonw_misuse, the_end_of_a_text_in_the_middle, .signal = SIGABRT)
{
	AUTO_ARENA a = { 0 };
	struct buf text = { .a = &a };
	struct jsonw w;

	jsonw_init(&w, &text, false);
	jsonw_array(&w, NULL);
	jsonw_finish(&w);
}
