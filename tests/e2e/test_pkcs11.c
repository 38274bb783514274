/* SPDX-License-Identifier: Apache-2.0 */
/* A key that is in SoftHSM signs images: the signer plug-in that comes with imgbuild. */

#include <criterion/criterion.h>
#include <stdlib.h>
#include <unistd.h>

#include "e2e/fixture_image.h"
#include "e2e/fixture_project.h"
#include "e2e/fixture_run.h"
#include "e2e/fixture_signing.h"
#include "e2e/fixture_verifiers.h"

/* Compiles the plug-in and has it found. */
static void pkcs11_install(struct arena *a)
{
	char here[4096];

	oracle_need("pkg-config");
	if (oracle_run(a, (const char *const[]){ "pkg-config", "--exists", "p11-kit-1", NULL })
		    .status != 0)
		cr_skip_test("libp11-kit-dev is not installed");
	ORACLE(a, "make", "--silent", "signer-pkcs11");
	cr_assert(getcwd(here, sizeof(here)));
	setenv("PATH", arena_printf(a, "%s/build:%s", here, getenv("PATH")), 1);
}

static struct oracle_run pkcs11_sign(struct signing_scene *s, const char *key, const char *pin)
{
	setenv("IMGBUILD_PASSPHRASE", pin, 1);
	return IMGBUILD(s->a, "sign", s->target, "--key", key);
}

Test(pkcs11, a_key_of_a_token_signs, .timeout = 600)
{
	AUTO_ARENA a = { 0 };
	struct signing_scene s;
	const char *key, *other;

	run_needs_time();
	pkcs11_install(&a);
	for (const char *const *k = (const char *const[]){ "ann", "ben", NULL }; *k; k++) {
		const char *public = arena_printf(&a, "%s.pub", *k);

		signing_open(&s, &a);
		key = softhsm_token(&a, s.dir, signing_path(&s, arena_printf(&a, "%s.pem", *k)));
		signing_succeeds(IMGBUILD(&a, "push", s.image.path, s.target), "push");
		signing_succeeds(pkcs11_sign(&s, key, "1234"), "sign");
		signing_succeeds(IMGBUILD(&a, "verify-signature", s.target, "--key",
					  signing_path(&s, public)),
				 "verify-signature");
		signing_succeeds(IMGBUILD(&a, "verify-signature", s.target, "--key", key),
				 "verify-signature by the token's key");
		signing_succeeds(COSIGN(&a, verifiers_sid(&a), s.dir, "verify", "--key", public,
					"--insecure-ignore-tlog=true", "--allow-http-registry",
					s.name),
				 "cosign 3");
		signing_close(&s);
	}
	signing_open(&s, &a);
	key = softhsm_token(&a, s.dir, signing_path(&s, "ann.pem"));
	signing_succeeds(IMGBUILD(&a, "push", s.image.path, s.target), "push");
	signing_fails(pkcs11_sign(&s, key, "9999"), 6, "team: The password or PIN is incorrect");
	other = arena_printf(&a, "pkcs11:token=other?%s", strchr(key, '?') + 1);
	signing_fails(pkcs11_sign(&s, other, "1234"), 6, "0 tokens fit pkcs11:token=other");
	other = arena_printf(&a, "pkcs11:token=team;object=x?%s", strchr(key, '?') + 1);
	signing_fails(pkcs11_sign(&s, other, "1234"), 6, "token team has no public key that fits");
	signing_fails(pkcs11_sign(&s, "pkcs11:token=team?pin-value=1234", "1234"), 6,
		      "a PIN is not part of the URI");
	signing_close(&s);
}
