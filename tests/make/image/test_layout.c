/* SPDX-License-Identifier: Apache-2.0 */
/* The layout folder: what it holds, what others make of it, and that it is replaced as a whole or
 * not at all. */

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <criterion/criterion.h>

#include "support/fixture_files.h"
#include "support/fixture_image_scene.h"
#include "support/fixture_killer.h"
#include "support/fixture_oracle.h"

static void layout_scene_begin(struct scene *s, struct arena *a)
{
	scene_begin(s, a);
	scene_small_image(s);
}

static const char *layout_path(struct scene *s, const char *name)
{
	return arena_printf(s->a, "%s/%s", s->dir, name);
}

static void write_scene_layout(struct scene *s, const struct image *img, const char *path)
{
	struct error e = { 0 };

	cr_assert(image_write_layout(&s->store, img, path, &e), "%s%s", e.context, e.cause);
}

/* Is the folder complete: every blob there, of the right bytes, and nothing else? */
static void check_complete(struct scene *s, const struct image *img, const char *path)
{
	AUTO_ARENA a = { 0 };
	struct strings found = files_below(&a, path, "");
	const char *blobs = arena_printf(&a, "%s/blobs/sha256/", path);
	size_t named = 0;

	(void)s;
	cr_assert_eq(found.n, img->layers.v.n + 4, "%zu files in %s", found.n, path);
	cr_expect_str_eq(files_get(&a, arena_printf(&a, "%s/index.json", path)), img->index.p);
	cr_expect_str_eq(files_get(&a, arena_printf(&a, "%s/oci-layout", path)),
			 "{\"imageLayoutVersion\":\"1.0.0\"}");
	for (size_t i = 0; i < found.n; i++) {
		struct error e = { 0 };
		struct digest d;
		struct str text;

		if (!str_starts(str_of(found.v[i]), str_of(blobs)))
			continue;
		cr_assert(io_read_file(&a, AT_FDCWD, found.v[i], 64 << 20, &text, &e));
		d = digest_of(text);
		cr_expect_str_eq(digest_hex_dup(&a, &d), found.v[i] + strlen(blobs));
		named++;
	}
	cr_expect_eq(named, img->layers.v.n + 2);
}

/* Nothing but these names in the folder. */
static void expect_names(struct scene *s, const char *folder, const char *want)
{
	cr_expect_str_eq(ORACLE(s->a, "ls", "-A", folder).p, want);
}

Test(layout, holds_the_image_and_nothing_else)
{
	AUTO_ARENA a = { 0 };
	struct image img;
	struct scene s;

	layout_scene_begin(&s, &a);
	img = image_scene(&s, "small:latest");
	write_scene_layout(&s, &img, layout_path(&s, "out/deep/small/"));
	check_complete(&s, &img, layout_path(&s, "out/deep/small"));
	expect_names(&s, layout_path(&s, "out/deep"), "small\n");
	scene_end(&s);
}

Test(layout, skopeo_reads_it)
{
	AUTO_ARENA a = { 0 };
	const char *out;
	struct image img;
	struct scene s;

	oracle_need("skopeo");
	layout_scene_begin(&s, &a);
	img = image_scene(&s, "small:latest");
	write_scene_layout(&s, &img, layout_path(&s, "small"));
	out = ORACLE(&a, "skopeo", "inspect", "--format",
		     "{{.Digest}} {{.Architecture}} {{len .Layers}} {{.Env}}",
		     arena_printf(&a, "oci:%s:small:latest", layout_path(&s, "small")))
		      .p;
	cr_expect_str_eq(out, arena_printf(&a, "sha256:%s amd64 2 [PATH=/usr/bin LANG=C.UTF-8]\n",
					   digest_hex_dup(&a, &img.manifest_digest)));
	/* the copy decompresses every layer and compares it with its diff_id */
	ORACLE(&a, "skopeo", "copy", "--insecure-policy",
	       arena_printf(&a, "oci:%s", layout_path(&s, "small")),
	       arena_printf(&a, "docker-archive:%s:x:y", layout_path(&s, "copy.tar")));
	scene_end(&s);
}

