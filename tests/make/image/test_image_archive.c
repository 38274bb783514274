/* SPDX-License-Identifier: Apache-2.0 */
/* The archive: a layout for some readers, docker save's form for others, or both. */

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <criterion/criterion.h>

#include "support/fixture_files.h"
#include "support/fixture_image_scene.h"
#include "support/fixture_oracle.h"

static const char *archive_path(struct scene *s, const char *name)
{
	return arena_printf(s->a, "%s/%s", s->dir, name);
}

static struct image archive_scene_begin(struct scene *s, struct arena *a)
{
	struct image img;

	scene_begin(s, a);
	scene_small_image(s);
	img = image_scene(s, "ns/small");
	img.form = ARCHIVE_HYBRID;
	return img;
}

static void write_scene_archive(struct scene *s, const struct image *img, const char *path)
{
	struct error e = { 0 };

	cr_assert(image_write_archive(&s->store, img, path, &e), "%s%s", e.context, e.cause);
}

Test(image_archive, holds_blobs_then_manifest_then_layout_and_index_last)
{
	AUTO_ARENA a = { 0 };
	struct strings blobs = { 0 };
	struct buf want = { .a = &a };
	struct scene s;
	struct image img = archive_scene_begin(&s, &a);

	write_scene_archive(&s, &img, archive_path(&s, "out/x.tar"));
	*list_push(&a, &blobs) = digest_hex_dup(&a, &img.config_digest);
	*list_push(&a, &blobs) = digest_hex_dup(&a, &img.manifest_digest);
	for (size_t i = 0; i < img.layers.v.n; i++)
		*list_push(&a, &blobs) = digest_hex_dup(&a, &img.layers.v.v[i].digest);
	strings_sort(&blobs);
	buf_puts(&want, "blobs/\nblobs/sha256/\n");
	for (size_t i = 0; i < blobs.n; i++)
		buf_printf(&want, "blobs/sha256/%s\n", blobs.v[i]);
	buf_puts(&want, "manifest.json\noci-layout\nindex.json\n");
	cr_expect_str_eq(ORACLE(&a, "tar", "-tf", archive_path(&s, "out/x.tar")).p,
			 buf_cstr(&want));
	cr_expect_str_eq(
		ORACLE(&a, "tar", "-xOf", archive_path(&s, "out/x.tar"), "manifest.json").p,
		arena_printf(&a,
			     "[{\"Config\":\"blobs/sha256/%s\",\"Layers\":[\"blobs/sha256/%s\","
			     "\"blobs/sha256/%s\"],\"RepoTags\":[\"ns/small:latest\"]}]",
			     digest_hex_dup(&a, &img.config_digest),
			     digest_hex_dup(&a, &img.layers.v.v[0].digest),
			     digest_hex_dup(&a, &img.layers.v.v[1].digest)));
	scene_end(&s);
}

Test(image_archive, a_layer_that_occurs_twice_is_one_blob)
{
	AUTO_ARENA a = { 0 };
	struct scene s;
	struct image img = archive_scene_begin(&s, &a);
	struct recipe r = image_scene_recipe(&a);
	struct error e = { 0 };
	struct layer again = img.layers.v.v[0];
	const char *hex, *first;
	struct str list;

	*list_push(&a, &img.layers.v) = again;
	cr_assert(image_describe(&a, &r, NULL, &img, &e));
	write_scene_archive(&s, &img, archive_path(&s, "x.tar"));
	list = ORACLE(&a, "tar", "-tf", archive_path(&s, "x.tar"));
	hex = digest_hex_dup(&a, &again.digest);
	first = strstr(list.p, hex);
	cr_assert(first);
	cr_expect(!strstr(first + 1, hex));
	scene_end(&s);
}

Test(image_archive, skopeo_reads_both_forms)
{
	AUTO_ARENA a = { 0 };
	struct scene s;
	struct image img = archive_scene_begin(&s, &a);
	const char *path = archive_path(&s, "x.tar");

	oracle_need("skopeo");
	write_scene_archive(&s, &img, path);
	cr_expect_str_eq(ORACLE(&a, "skopeo", "inspect", "--format", "{{.Digest}}",
				arena_printf(&a, "oci-archive:%s", path))
				 .p,
			 arena_printf(&a, "sha256:%s\n", digest_hex_dup(&a, &img.manifest_digest)));
	cr_expect_str_eq(ORACLE(&a, "skopeo", "inspect", "--config", "--raw",
				arena_printf(&a, "docker-archive:%s:ns/small:latest", path))
				 .p,
			 img.config.p);
	scene_end(&s);
}

