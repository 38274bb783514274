/* SPDX-License-Identifier: Apache-2.0 */
/* How deep, how large and of what kind an image may be that is pulled. */

#include <criterion/criterion.h>

#include "support/fixture_files.h"
#include "support/fixture_oracle.h"
#include "support/fixture_registry_scene.h"

#define MANIFESTS "/v2/team/app/manifests/"
#define OCI_CONFIG "application/vnd.oci.image.config.v1+json"

/* Gives a document under its digest, which is returned: "sha256:..." */
static const char *bounds_give(struct registry_scene *s, const char *type, const char *text)
{
	struct digest d = digest_of(str_of(text));
	const char *name = arena_printf(s->a, "sha256:%s", digest_hex_dup(s->a, &d));

	registry_scene_on(s, arena_printf(s->a, MANIFESTS "%s", name), 200,
			  arena_printf(s->a, "Content-Type: %s\r\n", type), str_of(text));
	return name;
}

static void bounds_tag(struct registry_scene *s, const char *type, const char *text)
{
	registry_scene_on(s, MANIFESTS "1", 200, arena_printf(s->a, "Content-Type: %s\r\n", type),
			  str_of(text));
}

static const char *bounds_index_of(struct registry_scene *s, const char *type, const char *text)
{
	return arena_printf(
		s->a,
		"{\"schemaVersion\":2,\"mediaType\":\"" INDEX_TYPE
		"\",\"manifests\":[{\"mediaType\":\"%s\",\"digest\":\"%s\",\"size\":%zu}]}",
		type, bounds_give(s, type, text), strlen(text));
}

/* Three indexes, one in the other, and a manifest are four documents deep. */
Test(pull_bounds, indexes_are_nested_so_deep)
{
	for (unsigned n = 3; n <= 4; n++) {
		AUTO_ARENA a = { 0 };
		struct registry_scene s;
		struct verb_run r;
		const char *text;

		registry_scene_begin(&s, &a);
		registry_scene_gives(&s);
		text = bounds_index_of(&s, MANIFEST_TYPE, s.manifest.p);
		for (unsigned i = 1; i < n; i++)
			text = bounds_index_of(&s, INDEX_TYPE, text);
		registry_scene_on(&s, MANIFESTS "deep", 200, "Content-Type: " INDEX_TYPE "\r\n",
				  str_of(text));
		s.target = arena_printf(&a, "docker://127.0.0.1:%u/team/app:deep", s.registry.port);
		r = PULL(&s);
		cr_expect_eq(r.ok, n == 3, "%u: %s", n, r.message);
		cr_expect(r.ok || (r.e.kind == ERR_INPUT &&
				   strstr(r.message, "indexes are nested more than 4 deep")),
			  "%s", r.message);
		registry_scene_end(&s);
	}
}

/* A manifest with this config and no layer. */
static const char *bounds_manifest(struct registry_scene *s, const char *type, const char *config,
				   size_t size)
{
	struct digest d = digest_of(str_of(config));

	registry_scene_on(s, registry_scene_blob(s, &d), 200, NULL, str_of(config));
	return arena_printf(s->a,
			    "{\"schemaVersion\":2,\"config\":{\"mediaType\":\"%s\",\"digest\":"
			    "\"sha256:%s\",\"size\":%zu},\"layers\":[]}",
			    type, digest_hex_dup(s->a, &d), size);
}

Test(pull_bounds, a_config_tells_the_platform_and_is_small)
{
	static const struct {
		const char *config, *says;
		size_t size; /* that is claimed; 0: its own */
		enum err_kind kind;
	} cases[] = {
		{ "{\"os\":\"linux\",\"architecture\":\"amd64\"}", "", 0, ERR_NONE },
		{ "{\"os\":\"linux\",\"architecture\":\"arm\",\"variant\":\"v7\"}",
		  "no image for linux/amd64; there is: linux/arm/v7", 0, ERR_USAGE },
		{ "{\"os\":\"linux\"}",
		  "no image for linux/amd64; there is: one that tells no platform", 0, ERR_USAGE },
		{ "{}", "there is: one that tells no platform", 0, ERR_USAGE },
		{ "{\"os\":\"unknown\",\"architecture\":\"unknown\"}",
		  "there is: one that tells no platform", 0, ERR_USAGE },
		{ "[", "config", 0, ERR_INPUT },
		{ "{}", "has 4194305 bytes; a config has at most 4194304", 4194305, ERR_INPUT },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		AUTO_ARENA a = { 0 };
		struct registry_scene s;
		struct verb_run r;
		size_t size = cases[i].size ? cases[i].size : strlen(cases[i].config);

		registry_scene_begin(&s, &a);
		bounds_tag(&s, MANIFEST_TYPE,
			   bounds_manifest(&s, OCI_CONFIG, cases[i].config, size));
		r = PULL(&s, "--platform", "linux/amd64");
		cr_expect_eq(r.e.kind, cases[i].kind, "%zu: %s", i, r.message);
		cr_expect(strstr(r.message, cases[i].says), "%zu: %s", i, r.message);
		registry_scene_end(&s);
	}
}

