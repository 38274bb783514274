/* SPDX-License-Identifier: Apache-2.0 */
/* Verbs read images out of a real registry, and say of them what they say of a folder. */

#include <criterion/criterion.h>
#include <stdlib.h>

#include "e2e/fixture_distroless.h"
#include "e2e/fixture_image.h"
#include "e2e/fixture_podman.h"
#include "e2e/fixture_registry.h"
#include "support/fixture_files.h"
#include "support/gen_sha512.h"

#define TESTS                                                                                 \
	"{\"schemaVersion\":\"2.0.0\",\"commandTests\":[{\"name\":\"it greets\",\"command\":" \
	"\"/usr/bin/hello\",\"expectedOutput\":[\"Hello from an image\"]}],"                  \
	"\"fileExistenceTests\":[{\"name\":\"there\",\"path\":\"/usr/bin/hello\"}]}"

/* Both runs succeed and print the same but for the image's name. */
static void expect_same_words(struct arena *a, struct oracle_run x, const char *name_x,
			      struct oracle_run y, const char *name_y)
{
	const char *text = x.out.p, *at;
	struct buf renamed = { .a = a };

	cr_assert(x.status == 0 && y.status == 0, "%s%s", x.err.p, y.err.p);
	for (; (at = strstr(text, name_x)) != NULL; text = at + strlen(name_x))
		buf_printf(&renamed, "%.*s%s", (int)(at - text), text, name_y);
	buf_puts(&renamed, text);
	cr_expect_str_eq(buf_cstr(&renamed), y.out.p);
}

/* skopeo packs the layers as zstd, and not at all. */
Test(registry_images, verbs_say_the_same_of_folder_and_registry, .timeout = 600)
{
	static const char *const forms[][2] = { { "zstd", "--dest-compress-format=zstd" },
						{ "gzip", "--dest-compress-format=gzip" } };
	AUTO_ARENA a = { 0 };
	const char *dir = files_temporary(&a), *layout, *ref;
	struct registry r;
	struct oracle_run run, local;

	oracle_need("skopeo");
	registry_open(&r, &a, REGISTRY_OPEN);
	layout = image_build(&a, dir, "hello");
	setenv("IMGBUILD_CACHE_DIR", arena_printf(&a, "%s/store", dir), 1);
	ref = registry_ref(&r, "team/hello:1.0");
	cr_assert_eq(IMGBUILD(&a, "push", layout, ref).status, 0);
	expect_same_words(&a, IMGBUILD(&a, "why", ref, "libc.so.6"), ref,
			  IMGBUILD(&a, "why", layout, "libc.so.6"), layout);
	expect_same_words(&a, IMGBUILD(&a, "graph", ref), ref, IMGBUILD(&a, "graph", layout),
			  layout);
	run = IMGBUILD(&a, "audit", ref, "--format", "json");
	local = IMGBUILD(&a, "audit", layout, "--format", "json");
	cr_assert(run.status == 0 && strstr(run.out.p, "\"findings\""), "%s", run.err.p);
	cr_expect_str_eq(strstr(run.out.p, "\"findings\""), strstr(local.out.p, "\"findings\""));
	expect_same_words(&a, IMGBUILD(&a, "diff", ref, layout), ref,
			  IMGBUILD(&a, "diff", layout, layout), layout);
	cr_expect_eq(registry_logged(&r, "\"GET /v2/team/hello/blobs/"), 6, "each blob once");
	for (size_t i = 0; i < 2; i++) {
		const char *packed = registry_ref(&r, arena_printf(&a, "hello:%s", forms[i][0]));

		ORACLE(&a, "skopeo", "copy", "--dest-tls-verify=false", forms[i][1],
		       arena_printf(&a, "oci:%s", layout), packed);
		run = IMGBUILD(&a, "diff", packed, layout);
		cr_expect(run.status <= 1 && !strstr(run.out.p, "usr/"), "%s%s", run.out.p,
			  run.err.p);
	}
	unsetenv("IMGBUILD_CACHE_DIR");
	registry_close(&r);
	files_remove(dir);
}

Test(registry_images, commands_run_in_an_image_of_a_registry, .timeout = 600)
{
	AUTO_ARENA a = { 0 };
	const char *dir = files_temporary(&a), *tests = arena_printf(&a, "%s/tests.json", dir),
		   *ref;
	struct registry r;
	struct podman p;
	struct oracle_run run;

	podman_open(&p, &a);
	registry_open(&r, &a, REGISTRY_OPEN);
	ref = registry_ref(&r, "hello");
	files_put(tests, TESTS);
	cr_assert_eq(IMGBUILD(&a, "push", image_build(&a, dir, "hello"), ref).status, 0);
	run = IMGBUILD(&a, "test", ref, tests, "--no-skips");
	cr_expect_eq(run.status, 0, "%s%s", run.out.p, run.err.p);
	cr_expect(strstr(run.out.p, "2 passed"), "%s", run.out.p);
	podman_close(&p);
	registry_close(&r);
	files_remove(dir);
}

