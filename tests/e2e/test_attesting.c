/* SPDX-License-Identifier: Apache-2.0 */
/* What imgbuild attests, cosign 2 and cosign 3 verify, each type; what they attest, it verifies. */

#include <criterion/criterion.h>
#include <unistd.h>

#include "e2e/fixture_image.h"
#include "e2e/fixture_signing.h"
#include "e2e/fixture_verifiers.h"
#include "support/fixture_files.h"
#include "trust/attestation/attestations.h"
#include "trust/attestation/predicate_types.h"
#include "trust/signature/statement.h"

/* As imgbuild and cosign call them. */
static const struct {
	const char *ours, *cosign, *says;
} attested[] = {
	{ "provenance", "slsaprovenance1", "urn:imgbuild:build:1" },
	{ "spdx", "spdxjson", "SPDXRef-DOCUMENT" },
	{ "cyclonedx", "cyclonedx", "bomFormat" },
	{ "vsa", "https://slsa.dev/verification_summary/v1", "urn:imgbuild:verifier:audit" },
	{ "facts", "urn:imgbuild:layer-facts:1", "expandedSize" },
};

static void attesting_push(struct signing_scene *s, const char *image)
{
	signing_succeeds(IMGBUILD(s->a, "push", image, s->target), "push");
}

static struct oracle_run attesting_get(struct signing_scene *s, const char *type, const char *key)
{
	return IMGBUILD(s->a, "attest", s->target, "--get", type, "--key", signing_path(s, key));
}

static struct oracle_run attesting_list(struct signing_scene *s, const char *key)
{
	return IMGBUILD(s->a, "attest", s->target, "--list", "--key", signing_path(s, key));
}

static struct oracle_run cosign2_attests(struct signing_scene *s, const char *type, const char *key,
					 const char *name)
{
	return COSIGN(s->a, verifiers_trixie(s->a), s->dir, "verify-attestation", "--type", type,
		      "--key", signing_path(s, key), "--insecure-ignore-tlog=true",
		      "--allow-insecure-registry", name);
}

/* cosign 2 reads bundles, too, if it is told that there are no services. */
static struct oracle_run cosign2_attests_bundle(struct signing_scene *s, const char *type,
						const char *key, const char *name)
{
	files_put(signing_path(s, "root.json"),
		  "{\"mediaType\":\"application/vnd.dev.sigstore.trustedroot+json;version=0.1\","
		  "\"tlogs\":[],\"certificateAuthorities\":[],\"ctlogs\":[],"
		  "\"timestampAuthorities\":[]}");
	return COSIGN(s->a, verifiers_trixie(s->a), s->dir, "verify-attestation",
		      "--new-bundle-format", "--trusted-root", "root.json", "--type", type, "--key",
		      signing_path(s, key), "--insecure-ignore-tlog=true",
		      "--allow-insecure-registry", name);
}

static struct oracle_run cosign3_attests(struct signing_scene *s, const char *type, const char *key,
					 const char *name)
{
	return COSIGN(s->a, verifiers_sid(s->a), s->dir, "verify-attestation", "--type", type,
		      "--key", signing_path(s, key), "--insecure-ignore-tlog=true",
		      "--allow-http-registry", name);
}

/* The payload that cosign prints in base64 says this. */
static void cosign_says(struct signing_scene *s, struct oracle_run r, const char *what,
			const char *says)
{
	const char *payload = strstr(r.out.p, "\"payload\":\"");
	const char *raw = signing_path(s, "payload.b64");
	struct str text;

	signing_succeeds(r, what);
	cr_assert(payload, "%s: %s", what, r.out.p);
	payload += strlen("\"payload\":\"");
	files_put(raw, arena_printf(s->a, "%.*s", (int)strcspn(payload, "\""), payload));
	text = ORACLE(s->a, "base64", "--decode", raw);
	cr_expect(memmem(text.p, text.n, says, strlen(says)), "%s does not say %s", what, says);
}

static void attesting_all_verify(struct signing_scene *s, const char *key, const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(attested); i++) {
		const char *type = attested[i].cosign;
		struct oracle_run r = attesting_get(s, attested[i].ours, key);

		cosign_says(s, cosign2_attests(s, type, key, name), "cosign 2, envelope",
			    attested[i].says);
		cosign_says(s, cosign2_attests_bundle(s, type, key, name), "cosign 2, bundle",
			    attested[i].says);
		cosign_says(s, cosign3_attests(s, type, key, name), "cosign 3", attested[i].says);
		signing_succeeds(r, "attest --get");
		cr_expect(strstr(r.out.p, attested[i].says), "%s", r.out.p);
	}
}

