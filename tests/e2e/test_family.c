/* SPDX-License-Identifier: Apache-2.0 */
/* The bases that come with imgbuild: the smallest ones, and one with a program. tests/full has all
 * of them. */

#include <criterion/criterion.h>

#include "e2e/fixture_image.h"
#include "e2e/fixture_podman.h"
#include "support/fixture_files.h"

/* Builds recipes/family/NAME.json with all its variants below DIR/out. */
static void family_build(struct arena *a, const char *name)
{
	struct oracle_run r = IMGBUILD(a, "--locked", "--progress=plain",
				       arena_printf(a, "recipes/family/%s.json", name));

	cr_assert_eq(r.status, 0, "%s: %s", name, r.err.p);
}

/* Digests with blanks between, as skopeo reads them. */
static const char *family_layers_of(struct arena *a, const char *image)
{
	struct str said = str_trim(ORACLE(a, "skopeo", "inspect", "--format", "{{.Layers}}",
					  arena_printf(a, "oci:out/%s", image)));

	cr_assert(said.n > 2 && said.p[0] == '[', "%s", said.p);
	return str_dup(a, (struct str){ said.p + 1, said.n - 2 });
}

static const char family_elf_files[] =
	"import os, sys\n"
	"for folder, _, names in os.walk(sys.argv[1]):\n"
	"    for name in names:\n"
	"        path = os.path.join(folder, name)\n"
	"        if not os.path.islink(path) and open(path, 'rb').read(4) == b'\\x7fELF': print(path)\n";

Test(family, static_holds_nothing_that_needs_a_loader_and_its_variants_share_it, .timeout = 600)
{
	AUTO_ARENA a = { 0 };
	const char *dir = files_temporary(&a), *plain, *debug, *root;
	struct podman p;
	struct oracle_run r;

	family_build(&a, "static");
	root = image_unpack(&a, dir, "out/static", "static");
	cr_expect_str_eq(ORACLE(&a, "/usr/bin/python3", "-c", family_elf_files, root).p, "");
	plain = family_layers_of(&a, "static");
	debug = family_layers_of(&a, "static-debug");
	cr_expect_str_eq(family_layers_of(&a, "static-nonroot"), plain);
	cr_expect_str_eq(family_layers_of(&a, "static-debug-nonroot"), debug);
	/* all but the uppermost, where the names of its shell stand */
	for (const char *one = plain; strchr(one, ' '); one = strchr(one, ' ') + 1)
		cr_expect_not_null(strstr(debug, arena_strndup(&a, one, strcspn(one, " "))),
				   "debug has not %s of %s", one, plain);
	podman_open(&p, &a);
	r = IMGBUILD(&a, "test", "out/static-debug-nonroot", "recipes/family/common.tests.json",
		     "recipes/family/debug.tests.json", "--no-skips");
	cr_expect_eq(r.status, 0, "%s%s", r.out.p, r.err.p);
	podman_close(&p);
	files_remove(dir);
}

Test(family, strict_refuses_the_debug_image_of_somebody_who_does_not_say_so, .timeout = 600)
{
	AUTO_ARENA a = { 0 };
	struct oracle_run r;

	family_build(&a, "static");
	r = IMGBUILD(&a, "audit", "--policy", "strict", "--recipe", "none",
		     "out/static-debug-nonroot");
	cr_expect_eq(r.status, 1, "%s", r.out.p);
	cr_expect_not_null(strstr(r.out.p, "/usr/bin/busybox"), "%s", r.out.p);
	r = IMGBUILD(&a, "audit", "out/static-debug-nonroot");
	cr_expect_eq(r.status, 0, "%s", r.out.p);
	r = IMGBUILD(&a, "audit", "--policy", "strict", "out/static-nonroot");
	cr_expect_eq(r.status, 0, "%s", r.out.p);
}

Test(family, python_imports_all_that_it_has_and_why_names_its_line, .timeout = 900)
{
	AUTO_ARENA a = { 0 };
	struct podman p;
	struct oracle_run r;

	family_build(&a, "python3");
	podman_open(&p, &a);
	PODMAN_MUST(&p, "load", "--input",
		    str_dup(&a,
			    str_trim(ORACLE(&a, "sh", "-c",
					    "tar -cf \"$1/python3.tar\" -C out/python3 . && echo "
					    "\"$1/python3.tar\"",
					    "sh", p.dir))));
	r = PODMAN(&p, "run", "--rm", "--network=none", "localhost/python3:latest", "-c",
		   image_import_everything);
	cr_expect_eq(r.status, 0, "%s%s", r.out.p, r.err.p);
	podman_close(&p);
	r = IMGBUILD(&a, "why", "out/python3", "/usr/bin/python3.13");
	cr_expect_not_null(strstr(r.out.p, "component python keeps \"/usr/bin/python3.13\""),
			   "%s%s", r.out.p, r.err.p);
	r = IMGBUILD(&a, "why", "out/python3", "libexpat.so.1");
	cr_expect_not_null(strstr(r.out.p, "a library that files of python3 need"), "%s%s", r.out.p,
			   r.err.p);
	r = IMGBUILD(&a, "why", "out/python3", "/etc/ssl/certs/ca-certificates.crt");
	cr_expect_not_null(strstr(r.out.p,
				  "made here: \"ca-bundle\" of recipes/family/static.json"),
			   "%s%s", r.out.p, r.err.p);
}
