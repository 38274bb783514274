/* SPDX-License-Identifier: Apache-2.0 */
/* A small repository that compiles in seconds once the toolchain is there. */

#include "e2e/fixture_repo.h"

#include <criterion/criterion.h>
#include <time.h>
#include <unistd.h>

#include "support/fixture_files.h"

static const char recipe[] =
	"{ \"name\": \"tiny\", \"base\": \"cc-debian13\",\n"
	"  \"components\": [ { \"name\": \"tiny\", \"providers\": [ { \"source\": \"sources/tiny.json\" } ] } ],\n"
	"  \"config\": { \"entrypoint\": [\"/usr/bin/hostname\"], \"user\": \"65532:65532\" } }\n";

void repo_open(struct repo *r, struct arena *a)
{
	const char *recipes;

	*r = (struct repo){ .a = a, .dir = files_temporary(a) };
	recipes = arena_printf(a, "%s/recipes", r->dir);
	files_put(arena_printf(a, "%s/tiny.json", recipes), recipe);
	ORACLE(a, "cp", "--recursive", "images.json", "locks", "rootfs", r->dir);
	ORACLE(a, "cp", "--recursive", "recipes/toolchain", "recipes/cc-debian13.json",
	       "recipes/cc-debian13.lock.json", recipes);
}

void repo_close(struct repo *r)
{
	files_remove(r->dir);
}

void repo_source_text(struct repo *r, const char *text)
{
	files_put(arena_printf(r->a, "%s/recipes/sources/tiny.json", r->dir), text);
}

void repo_source(struct repo *r, const char *more)
{
	repo_source_text(
		r,
		arena_printf(
			r->a,
			"{ \"name\": \"tiny\", \"debian-source\": \"hostname\", \"toolchain\": \"../toolchain/cxx.json\",\n"
			"  \"env\": { \"CFLAGS\": \"-O2 -ffile-prefix-map=${source}=. -fPIE\", \"NONCE\": \"%ld.%u\",\n"
			"           \"LDFLAGS\": \"-pie -Wl,-z,relro,-z,now ${package-note}\" },\n"
			"  \"steps\": [ { \"name\": \"make\", \"run\": [\"make\", \"-j${jobs}\", \"hostname\"] },\n"
			"    { \"name\": \"install\", \"run\": [\"install\", \"-D\", \"hostname\", \"${destdir}/usr/bin/hostname\"] } ],\n"
			"  \"keep\": [\"/usr/bin/hostname\"], \"package\": { \"name\": \"hostname\", \"suffix\": \"+test1\" }%s }\n",
			(long)time(NULL) + getpid(), ++r->nonce, more));
}

struct oracle_run repo_build(struct repo *r)
{
	return oracle_run(r->a,
			  (const char *const[]){ "./imgbuild", "--progress=plain",
						 arena_printf(r->a, "%s/recipes/tiny.json", r->dir),
						 "-o", arena_printf(r->a, "%s/out/tiny", r->dir),
						 r->option, NULL });
}

const char *repo_layers(struct repo *r)
{
	struct oracle_run b = repo_build(r);

	cr_assert_eq(b.status, 0, "%d: %s%s", b.status, b.out.p, b.err.p);
	oracle_need("skopeo");
	return ORACLE(r->a, "skopeo", "inspect", "--format", "{{.Layers}}",
		      arena_printf(r->a, "oci:%s/out/tiny:tiny:latest", r->dir))
		.p;
}
