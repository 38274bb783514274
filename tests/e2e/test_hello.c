/* SPDX-License-Identifier: Apache-2.0 */
/* The smallest image, from the recipe to a container: what a new user does first. */

#include <criterion/criterion.h>
#include <sys/file.h>
#include <string.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "e2e/fixture_image.h"
#include "e2e/fixture_podman.h"
#include "support/fixture_files.h"

Test(hello, says_hello_under_podman_and_has_no_shell)
{
	AUTO_ARENA a = { 0 };
	struct podman p;
	struct oracle_run r;
	const char *dir = files_temporary(&a);

	image_build(&a, dir, "hello");
	podman_open(&p, &a);
	PODMAN_MUST(&p, "load", "--input", arena_printf(&a, "%s/hello.tar", dir));
	r = PODMAN(&p, "run", "--rm", "--network=none", "localhost/hello:latest");
	cr_expect_eq(r.status, 0, "%s", r.err.p);
	cr_expect_str_eq(r.out.p, "Hello from an image without a shell.\n");
	r = PODMAN(&p, "run", "--rm", "--network=none", "--entrypoint=/bin/sh",
		   "localhost/hello:latest");
	cr_expect_neq(r.status, 0, "there is a shell");
	podman_close(&p);
	files_remove(dir);
}

/* Digest of the manifest as imgbuild prints it: "hello DIR sha256:...". */
static const char *digest_of_run(struct arena *a, struct oracle_run r)
{
	const char *at = strstr(r.out.p, "sha256:");

	cr_assert(r.status == 0 && at, "%s%s", r.out.p, r.err.p);
	return arena_strndup(a, at, strlen("sha256:") + 64);
}

Test(hello, T39_same_bytes_whatever_user_umask_zone_locale_folder_and_processors)
{
	AUTO_ARENA a = { 0 };
	const char *dir = files_temporary(&a);
	const char *here = realpath(".", NULL);
	const char *program = arena_printf(&a, "%s/imgbuild", here);
	const char *recipe = arena_printf(&a, "%s/recipes/hello.json", here);
	const char *first, *second;

	first = digest_of_run(&a, IMGBUILD(&a, "recipes/hello.json", "-o",
					   arena_printf(&a, "%s/one", dir)));

	/* a store of its own, so that layers and programs are made again and nothing is reused */
	setenv("IMGBUILD_CACHE_DIR", arena_printf(&a, "%s/store", dir), 1);
	setenv("TZ", "Asia/Kolkata", 1);
	setenv("LANG", "tr_TR.UTF-8", 1);
	umask(0077);
	cr_assert_eq(mkdir(arena_printf(&a, "%s/a folder", dir), 0700), 0);
	cr_assert_eq(chdir(arena_printf(&a, "%s/a folder", dir)), 0);
	second = digest_of_run(&a, oracle_run(&a, (const char *const[]){ "taskset", "-c", "0",
									 program, recipe, "-j", "1",
									 "-o", "two", NULL }));
	cr_expect_str_eq(first, second);
	cr_assert_eq(chdir(here), 0);
	files_remove(dir);
}

Test(hello, T39_same_bytes_for_a_user_without_any_rights, .timeout = 600)
{
	AUTO_ARENA a = { 0 };
	const char *dir = files_temporary(&a), *home = arena_printf(&a, "%s/home", dir);
	struct oracle_run r;
	const char *first;

	if (geteuid() != 0)
		cr_skip_test("only root can become somebody else");
	first = digest_of_run(&a, IMGBUILD(&a, "recipes/hello.json", "-o",
					   arena_printf(&a, "%s/one", dir)));
	cr_assert_eq(mkdir(home, 0755), 0);
	ORACLE(&a, "cp", "--archive", "imgbuild", "images.json", "locks", "recipes", "rootfs",
	       "scripts-free", home);
	ORACLE(&a, "chown", "--recursive", "65534:65534", home);
	ORACLE(&a, "chmod", "0755", dir);
	setenv("HOME", home, 1);
	unsetenv("IMGBUILD_CACHE_DIR");
	unsetenv("XDG_CACHE_HOME");
	cr_assert_eq(chdir(home), 0);
	r = oracle_run(&a, (const char *const[]){ "setpriv", "--reuid=65534", "--regid=65534",
						  "--clear-groups", "./imgbuild",
						  "recipes/hello.json", NULL });
	cr_expect_str_eq(first, digest_of_run(&a, r));
	cr_assert_eq(chdir("/"), 0);
	files_remove(dir);
}

static struct str read_image_file(struct arena *a, const char *path)
{
	struct error e = { 0 };
	struct str text = { 0 };

	cr_assert(io_read_file(a, AT_FDCWD, path, 1 << 28, &text, &e), "%s", e.cause);
	return text;
}

