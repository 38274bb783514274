/* SPDX-License-Identifier: Apache-2.0 */
/* What imgbuild signs, cosign 2, cosign 3 and podman verify; what they sign, it verifies. */

#include <criterion/criterion.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "e2e/fixture_image.h"
#include "e2e/fixture_registry.h"
#include "e2e/fixture_verifiers.h"
#include "support/fixture_files.h"
#include "support/gen_image.h"

struct signing_scene {
	struct arena *a;
	const char *dir; /* NAME.pem, NAME.pub */
	struct registry registry;
	struct imagegen image;
	const char *target; /* "docker://HOST/team/app:1" */
	const char *digest; /* "sha256:..." */
	const char *name;   /* "HOST/team/app@sha256:..." */
};

static const char *signing_path(const struct signing_scene *s, const char *name)
{
	return arena_printf(s->a, "%s/%s", s->dir, name);
}

static void signing_key(const struct signing_scene *s, const char *name, bool ed25519)
{
	const char *pem = signing_path(s, arena_printf(s->a, "%s.pem", name));

	if (ed25519)
		ORACLE(s->a, "openssl", "genpkey", "-algorithm", "ED25519", "-out", pem);
	else
		ORACLE(s->a, "openssl", "genpkey", "-algorithm", "EC", "-pkeyopt",
		       "ec_paramgen_curve:P-256", "-out", pem);
	cr_assert_eq(chmod(pem, 0600), 0);
	ORACLE(s->a, "openssl", "pkey", "-in", pem, "-pubout", "-out",
	       signing_path(s, arena_printf(s->a, "%s.pub", name)));
}

static void signing_open(struct signing_scene *s, struct arena *a)
{
	*s = (struct signing_scene){ .a = a, .dir = files_temporary(a) };
	oracle_need("openssl");
	registry_open(&s->registry, a, REGISTRY_OPEN);
	imagegen_begin(&s->image, a);
	imagegen_file(&s->image, "one", 0644, STR("first"));
	imagegen_write(&s->image);
	s->target = registry_ref(&s->registry, "team/app:1");
	s->digest = arena_printf(a, "sha256:%s", digest_hex_dup(a, &s->image.manifest_digest));
	s->name = arena_printf(a, "%s/team/app@%s", s->registry.host, s->digest);
	signing_key(s, "ann", false);
	signing_key(s, "ben", true);
}

static void signing_close(struct signing_scene *s)
{
	imagegen_end(&s->image);
	registry_close(&s->registry);
	files_remove(s->dir);
}

static void signing_succeeds(struct oracle_run r, const char *what)
{
	cr_assert_eq(r.status, 0, "%s: %d\n%s%s", what, r.status, r.out.p, r.err.p);
}

static void signing_fails(struct oracle_run r, int status, const char *says)
{
	cr_expect(r.status == status && strstr(r.err.p, says), "%d, not %d with \"%s\": %s",
		  r.status, status, says, r.err.p);
}

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

/* Puts another index over the image, in the layout. */
static const char *put_index_over(struct signing_scene *s)
{
	const char *text = arena_printf(
		s->a,
		"{\"schemaVersion\":2,\"mediaType\":\"application/vnd.oci.image.index.v1+json\","
		"\"manifests\":[{\"mediaType\":\"application/vnd.oci.image.manifest.v1+json\","
		"\"digest\":\"%s\",\"size\":%llu,\"platform\":{\"os\":\"linux\",\"architecture\":"
		"\"amd64\"}}]}",
		s->digest, (unsigned long long)s->image.manifest_size);
	struct digest d = digest_of(str_of(text));
	const char *hex = digest_hex_dup(s->a, &d);

	imagegen_put(&s->image, arena_printf(s->a, "image/blobs/sha256/%s", hex), str_of(text));
	imagegen_put(&s->image, "image/index.json",
		     str_of(arena_printf(s->a,
					 "{\"schemaVersion\":2,\"manifests\":[{\"mediaType\":"
					 "\"application/vnd.oci.image.index.v1+json\",\"digest\":"
					 "\"sha256:%s\",\"size\":%zu}]}",
					 hex, strlen(text))));
	return arena_printf(s->a, "%s/team/app@sha256:%s", s->registry.host, hex);
}

Test(signing, an_index_and_all_that_it_names_are_signed, .timeout = 600)
{
	AUTO_ARENA a = { 0 };
	struct signing_scene s;
	struct oracle_run r;
	const char *index;

	signing_open(&s, &a);
	index = put_index_over(&s);
	r = IMGBUILD(&a, "push", s.image.path, s.target, "--sign", signing_path(&s, "ann.pem"));
	signing_succeeds(r, "push --sign");
	cr_expect_str_eq(r.out.p, arena_printf(&a, "%s\n", index));
	signing_succeeds(cosign3_verify(&s, "ann.pub", index), "cosign 3, index");
	signing_succeeds(cosign3_verify(&s, "ann.pub", s.name), "cosign 3, manifest");
	signing_succeeds(cosign2_verify(&s, "ann.pub"), "cosign 2, manifest");
	signing_succeeds(signing_verify(&s, "ann.pub"), "verify-signature");
	signing_close(&s);
}
