/* SPDX-License-Identifier: Apache-2.0 */
/* What is learnt of a build that failed, of what it leaves. That an image comes of it is tested
 * with the real archive (tests/e2e/test_init_projects.c). */

#include "explain/code/build_lessons.h"
#include "explain/code/option_lessons.h"

#include <criterion/criterion.h>

#include "support/fixture_files.h"

/* A project with a Makefile, as it is read. */
struct lesson {
	struct arena a;
	struct init_draft d;
	struct own_project p;
	struct build_remains r;
	struct strings tried;
};

static void lesson_open(struct lesson *l, const char *step)
{
	*l = (struct lesson){ .d = { .name = "greet" } };
	l->d.a = l->r.a = l->p.a = &l->a;
	l->p.d = &l->d;
	l->p.folder = files_temporary(&l->a);
	l->p.doubt = "nothing says it";
	*list_push(&l->a, &l->p.keep) = "/usr/bin/greet";
	*list_push(&l->a, &l->p.entrypoint) = l->p.keep.v[0];
	PROJECT_STEP(&l->p, "build", "make", "CC=${cc}");
	PROJECT_STEP(&l->p, "install", "make", "install");
	l->r.step = step;
}

static void lesson_close(struct lesson *l)
{
	files_remove(l->p.folder);
	arena_free(&l->a);
}

static const char *lesson_asked(struct lesson *l, const char *log)
{
	struct buf text = { .a = &l->a };

	l->p.libraries.n = 0;
	l->r.log = str_of(log);
	build_lessons_add_lacks(&l->p, &l->r, &l->tried);
	list_each(x, &l->p.libraries)
		buf_printf(&text, "%s%d %s", text.n ? ", " : "", (int)x->form, x->name);
	return buf_cstr(&text);
}

Test(build_lessons, what_was_not_found_is_looked_for_once)
{
	struct lesson l;

	lesson_open(&l, "build");
	cr_expect_str_eq(lesson_asked(&l, "a.c:1:2: fatal error: x/y.h: No such file or directory\n"
					  "ld: cannot find -lz: No such file or directory\n"),
			 arena_printf(&l.a, "%d x/y.h, %d z", LIBRARY_HEADER, LIBRARY_LINKED));
	cr_expect_str_eq(lesson_asked(&l, "a.c:1:2: fatal error: x/y.h: No such file or directory\n"
					  "sh: 1: flex: not found\n"),
			 arena_printf(&l.a, "%d flex", LIBRARY_PROGRAM));
	lesson_close(&l);
}

/* What was passed by is not what the step ended with. */
Test(build_lessons, what_it_did_without_is_left_out)
{
	struct lesson l;

	lesson_open(&l, "configure");
	cr_expect_str_eq(lesson_asked(&l, "No package 'one' found\nNo package 'two' found\n"),
			 arena_printf(&l.a, "%d two", LIBRARY_MODULE));
	l.r.step = "";
	cr_expect_str_eq(lesson_asked(&l, "No package 'three' found\n"), "");
	lesson_close(&l);
}

/* gcc keeps to -Wno-error=NAME, whatever stands behind it. */
Test(build_lessons, warnings_of_a_later_gcc_are_no_errors)
{
	struct lesson l;

	lesson_open(&l, "build");
	PROJECT_STEP(&l.p, "more", "make", "CXX=${cxx}");
	l.r.log = STR("a.c:1:2: error: x [-Werror=format-truncation=]\na.c:2:2: error: y "
		      "[-Werror=c++20-compat]\na.c:3:2: error: z [-Werror=format-truncation=]\n"
		      "cc1: all warnings being treated as errors [-Werror=]\n");
	cr_expect(option_lessons_take(&l.p, &l.r));
	cr_expect_str_eq(l.p.steps.v[0].run.v[1],
			 "CC=${cc} -Wno-error=format-truncation -Wno-error=c++20-compat");
	cr_expect_str_eq(l.p.steps.v[2].run.v[1],
			 "CXX=${cxx} -Wno-error=format-truncation -Wno-error=c++20-compat");
	cr_expect_not(option_lessons_take(&l.p, &l.r));
	lesson_close(&l);
}

