/* SPDX-License-Identifier: Apache-2.0 */
/* Keys that other programs hold. */

#include <criterion/criterion.h>
#include <sys/stat.h>

#include "support/fixture_files.h"
#include "support/fixture_oracle.h"
#include "support/fixture_signer.h"
#include "trust/key/named_key.h"
#include "trust/key/signer_plugin.h"

#define NO_PASSPHRASE ((struct str){ NULL, 0 })

static const char *signer_key(struct arena *a, const char *dir, const char *name, bool ed25519)
{
	const char *pem = arena_printf(a, "%s/%s.pem", dir, name);

	oracle_need("openssl");
	ORACLE(a, "openssl", "genpkey", "-out", pem, "-algorithm", ed25519 ? "ED25519" : "EC",
	       ed25519 ? NULL : "-pkeyopt", "ec_paramgen_curve:P-256");
	cr_assert_eq(chmod(pem, 0600), 0);
	return pem;
}

static const char *signer_message(struct arena *a, const struct error *e)
{
	char *text = arena_alloc(a, 2048);

	err_format(e, text, 2048);
	return text;
}

Test(signer_plugin, names_are_told_from_files)
{
	static const char *const names[] = { "pkcs11:token=x", "aws-kms:alias/x", "a1:" };
	static const char *const files[] = { "key.pem",	     "./a:b",	 "/k/a:b", "K:x",  "a:b",
					     "dir/pkcs11:x", "Pkcs11:x", "1a:x",   "-a:x", "" };

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		cr_expect(signer_plugin_names(names[i]), "%s", names[i]);
	for (size_t i = 0; i < ARRAY_SIZE(files); i++)
		cr_expect_not(signer_plugin_names(files[i]), "%s", files[i]);
}

/* As long as the statement of a large bill of materials. */
Test(signer_plugin, what_a_program_signs_is_verified_with_the_keys_file)
{
	for (unsigned kind = 0; kind < 2; kind++) {
		AUTO_ARENA a = { 0 };
		const char *dir = files_temporary(&a), *pem = signer_key(&a, dir, "k", kind == 1);
		AUTO_KEY here = KEY_INIT, there = KEY_INIT, public = KEY_INIT;
		const char *name = arena_printf(&a, "fake:%s", pem);
		size_t n = 3u << 20;
		char *text = arena_alloc(&a, n);
		struct error e = { 0 };
		struct str signature;

		signer_install(&a, dir);
		memset(text, 'x', n);
		cr_assert(named_key_private(&a, pem, NO_PASSPHRASE, &here, &e), "%s", e.cause);
		cr_assert(named_key_private(&a, name, NO_PASSPHRASE, &there, &e), "%s", e.cause);
		cr_assert(named_key_public(&a, name, &public, &e), "%s", e.cause);
		cr_expect_str_eq(there.hint, here.hint);
		cr_expect_str_eq(public.hint, here.hint);
		cr_assert(key_sign(&a, &there, (struct str){ text, n }, &signature, &e), "%s%s",
			  e.context, e.cause);
		cr_expect(key_verify(&here, (struct str){ text, n }, signature));
		files_remove(dir);
	}
}

Test(signer_plugin, the_passphrase_is_told_and_not_kept)
{
	AUTO_ARENA a = { 0 };
	const char *dir = files_temporary(&a);
	struct key k = KEY_INIT;
	struct error e = { 0 };
	struct str kept;

	signer_install(&a, dir);
	signer_install_text(
		&a, dir, "asks",
		"import json, sys\nq = json.load(sys.stdin)\n"
		"sys.exit('the PIN is %s' % q['passphrase'] if 'passphrase' in q else 'no PIN')\n");
	cr_expect_not(named_key_private(&a, "asks:x", STR("1234"), &k, &e));
	cr_expect(e.kind == ERR_SYSTEM && strstr(e.cause, "fails and says: the PIN is 1234"), "%s",
		  e.cause);
	err_clear(&e);
	cr_expect_not(named_key_private(&a, "asks:x", NO_PASSPHRASE, &k, &e));
	cr_expect(strstr(e.cause, "fails and says: no PIN"), "%s", e.cause);
	err_clear(&e);
	cr_assert(named_key_private(&a, arena_printf(&a, "fake:%s", signer_key(&a, dir, "k", true)),
				    STR("1234"), &k, &e));
	kept = k.passphrase;
	cr_assert(str_eq(kept, STR("1234")));
	key_drop(&k);
	cr_expect_not(str_eq(kept, STR("1234")));
	files_remove(dir);
}

