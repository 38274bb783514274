/* SPDX-License-Identifier: Apache-2.0 */
/* What imgbuild signs, cosign 2, cosign 3 and podman verify; what they sign, it verifies. */

#include <criterion/criterion.h>

#include "e2e/fixture_image.h"
#include "e2e/fixture_signing.h"
#include "e2e/fixture_verifiers.h"
#include "support/fixture_files.h"
#include "support/fixture_signer.h"

static struct oracle_run signing_verify(struct signing_scene *s, const char *key)
{
	return IMGBUILD(s->a, "verify-signature", s->target, "--key", signing_path(s, key));
}

static struct oracle_run cosign2_verify(struct signing_scene *s, const char *key)
{
	return COSIGN(s->a, verifiers_trixie(s->a), s->dir, "verify", "--key", signing_path(s, key),
		      "--insecure-ignore-tlog=true", "--allow-insecure-registry", s->name);
}

static struct oracle_run cosign3_verify(struct signing_scene *s, const char *key, const char *name)
{
	return COSIGN(s->a, verifiers_sid(s->a), s->dir, "verify", "--key", signing_path(s, key),
		      "--insecure-ignore-tlog=true", "--allow-http-registry", name);
}

Test(signing, cosign_2_and_3_verify_what_two_keys_signed, .timeout = 600)
{
	AUTO_ARENA a = { 0 };
	struct signing_scene s;
	struct oracle_run r;

	signing_open(&s, &a);
	r = IMGBUILD(&a, "push", s.image.path, s.target, "--sign", signing_path(&s, "ann.pem"));
	signing_succeeds(r, "push --sign");
	cr_expect_str_eq(r.out.p, arena_printf(&a, "%s\n", s.name));
	r = IMGBUILD(&a, "sign", s.target, "--key", signing_path(&s, "ann.pem"), "--key",
		     signing_path(&s, "ben.pem"), "--json");
	signing_succeeds(r, "sign");
	cr_expect(strstr(r.out.p, "\"signatures\":2,\"present\":2"), "%s", r.out.p);
	signing_key(&s, "zoe", false);
	for (size_t i = 0; i < 2; i++) {
		const char *key = i ? "ben.pub" : "ann.pub";

		signing_succeeds(signing_verify(&s, key), "verify-signature");
		signing_succeeds(cosign2_verify(&s, key), "cosign 2");
		signing_succeeds(cosign3_verify(&s, key, s.name), "cosign 3");
	}
	cr_expect_neq(cosign2_verify(&s, "zoe.pub").status, 0);
	cr_expect_neq(cosign3_verify(&s, "zoe.pub", s.name).status, 0);
	signing_fails(signing_verify(&s, "zoe.pub"), 5,
		      arena_printf(&a, "none of the 4 signatures of %s is of the key %s", s.digest,
				   signing_path(&s, "zoe.pub")));
	signing_close(&s);
}

Test(signing, what_cosign_2_and_3_sign_is_verified, .timeout = 600)
{
	AUTO_ARENA a = { 0 };
	struct signing_scene s;
	struct oracle_run r;
	const char *sid, *trixie;

	signing_open(&s, &a);
	sid = verifiers_sid(&a);
	trixie = verifiers_trixie(&a);
	signing_succeeds(IMGBUILD(&a, "push", s.image.path, s.target), "push");
	signing_fails(signing_verify(&s, "ann.pub"), 1, "has no signature");
	signing_succeeds(COSIGN(&a, trixie, s.dir, "generate-key-pair", "--output-key-prefix",
				"two"),
			 "cosign 2 generate-key-pair");
	signing_succeeds(COSIGN(&a, trixie, s.dir, "sign", "-y", "--key", "two.key",
				"--tlog-upload=false", "--allow-insecure-registry", s.name),
			 "cosign 2 sign");
	signing_fails(signing_verify(&s, "ann.pub"), 5, "not what this key signed");
	files_put(signing_path(&s, "services.json"),
		  "{\"mediaType\":\"application/vnd.dev.sigstore.signingconfig.v0.2+json\","
		  "\"rekorTlogConfig\":{},\"tsaConfig\":{}}");
	signing_succeeds(COSIGN(&a, sid, s.dir, "import-key-pair", "--key", "ann.pem",
				"--output-key-prefix", "three"),
			 "cosign 3 import-key-pair");
	signing_succeeds(COSIGN(&a, sid, s.dir, "sign", "-y", "--key", "three.key",
				"--signing-config", "services.json", "--allow-http-registry",
				s.name),
			 "cosign 3 sign");
	r = signing_verify(&s, "two.pub");
	signing_succeeds(r, "verify-signature of cosign 2");
	cr_expect(strstr(r.out.p, "(simple signing)"), "%s", r.out.p);
	r = signing_verify(&s, "ann.pub");
	signing_succeeds(r, "verify-signature of cosign 3");
	cr_expect(strstr(r.out.p, "(bundle)"), "%s", r.out.p);
	/* ours beside theirs */
	signing_succeeds(IMGBUILD(&a, "sign", s.target, "--key", signing_path(&s, "ben.pem")),
			 "sign");
	signing_succeeds(cosign2_verify(&s, "two.pub"), "cosign 2 of its own");
	signing_succeeds(cosign3_verify(&s, "ann.pub", s.name), "cosign 3 of its own");
	signing_succeeds(cosign2_verify(&s, "ben.pub"), "cosign 2 of ours");
	signing_close(&s);
}

