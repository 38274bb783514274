/* SPDX-License-Identifier: Apache-2.0 */
/* The audit of real images: ours, and those of other builders. */

#include <criterion/criterion.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "e2e/fixture_image.h"
#include "e2e/fixture_podman.h"
#include "support/fixture_files.h"

static struct str audit_of_image(struct arena *a, const char *image, const char *policy, int want)
{
	struct oracle_run r = IMGBUILD(a, "audit", image, "--policy", policy);

	cr_expect_eq(r.status, want, "%s: %d\n%s%s", image, r.status, r.out.p, r.err.p);
	return r.out;
}

static void expect_in_report(struct str report, const char *text)
{
	cr_expect(strstr(report.p, text), "no \"%s\" in\n%s", text, report.p);
}

static void expect_not(struct str report, const char *text)
{
	cr_expect(!strstr(report.p, text), "\"%s\" in\n%s", text, report.p);
}

Test(audit, our_images_pass_the_policies_of_their_recipes, .timeout = 900)
{
	static const char *const names[] = { "hello", "cc-debian13", "cephalo" };
	AUTO_ARENA a = { 0 };
	const char *dir = files_temporary(&a);

	for (size_t i = 0; i < 3; i++) {
		const char *layout = image_build(&a, dir, names[i]);
		const char *recipe = arena_printf(&a, "recipes/%s.json", names[i]);
		const char *page = arena_printf(&a, "%s/%s.html", dir, names[i]);
		struct stat st;
		struct oracle_run r = IMGBUILD(&a, "audit", layout, "--recipe", recipe);

		cr_expect_eq(r.status, 0, "%s\n%s%s", names[i], r.out.p, r.err.p);
		expect_in_report(r.out, "passed: nothing at or above");
		expect_not(r.out, "shell.program");
		expect_not(r.out, "file.modified");
		r = IMGBUILD(&a, "audit", arena_printf(&a, "%s/%s.tar", dir, names[i]), "--recipe",
			     recipe, "--format=html", "-o", page);
		cr_expect_eq(r.status, 0, "%s", r.err.p);
		cr_expect(stat(page, &st) == 0 && st.st_size < 2 << 20, "%s: %lld bytes", names[i],
			  (long long)st.st_size);
	}
	files_remove(dir);
}

/* The recipe of hello with one text in place of another. */
static void edit_recipe(struct arena *a, const char *path, const char *from, const char *to)
{
	const char *text = files_get(a, "recipes/hello.json"), *at = strstr(text, from);

	cr_assert(at != NULL, "%s", from);
	cr_assert_eq(unlink(path), 0);
	files_put(path, arena_printf(a, "%.*s%s%s", (int)(at - text), text, to, at + strlen(from)));
}

Test(audit, an_image_that_its_policy_refuses_is_kept_aside, .timeout = 600)
{
	AUTO_ARENA a = { 0 };
	const char *dir = files_temporary(&a), *output = arena_printf(&a, "%s/out", dir);
	const char *recipe = arena_printf(&a, "%s/recipes/hello.json", dir);
	const char *aside = arena_printf(&a, "%s.rejected", output);
	struct oracle_run r;

	ORACLE(&a, "cp", "--archive", "images.json", "locks", "recipes", "rootfs", "scripts-free",
	       dir);
	edit_recipe(&a, recipe, "\"user\": \"65532:65532\"", "\"user\": \"0:0\"");
	r = IMGBUILD(&a, "--progress=plain", recipe, "-o", output);
	cr_expect_eq(r.status, 1, "%d %s", r.status, r.err.p);
	cr_expect(strstr(r.err.p, "refuses hello; it was kept as"), "%s", r.err.p);
	cr_expect(access(output, F_OK) < 0, "the image is in its place");
	r = IMGBUILD(&a, "audit", aside);
	cr_expect_eq(r.status, 1, "%s", r.err.p);
	expect_in_report(r.out, "config.user-root");
	edit_recipe(&a, recipe, "\"user\": \"65532:65532\"",
		    "\"user\": \"65532:65532\", \"labels\": {\"again\": \"1\"}");
	r = IMGBUILD(&a, "--progress=plain", recipe, "-o", output);
	cr_expect_eq(r.status, 0, "%s", r.err.p);
	cr_expect(access(output, F_OK) == 0 && access(aside, F_OK) < 0,
		  "the refused image is still there");
	files_remove(dir);
}

/* The file that tells apt of this machine's mirrors. */
static const char *apt_sources(void)
{
	static const char *const files[] = { "/etc/apt/sources.list.d/debian.sources",
					     "/etc/apt/sources.list" };

	for (size_t i = 0; i < 2; i++)
		if (access(files[i], R_OK) == 0)
			return files[i];
	cr_skip_test("apt has no sources here");
	return NULL;
}

static const char *host_codename(struct arena *a)
{
	const char *at = strstr(files_get(a, "/etc/os-release"), "VERSION_CODENAME=");

	if (!at)
		cr_skip_test("this is not a Debian");
	return arena_strndup(a, at + 17, strcspn(at + 17, "\"\n"));
}

/* Debian as mmdebstrap makes it: a few packages unpacked, or with IMGBUILD_TEST_DEBIAN=essential (a
 * minute more) the whole of a working system. Gives an archive as podman saves it. */
