/* SPDX-License-Identifier: Apache-2.0 */
/* pull from a registry that says what is scripted: every byte is verified, nothing is half-written.
 */

#include <criterion/criterion.h>
#include <fcntl.h>
#include <jansson.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/registry_options.h"
#include "support/fixture_files.h"
#include "support/fixture_oracle.h"
#include "support/fixture_registry_scene.h"

#define TAG "/v2/team/app/manifests/1"
#define DOCKER_TYPE "application/vnd.docker.distribution.manifest.v2+json"

static const char *pull_path(struct registry_scene *s, const char *name)
{
	return arena_printf(s->a, "%s/%s", s->image.dir, name);
}

static const char *tag_of(struct registry_scene *s, const char *reference)
{
	return arena_printf(s->a, "/v2/team/app/manifests/%s", reference);
}

/* What docker load reads: the config and each layer, by their names in the archive. */
static void expect_save_text(struct registry_scene *s, struct str text)
{
	json_t *root = json_loadb(text.p, text.n, 0, NULL), *image = json_array_get(root, 0);
	json_t *layers = json_object_get(image, "Layers");

	cr_assert_eq(json_array_size(root), 1, STR_FMT, STR_ARG(text));
	cr_expect_str_eq(json_string_value(json_array_get(json_object_get(image, "RepoTags"), 0)),
			 arena_printf(s->a, "127.0.0.1:%u/team/app:1", s->registry.port));
	cr_assert_eq(json_array_size(layers), s->image.layers.n, STR_FMT, STR_ARG(text));
	for (size_t i = 0; i < s->image.layers.n; i++)
		cr_expect_str_eq(json_string_value(json_array_get(layers, i)),
				 arena_printf(s->a, "blobs/sha256/%s",
					      digest_hex_dup(s->a, &s->image.layers.v[i].digest)));
	json_decref(root);
}

Test(pull, writes_a_layout_with_the_bytes_of_the_registry)
{
	AUTO_ARENA a = { 0 };
	struct registry_scene s;
	struct verb_run r;

	registry_scene_begin(&s, &a);
	registry_scene_gives(&s);
	r = PULL(&s, "--archive", pull_path(&s, "out.tar"));
	cr_assert(r.ok, "%s", r.message);
	cr_expect_str_eq(r.out, arena_printf(&a, "127.0.0.1:%u/team/app@%s %s\n", s.registry.port,
					     s.digest, pull_path(&s, "out")));
	cr_expect_str_eq(files_get(&a, pull_path(&s, "out/oci-layout")),
			 "{\"imageLayoutVersion\":\"1.0.0\"}");
	cr_expect_str_eq(
		files_get(&a, pull_path(&s, "out/index.json")),
		arena_printf(
			&a,
			"{\"manifests\":[{\"annotations\":{\"io.containerd.image.name\":"
			"\"127.0.0.1:%u/team/app:1\",\"org.opencontainers.image.ref.name\":"
			"\"127.0.0.1:%u/team/app:1\"},\"digest\":\"%s\",\"mediaType\":\"" MANIFEST_TYPE
			"\",\"size\":%zu}],\"mediaType\":\"" INDEX_TYPE "\",\"schemaVersion\":2}",
			s.registry.port, s.registry.port, s.digest, s.manifest.n));
	ORACLE(&a, "diff", "-r", pull_path(&s, "out/blobs"),
	       arena_printf(&a, "%s/blobs", s.image.path));
	expect_save_text(&s, ORACLE(&a, "tar", "-xOf", pull_path(&s, "out.tar"), "manifest.json"));
	cr_expect(faultd_saw(&s.registry, TAG, "Accept: " INDEX_TYPE "\r\n"));
	cr_expect(faultd_saw(&s.registry, TAG, "Accept: " DOCKER_TYPE "\r\n"));
	/* and once more: the blobs are there */
	r = PULL(&s, "--json");
	cr_assert(r.ok, "%s", r.message);
	cr_expect(strstr(r.out, "\"downloaded\":0,\"downloaded-bytes\":0") != NULL, "%s", r.out);
	cr_expect_eq(faultd_hits(&s.registry, registry_scene_blob(&s, &s.image.config_digest)), 1);
	registry_scene_end(&s);
}

