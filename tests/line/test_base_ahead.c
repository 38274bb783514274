/* SPDX-License-Identifier: Apache-2.0 */
/* The base's layers are written before the image's own packages are there. */

#include <criterion/criterion.h>

#include "base/parallel.h"
#include "support/fixture_files.h"
#include "support/fixture_minirepo.h"

#define BASE                                                                        \
	"{ \"name\": \"base\", \"archive\": \"mini\",\n"                            \
	"  \"components\": [ { \"name\": \"app\", \"providers\": [ { \"packages\":" \
	" [\"app\", \"libapp1\"] } ] } ],\n"                                        \
	"  \"libraries\": [\"libcap\"],\n"                                          \
	"  \"audit\": { \"policy\": \"report-only\" } }\n"
#define IMAGE                                                                        \
	"{ \"name\": \"mini\", \"base\": \"base\",\n"                                \
	"  \"components\": [ { \"name\": \"late\", \"providers\": [ { \"packages\":" \
	" [\"late\"] } ] } ],\n"                                                     \
	"  \"audit\": { \"policy\": \"report-only\" } }\n"

static void ahead_serve(struct minirepo *m, bool lost)
{
	static const char *const names[] = { "app", "libapp1", "libcap", "late" };

	minirepo_forget(m);
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		minirepo_package(m, &(struct minirepo_package){
					    .name = names[i],
					    .version = "1.0-1",
					    .lost = lost && strcmp(names[i], "late") == 0 });
	minirepo_publish(m, 4);
}

/* An image on a base, with its locks; `late` is in the index but cannot be fetched. */
static void ahead_open(struct minirepo *m, struct arena *a)
{
	const char *images, *text;
	struct oracle_run run;

	minirepo_open(m, a);
	images = arena_printf(a, "%s/repository/images.json", m->dir);
	text = files_get(a, images);
	cr_assert_eq(text[0], '{');
	files_put(images,
		  arena_printf(a, "{ \"bases\": { \"base\": { \"recipe\": \"base.json\" } },%s",
			       text + 1));
	files_put(arena_printf(a, "%s/repository/base.json", m->dir), BASE);
	files_put(m->recipe, IMAGE);
	ahead_serve(m, true);
	run = MINIREPO_RUN(m, "lock", m->recipe);
	cr_assert_eq(run.status, 0, "%s", run.err.p);
}

static struct oracle_run ahead_explain(struct minirepo *m)
{
	return MINIREPO_RUN(m, "--locked", "--explain", "--progress=plain", m->recipe, "-o",
			    m->out);
}

Test(base_ahead, layers_of_the_base_are_there_though_a_package_of_the_image_never_came)
{
	AUTO_ARENA a = { 0 };
	struct minirepo m;
	struct oracle_run run;

	ahead_open(&m, &a);
	run = MINIREPO_RUN(&m, "--locked", m.recipe, "-o", m.out);
	cr_expect_eq(run.status, 4, "%d %s", run.status, run.err.p);
	ahead_serve(&m, false);
	run = ahead_explain(&m);
	cr_expect_eq(run.status, 0, "%s", run.err.p);
	cr_expect(!PARALLEL_FORKS || strstr(run.err.p, "layer base/app (linux/amd64): reused"),
		  "%s", run.err.p);
	cr_expect(strstr(run.err.p, "layer mini/late (linux/amd64): made"), "%s", run.err.p);
	minirepo_close(&m);
}
