/* SPDX-License-Identifier: Apache-2.0 */
/* T15: one form of a signed file is read, and every other is refused. */

#include <criterion/criterion.h>

#include "input/release/clearsign.h"

#define BEGIN "-----BEGIN PGP SIGNED MESSAGE-----\n"
#define HASH "Hash: SHA256\n\n"
#define TEXT "Origin: Debian\nSHA256:\n abc 1 x\n"
#define SIG "-----BEGIN PGP SIGNATURE-----\n"
#define BODY "\niQIzBAEBCAAdFiEETLUBkCB7R1ij9zp5btDnuCZD4TEFAmr/rGMACgkQbtDnuCZD\n=2ZFw\n"
#define END "-----END PGP SIGNATURE-----\n"

Test(clearsign, splits_the_one_form)
{
	struct str file = STR(BEGIN HASH TEXT SIG BODY END);
	struct clearsign c;
	struct error e = { 0 };

	cr_assert(clearsign_split(file, "f", &c, &e), "%s", e.cause);
	cr_assert(str_eq(c.text, STR(TEXT)));
	cr_assert_eq(c.signed_text.p, c.text.p);
	cr_assert_eq(c.signed_text.n, c.text.n - 1, "the last newline is not signed");
	cr_assert(str_eq(c.signature, STR(SIG BODY END)));
}

Test(clearsign, takes_empty_lines_and_sha512)
{
	struct clearsign c;
	struct error e = { 0 };

	cr_assert(clearsign_split(STR(BEGIN "Hash: SHA512\n\n\n\n" TEXT "\n" SIG BODY END), "f", &c,
				  &e));
	cr_assert(str_eq(c.text, STR("\n\n" TEXT "\n")));
}

