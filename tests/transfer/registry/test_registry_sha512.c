/* SPDX-License-Identifier: Apache-2.0 */
/* Images whose parts are named by SHA-512, from and to a registry that says what is scripted. */

#include <criterion/criterion.h>
#include <fcntl.h>

#include "base/content_digest.h"
#include "support/fixture_files.h"
#include "support/fixture_oracle.h"
#include "support/fixture_registry_scene.h"
#include "support/gen_sha512.h"

#define MANIFESTS "/v2/team/app/manifests/"
#define TYPE "Content-Type: " MANIFEST_TYPE "\r\n"

struct sha512_scene {
	struct registry_scene s;
	struct sha512_names names;
	struct str manifest;
};

static void sha512_begin(struct sha512_scene *x, struct arena *a)
{
	registry_scene_begin(&x->s, a);
	sha512_rename(&x->s.image, NULL, &x->names);
	x->manifest = str_of(files_get(a, sha512_blob(&x->s.image, x->names.manifest)));
}

static struct str sha512_bytes(struct sha512_scene *x, const char *name)
{
	struct str text;
	struct error e = { 0 };

	cr_assert(
		io_read_file(x->s.a, AT_FDCWD, sha512_blob(&x->s.image, name), 1 << 20, &text, &e));
	return text;
}

static const char *sha512_path(struct sha512_scene *x, const char *name)
{
	return arena_printf(x->s.a, "%s/%s", x->s.image.dir, name);
}

static const char *sha512_url(struct sha512_scene *x, const char *what, const char *name)
{
	return arena_printf(x->s.a, "/v2/team/app/%s/%s", what, name);
}

/* The registry has config and layers. */
static void sha512_gives_blobs(struct sha512_scene *x)
{
	registry_scene_on(&x->s, sha512_url(x, "blobs", x->names.config), 200, NULL,
			  sha512_bytes(x, x->names.config));
	for (size_t i = 0; i < x->names.layers.n; i++)
		registry_scene_on(&x->s, sha512_url(x, "blobs", x->names.layers.v[i]), 200, NULL,
				  sha512_bytes(x, x->names.layers.v[i]));
}

/* And the manifest, by its digest, which becomes the target. */
static void sha512_gives_manifest(struct sha512_scene *x)
{
	struct arena *a = x->s.a;

	registry_scene_on(&x->s, sha512_url(x, "manifests", x->names.manifest), 200, TYPE,
			  x->manifest);
	x->s.target = arena_printf(a, "docker://127.0.0.1:%u/team/app@%s", x->s.registry.port,
				   x->names.manifest);
}

Test(registry_sha512, an_image_is_pulled_by_its_sha512)
{
	AUTO_ARENA a = { 0 };
	struct sha512_scene x;
	struct verb_run r;

	sha512_begin(&x, &a);
	sha512_gives_blobs(&x);
	sha512_gives_manifest(&x);
	r = PULL(&x.s, "--archive", sha512_path(&x, "out.tar"));
	cr_assert(r.ok, "%s", r.message);
	cr_expect(strstr(r.out, arena_printf(&a, "/team/app@%s ", x.names.manifest)), "%s", r.out);
	ORACLE(&a, "diff", "-r", sha512_path(&x, "out/blobs/sha512"),
	       arena_printf(&a, "%s/blobs/sha512", x.s.image.path));
	cr_expect(strstr(files_get(&a, sha512_path(&x, "out/index.json")), x.names.manifest));
	/* the archive is the same, and docker's list names its members */
	ORACLE(&a, "mkdir", sha512_path(&x, "tar"));
	ORACLE(&a, "tar", "-C", sha512_path(&x, "tar"), "-xf", sha512_path(&x, "out.tar"));
	ORACLE(&a, "diff", "-r", sha512_path(&x, "tar/blobs"), sha512_path(&x, "out/blobs"));
	cr_expect(strstr(
		files_get(&a, sha512_path(&x, "tar/manifest.json")),
		arena_printf(&a, "\"Config\":\"blobs/sha512/%s\",\"Layers\":[\"blobs/sha512/%s\"",
			     x.names.config + strlen("sha512:"),
			     x.names.layers.v[0] + strlen("sha512:"))));
	/* once more: all of it is there, and the manifest is not asked for */
	r = PULL(&x.s, "--json");
	cr_assert(r.ok, "%s", r.message);
	cr_expect(strstr(r.out, "\"downloaded\":0,\"downloaded-bytes\":0"), "%s", r.out);
	cr_expect_eq(faultd_hits(&x.s.registry, NULL), 4);
	registry_scene_end(&x.s);
}

