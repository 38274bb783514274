/* SPDX-License-Identifier: Apache-2.0 */
/* push against a registry that says what is scripted: order, retries, refusals, damage. */

#include <criterion/criterion.h>
#include <fcntl.h>
#include <unistd.h>

#include "cli/registry_options.h"
#include "support/fixture_files.h"
#include "support/fixture_registry_scene.h"

#define UPLOADS "/v2/team/app/blobs/uploads/"
#define TAG "/v2/team/app/manifests/1"
#define LIST_TAG \
	"/v2/team/app/manifests/sha256-0000000000000000000000000000000000000000000000000000000000000000"

Test(push, sends_blobs_then_the_tag_and_prints_the_digest)
{
	AUTO_ARENA a = { 0 };
	struct registry_scene s;
	struct verb_run r;

	registry_scene_begin(&s, &a);
	registry_scene_takes(&s);
	r = PUSH(&s);
	cr_assert(r.ok, "%s", r.message);
	cr_expect_str_eq(r.out,
			 arena_printf(&a, "127.0.0.1:%u/team/app@%s\n", s.registry.port, s.digest));
	cr_expect(strstr(r.said, "3 blobs sent") != NULL, "%s", r.said);
	cr_expect_eq(faultd_hits(&s.registry, UPLOADS), 3);
	cr_expect(faultd_saw(&s.registry, TAG, "PUT "));
	cr_expect(faultd_saw(&s.registry, TAG, "Content-Type: " MANIFEST_TYPE "\r\n"));
	cr_expect(faultd_saw(&s.registry, registry_scene_put(&s, &s.image.config_digest),
			     "Content-Type: application/octet-stream\r\n"));
	cr_expect(faultd_saw(&s.registry, TAG, arena_printf(&a, "\r\n\r\n%s", s.manifest.p)),
		  "other bytes");
	cr_expect(!faultd_saw(&s.registry, NULL, "Authorization:"));
	registry_scene_end(&s);
}

Test(push, sends_nothing_twice)
{
	AUTO_ARENA a = { 0 };
	struct registry_scene s;
	struct verb_run r;

	registry_scene_begin(&s, &a);
	/* of its blobs the registry says nothing: nobody is to ask */
	registry_scene_on(&s, TAG, 200, arena_printf(&a, "Docker-Content-Digest: %s\r\n", s.digest),
			  STR(""));
	r = PUSH(&s, "--json");
	cr_assert(r.ok, "%s", r.message);
	cr_expect(
		strstr(r.out,
		       "\"uploaded\":0,\"mounted\":0,\"present\":3,\"uploaded-bytes\":0,\"manifests\":0,"
		       "\"unchanged\":true") != NULL,
		"%s", r.out);
	cr_expect(strstr(r.said, "nothing was sent") != NULL, "%s", r.said);
	cr_expect_eq(faultd_hits(&s.registry, NULL), 1, "one question, and nothing else");
	cr_expect(faultd_saw(&s.registry, TAG, "HEAD "));
	/* some registries convert what is not among these */
	cr_expect(faultd_saw(&s.registry, TAG, "Accept: */*\r\n"));
	cr_expect(faultd_saw(&s.registry, TAG, "Accept: " MANIFEST_TYPE "\r\n"));
	registry_scene_end(&s);
}

/* A registry that tells no digest, or another one, is asked for each blob, as ever. */
Test(push, another_image_under_the_tag_is_not_taken_for_this_one)
{
	static const char *const headers[] = {
		NULL, "Docker-Content-Digest: sha256:00\r\n",
		"Docker-Content-Digest: "
		"sha256:0000000000000000000000000000000000000000000000000000000000000000\r\n"
	};
	AUTO_ARENA a = { 0 };

	for (size_t i = 0; i < ARRAY_SIZE(headers); i++) {
		struct registry_scene s;
		struct verb_run r;

		registry_scene_begin(&s, &a);
		registry_scene_on(&s, TAG, 200, headers[i], STR(""));
		registry_scene_on(&s, TAG, 201, NULL, STR(""));
		registry_scene_takes(&s);
		r = PUSH(&s);
		cr_expect(r.ok, "%zu: %s", i, r.message);
		cr_expect_eq(faultd_hits(&s.registry, UPLOADS), 3, "%zu", i);
		cr_expect(faultd_saw(&s.registry, TAG, "PUT "), "%zu", i);
		registry_scene_end(&s);
	}
}

