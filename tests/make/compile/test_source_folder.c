/* SPDX-License-Identifier: Apache-2.0 */
/* Folders of a repository as sources, beside what git lists. */

#include "make/compile/source_folder.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "support/fixture_files.h"
#include "support/fixture_oracle.h"
#include "support/fixture_workshop.h"

/* A repository with a folder of code. */
struct code_folder {
	struct arena a;
	const char *dir;
	struct source_recipe source;
};

static const char *code_path(struct code_folder *c, const char *name)
{
	return arena_printf(&c->a, "%s/%s", c->dir, name);
}

static void code_open(struct code_folder *c, const char *folder)
{
	*c = (struct code_folder){ 0 };
	c->dir = files_temporary(&c->a);
	c->source = (struct source_recipe){ .name = "app",
					    .file = "app.json",
					    .at = { "app.json", 1, 1, NULL } };
	c->source.repository = c->dir;
	c->source.folder = folder[0] ? code_path(c, folder) : c->dir;
	files_put(arena_printf(&c->a, "%s/main.c", c->source.folder), "int main(void) {}\n");
}

static void code_close(struct code_folder *c)
{
	files_remove(c->dir);
	arena_free(&c->a);
}

/* Names, one a line. */
static const char *listed_names(struct code_folder *c)
{
	struct source_files files = { 0 };
	struct buf out = { .a = &c->a };
	struct error e = { 0 };

	cr_assert(source_folder_list(&c->a, &c->source, &files, &e), "%s%s", e.context, e.cause);
	for (size_t i = 0; i < files.n; i++)
		buf_printf(&out, "%s\n", files.v[i].name);
	return buf_cstr(&out);
}

static const char *code_error(struct code_folder *c)
{
	struct source_files files = { 0 };
	char *text = arena_alloc(&c->a, 1024);
	struct error e = { 0 };

	cr_assert_not(source_folder_list(&c->a, &c->source, &files, &e));
	cr_expect_eq(e.kind, ERR_INPUT);
	err_format(&e, text, 1024);
	return text;
}

/* What git would put into a clone if all were added. */
static const char *git_names(struct code_folder *c)
{
	struct str listed = ORACLE(&c->a, "git", "-c", "core.excludesFile=/dev/null", "-C",
				   c->source.folder, "ls-files", "-z", "--cached", "--others",
				   "--exclude-per-directory=.gitignore");
	struct strings names = { 0 };
	struct buf out = { .a = &c->a };
	struct str one;

	while (str_next(&listed, '\0', &one))
		*list_push(&c->a, &names) = str_dup(&c->a, one);
	strings_unique(&names);
	for (size_t i = 0; i < names.n; i++)
		buf_printf(&out, "%s\n", names.v[i]);
	return buf_cstr(&out);
}

static unsigned folder_random(unsigned *seed, unsigned n)
{
	*seed = *seed * 1103515245u + 12345u;
	return (*seed >> 16) % n;
}

static void random_patterns(struct code_folder *c, unsigned *seed, const char *file)
{
	static const char *const words[] = { "a",  "b",	  "ab",	 "*",	"**",  "/",    "/",
					     "/",  ".c",  "?",	 "!",	"\n",  "[ab]", "[!a]",
					     "\\", "a b", "**/", "/**", "*.o", "ab.c", "\n!" };
	struct buf text = { .a = &c->a };

	for (unsigned n = 1 + folder_random(seed, 8); n; n--)
		buf_puts(&text, words[folder_random(seed, ARRAY_SIZE(words))]);
	files_put(code_path(c, file), buf_cstr(&text));
}

/* .gitignore files made of random words, above, in and below the folder. */
Test(source_folder, lists_what_git_lists)
{
	static const char *const names[] = { "a", "b", "ab", "ab.c", "b.o", "a b", "x[a]" };
	struct code_folder c;
	unsigned seed = 7;

	oracle_need("git");
	code_open(&c, "code");
	ORACLE(&c.a, "git", "init", "-q", c.dir);
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		files_put(arena_printf(&c.a, "%s/code/%s", c.dir, names[i]), "x");
		for (size_t k = 0; k < ARRAY_SIZE(names); k++) {
			files_put(arena_printf(&c.a, "%s/code/d%s/%s", c.dir, names[i], names[k]),
				  "x");
			files_put(arena_printf(&c.a, "%s/code/d%s/n/%s", c.dir, names[k], names[i]),
				  "x");
		}
	}
	for (int i = 0; i < 150; i++) {
		const char *git, *own;
		struct source_files files = { 0 };
		struct error e = { 0 };

		random_patterns(&c, &seed, ".gitignore");
		random_patterns(&c, &seed, "code/.gitignore");
		random_patterns(&c, &seed, "code/dab/.gitignore");
		git = git_names(&c);
		own = source_folder_list(&c.a, &c.source, &files, &e) ? listed_names(&c) : "";
		cr_assert_str_eq(own, git, "%s\n--\n%s\n--\n%s\n",
				 files_get(&c.a, code_path(&c, ".gitignore")),
				 files_get(&c.a, code_path(&c, "code/.gitignore")),
				 files_get(&c.a, code_path(&c, "code/dab/.gitignore")));
	}
	code_close(&c);
}