Test(registry_sha512, what_was_pulled_is_read_in_place)
{
	AUTO_ARENA a = { 0 };
	struct sha512_scene x;
	struct verb_run r, local;

	sha512_begin(&x, &a);
	sha512_gives_blobs(&x);
	sha512_gives_manifest(&x);
	local = VERB(&a, cmd_diff, "diff", x.s.image.path, x.s.image.path, "--cache-dir",
		     x.s.store);
	cr_assert(local.ok, "%s", local.message);
	r = VERB(&a, cmd_diff, "diff", x.s.target, x.s.image.path, "--cache-dir", x.s.store);
	cr_expect(r.ok, "%s", r.message);
	cr_expect(strstr(r.out, "0 new, 0 gone, 0 changed") || strcmp(r.out, local.out) == 0, "%s",
		  r.out);
	r = VERB(&a, cmd_audit, "audit", x.s.target, "--cache-dir", x.s.store, "--offline",
		 "--format", "json");
	cr_expect(r.ok || r.e.kind == ERR_FINDINGS, "%s", r.message);
	cr_expect(strstr(r.out, x.names.manifest), "%s", r.out);
	registry_scene_end(&x.s);
}

/* A tag's bytes are called what the registry calls them. */
Test(registry_sha512, a_tag_is_named_as_the_registry_names_it)
{
	AUTO_ARENA a = { 0 };
	struct sha512_scene x;
	struct verb_run r;

	sha512_begin(&x, &a);
	sha512_gives_blobs(&x);
	registry_scene_on(&x.s, MANIFESTS "1", 200,
			  arena_printf(&a, TYPE "Docker-Content-Digest: %s\r\n", x.names.manifest),
			  x.manifest);
	registry_scene_on(&x.s, MANIFESTS "1", 200, TYPE, x.manifest);
	registry_scene_on(&x.s, MANIFESTS "1", 200,
			  arena_printf(&a, TYPE "Docker-Content-Digest: sha512:%0128d\r\n", 0),
			  x.manifest);
	r = PULL(&x.s);
	cr_assert(r.ok, "%s", r.message);
	cr_expect(strstr(r.out, x.names.manifest), "%s", r.out);
	r = PULL(&x.s);
	cr_assert(r.ok, "%s", r.message);
	cr_expect(strstr(r.out, "/team/app@sha256:"), "%s", r.out);
	r = PULL(&x.s);
	cr_expect_eq(r.e.kind, ERR_VERIFY);
	cr_expect(strstr(r.message,
			 arena_printf(&a,
				      "the registry says it is sha512:%0128d, and its bytes "
				      "are %s",
				      0, x.names.manifest)),
		  "%s", r.message);
	registry_scene_end(&x.s);
}

/* Puts another byte in, or one more; what comes of the pull. */
static void sha512_expect_refused(const char *part, bool longer, const char *message)
{
	AUTO_ARENA a = { 0 };
	struct sha512_scene x;
	struct verb_run r;
	const char *name;
	struct str bytes;
	char *wrong;

	sha512_begin(&x, &a);
	name = strcmp(part, "manifests") == 0 ? x.names.manifest : x.names.layers.v[1];
	bytes = sha512_bytes(&x, name);
	wrong = arena_alloc(&a, bytes.n + 1);
	memcpy(wrong, bytes.p, bytes.n);
	wrong[bytes.n] = '\n';
	wrong[bytes.n - 1] ^= longer ? 0 : 1;
	registry_scene_on(&x.s, sha512_url(&x, part, name), 200, TYPE,
			  (struct str){ wrong, bytes.n + (longer ? 1 : 0) });
	sha512_gives_manifest(&x);
	sha512_gives_blobs(&x);
	r = PULL(&x.s);
	cr_expect_eq(r.e.kind, ERR_VERIFY);
	cr_expect(strstr(r.message, message), "%s", r.message);
	registry_scene_end(&x.s);
}