/* podman prefers the layout, and keeps a health check only of what docker save writes. */
Test(image_archive, its_form_is_what_was_asked_for_or_what_keeps_a_health_check)
{
	static const struct form_case {
		enum archive_form form;
		bool health;
		const char *members;
	} forms[] = {
		{ ARCHIVE_AUTO, false, "manifest.json\noci-layout\nindex.json\n" },
		{ ARCHIVE_AUTO, true, "manifest.json\n" },
		{ ARCHIVE_OCI, true, "oci-layout\nindex.json\n" },
		{ ARCHIVE_DOCKER, false, "manifest.json\n" },
		{ ARCHIVE_HYBRID, true, "manifest.json\noci-layout\nindex.json\n" },
	};
	AUTO_ARENA a = { 0 };
	struct scene s;
	struct image img = archive_scene_begin(&s, &a);

	for (size_t i = 0; i < ARRAY_SIZE(forms); i++) {
		struct str list;

		img.form = forms[i].form;
		img.health = forms[i].health;
		write_scene_archive(&s, &img, archive_path(&s, "form.tar"));
		list = ORACLE(&a, "tar", "-tf", archive_path(&s, "form.tar"));
		cr_expect(list.n > strlen(forms[i].members), "%zu", i);
		cr_expect_str_eq(list.p + list.n - strlen(forms[i].members), forms[i].members,
				 "%zu: %s", i, list.p);
	}
	scene_end(&s);
}

Test(image_archive, its_bytes_depend_on_the_image_alone)
{
	AUTO_ARENA a = { 0 };
	struct scene s;
	struct image img = archive_scene_begin(&s, &a);
	struct str first, second;
	struct error e = { 0 };
	struct stat st;

	write_scene_archive(&s, &img, archive_path(&s, "one.tar"));
	umask(0777);
	setenv("TZ", "Pacific/Kiritimati", 1);
	tzset();
	cr_assert_eq(chdir(s.dir), 0);
	write_scene_archive(&s, &img, "two.tar");
	umask(022);
	cr_assert(io_read_file(&a, AT_FDCWD, "one.tar", 64 << 20, &first, &e));
	cr_assert(io_read_file(&a, AT_FDCWD, "two.tar", 64 << 20, &second, &e));
	cr_expect(str_eq(first, second));
	cr_assert_eq(stat("two.tar", &st), 0);
	cr_expect_eq(st.st_mode & 07777, 0644);
	scene_end(&s);
}

Test(image_archive, only_an_archive_gives_way)
{
	AUTO_ARENA a = { 0 };
	struct scene s;
	struct image img = archive_scene_begin(&s, &a);
	struct error e = { 0 };

	ORACLE(&a, "tar", "-C", s.dir, "-cf", archive_path(&s, "file"), "store");
	write_scene_archive(&s, &img, archive_path(&s, "file"));
	ORACLE(&a, "tar", "-tf", archive_path(&s, "file"));
	files_put(archive_path(&s, "empty"), "");
	write_scene_archive(&s, &img, archive_path(&s, "empty"));
	ORACLE(&a, "tar", "-tf", archive_path(&s, "empty"));
	files_put(archive_path(&s, "recipe"), "{ \"name\": \"x\" }\n");
	cr_assert_eq(symlink("file", archive_path(&s, "link")), 0);
	cr_assert_eq(mkdir(archive_path(&s, "dir"), 0755), 0);
	cr_assert_eq(mkfifo(archive_path(&s, "fifo"), 0644), 0);
	for (const char *const *p =
		     (const char *const[]){ "link", "dir", "fifo", "dir/", "recipe", NULL };
	     *p; p++) {
		err_clear(&e);
		cr_expect(!image_write_archive(&s.store, &img, archive_path(&s, *p), &e), "%s", *p);
		cr_expect_eq(e.kind, ERR_INPUT, "%s: %s", *p, e.cause);
	}
	cr_expect_str_eq(files_get(&a, archive_path(&s, "recipe")), "{ \"name\": \"x\" }\n");
	cr_expect_str_eq(ORACLE(&a, "ls", "-A", s.dir).p,
			 "dir\nempty\nfifo\nfile\nlink\nrecipe\nstore\n");
	scene_end(&s);
}
