/* SPDX-License-Identifier: Apache-2.0 */
/* What `make install` and `make deb` give: a program that finds all it needs from its own place, in
 * an empty folder of a user who has nothing else. */

#include <criterion/criterion.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "e2e/fixture_run.h"
#include "e2e/lintian.h"
#include "input/recipe/recipe.h"
#include "support/fixture_files.h"
#include "support/fixture_oracle.h"

#define EPOCH "SOURCE_DATE_EPOCH=1700000000"

/* Packages alone: nothing is compiled. */
static const char recipe[] = "{ \"name\": \"tool\", \"base\": \"cc-debian13\",\n"
			     "  \"components\": [ { \"name\": \"hostname\",\n"
			     "    \"providers\": [ { \"packages\": [\"hostname\"] } ],\n"
			     "    \"keep\": [\"/usr/bin/hostname\"] } ],\n"
			     "  \"config\": { \"entrypoint\": [\"/usr/bin/hostname\"],\n"
			     "    \"user\": \"65532:65532\" } }\n";

/* A user with an empty folder, a home of its own and the packages that this machine has already. */
struct newcomer {
	struct arena a;
	const char *dir, *folder, *store;
};

static void newcomer_open(struct newcomer *n)
{
	const char *own = getenv("IMGBUILD_CACHE_DIR"), *xdg = getenv("XDG_CACHE_HOME");

	*n = (struct newcomer){ 0 };
	n->dir = files_temporary(&n->a);
	n->folder = arena_printf(&n->a, "%s/folder", n->dir);
	n->store = own	 ? own
		   : xdg ? arena_printf(&n->a, "%s/imgbuild", xdg)
			 : arena_printf(&n->a, "%s/.cache/imgbuild", getenv("HOME"));
	files_put(arena_printf(&n->a, "%s/tool.json", n->folder), recipe);
	cr_assert_eq(mkdir(arena_printf(&n->a, "%s/home", n->dir), 0700), 0);
}

static void newcomer_close(struct newcomer *n)
{
	files_remove(n->dir);
	arena_free(&n->a);
}

/* Runs a program of the newcomer's with up to four arguments; `data` is IMGBUILD_DATA, "": not set.
 */
static struct oracle_run newcomer_run(struct newcomer *n, const char *program, const char *data,
				      const char *const words[4])
{
	return oracle_run(&n->a, (const char *const[]){
					 "env", "-C", n->folder,
					 arena_printf(&n->a, "HOME=%s/home", n->dir),
					 arena_printf(&n->a, "IMGBUILD_CACHE_DIR=%s", n->store),
					 arena_printf(&n->a, "IMGBUILD_DATA=%s", data), program,
					 "--progress=plain", words[0], words[1], words[2], words[3],
					 NULL });
}
#define RUN(n, program, data, ...) \
	newcomer_run((n), (program), (data), (const char *const[4]){ __VA_ARGS__ })

static void installed_expect(struct oracle_run r, int status)
{
	cr_assert_eq(r.status, status, "%d: %s%s", r.status, r.out.p, r.err.p);
}

/* make, as if nobody had called this by make. */
static void installed_make(struct arena *a, const char *target, const char *x, const char *y,
			   const char *z)
{
	ORACLE(a, "env", "-u", "MAKEFLAGS", "-u", "MFLAGS", "-u", "MAKELEVEL", EPOCH, "make",
	       target, x, y, z);
}

static const char *installed_digest(struct newcomer *n, struct oracle_run r)
{
	const char *at = strstr(r.out.p, "sha256:");

	cr_assert(r.status == 0 && at, "%d: %s%s", r.status, r.out.p, r.err.p);
	return arena_strndup(&n->a, at, strlen("sha256:") + 64);
}

/* The whole way of a new user, with the program at its place; gives the digest of the image. */
static const char *expect_first_image(struct newcomer *n, const char *program)
{
	struct oracle_run r = RUN(n, program, "", "tool.json");
	const char *digest = installed_digest(n, r);

	cr_expect(
		strstr(r.err.p,
		       "locks/cc-debian13.lock.json is not there yet: it begins as the lock that came with imgbuild"),
		"%s", r.err.p);
	cr_expect_eq(access(arena_printf(&n->a, "%s/locks/tools.lock.json", n->folder), R_OK), 0);
	cr_expect_eq(access(arena_printf(&n->a, "%s/tool.lock.json", n->folder), R_OK), 0);
	cr_expect_str_eq(installed_digest(n, RUN(n, program, "", "--frozen", "tool.json", "-o",
						 "again")),
			 digest);
	r = RUN(n, program, "", "why", "out/tool", "usr/lib/os-release");
	cr_expect(
		strstr(r.out.p,
		       "copied from (built-in) rootfs/cc-debian13  ((built-in) recipes/cc-debian13.json:"),
		"%s%s", r.out.p, r.err.p);
	r = RUN(n, program, "", "audit", "--fail-on", "never", "out/tool");
	cr_expect(str_starts(r.out, STR("accepts   0 exceptions of tool.json")), "%s%s", r.out.p,
		  r.err.p);
	return digest;
}