Test(layout, umoci_unpacks_the_tree)
{
	AUTO_ARENA a = { 0 };
	const char *bundle, *root;
	struct image img;
	struct scene s;
	struct stat st;
	char link[64];

	oracle_need("umoci");
	layout_scene_begin(&s, &a);
	img = image_scene(&s, "small:latest");
	write_scene_layout(&s, &img, layout_path(&s, "small"));
	bundle = layout_path(&s, "bundle");
	ORACLE(&a, "umoci", "unpack", "--rootless", "--image",
	       arena_printf(&a, "%s:small:latest", layout_path(&s, "small")), bundle);
	root = arena_printf(&a, "%s/rootfs", bundle);
	cr_expect_str_eq(files_get(&a, arena_printf(&a, "%s/etc/os-release", root)), "ID=test\n");
	cr_expect_eq(stat(arena_printf(&a, "%s/tmp", root), &st), 0);
	cr_expect_eq(st.st_mode & 07777, 01777);
	cr_expect_eq(stat(arena_printf(&a, "%s/usr/bin/app", root), &st), 0);
	cr_expect_eq(st.st_size, 8 << 20);
	cr_expect_eq(st.st_mode & 07777, 0755);
	cr_expect_eq(st.st_mtime, 1);
	cr_expect_eq(stat(arena_printf(&a, "%s/var/spool/app", root), &st), 0);
	cr_expect_eq(st.st_mtime, 1700000000);
	cr_assert_eq(readlink(arena_printf(&a, "%s/lib", root), link, sizeof(link)), 7);
	cr_expect_eq(memcmp(link, "usr/lib", 7), 0);
	scene_end(&s);
}

static const char inspect[] =
	"{{.Architecture}} {{.Config.User}} {{.Config.WorkingDir}} {{.Config.StopSignal}} "
	"{{.Config.Entrypoint}} {{.Config.Cmd}} {{len .RootFS.Layers}} {{index .Config.Labels \"z.example\"}}";

Test(layout, podman_loads_the_folder_and_the_archive)
{
	AUTO_ARENA a = { 0 };
	static const char want[] =
		"amd64 1000:0 /var/spool/app SIGTERM [/usr/bin/app --serve] [fast] 2 last\n";
	const char *archive, *id;
	struct error e = { 0 };
	struct image img;
	struct scene s;

	layout_scene_begin(&s, &a);
	image_scene_podman(&s);
	img = image_scene(&s, "small:1");
	write_scene_layout(&s, &img, layout_path(&s, "small"));
	cr_assert_eq(chdir(s.dir),
		     0); /* what podman calls an image of a folder depends on its version */
	id = str_dup(&a, str_trim(ORACLE(&a, "podman", "pull", "-q", "oci:small")));
	cr_expect_str_eq(ORACLE(&a, "podman", "inspect", "--type=image", "--format", inspect, id).p,
			 want);
	ORACLE(&a, "podman", "rmi", "-f", id);
	archive = layout_path(&s, "small.tar");
	cr_assert(image_write_archive(&s.store, &img, archive, &e), "%s%s", e.context, e.cause);
	ORACLE(&a, "podman", "load", "-q", "-i", archive);
	cr_expect_str_eq(ORACLE(&a, "podman", "inspect", "--type=image", "--format", inspect,
				"localhost/small:1")
				 .p,
			 want);
	cr_expect_str_eq(ORACLE(&a, "podman", "inspect", "--type=image", "--format",
				"{{.HealthCheck.Test}}", "localhost/small:1")
				 .p,
			 "[CMD /usr/bin/app]\n");
	ORACLE(&a, "podman", "rmi", "-f", "localhost/small:1");
	scene_end(&s);
}

Test(layout, F23_what_stands_there_is_replaced_only_if_it_is_a_layout)
{
	static const struct {
		const char *file;
		bool ok;
	} cases[] = {
		{ NULL, true }, /* an empty folder */
		{ "x/oci-layout", true },
		{ "x/notes.txt", false },
		{ "x/index.json", false }, /* no oci-layout */
		{ "x/blobs/sha256/0", false },
		{ "x/.hidden", false },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		AUTO_ARENA a = { 0 };
		struct error e = { 0 };
		struct image img;
		struct scene s;

		layout_scene_begin(&s, &a);
		img = image_scene(&s, "small:1");
		cr_assert_eq(mkdir(layout_path(&s, "x"), 0755), 0);
		if (cases[i].file)
			files_put(layout_path(&s, cases[i].file), "something");
		cr_expect_eq(image_write_layout(&s.store, &img, layout_path(&s, "x"), &e),
			     cases[i].ok, "case %zu: %s", i, e.cause);
		if (cases[i].ok) {
			check_complete(&s, &img, layout_path(&s, "x"));
		} else {
			cr_expect_eq(e.kind, ERR_INPUT);
			cr_expect_str_eq(files_get(&a, layout_path(&s, cases[i].file)),
					 "something");
		}
		expect_names(&s, s.dir, "store\nx\n");
		scene_end(&s);
	}
}