/* One will do: the next one is asked for where the archive has not the first. */
Test(build_lessons, of_modules_that_would_do_one_is_looked_for)
{
	static const char log[] = "checking for luajit >= 2... no\nchecking for lua5.3 >= 5... no\n"
				  "configure: error: No Lua\n";
	struct lesson l;

	lesson_open(&l, "configure");
	cr_expect_str_eq(lesson_asked(&l, log), arena_printf(&l.a, "%d luajit", LIBRARY_MODULE));
	cr_expect_str_eq(lesson_asked(&l, log), arena_printf(&l.a, "%d lua5.3", LIBRARY_MODULE));
	cr_expect_str_eq(lesson_asked(&l, log), "");
	lesson_close(&l);
}

/* A script that is there lacks what its first line names; steps before did without the rest. */
Test(build_lessons, scripts_lack_their_interpreters)
{
	struct lesson l;

	lesson_open(&l, "build");
	files_put(arena_printf(&l.a, "%s/tools/gen", l.p.folder), "#!/usr/bin/env tclsh -x\n");
	files_put(arena_printf(&l.a, "%s/configure", l.p.folder), "#! /bin/bash\n");
	cr_expect_str_eq(lesson_asked(&l, "== configure: x\nsh: 1: flex: not found\n\n== build: "
					  "make\nmake: tools/gen: No such file or directory\n"),
			 arena_printf(&l.a, "%d tclsh", LIBRARY_PROGRAM));
	cr_expect_str_eq(lesson_asked(&l, "sh: 1: ./configure: not found\n"),
			 arena_printf(&l.a, "%d bash", LIBRARY_PROGRAM));
	cr_expect_str_eq(lesson_asked(&l, "sh: 1: flex: not found\n\n== build: make\n"), "");
	lesson_close(&l);
}

static const char *lesson_ignored(struct lesson *l, const char *log)
{
	l->p.ignore.n = 0;
	l->r.log = str_of(log);
	return build_lessons_take_ignored(&l->p, &l->r) ? l->p.ignore.v[0] : "";
}

/* Added to git in spite of .gitignore; but no key, whatever a build asks for. */
Test(build_lessons, sources_that_are_left_out_are_taken_in)
{
	static const char *const files[] = { "src/result/mod.rs", "key.pem", "gen.h", "kept.h" };
	struct lesson l;

	lesson_open(&l, "build");
	for (size_t i = 0; i < ARRAY_SIZE(files); i++)
		files_put(arena_printf(&l.a, "%s/%s", l.p.folder, files[i]), "");
	files_put(arena_printf(&l.a, "%s/.gitignore", l.p.folder), "result\n*.pem\ngen.h\n");
	cr_expect_str_eq(lesson_ignored(&l, "= help: to create the module `result`, create file "
					    "\"src/result.rs\" or \"src/result/mod.rs\"\n"),
			 "!src/result/");
	cr_expect_str_eq(lesson_ignored(&l,
					"a.c:1: fatal error: gen.h: No such file or directory\n"),
			 "!gen.h");
	cr_expect_str_eq(lesson_ignored(&l, "kept.h: No such file or directory\n"
					    "./key.pem: No such file or directory\n"
					    "../gen.h: No such file or directory\nuse gen.h\n"),
			 "");
	lesson_close(&l);
}

Test(build_lessons, what_ninja_cannot_read_make_can)
{
	struct lesson l;

	lesson_open(&l, "build");
	l.r.log = STR("ninja: error: build.ninja:155: bad $-escape (literal $ must be $$)\n");
	cr_expect_not(build_lessons_take_make(&l.p, &l.r));
	memset(&l.p.steps, 0, sizeof(l.p.steps));
	PROJECT_STEP(&l.p, "configure", "cmake", "-G", "Ninja");
	cr_expect(build_lessons_take_make(&l.p, &l.r));
	cr_expect_str_eq(l.p.steps.v[0].run.v[2], "Unix Makefiles");
	cr_expect_not(build_lessons_take_make(&l.p, &l.r));
	lesson_close(&l);
}

/* Its options are those of modules. */
Test(build_lessons, a_program_without_a_build_system_asks_for_modules)
{
	struct lesson l;

	lesson_open(&l, "compile");
	l.p.plain = true;
	cr_expect_str_eq(
		lesson_asked(&l, "a.c:1:2: fatal error: mspack.h: No such file or directory\n"),
		arena_printf(&l.a,
			     "%d libmspack, %d mspack, %d mspack-2.0, %d mspack-1.0, %d mspack-1, "
			     "%d mspack2, %d mspack.h",
			     LIBRARY_MODULE, LIBRARY_MODULE, LIBRARY_MODULE, LIBRARY_MODULE,
			     LIBRARY_MODULE, LIBRARY_MODULE, LIBRARY_HEADER));
	lesson_close(&l);
}