Test(source_folder, rules_count_up_to_git_or_to_the_repository)
{
	struct code_folder c;

	code_open(&c, "outer/repo/app");
	c.source.repository = code_path(&c, "outer/repo");
	files_put(code_path(&c, ".gitignore"), "*\n");
	files_put(code_path(&c, "outer/.gitignore"), "*.log\n");
	files_put(code_path(&c, "outer/repo/app/x.log"), "x");
	cr_expect_str_eq(listed_names(&c), "main.c\nx.log\n");
	files_put(code_path(&c, "outer/.git/HEAD"), "ref: refs/heads/main\n");
	cr_expect_str_eq(listed_names(&c), "main.c\n");
	code_close(&c);
}

Test(source_folder, a_recipes_patterns_have_the_last_word)
{
	struct code_folder c;

	code_open(&c, "app");
	files_put(code_path(&c, "app/.gitignore"), "vendor/\n/*.tmp\n");
	files_put(code_path(&c, "app/vendor/v.c"), "x");
	files_put(code_path(&c, "app/docs/d.md"), "x");
	files_put(code_path(&c, "app/a.tmp"), "x");
	cr_expect_str_eq(listed_names(&c), ".gitignore\ndocs/d.md\nmain.c\n");
	*list_push(&c.a, &c.source.ignore) = "!vendor/";
	*list_push(&c.a, &c.source.ignore) = "/docs/";
	cr_expect_str_eq(listed_names(&c), ".gitignore\nmain.c\nvendor/v.c\n");
	code_close(&c);
}

Test(source_folder, links_and_modes_count_and_pipes_do_not)
{
	struct code_folder c;
	struct source_files files = { 0 };
	struct error e = { 0 };
	const char *plain, *executable;

	code_open(&c, "app");
	files_put(code_path(&c, "app/tool"), "int main(void) {}\n");
	cr_assert_eq(chmod(code_path(&c, "app/tool"), 0755), 0);
	cr_assert_eq(symlink("../../etc/passwd", code_path(&c, "app/link")), 0);
	cr_assert_eq(mkfifo(code_path(&c, "app/pipe"), 0600), 0);
	cr_assert_eq(mkdir(code_path(&c, "app/empty"), 0755), 0);
	cr_expect_str_eq(listed_names(&c), "link\nmain.c\ntool\n");
	cr_assert(source_folder_list(&c.a, &c.source, &files, &e));
	cr_expect_str_eq(files.v[0].target, "../../etc/passwd");
	cr_assert(source_file_value(&c.a, &files.v[1], NULL, &plain, &e));
	cr_assert(source_file_value(&c.a, &files.v[2], NULL, &executable, &e));
	cr_expect_str_eq(executable, arena_printf(&c.a, "%s x", plain));
	code_close(&c);
}

