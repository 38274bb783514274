/* SPDX-License-Identifier: Apache-2.0 */
/* docker:// where verbs read an image, with a registry that says what is scripted. */

#include <criterion/criterion.h>

#include "support/fixture_files.h"
#include "support/fixture_registry_scene.h"

#define TAG "/v2/team/app/manifests/1"
#define TYPE "Content-Type: " MANIFEST_TYPE "\r\n"

static struct verb_run operand_why(struct registry_scene *s, const char *image, const char *option,
				   const char *value)
{
	return VERB(s->a, cmd_why, "why", image, "/two", "--cache-dir", s->store, "--format",
		    "json", option, value);
}

static const char *operand_by_digest(struct registry_scene *s, const char *digest)
{
	return arena_printf(s->a, "docker://127.0.0.1:%u/team/app@%s", s->registry.port, digest);
}

/* How often each blob of the image was asked for. */
static void operand_expect_blobs(struct registry_scene *s, unsigned times)
{
	cr_expect_eq(faultd_hits(&s->registry, registry_scene_blob(s, &s->image.config_digest)),
		     times);
	for (size_t i = 0; i < s->image.layers.n; i++)
		cr_expect_eq(faultd_hits(&s->registry,
					 registry_scene_blob(s, &s->image.layers.v[i].digest)),
			     times);
}

Test(image_operand, blobs_are_fetched_once_and_tags_asked_each_time)
{
	AUTO_ARENA a = { 0 };
	struct registry_scene s;
	struct verb_run r, local;

	registry_scene_begin(&s, &a);
	registry_scene_gives(&s);
	registry_scene_on(&s, TAG, 200, TYPE, s.manifest);
	local = operand_why(&s, s.image.path, "--jobs", "1");
	cr_assert(local.ok, "%s", local.message);
	cr_assert(strstr(local.out, "\"asked\"") != NULL, "%s", local.out);
	for (unsigned i = 1; i <= 2; i++) {
		r = operand_why(&s, s.target, "--jobs", "1");
		cr_assert(r.ok, "%s", r.message);
		/* all but the name of the image */
		cr_expect(strstr(r.out, "\"asked\"") &&
			  strcmp(strstr(r.out, "\"asked\""), strstr(local.out, "\"asked\"")) == 0);
		cr_expect_eq(faultd_hits(&s.registry, TAG), i);
		operand_expect_blobs(&s, 1);
	}
	cr_expect(strstr(r.said, "3 of them were here already"), "%s", r.said);
	registry_scene_end(&s);
}

Test(image_operand, what_the_store_has_is_read_without_network)
{
	AUTO_ARENA a = { 0 };
	struct registry_scene s;
	struct verb_run r;
	const char *ref;

	registry_scene_begin(&s, &a);
	registry_scene_gives(&s);
	ref = operand_by_digest(&s, s.digest);
	r = VERB(&a, cmd_why, "why", ref, "/two", "--cache-dir", s.store, "--offline");
	cr_expect_eq(r.e.kind, ERR_NETWORK);
	cr_expect(strstr(r.message, "is not in the store, and --offline forbids fetching; run once "
				    "without --offline"),
		  "%s", r.message);
	r = operand_why(&s, s.target, "--jobs", "1");
	cr_assert(r.ok, "%s", r.message);
	r = VERB(&a, cmd_why, "why", ref, "/two", "--cache-dir", s.store, "--offline");
	cr_expect(r.ok, "%s", r.message);
	r = VERB(&a, cmd_why, "why", s.target, "/two", "--cache-dir", s.store, "--offline");
	cr_expect_eq(r.e.kind, ERR_NETWORK);
	cr_expect(strstr(r.message, "what the tag \"1\" means is the registry's to say"), "%s",
		  r.message);
	cr_expect_eq(faultd_hits(&s.registry, TAG), 1);
	registry_scene_end(&s);
}

/* An index of the image for the platforms named, NULL-terminated; each is a copy of it. */
static struct str operand_index(struct registry_scene *s, const char *const *architectures)
{
	struct buf text = { .a = s->a };

	buf_printf(&text, "{\"schemaVersion\":2,\"mediaType\":\"" INDEX_TYPE "\",\"manifests\":[");
	for (; *architectures; architectures++)
		buf_printf(&text,
			   "{\"mediaType\":\"" MANIFEST_TYPE
			   "\",\"digest\":\"%s\",\"size\":%zu,\"platform\":{\"os\":\"linux\","
			   "\"architecture\":\"%s\"}}%s",
			   s->digest, s->manifest.n, *architectures, architectures[1] ? "," : "");
	buf_puts(&text, "]}");
	return buf_str(&text);
}

