/* SPDX-License-Identifier: Apache-2.0 */
/* recipes/services: images that are kept. Each is built from its lock, passes its tests and
 * `strict`, and does its work under podman. IMGBUILD_SERVICES_ONLY="nginx memcached" asks for some
 * of them. */

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>

#include "e2e/fixture_image.h"
#include "e2e/fixture_init.h"
#include "e2e/fixture_service.h"

#define SERVICES 12 /* at least */
#define VOLUME "kept-service"

/* What has to be there before it starts: a variant of the image makes it in a volume. */
static const struct kept_preparation {
	const char *name, *variant, *at;
} kept_preparations[] = {
	{ "postgresql-17", "initdb", "/var/lib/postgresql/17" },
};

static const struct kept_preparation *kept_prepare(struct podman *p, const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(kept_preparations); i++) {
		const struct kept_preparation *x = &kept_preparations[i];

		if (strcmp(x->name, name) != 0)
			continue;
		service_load(p, name, x->variant);
		PODMAN_MUST(p, "run", "--rm", "--network=none",
			    arena_printf(p->a, "--volume=" VOLUME ":%s", x->at),
			    arena_printf(p->a, "localhost/%s:%s", name, x->variant));
		return x;
	}
	return NULL;
}

/* Tests with their commands, and the audit once more: nothing but the image tells what it may. */
static void kept_judge(struct podman *p, const char *name, const char *image)
{
	const char *tests = arena_printf(p->a, "recipes/services/%s.tests.json", name);
	struct oracle_run r = IMGBUILD(p->a, "test", "--no-skips", image, tests,
				       "recipes/services/common.tests.json");

	cr_expect_eq(r.status, 0, "%s: %s%s", name, r.out.p, r.err.p);
	r = IMGBUILD(p->a, "audit", "--policy", "strict", image);
	cr_expect_eq(r.status, 0, "%s: %s%s", name, r.out.p, r.err.p);
}

Test(kept_services, every_one_is_built_from_its_lock_and_does_its_work, .timeout = 7200)
{
	AUTO_ARENA a = { 0 };
	struct strings names = service_names(&a);
	const char *only = getenv("IMGBUILD_SERVICES_ONLY");
	struct init_table rows = { 0 };
	struct podman p;

	oracle_need("curl");
	cr_expect_geq(names.n, SERVICES);
	init_table_read(&a, &rows);
	podman_open(&p, &a);
	for (size_t i = 0; i < names.n; i++) {
		const char *name = names.v[i];
		const struct kept_preparation *x;
		struct strings options = { 0 };

		if (only && !strstr(arena_printf(&a, " %s ", only), arena_printf(&a, " %s ", name)))
			continue;
		fprintf(stderr, "%s\n", name);
		kept_judge(&p, name, service_load(&p, name, "latest"));
		x = kept_prepare(&p, name);
		if (x)
			*list_push(&a, &options) = arena_printf(&a, "--volume=" VOLUME ":%s",
								x->at);
		service_expect(&p, &rows, name, options);
		PODMAN(&p, "rmi", "--force", init_image_name(&p, name));
	}
	podman_close(&p);
}