Test(build_lessons, the_folder_of_a_header_may_be_a_module)
{
	struct lesson l;

	lesson_open(&l, "compile");
	l.p.plain = true;
	cr_expect(strstr(lesson_asked(&l, "a.c:1:2: fatal error: json-c/json.h: No such file or "
					  "directory\n"),
			 arena_printf(&l.a, "%d json-c, ", LIBRARY_MODULE)));
	lesson_close(&l);
}

Test(build_lessons, a_library_may_need_that_of_mathematics)
{
	struct lesson l;

	lesson_open(&l, "compile");
	l.p.plain = true;
	l.r.log = STR("ld: a.o: undefined reference to symbol 'sqrt@@GLIBC_2.2.5'\nld: "
		      "/lib/x86_64-linux-gnu/libm.so.6: error adding symbols: DSO missing from "
		      "command line\n");
	cr_expect(option_lessons_take(&l.p, &l.r));
	cr_assert_eq(l.p.linked.n, 1);
	cr_expect_str_eq(l.p.linked.v[0], "m");
	lesson_close(&l);
}

Test(build_lessons, libraries_of_its_own_are_installed)
{
	struct lesson l;

	lesson_open(&l, NULL);
	l.p.toolchain = "cmake";
	l.r.warning = "libraries that files of the image need:\n    libgreet.so: usr/bin/x > "
		      "libgreet.so (not found); no package of the lock has it\n";
	cr_expect(build_lessons_take_libraries(&l.p, &l.r));
	cr_assert_eq(l.p.keep.n, 2);
	cr_expect_str_eq(l.p.keep.v[1], "/usr/lib/**/*.so*");
	cr_expect_str_eq(l.p.steps.v[l.p.steps.n - 1].name, "libraries");
	cr_expect_str_eq(l.p.steps.v[0].run.v[l.p.steps.v[0].run.n - 1], "-DCMAKE_SKIP_RPATH=ON");
	cr_expect_not(build_lessons_take_libraries(&l.p, &l.r), "once");
	lesson_close(&l);
	lesson_open(&l, NULL);
	l.p.toolchain = "rust";
	l.r.warning = "libx.so: usr/bin/x > libx.so (not found); no package of the lock has it";
	cr_expect_not(build_lessons_take_libraries(&l.p, &l.r), "nothing of make");
	lesson_close(&l);
}

/* "SHELL = /bin/bash" of a Makefile, as make 4.4 says that it is not there. */
Test(build_lessons, the_shell_of_a_makefile_is_a_program)
{
	struct lesson l;

	lesson_open(&l, "build");
	cr_expect_str_eq(lesson_asked(&l, "make: /bin/bash: No such file or directory\n"),
			 arena_printf(&l.a, "%d bash", LIBRARY_PROGRAM));
	lesson_close(&l);
}

/* As rustc 1.85 says it of a lint that an attribute or an option makes an error. */
Test(build_lessons, lints_of_a_later_rustc_are_no_errors)
{
	static const char *const logs[] = {
		"  = note: `#[deny(static_mut_refs)]` implied by `#[deny(warnings)]`\n",
		"  = note: `-D unused-variables` implied by `-D warnings`\n"
	};

	for (size_t i = 0; i < ARRAY_SIZE(logs); i++) {
		struct lesson l;

		lesson_open(&l, "build");
		l.r.log = str_of(logs[i]);
		if (i == 1)
			own_add_env(&l.p, "RUSTFLAGS", "-D warnings");
		cr_expect(option_lessons_take(&l.p, &l.r));
		cr_assert_eq(l.p.env.n, 1);
		cr_expect(str_ends(str_of(l.p.env.v[0].value), STR(" --cap-lints=warn")), "%s",
			  l.p.env.v[0].value);
		cr_expect(strstr(l.p.env.v[0].value, i ? "-D warnings" : "=/build/src=src "));
		cr_expect_not(option_lessons_take(&l.p, &l.r), "once");
		lesson_close(&l);
	}
}