Test(pull, by_digest_only_these_bytes_are_taken)
{
	AUTO_ARENA a = { 0 };
	struct registry_scene s;
	struct verb_run r;
	const char *other;

	registry_scene_begin(&s, &a);
	registry_scene_gives(&s);
	registry_scene_on(&s, tag_of(&s, s.digest), 200, "Content-Type: " MANIFEST_TYPE "\r\n",
			  s.manifest);
	s.target = arena_printf(&a, "docker://127.0.0.1:%u/team/app@%s", s.registry.port, s.digest);
	r = PULL(&s);
	cr_expect(r.ok, "%s", r.message);
	cr_expect(!strstr(files_get(&a, pull_path(&s, "out/index.json")), "annotations"),
		  "a digest is not a name");
	other = arena_printf(&a, "sha256:%064d", 0);
	registry_scene_on(&s, tag_of(&s, other), 200, "Content-Type: " MANIFEST_TYPE "\r\n",
			  s.manifest);
	s.target = arena_printf(&a, "docker://127.0.0.1:%u/team/app@%s", s.registry.port, other);
	r = PULL(&s);
	cr_expect_eq(r.e.kind, ERR_VERIFY);
	cr_expect(strstr(r.message, "other bytes came, with the digest sha256:"), "%s", r.message);
	registry_scene_end(&s);
}

/* What a registry sends as the manifest, and what comes of it; "%M" in the body is the real one. */
struct wrong_pull {
	const char *headers;
	const char *body;
	enum err_kind kind;
	const char *message;
};