Test(install, an_empty_folder_and_a_recipe_of_six_lines_are_enough, .timeout = 600)
{
	struct newcomer n;
	const char *stage, *program, *own;

	newcomer_open(&n);
	stage = arena_printf(&n.a, "DESTDIR=%s/stage", n.dir);
	program = arena_printf(&n.a, "%s/stage/opt/imgbuild/bin/imgbuild", n.dir);
	installed_make(&n.a, "install", stage, "PREFIX=/opt/imgbuild", NULL);
	own = expect_first_image(&n, program);
	/* the program in the source tree finds the same beside it */
	cr_expect_str_eq(installed_digest(&n,
					  RUN(&n, arena_printf(&n.a, "%s/imgbuild", getenv("PWD")),
					      "", "--frozen", "tool.json", "-o", "other")),
			 own);
	installed_make(&n.a, "uninstall", stage, "PREFIX=/opt/imgbuild", NULL);
	cr_expect_str_eq(ORACLE(&n.a, "find", arena_printf(&n.a, "%s/stage", n.dir), "-not",
				"-type", "d")
				 .p,
			 "");
	newcomer_close(&n);
}

/* Decision of a release: a new imgbuild may have another base; whoever says --locked is asked
 * first. */
Test(install, another_imgbuild_is_refused_by_locked_and_told_else, .timeout = 600)
{
	struct newcomer n;
	struct oracle_run r;
	const char *data, *program, *first;

	newcomer_open(&n);
	installed_make(&n.a, "install", arena_printf(&n.a, "DESTDIR=%s/stage", n.dir),
		       "PREFIX=/usr", NULL);
	program = arena_printf(&n.a, "%s/stage/usr/bin/imgbuild", n.dir);
	first = installed_digest(&n, RUN(&n, program, "", "tool.json"));
	data = arena_printf(&n.a, "%s/data", n.dir);
	ORACLE(&n.a, "cp", "--recursive", arena_printf(&n.a, "%s/stage/usr/share/imgbuild", n.dir),
	       data);
	cr_expect_str_eq(installed_digest(&n, RUN(&n, program, data, "--frozen", "tool.json")),
			 first, "the folder's place does not matter");
	files_put(arena_printf(&n.a, "%s/rootfs/cc-debian13/etc/nsswitch.conf", data),
		  "hosts: files dns\n");
	r = RUN(&n, program, data, "--frozen", "tool.json");
	installed_expect(r, 3);
	cr_expect(
		strstr(r.err.p,
		       "locks/cc-debian13.lock.json was made with another imgbuild, and (built-in) "
		       "rootfs/cc-debian13/etc/nsswitch.conf is not as it was"),
		"%s", r.err.p);
	r = RUN(&n, program, data, "tool.json");
	cr_expect_str_neq(installed_digest(&n, r), first);
	cr_expect(strstr(r.err.p, "this one's is taken; imgbuild lock tool.json takes note of it"),
		  "%s", r.err.p);
	installed_expect(RUN(&n, program, data, "lock", "tool.json"), 0);
	installed_expect(RUN(&n, program, data, "--frozen", "tool.json"), 0);
	r = RUN(&n, program, "/nonexistent", "tool.json");
	installed_expect(r, 2);
	cr_expect(strstr(r.err.p, "IMGBUILD_DATA=/nonexistent"), "%s", r.err.p);
	newcomer_close(&n);
}

/* Every base and toolchain of the installed catalogue is there with all it names. */
Test(install, all_that_the_catalogue_names_is_there, .timeout = 600)
{
	static const char names[] =
		"import json, sys\n"
		"c = json.load(open(sys.argv[1]))\n"
		"assert 'images' not in c and c['archives'] and c['bases'] and c['toolchains']\n"
		"for n in c['bases']: print('{\"name\": \"x\", \"base\": \"%s\"}' % n)\n"
		"for n in c['toolchains']: print('{\"name\": \"x\", \"archive\": \"debian13\", \"programs\": [ { \"source\": "
		"\"src\", \"toolchain\": \"%s\", \"to\": \"/x\" } ]}' % n)\n";
	struct newcomer n;
	struct str rest, line;
	const char *data;

	newcomer_open(&n);
	installed_make(&n.a, "install", arena_printf(&n.a, "DESTDIR=%s/stage", n.dir),
		       "PREFIX=/usr", NULL);
	data = arena_printf(&n.a, "%s/stage/usr/share/imgbuild", n.dir);
	setenv("IMGBUILD_DATA", data, 1);
	files_put(arena_printf(&n.a, "%s/src/main.c", n.folder), "int main(void) { return 0; }");
	rest = ORACLE(&n.a, "python3", "-c", names, arena_printf(&n.a, "%s/images.json", data));
	while (str_next(&rest, '\n', &line)) {
		const char *path = arena_printf(&n.a, "%s/x.json", n.folder);
		struct recipe r;
		struct error e = { 0 };

		files_put(path, str_dup(&n.a, line));
		cr_assert(recipe_load(&n.a, path, &r, &e), "%s%s", e.context, e.cause);
		for (size_t i = 0; r.base && i < 2; i++) {
			const struct platform *p = platform_of_debian(i ? "arm64" : "amd64");

			cr_expect_eq(access(recipe_start_path(&n.a, r.base, p), R_OK), 0,
				     "no lock to start from: %s",
				     recipe_start_path(&n.a, r.base, p));
		}
	}
	newcomer_close(&n);
}

