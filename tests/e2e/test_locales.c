/* SPDX-License-Identifier: Apache-2.0 */
/* Locales that a recipe asks for: the C library of the image finds them, and no others. */

#include <criterion/criterion.h>
#include <string.h>

#include "e2e/fixture_image.h"
#include "e2e/fixture_podman.h"
#include "support/fixture_files.h"

static const char locales_recipe[] =
	"{ \"name\": \"app\", \"base\": \"cc-debian13\",\n"
	"  \"components\": [ { \"name\": \"locale\", \"providers\": [ { \"packages\": [\"libc-bin\"] } ],\n"
	"    \"keep\": [\"/usr/bin/locale\"] } ],\n"
	"  \"effects\": { \"locales\": [\"%s\", \"C.UTF-8\", \"sr_RS@latin\"] },\n"
	"  \"config\": { \"entrypoint\": [\"/usr/bin/locale\"], \"user\": \"65532:65532\" } }\n";

static struct oracle_run locales_build(struct arena *a, const char *dir, const char *first)
{
	const char *recipe = arena_printf(a, "%s/app.json", dir);

	files_put(arena_printf(a, "%s/images.json", dir), "{}\n");
	files_put(recipe, arena_printf(a, locales_recipe, first));
	return IMGBUILD(a, "--progress=plain", recipe, "-o", arena_printf(a, "%s/out", dir),
			"--archive", arena_printf(a, "%s/app.tar", dir));
}

static const char *locales_ask(struct podman *p, const char *locale, const char *option,
			       const char *word)
{
	struct oracle_run r = PODMAN(p, "run", "--rm", "--network=none", "--read-only",
				     arena_printf(p->a, "--env=LC_ALL=%s", locale),
				     "localhost/app:latest", option, word);

	cr_expect_eq(r.status, 0, "%s", r.err.p);
	return r.out.p;
}

Test(locales, the_c_library_finds_those_of_the_recipe, .timeout = 900)
{
	AUTO_ARENA a = { 0 };
	const char *dir = files_temporary(&a);
	struct oracle_run r;
	struct podman p;

	podman_open(&p, &a);
	r = locales_build(&a, dir, "de_DF.UTF-8");
	cr_expect_eq(r.status, 3, "%d: %s", r.status, r.err.p);
	cr_expect(strstr(r.err.p,
			 "app.json:4:27: image app: locales: package locales-all: it has no locale "
			 "de_DF.UTF-8; did you mean \"de_DE.utf8\"?"),
		  "%s", r.err.p);
	r = locales_build(&a, dir, "de_DE.UTF-8");
	cr_assert_eq(r.status, 0, "%s%s", r.out.p, r.err.p);
	PODMAN_MUST(&p, "load", "--input", arena_printf(&a, "%s/app.tar", dir));
	cr_expect_str_eq(locales_ask(&p, "de_DE.UTF-8", "-k", "decimal_point"),
			 "decimal_point=\",\"\n");
	cr_expect(strstr(locales_ask(&p, "de_DE.UTF-8", "-k", "mon"), ";April;Mai;Juni;"));
	cr_expect(strstr(locales_ask(&p, "sr_RS@latin", "-k", "charmap"), "UTF-8"));
	cr_expect_str_eq(locales_ask(&p, "C.UTF-8", "--all-locales", "--all-locales"),
			 "C\nC.utf8\nPOSIX\nde_DE.utf8\nsr_RS@latin\n");
	r = IMGBUILD(&a, "why", "--recipe", arena_printf(&a, "%s/app.json", dir),
		     arena_printf(&a, "%s/out", dir), "/usr/lib/locale/de_DE.utf8/LC_TIME");
	cr_expect(strstr(r.out.p, "made here: \"locales\" of "), "%s%s", r.out.p, r.err.p);
	podman_close(&p);
	files_remove(dir);
}
