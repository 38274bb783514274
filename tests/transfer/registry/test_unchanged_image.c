/* SPDX-License-Identifier: Apache-2.0 */
/* What an image costs that is where it goes already: requests are counted, and files are the same
 * ones as before. */

#include <criterion/criterion.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/registry_options.h"
#include "support/fixture_files.h"
#include "support/fixture_oracle.h"
#include "support/fixture_registry_scene.h"

#define MANIFESTS "/v2/team/app/manifests/"
#define NAMES 100

/* Makes the scene's image one of two platforms, which differ by their configs' place in the index
 * alone; the digest of the index. */
static const char *unchanged_index(struct registry_scene *s)
{
	const char *entry = arena_printf(s->a,
					 "\"mediaType\":\"" MANIFEST_TYPE
					 "\",\"digest\":\"%s\",\"size\":%zu",
					 s->digest, s->manifest.n);
	const char *text =
		arena_printf(s->a,
			     "{\"schemaVersion\":2,\"mediaType\":\"" INDEX_TYPE "\",\"manifests\":["
			     "{%s,\"platform\":{\"os\":\"linux\",\"architecture\":\"amd64\"}},"
			     "{%s,\"platform\":{\"os\":\"linux\",\"architecture\":\"arm64\"}}]}",
			     entry, entry);
	struct digest d = digest_of(str_of(text));
	const char *hex = digest_hex_dup(s->a, &d);

	imagegen_put(&s->image, arena_printf(s->a, "image/blobs/sha256/%s", hex), str_of(text));
	imagegen_put(&s->image, "image/index.json",
		     str_of(arena_printf(s->a,
					 "{\"schemaVersion\":2,\"manifests\":[{\"mediaType\":"
					 "\"" INDEX_TYPE
					 "\",\"digest\":\"sha256:%s\",\"size\":%zu}]}",
					 hex, strlen(text))));
	return arena_printf(s->a, "sha256:%s", hex);
}

Test(unchanged_image, an_index_of_several_platforms_is_one_question)
{
	AUTO_ARENA a = { 0 };
	struct registry_scene s;
	struct verb_run r;
	const char *digest;

	registry_scene_begin(&s, &a);
	digest = unchanged_index(&s);
	registry_scene_on(&s, MANIFESTS "1", 200,
			  arena_printf(&a, "Docker-Content-Digest: %s\r\n", digest), STR(""));
	r = PUSH(&s);
	cr_assert(r.ok, "%s", r.message);
	cr_expect_str_eq(r.out,
			 arena_printf(&a, "127.0.0.1:%u/team/app@%s\n", s.registry.port, digest));
	cr_expect_eq(faultd_hits(&s.registry, NULL), 1);
	registry_scene_end(&s);
}

Test(unchanged_image, many_names_in_one_call_are_a_question_each)
{
	AUTO_ARENA a = { 0 };
	struct registry_scene s;
	struct strings words = { 0 };
	struct verb_run r;
	size_t lines = 0;

	registry_scene_begin(&s, &a);
	registry_scene_on(&s, NULL, 200,
			  arena_printf(&a, "Docker-Content-Digest: %s\r\n", s.digest), STR(""));
	*list_push(&a, &words) = "push";
	*list_push(&a, &words) = s.image.path;
	for (int i = 0; i < NAMES; i++)
		*list_push(&a, &words) = arena_printf(&a, "docker://127.0.0.1:%u/team/app%d:%d",
						      s.registry.port, i / 2, i);
	*list_push(&a, &words) = NULL;
	r = verb_run(&a, &cmd_push, words.v);
	cr_assert(r.ok, "%s", r.message);
	for (const char *p = r.out; (p = strchr(p, '\n')); p++)
		lines++;
	cr_expect_eq(lines, NAMES);
	cr_expect_eq(faultd_hits(&s.registry, NULL), NAMES);
	cr_expect(!faultd_saw(&s.registry, NULL, "PUT "));
	registry_scene_end(&s);
}

/* The folder "out" of the scene. */
static struct stat unchanged_folder(struct registry_scene *s)
{
	struct stat st;

	cr_assert_eq(stat(arena_printf(s->a, "%s/out", s->image.dir), &st), 0);
	return st;
}

static const char *unchanged_file(struct registry_scene *s, const char *name)
{
	return arena_printf(s->a, "%s/out/%s", s->image.dir, name);
}

static void unchanged_pull(struct registry_scene *s, const char *why)
{
	struct verb_run r = PULL(s);

	cr_assert(r.ok, "%s: %s", why, r.message);
	ORACLE(s->a, "diff", "-r", unchanged_file(s, "blobs"),
	       arena_printf(s->a, "%s/blobs", s->image.path));
	cr_expect_str_eq(files_get(s->a, unchanged_file(s, "oci-layout")),
			 "{\"imageLayoutVersion\":\"1.0.0\"}");
}