Test(pull, T31_manifests_that_do_not_fit_are_refused)
{
	static const struct wrong_pull cases[] = {
		{ "Content-Type: " DOCKER_TYPE "\r\n", NULL, ERR_VERIFY,
		  "it was sent as \"" DOCKER_TYPE "\" and says itself" },
		{ "Content-Type: " MANIFEST_TYPE "\r\nDocker-Content-Digest: sha256:12\r\n", NULL,
		  ERR_VERIFY, "the registry says it is sha256:12" },
		{ "Content-Type: application/vnd.docker.distribution.manifest.v1+prettyjws\r\n",
		  "{\"schemaVersion\":1}", ERR_INPUT, "Docker's schema 1" },
		{ "", "{\"schemaVersion\":1,\"name\":\"x\"}", ERR_INPUT, "Docker's schema 1" },
		{ "Content-Type: text/html\r\n", "<html>", ERR_INPUT, "manifest 1:1:1" },
		{ "Content-Type: text/html\r\n", "{}", ERR_INPUT,
		  "\"text/html\" is not an image manifest or index" },
		{ "", "{}", ERR_INPUT, "\"\" is not an image manifest or index" },
		{ "", "[]", ERR_INPUT, "expected an object" },
		{ "Content-Type: " MANIFEST_TYPE "\r\n", "{}", ERR_INPUT, "schemaVersion" },
		{ "Content-Type: " MANIFEST_TYPE "\r\n", "{\"schemaVersion\":2}", ERR_INPUT,
		  "config" },
		{ "Content-Type: " MANIFEST_TYPE "\r\n", "{\"schemaVersion\":2,\"manifests\":[]}",
		  ERR_INPUT, "an image manifest may not have \"manifests\"" },
		{ "Content-Type: " INDEX_TYPE "\r\n",
		  "{\"schemaVersion\":2,\"manifests\":[],\"layers\":[]}", ERR_INPUT,
		  "an index may not have \"layers\"" },
		{ "Content-Type: " INDEX_TYPE "\r\n",
		  "{\"schemaVersion\":2,\"manifests\":[{\"mediaType\":\"" MANIFEST_TYPE
		  "\",\"digest\":\"sha256:../x\",\"size\":1}]}",
		  ERR_INPUT, "must be \"sha256:\" and 64 lower-case" },
		{ "Content-Type: " INDEX_TYPE "\r\n",
		  "{\"schemaVersion\":2,\"manifests\":[{\"mediaType\":\"a/b\",\"digest\":"
		  "\"sha256:0000000000000000000000000000000000000000000000000000000000000000\",\"size\":1}]}",
		  ERR_INPUT, "\"a/b\" is not an image manifest or index" },
		{ "Content-Type: " INDEX_TYPE "\r\n",
		  "{\"schemaVersion\":2,\"manifests\":[{\"mediaType\":\"" MANIFEST_TYPE
		  "\",\"digest\":"
		  "\"sha256:0000000000000000000000000000000000000000000000000000000000000000\",\"size\":9999999}]}",
		  ERR_INPUT, "has 9999999 bytes; a manifest has at most 4194304" },
		{ "Content-Type: " INDEX_TYPE "\r\n",
		  "{\"schemaVersion\":2,\"manifests\":[{\"mediaType\":\"" MANIFEST_TYPE
		  "\",\"digest\":"
		  "\"sha256:0000000000000000000000000000000000000000000000000000000000000000\",\"size\":1,"
		  "\"urls\":[\"http://x\"]}]}",
		  ERR_INPUT, "a part that is loaded from elsewhere is not taken" },
	};
	AUTO_ARENA a = { 0 };

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct registry_scene s;
		struct verb_run r;
		struct stat st;

		registry_scene_begin(&s, &a);
		registry_scene_on(&s, TAG, 200, cases[i].headers,
				  cases[i].body ? str_of(cases[i].body) : s.manifest);
		r = PULL(&s);
		cr_expect_eq(r.e.kind, cases[i].kind, "%zu: %s", i, r.message);
		cr_expect(strstr(r.message, cases[i].message) != NULL, "%zu: %s", i, r.message);
		cr_expect(stat(pull_path(&s, "out"), &st) < 0, "%zu: a layout was written", i);
		registry_scene_end(&s);
	}
}

Test(pull, docker_manifests_are_kept_as_they_are)
{
	AUTO_ARENA a = { 0 };
	struct registry_scene s;
	struct verb_run r;
	struct buf docker = { .a = &a };
	const char *at;

	registry_scene_begin(&s, &a);
	at = strstr(s.manifest.p, MANIFEST_TYPE);
	cr_assert(at != NULL);
	buf_add(&docker, (struct str){ s.manifest.p, (size_t)(at - s.manifest.p) });
	buf_puts(&docker, DOCKER_TYPE);
	buf_puts(&docker, at + strlen(MANIFEST_TYPE));
	registry_scene_on(&s, TAG, 200, "Content-Type: " DOCKER_TYPE "\r\n", buf_str(&docker));
	registry_scene_gives(&s);
	r = PULL(&s);
	cr_assert(r.ok, "%s", r.message);
	cr_expect(strstr(files_get(&a, pull_path(&s, "out/index.json")),
			 "\"mediaType\":\"" DOCKER_TYPE "\"") != NULL);
	registry_scene_end(&s);
}

