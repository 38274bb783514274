/* SPDX-License-Identifier: Apache-2.0 */
/* What to do about a build that failed. Logs as bwrap, gcc, binutils and Go write them. */

#include "make/compile/step_advice.h"

#include <criterion/criterion.h>

#include "support/fixture_files.h"
#include "support/fixture_workshop.h"

#define KEEP(w, pattern)           \
	(*list_push(&(w)->depot.a, \
		    &(w)->source.keep) = (struct glob){ (pattern), { "thing.json", 9, 2, NULL } })

static const char *advice_of(struct arena *a, const char *word, const char *tree, const char *log)
{
	struct source_recipe s = { .file = "thing.json" };
	struct step *step = list_push(a, &s.steps);

	*step = (struct step){ .name = "make" };
	*list_push(a, &step->run) = "make";
	*list_push(a, &step->run) = word;
	if (tree)
		*list_push(a, &s.trees) = tree;
	return step_advice(a, &s, str_of(log));
}

Test(step_advice, says_what_to_do)
{
	static const struct {
		const char *word, *tree, *log, *says;
	} cases[] = {
		{ "x", NULL, "x.c:1: error: unknown type name 'y'\n", NULL },
		{ "${HOME}", NULL, "make: *** No rule\n", NULL }, /* of a shell, or of CMake */
		{ "-j${jobs}", NULL, "make: *** No rule\n", NULL },
		{ "DESTDIR=${destdirr}", NULL, "",
		  "thing.json: ${destdirr} stands for nothing: did "
		  "you mean ${destdir}?" },
		{ "${dest-dir}/app", NULL, "",
		  "${dest-dir} stands for nothing: did you mean ${destdir}" },
		{ "${job", NULL, "", NULL },
		{ "${dest}/app", NULL, "", "${dest} stands for nothing: did you mean ${destdir}?" },
		{ "${DESTDIR}", NULL, "",
		  "${DESTDIR} stands for nothing: did you mean ${destdir}?" },
		{ "$destdir/app", NULL, "",
		  "$destdir stands for nothing: did you mean ${destdir}?" },
		{ "$HOME/${jobs}", NULL, "", NULL },
		{ "$", NULL, "", NULL },
		{ "${c}", NULL, "", NULL },
		{ "x", NULL,
		  "== a: mkdir -p /x\nbwrap: execvp mkdir -p /x: No such file or directory\n",
		  "no shell reads a step: \"mkdir -p /x\" is taken for the name of a program; in "
		  "\"run\" of thing.json each argument is a text of its own" },
		{ "x", NULL, "bwrap: execvp npm: No such file or directory\n",
		  "npm is not run in a build: packages of \"dependencies\" are in node_modules" },
		{ "x", NULL, "bwrap: execvp pip3: No such file or directory\n",
		  "pip3 is not run in a build: packages of \"dependencies\" are installed already" },
		{ "x", NULL, "bwrap: execvp mvn: No such file or directory\n",
		  "mvn is not run in" },
		{ "x", NULL, "bwrap: execvp bison: No such file or directory\n",
		  "a step did not find the program bison: the Debian package that has it belongs" },
		{ "x", NULL,
		  "package example.org/app: build constraints exclude all Go files in /x\n",
		  "\"env\": { \"CGO_ENABLED\": \"1\" } in thing.json" },
		{ "x", NULL, "/usr/bin/ld: cannot find -llibm: No such file or directory\n",
		  "\"build-depends\" of thing.json, and libm is called \"m\" there" },
		{ "x", "../app",
		  "a.c:2:10: fatal error: x.h: No such file or directory\n    2 | #include \"x.h\"\n",
		  "the header x.h: if it is your own, its folder belongs under \"with\"" },
		{ "x", "../app",
		  "a.c:2:10: fatal error: x.h: No such file or directory\n    2 | #include <x.h>\n",
		  "the header x.h: the Debian package that has it" },
		{ "x", NULL, "curl: (6) Could not resolve host: example.test\n",
		  "a step asked for the network" },
	};
	AUTO_ARENA a = { 0 };

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const char *told = advice_of(&a, cases[i].word, cases[i].tree, cases[i].log);

		cr_expect(!told == !cases[i].says && (!told || strstr(told, cases[i].says)),
			  "%zu: %s", i, told ? told : "(none)");
	}
}

