/* SPDX-License-Identifier: Apache-2.0 */
/* What an audit has read of a layer counts for the next build that has the layer; an audit of its
 * own, and a build with --locked or of a CI service, read everything. */

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "support/fixture_files.h"
#include "support/fixture_minirepo.h"

#define RECIPE_WITH_FILE                                                            \
	"{ \"name\": \"mini\", \"archive\": \"mini\",\n"                            \
	"  \"components\": [ { \"name\": \"app\", \"providers\": [ { \"packages\":" \
	" [\"app\", \"libapp1\", \"libcap\"] } ] } ],\n"                            \
	"  \"files\": [ { \"from\": \"motd\", \"to\": \"/usr/bin/motd\","           \
	" \"mode\": \"0755\" } ],\n"                                                \
	"  \"config\": { \"user\": \"1000:0\", \"env\": { \"PATH\": \"/usr/bin\" } } }\n"

/* How many layers a run read the contents of, and what it said. */
static size_t layers_read(struct minirepo *m, const char *const *words, struct oracle_run *run)
{
	const char *path = arena_printf(m->a, "%s/trace.json", m->dir);
	struct strings all = { 0 };
	const char *at;
	size_t n = 0;

	while (*words)
		*list_push(m->a, &all) = *words++;
	*list_push(m->a, &all) = "--trace";
	*list_push(m->a, &all) = path;
	*list_push(m->a, &all) = NULL;
	*run = minirepo_run(m, all.v);
	cr_assert_leq(run->status, 1, "%s", run->err.p);
	at = files_get(m->a, path);
	while ((at = strstr(at, "\"audit layer\""))) {
		at++;
		n++;
	}
	return n;
}
#define LAYERS_READ(m, run, ...) layers_read((m), (const char *const[]){ __VA_ARGS__, NULL }, (run))

Test(kept_readings, a_layer_that_stays_is_hashed_and_not_read_again, .timeout = 60)
{
	AUTO_ARENA a = { 0 };
	struct minirepo m;
	struct oracle_run run;
	const char *motd, *found;
	size_t layers;

	minirepo_open(&m, &a);
	unsetenv("CI");
	motd = arena_printf(&a, "%s/repository/motd", m.dir);
	files_put(m.recipe, RECIPE_WITH_FILE);
	files_put(motd, "one\n");
	layers = LAYERS_READ(&m, &run, m.recipe, "-o", m.out);
	cr_assert_geq(layers, 2);
	files_put(motd, "#!/bin/sh\necho\n");
	cr_expect_eq(LAYERS_READ(&m, &run, m.recipe, "-o", m.out), 1);
	found = arena_printf(&a, "%s%s", run.out.p, run.err.p);
	cr_expect(strstr(found, "/usr/bin/motd"), "%s", found);
	cr_expect_eq(LAYERS_READ(&m, &run, m.recipe, "-o", m.out), 0);
	cr_expect_str_eq(arena_printf(&a, "%s%s", run.out.p, run.err.p), found);
	cr_expect_eq(LAYERS_READ(&m, &run, "--locked", m.recipe, "-o", m.out), layers);
	cr_expect_str_eq(arena_printf(&a, "%s%s", run.out.p, run.err.p), found);
	setenv("CI", "true", 1);
	cr_expect_eq(LAYERS_READ(&m, &run, m.recipe, "-o", m.out), layers);
	cr_expect_eq(LAYERS_READ(&m, &run, "audit", arena_printf(&a, "%s.rejected", m.out)),
		     layers);
	minirepo_close(&m);
}