Test(build_lessons, old_sources_get_their_options)
{
	static const struct {
		const char *log, *option;
	} cases[] = {
		{ "/usr/bin/ld: b.o:(.bss+0x0): multiple definition of `x'; a.o:(.bss+0x0): first\n",
		  "-fcommon" },
		{ "a.c:3:2: error: implicit declaration of function 'f' "
		  "[-Wimplicit-function-declaration]\n",
		  "-fpermissive" },
		{ "a.c:3:2: warning: implicit declaration of function 'f' "
		  "[-Wimplicit-function-declaration]\n",
		  NULL },
		{ "configure: error: problem: C compiler cannot create executables.\n",
		  "-fpermissive" },
		{ "a.c:3:2: error: 'x' undeclared (first use in this function)\n", NULL },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct lesson l;

		lesson_open(&l, "build");
		l.r.log = str_of(cases[i].log);
		cr_expect_eq(option_lessons_take(&l.p, &l.r), cases[i].option != NULL, "%zu", i);
		cr_expect_str_eq(l.p.steps.v[0].run.v[1],
				 cases[i].option
					 ? arena_printf(&l.a, "CC=${cc} %s", cases[i].option)
					 : "CC=${cc}");
		cr_expect_not(option_lessons_take(&l.p, &l.r), "%zu: once", i);
		lesson_close(&l);
	}
}

Test(build_lessons, options_go_where_the_compiler_reads_them)
{
	struct lesson l;

	lesson_open(&l, "build");
	l.p.steps.n = 0;
	own_add_env(&l.p, "CFLAGS", "-O2");
	l.r.log = STR("x: multiple definition of `y'\n");
	cr_expect(option_lessons_take(&l.p, &l.r));
	cr_expect_str_eq(l.p.env.v[0].value, "-O2 -fcommon");
	own_add_env(&l.p, "CXXFLAGS", "-O2");
	l.r.log = STR(
		"a.h:1:5: error: ISO C++17 does not allow dynamic exception specifications\n");
	cr_expect(option_lessons_take(&l.p, &l.r));
	cr_expect_str_eq(l.p.env.v[1].value, "-O2 -std=gnu++14");
	lesson_close(&l);

	lesson_open(&l, "compile");
	l.p.plain = true;
	l.r.log = STR("a.c:(.text+0x1): undefined reference to `sqrt'\n");
	cr_expect(option_lessons_take(&l.p, &l.r));
	cr_expect_str_eq(strings_join(&l.a, &l.p.linked, " "), "m");
	cr_expect_not(option_lessons_take(&l.p, &l.r));
	l.r.log = STR("x: multiple definition of `y'\n");
	cr_expect(option_lessons_take(&l.p, &l.r));
	cr_expect_str_eq(l.p.options.v[0], "-fcommon");
	lesson_close(&l);
}

struct program_case {
	const char *name, *step; /* "": none failed */
	const char *built[6], *installed[2];
	const char *keep;    /* NULL: nothing is learnt */
	const char *install; /* the words of that step */
	const char *left;    /* among what is left to decide; or NULL */
};

static void lesson_expect(const struct program_case *c)
{
	struct lesson l;

	lesson_open(&l, c->step);
	for (const char *const *x = c->built; *x; x++)
		*list_push(&l.a, &l.r.built) = *x;
	for (const char *const *x = c->installed; *x; x++)
		*list_push(&l.a, &l.r.installed) = *x;
	files_put(arena_printf(&l.a, "%s/shipped", l.p.folder), "");
	cr_expect_eq(build_lessons_take_program(&l.p, &l.r, &l.tried), c->keep != NULL, "%s",
		     c->name);
	cr_expect_str_eq(l.p.keep.v[0], c->keep ? c->keep : "/usr/bin/greet", "%s", c->name);
	cr_expect_str_eq(l.p.entrypoint.v[0], l.p.keep.v[0]);
	cr_expect_not(build_lessons_take_program(&l.p, &l.r, &l.tried), "%s: once", c->name);
	cr_expect_str_eq(strings_join(&l.a, &l.p.steps.v[1].run, " "),
			 c->install ? c->install : "make install", "%s", c->name);
	cr_expect_eq(l.p.doubt == NULL, c->keep != NULL);
	cr_expect(c->left ? l.d.open.n && strstr(l.d.open.v[0], c->left) : !l.d.open.n, "%s: %s",
		  c->name, l.d.open.n ? l.d.open.v[0] : "");
	lesson_close(&l);
}