/* The smallest real image: what its build wrote beside it is the provenance. */
Test(attesting, cosign_2_and_3_verify_every_type, .timeout = 600)
{
	AUTO_ARENA a = { 0 };
	struct signing_scene s;
	const char *layout, *name;
	struct oracle_run r;

	signing_open(&s, &a);
	layout = image_build(&a, s.dir, "hello");
	attesting_push(&s, layout);
	signing_fails(attesting_list(&s, "ann.pub"), 1, "has no attestation");
	r = IMGBUILD(&a, "attest", layout, s.target, "--key", signing_path(&s, "ann.pem"), "--key",
		     signing_path(&s, "ben.pem"));
	signing_succeeds(r, "attest");
	name = str_dup(&a, str_trim(r.out));
	attesting_all_verify(&s, "ann.pub", name);
	attesting_all_verify(&s, "ben.pub", name);
	/* nothing but the summary, which tells the time, is attested again */
	r = IMGBUILD(&a, "attest", layout, s.target, "--key", signing_path(&s, "ann.pem"), "--key",
		     signing_path(&s, "ben.pem"), "--type", "provenance", "--type", "spdx",
		     "--type", "cyclonedx", "--type", "facts", "--json");
	signing_succeeds(r, "attest again");
	cr_expect(strstr(r.out.p, "\"statements\":4,\"attached\":0,\"present\":16"), "%s", r.out.p);
	/* keys and types that are not */
	signing_key(&s, "zoe", false);
	cr_expect_neq(cosign2_attests(&s, "spdxjson", "zoe.pub", name).status, 0);
	cr_expect_neq(cosign3_attests(&s, "spdxjson", "zoe.pub", name).status, 0);
	cr_expect_neq(cosign3_attests(&s, "openvex", "ann.pub", name).status, 0);
	signing_fails(attesting_get(&s, "spdx", "zoe.pub"), 5,
		      arena_printf(&a, "is of the key %s: spdx: it names another key",
				   signing_path(&s, "zoe.pub")));
	signing_fails(attesting_list(&s, "zoe.pub"), 5, "none of the");
	signing_fails(attesting_get(&s, "openvex", "ann.pub"), 1,
		      "has no attestation of the type https://openvex.dev/ns");
	signing_close(&s);
}

/* The same text comes back, byte for byte, and is what `sbom` prints. */
Test(attesting, what_is_read_back_is_what_was_said, .timeout = 600)
{
	AUTO_ARENA a = { 0 };
	struct signing_scene s;
	struct oracle_run r, sbom;
	const char *file;

	signing_open(&s, &a);
	attesting_push(&s, s.image.path);
	r = IMGBUILD(&a, "attest", s.target, "--key", signing_path(&s, "ann.pem"));
	signing_succeeds(r, "attest of what is in a registry");
	cr_expect(strstr(r.err.p, "no provenance"), "%s", r.err.p);
	file = signing_path(&s, "got.json");
	signing_succeeds(IMGBUILD(&a, "attest", s.target, "--get", "spdx", "--key",
				  signing_path(&s, "ann.pub"), "-o", file),
			 "attest --get");
	sbom = IMGBUILD(&a, "sbom", s.target);
	signing_succeeds(sbom, "sbom");
	cr_expect(str_eq(str_trim(sbom.out), str_of(files_get(&a, file))), "another text");
	r = attesting_get(&s, "vsa", "ann.pub");
	cr_expect(strstr(r.out.p, "\"verificationResult\":\"PASSED\""), "%s", r.out.p);
	cr_expect(strstr(r.out.p, "\"uri\":\"urn:imgbuild:policy:strict\""), "%s", r.out.p);
	r = IMGBUILD(&a, "attest", s.target, "--get", "vsa", "--statement", "--key",
		     signing_path(&s, "ann.pub"));
	cr_expect(strstr(r.out.p, s.digest + strlen("sha256:")), "%s", r.out.p);
	r = IMGBUILD(&a, "attest", s.target, "--list", "--json", "--key",
		     signing_path(&s, "ann.pub"));
	signing_succeeds(r, "attest --list");
	cr_expect(strstr(r.out.p, "\"type\":\"https://spdx.dev/Document\",\"forms\":[\"bundle\","
				  "\"envelope\"]") ||
			  strstr(r.out.p, "\"forms\":[\"bundle\",\"envelope\"]"),
		  "%s", r.out.p);
	signing_close(&s);
}

