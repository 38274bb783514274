/* SPDX-License-Identifier: Apache-2.0 */
/* References and challenges: pure functions. */

#include <criterion/criterion.h>

#include "transfer/registry/challenge.h"
#include "transfer/registry/reference.h"
#include "transfer/registry/registry_problem.h"

#define ZEROS "0000000000000000000000000000000000000000000000000000000000000000"

Test(reference, is_taken_apart)
{
	static const struct {
		const char *text, *host, *name, *tag, *digest;
	} cases[] = {
		{ "docker://registry.example/app", "registry.example", "app", "latest", NULL },
		{ "docker://registry.example:5000/team/app:1.0", "registry.example:5000",
		  "team/app", "1.0", NULL },
		{ "docker://localhost/app", "localhost", "app", "latest", NULL },
		{ "docker://localhost:5000/a/b/c:V_1-x", "localhost:5000", "a/b/c", "V_1-x", NULL },
		{ "docker://[::1]:5000/app", "[::1]:5000", "app", "latest", NULL },
		{ "docker://a.b/app@sha256:" ZEROS, "a.b", "app", NULL, "sha256:" ZEROS },
		{ "docker://a.b/app:2@sha256:" ZEROS, "a.b", "app", "2", "sha256:" ZEROS },
	};
	AUTO_ARENA a = { 0 };

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct reference r;
		struct error e = { 0 };

		cr_assert(reference_parse(&a, cases[i].text, &r, &e), "%s: %s", cases[i].text,
			  e.cause);
		cr_expect_str_eq(r.host, cases[i].host);
		cr_expect_str_eq(r.name, cases[i].name);
		cr_expect_str_eq(r.tag ? r.tag : "", cases[i].tag ? cases[i].tag : "", "%s",
				 cases[i].text);
		cr_expect_str_eq(r.digest ? r.digest : "", cases[i].digest ? cases[i].digest : "");
	}
}

Test(reference, is_refused_with_the_reason)
{
	static const char *const cases[][2] = {
		{ "app", "is not docker://REGISTRY/NAME[:TAG]" },
		{ "docker://", "names no registry" },
		{ "docker://app", "names no registry" },
		{ "docker://team/app", "names no registry" },
		{ "docker://app:1.0", "names no registry; write its host, too: docker://" },
		{ "docker://a.b", "names no image; write its name behind the host: docker://" },
		{ "docker://127.0.0.1:5000", "names no image" },
		{ "docker://localhost", "names no image" },
		{ "docker://[::1]:5000", "names no image" },
		{ "docker://a.b/", "is not an image name" },
		{ "docker://a.b/App", "is not an image name" },
		{ "docker://a.b/app:", "a tag has 1 to 128" },
		{ "docker://a.b/app:.x", "a tag has 1 to 128" },
		{ "docker://a.b/../x", "is not an image name" },
		{ "docker://a.b:99999/app", "not a host with a port" },
		{ "docker://a.b:x/app", "not a host with a port" },
		{ "docker://u:p/app", "not a host with a port" },
		{ "docker://u@a.b/app", "a digest is" },
		{ "docker://u:p@a.b/app", "holds no user and no password" },
		{ "docker://a.b/app@sha256:" ZEROS "0", "a digest is" },
		{ "docker://a.b/app@sha512:" ZEROS, "a digest is" },
		{ "docker://a.b/app\n", "is not an image name" },
	};
	AUTO_ARENA a = { 0 };

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct reference r;
		struct error e = { 0 };

		cr_expect(!reference_parse(&a, cases[i][0], &r, &e), "%s", cases[i][0]);
		cr_expect_eq(e.kind, ERR_USAGE);
		cr_expect(strstr(e.cause, cases[i][1]) != NULL, "%s: %s", cases[i][0], e.cause);
	}
}

static const char *show_challenge(struct arena *a, const char *value)
{
	struct challenge c = { .kind = CHALLENGE_NONE };

	challenge_read(a, str_of(value), &c);
	return arena_printf(a, "%d %s|%s|%s", c.kind, c.realm ? c.realm : "-",
			    c.service ? c.service : "-", c.scope ? c.scope : "-");
}