Test(image_operand, of_an_index_the_image_for_the_platform_is_read)
{
	static const char *const both[] = { "s390x", "amd64", NULL };
	static const char *const foreign[] = { "s390x", "riscv64", NULL };
	static const char *const one[] = { "s390x", NULL };
	static const struct {
		const char *const *architectures;
		const char *option, *value;
		const char *message; /* NULL: it works */
	} cases[] = {
		{ both, "--platform", "linux/amd64", NULL },
		{ both, "--platform", "linux/arm64",
		  "no image for linux/arm64; there is: linux/s390x, linux/amd64" },
		{ foreign, "--jobs", "1", "there is: linux/s390x, linux/riscv64" },
		{ one, "--jobs", "1", NULL }, /* as in a layout: the only one is it */
		{ one, "--platform", "linux/amd64",
		  "no image for linux/amd64; there is: linux/s390x" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		AUTO_ARENA a = { 0 };
		struct registry_scene s;
		struct verb_run r;

		registry_scene_begin(&s, &a);
		registry_scene_on(&s, TAG, 200, "Content-Type: " INDEX_TYPE "\r\n",
				  operand_index(&s, cases[i].architectures));
		registry_scene_on(&s, arena_printf(&a, "/v2/team/app/manifests/%s", s.digest), 200,
				  TYPE, s.manifest);
		registry_scene_gives(&s);
		r = operand_why(&s, s.target, cases[i].option, cases[i].value);
		if (cases[i].message) {
			cr_expect_eq(r.e.kind, ERR_USAGE);
			cr_expect(strstr(r.message, cases[i].message), "%zu: %s", i, r.message);
			operand_expect_blobs(&s, 0);
		} else {
			cr_expect(r.ok, "%zu: %s", i, r.message);
		}
		registry_scene_end(&s);
	}
}

struct operand_fault {
	int status;
	enum err_kind kind;
	const char *headers, *body;
	const char *message;
};

Test(image_operand, what_a_registry_refuses_is_told)
{
	static const struct operand_fault cases[] = {
		{ 404, ERR_NETWORK, NULL,
		  "{\"errors\":[{\"code\":\"MANIFEST_UNKNOWN\",\"message\":\"unknown\"}]}",
		  "the registry has no such image; check its name and its tag: 127.0.0.1:" },
		{ 401, ERR_NETWORK, "WWW-Authenticate: Basic realm=\"x\"\r\n", "",
		  "no credentials for 127.0.0.1:" },
		{ 403, ERR_NETWORK, NULL,
		  "{\"errors\":[{\"code\":\"DENIED\",\"message\":\"not yours\"}]}",
		  "HTTP 403: DENIED: not yours" },
		{ 200, ERR_VERIFY, TYPE "Docker-Content-Digest: sha256:12\r\n", NULL,
		  "the registry says it is sha256:12" },
		{ 200, ERR_INPUT, "Content-Type: text/plain\r\n", "{}",
		  "\"text/plain\" is not an image manifest or index" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		AUTO_ARENA a = { 0 };
		struct registry_scene s;
		struct verb_run r;

		registry_scene_begin(&s, &a);
		registry_scene_on(&s, TAG, cases[i].status, cases[i].headers,
				  cases[i].body ? str_of(cases[i].body) : s.manifest);
		r = operand_why(&s, s.target, "--jobs", "1");
		cr_expect_eq(r.e.kind, cases[i].kind, "%zu", i);
		cr_expect(strstr(r.message, cases[i].message), "%zu: %s", i, r.message);
		cr_expect(strstr(r.message, arena_printf(&a, "image %s: ", s.target)), "%s",
			  r.message);
		registry_scene_end(&s);
	}
}

Test(image_operand, other_bytes_than_a_digest_names_are_refused_and_not_kept)
{
	AUTO_ARENA a = { 0 };
	struct registry_scene s;
	struct verb_run r;
	const char *other = arena_printf(&a, "sha256:%064d", 7);

	registry_scene_begin(&s, &a);
	registry_scene_on(&s, arena_printf(&a, "/v2/team/app/manifests/%s", other), 200, TYPE,
			  s.manifest);
	r = operand_why(&s, operand_by_digest(&s, other), "--jobs", "1");
	cr_expect_eq(r.e.kind, ERR_VERIFY);
	cr_expect(strstr(r.message, "other bytes came"), "%s", r.message);
	cr_expect_eq(files_below(&a, arena_printf(&a, "%s/blobs", s.store), "").n, 0);
	registry_scene_end(&s);
}

Test(image_operand, two_images_and_credentials)
{
	AUTO_ARENA a = { 0 };
	struct registry_scene s;
	struct verb_run r;
	const char *auth;

	registry_scene_begin(&s, &a);
	registry_scene_on(&s, TAG, 401, "WWW-Authenticate: Basic realm=\"x\"\r\n", STR(""));
	registry_scene_gives(&s);
	auth = registry_scene_auth(
		&s,
		arena_printf(&a, "{\"auths\":{\"127.0.0.1:%u\":{\"auth\":\"YW5uYTpzZWNyZXQ=\"}}}",
			     s.registry.port));
	r = VERB(&a, cmd_diff, "diff", s.target, s.image.path, "--cache-dir", s.store, "--authfile",
		 auth);
	cr_expect(r.ok, "%s%s", r.message, r.out);
	cr_expect(faultd_saw(&s.registry, TAG, "Authorization: Basic YW5uYTpzZWNyZXQ=\r\n"));
	registry_scene_end(&s);
}
