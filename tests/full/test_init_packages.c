/* SPDX-License-Identifier: Apache-2.0 */
/* Sixty popular packages, each an image by one command and no edit, which then does its work under
 * podman. IMGBUILD_INIT_ONLY="nginx redis-server" asks for some of them. */

#include <stdio.h>
#include <stdlib.h>

#include <criterion/criterion.h>

#include "e2e/fixture_asking.h"
#include "e2e/fixture_image.h"
#include "e2e/fixture_init.h"
#include "support/fixture_files.h"

#define PACKAGES 60
#define SERVERS 40
#define WORK 50

/* Rules of which nothing may be accepted. */
static const char *const never_accepted[] = { "shell.program",	     "script.shell",
					      "file.setuid",	     "file.setgid",
					      "elf.library-missing", "script.interpreter-missing" };

/* The number of findings that the recipe accepts; none may be of the rules above. */
static unsigned row_accepts(struct arena *a, const struct initiated *made, const char *package)
{
	const char *recipe = files_get(a, arena_printf(a, "%s/recipes/%s.json", made->folder,
						       package));
	unsigned n = 0;

	for (size_t i = 0; i < ARRAY_SIZE(never_accepted); i++)
		cr_expect(!strstr(recipe, arena_printf(a, "\"rule\": \"%s\"", never_accepted[i])),
			  "%s accepts %s", package, never_accepted[i]);
	for (const char *at = recipe; (at = strstr(at, "\"rule\": ")); at++)
		n++;
	return n;
}

/* As a new user: init, audit, build again, load, ask. true: it works. */
static bool row_try(struct podman *p, const struct init_row *row)
{
	struct arena *a = p->a;
	struct init_asking k = { .p = p, .row = row, .folder = files_temporary(a) };
	struct initiated made = init_folder(a, row->package);
	const char *wrong = NULL;

	if (row->setup.n)
		oracle_ask(a,
			   (const char *const[]){ row->setup.v[0], row->setup.v[1], row->setup.v[2],
						  arena_printf(a, "%s/made", k.folder), NULL });
	ORACLE(a, "chmod", "--recursive", "a+rX", k.folder);
	if (row->ends) {
		cr_expect(strstr(made.run.out.p, row->ends) || strstr(made.run.err.p, row->ends),
			  "%s: %s%s", row->package, made.run.out.p, made.run.err.p);
		wrong = row->ends;
	} else if (made.run.status != 0) {
		wrong = arena_printf(a, "init: %s%s", made.run.out.p, made.run.err.p);
	} else {
		struct oracle_run audit =
			IMGBUILD(a, "audit", "--policy", "strict", "--recipe",
				 arena_printf(a, "%s/recipes/%s.json", made.folder, row->package),
				 arena_printf(a, "%s/out/%s", made.folder, row->package));

		if (audit.status != 0)
			wrong = arena_printf(a, "audit: %s%s", audit.out.p, audit.err.p);
		init_load(p, &made, row->package);
		if (!wrong) {
			asking_start(&k);
			wrong = asking_work(&k);
			asking_end(&k);
		}
		fprintf(stderr, "%-30s %-10s %2u accepted  %s\n", row->package, row->class,
			row_accepts(a, &made, row->package), wrong ? "FAILS" : "works");
	}
	if (row->ends)
		fprintf(stderr, "%-30s %-10s              ends: %s\n", row->package, row->class,
			row->ends);
	else
		cr_expect(!wrong, "%s: %s", row->package, wrong);
	PODMAN(p, "rmi", "--force", init_image_name(p, row->package));
	files_remove(made.folder);
	files_remove(k.folder);
	return !wrong;
}

Test(init_packages, sixty_become_images_that_work_or_say_what_is_to_be_decided, .timeout = 10800)
{
	AUTO_ARENA a = { 0 };
	const char *only = getenv("IMGBUILD_INIT_ONLY");
	struct init_table table = { 0 };
	size_t servers = 0, work = 0;
	struct podman p;

	oracle_need("curl");
	init_table_read(&a, &table);
	podman_open(&p, &a);
	for (size_t i = 0; i < table.n; i++) {
		const struct init_row *row = &table.v[i];

		servers += row->server;
		if (only &&
		    !strstr(arena_printf(&a, " %s ", only), arena_printf(&a, " %s ", row->package)))
			continue;
		work += row_try(&p, row);
	}
	podman_close(&p);
	cr_expect_eq(table.n, PACKAGES);
	cr_expect_geq(servers, SERVERS);
	cr_expect(only || work >= WORK, "%zu of %zu work", work, table.n);
}
