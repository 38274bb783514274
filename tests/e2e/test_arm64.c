/* SPDX-License-Identifier: Apache-2.0 */
/* Images for linux/arm64, made where the compilers run on amd64; their programs are started by
 * qemu's user-mode emulation, one at a time. */

#include <criterion/criterion.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/path.h"
#include "e2e/fixture_image.h"
#include "support/fixture_files.h"
#include "support/fixture_minirepo.h"

#define ARM64 "--platform=linux/arm64"

static const char *build_for_platform(struct arena *a, const char *dir, const char *platform,
				      const char *name)
{
	const char *layout = arena_printf(a, "%s/%s", dir, name);
	struct oracle_run r = IMGBUILD(a, "--progress=plain", platform,
				       arena_printf(a, "recipes/%s.json", name), "-o", layout);

	cr_assert_eq(r.status, 0, "%s recipes/%s.json: %d\n%s%s", platform, name, r.status, r.out.p,
		     r.err.p);
	return layout;
}

/* What a program of an unpacked image prints; it must exit 0. */
static const char *run_emulated(struct arena *a, const char *root, const char *const *words)
{
	struct strings argv = { 0 };

	oracle_need("qemu-aarch64-static");
	*list_push(a, &argv) = "qemu-aarch64-static";
	*list_push(a, &argv) = "-L";
	*list_push(a, &argv) = root;
	*list_push(a, &argv) = arena_printf(a, "%s%s", root, *words++);
	while (*words)
		*list_push(a, &argv) = *words++;
	*list_push(a, &argv) = NULL;
	return oracle_ask(a, argv.v).p;
}
#define EMULATE(a, root, ...) run_emulated((a), (root), (const char *const[]){ __VA_ARGS__, NULL })

Test(arm64, hello_says_its_line_and_is_what_it_claims)
{
	AUTO_ARENA a = { 0 };
	const char *dir = files_temporary(&a),
		   *layout = build_for_platform(&a, dir, ARM64, "hello"), *root;
	struct str text;

	oracle_need("skopeo");
	text = ORACLE(&a, "skopeo", "inspect", "--config", "--raw",
		      arena_printf(&a, "oci:%s:hello:latest", layout));
	cr_expect(strstr(text.p, "\"architecture\":\"arm64\"") &&
			  strstr(text.p, "\"variant\":\"v8\""),
		  "%s", text.p);
	root = image_unpack(&a, dir, layout, "hello");
	cr_expect_str_eq(EMULATE(&a, root, "/usr/bin/hello"),
			 "Hello from an image without a shell.\n");
	text = ORACLE(&a, "readelf", "--notes", arena_printf(&a, "%s/usr/bin/hello", root));
	cr_expect(strstr(text.p, "AArch64 feature: BTI, PAC"), "%s", text.p);
	cr_expect(strstr(text.p, "\"architecture\":\"arm64\""), "the package note: %s", text.p);
	text = ORACLE(&a, "grep", "--recursive", "--no-filename",
		      "^Architecture: ", arena_printf(&a, "%s/var/lib/dpkg/status.d", root));
	cr_expect(strstr(text.p, "Architecture: arm64\n") && !strstr(text.p, "amd64"), "%s",
		  text.p);
	files_remove(dir);
}

/* "sha256:..." of the manifest of a layout that holds one image. */
static const char *digest_of_layout(struct arena *a, const char *layout)
{
	const char *at = strstr(files_get(a, arena_printf(a, "%s/index.json", layout)), "sha256:");

	cr_assert(at);
	return arena_strndup(a, at, strlen("sha256:") + 64);
}

Test(arm64, one_image_for_two_platforms_holds_the_bytes_of_both)
{
	AUTO_ARENA a = { 0 };
	const char *dir = files_temporary(&a);
	const char *amd64 = digest_of_layout(&a,
					     build_for_platform(&a, arena_printf(&a, "%s/1", dir),
								"--platform=linux/amd64", "hello"));
	const char *arm64 = digest_of_layout(&a,
					     build_for_platform(&a, arena_printf(&a, "%s/2", dir),
								ARM64, "hello"));
	const char *both = build_for_platform(&a, arena_printf(&a, "%s/3", dir),
					      "--platform=linux/arm64,linux/amd64", "hello");
	struct str text;

	oracle_need("skopeo");
	text = ORACLE(&a, "skopeo", "inspect", "--raw",
		      arena_printf(&a, "oci:%s:hello:latest", both));
	cr_expect(strstr(text.p, amd64), "%s is not in %s", amd64, text.p);
	cr_expect(strstr(text.p, arm64), "%s is not in %s", arm64, text.p);
	for (const char *const *p = (const char *const[]){ "linux/amd64", "linux/arm64", NULL }; *p;
	     p++) {
		struct oracle_run r = IMGBUILD(&a, "audit", "--platform", *p, "--format=json",
					       both);

		cr_expect_eq(r.status, 0, "%s: %d %s", *p, r.status, r.err.p);
		cr_expect(strstr(r.out.p, arena_printf(&a, "\"%s", *p)), "%s", *p);
		r = IMGBUILD(&a, "verify", "--platform", *p, both);
		cr_expect(r.status == 0 && strstr(r.out.p, "the same bytes"), "%s: %s%s", *p,
			  r.out.p, r.err.p);
	}
	/* the chain leads to the lock of that platform */
	text = ORACLE(&a, "./imgbuild", "why", "--platform=linux/arm64", both, "libc6");
	cr_expect(strstr(text.p, "recipes/cc-debian13.arm64.lock.json"), "%s", text.p);
	files_remove(dir);
}