Test(attesting, what_cosign_2_and_3_attest_is_verified, .timeout = 600)
{
	AUTO_ARENA a = { 0 };
	struct signing_scene s;
	struct oracle_run r;
	const char *sid, *trixie;

	signing_open(&s, &a);
	sid = verifiers_sid(&a);
	trixie = verifiers_trixie(&a);
	attesting_push(&s, s.image.path);
	files_put(signing_path(&s, "vex.json"),
		  "{\"@context\":\"https://openvex.dev/ns/v0.2.0\",\"@id\":\"https://v.example/1\","
		  "\"author\":\"a\",\"timestamp\":\"2026-01-01T00:00:00Z\",\"version\":1,"
		  "\"statements\":[]}");
	files_put(signing_path(&s, "services.json"),
		  "{\"mediaType\":\"application/vnd.dev.sigstore.signingconfig.v0.2+json\","
		  "\"rekorTlogConfig\":{},\"tsaConfig\":{}}");
	signing_succeeds(COSIGN(&a, trixie, s.dir, "generate-key-pair", "--output-key-prefix",
				"two"),
			 "cosign 2 generate-key-pair");
	signing_succeeds(COSIGN(&a, trixie, s.dir, "attest", "-y", "--key", "two.key", "--type",
				"openvex", "--predicate", "vex.json", "--tlog-upload=false",
				"--allow-insecure-registry", s.name),
			 "cosign 2 attest");
	signing_succeeds(COSIGN(&a, sid, s.dir, "import-key-pair", "--key", "ann.pem",
				"--output-key-prefix", "three"),
			 "cosign 3 import-key-pair");
	signing_succeeds(COSIGN(&a, sid, s.dir, "attest", "-y", "--key", "three.key", "--type",
				"openvex", "--predicate", "vex.json", "--signing-config",
				"services.json", "--allow-http-registry", s.name),
			 "cosign 3 attest");
	r = attesting_list(&s, "two.pub");
	signing_succeeds(r, "attest --list, cosign 2");
	cr_expect(strstr(r.out.p, "(envelope) signed by"), "%s", r.out.p);
	r = attesting_list(&s, "ann.pub");
	signing_succeeds(r, "attest --list, cosign 3");
	cr_expect(strstr(r.out.p, "(bundle) signed by"), "%s", r.out.p);
	/* ours beside theirs, of the same file */
	signing_succeeds(IMGBUILD(&a, "attest", s.target, "--type", "openvex", "--predicate",
				  signing_path(&s, "vex.json"), "--key",
				  signing_path(&s, "ben.pem")),
			 "attest --predicate");
	signing_succeeds(cosign2_attests(&s, "openvex", "two.pub", s.name), "cosign 2 of its own");
	signing_succeeds(cosign3_attests(&s, "openvex", "ann.pub", s.name), "cosign 3 of its own");
	signing_succeeds(cosign2_attests(&s, "openvex", "ben.pub", s.name), "cosign 2 of ours");
	signing_succeeds(cosign3_attests(&s, "openvex", "ben.pub", s.name), "cosign 3 of ours");
	signing_close(&s);
}

/* Without a registry: files, which cosign 3 verifies as they are. */
Test(attesting, files_beside_an_image_are_verified_by_cosign_3, .timeout = 600)
{
	AUTO_ARENA a = { 0 };
	struct signing_scene s;
	struct oracle_run r;
	const char *bundle;

	signing_open(&s, &a);
	r = IMGBUILD(&a, "attest", s.image.path, "--key", signing_path(&s, "ann.pem"));
	signing_succeeds(r, "attest");
	bundle = arena_printf(&a, "%s.attest/spdx.sigstore.json", s.image.path);
	cr_expect(strstr(r.out.p, bundle), "%s", r.out.p);
	signing_succeeds(COSIGN(&a, verifiers_sid(&a), s.dir, "verify-blob-attestation", "--bundle",
				bundle, "--key", "ann.pub", "--insecure-ignore-tlog=true", "--type",
				"spdxjson",
				arena_printf(&a, "%s/blobs/sha256/%s", s.image.path,
					     s.digest + strlen("sha256:"))),
			 "cosign 3 verify-blob-attestation");
	signing_close(&s);
}

