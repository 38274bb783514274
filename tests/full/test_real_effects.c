/* SPDX-License-Identifier: Apache-2.0 */
/* Effects, beside what the real programs leave in a Debian 13. */

#include <criterion/criterion.h>
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

/* The maintainer script of libglib2.0-0t64 lists modules and compiles schemas; with none of either
 * it leaves no file, which is why nothing has to be done in an image without them. */
Test(real_effects, lists_of_no_modules_are_no_files, .timeout = 1800)
{
	static const char clean[] =
		"set -e; p=$(mktemp --directory); m=usr/lib/$(dpkg-architecture -qDEB_HOST_MULTIARCH)\n"
		"mkdir -p $p/gio $p/schemas\n"
		"/$m/glib-2.0/gio-querymodules $p/gio\n"
		"/$m/glib-2.0/glib-compile-schemas $p/schemas 2>/dev/null || true\n"
		"find $p -type f";
	AUTO_ARENA a = { 0 };
	struct oracle_run r;

	(void)debian13_root(&a);
	real_install(&a, "libglib2.0-0t64");
	r = DEBIAN13(&a, "sh", "-c", clean);
	cr_assert_eq(r.status, 0, "%s", r.err.p);
	cr_expect_str_eq(r.out.p, "");
}