Test(pull, T32_wrong_blobs_are_refused_and_not_kept)
{
	AUTO_ARENA a = { 0 };
	struct registry_scene s;
	struct verb_run r;
	const char *blob;
	struct stat st;
	struct str wrong;
	char *flipped;

	registry_scene_begin(&s, &a);
	blob = registry_scene_blob(&s, &s.image.layers.v[0].digest);
	flipped = arena_alloc(&a, (size_t)s.image.layers.v[0].size);
	memset(flipped, 'x', (size_t)s.image.layers.v[0].size);
	wrong = (struct str){ flipped, (size_t)s.image.layers.v[0].size };
	registry_scene_on(&s, blob, 200, NULL, wrong);
	registry_scene_gives(&s);
	r = PULL(&s);
	cr_expect_eq(r.e.kind, ERR_VERIFY, "%s", r.message);
	cr_expect(stat(pull_path(&s, "out"), &st) < 0, "a layout was written");
	r = PULL(&s);
	cr_expect(r.ok, "the next try gets the right bytes: %s", r.message);
	registry_scene_end(&s);

	registry_scene_begin(&s, &a);
	registry_scene_on(&s, registry_scene_blob(&s, &s.image.layers.v[0].digest), 200, NULL,
			  str_of(arena_printf(&a, "%100000d", 1)));
	registry_scene_gives(&s);
	r = PULL(&s);
	cr_expect_eq(r.e.kind, ERR_VERIFY, "%s", r.message);
	cr_expect(strstr(r.message, "bytes announced, at most"), "%s", r.message);
	registry_scene_end(&s);
}

Test(pull, F6_a_blob_that_broke_is_resumed)
{
	AUTO_ARENA a = { 0 };
	struct registry_scene s;
	struct fault_reply *r;
	struct verb_run run;
	const char *blob;
	struct str text;
	struct error e = { 0 };

	registry_scene_begin(&s, &a);
	blob = registry_scene_blob(&s, &s.image.layers.v[0].digest);
	cr_assert(io_read_file(&a, AT_FDCWD, imagegen_blob(&s.image, &s.image.layers.v[0].digest),
			       1 << 20, &text, &e));
	for (int i = 0; i < 2; i++) {
		r = registry_scene_on(&s, blob, 200, "Retry-After: 0\r\n", text);
		r->etag = "\"it\"";
		r->ranges = true;
		r->cuts = i == 0;
		r->cut = 50;
		if (i == 0) /* and what came is not forgotten when the next try fails, too */
			registry_scene_on(&s, blob, 503, "Retry-After: 0\r\n", STR(""));
	}
	registry_scene_gives(&s);
	run = PULL(&s);
	cr_expect(run.ok, "%s", run.message);
	cr_expect(faultd_saw(&s.registry, blob, "Range: bytes=50-\r\n"));
	cr_expect(faultd_saw(&s.registry, blob, "If-Range: \"it\"\r\n"));
	registry_scene_end(&s);
}

Test(pull, a_blob_that_is_not_there_is_a_network_error_and_is_told)
{
	AUTO_ARENA a = { 0 };
	struct registry_scene s;
	struct verb_run r;

	registry_scene_begin(&s, &a);
	registry_scene_on(&s, TAG, 200, "Content-Type: " MANIFEST_TYPE "\r\n", s.manifest);
	r = PULL(&s);
	cr_expect_eq(r.e.kind, ERR_NETWORK);
	cr_expect(strstr(r.message, "config sha256:") && strstr(r.message, "HTTP 404"), "%s",
		  r.message);
	registry_scene_end(&s);

	registry_scene_begin(&s, &a);
	registry_scene_on(
		&s, TAG, 404, NULL,
		STR("{\"errors\":[{\"code\":\"MANIFEST_UNKNOWN\",\"message\":\"manifest unknown\"}]}"));
	r = PULL(&s);
	cr_expect_eq(r.e.kind, ERR_NETWORK);
	cr_expect(strstr(r.message, "manifest 1: HTTP 404: MANIFEST_UNKNOWN: manifest unknown"),
		  "%s", r.message);
	registry_scene_end(&s);
}

/* An index of the scene's manifest for two platforms and of a record about one. */
static struct str pull_index(struct registry_scene *s)
{
	const char *entry = arena_printf(s->a,
					 "\"mediaType\":\"" MANIFEST_TYPE
					 "\",\"digest\":\"%s\",\"size\":%zu",
					 s->digest, s->manifest.n);

