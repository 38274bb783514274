/* SPDX-License-Identifier: Apache-2.0 */
/* .gitignore files as texts. Whole folders are compared with git in make/compile. */

#include "format/text/gitignore.h"

#include <criterion/criterion.h>

#include "base/buf.h"
#include "base/strmap.h"
#include "support/fixture_files.h"
#include "support/fixture_oracle.h"

/* Paths that need not exist. One with a final slash is a folder that does. */
static const char *const gitignore_paths[] = {
	"a",	     "b",	  "ab",	       "a.o",	  "a/b",	 "a/b/c",
	"x/a",	     "x/a/b",	  "a b",       "#a",	  "!a",		 "a]",
	"-",	     "a-c",	  "x/y/z/a.o", "abc/d/x", "abc/x",	 "d/abc/x",
	"vendor/",   "x/vendor/", "A",	       "1",	  "a*",		 "[a",
	"trailing ", "\xc3\xa9",  "foo/bar",   "foo",	  "x/foo/y/bar",
};

static const char *const gitignore_patterns[] = {
	"a",
	"/a",
	"a/",
	"*.o",
	"**/a",
	"a/**",
	"a/**/c",
	"**",
	"/**",
	"**/",
	"x/**/a.o",
	"abc**/x",
	"/abc**/x",
	"a*",
	"a\\*",
	"[ab]",
	"[!a]",
	"[^a]",
	"[a-c]",
	"[]-]",
	"[a",
	"[[:digit:]]",
	"[[:foo:]a]",
	"[[:upper:]]",
	"[\\]]",
	"a\\",
	"\\#a",
	"\\!a",
	"#a",
	"trailing ",
	"trailing\\ ",
	"a b",
	"a b  ",
	"?",
	"x/?",
	"x?a",
	"*",
	"*\n!a",
	"*\n!a/\n!b",
	"a\n!a/b",
	"/*\n!/a",
	"/x/*\n!/x/a",
	"vendor/",
	"/vendor/",
	"**/vendor/",
	"a\r",
	"\xef\xbb\xbf"
	"a",
	"***/a",
	"x/***/a.o",
	"foo**bar",
	"foo*bar",
	"foo/*bar",
	"**foo",
	"x/**bar",
	"x/[/]a",
	"[a-]",
	"[--a]",
	"[\\a-\\c]",
	"*[",
	"//a",
	"a//",
	"!a",
	"!",
	"/",
	"\xc3?",
	"[[:space:]]",
	"a[ ]b",
	"*a*b*",
	"x/*/*/a.o",
	"[z-a]",
	"[[:alpha:][:digit:]]",
	"\\a",
	"[[:]]",
	"[[::]a]",
	"[[:alpha:]",
	"[[:alpha]",
	"[[:alpha]]",
	"[[:alpha:]-c]",
	"[a-[:digit:]]",
	"[a[:digit:]-]",
	"[[:alnum:]]",
	"[[:blank:]]x",
	"a[[:blank:]]b",
	"[[:cntrl:]]",
	"[[:graph:]]",
	"[[:lower:]]",
	"[[:print:]]",
	"[[:punct:]]",
	"[[:xdigit:]]",
	"[![:punct:]]",
	"[^[:alnum:]]c",
};

static const char *without_slash(struct arena *a, const char *path)
{
	size_t n = strlen(path);

	return path[n - 1] == '/' ? arena_strndup(a, path, n - 1) : path;
}

static bool rule_ignores(const struct ignore_rule *rule)
{
	return rule && !rule->negated;
}

/* As the walk asks: folder by folder, and no further than the first that is ignored. */
static bool gitignore_says(struct arena *a, const char *pattern, const char *path)
{
	struct ignore_rules rules = { 0 };
	const char *whole = without_slash(a, path);

	gitignore_read(a, str_of(pattern), "", ".gitignore", &rules);
	for (const char *p = strchr(whole, '/'); p; p = strchr(p + 1, '/')) {
		const char *folder = arena_strndup(a, whole, (size_t)(p - whole));

		if (rule_ignores(gitignore_find(&rules, folder, true)))
			return true;
	}
	return rule_ignores(gitignore_find(&rules, whole, whole != path));
}

/* What of the paths git ignores, one a line. */
static struct str git_ignored(struct arena *a, const char *dir)
{
	const char *const words[] = { "git", "-c",	     "core.quotePath=false", "-C",
				      dir,   "check-ignore", "--no-index",	     "--" };
	struct strings argv = { 0 };
	struct oracle_run run;

	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		*list_push(a, &argv) = words[i];
	for (size_t i = 0; i < ARRAY_SIZE(gitignore_paths); i++)
		*list_push(a, &argv) = without_slash(a, gitignore_paths[i]);
	*list_push(a, &argv) = NULL;
	run = oracle_run(a, argv.v);
	cr_assert(run.status <= 1, "%s", run.err.p);
	return run.out;
}