/* The repository's recipes in a folder of the test's own. */
static const char *copy_of_recipes(struct arena *a, const char *dir)
{
	ORACLE(a, "cp", "--archive", "images.json", "locks", "recipes", "rootfs", "scripts-free",
	       dir);
	return arena_printf(a, "%s/recipes", dir);
}

Test(arm64, two_locks_of_two_days_are_told)
{
	AUTO_ARENA a = { 0 };
	const char *dir = files_temporary(&a), *recipes = copy_of_recipes(&a, dir);
	const char *recipe = arena_printf(&a, "%s/hello.json", recipes),
		   *output = arena_printf(&a, "%s/out", dir);
	struct oracle_run r = IMGBUILD(&a, "--platform=linux/amd64,linux/arm64", recipe, "-o",
				       output);

	cr_assert_eq(r.status, 0, "%s", r.err.p);
	cr_expect_null(strstr(r.err.p, "moves both"), "the repository's own: %s", r.err.p);
	/* the compiler's libraries are of another source version here */
	ORACLE(&a, "sed", "--in-place",
	       "s/\"name\": \"gcc-14\", \"version\": \"14[^\"]*\"/\"name\": \"gcc-14\", \"version\": \"14.0-1\"/",
	       arena_printf(&a, "%s/cc-debian13.arm64.lock.json", recipes));
	r = IMGBUILD(&a, "--platform=linux/amd64,linux/arm64", recipe, "-o", output);
	cr_assert_eq(r.status, 0, "%s", r.err.p);
	cr_expect(strstr(r.err.p, "; imgbuild update ") &&
			  strstr(r.err.p, "cc-debian13.json moves both"),
		  "%s", r.err.p);
	files_remove(dir);
}

Test(arm64, a_lock_that_was_not_asked_for_is_left_alone_and_told)
{
	AUTO_ARENA a = { 0 };
	struct minirepo m;
	struct oracle_run r;
	const char *other;

	minirepo_open(&m, &a);
	other = arena_printf(&a, "%s/mini.arm64.lock.json", path_dir(&a, m.recipe));
	files_put(other, "anything");
	r = MINIREPO_RUN(&m, "lock", m.recipe);
	cr_expect(r.status == 3 && strstr(r.err.p, "mini.arm64.lock.json:1:") &&
			  strstr(r.err.p, "mend it"),
		  "it is brought "
		  "up to date with the recipe, too: %d %s",
		  r.status, r.err.p);
	r = MINIREPO_RUN(&m, "lock", "--platform", "linux/amd64", m.recipe);
	cr_expect_eq(r.status, 0, "%s", r.err.p);
	cr_expect_str_eq(files_get(&a, other), "anything");
	minirepo_close(&m);
}

Test(arm64, what_the_result_is_for_is_in_the_json_and_in_the_name_of_the_folder)
{
	AUTO_ARENA a = { 0 };
	const char *dir = files_temporary(&a), *recipes = copy_of_recipes(&a, dir),
		   *here = realpath(".", NULL);
	struct oracle_run r;

	cr_assert_eq(chdir(dir), 0);
	r = oracle_run(&a, (const char *const[]){
				   arena_printf(&a, "%s/imgbuild", here), ARM64, "--json",
				   arena_printf(&a, "%s/hello.json", recipes), NULL });
	cr_expect_eq(r.status, 0, "%s", r.err.p);
	cr_expect(strstr(r.out.p, "\"output\":\"out/hello-arm64\",\"platforms\":[\"linux/arm64\"]"),
		  "%s", r.out.p);
	cr_assert_eq(chdir(here), 0);
	files_remove(dir);
}

/* Python's own modules that need libraries of other packages. */
static const char modules[] =
	"import bz2, ctypes, curses, hashlib, lzma, readline, sqlite3, ssl, uuid, zlib, platform; "
	"print(platform.machine(), ssl.OPENSSL_VERSION.split()[0])";

Test(arm64, every_program_of_cephalo_starts, .timeout = 600)
{
	AUTO_ARENA a = { 0 };
	const char *dir = files_temporary(&a), *name = "cephalo-packages";
	const char *root = image_unpack(&a, dir, build_for_platform(&a, dir, ARM64, name), name);
	struct str cache;

	cr_expect(
		strstr(EMULATE(&a, root, "/usr/local/bin/entrypoint", "--version"), "entrypoint "));
	cr_expect(strstr(EMULATE(&a, root, "/usr/local/bin/healthcheck", "--help"),
			 "Usage: healthcheck"));
	cr_expect(strstr(EMULATE(&a, root, "/usr/sbin/squid-openssl", "-v"), "--enable-ssl-crtd"));
	cr_expect_str_eq(EMULATE(&a, root, "/usr/bin/python3.13", "-c", modules),
			 "aarch64 OpenSSL\n");
	/* the loader's cache, as the host's ldconfig reads it */
	cache = ORACLE(&a, "/sbin/ldconfig", "-p", "-C",
		       arena_printf(&a, "%s/etc/ld.so.cache", root));
	cr_expect(strstr(cache.p,
			 "libltdl.so.7 (libc6,AArch64) => /lib/aarch64-linux-gnu/libltdl.so.7\n"),
		  "%s", cache.p);
	cr_expect(strstr(cache.p,
			 "ld-linux-aarch64.so.1 (libc6,AArch64) => /lib/ld-linux-aarch64.so.1\n"),
		  "%s", cache.p);
	cr_expect_eq(IMGBUILD(&a, "elf", "--root", root, "/usr").status, 0,
		     "every library is there");
	files_remove(dir);
}
