/* SPDX-License-Identifier: Apache-2.0 */
/* Images for the tests. */

#include "e2e/fixture_image.h"

#include <criterion/criterion.h>
#include <unistd.h>

/* modules that need what the image leaves out on purpose, or another system */
const char image_import_everything[] =
	"import sys, importlib, warnings\n"
	"warnings.simplefilter('ignore')\n"
	"skip = {'idlelib', 'turtledemo', 'tkinter', '_tkinter', 'turtle', 'test', 'antigravity', 'this',\n"
	"        'ensurepip', 'lib2to3', 'msvcrt', '_winapi', 'winreg', 'winsound', '_overlapped', 'nt',\n"
	"        '_msi', 'ossaudiodev', '_scproxy', '_android_support', '_apple_support', '_ios_support',\n"
	"        '_aix_support', '_wmi', '_curses', '_curses_panel', 'curses', '_dbm', '_gdbm', 'dbm'}\n"
	"bad = []\n"
	"for name in sorted(sys.stdlib_module_names - skip):\n"
	"    try: importlib.import_module(name)\n"
	"    except Exception as e: bad.append(f'{name}: {e}')\n"
	"print('\\n'.join(bad))\n"
	"sys.exit(bool(bad))\n";

struct oracle_run imgbuild_run(struct arena *a, const char *const *args)
{
	struct strings argv = { 0 };

	*list_push(a, &argv) = "./imgbuild";
	while (*args)
		*list_push(a, &argv) = *args++;
	*list_push(a, &argv) = NULL;
	return oracle_run(a, argv.v);
}

const char *image_build(struct arena *a, const char *dir, const char *name)
{
	const char *layout = arena_printf(a, "%s/%s", dir, name);
	struct oracle_run r = IMGBUILD(a, "--progress=plain",
				       arena_printf(a, "recipes/%s.json", name), "-o", layout,
				       "--archive", arena_printf(a, "%s/%s.tar", dir, name));

	cr_assert_eq(r.status, 0, "imgbuild recipes/%s.json: %d %s%s", name, r.status, r.err.p,
		     r.out.p);
	return layout;
}

const char *image_unpack(struct arena *a, const char *dir, const char *layout, const char *name)
{
	const char *bundle = arena_printf(a, "%s/bundle-%s", dir, name);

	oracle_need("umoci");
	ORACLE(a, "umoci", "unpack", "--rootless", "--image",
	       arena_printf(a, "%s:%s:latest", layout, name), bundle);
	return arena_printf(a, "%s/rootfs", bundle);
}

struct oracle_run imgbuild_in(struct arena *a, const char *folder, const char *words)
{
	char here[4096];

	cr_assert(getcwd(here, sizeof(here)));
	return oracle_run(a, (const char *const[]){ "sh", "-c",
						    arena_printf(a, "cd %s && exec %s/imgbuild %s",
								 folder, here, words),
						    NULL });
}