static void attesting_refuses(struct signing_scene *s, int status, const char *says,
			      const char *const *words)
{
	struct strings args = { 0 };

	*list_push(s->a, &args) = "attest";
	while (*words)
		*list_push(s->a, &args) = *words++;
	*list_push(s->a, &args) = NULL;
	signing_fails(imgbuild_run(s->a, args.v), status, says);
}
#define ATTEST_REFUSES(s, status, says, ...) \
	attesting_refuses((s), (status), (says), (const char *const[]){ __VA_ARGS__, NULL })

/* Provenance of another image, a target that is another image, and words that do not go together.
 */
Test(attesting, what_does_not_belong_together_is_refused, .timeout = 600)
{
	AUTO_ARENA a = { 0 };
	struct signing_scene s;
	const char *other, *path, *key;

	signing_open(&s, &a);
	path = s.image.path;
	key = signing_path(&s, "ann.pem");
	other = signing_path(&s, "other.json");
	files_put(other,
		  "{\"_type\":\"https://in-toto.io/Statement/v1\",\"subject\":[{\"digest\":{"
		  "\"sha256\":\"ab\"}}],\"predicateType\":\"https://slsa.dev/provenance/v1\","
		  "\"predicate\":{}}");
	ATTEST_REFUSES(&s, 5, "is about sha256:ab, but the image is sha256:", path, "--provenance",
		       other);
	files_put(signing_path(&s, "cut.json"), "{\n\"_type\": ");
	ATTEST_REFUSES(&s, 3, "cut.json:2:", path, "--provenance", signing_path(&s, "cut.json"));
	ATTEST_REFUSES(&s, 3, "there is no provenance at", path, "--type", "provenance");
	ATTEST_REFUSES(&s, 2, "name a private key with --key FILE", path, s.target);
	ATTEST_REFUSES(&s, 2, "did you mean \"provenance\"?", path, "--type", "provenence");
	ATTEST_REFUSES(&s, 2, "--predicate goes with one --type", path, "--predicate", other);
	ATTEST_REFUSES(&s, 2, "--type openvex is what a file says: name that with --predicate FILE",
		       path, "--type", "spdx", "--type", "openvex");
	ATTEST_REFUSES(&s, 2, "--type https://x.example/y is what a file says", path, "--type",
		       "https://x.example/y");
	ATTEST_REFUSES(&s, 3, "this is not an OpenVEX document: \"@context\" does not begin with",
		       path, "--type", "openvex", "--predicate", other);
	ATTEST_REFUSES(&s, 3, "this is not an SPDX document", path, "--type", "spdx", "--predicate",
		       other);
	ATTEST_REFUSES(&s, 3, "this is not a CycloneDX document", path, "--type", "cyclonedx",
		       "--predicate", other);
	files_put(signing_path(&s, "list.json"), "[]");
	ATTEST_REFUSES(&s, 3, "a predicate is an object", path, "--type", "https://x.example/y",
		       "--predicate", signing_path(&s, "list.json"));
	ATTEST_REFUSES(&s, 2, "--list or --get, not both", s.target, "--list", "--get", "spdx");
	ATTEST_REFUSES(&s, 2, "--list takes one --type", s.target, "--list", "--type", "spdx",
		       "--type", "vsa");
	ATTEST_REFUSES(&s, 2, "leave out --type", s.target, "--get", "spdx", "--type", "spdx");
	ATTEST_REFUSES(&s, 2, "attestations stand beside an image in its registry", path, "--list");
	ATTEST_REFUSES(&s, 2, "name the image in its registry", path, path, "--key", key);
	ATTEST_REFUSES(&s, 1, "push the image first", path, s.target, "--key", key);
	ATTEST_REFUSES(&s, 5, "is not the image", path,
		       arena_printf(&a, "%s@sha256:%064d", registry_ref(&s.registry, "team/app"),
				    0),
		       "--key", key);
	attesting_push(&s, path);
	ATTEST_REFUSES(&s, 1, "has no attestation", s.target, "--get", "spdx");
	signing_close(&s);
}