Test(layout, a_layout_with_something_of_its_owner_in_it_is_not_replaced)
{
	AUTO_ARENA a = { 0 };
	struct error e = { 0 };
	struct image img;
	struct scene s;

	layout_scene_begin(&s, &a);
	img = image_scene(&s, "small:1");
	write_scene_layout(&s, &img, layout_path(&s, "x"));
	files_put(layout_path(&s, "x/notes.txt"), "mine");
	cr_expect(!image_write_layout(&s.store, &img, layout_path(&s, "x"), &e));
	cr_expect_eq(e.kind, ERR_INPUT);
	cr_expect(strstr(e.cause, "notes.txt"), "%s", e.cause);
	cr_expect_str_eq(files_get(&a, layout_path(&s, "x/notes.txt")), "mine");
	scene_end(&s);
}

Test(layout, F23_files_and_links_in_its_place_are_refused)
{
	AUTO_ARENA a = { 0 };
	struct error e = { 0 };
	struct image img;
	struct scene s;

	layout_scene_begin(&s, &a);
	img = image_scene(&s, "small:1");
	files_put(layout_path(&s, "file"), "text");
	cr_assert_eq(mkdir(layout_path(&s, "elsewhere"), 0755), 0);
	cr_assert_eq(symlink("elsewhere", layout_path(&s, "link")), 0);
	for (const char *const *p =
		     (const char *const[]){ "file", "link", "link/", ".", "x/..", NULL };
	     *p; p++) {
		err_clear(&e);
		cr_expect(!image_write_layout(&s.store, &img, layout_path(&s, *p), &e), "%s", *p);
		cr_expect_eq(e.kind, ERR_INPUT, "%s: %s", *p, e.cause);
	}
	cr_expect_str_eq(files_get(&a, layout_path(&s, "file")), "text");
	expect_names(&s, layout_path(&s, "elsewhere"), "");
	scene_end(&s);
}

Test(layout, blobs_are_copied_where_they_cannot_be_linked)
{
	AUTO_ARENA a = { 0 };
	struct image img;
	struct scene s;

	layout_scene_begin(&s, &a);
	img = image_scene(&s, "small:1");
	cr_assert_eq(mkdir(layout_path(&s, "other"), 0755), 0);
	if (unshare(CLONE_NEWNS) < 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 ||
	    mount("tmpfs", layout_path(&s, "other"), "tmpfs", 0, "size=32m") < 0)
		cr_skip_test("another file system cannot be mounted here");
	write_scene_layout(&s, &img, layout_path(&s, "other/x"));
	check_complete(&s, &img, layout_path(&s, "other/x"));
	umount(layout_path(&s, "other"));
	scene_end(&s);
}

Test(layout, a_full_disk_leaves_what_was_there)
{
	AUTO_ARENA a = { 0 };
	struct error e = { 0 };
	struct image img, old;
	struct scene s;

	layout_scene_begin(&s, &a);
	img = image_scene(&s, "small:1");
	old = img;
	old.layers.v.n = 0; /* no layers: it fits */
	cr_assert_eq(mkdir(layout_path(&s, "other"), 0755), 0);
	if (unshare(CLONE_NEWNS) < 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 ||
	    mount("tmpfs", layout_path(&s, "other"), "tmpfs", 0, "size=32k") < 0)
		cr_skip_test("another file system cannot be mounted here");
	write_scene_layout(&s, &old, layout_path(&s, "other/x"));
	cr_expect(!image_write_layout(&s.store, &img, layout_path(&s, "other/x"), &e));
	cr_expect_eq(e.kind, ERR_SYSTEM);
	cr_expect(strstr(e.cause, "No space left on device"), "%s", e.cause);
	check_complete(&s, &old, layout_path(&s, "other/x"));
	expect_names(&s, layout_path(&s, "other"), "x\n");
	err_clear(&e);
	cr_expect(!image_write_archive(&s.store, &img, layout_path(&s, "other/x.tar"), &e));
	cr_expect_eq(e.kind, ERR_SYSTEM);
	expect_names(&s, layout_path(&s, "other"), "x\n");
	umount(layout_path(&s, "other"));
	scene_end(&s);
}