Test(build_lessons, programs_are_called_as_they_are_made)
{
	static const struct program_case cases[] = {
		{ "in a folder of results",
		  "install",
		  { "build/word", "build/tests/check" },
		  { NULL },
		  "/usr/bin/word",
		  "install -D -s build/word ${destdir}/usr/bin/word",
		  NULL },
		{ "the one that was built",
		  "install",
		  { "src/hello" },
		  { NULL },
		  "/usr/bin/hello",
		  "install -D -s src/hello ${destdir}/usr/bin/hello",
		  NULL },
		{ "of several that of the name",
		  "install",
		  { "bin/other", "deep/down/greet", "x" },
		  { NULL },
		  "/usr/bin/greet",
		  "install -D -s deep/down/greet ${destdir}/usr/bin/greet",
		  "the build made bin/other, x, too" },
		{ "else one like it",
		  "install",
		  { "a", "b/greeter" },
		  { NULL },
		  "/usr/bin/greeter",
		  "install -D -s b/greeter ${destdir}/usr/bin/greeter",
		  "a, too" },
		{ "no helper, and none that was there",
		  "install",
		  { "a.out", "conftest", "CMakeFiles/x/y", "shipped" },
		  { NULL },
		  NULL,
		  NULL,
		  NULL },
		{ "a step before the last", "build", { "hello" }, { NULL }, NULL, NULL, NULL },
		{ "what was installed",
		  "",
		  { "hello" },
		  { "usr/sbin/greetd" },
		  "/usr/sbin/greetd",
		  NULL,
		  NULL },
		{ "nothing was installed",
		  "",
		  { "hello" },
		  { NULL },
		  "/usr/bin/hello",
		  "install -D -s hello ${destdir}/usr/bin/hello",
		  NULL },
		{ "no name that a recipe could not say",
		  "install",
		  { "st*r", "a${jobs}", "bad\xff", "new\nline", "-na\xc3\xafve" },
		  { NULL },
		  "/usr/bin/-na\xc3\xafve",
		  "install -D -s ./-na\xc3\xafve ${destdir}/usr/bin/-na\xc3\xafve",
		  NULL },
		{ "nothing at all", "", { NULL }, { NULL }, NULL, NULL, NULL },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		lesson_expect(&cases[i]);
}

/* An interpreter starts it: what is kept is not the program. */
Test(build_lessons, programs_of_other_languages_stay)
{
	struct lesson l;

	lesson_open(&l, "install");
	l.p.keep.v[0] = "/app/**";
	*list_push(&l.a, &l.r.built) = "node_modules/x/tool";
	cr_expect_not(build_lessons_take_program(&l.p, &l.r, &l.tried));
	lesson_close(&l);
}

/* Packages as they are published: made already, and without what that takes. */
Test(build_lessons, a_build_whose_result_is_there_is_left_out)
{
	struct lesson l;

	lesson_open(&l, "build-2");
	l.p.steps.n = 0;
	PROJECT_STEP(&l.p, "build", "node", "tsc");
	PROJECT_STEP(&l.p, "build-2", "node", "x");
	PROJECT_STEP(&l.p, "development", "rm", "-r", "node_modules");
	PROJECT_STEP(&l.p, "install", "cp", "-R", ".", "${destdir}/app");
	PROJECT_STEP(&l.p, "production", "cp", "-R", "${production}/.", "${destdir}/app");
	l.p.dev = true;
	draft_chose(l.p.d, "dev", "tsc", "package.json: \"build\"");
	cr_expect_not(build_lessons_leave_build(&l.p, &l.r), "nothing is there");
	l.p.ready = "dist/a.js";
	l.r.step = "install";
	cr_expect_not(build_lessons_leave_build(&l.p, &l.r), "another step");
	l.r.step = "build-2";
	cr_expect(build_lessons_leave_build(&l.p, &l.r));
	cr_expect_eq(l.p.steps.n, 1);
	cr_expect_str_eq(l.p.steps.v[0].name, "install");
	cr_expect_not(l.p.dev);
	cr_expect_str_eq(l.p.d->choices.v[0].value, "false");
	cr_expect(strstr(l.p.d->open.v[0], "dist/a.js is there without it"));
	cr_expect_not(build_lessons_leave_build(&l.p, &l.r), "once");
	lesson_close(&l);
}