/* docker load is told of images alone, in OCI's form and in Docker's. */
Test(pull_bounds, an_archive_lists_what_docker_can_load)
{
	static const char *const types[][2] = {
		{ OCI_CONFIG, "\"Config\":\"blobs/sha256/" },
		{ "application/vnd.docker.container.image.v1+json", "\"Config\":\"blobs/sha256/" },
		{ "application/vnd.oci.empty.v1+json", NULL },
	};

	for (size_t i = 0; i < ARRAY_SIZE(types); i++) {
		AUTO_ARENA a = { 0 };
		struct registry_scene s;
		struct verb_run r;
		const char *tar, *list;

		registry_scene_begin(&s, &a);
		tar = arena_printf(&a, "%s/x.tar", s.image.dir);
		bounds_tag(&s, MANIFEST_TYPE, bounds_manifest(&s, types[i][0], "{}", 2));
		r = PULL(&s, "--archive", tar);
		cr_assert(r.ok, "%s", r.message);
		list = ORACLE(&a, "tar", "-xOf", tar, "manifest.json").p;
		if (types[i][1])
			cr_expect(strstr(list, types[i][1]), "%s", list);
		else
			cr_expect_str_eq(list, "[]");
		registry_scene_end(&s);
	}
}

/* Only the registry can say what a manifest is that does not say it itself. */
Test(pull_bounds, a_manifest_without_a_media_type_is_asked_for_again)
{
	AUTO_ARENA a = { 0 };
	struct registry_scene s;
	const char *silent, *says, *name;

	registry_scene_begin(&s, &a);
	silent = bounds_manifest(&s, OCI_CONFIG, "{}", 2);
	says = arena_printf(&a, "{\"mediaType\":\"" MANIFEST_TYPE "\",%s", silent + 1);
	for (int i = 0; i < 2; i++) {
		name = bounds_give(&s, MANIFEST_TYPE, i ? says : silent);
		s.target = arena_printf(&a, "docker://127.0.0.1:%u/team/app@%s", s.registry.port,
					name);
		for (int k = 0; k < 2; k++) {
			struct verb_run r = PULL(&s);

			cr_expect(r.ok, "%s", r.message);
		}
		cr_expect_eq(faultd_hits(&s.registry, arena_printf(&a, MANIFESTS "%s", name)),
			     i ? 1 : 2);
	}
	registry_scene_end(&s);
}

Test(pull_bounds, an_empty_answer_is_no_manifest)
{
	AUTO_ARENA a = { 0 };
	struct registry_scene s;
	struct verb_run r;

	registry_scene_begin(&s, &a);
	bounds_tag(&s, MANIFEST_TYPE, "");
	r = PULL(&s);
	cr_expect_eq(r.e.kind, ERR_INPUT);
	cr_expect(strstr(r.message, "manifest 1"), "%s", r.message);
	registry_scene_end(&s);
}

/* A layer that says it is larger than the disk: nothing is fetched of it. */
Test(pull_bounds, there_has_to_be_room_for_a_blob)
{
	AUTO_ARENA a = { 0 };
	struct registry_scene s;
	struct verb_run r;

	registry_scene_begin(&s, &a);
	bounds_tag(&s, MANIFEST_TYPE, bounds_manifest(&s, OCI_CONFIG, "{}", (size_t)1 << 60));
	r = PULL(&s);
	cr_expect_eq(r.e.kind, ERR_SYSTEM);
	cr_expect(strstr(r.message, "has room for "), "%s", r.message);
	registry_scene_end(&s);
}