Test(unchanged_image, a_pull_of_it_asks_for_the_manifest_and_leaves_the_folder)
{
	AUTO_ARENA a = { 0 };
	struct registry_scene s;
	struct stat before;
	size_t asked;

	registry_scene_begin(&s, &a);
	registry_scene_gives(&s);
	unchanged_pull(&s, "first");
	before = unchanged_folder(&s);
	asked = faultd_hits(&s.registry, NULL);
	unchanged_pull(&s, "again");
	cr_expect_eq(faultd_hits(&s.registry, NULL), asked + 1);
	cr_expect_eq(unchanged_folder(&s).st_ino, before.st_ino, "it was written anew");
	registry_scene_end(&s);
}

/* Changes one byte of a file, which keeps its size and gets back its times. */
static void unchanged_damage(const char *path)
{
	struct stat st;
	char byte = 0;
	int fd;

	cr_assert_eq(stat(path, &st), 0);
	chmod(path, 0600);
	fd = open(path, O_RDWR);
	cr_assert(fd >= 0 && pread(fd, &byte, 1, st.st_size / 2) == 1);
	byte ^= 1;
	cr_assert_eq(pwrite(fd, &byte, 1, st.st_size / 2), 1);
	cr_assert_eq(futimens(fd, (const struct timespec[]){ st.st_atim, st.st_mtim }), 0);
	close(fd);
	chmod(path, st.st_mode & 0777);
}

static void unchanged_unlink(struct registry_scene *s, const char *name, const char *text)
{
	const char *path = unchanged_file(s, name), *whole = files_get(s->a, path);

	cr_assert_eq(unlink(path), 0);
	files_put(path, text ? text : whole);
}

/* A file of the folder that is not the store's any more, but has its bytes. */
Test(unchanged_image, a_copy_counts_by_its_bytes)
{
	AUTO_ARENA a = { 0 };
	struct registry_scene s;
	const char *layer;
	struct stat before;

	registry_scene_begin(&s, &a);
	registry_scene_gives(&s);
	unchanged_pull(&s, "first");
	layer = arena_printf(&a, "blobs/sha256/%s", digest_hex_dup(&a, &s.image.config_digest));
	unchanged_unlink(&s, layer, NULL);
	before = unchanged_folder(&s);
	unchanged_pull(&s, "copied");
	cr_expect_eq(unchanged_folder(&s).st_ino, before.st_ino, "it was written anew");
	unchanged_damage(unchanged_file(&s, layer));
	unchanged_pull(&s, "a damaged copy");
	cr_expect_neq(unchanged_folder(&s).st_ino, before.st_ino);
	registry_scene_end(&s);
}

/* Whatever is not as it was is mended, and also where the store has the same file: then the store's
 * is fetched again. */
Test(unchanged_image, what_is_damaged_in_the_folder_is_written_anew)
{
	AUTO_ARENA a = { 0 };
	struct registry_scene s;
	const char *layer, *manifest;

	registry_scene_begin(&s, &a);
	registry_scene_gives(&s);
	unchanged_pull(&s, "first");
	layer = arena_printf(&a, "blobs/sha256/%s",
			     digest_hex_dup(&a, &s.image.layers.v[1].digest));
	manifest = arena_printf(&a, "blobs/sha256/%s", s.digest + strlen("sha256:"));
	unchanged_damage(unchanged_file(&s, layer));
	unchanged_pull(&s, "a layer");
	unchanged_damage(unchanged_file(&s, manifest));
	unchanged_pull(&s, "a manifest");
	unchanged_unlink(&s, "oci-layout", "{\"imageLayoutVersion\":\"1.0.1\"}");
	unchanged_pull(&s, "another version");
	unchanged_unlink(&s, "index.json", "{}");
	unchanged_pull(&s, "another index");
	cr_assert_eq(unlink(unchanged_file(&s, layer)), 0);
	unchanged_pull(&s, "a lost layer");
	cr_assert_eq(unlink(unchanged_file(&s, layer)), 0);
	cr_assert_eq(symlink("/etc/passwd", unchanged_file(&s, layer)), 0);
	unchanged_pull(&s, "a link");
	files_put(unchanged_file(&s, "blobs/sha256/more"), "x");
	unchanged_pull(&s, "one more");
	cr_assert_eq(mkdir(unchanged_file(&s, "blobs/sha512"), 0700), 0);
	unchanged_pull(&s, "one more folder");
	registry_scene_end(&s);
}