Test(hello, other_readers_accept_the_layout_and_the_archive)
{
	AUTO_ARENA a = { 0 };
	const char *dir = files_temporary(&a);
	const char *layout = image_build(&a, dir, "hello");
	const char *root;
	struct str text;

	oracle_need("skopeo");
	text = ORACLE(&a, "skopeo", "inspect", arena_printf(&a, "oci:%s:hello:latest", layout));
	cr_expect(strstr(text.p, "\"Architecture\": \"amd64\""), "%s", text.p);
	ORACLE(&a, "skopeo", "copy", arena_printf(&a, "oci-archive:%s/hello.tar", dir),
	       arena_printf(&a, "dir:%s/from-oci", dir));
	ORACLE(&a, "skopeo", "copy",
	       arena_printf(&a, "docker-archive:%s/hello.tar:hello:latest", dir),
	       arena_printf(&a, "dir:%s/from-docker", dir));
	text = IMGBUILD(&a, "recipes/hello.json", "-o", layout, "--archive", "-").out;
	cr_expect(str_eq(text, read_image_file(&a, arena_printf(&a, "%s/hello.tar", dir))),
		  "a pipe gets the same archive");
	root = image_unpack(&a, dir, layout, "hello");
	cr_expect_eq(access(arena_printf(&a, "%s/usr/bin/hello", root), X_OK), 0);
	files_remove(dir);
}

/* "5 layers, 1292 files, 14 packages": the second line of what a build prints. */
static const char *counts_of_run(struct arena *a, struct oracle_run r)
{
	const char *at = strstr(r.out.p, "\n  "), *end = at ? strstr(at, " packages") : NULL;

	cr_assert(end, "%s", r.out.p);
	return arena_strndup(a, at, (size_t)(end - at));
}

Test(hello, second_build_finds_nothing_to_do_and_repairs_what_was_damaged)
{
	AUTO_ARENA a = { 0 };
	const char *dir = files_temporary(&a), *layout = arena_printf(&a, "%s/hello", dir);
	const char *counts;
	struct oracle_run r;

	image_build(&a, dir, "hello");
	r = IMGBUILD(&a, "recipes/hello.json", "-o", layout);
	counts = counts_of_run(&a, r);
	r = IMGBUILD(&a, "recipes/hello.json", "-o", layout);
	cr_expect(strstr(r.out.p, "nothing had changed"), "%s", r.out.p);
	cr_assert_eq(unlink(arena_printf(&a, "%s/index.json", layout)), 0);
	r = IMGBUILD(&a, "recipes/hello.json", "-o", layout);
	cr_expect_eq(r.status, 0, "%s", r.err.p);
	cr_expect(!strstr(r.out.p, "nothing had changed"), "%s", r.out.p);
	cr_expect_str_eq(counts_of_run(&a, r), counts,
			 "a repaired image is counted like a new one");
	cr_expect_eq(access(arena_printf(&a, "%s/index.json", layout), R_OK), 0);
	files_remove(dir);
}

Test(hello, offline_build_from_a_full_store_needs_no_network)
{
	AUTO_ARENA a = { 0 };
	const char *dir = files_temporary(&a);
	struct oracle_run r;

	image_build(&a, dir, "hello");
	r = oracle_run(&a, (const char *const[]){ "unshare", "--net", "--map-root-user",
						  "./imgbuild", "--frozen", "recipes/hello.json",
						  "-o", arena_printf(&a, "%s/x", dir), NULL });
	cr_expect_eq(r.status, 0, "%s", r.err.p);
	setenv("IMGBUILD_CACHE_DIR", arena_printf(&a, "%s/empty", dir), 1);
	r = IMGBUILD(&a, "--frozen", "recipes/hello.json", "-o", arena_printf(&a, "%s/y", dir));
	cr_expect_eq(r.status, 4, "%s", r.err.p);
	cr_expect_eq(access(arena_printf(&a, "%s/y", dir), F_OK), -1, "nothing half-written");
	files_remove(dir);
}

/* Only builds of one image go one after the other: a lock on the folder of all is nobody's. */
Test(hello, other_builds_beside_it_do_not_wait, .timeout = 600)
{
	AUTO_ARENA a = { 0 };
	const char *dir = files_temporary(&a);
	AUTO_FD folder = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct oracle_run r;

	cr_assert(folder >= 0 && flock(folder, LOCK_EX) == 0);
	r = IMGBUILD(&a, "--progress=plain", "recipes/hello.json", "-o",
		     arena_printf(&a, "%s/hello", dir));
	cr_expect_eq(r.status, 0, "%s", r.err.p);
	cr_expect_not(strstr(r.err.p, "waits for"), "%s", r.err.p);
	files_remove(dir);
}