Test(source_folder, copies_have_one_time_and_modes_of_their_own)
{
	struct code_folder c;
	struct source_files files = { 0 };
	struct error e = { 0 };
	struct stat st;
	AUTO_FD fd = -1;

	code_open(&c, "app");
	files_put(code_path(&c, "app/sub/tool"), "x");
	cr_assert_eq(chmod(code_path(&c, "app/sub/tool"), 0700), 0);
	cr_assert_eq(chmod(code_path(&c, "app/main.c"), 0600), 0);
	cr_assert_eq(symlink("sub/tool", code_path(&c, "app/link")), 0);
	cr_assert_eq(mkdir(code_path(&c, "to"), 0755), 0);
	fd = open(code_path(&c, "to"), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	cr_assert(source_folder_list(&c.a, &c.source, &files, &e) &&
			  source_folder_copy(&files, fd, NULL, &e),
		  "%s%s", e.context, e.cause);
	cr_assert_eq(stat(code_path(&c, "to/main.c"), &st), 0);
	cr_expect(st.st_mtim.tv_sec == 1 && (st.st_mode & 07777) == 0644);
	cr_assert_eq(stat(code_path(&c, "to/link"), &st), 0);
	cr_expect(st.st_mtim.tv_sec == 1 && (st.st_mode & 07777) == 0755);
	cr_expect_str_eq(files_get(&c.a, code_path(&c, "to/main.c")), "int main(void) {}\n");
	code_close(&c);
}

Test(source_folder, a_folder_that_is_ignored_or_empty_is_bad_input)
{
	struct code_folder c;

	code_open(&c, "x/app");
	files_put(code_path(&c, ".gitignore"), "*.o\n/x/\n");
	cr_expect_str_eq(
		code_error(&c),
		arena_printf(&c.a,
			     "app.json:1:1: git ignores the folder %s/x/app (%s/.gitignore:2: "
			     "\"x\"); remove that pattern or name another folder",
			     c.dir, c.dir));
	files_put(code_path(&c, ".gitignore"), "*\n!/x/\n!/x/app/\n");
	cr_expect_str_eq(
		code_error(&c),
		arena_printf(&c.a,
			     "app.json:1:1: the folder %s/x/app holds no file that git does "
			     "not ignore",
			     c.dir));
	code_close(&c);
}

Test(source_folder, tells_which_line_leaves_a_file_out)
{
	struct code_folder c;

	code_open(&c, "app");
	files_put(code_path(&c, "app/.gitignore"), "*.o\nvendor/\n");
	files_put(code_path(&c, "app/sub/.gitignore"), "/gen\n");
	cr_expect_str_eq(source_folder_ignores(&c.a, &c.source, "vendor/modules.txt"),
			 arena_printf(&c.a, "%s/app/.gitignore:2", c.dir));
	cr_expect_str_eq(source_folder_ignores(&c.a, &c.source, "sub/gen"),
			 arena_printf(&c.a, "%s/app/sub/.gitignore:1", c.dir));
	cr_expect_null(source_folder_ignores(&c.a, &c.source, "main.c"));
	code_close(&c);
}

/* One whose source is a folder of the repository. */
static void workshop_open_folder(struct workshop *w)
{
	workshop_open(w);
	w->source.trees.n = 0;
	w->source.folder = w->sources;
	w->source.repository = w->depot.dir;
}

Test(source_folder, a_failed_step_tells_that_vendor_was_left_out)
{
	struct workshop w;
	struct fragment f;
	enum err_kind kind;
	const char *text;

	workshop_open_folder(&w);
	files_put(arena_printf(&w.depot.a, "%s/.gitignore", w.sources), "vendor\n");
	files_put(arena_printf(&w.depot.a, "%s/vendor/x", w.sources), "x");
	WORKSHOP_STEP(&w, "build", "fail", "1");
	cr_assert_not(workshop_compile(&w, 1, &f, &text, &kind));
	cr_expect(strstr(buf_cstr(&w.said),
			 arena_printf(
				 &w.depot.a,
				 "git ignores %s/vendor (%s/.gitignore:1), so the build had none "
				 "of it; \"ignore\": [\"!vendor/\"] in thing.json takes it in\n",
				 w.sources, w.sources)),
		  "%s", buf_cstr(&w.said));
	workshop_close(&w);
}

Test(source_folder, a_failed_step_tells_that_the_lock_file_was_left_out)
{
	struct workshop w;
	struct fragment f;
	enum err_kind kind;
	const char *text;

	workshop_open_folder(&w);
	w.source.dependencies.file = arena_printf(&w.depot.a, "%s/cli/Cargo.lock", w.sources);
	w.source.dependencies.dir = "cli";
	files_put(arena_printf(&w.depot.a, "%s/.gitignore", w.sources), "\nCargo.lock\n");
	files_put(arena_printf(&w.depot.a, "%s/cli/Cargo.lock", w.sources), "");
	files_put(arena_printf(&w.depot.a, "%s/x", w.sources), "");
	WORKSHOP_STEP(&w, "build", "fail", "1");
	cr_assert_not(workshop_compile(&w, 1, &f, &text, &kind));
	cr_expect(strstr(buf_cstr(&w.said),
			 arena_printf(&w.depot.a,
				      "git ignores %s/cli/Cargo.lock (%s/.gitignore:2), so the "
				      "build had none of it; \"ignore\": [\"!cli/Cargo.lock\"]",
				      w.sources, w.sources)),
		  "%s", buf_cstr(&w.said));
	workshop_close(&w);
}

/* What a build makes of it: from one file to the next key. */
Test(source_folder, is_compiled_where_it_stands_and_anew_when_it_changes)
{
	struct workshop w;
	struct fragment f;
	enum err_kind kind;
	const char *text, *folder;

	workshop_open(&w);
	w.source.trees.n = 0;
	folder = arena_printf(&w.depot.a, "%s/app", w.depot.dir);
	files_put(arena_printf(&w.depot.a, "%s/with a blank.c", folder), "first");
	files_put(arena_printf(&w.depot.a, "%s/.gitignore", folder), "*.o\n");
	w.source.folder = folder;
	w.source.repository = w.depot.dir;
	w.source.version = "1.2";
	WORKSHOP_STEP(&w, "make", "args", "${destdir}/x", "${package-note}");
	for (int i = 0; i < 3; i++) {
		if (i == 1) /* git ignores it: nothing changes */
			files_put(arena_printf(&w.depot.a, "%s/a.o", folder), "x");
		if (i == 2)
			files_put(arena_printf(&w.depot.a, "%s/with a blank.c", folder), "second");
		cr_assert(workshop_compile(&w, 1, &f, &text, &kind), "%s", text);
		cr_expect_eq(f.cached, i == 1);
		cr_expect(strstr(str_dup(&w.depot.a, workshop_file(&w, &f, "x")),
				 "%22version%22%3A%221.2%22"));
		fragment_close(&f);
	}
	cr_expect(strstr(buf_cstr(&w.said), "file with%20a%20blank.c"), "%s", buf_cstr(&w.said));
	workshop_close(&w);
}