Test(registry_sha512, other_bytes_are_refused)
{
	sha512_expect_refused("blobs", false, "expected sha512:");
	sha512_expect_refused("blobs", true, "layer sha512:");
	sha512_expect_refused("manifests", false, "other bytes came, with the digest sha512:");
}

static const char *sha512_put_path(struct sha512_scene *x, const char *name)
{
	return arena_printf(x->s.a, "/up?id=1&digest=%s", name);
}

/* A registry that takes config and layers, and says `told` of the config. */
static void sha512_takes(struct sha512_scene *x, const char *told)
{
	registry_scene_on(&x->s, "/v2/team/app/blobs/uploads/", 202, "Location: /up?id=1\r\n",
			  STR(""));
	registry_scene_on(&x->s, sha512_put_path(x, x->names.config), 201,
			  told ? arena_printf(x->s.a, "Docker-Content-Digest: %s\r\n", told) : NULL,
			  STR(""));
	for (size_t i = 0; i < x->names.layers.n; i++)
		registry_scene_on(&x->s, sha512_put_path(x, x->names.layers.v[i]), 201, NULL,
				  STR(""));
	registry_scene_on(&x->s, MANIFESTS "1", 404, NULL, STR(""));
}

static const char *sha512_by_sha256(struct sha512_scene *x, const char *name)
{
	struct arena *a = x->s.a;

	return arena_printf(a, "sha256:%.64s",
			    ORACLE(a, "sha256sum", sha512_blob(&x->s.image, name)).p);
}

Test(registry_sha512, a_registry_may_name_by_sha256_what_is_pushed)
{
	AUTO_ARENA a = { 0 };
	struct sha512_scene x;
	struct verb_run r;
	const char *name;

	sha512_begin(&x, &a);
	name = sha512_by_sha256(&x, x.names.manifest);
	sha512_takes(&x, sha512_by_sha256(&x, x.names.config));
	registry_scene_on(&x.s, MANIFESTS "1", 201,
			  arena_printf(&a, "Docker-Content-Digest: %s\r\n", name), STR(""));
	registry_scene_on(&x.s, MANIFESTS "1", 200,
			  arena_printf(&a, "Docker-Content-Digest: %s\r\n", name), STR(""));
	r = PUSH(&x.s);
	cr_assert(r.ok, "%s", r.message);
	cr_expect_str_eq(r.out,
			 arena_printf(&a, "127.0.0.1:%u/team/app@%s\n", x.s.registry.port, name));
	cr_expect(faultd_saw(&x.s.registry, MANIFESTS "1", x.manifest.p), "the bytes as they are");
	/* the tag has them: nothing more is put there */
	r = PUSH(&x.s, "--json");
	cr_assert(r.ok, "%s", r.message);
	cr_expect(strstr(r.out, "\"manifests\":0") && strstr(r.out, name), "%s", r.out);
	registry_scene_end(&x.s);
}

Test(registry_sha512, a_registry_that_tells_nothing_leaves_the_name)
{
	AUTO_ARENA a = { 0 };
	struct sha512_scene x;
	struct verb_run r;

	sha512_begin(&x, &a);
	sha512_takes(&x, x.names.config);
	registry_scene_on(&x.s, MANIFESTS "1", 201, NULL, STR(""));
	r = PUSH(&x.s);
	cr_assert(r.ok, "%s", r.message);
	cr_expect_str_eq(r.out, arena_printf(&a, "127.0.0.1:%u/team/app@%s\n", x.s.registry.port,
					     x.names.manifest));
	registry_scene_end(&x.s);
}

