/* SPDX-License-Identifier: Apache-2.0 */
/* sign and verify-signature: what is refused before anything is sent, and what a registry does
 * that is not an honest one. */

#include <criterion/criterion.h>
#include <sys/stat.h>

#include "support/fixture_files.h"
#include "support/fixture_oracle.h"
#include "support/fixture_registry_scene.h"

#define PUBLIC "tests/data/signatures/cosign3.pub"

static const char *verbs_key(struct registry_scene *s)
{
	const char *path = arena_printf(s->a, "%s/k.pem", s->image.dir);

	oracle_need("openssl");
	ORACLE(s->a, "openssl", "genpkey", "-algorithm", "ED25519", "-out", path);
	cr_assert_eq(chmod(path, 0600), 0);
	return path;
}

Test(sign_verbs, what_cannot_be_meant_is_refused)
{
	AUTO_ARENA a = { 0 };
	struct registry_scene s;
	struct verb_run r;

	registry_scene_begin(&s, &a);
	r = VERB(&a, cmd_sign, "sign", s.target);
	cr_expect(r.e.kind == ERR_USAGE && strstr(r.message, "--key FILE"), "%s", r.message);
	r = VERB(&a, cmd_sign, "sign", s.target, "--key", PUBLIC);
	cr_expect(r.e.kind == ERR_INPUT && strstr(r.message, "it is a public one"), "%s",
		  r.message);
	r = VERB(&a, cmd_sign, "sign", "out/hello", "--key", verbs_key(&s));
	cr_expect(r.e.kind == ERR_USAGE && strstr(r.message, "docker://REGISTRY/NAME"), "%s",
		  r.message);
	r = VERB(&a, cmd_sign, "sign", s.target, "--passphrase-file", "x");
	cr_expect(r.e.kind == ERR_USAGE && strstr(r.message, "--key"), "%s", r.message);
	r = VERB(&a, cmd_verify_signature, "verify-signature", s.target);
	cr_expect(r.e.kind == ERR_USAGE && strstr(r.message, "--key FILE"), "%s", r.message);
	r = VERB(&a, cmd_verify_signature, "verify-signature", "out/hello", "--key", PUBLIC);
	cr_expect(r.e.kind == ERR_USAGE && strstr(r.message, "beside an image in its registry"),
		  "%s", r.message);
	cr_expect_eq(faultd_hits(&s.registry, NULL), 0);
	registry_scene_end(&s);
}

Test(sign_verbs, nothing_is_signed_of_an_image_of_which_a_bit_is_changed)
{
	AUTO_ARENA a = { 0 };
	struct registry_scene s;
	struct verb_run r;
	const char *path, *image;
	char *bytes;

	registry_scene_begin(&s, &a);
	path = arena_printf(&a, "/v2/team/app/manifests/%s", s.digest);
	image = arena_printf(&a, "docker://127.0.0.1:%u/team/app@%s", s.registry.port, s.digest);
	bytes = str_dup(&a, s.manifest);
	bytes[s.manifest.n - 2] ^= 1;
	registry_scene_on(&s, path, 200, "Content-Type: " MANIFEST_TYPE "\r\n",
			  (struct str){ bytes, s.manifest.n });
	r = VERB(&a, cmd_sign, "sign", image, "--key", verbs_key(&s));
	cr_expect(r.e.kind == ERR_VERIFY && strstr(r.message, "other bytes came"), "%s", r.message);
	r = VERB(&a, cmd_verify_signature, "verify-signature", image, "--key", PUBLIC);
	cr_expect(r.e.kind == ERR_VERIFY && strstr(r.message, "other bytes came"), "%s", r.message);
	cr_expect_not(faultd_saw(&s.registry, NULL, "PUT "));
	registry_scene_end(&s);
}

Test(sign_verbs, an_image_that_is_not_there_and_one_that_may_not_be_seen)
{
	AUTO_ARENA a = { 0 };
	struct registry_scene s;
	struct verb_run r;

	registry_scene_begin(&s, &a);
	registry_scene_on(&s, "/v2/team/app/manifests/1", 404, NULL, STR(""));
	registry_scene_on(&s, "/v2/team/app/manifests/1", 401,
			  "WWW-Authenticate: Basic realm=\"the vault\"\r\n", STR(""));
	r = VERB(&a, cmd_verify_signature, "verify-signature", s.target, "--key", PUBLIC);
	cr_expect(r.e.kind == ERR_NETWORK && strstr(r.message, "has no image 1"), "%s", r.message);
	r = VERB(&a, cmd_verify_signature, "verify-signature", s.target, "--key", PUBLIC);
	cr_expect(r.e.kind == ERR_NETWORK && strstr(r.message, "(realm \"the vault\", scope "
							       "\"repository:team/app:pull\")"),
		  "%s", r.message);
	registry_scene_end(&s);
}

/* A bundle whose manifest is about another image counts for nothing, and is named. */
Test(sign_verbs, a_bundle_of_another_subject_is_named)
{
	AUTO_ARENA a = { 0 };
	struct registry_scene s;
	struct verb_run r;
	struct str bundle;
	struct digest d;
	const char *list;

	registry_scene_begin(&s, &a);
	bundle = str_of(files_get(&a, "tests/data/signatures/cosign3.manifest.json"));
	d = digest_of(bundle);
	list = arena_printf(&a,
			    "{\"schemaVersion\":2,\"mediaType\":\"" INDEX_TYPE
			    "\",\"manifests\":[{\"mediaType\":\"" MANIFEST_TYPE
			    "\",\"digest\":\"sha256:%s\",\"size\":%zu}]}",
			    digest_hex_dup(&a, &d), bundle.n);
	registry_scene_gives(&s);
	registry_scene_on(&s,
			  arena_printf(&a, "/v2/team/app/manifests/sha256-%s.sig", s.digest + 7),
			  404, NULL, STR(""));
	registry_scene_on(&s, arena_printf(&a, "/v2/team/app/referrers/%s", s.digest), 200,
			  "Content-Type: " INDEX_TYPE "\r\n", str_of(list));
	registry_scene_on(&s,
			  arena_printf(&a, "/v2/team/app/manifests/sha256:%s",
				       digest_hex_dup(&a, &d)),
			  200, "Content-Type: " MANIFEST_TYPE "\r\n", bundle);
	r = VERB(&a, cmd_verify_signature, "verify-signature", s.target, "--key", PUBLIC);
	cr_expect(r.e.kind == ERR_VERIFY &&
			  strstr(r.message, "its manifest is about sha256:32816c0f0fcb"),
		  "%s", r.message);
	registry_scene_end(&s);
}
