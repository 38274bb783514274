/* SPDX-License-Identifier: Apache-2.0 */
/* Certificates one by one: which are taken, which are not, and what they are called. */

#include <criterion/criterion.h>
#include <unistd.h>

#include "format/text/base64.h"
#include "make/scripts/authorities.h"
#include "support/fixture_files.h"
#include "support/fixture_oracle.h"
#include "support/fixture_tls.h"

#define BEGIN "-----BEGIN CERTIFICATE-----\n"
#define END "-----END CERTIFICATE-----\n"

/* The certificate of an authority, as openssl prints it. */
static const char *authority_pem(struct arena *a, const char *dir)
{
	tls_authority(dir);
	return ORACLE(a, "openssl", "x509", "-in", arena_printf(a, "%s/ca.pem", dir)).p;
}

Test(authorities, every_certificate_of_a_text_is_taken_as_openssl_reads_it)
{
	AUTO_ARENA a = { 0 };
	const char *dir = files_temporary(&a), *one = authority_pem(&a, dir);
	const char *two = authority_pem(&a, dir);
	struct authorities l = { .a = &a };
	struct error e = { 0 };
	const char *text = arena_printf(&a, "# ours\r\n%s\nCN = two\n%s", one, two);

	cr_assert(authorities_add(&l, "/x/corp.pem", str_of(text), &e), "%s", e.cause);
	cr_assert_eq(l.v.n, 2u);
	cr_expect_str_eq(l.v.v[0].name, "debian:corp.pem");
	cr_expect_str_eq(l.v.v[1].name, "debian:corp.pem-2");
	for (size_t i = 0; i < 2; i++) {
		const char *pem = arena_printf(&a, "%s/one.pem", dir);
		struct str der;

		files_put(pem, i ? two : one);
		der = ORACLE(&a, "openssl", "x509", "-in", pem, "-outform", "DER");
		cr_expect(str_eq(l.v.v[i].der, der), "certificate %zu", i);
	}
	files_remove(dir);
}

/* Two files of one name must not replace one another in a map. */
Test(authorities, no_two_have_one_name)
{
	AUTO_ARENA a = { 0 };
	const char *dir = files_temporary(&a);
	struct str pem = str_of(authority_pem(&a, dir));
	struct authorities l = { .a = &a };
	struct error e = { 0 };
	static const char *const paths[] = { "a/ca.pem", "b/CA.crt", "c/ca.pem-2", "d/ca" };
	static const char *const names[] = { "debian:ca.pem", "debian:ca.pem-2",
					     "debian:ca.pem-2.pem", "debian:ca.pem-3" };

	for (size_t i = 0; i < ARRAY_SIZE(paths); i++) {
		cr_assert(authorities_add(&l, paths[i], pem, &e), "%s", e.cause);
		cr_expect_str_eq(l.v.v[i].name, names[i]);
	}
	files_remove(dir);
}

/* The script of Debian makes links; ca-certificates-java takes their names in small letters. */
Test(authorities, names_are_those_of_update_ca_certificates)
{
	static const char *const files[] = {
		"Plain.crt", "With Blank, (Class 3) Gold.crt",
		"NetLock_F\305\221tan\303\272s\303\255tv\303\241ny.crt", "a.b.crt"
	};
	AUTO_ARENA a = { 0 };
	const char *dir = files_temporary(&a);
	const char *local = arena_printf(&a, "%s/local", dir),
		   *etc = arena_printf(&a, "%s/etc", dir);
	struct str pem = str_of(authority_pem(&a, dir));
	struct authorities l = { .a = &a };
	struct error e = { 0 };

	if (access("/usr/sbin/update-ca-certificates", X_OK) < 0)
		cr_skip_test("update-ca-certificates is not installed");
	files_put(arena_printf(&a, "%s/none.conf", dir), "");
	files_put(arena_printf(&a, "%s/hooks/none", dir), "");
	files_put(arena_printf(&a, "%s/none", etc), "");
	for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
		files_put(arena_printf(&a, "%s/%s", local, files[i]), pem.p);
		cr_assert(authorities_add(&l, files[i], pem, &e), "%s", e.cause);
	}
	ORACLE(&a, "/usr/sbin/update-ca-certificates", "--certsconf",
	       arena_printf(&a, "%s/none.conf", dir), "--certsdir", dir, "--localcertsdir", local,
	       "--etccertsdir", etc, "--hooksdir", arena_printf(&a, "%s/hooks", dir));
	for (size_t i = 0; i < l.v.n; i++) {
		const char *link = ORACLE(&a, "find", etc, "-name", "*.pem", "-lname",
					  arena_printf(&a, "*/%s", files[i]), "-printf", "%f")
					   .p;

		cr_expect_str_eq(l.v.v[i].name + strlen("debian:"),
				 ORACLE(&a, "sh", "-c", "printf %s \"$1\" | tr A-Z a-z", "sh", link)
					 .p,
				 "%s", files[i]);
	}
	files_remove(dir);
}

