/* SPDX-License-Identifier: Apache-2.0 */
/* Effects, beside what the real programs leave in a Debian 13. */

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "e2e/fixture_image.h"
#include "full/fixture_debian13.h"
#include "support/fixture_files.h"

static void real_install(struct arena *a, const char *package)
{
	struct oracle_run r = DEBIAN13(a, "sh", "-c",
				       "dpkg -s \"$0\" >/dev/null 2>&1 || { apt-get update && "
				       "apt-get install --yes --no-install-recommends \"$0\"; }",
				       package);

	cr_assert_eq(r.status, 0, "%s: %s%s", package, r.out.p, r.err.p);
}

Test(real_effects, locales_are_what_localedef_writes, .timeout = 1800)
{
	static const char recipe[] =
		"{ \"name\": \"app\", \"base\": \"cc-debian13\",\n"
		"  \"config\": { \"user\": \"65532:65532\" },\n"
		"  \"effects\": { \"locales\": [\"de_DE.UTF-8\", \"ja_JP.UTF-8\"] } }\n";
	static const char *const sources[] = { "de_DE", "ja_JP" };
	AUTO_ARENA a = { 0 };
	const char *root = debian13_root(&a), *dir = files_temporary(&a), *out;
	struct oracle_run r;

	oracle_need("umoci");
	real_install(&a, "locales");
	files_put(arena_printf(&a, "%s/images.json", dir), "{}\n");
	files_put(arena_printf(&a, "%s/app.json", dir), recipe);
	r = IMGBUILD(&a, "--progress=plain", arena_printf(&a, "%s/app.json", dir), "-o",
		     arena_printf(&a, "%s/out", dir));
	cr_assert_eq(r.status, 0, "%s%s", r.out.p, r.err.p);
	out = image_unpack(&a, dir, arena_printf(&a, "%s/out", dir), "app");
	for (size_t i = 0; i < ARRAY_SIZE(sources); i++) {
		const char *made = arena_printf(&a, "/var/lib/locales-of-test/%s.utf8", sources[i]);

		r = DEBIAN13(&a, "sh", "-c",
			     "mkdir -p /var/lib/locales-of-test && "
			     "localedef --no-archive --inputfile=\"$0\" --charmap=UTF-8 \"$1\"",
			     sources[i], made);
		cr_assert_eq(r.status, 0, "%s%s", r.out.p, r.err.p);
		ORACLE(&a, "diff", "--recursive", arena_printf(&a, "%s%s", root, made),
		       arena_printf(&a, "%s/usr/lib/locale/%s.utf8", out, sources[i]));
	}
	files_remove(dir);
}

/* Two pieces of byte code are equal behind their headers of 16 bytes: as code, for which constants
 * are shared depends on the process that compiled. */
static const char bytecode_compare[] =
	"import marshal, pathlib, sys\n"
	"real, made, n = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]), 0\n"
	"for x in sorted(real.rglob('*.pyc')):\n"
	"    y = made / x.relative_to(real)\n"
	"    a, b = (marshal.loads(p.read_bytes()[16:]) for p in (x, y))\n"
	"    assert a == b, y\n"
	"    assert y.read_bytes()[4:8] == b'\\1\\0\\0\\0', y\n"
	"    n += 1\n"
	"print(n)\n";

static const char *bytecode_build(struct arena *a, const char *dir, const char *to)
{
	const char *at;
	struct oracle_run r;

	/* each store compiles for itself */
	setenv("IMGBUILD_CACHE_DIR", arena_printf(a, "%s/store-%s", dir, to), 1);
	r = IMGBUILD(a, "--progress=plain", arena_printf(a, "%s/app.json", dir), "-o",
		     arena_printf(a, "%s/%s", dir, to));
	unsetenv("IMGBUILD_CACHE_DIR");
	at = strstr(r.out.p, "sha256:");
	cr_assert(r.status == 0 && at, "%s%s", r.out.p, r.err.p);
	return arena_strndup(a, at, strlen("sha256:") + 64);
}

Test(real_effects, byte_code_is_what_py3compile_writes, .timeout = 1800)
{
	static const char recipe[] =
		"{ \"name\": \"app\", \"base\": \"cc-debian13\", \"components\": [ {\n"
		"  \"name\": \"yaml\", \"providers\": [ { \"packages\": [\"python3-yaml\"] } ],\n"
		"  \"keep\": [\"/usr/lib/python3/**\"], \"depends\": { \"accept\": [\n"
		"    { \"package\": \"*\", \"reason\": \"a test of byte code\" } ] } } ],\n"
		"  \"effects\": { \"python-bytecode\": true },\n"
		"  \"config\": { \"user\": \"65532:65532\" } }\n";
	AUTO_ARENA a = { 0 };
	const char *root = debian13_root(&a), *dir = files_temporary(&a), *first, *out;
	struct oracle_run r;

	oracle_need("umoci");
	real_install(&a, "python3-yaml");
	files_put(arena_printf(&a, "%s/images.json", dir), "{}\n");
	files_put(arena_printf(&a, "%s/app.json", dir), recipe);
	first = bytecode_build(&a, dir, "one");
	cr_expect_str_eq(bytecode_build(&a, dir, "two"), first);
	out = image_unpack(&a, dir, arena_printf(&a, "%s/one", dir), "app");
	ORACLE(&a, "cp", "--recursive", arena_printf(&a, "%s/usr/lib/python3/dist-packages", out),
	       arena_printf(&a, "%s/var/lib/bytecode-of-test", root));
	r = DEBIAN13(&a, "python3", "-c", bytecode_compare, "/usr/lib/python3/dist-packages/yaml",
		     "/var/lib/bytecode-of-test/yaml");
	cr_expect(r.status == 0 && strtoul(r.out.p, NULL, 10) > 10, "%s%s", r.out.p, r.err.p);
	ORACLE(&a, "rm", "--recursive", arena_printf(&a, "%s/var/lib/bytecode-of-test", root));
	files_remove(dir);
}

/* The maintainer script of libglib2.0-0t64 lists modules and compiles schemas; with none of either
 * it leaves no file, which is why nothing has to be done in an image without them. */
Test(real_effects, lists_of_no_modules_are_no_files, .timeout = 1800)
{
	static const char clean[] = "set -e; p=$(mktemp --directory); mkdir -p $p/gio $p/schemas\n"
				    "/usr/lib/*/glib-2.0/gio-querymodules $p/gio\n"
				    "/usr/lib/*/glib-2.0/glib-compile-schemas $p/schemas >&2\n"
				    "find $p -type f";
	AUTO_ARENA a = { 0 };
	struct oracle_run r;

	(void)debian13_root(&a);
	real_install(&a, "libglib2.0-0t64");
	r = DEBIAN13(&a, "sh", "-c", clean);
	cr_assert_eq(r.status, 0, "%s", r.err.p);
	cr_expect_str_eq(r.out.p, "");
}
