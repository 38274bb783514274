/* SPDX-License-Identifier: Apache-2.0 */
/* WWW-Authenticate (RFC 9110, 11.6.1): what is said in it, letter by letter. */

#include "transfer/registry/challenge.h"

#include <criterion/criterion.h>

static const char *challenge_show(struct arena *a, struct str value)
{
	static const char *const kinds[] = { "none", "other", "basic", "bearer" };
	struct challenge c = { .kind = CHALLENGE_NONE };

	challenge_read(a, value, &c);
	return arena_printf(a, "%s %s %s %s", kinds[c.kind], c.realm ? c.realm : "-",
			    c.service ? c.service : "-", c.scope ? c.scope : "-");
}

Test(challenge, values_are_tokens_or_quoted)
{
	static const struct {
		struct str value;
		const char *says;
	} cases[] = {
		{ STR(""), "none - - -" },
		{ STR("Basic"), "basic - - -" },
		{ STR("BASIC realm=x"), "basic x - -" },
		{ STR("bearer realm=\"https://h/t\",service=\"s\",scope=\"a b\""),
		  "bearer https://h/t s a b" },
		{ STR("Bearer realm = \"x\" , Service\t=\ty"), "bearer x y -" },
		/* nobody knows where to ask */
		{ STR("Bearer service=y"), "none - - -" },
		{ STR("Bearer, Basic realm=x"), "basic x - -" },
		{ STR("Basic realm=x, Bearer realm=y"), "bearer y - -" },
		{ STR("Bearer realm=y, Basic realm=x"), "bearer y - -" },
		{ STR("Negotiate abc==, Basic realm=x"), "basic x - -" },
		{ STR("Negotiate"), "other - - -" },
		/* the first of two counts, others are nobody's */
		{ STR("Basic realm=x, realm=y, realms=z, real=w"), "basic x - -" },
		{ STR("Basic realm=, service=s"), "basic - s -" },
		{ STR("Basic realm="), "basic - - -" },
		{ STR("Basic realm=="), "basic - - -" },
		/* quoted */
		{ STR("Basic realm=\"a\\\"b\\\\\""), "basic a\"b\\ - -" },
		{ STR("Basic realm=\"\""), "basic  - -" },
		{ STR("Basic realm=\"a"), "basic - - -" },
		{ STR("Basic realm=\"a\\"), "basic - - -" },
		{ STR("Basic realm=\"a\x01\""), "basic - - -" },
		{ STR("Basic realm=\"a\x7f\""), "basic - - -" },
		{ STR("Basic realm=\"a\xc3\xa9\""), "basic a\xc3\xa9 - -" },
		/* letters of tokens */
		{ STR("Basic realm=azAZ09!#$%&'*+-.^_`|~/:"), "basic azAZ09!#$%&'*+-.^_`|~/: - -" },
		{ STR("Basic realm=a@b, service=s"), "basic a - -" },
		{ STR("Basic realm=a[b"), "basic a - -" },
		{ STR("Basic realm=a{b"), "basic a - -" },
		{ STR("Basic realm=a;b"), "basic a - -" },
		{ STR("Basic realm=(a)"), "basic - - -" },
		{ STR("Basic realm=a\0b"), "basic a - -" },
		{ STR("\0"), "none - - -" },
		{ STR("=x"), "none - - -" },
		{ STR(" , ,Basic realm=x , "), "basic x - -" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		AUTO_ARENA a = { 0 };

		cr_expect_str_eq(challenge_show(&a, cases[i].value), cases[i].says, "%zu: %s", i,
				 challenge_show(&a, cases[i].value));
	}
}

Test(challenge, a_value_has_a_length)
{
	for (size_t n = 4095; n <= 4097; n++) {
		AUTO_ARENA a = { 0 };
		char *long_one = arena_alloc(&a, n + 1);
		const char *says;

		memset(long_one, 'a', n);
		says = challenge_show(&a, str_of(arena_printf(&a, "Basic realm=\"%s\"", long_one)));
		cr_expect_eq(strcmp(says, "basic - - -") == 0, n > 4096, "%zu", n);
	}
}

/* Of several headers the best one is kept; an equal one does not replace it. */
Test(challenge, the_best_of_several_headers_is_kept)
{
	AUTO_ARENA a = { 0 };
	struct challenge c = { .kind = CHALLENGE_NONE };

	challenge_read(&a, STR("Basic realm=one"), &c);
	challenge_read(&a, STR("Basic realm=two"), &c);
	challenge_read(&a, STR("Digest realm=three"), &c);
	cr_expect_str_eq(c.realm, "one");
	challenge_read(&a, STR("Bearer realm=four"), &c);
	cr_expect_str_eq(c.realm, "four");
}