/* readUTF() and BMPString have no other characters: a store with one is refused as a whole. */
Test(authorities, what_no_java_could_read_in_a_name_becomes_a_line)
{
	static const struct {
		const char *path, *name;
	} cases[] = {
		{ "\xff.crt", "debian:_.pem" },
		{ "x\xc3.crt", "debian:x_.pem" },
		{ "\xf0\x9f\x94\x92.crt", "debian:____.pem" },
		{ "\xed\xa0\x80.crt", "debian:___.pem" },
		{ "\xc0\x80.crt", "debian:__.pem" },
		{ "\xe0\x80\x80.crt", "debian:___.pem" },
		{ "\xe2\x82\xac.crt", "debian:\xe2\x82\xac.pem" },
	};
	AUTO_ARENA a = { 0 };
	const char *dir = files_temporary(&a);
	struct str pem = str_of(authority_pem(&a, dir));

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct authorities l = { .a = &a };
		struct error e = { 0 };

		cr_assert(authorities_add(&l, cases[i].path, pem, &e), "%s", e.cause);
		cr_expect_str_eq(l.v.v[0].name, cases[i].name);
	}
	files_remove(dir);
}

Test(authorities, what_is_no_certificate_is_refused)
{
	static const struct {
		const char *text, *cause;
	} cases[] = {
		{ "", "it is not a certificate in PEM form" },
		{ "0\x82\x01", "it is not a certificate in PEM form" },
		{ END BEGIN, "certificate 1 of it is damaged" },
		{ BEGIN "AAEC\n", "certificate 1 of it is damaged" },
		{ BEGIN END, "certificate 1 of it is damaged" },
		{ BEGIN "A*==\n" END, "certificate 1 of it is damaged" },
		{ BEGIN "AAEC\n" END, "certificate 1 of it is damaged" },
		{ BEGIN "MAA=\n" END, "certificate 1 of it is damaged" }, /* SEQUENCE {} */
		{ BEGIN "MAcwADAAAwEA\n" END BEGIN "MAA=\n" END, "certificate 2 of it is damaged" },
		{ BEGIN "MIAwADAAAwEAAAA=\n" END,
		  "certificate 1 of it is damaged" }, /* no length */
		{ BEGIN "MIX/////////\n" END, "certificate 1 of it is damaged" },
		{ BEGIN "MIT/////AAAA\n" END, "certificate 1 of it is damaged" },
		{ "-----BEGIN PRIVATE KEY-----\n", "it holds a private key" },
		{ BEGIN "MAcwADAAAwEA\n" END "-----BEGIN EC PRIVATE KEY-----\n",
		  "it holds a private key" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		AUTO_ARENA a = { 0 };
		struct authorities l = { .a = &a };
		struct error e = { 0 };

		cr_expect_not(authorities_add(&l, "x", str_of(cases[i].text), &e), "%zu", i);
		cr_expect_eq(e.kind, ERR_INPUT);
		cr_expect_eq(strncmp(e.cause, cases[i].cause, strlen(cases[i].cause)), 0, "%zu: %s",
			     i, e.cause);
	}
}

/* Each certificate, cut at each byte: half of one is never taken. */
Test(authorities, no_part_of_a_certificate_is_one)
{
	AUTO_ARENA a = { 0 };
	const char *dir = files_temporary(&a);
	struct authorities whole = { .a = &a };
	struct error e = { 0 };
	struct str der;

	cr_assert(authorities_add(&whole, "x", str_of(authority_pem(&a, dir)), &e), "%s", e.cause);
	der = whole.v.v[0].der;
	for (size_t n = 0; n < der.n; n++) {
		struct authorities l = { .a = &a };
		const char *pem = arena_printf(&a, BEGIN "%s\n" END,
					       base64_encode(&a, (struct str){ der.p, n }));

		cr_expect_not(authorities_add(&l, "x", str_of(pem), &e), "%zu bytes", n);
		err_clear(&e);
	}
	files_remove(dir);
}
