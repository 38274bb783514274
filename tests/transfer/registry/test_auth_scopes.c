/* SPDX-License-Identifier: Apache-2.0 */
/* What a token is asked for, and what may stand in the question and in the answer. */

#include <criterion/criterion.h>

#include "support/fixture_oracle.h"
#include "transfer/registry/auth.h"

static const struct reference scopes_ref = { .host = "r.example", .name = "team/app" };

/* Answers a challenge; no server is asked, for there is a token already. */
static void scopes_challenge(struct auth *x, const char *value)
{
	struct http_headers reply = { .a = x->a };
	struct error e = { 0 };

	http_headers_line(&reply, str_of(arena_printf(x->a, "WWW-Authenticate: %s", value)));
	cr_assert_eq(auth_answer(x, NULL, &reply, &e), 1, "%s: %s", value, e.cause);
	cr_expect_str_eq(x->login->token, "mine");
}

Test(auth, scopes_of_others_are_asked_for_too_but_not_many)
{
	static const char *const scopes[] = {
		"",
		"repository:team/app:pull",
		"repository:team/base:pull",
		"repository:team/base:pull",
		"repository:team/application:pull",
		"registry:catalog:*",
		"repository:one/too/many:pull",
	};
	AUTO_ARENA a = { 0 };
	struct auth x = { .a = &a, .ref = &scopes_ref, .credentials = { .bearer = "mine" } };

	*list_push(&a, &x.scopes) = "repository:team/app:pull,push";
	for (size_t i = 0; i < ARRAY_SIZE(scopes); i++)
		scopes_challenge(&x,
				 arena_printf(&a,
					      "Bearer realm=\"https://r.example/t\",scope=\"%s\"",
					      scopes[i]));
	scopes_challenge(&x, "Bearer realm=\"https://r.example/t\"");
	cr_expect_str_eq(strings_join(&a, &x.scopes, " "),
			 "repository:team/app:pull,push repository:team/base:pull "
			 "repository:team/application:pull registry:catalog:*");
}

/* Python's quote() leaves what RFC 3986 calls unreserved. */
Test(auth, every_byte_of_a_question_is_encoded_as_python_does)
{
	AUTO_ARENA a = { 0 };
	const char *script = "import urllib.parse\nfor c in range(1, 256):\n"
			     "  print(urllib.parse.quote(bytes([c]), safe=''))\n";
	struct str want, line;

	oracle_need("python3");
	want = ORACLE(&a, "python3", "-c", script);
	for (unsigned c = 1; c < 256; c++) {
		const char service[] = { (char)c, '\0' };
		struct challenge asked = { .realm = "https://h/t", .service = service };

		cr_assert(str_next(&want, '\n', &line));
		cr_expect_str_eq(auth_token_url(&a, &asked, &(struct strings){ 0 }),
				 arena_printf(&a, "https://h/t?service=" STR_FMT, STR_ARG(line)));
	}
}

Test(auth, a_token_is_what_a_header_can_hold)
{
	static const struct {
		const char *text, *token;
		uint64_t seconds;
	} cases[] = {
		{ "{\"token\":\"t\"}", "t", 60 },
		{ "{\"token\":\"t\",\"expires_in\":1}", "t", 1 },
		{ "{\"token\":\"t\",\"expires_in\":null}", "t", 60 },
		{ "{\"token\":\"t\",\"expires_in\":-1}", "t", 60 },
		{ "{\"token\":\"t\",\"expires_in\":\"1\"}", "t", 60 },
		{ "{\"token\":\"!~\"}", "!~", 60 },
		{ "{\"token\":\"a b\"}", NULL, 60 },
		{ "{\"token\":\"a\\u007f\"}", NULL, 60 },
		{ "{\"token\":\"a\\n\"}", NULL, 60 },
		{ "{\"token\":\"\"}", NULL, 60 },
		{ "{\"token\":7}", NULL, 60 },
		{ "{\"access_token\":\"b\"}", "b", 60 },
		{ "{\"token\":\"a\",\"access_token\":\"b\"}", "a", 60 },
		{ "[]", NULL, 60 },
		{ "", NULL, 60 },
	};
	AUTO_ARENA a = { 0 };

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		uint64_t seconds = 7;
		const char *token = auth_token_read(&a, str_of(cases[i].text), &seconds);

		if (cases[i].token)
			cr_expect(token && strcmp(token, cases[i].token) == 0, "%s", cases[i].text);
		else
			cr_expect_null(token, "%s", cases[i].text);
		cr_expect_eq(seconds, cases[i].seconds, "%s", cases[i].text);
	}
}