Test(registry_sha512, a_registry_that_stored_other_bytes_is_an_error)
{
	AUTO_ARENA a = { 0 };
	struct sha512_scene x;
	struct verb_run r;

	sha512_begin(&x, &a);
	sha512_takes(&x, arena_printf(&a, "sha256:%064d", 1));
	r = PUSH(&x.s);
	cr_expect_eq(r.e.kind, ERR_VERIFY);
	cr_expect(strstr(r.message, "the registry stored it as sha256:0000"), "%s", r.message);
	registry_scene_end(&x.s);

	sha512_begin(&x, &a);
	sha512_takes(&x, NULL);
	registry_scene_on(&x.s, MANIFESTS "1", 201,
			  arena_printf(&a, "Docker-Content-Digest: sha512:%0128d\r\n", 1), STR(""));
	r = PUSH(&x.s);
	cr_expect_eq(r.e.kind, ERR_VERIFY);
	cr_expect(strstr(r.message, "the registry stored it as sha512:0000"), "%s", r.message);
	registry_scene_end(&x.s);
}

Test(registry_sha512, a_damaged_part_is_not_sent)
{
	AUTO_ARENA a = { 0 };
	struct sha512_scene x;
	struct verb_run r;
	const char *path;
	struct str bytes;

	sha512_begin(&x, &a);
	sha512_takes(&x, NULL);
	path = sha512_blob(&x.s.image, x.names.config);
	bytes = sha512_bytes(&x, x.names.config);
	((char *)(uintptr_t)bytes.p)[bytes.n - 1] = ' ';
	files_put(path, bytes.p);
	r = PUSH(&x.s);
	cr_expect_eq(r.e.kind, ERR_VERIFY);
	cr_expect(strstr(r.message, "config sha512:") && strstr(r.message, "is damaged"), "%s",
		  r.message);
	cr_expect_eq(faultd_hits(&x.s.registry, sha512_put_path(&x, x.names.config)), 0);
	registry_scene_end(&x.s);
}

/* An index that names the manifest: children are put under the digest that it says. */
static void sha512_index(struct sha512_scene *x)
{
	struct arena *a = x->s.a;
	const char *text = arena_printf(
		a,
		"{\"schemaVersion\":2,\"mediaType\":\"" INDEX_TYPE
		"\",\"manifests\":[{\"mediaType\":\"" MANIFEST_TYPE
		"\",\"digest\":\"%s\",\"size\":%zu,\"platform\":{\"os\":\"linux\",\"architecture\":"
		"\"amd64\"}}]}",
		x->names.manifest, x->manifest.n);
	struct content_digest d = content_digest_of(str_of(text), false);
	char part[CONTENT_PART_SIZE];

	content_digest_part(&d, part);
	files_put(arena_printf(a, "%s/%s", x->s.image.path, part), text);
	files_put(arena_printf(a, "%s/index.json", x->s.image.path),
		  arena_printf(a,
			       "{\"schemaVersion\":2,\"manifests\":[{\"mediaType\":\"" INDEX_TYPE
			       "\",\"digest\":\"%s\",\"size\":%zu}]}",
			       content_digest_text(a, &d), strlen(text)));
}

Test(registry_sha512, a_manifest_of_an_index_is_put_under_its_own_digest)
{
	AUTO_ARENA a = { 0 };
	struct sha512_scene x;
	const char *child;
	struct verb_run r;

	sha512_begin(&x, &a);
	sha512_index(&x);
	sha512_takes(&x, NULL);
	child = sha512_url(&x, "manifests", x.names.manifest);
	registry_scene_on(&x.s, child, 404, NULL, STR(""));
	registry_scene_on(&x.s, child, 201, NULL, STR(""));
	registry_scene_on(&x.s, child, 404, NULL, STR(""));
	registry_scene_on(&x.s, child, 400, "Content-Type: application/json\r\n",
			  STR("{\"errors\":[{\"code\":\"DIGEST_INVALID\"}]}"));
	registry_scene_on(&x.s, MANIFESTS "1", 201, NULL, STR(""));
	registry_scene_on(&x.s, MANIFESTS "1", 404, NULL, STR(""));
	r = PUSH(&x.s);
	cr_assert(r.ok, "%s", r.message);
	cr_expect(faultd_saw(&x.s.registry, child, x.manifest.p));
	r = PUSH(&x.s);
	cr_expect_eq(r.e.kind, ERR_NETWORK);
	cr_expect(strstr(r.message, "the registry may not know manifests that SHA-512 names") &&
			  strstr(r.message, "DIGEST_INVALID"),
		  "%s", r.message);
	registry_scene_end(&x.s);
}