static void podman_trusts(struct signing_scene *s, const char *key)
{
	files_put(signing_path(s, ".config/containers/policy.json"),
		  arena_printf(s->a,
			       "{\"default\":[{\"type\":\"reject\"}],\"transports\":{\"docker\":{"
			       "\"%s\":[{\"type\":\"sigstoreSigned\",\"keyPath\":\"%s\","
			       "\"signedIdentity\":{\"type\":\"matchRepository\"}}]}}}",
			       s->registry.host, signing_path(s, key)));
	files_put(signing_path(s, ".config/containers/registries.d/test.yaml"),
		  arena_printf(s->a, "docker:\n  %s:\n    use-sigstore-attachments: true\n",
			       s->registry.host));
}

Test(signing, the_policy_of_podman_lets_in_what_is_signed, .timeout = 600)
{
	AUTO_ARENA a = { 0 };
	struct signing_scene s;
	const char *ref;

	signing_open(&s, &a);
	ref = s.target + strlen("docker://");
	signing_succeeds(IMGBUILD(&a, "push", s.image.path, s.target), "push");
	podman_trusts(&s, "ann.pub");
	signing_fails(PODMAN13(&a, s.dir, "pull", "--tls-verify=false", ref), 125,
		      "A signature was required, but no signature exists");
	signing_succeeds(IMGBUILD(&a, "sign", s.target, "--key", signing_path(&s, "ann.pem")),
			 "sign");
	signing_succeeds(PODMAN13(&a, s.dir, "pull", "--tls-verify=false", ref), "podman pull");
	podman_trusts(&s, "ben.pub");
	signing_fails(PODMAN13(&a, s.dir, "pull", "--tls-verify=false", ref), 125,
		      "cryptographic signature verification failed");
	signing_close(&s);
}

Test(signing, an_index_and_all_that_it_names_are_signed, .timeout = 600)
{
	AUTO_ARENA a = { 0 };
	struct signing_scene s;
	struct oracle_run r;
	const char *index;

	signing_open(&s, &a);
	index = signing_put_index(&s);
	r = IMGBUILD(&a, "push", s.image.path, s.target, "--sign", signing_path(&s, "ann.pem"));
	signing_succeeds(r, "push --sign");
	cr_expect_str_eq(r.out.p, arena_printf(&a, "%s\n", index));
	signing_succeeds(cosign3_verify(&s, "ann.pub", index), "cosign 3, index");
	signing_succeeds(cosign3_verify(&s, "ann.pub", s.name), "cosign 3, manifest");
	signing_succeeds(cosign2_verify(&s, "ann.pub"), "cosign 2, manifest");
	signing_succeeds(signing_verify(&s, "ann.pub"), "verify-signature");
	signing_close(&s);
}

/* The program holds ann's key; whoever verifies sees no difference. */
Test(signing, a_program_signs_as_a_key_does, .timeout = 600)
{
	AUTO_ARENA a = { 0 };
	struct signing_scene s;
	const char *name;

	signing_open(&s, &a);
	signer_install(&a, s.dir);
	name = arena_printf(&a, "fake:%s", signing_path(&s, "ann.pem"));
	signing_succeeds(IMGBUILD(&a, "push", s.image.path, s.target, "--sign", name),
			 "push --sign");
	signing_succeeds(signing_verify(&s, "ann.pub"), "verify-signature");
	signing_succeeds(IMGBUILD(&a, "verify-signature", s.target, "--key", name),
			 "verify-signature of the program's key");
	signing_succeeds(IMGBUILD(&a, "attest", s.image.path, s.target, "--type", "spdx", "--key",
				  name),
			 "attest");
	signing_succeeds(cosign2_verify(&s, "ann.pub"), "cosign 2");
	signing_succeeds(cosign3_verify(&s, "ann.pub", s.name), "cosign 3");
	signing_close(&s);
}