Test(push, takes_a_location_as_it_is)
{
	static const char *const locations[] = { "/up?id=1", "//127.0.0.1:%u/up?id=1",
						 "http://127.0.0.1:%u/up?id=1", "/up?id=1#x" };
	AUTO_ARENA a = { 0 };

	for (size_t i = 0; i < ARRAY_SIZE(locations); i++) {
		struct registry_scene s;
		struct verb_run r;
		const char *to;

		registry_scene_begin(&s, &a);
		to = locations[i][1] == 'u' ? locations[i]
		     : i == 1 ? arena_printf(&a, "//127.0.0.1:%u/up?id=1", s.registry.port)
			      : arena_printf(&a, "http://127.0.0.1:%u/up?id=1", s.registry.port);
		registry_scene_on(&s, UPLOADS, 202, arena_printf(&a, "Location: %s\r\n", to),
				  STR(""));
		registry_scene_takes(&s);
		r = PUSH(&s);
		cr_expect(r.ok, "%s: %s", to, r.message);
		registry_scene_end(&s);
	}
}

Test(push, mounts_from_another_repository)
{
	AUTO_ARENA a = { 0 };
	struct registry_scene s;
	struct verb_run r;
	const struct digest *blobs[3];

	registry_scene_begin(&s, &a);
	blobs[0] = &s.image.config_digest;
	blobs[1] = &s.image.layers.v[0].digest;
	blobs[2] = &s.image.layers.v[1].digest;
	/* two are mounted; for the third the registry opens an upload */
	for (size_t i = 0; i < 3; i++)
		registry_scene_on(&s,
				  arena_printf(&a, UPLOADS "?mount=sha256:%s&from=team/base",
					       digest_hex_dup(&a, blobs[i])),
				  i < 2 ? 201 : 202, "Location: /up?id=1\r\n", STR(""));
	registry_scene_takes(&s);
	r = PUSH(&s, "--mount-from", "team/base");
	cr_assert(r.ok, "%s", r.message);
	cr_expect(strstr(r.said, "1 blobs sent") && strstr(r.said, "2 mounted"), "%s", r.said);
	registry_scene_end(&s);
}

Test(push, a_damaged_blob_is_not_sent)
{
	AUTO_ARENA a = { 0 };
	struct registry_scene s;
	struct verb_run r;
	const char *path;
	char byte = 0;
	int fd;

	registry_scene_begin(&s, &a);
	registry_scene_takes(&s);
	path = imagegen_blob(&s.image, &s.image.layers.v[1].digest);
	fd = open(path, O_RDWR);
	cr_assert(fd >= 0 && pread(fd, &byte, 1, 20) == 1);
	byte = (char)(byte ^ 1);
	cr_assert(pwrite(fd, &byte, 1, 20) == 1 && close(fd) == 0);
	r = PUSH(&s);
	cr_expect_eq(r.e.kind, ERR_VERIFY);
	cr_expect(strstr(r.message, "is damaged"), "%s", r.message);
	cr_expect_eq(faultd_hits(&s.registry, registry_scene_put(&s, &s.image.layers.v[1].digest)),
		     0);
	cr_expect(!faultd_saw(&s.registry, TAG, "PUT "), "a tag was touched");
	s.replies[s.registry.n - 1].status = 404;
	cr_assert_eq(truncate(path, 10), 0);
	r = PUSH(&s);
	cr_expect_eq(r.e.kind, ERR_VERIFY);
	cr_expect(strstr(r.message, "has 10 bytes, its descriptor says"), "%s", r.message);
	registry_scene_end(&s);
}

