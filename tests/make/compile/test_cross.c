/* SPDX-License-Identifier: Apache-2.0 */
/* Compiling for another platform: what stands in the toolchain, what steps are told, what the key
 * knows. */

#include <criterion/criterion.h>

#include "make/compile/compile_key.h"
#include "make/compile/launcher.h"
#include "support/fixture_files.h"
#include "support/fixture_workshop.h"
#include "support/gen_deb.h"

static void must_cross_compile(struct workshop *w, struct fragment *f)
{
	const char *text;
	enum err_kind kind;

	cr_assert(workshop_compile(w, 1, f, &text, &kind), "%s\n%s", text, buf_cstr(&w->said));
}

/* A workshop whose lock is for arm64 and whose one program, for amd64, is a tool. */
static struct cross *open_cross(struct workshop *w)
{
	struct cross *c;

	workshop_open(w);
	w->lock.architecture = "arm64";
	w->lock.compilers = "amd64";
	*list_push(&w->depot.a, &w->source.keep) = (struct glob){ .text = "/usr/bin/x" };
	c = list_push(&w->depot.a, &w->toolchain.cross);
	c->platform = platform_of_debian("arm64");
	return c;
}

static void add_foreign_file(struct buf *data, const char *name)
{
	debgen_tar_file(data, name, "of arm64");
}

/* What libc6-dev has, in short; and programs, which cannot run where the compilers do. */
static void add_foreign_package(struct workshop *w)
{
	static const char *const dirs[] = {
		"./etc/",	"./usr/",
		"./usr/bin/",	"./usr/include/",
		"./usr/lib/",	"./usr/lib/aarch64-linux-gnu/",
		"./usr/share/", "./usr/share/pkgconfig/",
	};
	struct buf data = { .a = &w->depot.a };

	for (size_t i = 0; i < ARRAY_SIZE(dirs); i++)
		debgen_tar_dir(&data, dirs[i]);
	add_foreign_file(&data, "./usr/bin/tool");
	add_foreign_file(&data, "./usr/bin/gencat");
	add_foreign_file(&data, "./etc/rpc");
	add_foreign_file(&data, "./usr/include/stdio.h");
	add_foreign_file(&data, "./usr/include/own.h");
	add_foreign_file(&data, "./usr/lib/aarch64-linux-gnu/libc.a");
	add_foreign_file(&data, "./usr/share/pkgconfig/x.pc");
	debgen_tar_end(&data);
	workshop_deb(w, "libc6-dev", "arm64", "toolchain:t", buf_str(&data));
}

static void add_own_header(struct workshop *w)
{
	struct buf data = { .a = &w->depot.a };

	debgen_tar_dir(&data, "./usr/");
	debgen_tar_dir(&data, "./usr/include/");
	debgen_tar_file(&data, "./usr/include/stdio.h", "of amd64");
	debgen_tar_end(&data);
	workshop_deb(w, "libc6-dev", "amd64", "toolchain:t", buf_str(&data));
}

Test(cross, headers_and_libraries_stand_beside_the_compilers_and_nothing_else)
{
	static const struct {
		const char *path, *text;
	} want[] = {
		{ "usr/include/stdio.h", "of amd64" }, /* the compilers' own have the choice */
		{ "usr/include/own.h", "of arm64" },
		{ "usr/lib/aarch64-linux-gnu/libc.a", "of arm64" },
		{ "usr/share/pkgconfig/x.pc", "of arm64" },
	};
	struct workshop w;
	struct fragment f;
	struct strings roots;
	const char *root;

	open_cross(&w);
	add_foreign_package(&w); /* in front of the other one, as in a lock */
	add_own_header(&w);
	WORKSHOP_STEP(&w, "make", "args", "${destdir}/usr/bin/x", "runs");
	must_cross_compile(&w, &f); /* /usr/bin/tool is the one that can be run */
	roots = files_below(&w.depot.a, arena_printf(&w.depot.a, "%s/roots", w.depot.path),
			    "/libc.a");
	cr_assert_eq(roots.n, 1);
	root = arena_strndup(&w.depot.a, roots.v[0], strlen(roots.v[0]) - strlen(want[2].path));
	for (size_t i = 0; i < ARRAY_SIZE(want); i++)
		cr_expect_str_eq(files_get(&w.depot.a,
					   arena_printf(&w.depot.a, "%s%s", root, want[i].path)),
				 want[i].text, "%s", want[i].path);
	cr_expect_eq(files_below(&w.depot.a, root, "/gencat").n, 0);
	cr_expect_eq(files_below(&w.depot.a, root, "/rpc").n, 0);
	fragment_close(&f);
	workshop_close(&w);
}

