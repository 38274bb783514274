/* SPDX-License-Identifier: Apache-2.0 */
/* Java's trust store: its bytes, and what keytool and openssl read in it. The end-to-end tests show
 * it to a Java of Debian 13. */

#include <criterion/criterion.h>
#include <stdlib.h>

#include "base/digest.h"
#include "make/scripts/java_store.h"
#include "support/fixture_files.h"
#include "support/fixture_oracle.h"
#include "support/fixture_tls.h"

#define BYTES(text) ((struct str){ text, sizeof(text) - 1 })

static const char *const java_store_forms[] = { "jks", "pkcs12" };

/* sun.security.provider.JavaKeyStore describes it in a comment of engineStore(). */
static const char expected[] = "\xfe\xed\xfe\xed" /* magic */
			       "\0\0\0\2"	  /* version */
			       "\0\0\0\2"	  /* entries */
			       "\0\0\0\2"
			       "\0\3one"
			       "\0\0\0\0\0\0\3\xe8" /* one second, in milliseconds */
			       "\0\5X.509"
			       "\0\0\0\4"
			       "\0\1\2\3"
			       "\0\0\0\2"
			       "\0\3two"
			       "\0\0\0\0\0\0\3\xe8"
			       "\0\5X.509"
			       "\0\0\0\5"
			       "hello";

Test(java_store, numbers_texts_and_certificates_stand_where_java_looks)
{
	AUTO_ARENA a = { 0 };
	struct authorities l = { .a = &a };
	struct buf out = { .a = &a }, proof = { .a = &a };
	const char *dir = files_temporary(&a), *file = arena_printf(&a, "%s/proof", dir);
	struct error e = { 0 };
	struct str sum;
	size_t n = sizeof(expected) - 1;

	*list_push(&a, &l.v) = (struct authority){ "one", BYTES("\0\1\2\3") };
	*list_push(&a, &l.v) = (struct authority){ "two", STR("hello") };
	buf_puts(&out, "before");
	java_store_put(&l, JAVA_STORE_JKS, 1, &out);
	cr_assert_eq(out.n, 6 + n + 20, "%zu bytes", out.n);
	cr_expect_eq(memcmp(out.p + 6, expected, n), 0);
	buf_add(&proof, BYTES("\0c\0h\0a\0n\0g\0e\0i\0tMighty Aphrodite"));
	buf_add(&proof, (struct str){ expected, n });
	cr_assert(file_write_path(file, 0644, buf_str(&proof), &e), "%s", e.cause);
	sum = ORACLE(&a, "sha1sum", file);
	for (size_t i = 0; i < 20; i++)
		cr_expect_eq(strtoul(arena_strndup(&a, sum.p + 2 * i, 2), NULL, 16),
			     (unsigned char)out.p[6 + n + i], "byte %zu of the proof", i);
	files_remove(dir);
}

/* Two authorities in a store; the second has a name in the letters of Hungary. */
static const char *java_store_make(struct arena *a, const char *dir, enum java_store_form form,
				   uint64_t time)
{
	static const char *const names[] = { "Main.crt",
					     "F\305\221tan\303\272s\303\255tv\303\241ny.crt" };
	const char *path = arena_printf(a, "%s/cacerts", dir);
	struct authorities l = { .a = a };
	struct buf out = { .a = a };
	struct error e = { 0 };

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		const char *pem;

		tls_authority(dir);
		pem = ORACLE(a, "openssl", "x509", "-in", arena_printf(a, "%s/ca.pem", dir)).p;
		files_put(arena_printf(a, "%s/%zu.pem", dir, i), pem);
		cr_assert(authorities_add(&l, names[i], str_of(pem), &e), "%s", e.cause);
	}
	java_store_put(&l, form, time, &out);
	cr_assert(file_write_path(path, 0644, buf_str(&out), &e), "%s", e.cause);
	return path;
}

