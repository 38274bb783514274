/* SPDX-License-Identifier: Apache-2.0 */
/* Passwords in addresses, in whatever they stand. */

#include <criterion/criterion.h>
#include <stdio.h>

#include "base/redact.h"

static const struct {
	const char *text, *shown;
} cases[] = {
	{ "", "" },
	{ "https://u:geheim@h/x", "https://***@h/x" },
	{ "docker://u:geheim@h:5000/a:1: no", "docker://***@h:5000/a:1: no" },
	{ "https://geheim@h", "https://***@h" },
	{ "x \"http://u:ge@heim@h/\", y", "x \"http://***@h/\", y" },
	{ "https://u:ge/heim@h/x", "https://***@h/x" },
	{ "https://u:ge?heim#1@h/x", "https://***@h/x" },
	{ "https://u:geheim", "https://***" },
	{ "--mirror=debian=http://u:geheim@h/debian", "--mirror=debian=http://***@h/debian" },
	{ "a,https://u:geheim@h/,http://v:geheim@i/", "a,https://***@h/,http://***@i/" },
	{ "u:geheim@h/team/app:1", "***@h/team/app:1" },
	{ "open u:geheim@h/x: no such file", "open ***@h/x: no such file" },
	/* no secrets */
	{ "http://h:8080/@scope/p?a=b@c", "http://h:8080/@scope/p?a=b@c" },
	{ "https://HOST:PORT/ and docker://REGISTRY/NAME[:TAG|@DIGEST]",
	  "https://HOST:PORT/ and docker://REGISTRY/NAME[:TAG|@DIGEST]" },
	{ "http://[::1]:80/a http://[fe80::1]/", "http://[::1]:80/a http://[fe80::1]/" },
	{ "see http://h: it is", "see http://h: it is" },
	{ "docker://h:5000/a@sha256:00", "docker://h:5000/a@sha256:00" },
	{ "h/a:1@sha256:00/x a:1@sha256:00/x", "h/a:1@sha256:00/x a:1@sha256:00/x" },
	{ "x.c:12: undefined reference to `f@GLIBC_2.4' by <me@h.example>",
	  "x.c:12: undefined reference to `f@GLIBC_2.4' by <me@h.example>" },
};

Test(redact, T37_passwords_are_struck_out_and_nothing_else)
{
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		char out[256];
		size_t n = redact_text(str_of(cases[i].text), out, sizeof(out));

		cr_expect_str_eq(out, cases[i].shown);
		cr_expect_eq(n, strlen(cases[i].shown));
	}
}

Test(redact, never_writes_past_its_room)
{
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		for (size_t size = 0; size < 40; size++) {
			char out[41];

			memset(out, '~', sizeof(out));
			redact_text(str_of(cases[i].text), out, size);
			cr_expect_eq(out[size], '~');
			cr_expect(!strstr(size ? out : "", "geheim"));
		}
	}
}