static bool lines_have(struct str lines, const char *wanted)
{
	struct str one;

	while (str_next(&lines, '\n', &one)) {
		if (str_eq(one, str_of(wanted)))
			return true;
	}
	return false;
}

Test(gitignore, patterns_match_as_git_matches_them)
{
	AUTO_ARENA a = { 0 };
	const char *dir = files_temporary(&a);

	oracle_need("git");
	ORACLE(&a, "git", "init", "-q", dir);
	files_put(arena_printf(&a, "%s/vendor/x", dir), "");
	files_put(arena_printf(&a, "%s/x/vendor/x", dir), "");
	for (size_t i = 0; i < ARRAY_SIZE(gitignore_patterns); i++) {
		const char *pattern = gitignore_patterns[i];
		struct str ignored;

		files_put(arena_printf(&a, "%s/.gitignore", dir), pattern);
		ignored = git_ignored(&a, dir);
		for (size_t k = 0; k < ARRAY_SIZE(gitignore_paths); k++) {
			const char *path = gitignore_paths[k];
			bool git = lines_have(ignored, without_slash(&a, path));

			cr_expect_eq(gitignore_says(&a, pattern, path), git,
				     "pattern \"%s\", path \"%s\": git %s it", pattern, path,
				     git ? "ignores" : "does not ignore");
		}
	}
	files_remove(dir);
}

static const char *const gitignore_short_paths[] = {
	"a", "b", "-", "!", "^", "]", "[", "ab", "ba", "a-", "a/a", "b/a", "a/b/a", "ab/b",
};

/* The text of this number: one to three of the letters. */
static const char *short_pattern(struct arena *a, size_t number)
{
	static const char letters[] = "ab*/[]!-\\?^";
	const size_t n = strlen(letters);
	struct buf out = { .a = a };

	for (number++; number; number = (number - 1) / n)
		buf_putc(&out, letters[(number - 1) % n]);
	return buf_cstr(&out);
}

#define SHORT_PATTERNS (11 + 11 * 11 + 11 * 11 * 11)

/* A folder for each pattern, and one git for all. */
Test(gitignore, short_patterns_match_as_git_matches_them, .timeout = 120)
{
	AUTO_ARENA a = { 0 };
	const char *dir = files_temporary(&a);
	struct buf asked = { .a = &a };
	struct strmap ignored = { NULL };
	struct str lines, one;

	oracle_need("git");
	ORACLE(&a, "git", "init", "-q", dir);
	for (size_t i = 0; i < SHORT_PATTERNS; i++) {
		files_put(arena_printf(&a, "%s/%zu/.gitignore", dir, i), short_pattern(&a, i));
		for (size_t k = 0; k < ARRAY_SIZE(gitignore_short_paths); k++)
			buf_printf(&asked, "%zu/%s\n", i, gitignore_short_paths[k]);
	}
	files_put(arena_printf(&a, "%s/asked", dir), buf_cstr(&asked));
	lines = ORACLE(&a, "sh", "-c", "cd \"$1\" && git check-ignore --no-index --stdin < asked",
		       "sh", dir);
	while (str_next(&lines, '\n', &one))
		strmap_add(&a, &ignored, one);
	for (size_t i = 0; i < SHORT_PATTERNS; i++) {
		const char *pattern = short_pattern(&a, i);

		for (size_t k = 0; k < ARRAY_SIZE(gitignore_short_paths); k++) {
			const char *path = gitignore_short_paths[k];
			bool git = strmap_get(&ignored,
					      str_of(arena_printf(&a, "%zu/%s", i, path)));

			cr_expect_eq(gitignore_says(&a, pattern, path), git,
				     "pattern \"%s\", path \"%s\": git %s it", pattern, path,
				     git ? "ignores" : "does not ignore");
		}
	}
	files_remove(dir);
}

Test(gitignore, a_rule_says_where_it_stands)
{
	AUTO_ARENA a = { 0 };
	struct ignore_rules rules = { 0 };
	const struct ignore_rule *rule;

	gitignore_read(&a, STR("# ours\n\n*.o\n!keep.o\n"), "", "app/.gitignore", &rules);
	gitignore_read(&a, STR("/gen/\n"), "src", "app/src/.gitignore", &rules);
	rule = gitignore_find(&rules, "x/a.o", false);
	cr_assert(rule && rule->line == 3 && !rule->negated);
	cr_expect_str_eq(rule->file, "app/.gitignore");
	rule = gitignore_find(&rules, "keep.o", false);
	cr_assert(rule && rule->line == 4 && rule->negated);
	cr_expect_null(gitignore_find(&rules, "gen", true));
	cr_expect_null(gitignore_find(&rules, "src/gen", false));
	rule = gitignore_find(&rules, "src/gen", true);
	cr_assert(rule && rule->line == 1);
	cr_expect_str_eq(rule->pattern, "gen");
}