Test(layout, a_damaged_blob_is_never_published)
{
	AUTO_ARENA a = { 0 };
	struct error e = { 0 };
	struct image img;
	struct scene s;
	const char *blob;
	int fd;

	layout_scene_begin(&s, &a);
	img = image_scene(&s, "small:1");
	blob = arena_printf(&a, "%s/store/blobs/sha256/%s", s.dir,
			    digest_hex_dup(&a, &img.layers.v.v[1].digest));
	cr_assert_eq(chmod(blob, 0600), 0);
	fd = open(blob, O_WRONLY | O_CLOEXEC);
	cr_assert(fd >= 0 && pwrite(fd, "!", 1, 100) == 1 && close(fd) == 0);
	cr_expect(!image_write_layout(&s.store, &img, layout_path(&s, "x"), &e));
	cr_expect_eq(e.kind, ERR_VERIFY);
	cr_expect(strstr(e.context, "layer app"), "%s", e.context);
	err_clear(&e);
	cr_expect(!image_write_archive(&s.store, &img, layout_path(&s, "x.tar"), &e));
	cr_expect_eq(e.kind, ERR_VERIFY);
	expect_names(&s, s.dir, "store\n");
	scene_end(&s);
}

/* What the killed child does. */
struct publication {
	struct scene *s;
	const struct image *img;
	const char *path;
};

static bool publish_layout(void *ctx)
{
	const struct publication *p = ctx;
	struct error e = { 0 };

	return image_write_layout(&p->s->store, p->img, p->path, &e);
}

static bool publish_archive(void *ctx)
{
	const struct publication *p = ctx;
	struct error e = { 0 };

	return image_write_archive(&p->s->store, p->img, p->path, &e);
}

/* Two images that share a layer. */
static void two_images(struct scene *s, struct image *first, struct image *second)
{
	*first = image_scene(s, "small:1");
	scene_file(s, "app", "etc/app/more", "more");
	*second = image_scene(s, "small:2");
}

Test(layout, killed_at_any_system_call_either_image_stands_there_whole, .timeout = 300)
{
	AUTO_ARENA a = { 0 };
	struct image first, second;
	struct scene s;
	bool finished = false, saw_old = false, saw_new = false;

	layout_scene_begin(&s, &a);
	two_images(&s, &first, &second);
	write_scene_layout(&s, &first, layout_path(&s, "out/x"));
	for (long n = 1; !finished; n++) {
		struct publication p = { &s, &second, layout_path(&s, "out/x") };
		AUTO_ARENA scratch = { 0 };
		const char *index;

		finished = killer_run(publish_layout, &p, n);
		index = files_get(&scratch, arena_printf(&scratch, "%s/index.json", p.path));
		if (strcmp(index, first.index.p) == 0) {
			saw_old = true;
			check_complete(&s, &first, p.path);
			cr_expect(!finished);
		} else {
			saw_new = true;
			check_complete(&s, &second, p.path);
			if (!finished)
				write_scene_layout(&s, &first, p.path);
		}
		cr_assert_lt(n, 2000);
	}
	cr_expect(saw_old && saw_new);
	write_scene_layout(&s, &second, layout_path(&s, "out/x"));
	expect_names(&s, layout_path(&s, "out"), "x\n"); /* leftovers are gone */
	scene_end(&s);
}

Test(layout, killed_at_any_system_call_a_first_image_is_whole_or_not_there)
{
	AUTO_ARENA a = { 0 };
	struct image first, second;
	struct scene s;
	bool finished = false;

	layout_scene_begin(&s, &a);
	two_images(&s, &first, &second);
	for (long n = 1; !finished; n++) {
		struct publication p = { &s, &second, layout_path(&s, "out/x") };
		struct publication q = { &s, &second, layout_path(&s, "out/x.tar") };
		bool whole;

		finished = killer_run(publish_layout, &p, n);
		if (access(p.path, F_OK) == 0)
			check_complete(&s, &second, p.path);
		else
			cr_expect(!finished);
		whole = killer_run(publish_archive, &q, n);
		if (access(q.path, F_OK) == 0)
			ORACLE(s.a, "tar", "-tf", q.path, "manifest.json");
		else
			cr_expect(!whole);
		finished = finished && whole;
		files_remove(layout_path(&s, "out"));
	}
	scene_end(&s);
}