	return str_of(arena_printf(
		s->a,
		"{\"schemaVersion\":2,\"mediaType\":\"" INDEX_TYPE "\",\"manifests\":["
		"{%s,\"platform\":{\"os\":\"linux\",\"architecture\":\"amd64\"}},"
		"{%s,\"platform\":{\"os\":\"linux\",\"architecture\":\"arm64\",\"variant\":\"v8\"}},"
		"{%s,\"platform\":{\"os\":\"unknown\",\"architecture\":\"unknown\"}}]}",
		entry, entry, entry));
}

Test(pull, of_an_index_all_or_one_platform)
{
	AUTO_ARENA a = { 0 };
	struct registry_scene s;
	struct verb_run r;
	struct str index;

	registry_scene_begin(&s, &a);
	index = pull_index(&s);
	for (int i = 0; i < 4; i++)
		registry_scene_on(&s, TAG, 200, "Content-Type: " INDEX_TYPE "\r\n", index);
	registry_scene_on(&s, tag_of(&s, s.digest), 200, "Content-Type: " MANIFEST_TYPE "\r\n",
			  s.manifest);
	registry_scene_gives(&s);
	r = PULL(&s);
	cr_assert(r.ok, "%s", r.message);
	cr_expect(strstr(files_get(&a, pull_path(&s, "out/index.json")),
			 "\"mediaType\":\"" INDEX_TYPE "\",\"size\"") != NULL);
	r = PULL(&s, "--platform", "linux/arm64/v8");
	cr_assert(r.ok, "%s", r.message);
	cr_expect(strstr(r.out, s.digest) != NULL);
	cr_expect(
		strstr(files_get(&a, pull_path(&s, "out/index.json")),
		       "\"platform\":{\"architecture\":\"arm64\",\"os\":\"linux\",\"variant\":\"v8\"}") !=
		NULL);
	r = PULL(&s, "--platform", "linux/amd64/v1");
	cr_expect(r.ok, "%s", r.message);
	r = PULL(&s, "--platform", "linux/s390x");
	cr_expect_eq(r.e.kind, ERR_USAGE);
	cr_expect(strstr(r.message,
			 "no image for linux/s390x; there is: linux/amd64, linux/arm64/v8"),
		  "%s", r.message);
	registry_scene_end(&s);
}

Test(pull, an_image_without_an_index_is_for_the_platform_that_it_tells)
{
	AUTO_ARENA a = { 0 };
	struct registry_scene s;
	struct verb_run r;

	registry_scene_begin(&s, &a);
	registry_scene_gives(&s);
	r = PULL(&s, "--platform", "linux/arm64");
	cr_expect_eq(r.e.kind, ERR_USAGE);
	cr_expect(strstr(r.message, "no image for linux/arm64; there is: linux/amd64"), "%s",
		  r.message);
	cr_expect_eq(faultd_hits(&s.registry, registry_scene_blob(&s, &s.image.layers.v[0].digest)),
		     0, "a layer was fetched for nothing");
	r = PULL(&s, "--platform", "amd64", "--json");
	cr_assert(r.ok, "%s", r.message);
	cr_expect(strstr(r.out, "\"blobs\":3,") && strstr(r.out, "\"downloaded\":2,"), "%s", r.out);
	registry_scene_end(&s);
}

Test(pull, T32_what_no_disk_can_hold_is_not_begun)
{
	AUTO_ARENA a = { 0 };
	struct registry_scene s;
	struct verb_run r;
	const char *zero = arena_printf(&a, "sha256:%064d", 0);

	registry_scene_begin(&s, &a);
	registry_scene_on(
		&s, TAG, 200, "Content-Type: " MANIFEST_TYPE "\r\n",
		str_of(arena_printf(
			&a,
			"{\"schemaVersion\":2,\"config\":{\"mediaType\":\"x\",\"digest\":\"%s\","
			"\"size\":1152921504606846976},\"layers\":[]}",
			zero)));
	r = PULL(&s);
	cr_expect_eq(r.e.kind, ERR_SYSTEM);
	cr_expect(strstr(r.message, "has 1152921.5 TB; the store ") != NULL, "%s", r.message);
	cr_expect_eq(faultd_hits(&s.registry, NULL), 1, "it was asked for");
	registry_scene_end(&s);
}