Test(push, a_damaged_manifest_is_not_sent)
{
	AUTO_ARENA a = { 0 };
	struct registry_scene s;
	struct verb_run r;
	char *text;

	registry_scene_begin(&s, &a);
	text = str_dup(&a, s.manifest);
	text[s.manifest.n - 2] = ' ';
	imagegen_put(&s.image, arena_printf(&a, "image/blobs/sha256/%s", s.digest + 7),
		     str_of(text));
	r = PUSH(&s);
	cr_expect_eq(r.e.kind, ERR_VERIFY, "%s", r.message);
	cr_expect_eq(faultd_hits(&s.registry, NULL), 0);
	registry_scene_end(&s);
}

/* What a registry answers to some step, and what comes of it. */
struct refusal {
	const char *path; /* NULL: the put of the first layer */
	int status;
	const char *headers;
	const char *body;
	enum err_kind kind;
	const char *message;
};

Test(push, refusals_are_told_with_code_and_message)
{
	static const struct refusal cases[] = {
		{ UPLOADS, 403, NULL,
		  "{\"errors\":[{\"code\":\"DENIED\",\"message\":\"not yours\"}]}", ERR_NETWORK,
		  "HTTP 403: DENIED: not yours; no credentials for 127.0.0.1:" },
		{ UPLOADS, 404, NULL, "{\"errors\":[{\"code\":\"NAME_UNKNOWN\",\"message\":null}]}",
		  ERR_NETWORK, "HTTP 404: NAME_UNKNOWN" },
		{ UPLOADS, 405, NULL, "<html>\x1b[2J</html>", ERR_NETWORK,
		  "HTTP 405; it may be read-only, as a mirror is" },
		{ UPLOADS, 400, NULL, "", ERR_NETWORK,
		  "HTTP 400; if it speaks https: --tls-verify=true" },
		{ UPLOADS, 400, NULL,
		  "<html><head><title>400 The plain HTTP request was sent to HTTPS port</title>",
		  ERR_NETWORK, "HTTPS port; if it speaks https: --tls-verify=true" },
		{ UPLOADS, 413, NULL,
		  "<!DOCTYPE html>\n<HTML><head><TITLE lang=en>\n413 Request\n Entity Too Large</TITLE>"
		  "<body>much\nmore</body></HTML>",
		  ERR_NETWORK, "HTTP 413: 413 Request Entity Too Large" },
		{ UPLOADS, 400, NULL,
		  "{\"errors\":[{\"code\":\"X\\u001b[2J\",\"message\":\"a\\nb\"}]}", ERR_NETWORK,
		  "HTTP 400: X [2J: a b" },
		{ UPLOADS, 202, NULL, "", ERR_NETWORK, "it sends the upload nowhere" },
		{ UPLOADS, 202, "Location: file:///etc/passwd\r\n", "", ERR_NETWORK,
		  "it sends the upload to what is not an http or https address" },
		{ UPLOADS, 202, "Location: http://a b/\r\n", "", ERR_NETWORK,
		  "it sends the upload to what is not an http or https address" },
		{ UPLOADS, 202, "Location: http://u:p@127.0.0.1/\r\n", "", ERR_NETWORK,
		  "it sends the upload to an address with credentials" },
		{ UPLOADS, 307, "Location: /elsewhere\r\n", "", ERR_NETWORK,
		  "redirected elsewhere, which only questions may be" },
		{ NULL, 400, NULL,
		  "{\"errors\":[{\"code\":\"DIGEST_INVALID\",\"message\":\"no\"}]}", ERR_NETWORK,
		  "HTTP 400: DIGEST_INVALID: no" },
		{ NULL, 201, "Docker-Content-Digest: sha256:00\r\n", "", ERR_VERIFY,
		  "stored it as sha256:00" },
		{ TAG, 500, "Retry-After: 0\r\n", "", ERR_NETWORK, "tag 1: HTTP 500" },
	};
	AUTO_ARENA a = { 0 };

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct refusal *x = &cases[i];
		struct registry_scene s;
		struct verb_run r;

		registry_scene_begin(&s, &a);
		registry_scene_on(&s,
				  x->path ? x->path
					  : registry_scene_put(&s, &s.image.layers.v[0].digest),
				  x->status, x->headers, str_of(x->body));
		if (strcmp(x->message, "tag 1: HTTP 500") != 0)
			registry_scene_takes(&s);
		else
			for (size_t k = 0; k < 3; k++)
				registry_scene_on(&s,
						  registry_scene_blob(&s,
								      k ? &s.image.layers.v[k - 1]
										      .digest
									: &s.image.config_digest),
						  200, NULL, STR(""));
		r = PUSH(&s);
		cr_expect_eq(r.e.kind, x->kind, "%zu: %s", i, r.message);
		cr_expect(strstr(r.message, x->message) != NULL, "%zu: %s", i, r.message);
		cr_expect(!strchr(r.message, '\x1b') && !strchr(r.message, '\n'), "%zu: %s", i,
			  r.message);
		registry_scene_end(&s);
	}
}

