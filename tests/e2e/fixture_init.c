/* SPDX-License-Identifier: Apache-2.0 */
/* init, as a program. */

#include "e2e/fixture_init.h"

#include <criterion/criterion.h>
#include <unistd.h>

#include "e2e/fixture_image.h"
#include "support/fixture_files.h"

struct initiated init_in(struct arena *a, const char *folder, const char *words)
{
	return (struct initiated){
		folder, imgbuild_in(a, folder, arena_printf(a, "--progress=quiet init %s", words))
	};
}

struct initiated init_folder(struct arena *a, const char *package)
{
	return init_in(a, files_temporary(a), package);
}

void init_load(struct podman *p, const struct initiated *made, const char *package)
{
	struct oracle_run r = imgbuild_in(
		p->a, made->folder,
		arena_printf(
			p->a,
			"--progress=quiet --locked --no-audit recipes/%s.json --archive %s.tar",
			package, package));

	cr_assert_eq(r.status, 0, "%s: %s%s", package, r.out.p, r.err.p);
	PODMAN_MUST(p, "load", "--input", arena_printf(p->a, "%s/%s.tar", made->folder, package));
}

const char *init_image_name(struct podman *p, const char *package)
{
	return arena_printf(p->a, "localhost/%s:latest", package);
}

void init_image(struct podman *p, const char *package)
{
	struct initiated made;

	if (PODMAN(p, "image", "exists", init_image_name(p, package)).status == 0)
		return;
	made = init_folder(p->a, package);
	cr_assert_eq(made.run.status, 0, "%s: %s%s", package, made.run.out.p, made.run.err.p);
	cr_expect(strstr(made.run.out.p, arena_printf(p->a, "out/%s: passes strict", package)),
		  "%s", made.run.out.p);
	init_load(p, &made, package);
	files_remove(made.folder);
}