static const char *make_package(struct newcomer *n, const char *name)
{
	const char *out = arena_printf(&n->a, "%s/%s", n->dir, name);

	installed_make(&n->a, "deb", arena_printf(&n->a, "DEB=%s/deb", out),
		       arena_printf(&n->a, "DEB_OUT=%s/made", out), NULL);
	return str_dup(&n->a, str_trim(ORACLE(&n->a, "find", out, "-maxdepth", "2", "-name",
					      "imgbuild_*.deb")));
}

/* As dpkg sees it, in a root of its own: no maintainer script runs, so none is needed. */
Test(install, the_package_is_what_dpkg_installs, .timeout = 600)
{
	struct newcomer n;
	const char *package, *root, *contents;

	newcomer_open(&n);
	package = make_package(&n, "one");
	contents = ORACLE(&n.a, "dpkg-deb", "--contents", package).p;
	cr_expect(strstr(contents, "-rwxr-xr-x root/root") &&
			  strstr(contents, " ./usr/bin/imgbuild\n"),
		  "%s", contents);
	cr_expect(strstr(contents, " ./usr/share/man/man1/imgbuild.1.gz\n") &&
			  strstr(contents, " ./usr/share/man/man5/imgbuild-recipe.5.gz\n") &&
			  strstr(contents, " ./usr/share/bash-completion/completions/imgbuild\n"),
		  "%s", contents);
	cr_expect_null(strstr(contents, ".sh\n"));
	cr_expect_str_eq(ORACLE(&n.a, "sh", "-c", "dpkg-deb --ctrl-tarfile \"$1\" | tar --list",
				"sh", package)
				 .p,
			 "./\n./control\n./md5sums\n");
	contents = ORACLE(&n.a, "dpkg-deb", "--field", package, "Depends").p;
	cr_expect(strstr(contents, "libc6 (>= ") && strstr(contents, "libcurl4") &&
			  strstr(contents, "bubblewrap") && strstr(contents, "sqv | gpgv") &&
			  strstr(contents, "debian-archive-keyring"),
		  "%s", contents);
	root = arena_printf(&n.a, "%s/root", n.dir);
	files_put(arena_printf(&n.a, "%s/var/lib/dpkg/status", root), "");
	files_put(arena_printf(&n.a, "%s/var/lib/dpkg/info/x", root), "");
	files_put(arena_printf(&n.a, "%s/var/lib/dpkg/updates/1", root), "");
	unlink(arena_printf(&n.a, "%s/var/lib/dpkg/updates/1", root));
	ORACLE(&n.a, "env", "PATH=/usr/sbin:/usr/bin:/sbin:/bin", "dpkg",
	       arena_printf(&n.a, "--root=%s", root), "--force-not-root", "--force-depends",
	       "--log=/dev/null", "--install", package);
	cr_expect_str_eq(ORACLE(&n.a, "dpkg", arena_printf(&n.a, "--root=%s", root), "--verify",
				"imgbuild")
				 .p,
			 "");
	expect_first_image(&n, arena_printf(&n.a, "%s/usr/bin/imgbuild", root));
	newcomer_close(&n);
}

Test(install, the_package_is_the_same_wherever_it_is_made, .timeout = 600)
{
	struct newcomer n;
	const char *one;

	run_needs_time();
	newcomer_open(&n);
	one = make_package(&n, "one");
	umask(0077);
	setenv("TZ", "Asia/Kolkata", 1);
	ORACLE(&n.a, "cmp", one, make_package(&n, "another"));
	newcomer_close(&n);
}

Test(install, lintian_accepts_the_package, .timeout = 600)
{
	struct newcomer n;

	run_needs_time();
	newcomer_open(&n);
	lintian_accepts(&n.a, make_package(&n, "one"));
	newcomer_close(&n);
}