Test(push, F25_an_upload_that_broke_begins_anew)
{
	static const int statuses[] = { 404, 416, 429, 500, 503 };
	AUTO_ARENA a = { 0 };

	for (size_t i = 0; i <= ARRAY_SIZE(statuses); i++) {
		bool cut = i == ARRAY_SIZE(statuses);
		struct registry_scene s;
		struct fault_reply *first;
		struct verb_run r;

		registry_scene_begin(&s, &a);
		first = registry_scene_on(&s, registry_scene_put(&s, &s.image.layers.v[0].digest),
					  cut ? 201 : statuses[i], "Retry-After: 0\r\n", STR(""));
		if (cut) {
			first->framing = FAULT_RAW;
			first->end = FAULT_RST;
		}
		registry_scene_takes(&s);
		r = PUSH(&s);
		cr_expect(r.ok, "%zu: %s", i, r.message);
		cr_expect_eq(faultd_hits(&s.registry, UPLOADS), 4);
		registry_scene_end(&s);
	}
}

/* What a registry asks for while it is busy is not one of three breaks. */
Test(push, F9_an_upload_waits_as_long_as_the_registry_asks)
{
	AUTO_ARENA a = { 0 };
	struct registry_scene s;
	struct verb_run r;
	uint64_t begun;

	registry_scene_begin(&s, &a);
	registry_scene_on(&s, registry_scene_put(&s, &s.image.layers.v[0].digest), 429,
			  "Retry-After: 1\r\n", STR(""));
	for (int i = 0; i < 3; i++)
		registry_scene_on(&s, registry_scene_put(&s, &s.image.layers.v[0].digest),
				  i ? 503 : 429, "Retry-After: 0\r\n", STR(""));
	registry_scene_takes(&s);
	begun = http_clock_ms();
	r = PUSH(&s);
	cr_expect(r.ok, "%s", r.message);
	cr_expect_geq(http_clock_ms() - begun, 1000);
	cr_expect_eq(faultd_hits(&s.registry, registry_scene_put(&s, &s.image.layers.v[0].digest)),
		     5);
	registry_scene_end(&s);
}

/* Registries that store in their own time say 202; the other two are those of proxies in front of
 * them. */
Test(push, every_status_of_success_is_one)
{
	static const int statuses[] = { 200, 202, 204 };
	AUTO_ARENA a = { 0 };

	for (size_t i = 0; i < ARRAY_SIZE(statuses); i++) {
		struct registry_scene s;
		struct verb_run r;

		registry_scene_begin(&s, &a);
		registry_scene_on(&s, registry_scene_put(&s, &s.image.layers.v[0].digest),
				  statuses[i], NULL, STR(""));
		registry_scene_on(&s, TAG, 404, NULL, STR(""));
		registry_scene_on(&s, TAG, statuses[i], NULL, STR(""));
		registry_scene_takes(&s);
		r = PUSH(&s);
		cr_expect(r.ok, "%d: %s", statuses[i], r.message);
		registry_scene_end(&s);
	}
}