/* What somebody puts into the repository who may write to it and has ann's statements, but not her
 * key: here it is made with her key, and about something else. */
static void attacker_attaches(struct signing_scene *s, const char *type, const char *subject,
			      const char *predicate_type)
{
	const struct strings subjects = { (const char *[]){ subject }, 1, 1 };
	struct attestation x = { s->digest, type,
				 statement_text(s->a, &subjects, predicate_type, STR("{}")) };
	const struct attestation_list list = { &x, 1, 1 };
	const struct session_options settings = { .authfile = NULL };
	AUTO_KEYS keys = { NULL, 0, 0 };
	struct reference to;
	const struct signing_order order = { &to, &keys, &settings, NULL };
	struct attach_result result;
	struct error e = { 0 };

	cr_assert(key_load_private(s->a, signing_path(s, "ann.pem"), (struct str){ NULL, 0 },
				   list_push(s->a, &keys), &e),
		  "%s", e.cause);
	cr_assert(reference_parse(s->a, s->target, &to, &e), "%s", e.cause);
	cr_assert(attestations_attach(s->a, &order, &list, &result, &e), "%s", e.cause);
	cr_assert_eq(result.made, 2);
}

Test(attesting, a_statement_about_another_image_or_of_another_type_is_refused, .timeout = 600)
{
	AUTO_ARENA a = { 0 };
	struct signing_scene s;
	const char *other = arena_printf(&a, "sha256:%064d", 7);

	signing_open(&s, &a);
	attesting_push(&s, s.image.path);
	attacker_attaches(&s, PREDICATE_SPDX, other, PREDICATE_SPDX);
	signing_fails(attesting_get(&s, "spdx", "ann.pub"), 5,
		      arena_printf(&a, "it signs %s", other));
	cr_expect_neq(cosign2_attests(&s, "spdxjson", "ann.pub", s.name).status, 0);
	cr_expect_neq(cosign3_attests(&s, "spdxjson", "ann.pub", s.name).status, 0);
	attacker_attaches(&s, PREDICATE_CYCLONEDX, s.digest, PREDICATE_SUMMARY);
	signing_fails(attesting_get(&s, "cyclonedx", "ann.pub"), 5,
		      "its predicate has the type \"" PREDICATE_SUMMARY "\"");
	signing_close(&s);
}

/* One byte of what the registry keeps. */
Test(attesting, a_blob_that_was_changed_in_the_registry_is_refused, .timeout = 600)
{
	AUTO_ARENA a = { 0 };
	struct signing_scene s;
	struct strings blobs;
	size_t changed = 0;

	signing_open(&s, &a);
	attesting_push(&s, s.image.path);
	signing_succeeds(IMGBUILD(&a, "attest", s.target, "--type", "spdx", "--key",
				  signing_path(&s, "ann.pem")),
			 "attest");
	blobs = files_below(&a, arena_printf(&a, "%s/data", s.registry.dir), "/data");
	for (size_t i = 0; i < blobs.n; i++) {
		char *text = str_dup(&a, str_of(files_get(&a, blobs.v[i])));
		char *payload = strstr(text, "\"payload\":\"");

		if (!payload)
			continue;
		payload[100] = payload[100] == 'A' ? 'B' : 'A';
		files_put(blobs.v[i], text);
		changed++;
	}
	cr_assert_eq(changed, 2, "%zu", changed);
	signing_fails(attesting_get(&s, "spdx", "ann.pub"), 5, "none of the 2 attestations");
	signing_close(&s);
}