Test(cross, steps_are_told_the_names_of_the_platform)
{
	struct workshop w;
	struct fragment f;
	struct cross *c = open_cross(&w);

	*list_push(&w.depot.a, &c->env) = (struct variable){ "CC", "${cc}" };
	*list_push(&w.depot.a, &c->env) = (struct variable){ "CFLAGS", "of the toolchain" };
	*list_push(&w.depot.a, &w.source.env) = (struct variable){ "CFLAGS",
								   "-O2 ${branch-protection}" };
	WORKSHOP_STEP(&w, "words", "args", "${destdir}/usr/bin/x", "${target}", "${cc}",
		      "${branch-protection}", "<${cross-system}>");
	WORKSHOP_STEP(&w, "see", "env", "${destdir}/usr/bin/y", "CC", "CFLAGS");
	*list_push(&w.depot.a, &w.source.keep) = (struct glob){ .text = "/usr/bin/y" };
	must_cross_compile(&w, &f);
	cr_expect_str_eq(
		str_dup(&w.depot.a, workshop_file(&w, &f, "usr/bin/x")),
		"aarch64-linux-gnu\naarch64-linux-gnu-gcc\n-mbranch-protection=standard\n<Linux>\n");
	cr_expect_str_eq(str_dup(&w.depot.a, workshop_file(&w, &f, "usr/bin/y")),
			 "CC=aarch64-linux-gnu-gcc\nCFLAGS=-O2 -mbranch-protection=standard\n");
	fragment_close(&f);
	workshop_close(&w);
}

Test(cross, without_it_the_same_words_are_what_amd64_says)
{
	struct workshop w;
	struct fragment f;

	workshop_open(&w);
	*list_push(&w.depot.a, &w.source.keep) = (struct glob){ .text = "/usr/bin/x" };
	WORKSHOP_STEP(&w, "words", "args", "${destdir}/usr/bin/x", "${target}", "${cc}",
		      "${branch-protection}", "<${cross-system}>");
	must_cross_compile(&w, &f);
	cr_expect_str_eq(str_dup(&w.depot.a, workshop_file(&w, &f, "usr/bin/x")),
			 "x86_64-linux-gnu\ngcc\n-fcf-protection=full\n<>\n");
	fragment_close(&f);
	workshop_close(&w);
}

static struct str cross_key_text(struct workshop *w)
{
	struct compile_request rq = { .store = &w->depot.store,
				      .lock = &w->lock,
				      .source = &w->source };
	struct error e = { 0 };
	struct str text;

	cr_assert(compile_key_text(&w->depot.a, &rq, &text, &e), "%s", e.cause);
	return text;
}

/* The name of the first input in which two keys differ. */
static const char *first_difference(struct arena *a, struct str before, struct str now)
{
	struct str was, is, name, value;

	while (str_next(&before, '\n', &was) && str_next(&now, '\n', &is)) {
		str_cut(is, ' ', &name, &value);
		if (!str_eq(was, is))
			return str_dup(a, name);
	}
	return "nothing";
}

/* Written in the recipe or filled in for the platform: it is the same that the compiler hears. */
Test(cross, the_key_knows_the_platform_and_what_the_compiler_is_told)
{
	struct workshop w;
	struct cross *c = open_cross(&w);
	struct str arm64, amd64;

	WORKSHOP_STEP(&w, "make", "args", "${destdir}/usr/bin/x", "${cc}", "${branch-protection}");
	arm64 = cross_key_text(&w);
	*list_push(&w.depot.a, &c->env) = (struct variable){ "CC", "${cc}" };
	cr_expect_str_eq(first_difference(&w.depot.a, arm64, cross_key_text(&w)), "env.CC");
	w.lock.architecture = "amd64";
	w.lock.compilers = NULL;
	amd64 = cross_key_text(&w);
	cr_expect_str_eq(first_difference(&w.depot.a, arm64, amd64), "architecture");
	w.source.steps.v[0].run.v[3] = "gcc";
	w.source.steps.v[0].run.v[4] = "-fcf-protection=full";
	cr_expect(str_eq(amd64, cross_key_text(&w)));
	w.source.steps.v[0].run.v[4] = "-fcf-protection=none";
	cr_expect_str_eq(first_difference(&w.depot.a, amd64, cross_key_text(&w)), "step.make.run");
	workshop_close(&w);
}

Test(cross, a_launcher_of_the_compilers_machine_stands_in_front_of_cross_compilers)
{
	static const struct launcher ccache = { .ccache = true };
	struct workshop w;
	struct fragment f;

	open_cross(&w);
	*list_push(&w.depot.a, &w.toolchain.launcher) = "ccache";
	workshop_package(&w, "aarch64-linux-gnu-gcc", "toolchain:t");
	workshop_package(&w, "ccache", "launcher:t");
	w.options.launcher = &ccache;
	WORKSHOP_STEP(&w, "make", "args", "${destdir}/usr/bin/x", "through the launcher");
	w.source.steps.v[0].run.v[0] = "/usr/lib/ccache/aarch64-linux-gnu-gcc";
	must_cross_compile(&w, &f);
	cr_expect_str_eq(str_dup(&w.depot.a, workshop_file(&w, &f, "usr/bin/x")),
			 "through the launcher\n");
	fragment_close(&f);
	workshop_close(&w);
}