Test(pull, a_child_of_an_index_is_what_the_index_says)
{
	static const struct {
		const char *from, *to, *message;
	} cases[] = {
		{ "\"size\":", "\"size\":1", "more bytes than expected" },
		{ MANIFEST_TYPE, DOCKER_TYPE, "its index says \"" DOCKER_TYPE "\"" },
	};
	AUTO_ARENA a = { 0 };

	for (size_t i = 0; i < 2; i++) {
		struct registry_scene s;
		struct buf index = { .a = &a };
		struct verb_run r;
		const char *text, *at;

		registry_scene_begin(&s, &a);
		text = pull_index(&s).p;
		at = strstr(text, cases[i].from);
		buf_add(&index, (struct str){ text, (size_t)(at - text) });
		buf_puts(&index, cases[i].to);
		buf_puts(&index, at + strlen(cases[i].from));
		registry_scene_on(&s, TAG, 200, "Content-Type: " INDEX_TYPE "\r\n",
				  buf_str(&index));
		registry_scene_on(&s, tag_of(&s, s.digest), 200,
				  "Content-Type: " MANIFEST_TYPE "\r\n", s.manifest);
		r = PULL(&s);
		cr_expect_eq(r.e.kind, ERR_VERIFY, "%zu: %s", i, r.message);
		cr_expect(i == 0 || strstr(r.message, cases[i].message), "%zu: %s", i, r.message);
		registry_scene_end(&s);
	}
}

Test(pull, what_stands_in_the_way_is_told_before_anything_is_asked)
{
	AUTO_ARENA a = { 0 };
	struct registry_scene s;
	struct verb_run r;

	registry_scene_begin(&s, &a);
	registry_scene_gives(&s);
	files_put(pull_path(&s, "out/precious"), "x");
	r = PULL(&s);
	cr_expect_eq(r.e.kind, ERR_INPUT);
	cr_expect(strstr(r.message, "it is not replaced"), "%s", r.message);
	cr_expect_eq(faultd_hits(&s.registry, NULL), 0);
	r = VERB(&a, cmd_pull, "pull");
	cr_expect_eq(r.e.kind, ERR_USAGE);
	r = VERB(&a, cmd_pull, "pull", "docker://hello");
	cr_expect(r.e.kind == ERR_USAGE && strstr(r.message, "names no registry"), "%s", r.message);
	registry_scene_end(&s);
}

Test(pull, T32_what_is_named_twice_has_one_size)
{
	AUTO_ARENA a = { 0 };
	struct registry_scene s;
	struct verb_run r;
	const char *entry;

	registry_scene_begin(&s, &a);
	entry = arena_printf(&a,
			     "{\"mediaType\":\"" MANIFEST_TYPE "\",\"digest\":\"%s\",\"size\":%zu",
			     s.digest, s.manifest.n);
	registry_scene_on(&s, TAG, 200, "Content-Type: " INDEX_TYPE "\r\n",
			  str_of(arena_printf(&a, "{\"schemaVersion\":2,\"manifests\":[%s},%s0}]}",
					      entry, entry)));
	registry_scene_on(&s, tag_of(&s, s.digest), 200, "Content-Type: " MANIFEST_TYPE "\r\n",
			  s.manifest);
	r = PULL(&s);
	cr_expect_eq(r.e.kind, ERR_INPUT);
	cr_expect(strstr(r.message, "is named with different sizes or media types"), "%s",
		  r.message);
	registry_scene_end(&s);
}

