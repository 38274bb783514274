/* SPDX-License-Identifier: Apache-2.0 */
/* Copies of projects, built and run. */

#include "e2e/fixture_project.h"

#include <criterion/criterion.h>
#include <stdlib.h>

#include "base/path.h"
#include "e2e/fixture_image.h"
#include "support/fixture_files.h"

void project_open(struct project *p, struct arena *a, const char *name)
{
	*p = (struct project){ .a = a, .dir = files_temporary(a) };
	ORACLE(a, "cp", "--recursive", arena_printf(a, "tests/e2e/projects/%s/.", name), p->dir);
	p->recipe = project_path(p, "recipe.json");
	p->name = arena_printf(a, "project-%s", name);
}

void project_close(struct project *p)
{
	files_remove(p->dir);
}

const char *project_path(struct project *p, const char *name)
{
	return arena_printf(p->a, "%s/%s", p->dir, name);
}

struct oracle_run project_build(struct project *p, const char *option)
{
	return IMGBUILD(p->a, "--progress=plain", p->recipe, "-o", project_path(p, "out"),
			"--archive", project_path(p, "out.tar"), option);
}

const char *project_digest(struct project *p, const char *option)
{
	struct oracle_run r = project_build(p, option);
	const char *at = strstr(r.out.p, "sha256:");

	cr_assert(r.status == 0 && at, "%d: %s%s", r.status, r.out.p, r.err.p);
	return arena_strndup(p->a, at, strlen("sha256:") + 64);
}

const char *project_answer(struct project *p, const char *argument)
{
	const char *image = arena_printf(p->a, "localhost/%s:latest", p->name);
	struct podman podman;
	struct str said;

	(void)project_digest(p, NULL);
	podman_open(&podman, p->a);
	PODMAN_MUST(&podman, "load", "--input", project_path(p, "out.tar"));
	said = PODMAN_MUST(&podman, "run", "--rm", "--network=none", image, argument);
	podman_close(&podman);
	return said.p;
}

const char *project_digest_elsewhere(struct project *p)
{
	struct project other = { .a = p->a, .dir = files_temporary(p->a), .name = p->name };
	const char *digest;

	ORACLE(p->a, "cp", "--recursive", arena_printf(p->a, "%s/.", p->dir), other.dir);
	ORACLE(p->a, "find", other.dir, "-exec", "touch", "-h", "-d", "2020-02-02", "{}", "+");
	other.recipe = project_path(&other, path_base(p->recipe));
	setenv("IMGBUILD_CACHE_DIR", project_path(&other, "store"), 1);
	digest = project_digest(&other, "-j1");
	unsetenv("IMGBUILD_CACHE_DIR");
	project_close(&other);
	return digest;
}
