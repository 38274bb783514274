/* SPDX-License-Identifier: Apache-2.0 */
/* Images of recipes/services. */

#include "e2e/fixture_service.h"

#include <criterion/criterion.h>

#include "base/path.h"
#include "e2e/fixture_image.h"
#include "support/fixture_files.h"

#define FOLDER "recipes/services"

struct strings service_names(struct arena *a)
{
	struct strings files = files_below(a, FOLDER, ".json"), names = { 0 };

	for (size_t i = 0; i < files.n; i++) {
		struct str name, rest;

		/* "nginx.json", not "nginx.lock.json" */
		str_cut(str_of(path_base(files.v[i])), '.', &name, &rest);
		if (str_eq(rest, STR("json")))
			*list_push(a, &names) = str_dup(a, name);
	}
	return names;
}

const char *service_load(struct podman *p, const char *name, const char *variant)
{
	const char *out = arena_printf(p->a, "%s/%s-%s", p->dir, name, variant);
	const char *archive = arena_printf(p->a, "%s.tar", out);
	struct oracle_run r = IMGBUILD(p->a, "--locked", "--progress=plain", "--variant", variant,
				       arena_printf(p->a, FOLDER "/%s.json", name), "-o", out,
				       "--archive", archive);

	cr_assert_eq(r.status, 0, "%s: %s%s", name, r.err.p, r.out.p);
	PODMAN_MUST(p, "load", "--input", archive);
	return out;
}

static const struct init_row *service_row(const struct init_table *rows, const char *package)
{
	for (size_t i = 0; i < rows->n; i++) {
		if (strcmp(rows->v[i].package, package) == 0)
			return &rows->v[i];
	}
	cr_assert(false, "%s has no row in tests/full/init-packages.json", package);
	return NULL;
}

void service_expect(struct podman *p, const struct init_table *rows, const char *name,
		    struct strings options)
{
	struct init_asking k = { .p = p,
				 .row = service_row(rows, name),
				 .folder = files_temporary(p->a),
				 .options = options };
	const char *wrong;
	struct oracle_run r;

	ORACLE(p->a, "chmod", "a+rx", k.folder);
	asking_start(&k);
	wrong = asking_work(&k);
	cr_expect(!wrong, "%s: %s", name, wrong);
	r = PODMAN(p, "healthcheck", "run", ASKED);
	cr_expect_eq(r.status, 0, "%s: %s%s", name, r.out.p, r.err.p);
	asking_end(&k);
	files_remove(k.folder);
}