Test(push, a_manifest_that_is_refused_is_told_as_the_registry_says_it)
{
	AUTO_ARENA a = { 0 };
	struct registry_scene s;
	struct verb_run r;

	registry_scene_begin(&s, &a);
	registry_scene_on(&s, TAG, 404, NULL, STR(""));
	registry_scene_on(&s, TAG, 400, "Content-Type: application/json\r\n",
			  STR("{\"errors\":[{\"code\":\"MANIFEST_INVALID\"}]}"));
	registry_scene_takes(&s);
	r = PUSH(&s);
	cr_expect_eq(r.e.kind, ERR_NETWORK);
	cr_expect(strstr(r.message, "HTTP 400: MANIFEST_INVALID") && !strstr(r.message, "SHA-512"),
		  "%s", r.message);
	registry_scene_end(&s);
}

Test(push, F25_an_upload_that_always_breaks_is_given_up)
{
	AUTO_ARENA a = { 0 };
	struct registry_scene s;
	struct verb_run r;

	registry_scene_begin(&s, &a);
	for (int i = 0; i < 4; i++)
		registry_scene_on(&s, registry_scene_put(&s, &s.image.layers.v[0].digest), 404,
				  "Retry-After: 0\r\n",
				  STR("{\"errors\":[{\"code\":\"BLOB_UPLOAD_UNKNOWN\"}]}"));
	registry_scene_takes(&s);
	r = PUSH(&s);
	cr_expect_eq(r.e.kind, ERR_NETWORK);
	cr_expect(strstr(r.message, "HTTP 404: BLOB_UPLOAD_UNKNOWN"), "%s", r.message);
	cr_expect_eq(faultd_hits(&s.registry, registry_scene_put(&s, &s.image.layers.v[0].digest)),
		     3);
	cr_expect(!faultd_saw(&s.registry, TAG, "PUT "));
	registry_scene_end(&s);
}

Test(push, an_upload_whose_answer_was_lost_is_found)
{
	AUTO_ARENA a = { 0 };
	struct registry_scene s;
	struct fault_reply *lost;
	struct verb_run r;
	const char *blob;

	registry_scene_begin(&s, &a);
	blob = registry_scene_blob(&s, &s.image.layers.v[0].digest);
	registry_scene_on(&s, blob, 404, NULL, STR(""));
	registry_scene_on(&s, blob, 200, NULL, STR(""));
	lost = registry_scene_on(&s, registry_scene_put(&s, &s.image.layers.v[0].digest), 201, NULL,
				 STR(""));
	lost->framing = FAULT_RAW;
	registry_scene_takes(&s);
	r = PUSH(&s);
	cr_expect(r.ok, "%s", r.message);
	cr_expect_eq(faultd_hits(&s.registry, UPLOADS), 3, "it was sent again");
	registry_scene_end(&s);
}

/* Asked whether it has a blob: at first, and when the answer to an upload was lost. */
Test(push, a_question_that_is_refused_is_told)
{
	for (int lost = 0; lost < 2; lost++) {
		AUTO_ARENA a = { 0 };
		struct registry_scene s;
		struct verb_run r;
		const char *blob;

		registry_scene_begin(&s, &a);
		blob = registry_scene_blob(&s, &s.image.layers.v[0].digest);
		if (lost) {
			registry_scene_on(&s, blob, 404, NULL, STR(""));
			registry_scene_on(&s, registry_scene_put(&s, &s.image.layers.v[0].digest),
					  201, NULL, STR(""))
				->framing = FAULT_RAW;
		}
		registry_scene_on(&s, blob, 403, NULL, STR("{\"errors\":[{\"code\":\"DENIED\"}]}"));
		registry_scene_takes(&s);
		r = PUSH(&s);
		cr_expect_eq(r.e.kind, ERR_NETWORK, "%d: %s", lost, r.message);
		cr_expect(strstr(r.message, "HTTP 403"), "%d: %s", lost, r.message);
		cr_expect_not(faultd_saw(&s.registry, TAG, "PUT "));
		registry_scene_end(&s);
	}
}

