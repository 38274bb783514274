/* SPDX-License-Identifier: Apache-2.0 */
/* Statements as text: predicates come through as they are. */

#include <criterion/criterion.h>

#include "base/buf.h"
#include "trust/signature/statement.h"

#define HEX "32816c0f0fcbd4ea76e6836a197a123c93910f6f3f32e62501df1b04f0a0f635"
#define HEAD                                                                       \
	"{\"_type\":\"https://in-toto.io/Statement/v1\",\"subject\":[{\"digest\":" \
	"{\"sha256\":\"" HEX "\"}}],\"predicateType\":\"t:p\""

Test(statement, a_predicate_comes_back_byte_for_byte)
{
	AUTO_ARENA a = { 0 };
	static const char *const predicates[] = {
		"{}",	  "{\"a\": [1, 2.50, \"}\\\"]\", {\"predicate\": null}]}",
		"[ ]",	  "\"a text, with a }\"",
		"-1.0e5", "null",
	};
	const struct strings subjects = { (const char *[]){ "sha256:" HEX }, 1, 1 };
	struct statement s;
	struct error e = { 0 };

	for (size_t i = 0; i < ARRAY_SIZE(predicates); i++) {
		struct str text = statement_text(&a, &subjects, "t:p",
						 str_of(arena_printf(&a, " %s\n", predicates[i])));

		cr_assert(statement_read(&a, text, &s, &e), "%s: %s", predicates[i], e.cause);
		cr_expect(str_eq(s.predicate, str_of(predicates[i])), STR_FMT,
			  STR_ARG(s.predicate));
		cr_expect_str_eq(s.predicate_type, "t:p");
		cr_expect(s.subjects.n == 1 && strcmp(s.subjects.v[0], HEX) == 0);
	}
}

/* A bill of materials has more values than a document may have here. */
Test(statement, a_predicate_may_have_a_million_values)
{
	AUTO_ARENA a = { 0 };
	struct buf text = { .a = &a };
	struct statement s;
	struct error e = { 0 };

	buf_puts(&text, HEAD ",\"predicate\":[0");
	for (unsigned i = 0; i < 1000000; i++)
		buf_puts(&text, ",0");
	buf_puts(&text, "]}");
	cr_assert(statement_read(&a, buf_str(&text), &s, &e), "%s", e.cause);
	cr_expect_eq(s.predicate.n, 2000003);
}

Test(statement, the_predicate_need_not_be_last_and_need_not_be_there)
{
	AUTO_ARENA a = { 0 };
	struct statement s;
	struct error e = { 0 };

	cr_assert(statement_read(&a,
				 STR(" { \"predicate\" : {\"x\":1} , \"predicateType\":\"p\","
				     "\"_type\":\"https://in-toto.io/Statement/v0.1\","
				     "\"subject\":[]}\n"),
				 &s, &e),
		  "%s", e.cause);
	cr_expect(str_eq(s.predicate, STR("{\"x\":1}")));
	cr_assert(statement_read(&a, STR(HEAD "}"), &s, &e), "%s", e.cause);
	cr_expect_eq(s.predicate.n, 0);
}

/* Two readers must not see two predicates, and what is cut off is no way to hide another subject.
 */
Test(statement, what_is_ambiguous_or_malformed_is_refused)
{
	AUTO_ARENA a = { 0 };
	static const char *const bad[][2] = {
		{ HEAD ",\"predicate\":{},\"predicate\":{}}", "duplicate" },
		{ HEAD ",\"predicate\":{},\"predic\\u0061te\":{}}", "duplicate" },
		{ HEAD ",\"predicate\":{}", "statement:1" },
		{ HEAD ",\"predicate\":{}}}", "statement:1" },
		{ HEAD ",\"predicate\":", "statement:1" },
		{ HEAD ",\"predicate\" {}}", "statement:1" },
		{ HEAD ",\"predicate\";{}}", "statement:1" },
		{ HEAD ",\"predicate\"", "statement:1" },
		{ "[]", "object" },
		{ "", "statement" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		struct error e = { 0 };
		struct statement s;
		char text[1600];

		cr_expect_not(statement_read(&a, str_of(bad[i][0]), &s, &e), "%s", bad[i][0]);
		err_format(&e, text, sizeof(text));
		cr_expect(e.kind == ERR_INPUT && strstr(text, bad[i][1]), "%s: %s", bad[i][0],
			  text);
	}
}