Test(registry_images, a_login_is_needed_and_used)
{
	AUTO_ARENA a = { 0 };
	const char *dir = files_temporary(&a), *auth = arena_printf(&a, "%s/login.json", dir);
	const char *layout, *ref;
	struct registry r;
	struct oracle_run run;

	registry_open(&r, &a, REGISTRY_LOGIN);
	ref = registry_ref(&r, "hello");
	files_put(auth,
		  arena_printf(&a, "{\"auths\":{\"%s\":{\"auth\":\"YW5uYTpzZWNyZXQ=\"}}}", r.host));
	layout = image_build(&a, dir, "hello");
	cr_assert_eq(IMGBUILD(&a, "push", layout, ref, "--authfile", auth).status, 0);
	run = IMGBUILD(&a, "audit", ref);
	cr_expect(run.status == 4 && strstr(run.err.p, "no credentials for"), "%s", run.err.p);
	run = IMGBUILD(&a, "diff", ref, layout, "--authfile", auth);
	cr_expect_eq(run.status, 0, "%s", run.err.p);
	registry_close(&r);
	files_remove(dir);
}

/* Files that are the same, in other layers: what differs is what was made different. */
Test(registry_images, an_image_made_like_distroless_is_read, .timeout = 600)
{
	AUTO_ARENA a = { 0 };
	const char *dir = files_temporary(&a), *like = arena_printf(&a, "%s/like", dir);
	const char *layout, *ref;
	struct registry r;
	struct oracle_run run;

	registry_open(&r, &a, REGISTRY_OPEN);
	layout = image_build(&a, dir, "hello");
	distroless_make(&a, layout, like);
	ref = registry_ref(&r, "like");
	cr_assert_eq(IMGBUILD(&a, "push", like, ref).status, 0);
	setenv("IMGBUILD_CACHE_DIR", arena_printf(&a, "%s/store", dir), 1);
	run = IMGBUILD(&a, "diff", ref, layout);
	cr_expect_eq(run.status, 1);
	cr_expect(strstr(run.out.p,
			 "files: 0 new, 0 gone, 1 changed\n"
			 "  ~ /etc/ssl/certs/ca-certificates.crt  mode 0555 -> 0644\n") &&
			  strstr(run.out.p, "14 -> 14 packages"),
		  "%s%s", run.out.p, run.err.p);
	expect_same_words(&a, IMGBUILD(&a, "graph", ref, "--by", "package"), ref,
			  IMGBUILD(&a, "graph", layout, "--by", "package"), layout);
	unsetenv("IMGBUILD_CACHE_DIR");
	registry_close(&r);
	files_remove(dir);
}

/* Its blobs keep their names by SHA-512, and the manifest gets one by SHA-256. */
Test(registry_images, an_image_named_by_sha512_goes_there_and_back)
{
	AUTO_ARENA a = { 0 };
	AUTO_IMAGEGEN g;
	struct sha512_names names;
	const char *ref, *out, *digest;
	struct registry r;
	struct oracle_run run;

	oracle_need("skopeo");
	registry_open(&r, &a, REGISTRY_OPEN);
	imagegen_begin(&g, &a);
	imagegen_good(&g);
	imagegen_write(&g);
	sha512_rename(&g, NULL, &names);
	setenv("IMGBUILD_CACHE_DIR", arena_printf(&a, "%s/store", g.dir), 1);
	ref = registry_ref(&r, "team/good:1");
	out = arena_printf(&a, "%s/out", g.dir);
	digest = arena_printf(&a, "sha256:%.64s",
			      ORACLE(&a, "sha256sum", sha512_blob(&g, names.manifest)).p);
	run = IMGBUILD(&a, "push", g.path, ref);
	cr_assert_eq(run.status, 0, "%s", run.err.p);
	cr_expect_str_eq(run.out.p, arena_printf(&a, "%s/team/good@%s\n", r.host, digest));
	cr_expect_str_eq(ORACLE(&a, "skopeo", "inspect", "--raw", "--tls-verify=false", ref).p,
			 files_get(&a, sha512_blob(&g, names.manifest)));
	run = IMGBUILD(&a, "push", g.path, ref);
	cr_expect(run.status == 0 && strstr(run.err.p, "nothing was sent"), "%s", run.err.p);
	run = IMGBUILD(&a, "pull", ref, "-o", out);
	cr_assert_eq(run.status, 0, "%s", run.err.p);
	ORACLE(&a, "cmp",
	       arena_printf(&a, "%s/blobs/sha512/%s", out, names.layers.v[0] + strlen("sha512:")),
	       sha512_blob(&g, names.layers.v[0]));
	run = IMGBUILD(&a, "audit", out, "--policy", "strict");
	cr_expect_eq(run.status, 0, "%s%s", run.out.p, run.err.p);
	unsetenv("IMGBUILD_CACHE_DIR");
	registry_close(&r);
}