Test(java_store, keytool_reads_both_forms)
{
	oracle_need("keytool");
	for (size_t i = 0; i < ARRAY_SIZE(java_store_forms); i++) {
		AUTO_ARENA a = { 0 };
		const char *dir = files_temporary(&a), *said;
		const char *store = java_store_make(&a, dir, i ? JAVA_STORE_PKCS12 : JAVA_STORE_JKS,
						    1700000000);

		said = ORACLE(&a, "keytool", "-J-Duser.timezone=UTC", "-list", "-keystore", store,
			      "-storetype", java_store_forms[i], "-storepass", "changeit")
			       .p;
		cr_expect_not_null(strstr(said, "contains 2 entries"), "%s", said);
		cr_expect(i || strstr(said, "debian:main.pem, Nov 14, 2023, trustedCertEntry"),
			  "%s", said);
		said = ORACLE(&a, "keytool", "-exportcert", "-rfc", "-keystore", store,
			      "-storepass", "changeit", "-alias", "debian:main.pem")
			       .p;
		said = str_dup(&a, str_trim(str_of(said)));
		cr_expect_str_eq(ORACLE(&a, "sh", "-c", "echo \"$1\" | tr -d '\\r'", "sh", said).p,
				 files_get(&a, arena_printf(&a, "%s/0.pem", dir)));
		files_remove(dir);
	}
}

Test(java_store, keytool_knows_a_name_beyond_ascii)
{
	for (size_t i = 0; i < ARRAY_SIZE(java_store_forms); i++) {
		AUTO_ARENA a = { 0 };
		const char *dir = files_temporary(&a), *said;
		const char *store = java_store_make(&a, dir, i ? JAVA_STORE_PKCS12 : JAVA_STORE_JKS,
						    1);

		oracle_need("keytool");
		said = ORACLE(&a, "keytool", "-J-Dsun.stdout.encoding=UTF-8",
			      "-J-Dstdout.encoding=UTF-8", "-J-Dfile.encoding=UTF-8", "-list",
			      "-keystore", store, "-storepass", "changeit")
			       .p;
		cr_expect_not_null(strstr(said,
					  "debian:f\305\221tan\303\272s\303\255tv\303\241ny.pem,"),
				   "%s", said);
		files_remove(dir);
	}
}

Test(java_store, openssl_reads_pkcs12_and_finds_nothing_secret)
{
	AUTO_ARENA a = { 0 };
	const char *dir = files_temporary(&a), *store, *said, *first, *second;

	oracle_need("openssl");
	store = java_store_make(&a, dir, JAVA_STORE_PKCS12, 1);
	said = ORACLE(&a, "openssl", "pkcs12", "-in", store, "-nomacver", "-nokeys", "-passin",
		      "pass:")
		       .p;
	first = strstr(said, "friendlyName: debian:main.pem");
	cr_assert_not_null(first, "%s", said);
	second = strstr(first, "friendlyName: debian:f");
	cr_assert_not_null(second, "%s", said);
	cr_expect_not_null(strstr(first, files_get(&a, arena_printf(&a, "%s/0.pem", dir))), "%s",
			   said);
	cr_expect_not_null(strstr(second, files_get(&a, arena_printf(&a, "%s/1.pem", dir))), "%s",
			   said);
	said = ORACLE(&a, "openssl", "asn1parse", "-inform", "DER", "-in", store).p;
	cr_expect_not_null(strstr(said, "pkcs7-data"), "%s", said);
	cr_expect_null(strstr(said, "pkcs7-encryptedData"), "%s", said);
	files_remove(dir);
}

/* A password that is wrong, or a byte that was changed. */
Test(java_store, keytool_finds_that_jks_was_changed)
{
	AUTO_ARENA a = { 0 };
	const char *dir = files_temporary(&a);
	const char *store = java_store_make(&a, dir, JAVA_STORE_JKS, 1700000000);
	struct oracle_run r;

	oracle_need("keytool");
	ORACLE(&a, "dd", "conv=notrunc", "bs=1", "seek=20", "count=1", "if=/dev/zero",
	       arena_printf(&a, "of=%s", store));
	r = oracle_run(&a, (const char *const[]){ "keytool", "-list", "-keystore", store,
						  "-storepass", "changeit", NULL });
	cr_expect_neq(r.status, 0);
	cr_expect_not_null(strstr(r.out.p, "tampered"), "%s%s", r.out.p, r.err.p);
	files_remove(dir);
}