Test(clearsign, T15_clearsign_wrapping_is_refused)
{
	static const struct {
		const char *what;
		struct str file;
		unsigned line;
	} cases[] = {
		{ "nothing", STR(""), 1 },
		{ "no signature", STR(TEXT), 1 },
		{ "html", STR("<html>log in</html>\n"), 1 },
		{ "text before", STR("Origin: Evil\n" BEGIN HASH TEXT SIG BODY END), 1 },
		{ "empty line before", STR("\n" BEGIN HASH TEXT SIG BODY END), 1 },
		{ "byte order mark", STR("\xef\xbb\xbf" BEGIN HASH TEXT SIG BODY END), 1 },
		{ "text after", STR(BEGIN HASH TEXT SIG BODY END "Origin: Evil\n"), 12 },
		{ "empty line after", STR(BEGIN HASH TEXT SIG BODY END "\n"), 12 },
		{ "second message", STR(BEGIN HASH TEXT SIG BODY END BEGIN HASH TEXT SIG BODY END),
		  12 },
		{ "second signature", STR(BEGIN HASH TEXT SIG BODY END SIG BODY END), 12 },
		{ "message inside", STR(BEGIN HASH TEXT BEGIN HASH TEXT SIG BODY END), 7 },
		{ "junk on the first line",
		  STR("-----BEGIN PGP SIGNED MESSAGE----- x\n" HASH TEXT SIG BODY END), 1 },
		{ "blank on the first line",
		  STR("-----BEGIN PGP SIGNED MESSAGE----- \n" HASH TEXT SIG BODY END), 1 },
		{ "carriage returns",
		  STR("-----BEGIN PGP SIGNED MESSAGE-----\r\n" HASH TEXT SIG BODY END), 1 },
		{ "carriage return in the text", STR(BEGIN HASH "A: b\r\n" SIG BODY END), 4 },
		{ "form feed", STR(BEGIN HASH "A: b\x0c\n" SIG BODY END), 4 },
		{ "DEL", STR(BEGIN HASH "A: b\x7f\n" SIG BODY END), 4 },
		{ "escape", STR(BEGIN HASH "A: b\x1f\n" SIG BODY END), 4 },
		{ "NUL", STR(BEGIN HASH "A: b\0c\n" SIG BODY END), 4 },
		{ "no hash header", STR(BEGIN "\n" TEXT SIG BODY END), 2 },
		{ "weak hash", STR(BEGIN "Hash: SHA1\n\n" TEXT SIG BODY END), 2 },
		{ "two hashes", STR(BEGIN "Hash: SHA256, SHA512\n\n" TEXT SIG BODY END), 2 },
		{ "extra header", STR(BEGIN "Hash: SHA256\nComment: x\n\n" TEXT SIG BODY END), 3 },
		{ "NotDashEscaped",
		  STR(BEGIN "Hash: SHA256\nNotDashEscaped: x\n\n" TEXT SIG BODY END), 3 },
		{ "text where the empty line should be",
		  STR(BEGIN "Hash: SHA256\nA: b\n" TEXT SIG BODY END), 3 },
		{ "blank in the empty line", STR(BEGIN "Hash: SHA256\n \n" TEXT SIG BODY END), 3 },
		{ "dash escape", STR(BEGIN HASH "- -----BEGIN\n" SIG BODY END), 4 },
		{ "trailing blank", STR(BEGIN HASH "A: b \n" SIG BODY END), 4 },
		{ "trailing tab", STR(BEGIN HASH "A: b\t\n" SIG BODY END), 4 },
		{ "empty text", STR(BEGIN HASH SIG BODY END), 4 },
		{ "armour header", STR(BEGIN HASH TEXT SIG "Version: x\n" BODY END), 8 },
		{ "not base64", STR(BEGIN HASH TEXT SIG "\niQIz!\n" END), 9 },
		{ "empty line in the signature", STR(BEGIN HASH TEXT SIG "\niQIz\n\niQIz\n" END),
		  10 },
		{ "blank in the signature", STR(BEGIN HASH TEXT SIG "\niQ Iz\n" END), 9 },
		{ "long line in the signature",
		  STR(BEGIN HASH TEXT SIG
		      "\naaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
		      "aaaaaaaa\n" END),
		  9 },
		{ "another armour's end",
		  STR(BEGIN HASH TEXT SIG BODY "-----END PGP MESSAGE-----\n"), 11 },
		{ "no end", STR(BEGIN HASH TEXT SIG BODY), 11 },
		{ "no newline at the end",
		  STR(BEGIN HASH TEXT SIG BODY "-----END PGP SIGNATURE-----"), 11 },
		{ "cut in the text", STR(BEGIN HASH "Origin: Deb"), 4 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct clearsign c;
		struct error e = { 0 };

		cr_assert_not(clearsign_split(cases[i].file, "f", &c, &e), "%s", cases[i].what);
		cr_assert_eq(e.kind, ERR_VERIFY, "%s", cases[i].what);
		cr_assert_eq(e.at.line, cases[i].line, "%s: line %u", cases[i].what, e.at.line);
	}
}

/* At the end of each part. */
Test(clearsign, T15_what_ends_too_early_is_refused)
{
	static const struct {
		struct str file;
		unsigned line;
	} cases[] = {
		{ STR(BEGIN), 2 },
		{ STR(BEGIN "Hash: SHA256\n"), 3 },
		{ STR(BEGIN HASH), 4 },
		{ STR(BEGIN HASH TEXT), 7 },
		{ STR(BEGIN HASH TEXT SIG), 8 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct clearsign c;
		struct error e = { 0 };

		cr_expect_not(clearsign_split(cases[i].file, "f", &c, &e));
		cr_expect_eq(e.kind, ERR_VERIFY);
		cr_expect_eq(e.at.line, cases[i].line, "%zu: line %u", i, e.at.line);
		cr_expect(strstr(e.cause, "it ends too early"), "%s", e.cause);
	}
}

/* All characters of base64, and each of their neighbours; 76 of them in a line. */
Test(clearsign, T15_signature_is_base64)
{
	static const char good[] = "aAzZ09+/==";
	static const char bad[] = "`{@[:.*,-<>";
	char line[80] = "";

	for (size_t i = 0; i < sizeof(good) - 1 + sizeof(bad) - 1; i++) {
		bool is_good = i < sizeof(good) - 1;
		char c = is_good ? good[i] : bad[i - (sizeof(good) - 1)];
		AUTO_ARENA a = { 0 };
		struct clearsign out;
		struct error e = { 0 };

		cr_expect_eq(clearsign_split(str_of(arena_printf(&a,
								 BEGIN HASH TEXT SIG
								 "\niQ%cz\n" END,
								 c)),
					     "f", &out, &e),
			     is_good, "%c", c);
	}
	for (size_t n = 76; n <= 77; n++) {
		AUTO_ARENA a = { 0 };
		struct clearsign out;
		struct error e = { 0 };

		memset(line, 'A', n);
		cr_expect_eq(clearsign_split(str_of(arena_printf(&a,
								 BEGIN HASH TEXT SIG "\n%s\n" END,
								 line)),
					     "f", &out, &e),
			     n == 76, "%zu", n);
	}
}