Test(push, an_archive_and_several_targets)
{
	AUTO_ARENA a = { 0 };
	struct registry_scene s;
	struct verb_run r;
	const char *archive;

	registry_scene_begin(&s, &a);
	registry_scene_takes(&s);
	registry_scene_on(&s, "/v2/team/app/manifests/2", 404, NULL, STR(""));
	registry_scene_on(&s, "/v2/team/app/manifests/2", 201, NULL, STR(""));
	archive = arena_printf(&a, "oci-archive:%s", imagegen_archive(&s.image, false));
	r = VERB(&a, cmd_push, "push", archive, s.target,
		 arena_printf(&a, "docker://127.0.0.1:%u/team/app:2", s.registry.port));
	cr_expect(r.ok, "%s", r.message);
	cr_expect(faultd_saw(&s.registry, "/v2/team/app/manifests/2", "PUT "));
	r = VERB(&a, cmd_push, "push",
		 arena_printf(&a, "docker-archive:%s", imagegen_archive(&s.image, true)), s.target);
	cr_expect(r.e.kind == ERR_INPUT &&
			  strstr(r.message, "; skopeo copy docker-archive:FILE oci:DIR makes one"),
		  "%s", r.message);
	registry_scene_end(&s);
}

Test(push, the_command_line_is_checked_before_anything_is_sent)
{
	static const struct {
		const char *words[6];
		const char *message;
	} cases[] = {
		{ { "push" }, "name an image and where it goes" },
		{ { "push", "IMAGE" }, "name an image and where it goes" },
		{ { "push", "IMAGE", "hello" }, "\"hello\" is not docker://REGISTRY/NAME[:TAG]" },
		{ { "push", "IMAGE", "docker://hello" }, "names no registry" },
		{ { "push", "IMAGE", "docker://team/hello" }, "names no registry" },
		{ { "push", "IMAGE", "docker://a.b/c@sha256:12" }, "a digest is" },
		{ { "push", "IMAGE", "docker://a.b/C" }, "is not an image name" },
		{ { "push", "IMAGE", "docker://a.b/c", "--mount-from", "x:y" },
		  "--mount-from is the name" },
		{ { "push", "IMAGE", "docker://a.b/c", "--mount-from", "X" },
		  "--mount-from is the name" },
		{ { "push", "IMAGE", "docker://a.b/c", "--tls-verify=no" },
		  "--tls-verify is true or false" },
		{ { "push", "IMAGE", "docker://a.b/c", "--offline" }, "push needs the network" },
		{ { "push", "IMAGE", "docker://a.b/c", "--authfil" },
		  "did you mean \"--authfile\"?" },
		{ { "push", "oci:IMAGE:9", "docker://a.b/c" }, "no image in it has the tag 9" },
	};
	AUTO_ARENA a = { 0 };
	struct registry_scene s;

	registry_scene_begin(&s, &a);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const char *words[7] = { NULL };
		struct verb_run r;

		for (size_t k = 0; k < 6 && cases[i].words[k]; k++) {
			const char *w = cases[i].words[k];

			words[k] = strcmp(w, "IMAGE") == 0 ? s.image.path
				   : strcmp(w, "oci:IMAGE:9") == 0
					   ? arena_printf(&a, "oci:%s:9", s.image.path)
					   : w;
		}
		r = verb_run(&a, &cmd_push, words);
		cr_expect_eq(r.e.kind, ERR_USAGE, "%zu: %s", i, r.message);
		cr_expect(strstr(r.message, cases[i].message) != NULL, "%zu: %s", i, r.message);
	}
	registry_scene_end(&s);
}