/* A manifest about an image that SHA-512 names: the fallback tag has 64 digits at most
 * (distribution-spec v1.1.1, Referrers Tag Schema). */
Test(registry_sha512, the_tag_of_referrers_is_cut)
{
	AUTO_ARENA a = { 0 };
	struct registry_scene s;
	struct verb_run r;
	const char *text, *tag = arena_printf(&a, MANIFESTS "sha512-%063d1", 0), *name;

	registry_scene_begin(&s, &a);
	text = arena_printf(&a,
			    "{\"subject\":{\"mediaType\":\"" MANIFEST_TYPE
			    "\",\"digest\":\"sha512:%063d1%064d\",\"size\":1},%s",
			    0, 0, s.manifest.p + 1);
	name = content_digest_text(&a, &(struct content_digest[]){
					       content_digest_of(str_of(text), false) }[0]);
	imagegen_put(&s.image, arena_printf(&a, "image/blobs/sha256/%s", name + strlen("sha256:")),
		     str_of(text));
	imagegen_put(&s.image, "image/index.json",
		     str_of(arena_printf(&a,
					 "{\"schemaVersion\":2,\"manifests\":[{\"mediaType\":"
					 "\"" MANIFEST_TYPE "\",\"digest\":\"%s\",\"size\":%zu}]}",
					 name, strlen(text))));
	/* one entry is there already, of a referrer that SHA-512 names */
	registry_scene_on(&s, tag, 200, "Content-Type: " INDEX_TYPE "\r\n",
			  str_of(arena_printf(&a,
					      "{\"schemaVersion\":2,\"manifests\":[{\"mediaType\":"
					      "\"" MANIFEST_TYPE
					      "\",\"digest\":\"sha512:%0128d\",\"size\":2}]}",
					      7)));
	registry_scene_on(&s, tag, 201, NULL, STR(""));
	registry_scene_takes(&s);
	r = PUSH(&s);
	cr_expect(r.ok, "%s", r.message);
	cr_expect(faultd_saw(&s.registry, tag, name));
	cr_expect(faultd_saw(&s.registry, tag, arena_printf(&a, "sha512:%0128d", 7)));
	registry_scene_end(&s);
}

/* Signatures are looked for by SHA-256, once the bytes were proved. */
Test(registry_sha512, signatures_are_about_the_sha256)
{
	AUTO_ARENA a = { 0 };
	struct sha512_scene x;
	struct verb_run r;
	const char *name;

	sha512_begin(&x, &a);
	name = sha512_by_sha256(&x, x.names.manifest);
	sha512_gives_manifest(&x);
	r = VERB(&a, cmd_verify_signature, "verify-signature", x.s.target, "--key",
		 "tests/data/signatures/cosign2.pub");
	cr_expect_eq(r.e.kind, ERR_FINDINGS);
	cr_expect(strstr(r.message, arena_printf(&a, "/team/app@%s has no signature", name)), "%s",
		  r.message);
	cr_expect_eq(faultd_hits(&x.s.registry, sha512_url(&x, "referrers", name)), 1);
	cr_expect_eq(faultd_hits(&x.s.registry,
				 arena_printf(&a, MANIFESTS "sha256-%s.sig", name + 7)),
		     1);
	registry_scene_end(&x.s);
}
