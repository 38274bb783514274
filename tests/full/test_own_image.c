/* SPDX-License-Identifier: Apache-2.0 */
/* recipes/imgbuild.json: imgbuild in an image that it makes of itself. What it builds there has the
 * digests of what the host's program builds: without a compiler under an engine's defaults, with
 * one by the options in docs/how-to/containers.md. No network is needed for either. */

#include <criterion/criterion.h>
#include <stdlib.h>

#include "e2e/fixture_image.h"
#include "e2e/fixture_podman.h"
#include "support/fixture_files.h"

/* A repository and a store of the image's user, and the image. */
struct own_image {
	struct arena a;
	struct podman p;
	const char *dir, *repository, *store;
};

static void own_image_open(struct own_image *x)
{
	struct arena *a = &x->a;

	*x = (struct own_image){ 0 };
	podman_open(&x->p, a);
	podman_image(&x->p, "imgbuild");
	x->dir = files_temporary(a);
	x->repository = arena_printf(a, "%s/repository", x->dir);
	x->store = arena_printf(a, "%s/store", x->dir);
	ORACLE(a, "mkdir", "--parents", x->repository,
	       arena_printf(a, "%s/blobs/sha256", x->store));
	ORACLE(a, "cp", "--archive", "images.json", "locks", "recipes", "rootfs", "scripts-free",
	       x->repository);
	ORACLE(a, "chmod", "a+rx", x->dir);
}

static void own_image_close(struct own_image *x)
{
	podman_close(&x->p);
	files_remove(x->dir);
	arena_free(&x->a);
}

/* What the lock of a recipe, and of its base, names: bytes as they were downloaded, and nothing
 * that was worked out. The host's build has fetched what is needed of them. */
static void own_image_fill(struct own_image *x, const char *recipe)
{
	static const char script[] =
		"sed -n 's/.*\"sha256\": \"\\([0-9a-f]*\\)\".*/\\1/p' locks/tools.lock.json "
		"recipes/cc-debian13.lock.json recipes/$1.lock.json | sort -u | "
		"while read -r x; do test ! -e \"$3/blobs/sha256/$x\" || "
		"cp --force \"$3/blobs/sha256/$x\" \"$2/blobs/sha256\"; done\n"
		"chown --recursive 65532:65532 \"$2\" \"$4\"\n";
	const char *own = getenv("IMGBUILD_CACHE_DIR"), *xdg = getenv("XDG_CACHE_HOME");

	if (!own)
		own = xdg ? arena_printf(&x->a, "%s/imgbuild", xdg)
			  : arena_printf(&x->a, "%s/.cache/imgbuild", getenv("HOME"));
	ORACLE(&x->a, "sh", "-c", script, "sh", recipe, x->store, own, x->repository);
}

static const char *own_image_digest(struct own_image *x, struct oracle_run r)
{
	const char *at = strstr(r.out.p, "sha256:");

	cr_assert(r.status == 0 && at, "%d: %s%s", r.status, r.out.p, r.err.p);
	return arena_strndup(&x->a, at, strlen("sha256:") + 64);
}

/* With these options of podman run; NULL for none. */
static struct oracle_run own_image_build(struct own_image *x, const char *recipe, const char *one,
					 const char *two)
{
	const char *work = arena_printf(&x->a, "--volume=%s:/work", x->repository);
	const char *store = arena_printf(&x->a, "--volume=%s:/var/cache/imgbuild", x->store);

	return PODMAN(&x->p, "run", "--rm", "--network=none", "--cap-drop=all", work, store,
		      one ? one : "--interactive=false", two ? two : "--interactive=false",
		      "localhost/imgbuild:latest", "--progress=plain", "--frozen",
		      arena_printf(&x->a, "recipes/%s.json", recipe));
}

static const char *own_image_host(struct own_image *x, const char *recipe)
{
	return own_image_digest(x, IMGBUILD(&x->a, "--locked",
					    arena_printf(&x->a, "recipes/%s.json", recipe), "-o",
					    arena_printf(&x->a, "%s/host-%s", x->dir, recipe)));
}

Test(own_image, builds_what_needs_no_compiler_under_the_defaults_of_an_engine, .timeout = 1800)
{
	struct own_image x;
	struct oracle_run r;
	const char *host;

	own_image_open(&x);
	host = own_image_host(&x, "cc-debian13");
	own_image_fill(&x, "cc-debian13");
	r = own_image_build(&x, "cc-debian13", NULL, NULL);
	cr_expect_str_eq(own_image_digest(&x, r), host);
	r = PODMAN(&x.p, "run", "--rm", "--network=none",
		   arena_printf(&x.a, "--volume=%s:/work", x.repository),
		   "localhost/imgbuild:latest", "audit", "out/cc-debian13");
	cr_expect_eq(r.status, 0, "%s%s", r.out.p, r.err.p);

	/* with a compiler it says what is missing */
	(void)own_image_host(&x, "hello");
	own_image_fill(&x, "hello");
	r = own_image_build(&x, "hello", NULL, NULL);
	cr_expect_eq(r.status, 6, "%d: %s%s", r.status, r.out.p, r.err.p);
	cr_expect(strstr(r.err.p, "namespace"), "%s", r.err.p);
	own_image_close(&x);
}

/* From an empty store, but for what the locks name. */
static void own_image_compiles(const char *recipe)
{
	struct own_image x;
	struct oracle_run r;
	const char *host;

	own_image_open(&x);
	host = own_image_host(&x, recipe);
	own_image_fill(&x, recipe);
	r = own_image_build(&x, recipe, "--security-opt=seccomp=unconfined",
			    "--security-opt=unmask=ALL");
	cr_expect_str_eq(own_image_digest(&x, r), host);
	own_image_close(&x);
}

Test(own_image, compiles_with_the_options_of_the_documents, .timeout = 1800)
{
	own_image_compiles("hello");
}

/* Squid and two programs of C: some ten minutes of two processors. */
Test(own_image, compiles_the_main_image, .timeout = 7200)
{
	own_image_compiles("cephalo");
}
