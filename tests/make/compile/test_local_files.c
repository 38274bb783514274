/* SPDX-License-Identifier: Apache-2.0 */
/* Folders that a program is compiled from as they stand: symlinks in them, and what is no file. */

#include "make/compile/compile.h"

#include <criterion/criterion.h>
#include <sys/stat.h>
#include <unistd.h>

#include "support/fixture_files.h"
#include "support/fixture_workshop.h"

/* Writes the words of a step with ${sources}, and what a path of the folder is in the sandbox. */
static void open_linked(struct workshop *w, const char *words)
{
	workshop_open(w);
	WORKSHOP_STEP(w, "make", "args", "${destdir}/usr/bin/x", words);
	*list_push(&w->depot.a, &w->source.keep) = (struct glob){ .text = "/usr/bin/x" };
	files_put(arena_printf(&w->depot.a, "%s/real/a.c", w->sources), "int a;");
	cr_assert_eq(symlink("real", arena_printf(&w->depot.a, "%s/api", w->sources)), 0);
}

static const char *compiled_text(struct workshop *w)
{
	const char *text, *out;
	enum err_kind kind;
	struct fragment f;

	cr_assert(workshop_compile(w, 1, &f, &text, &kind), "%s", text);
	out = str_dup(&w->depot.a, workshop_file(w, &f, "usr/bin/x"));
	fragment_close(&f);
	return out;
}

Test(local_files, a_symlink_to_a_folder_stays_one)
{
	struct workshop w;
	const char *made;

	open_linked(&w, "${sources}");
	cr_assert_eq(symlink("real/a.c", arena_printf(&w.depot.a, "%s/b.c", w.sources)), 0);
	cr_assert_eq(symlink("real/a.txt", arena_printf(&w.depot.a, "%s/c.c", w.sources)), 0);
	cr_assert_eq(mkfifo(arena_printf(&w.depot.a, "%s/pipe.c", w.sources), 0600), 0);
	made = compiled_text(&w);
	cr_expect(strstr(made, "/real/a.c\n"), "%s", made);
	cr_expect(strstr(made, "/c.c\n"), "a link to what is no source is one: %s", made);
	cr_expect_not(strstr(made, "/b.c"), "the same source twice: %s", made);
	cr_expect_not(strstr(made, "api/a.c"), "%s", made);
	cr_expect_not(strstr(made, "pipe"), "%s", made);
	workshop_close(&w);
}

Test(local_files, where_a_symlink_leads_is_part_of_the_key)
{
	struct workshop w;
	const char *link, *text;
	enum err_kind kind;
	struct fragment f;

	open_linked(&w, "x");
	compiled_text(&w);
	link = arena_printf(&w.depot.a, "%s/api", w.sources);
	cr_assert(workshop_compile(&w, 1, &f, &text, &kind));
	cr_expect(f.cached);
	fragment_close(&f);
	cr_assert_eq(unlink(link), 0);
	cr_assert_eq(symlink("./real", link), 0);
	cr_assert(workshop_compile(&w, 1, &f, &text, &kind));
	cr_expect_not(f.cached);
	fragment_close(&f);
	workshop_close(&w);
}

Test(local_files, a_symlink_that_leads_out_is_told)
{
	static const char *const targets[] = { "../elsewhere", "/etc/hostname", "real/../../x" };
	struct workshop w;

	open_linked(&w, "x");
	for (size_t i = 0; i < ARRAY_SIZE(targets); i++) {
		const char *link = arena_printf(&w.depot.a, "%s/out", w.sources), *text;
		struct fragment f;
		enum err_kind kind;

		cr_assert_eq(symlink(targets[i], link), 0);
		cr_expect_not(workshop_compile(&w, 1, &f, &text, &kind));
		cr_expect_eq(kind, ERR_INPUT);
		cr_expect(strstr(text, arena_printf(&w.depot.a,
						    "%s is a symlink to %s, outside of "
						    "the folder that is compiled: put "
						    "in its place what it leads to, or "
						    "name as \"source\" the folder "
						    "that holds both",
						    link, targets[i])),
			  "%s", text);
		cr_assert_eq(unlink(link), 0);
	}
	workshop_close(&w);
}