Test(layout, a_leftover_in_use_by_another_run_is_not_touched)
{
	AUTO_ARENA a = { 0 };
	static const char name[] = "out/.tmp-x-0123456789abcdef";
	struct image img;
	struct scene s;

	layout_scene_begin(&s, &a);
	img = image_scene(&s, "small:1");
	files_put(layout_path(&s, arena_printf(&a, "%s/file", name)), "leftover");
	files_put(layout_path(&s, "out/.tmp-xx-0123456789abcdef/file"), "of another image");
	files_put(layout_path(&s, "out/.tmp-x-mine/file"), "no name that we give");
	{
		AUTO_FD fd = open(layout_path(&s, name), O_RDONLY | O_DIRECTORY | O_CLOEXEC);

		cr_assert_eq(flock(fd, LOCK_EX), 0);
		write_scene_layout(&s, &img, layout_path(&s, "out/x"));
		expect_names(&s, layout_path(&s, "out"),
			     ".tmp-x-0123456789abcdef\n.tmp-x-mine\n.tmp-xx-0123456789abcdef\nx\n");
	}
	write_scene_layout(&s, &img, layout_path(&s, "out/x"));
	expect_names(&s, layout_path(&s, "out"), ".tmp-x-mine\n.tmp-xx-0123456789abcdef\nx\n");
	scene_end(&s);
}

/* The way from where an image waits to its place, by who holds it (line/publish.c). */
static bool publish_moved(void *ctx)
{
	const struct publication *p = ctx;
	const char *waiting = arena_printf(p->s->a, "%s.rejected", p->path);
	AUTO_FD held = open(waiting, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct error e = { 0 };

	return held >= 0 && flock(held, LOCK_EX | LOCK_NB) == 0 &&
	       image_move_layout(waiting, p->path, &e);
}

Test(layout, killed_at_any_system_call_of_a_move_either_image_stands_there_whole, .timeout = 300)
{
	AUTO_ARENA a = { 0 };
	struct image first, second;
	struct scene s;
	bool finished = false, saw_old = false, saw_new = false;

	layout_scene_begin(&s, &a);
	two_images(&s, &first, &second);
	for (long n = 1; !finished; n++) {
		struct publication p = { &s, &second, layout_path(&s, "out/x") };
		AUTO_ARENA scratch = { 0 };
		bool is_new;

		write_scene_layout(&s, &first, p.path);
		write_scene_layout(&s, &second, layout_path(&s, "out/x.rejected"));
		finished = killer_run(publish_moved, &p, n);
		is_new = strcmp(files_get(&scratch, layout_path(&s, "out/x/index.json")),
				second.index.p) == 0;
		saw_old |= !is_new;
		saw_new |= is_new;
		check_complete(&s, is_new ? &second : &first, p.path);
		cr_expect(is_new || !finished);
		if (access(layout_path(&s, "out/x.rejected"), F_OK) == 0)
			check_complete(&s, &second, layout_path(&s, "out/x.rejected"));
		cr_assert_lt(n, 2000);
	}
	cr_expect(saw_old && saw_new);
	expect_names(&s, layout_path(&s, "out"), "x\n");
	scene_end(&s);
}

Test(layout, what_may_not_be_replaced_is_refused_to_a_move, .timeout = 60)
{
	AUTO_ARENA a = { 0 };
	struct error e = { 0 };
	struct image img;
	struct scene s;

	layout_scene_begin(&s, &a);
	img = image_scene(&s, "small:1");
	write_scene_layout(&s, &img, layout_path(&s, "x.rejected"));
	files_put(layout_path(&s, "x/notes.txt"), "mine");
	cr_expect(!image_move_layout(layout_path(&s, "x.rejected"), layout_path(&s, "x"), &e));
	cr_expect_eq(e.kind, ERR_INPUT);
	cr_expect_str_eq(files_get(&a, layout_path(&s, "x/notes.txt")), "mine");
	check_complete(&s, &img, layout_path(&s, "x.rejected"));
	expect_names(&s, s.dir, "store\nx\nx.rejected\n");
	/* and where nothing stands */
	err_clear(&e);
	cr_expect(image_move_layout(layout_path(&s, "x.rejected"), layout_path(&s, "y/"), &e), "%s",
		  e.cause);
	check_complete(&s, &img, layout_path(&s, "y"));
	expect_names(&s, s.dir, "store\nx\ny\n");
	scene_end(&s);
}