Test(push, of_several_images_one_must_be_named)
{
	AUTO_ARENA a = { 0 };
	struct registry_scene s;
	struct verb_run r;

	registry_scene_begin(&s, &a);
	imagegen_put(&s.image, "image/index.json",
		     str_of(arena_printf(
			     &a,
			     "{\"schemaVersion\":2,\"manifests\":["
			     "{\"mediaType\":\"" MANIFEST_TYPE "\",\"digest\":\"%s\",\"size\":%zu,"
			     "\"annotations\":{\"org.opencontainers.image.ref.name\":\"one\"}},"
			     "{\"mediaType\":\"" MANIFEST_TYPE
			     "\",\"digest\":\"sha256:%064d\",\"size\":1,"
			     "\"annotations\":{\"org.opencontainers.image.ref.name\":\"two\"}}]}",
			     s.digest, s.manifest.n, 0)));
	r = PUSH(&s);
	cr_expect_eq(r.e.kind, ERR_USAGE);
	cr_expect(strstr(r.message,
			 "several images are in it; name one with oci:DIR:TAG: one, two"),
		  "%s", r.message);
	r = VERB(&a, cmd_push, "push", arena_printf(&a, "oci:%s:two", s.image.path), s.target);
	cr_expect_eq(r.e.kind, ERR_INPUT, "%s", r.message);
	registry_scene_takes(&s);
	r = VERB(&a, cmd_push, "push", arena_printf(&a, "oci:%s:one", s.image.path), s.target);
	cr_expect(r.ok, "%s", r.message);
	registry_scene_end(&s);
}

Test(push, what_is_about_another_image_is_entered_in_its_list_of_referrers)
{
	AUTO_ARENA a = { 0 };

	/* 0: the registry keeps no lists, 1: it does, 2: the tag is somebody's image */
	static const size_t hits[] = { 2, 0, 1 };

	for (int keeps = 0; keeps < 3; keeps++) {
		struct registry_scene s;
		struct verb_run r;
		struct digest d;
		const char *text;

		registry_scene_begin(&s, &a);
		text = arena_printf(&a,
				    "{\"subject\":{\"mediaType\":\"" MANIFEST_TYPE
				    "\",\"digest\":\"sha256:%064d\","
				    "\"size\":1},%s",
				    0, s.manifest.p + 1);
		d = digest_of(str_of(text));
		imagegen_put(&s.image,
			     arena_printf(&a, "image/blobs/sha256/%s", digest_hex_dup(&a, &d)),
			     str_of(text));
		imagegen_put(
			&s.image, "image/index.json",
			str_of(arena_printf(
				&a,
				"{\"schemaVersion\":2,\"manifests\":[{\"mediaType\":\"" MANIFEST_TYPE
				"\",\"digest\":\"sha256:%s\",\"size\":%zu}]}",
				digest_hex_dup(&a, &d), strlen(text))));
		if (keeps == 1) {
			registry_scene_on(&s, TAG, 404, NULL, STR(""));
			registry_scene_on(&s, TAG, 201, "OCI-Subject: sha256:0\r\n", STR(""));
		}
		if (keeps == 0) {
			registry_scene_on(&s, LIST_TAG, 404, NULL, STR(""));
			registry_scene_on(&s, LIST_TAG, 201, NULL, STR(""));
		}
		if (keeps == 2)
			registry_scene_on(&s, LIST_TAG, 200, "Content-Type: " MANIFEST_TYPE "\r\n",
					  s.manifest);
		registry_scene_takes(&s);
		r = PUSH(&s);
		cr_expect(r.ok, "%s", r.message);
		cr_expect_eq(faultd_hits(&s.registry, LIST_TAG), hits[keeps]);
		cr_expect_eq(faultd_saw(&s.registry, LIST_TAG, digest_hex_dup(&a, &d)), keeps == 0);
		cr_expect_eq(strstr(r.said, "is not a list of referrers") != NULL, keeps == 2, "%s",
			     r.said);
		registry_scene_end(&s);
	}
}