Test(pull, F9_a_registry_that_asks_to_wait_is_asked_again)
{
	AUTO_ARENA a = { 0 };
	struct registry_scene s;
	struct verb_run r;

	registry_scene_begin(&s, &a);
	registry_scene_on(&s, TAG, 429, "Retry-After: 0\r\n",
			  STR("{\"errors\":[{\"code\":\"TOOMANYREQUESTS\"}]}"));
	registry_scene_on(&s, TAG, 503, "Retry-After: 0\r\n", STR(""));
	registry_scene_gives(&s);
	r = PULL(&s);
	cr_expect(r.ok, "%s", r.message);
	registry_scene_end(&s);

	registry_scene_begin(&s, &a);
	registry_scene_on(&s, TAG, 429, "Retry-After: 0\r\n",
			  STR("{\"errors\":[{\"code\":\"TOOMANYREQUESTS\"}]}"));
	r = PULL(&s);
	cr_expect_eq(r.e.kind, ERR_NETWORK);
	cr_expect(strstr(r.message, "HTTP 429: TOOMANYREQUESTS"), "%s", r.message);
	cr_expect_eq(faultd_hits(&s.registry, TAG), 5);
	registry_scene_end(&s);
}

Test(pull, a_page_for_browsers_is_told_by_its_title)
{
	AUTO_ARENA a = { 0 };
	struct registry_scene s;
	struct verb_run r;

	registry_scene_begin(&s, &a);
	registry_scene_on(
		&s, TAG, 200, "Content-Type: text/html; charset=utf-8\r\n",
		STR("<html><head><title>Welcome to the hotel</title></head><body>Room number?</body></html>"));
	r = PULL(&s);
	cr_expect_eq(r.e.kind, ERR_NETWORK);
	cr_expect(strstr(r.message,
			 "manifest 1: a page for browsers came, \"Welcome to the hotel\"; ") &&
			  !strstr(r.message, "Room"),
		  "%s", r.message);
	registry_scene_end(&s);
}

Test(pull, F6_a_blob_that_ends_early_again_and_again_is_given_up)
{
	AUTO_ARENA a = { 0 };
	struct registry_scene s;
	struct verb_run r;
	struct fault_reply *reply;
	struct stat st;
	const char *blob;

	registry_scene_begin(&s, &a);
	blob = registry_scene_blob(&s, &s.image.layers.v[0].digest);
	for (int i = 0; i < 5; i++) {
		reply = registry_scene_on(&s, blob, 200, "Retry-After: 0\r\n",
					  s.image.layers.v[0].blob);
		reply->framing = FAULT_CLOSE;
		reply->cuts = true;
		reply->cut = 10;
	}
	registry_scene_gives(&s);
	r = PULL(&s);
	cr_expect_eq(r.e.kind, ERR_NETWORK);
	cr_expect(strstr(r.message, "it ended early"), "%s", r.message);
	cr_expect(stat(pull_path(&s, "out"), &st) < 0);
	cr_expect(files_below(&a, arena_printf(&a, "%s/blobs", s.store), "").n <= 3,
		  "half a blob was kept beside the manifest, the config and the other layer");
	registry_scene_end(&s);
}

Test(pull, what_a_registry_has_to_say_is_said_once)
{
	AUTO_ARENA a = { 0 };
	struct registry_scene s;
	struct verb_run r;

	registry_scene_begin(&s, &a);
	registry_scene_on(&s, TAG, 200,
			  "Content-Type: " MANIFEST_TYPE
			  "\r\nWarning: 299 - \"closed on \x1b[2J Friday\"\r\n",
			  s.manifest);
	for (size_t i = 0; i < 2; i++)
		registry_scene_on(&s, registry_scene_blob(&s, &s.image.layers.v[i].digest), 200,
				  "Warning: 299 - \"again\"\r\n", s.image.layers.v[i].blob);
	registry_scene_gives(&s);
	r = PULL(&s);
	cr_assert(r.ok, "%s", r.message);
	cr_expect(strstr(r.said, "says: 299 - \"closed on ") && !strstr(r.said, "again") &&
			  !strchr(r.said, '\x1b'),
		  "%s", r.said);
	registry_scene_end(&s);
}