Test(signer_plugin, what_goes_wrong_names_program_and_key)
{
	AUTO_ARENA a = { 0 };
	const char *dir = files_temporary(&a);
	static const char *const bad[][3] = {
		{ "fails", "import sys\nsys.exit(3)\n",
		  "key fails:x: imgbuild-signer-fails public-key fails; it does not say why" },
		{ "talks", "print('hello')\n",
		  "key talks:x: imgbuild-signer-talks public-key does not answer in JSON" },
		{ "less", "print('{}')\n",
		  "key less:x: imgbuild-signer-less public-key answers without \"public-key\"" },
		{ "odd", "print('{\"public-key\": \"x\"}')\n",
		  "odd:x: this is not a public key in PEM" },
		{ "long", "print('x' * 70000)\n",
		  "key long:x (a file of this name is ./long:x): imgbuild-signer-long answers "
		  "more than 65536 bytes" },
	};
	struct key k = KEY_INIT;

	signer_install(&a, dir);
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		struct error e = { 0 };
		const char *name = arena_printf(&a, "%s:x", bad[i][0]), *says;

		signer_install_text(&a, dir, bad[i][0], bad[i][1]);
		cr_expect_not(named_key_private(&a, name, NO_PASSPHRASE, &k, &e));
		says = signer_message(&a, &e);
		cr_expect(strstr(says, bad[i][2]), "%s", says);
	}
	files_remove(dir);
}

Test(signer_plugin, a_program_that_is_not_there_is_named)
{
	AUTO_ARENA a = { 0 };
	struct key k = KEY_INIT;
	struct error e = { 0 };

	cr_expect_not(named_key_private(&a, "nowhere:x", NO_PASSPHRASE, &k, &e));
	cr_expect_eq(e.kind, ERR_SYSTEM);
	cr_expect_str_eq(signer_message(&a, &e),
			 "key nowhere:x (a file of this name is ./nowhere:x): "
			 "imgbuild-signer-nowhere is not installed");
}

/* Another key's, none at all, cut short. */
Test(signer_plugin, a_signature_that_is_not_of_the_key_is_refused)
{
	AUTO_ARENA a = { 0 };
	const char *dir = files_temporary(&a), *pem = signer_key(&a, dir, "k", false);
	static const char *const lies[][2] = {
		{ "MEQCIA==", "is not a signature of this key" },
		{ "", "is not a signature of this key" },
		{ "not base64", "its signature is not base64" },
		/* no answer at all */
		{ "' + sys.exit(4) + '", "imgbuild-signer-lies sign fails" },
	};

	signer_install(&a, dir);
	for (size_t i = 0; i < ARRAY_SIZE(lies); i++) {
		AUTO_KEY k = KEY_INIT;
		struct error e = { 0 };
		struct str out;

		signer_install_text(
			&a, dir, "lies",
			arena_printf(
				&a,
				"import json, subprocess, sys\n"
				"sign = sys.argv[1] == 'sign'\n"
				"print(json.dumps({'signature': '%s'} if sign else {'public-key': "
				"subprocess.run(['openssl', 'pkey', '-in', '%s', '-pubout'], "
				"stdout=subprocess.PIPE).stdout.decode()}))\n",
				lies[i][0], pem));
		cr_assert(named_key_private(&a, "lies:x", NO_PASSPHRASE, &k, &e), "%s", e.cause);
		cr_expect_not(key_sign(&a, &k, STR("text"), &out, &e));
		cr_expect(strstr(e.cause, lies[i][1]), "%s", e.cause);
	}
	files_remove(dir);
}