/* Each platform of an index has attestations of its own, the index its build's words. */
Test(attesting, an_index_is_attested_platform_by_platform, .timeout = 600)
{
	AUTO_ARENA a = { 0 };
	struct signing_scene s;
	const char *index, *provenance;
	struct oracle_run r;

	signing_open(&s, &a);
	index = signing_put_index(&s);
	provenance = signing_path(&s, "image.attest/provenance.json");
	files_put(provenance,
		  arena_printf(&a,
			       "{\"_type\":\"https://in-toto.io/Statement/v1\",\"subject\":[{"
			       "\"digest\":{\"sha256\":\"%s\"}},{\"digest\":{\"sha256\":\"%s\"}}],"
			       "\"predicateType\":\"https://slsa.dev/provenance/v1\",\"predicate\":"
			       "{}}",
			       strstr(index, "sha256:") + 7, s.digest + 7));
	attesting_push(&s, s.image.path);
	r = IMGBUILD(&a, "attest", s.image.path, s.target, "--provenance", provenance, "--key",
		     signing_path(&s, "ann.pem"));
	signing_succeeds(r, "attest");
	cr_expect_str_eq(r.out.p, arena_printf(&a, "%s\n", index));
	signing_succeeds(cosign3_attests(&s, "slsaprovenance1", "ann.pub", index), "index");
	signing_succeeds(cosign3_attests(&s, "slsaprovenance1", "ann.pub", s.name), "manifest");
	signing_succeeds(cosign3_attests(&s, "spdxjson", "ann.pub", s.name), "SPDX");
	signing_succeeds(cosign2_attests(&s, "cyclonedx", "ann.pub", s.name), "CycloneDX");
	signing_fails(attesting_get(&s, "spdx", "ann.pub"), 1,
		      "has no attestation of the type https://spdx.dev/Document; it is an index, "
		      "whose images have their own: name one of them with --platform OS/ARCH");
	r = IMGBUILD(&a, "attest", s.target, "--get", "spdx", "--platform", "linux/amd64", "--key",
		     signing_path(&s, "ann.pub"));
	signing_succeeds(r, "--platform");
	cr_expect(strstr(r.out.p, "\"spdxVersion\""), "%.200s", r.out.p);
	r = IMGBUILD(&a, "attest", s.target, "--list", "--platform", "linux/amd64");
	cr_expect(r.status == 0 && strstr(r.out.p, "cyclonedx (bundle, envelope) not checked"),
		  "%d %s%s", r.status, r.out.p, r.err.p);
	ATTEST_REFUSES(&s, 2, "--platform goes with --list and --get", s.target, "--platform",
		       "linux/amd64", "--key", signing_path(&s, "ann.pem"));
	signing_close(&s);
}

/* Every file that sha256sum gives the same digest, and everything that the locks pin. */
Test(attesting, provenance_names_what_a_build_was_made_from, .timeout = 600)
{
	static const char *const files[] = { "images.json",
					     "recipes/hello.json",
					     "recipes/hello.lock.json",
					     "recipes/toolchain/c.json",
					     "scripts-free/hello/main.c",
					     "rootfs/cc-debian13/etc/nsswitch.conf" };
	static const char *const locks[] = { "recipes/hello.lock.json",
					     "recipes/cc-debian13.lock.json" };
	AUTO_ARENA a = { 0 };
	const char *dir = files_temporary(&a);
	const char *text = files_get(&a, arena_printf(&a, "%s.attest/provenance.json",
						      image_build(&a, dir, "hello")));

	for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
		const char *sum = str_dup(&a, ORACLE(&a, "sha256sum", files[i]));

		cr_expect(strstr(text, arena_printf(&a,
						    "{\"name\":\"%s\",\"digest\":{\"sha256\":"
						    "\"%.64s\"}",
						    files[i], sum)),
			  "%s: %s", files[i], sum);
	}
	for (size_t i = 0; i < ARRAY_SIZE(locks); i++) {
		struct str all = ORACLE(&a, "grep", "--only-matching", "-E",
					"\"(sha256|inrelease)\": \"[0-9a-f]{64}\"", locks[i]),
			   line;
		size_t n = 0;

		while (str_next(&all, '\n', &line)) {
			struct str hex = str_from(line, line.n < 65 ? line.n : line.n - 65);

			n++;
			cr_expect(strstr(text, arena_printf(&a, "%.64s", hex.p)), STR_FMT,
				  STR_ARG(line));
		}
		cr_expect_gt(n, 5);
	}
	files_remove(dir);
}

/* Nothing has changed, but what a build leaves beside its image is there again after it. */
Test(attesting, what_is_removed_beside_an_unchanged_image_is_written_again, .timeout = 600)
{
	static const char *const names[] = { "provenance.json", "inputs.tar" };
	AUTO_ARENA a = { 0 };
	const char *dir = files_temporary(&a);
	const char *image = image_build(&a, dir, "hello");

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		const char *path = arena_printf(&a, "%s.attest/%s", image, names[i]);

		cr_assert_eq(unlink(path), 0, "%s", path);
		image_build(&a, dir, "hello");
		cr_expect_eq(access(path, F_OK), 0, "%s", path);
	}
	files_remove(dir);
}