static const char *make_debian(struct arena *a, struct podman *p, bool whole)
{
	const char *tar = arena_printf(a, "%s/debian.tar", p->dir),
		   *saved = arena_printf(a, "%s/saved.tar", p->dir);
	struct oracle_run r =
		oracle_run(a, (const char *const[]){
				      "mmdebstrap", "--quiet", "--mode=root",
				      whole ? "--variant=essential" : "--variant=extract",
				      whole ? "--include=apt" : "--include=dash,passwd,apt,dpkg",
				      "--aptopt=Acquire::Languages \"none\"", host_codename(a), tar,
				      apt_sources(), NULL });

	if (r.status)
		cr_skip_test("mmdebstrap cannot make a Debian here");
	PODMAN_MUST(p, "import", "--change", "CMD [\"/bin/sh\",\"-c\",\"true\"]", tar,
		    "debian:made");
	PODMAN_MUST(p, "save", "--format", "docker-archive", "-o", saved, "debian:made");
	return saved;
}

Test(audit, of_a_debian_finds_its_shells_setuid_programs_and_package_manager, .timeout = 900)
{
	const char *asked = getenv("IMGBUILD_TEST_DEBIAN");
	bool whole = asked && strcmp(asked, "essential") == 0;
	AUTO_ARENA a = { 0 };
	struct podman p;
	struct str said;

	oracle_need("mmdebstrap");
	if (geteuid() != 0)
		cr_skip_test("only root can make a Debian this way");
	podman_open(&p, &a);
	said = audit_of_image(&a, make_debian(&a, &p, whole), "strict", 1);
	expect_in_report(said, "bin/dash: its content is that of a POSIX shell");
	expect_in_report(said, "file.setuid");
	expect_in_report(said, "bin/passwd: mode 4755, owner 0");
	expect_in_report(said, "program.package-manager");
	expect_in_report(said, "bin/dpkg: a package manager");
	expect_in_report(said, "config.shell-form");
	expect_in_report(said, "config.user-root");
	expect_in_report(said, "script.shell");
	expect_not(said, "elf.library-missing");
	expect_not(said, "elf.symbol-missing");
	expect_not(said, "file.modified");
	if (whole) {
		expect_in_report(said, "bin/bash: its content is that of bash");
		expect_not(said, "package.none");
		expect_not(said, "package.copyright-missing");
		expect_not(said, "package.bad-record");
	}
	podman_close(&p);
}

/* Something to put into images: a program that works alone, and what no image should have. */
static const char *make_contents(struct arena *a, const char *dir)
{
	const char *root = arena_printf(a, "%s/contents", dir);

	files_put(arena_printf(a, "%s/app/run.sh", root), "#!/bin/sh\necho hello\n");
	files_put(
		arena_printf(a, "%s/app/id_rsa", root),
		"-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIHRlc3Qga2V5IG5vdCBhIHNlY3JldCBhdCBhbGwh\n");
	cr_assert_eq(chmod(arena_printf(a, "%s/app/run.sh", root), 0755), 0);
	return root;
}

static void expect_contents(struct str said)
{
	expect_in_report(said,
			 "/app/run.sh: its first line asks for /bin/sh, which is not in the image");
	expect_in_report(said, "/app/id_rsa: it holds a private key");
	expect_in_report(said, "config.user-root");
}

#define BUILDAH(p, ...)                                                                          \
	ORACLE((p)->a, "buildah", "--root", arena_printf((p)->a, "%s/b", (p)->dir), "--runroot", \
	       arena_printf((p)->a, "%s/r", (p)->dir), "--storage-driver=vfs", __VA_ARGS__)

Test(audit, of_an_image_by_buildah, .timeout = 600)
{
	AUTO_ARENA a = { 0 };
	struct podman p;
	const char *image;
	struct str said;

	oracle_need("buildah");
	podman_open(&p, &a);
	image = arena_printf(&a, "oci:%s/layout:made", p.dir);
	BUILDAH(&p, "from", "--name=work", "scratch");
	BUILDAH(&p, "copy", "work", make_contents(&a, p.dir), "/");
	BUILDAH(&p, "config", "--cmd=/app/run.sh", "--env=API_TOKEN=abc", "--port=80", "work");
	BUILDAH(&p, "commit", "--quiet", "work", image);
	said = audit_of_image(&a, image, "strict", 1);
	expect_contents(said);
	expect_in_report(said, "the variable API_TOKEN has a value");
	expect_in_report(said, "config.port-privileged: exposes a port below 1024 (1)");
	podman_close(&p);
}

Test(audit, of_an_image_by_umoci, .timeout = 600)
{
	AUTO_ARENA a = { 0 };
	const char *dir = files_temporary(&a), *layout = arena_printf(&a, "%s/layout", dir);
	const char *image = arena_printf(&a, "%s:made", layout);

	oracle_need("umoci");
	ORACLE(&a, "umoci", "init", "--layout", layout);
	ORACLE(&a, "umoci", "new", "--image", image);
	ORACLE(&a, "umoci", "insert", "--image", image,
	       arena_printf(&a, "%s/app", make_contents(&a, dir)), "/app");
	ORACLE(&a, "umoci", "config", "--image", image, "--config.cmd", "/app/run.sh");
	expect_contents(audit_of_image(&a, arena_printf(&a, "oci:%s", image), "strict", 1));
	files_remove(dir);
}
