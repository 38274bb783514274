/* SPDX-License-Identifier: Apache-2.0 */
/* What an audit has read of a layer, and the closure of programs, counts for the next build that
 * has them; an audit of its own, and a build with --locked or of a CI service, read everything. */

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "base/path.h"
#include "support/fixture_files.h"
#include "support/fixture_minirepo.h"
#include "transfer/store/store.h"

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

Test(kept_readings, a_layer_that_stays_is_hashed_and_not_read_again, .timeout = 600)
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

#define MISSING "libmissing.so.9"

/* The key of what was read of the one ELF file that needs the library, or of the other one. */
static struct digest program_facts(struct minirepo *m, const struct store *s, bool needs)
{
	struct strings names = files_below(m->a, arena_printf(m->a, "%s/actions", m->store), "");
	struct error e = { 0 };

	list_each(name, &names) {
		struct digest key;
		struct str text;

		cr_assert(digest_parse(str_of(path_base(*name)), &key));
		cr_assert_eq(store_get_action(m->a, s, &key, &text, &e), 1, "%s", e.cause);
		if (text.n > 5 && text.p[0] == 'E' && text.p[4] == 0 &&
		    (memmem(text.p, text.n, MISSING, strlen(MISSING)) != NULL) == needs)
			return key;
	}
	cr_assert_fail("nothing was kept of the program");
	return (struct digest){ 0 };
}

/* A recipe of one package with a program, and the outcome of its build. */
static struct oracle_run program_build(struct minirepo *m, const char *package)
{
	files_put(m->recipe,
		  arena_printf(m->a,
			       "{ \"name\": \"mini\", \"archive\": \"mini\", \"components\":"
			       " [ { \"name\": \"app\", \"providers\": [ { \"packages\":"
			       " [\"%s\"] } ] } ] }\n",
			       package));
	return MINIREPO_RUN(m, "--no-audit", m->recipe, "-o", m->out);
}

/* The store is made to say of a program that it needs a library that there is not. */
Test(kept_readings, what_was_read_of_programs_counts_where_that_of_layers_does, .timeout = 600)
{
	AUTO_ARENA a = { 0 };
	struct minirepo m;
	struct oracle_run run;
	struct error e = { 0 };
	struct digest needs, plain;
	struct str said;
	const char *other;
	AUTO_STORE s = STORE_INIT;

	minirepo_open(&m, &a);
	unsetenv("CI");
	other = arena_printf(&a, "%s/out/other", m.dir);
	minirepo_forget(&m);
	minirepo_elf_package(&m, "needs", MISSING);
	minirepo_elf_package(&m, "plain", NULL);
	minirepo_publish(&m, 4);
	run = program_build(&m, "needs");
	cr_assert(run.status == 3 && strstr(run.err.p, MISSING), "%s", run.err.p);
	run = program_build(&m, "plain");
	cr_assert_eq(run.status, 0, "%s", run.err.p);
	cr_assert(store_open(&a, m.store, &s, &e), "%s", e.cause);
	needs = program_facts(&m, &s, true);
	plain = program_facts(&m, &s, false);
	cr_assert_eq(store_get_action(&a, &s, &needs, &said, &e), 1);
	cr_assert(store_put_action(&s, &plain, said, &e), "%s", e.cause);
	run = MINIREPO_RUN(&m, "--no-audit", m.recipe, "-o", other);
	cr_expect(run.status == 3 && strstr(run.err.p, MISSING), "%d %s", run.status, run.err.p);
	run = MINIREPO_RUN(&m, "--locked", "--no-audit", m.recipe, "-o", other);
	cr_expect_eq(run.status, 0, "%s", run.err.p);
	setenv("CI", "1", 1);
	files_remove(other);
	run = MINIREPO_RUN(&m, "--no-audit", m.recipe, "-o", other);
	cr_expect_eq(run.status, 0, "%s", run.err.p);
	minirepo_close(&m);
}