Test(challenge, is_read_as_rfc_9110_has_it)
{
	static const char *const cases[][2] = {
		{ "Bearer realm=\"https://a/t\",service=\"s\",scope=\"repository:x:pull,push\"",
		  "3 https://a/t|s|repository:x:pull,push" },
		{ "bearer  realm = \"https://a/t\" , service=plain", "3 https://a/t|plain|-" },
		{ "Basic realm=\"x\"", "2 x|-|-" },
		{ "Basic", "2 -|-|-" },
		{ "Basic realm=\"x\", Bearer realm=\"y\"", "3 y|-|-" },
		{ "Bearer realm=\"y\", Basic realm=\"x\"", "3 y|-|-" },
		{ "Bearer service=\"s\", Basic realm=\"x\"", "2 x|-|-" },
		{ "Negotiate YWJj==, Basic realm=\"x\"", "2 x|-|-" },
		{ "Negotiate", "1 -|-|-" },
		{ "Bearer realm=\"a\\\"b\\\\c\"", "3 a\"b\\c|-|-" },
		{ "Bearer realm=\"one\",realm=\"two\"", "3 one|-|-" },
		{ "Bearer realm=\"open", "0 -|-|-" },
		{ "Bearer realm=\"a\nb\"", "0 -|-|-" },
		{ "Bearer realm=", "0 -|-|-" },
		{ ",,, ,", "0 -|-|-" },
		{ "=x", "0 -|-|-" },
		{ "", "0 -|-|-" },
	};
	AUTO_ARENA a = { 0 };

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		cr_expect_str_eq(show_challenge(&a, cases[i][0]), cases[i][1], "%s: %s",
				 cases[i][0], show_challenge(&a, cases[i][0]));
}

Test(challenge, of_several_headers_the_best_is_kept)
{
	AUTO_ARENA a = { 0 };
	struct challenge c = { .kind = CHALLENGE_NONE };

	challenge_read(&a, STR("Digest realm=\"d\""), &c);
	challenge_read(&a, STR("Bearer realm=\"b\""), &c);
	challenge_read(&a, STR("Basic realm=\"a\""), &c);
	cr_expect(c.kind == CHALLENGE_BEARER && strcmp(c.realm, "b") == 0);
}

Test(problem, bodies_become_one_short_line)
{
	static const char *const cases[][2] = {
		{ "{\"errors\":[{\"code\":\"A\",\"message\":\"b\"},{\"code\":\"C\"},{\"message\":\"d\"},{}]}",
		  "A: b; C; d" },
		{ "{\"errors\":[{\"code\":\"A\"},{\"code\":\"B\"},{\"code\":\"C\"},{\"code\":\"D\"},"
		  "{\"code\":\"E\"}]}",
		  "A; B; C; D" },
		{ "{\"errors\":[{\"code\":\"A\",\"message\":\"\"}]}", "A" },
		{ "<TITLE lang=\"en\">a</TITLE>", "a" },
		{ "<titl>a</titl>", "" },
		{ "{\"errors\":[{\"code\":1,\"message\":{}}]}", "" },
		{ "{\"errors\":{}}", "" },
		{ "{\"error\":\"a\",\"error_description\":\"b\\tc\"}", "a: b c" },
		{ "[]", "" },
		{ "nonsense", "" },
		{ "<html><title>Sign  in\n</title><p>more", "Sign in" },
		{ "<title", "" },
		{ "<title>open", "open" },
		{ "", "" },
	};
	AUTO_ARENA a = { 0 };
	struct buf longer = { .a = &a };

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		cr_expect_str_eq(problem_text(&a, str_of(cases[i][0])), cases[i][1]);
	buf_puts(&longer, "{\"errors\":[{\"code\":\"A\",\"message\":\"");
	for (int i = 0; i < 5000; i++)
		buf_putc(&longer, 'x');
	buf_puts(&longer, "\"}]}");
	cr_expect_eq(strlen(problem_text(&a, buf_str(&longer))), 303);
}