Test(step_advice, tells_of_packages_that_only_development_needs)
{
	static const char log[] = "Error: Cannot find module '/build/src/node_modules/x/bin/x'\n";
	struct source_recipe s = { .file = "thing.json" };
	AUTO_ARENA a = { 0 };

	cr_expect_null(step_advice(&a, &s, str_of(log)));
	s.dependencies.form = DEPENDENCY_NPM;
	cr_expect_str_eq(step_advice(&a, &s, str_of(log)),
			 "packages that only development needs were left out; \"dev\": true in "
			 "\"dependencies\" of thing.json takes them in");
	s.dependencies.dev = true;
	cr_expect_null(step_advice(&a, &s, str_of(log)));
}

Test(step_advice, says_where_files_went_that_nothing_keeps)
{
	static const struct {
		const char *place, *keep, *says;
	} cases[] = {
		{ "${destdir}/z", "/application/**",
		  "thing.json:9:2: compile thing: the build of thing installed nothing that its "
		  "recipe keeps; it installed /z" },
		{ "/build/x", "/app/**",
		  "thing.json:9:2: compile thing: the build of thing installed nothing below "
		  "${destdir}, from where the files of the image are taken" },
		{ "/build/${destdri}", "/app/x",
		  "installed no /app/x, which its recipe keeps; ${destdri} stands for nothing: did you "
		  "mean ${destdir}?" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct workshop w;
		struct fragment f;
		enum err_kind kind;
		const char *text;

		workshop_open(&w);
		KEEP(&w, cases[i].keep);
		WORKSHOP_STEP(&w, "make", "args", cases[i].place, "x");
		cr_assert_not(workshop_compile(&w, 1, &f, &text, &kind));
		cr_expect_eq(kind, ERR_INPUT);
		cr_expect(strstr(text, cases[i].says), "%zu: %s\n%s", i, text, buf_cstr(&w.said));
		workshop_close(&w);
	}
}

/* A program of the other language, or of none. */
Test(step_advice, program_without_sources_is_told)
{
	static const struct {
		const char *file, *says;
	} cases[] = {
		{ "main.cpp",
		  " has no .c file; with \"language\": \"c++\" those in C++ are compiled" },
		{ "main.py", " has no .c file" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct workshop w;
		struct fragment f;
		enum err_kind kind;
		const char *text, *dir;

		workshop_open(&w);
		dir = arena_printf(&w.depot.a, "%s/app", w.depot.path);
		files_put(arena_printf(&w.depot.a, "%s/%s", dir, cases[i].file), "x");
		w.source.trees.v[0] = dir;
		w.source.at = (struct place){ "r.json", 3, 5, NULL };
		KEEP(&w, "/usr/bin/x");
		WORKSHOP_STEP(&w, "compile", "args", "${destdir}/usr/bin/x", "${sources}");
		cr_assert_not(workshop_compile(&w, 1, &f, &text, &kind));
		cr_expect_eq(kind, ERR_INPUT);
		cr_expect(str_starts(str_of(text), STR("r.json:3:5: ")) &&
				  str_ends(str_of(text), str_of(cases[i].says)),
			  "%s", text);
		workshop_close(&w);
	}
}

Test(step_advice, sources_of_what_is_no_program_are_told)
{
	struct workshop w;
	struct fragment f;
	enum err_kind kind;
	const char *text;

	workshop_open(&w);
	w.source.trees.n = 0;
	w.source.at = (struct place){ "thing.json", 2, 3, NULL };
	KEEP(&w, "/usr/bin/x");
	WORKSHOP_STEP(&w, "compile", "args", "${destdir}/usr/bin/x", "${sources}");
	cr_assert_not(workshop_compile(&w, 1, &f, &text, &kind));
	cr_expect_eq(kind, ERR_INPUT);
	cr_expect(str_starts(str_of(text), STR("thing.json:2:3: ")) &&
			  strstr(text,
				 ": ${sources} are those of a program of \"programs\"; a step "
				 "of thing.json names its files"),
		  "%s", text);
	workshop_close(&w);
}
