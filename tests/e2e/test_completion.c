/* SPDX-License-Identifier: Apache-2.0 */
/* Completion, asked of the shells themselves. */

#include <criterion/criterion.h>

#include "e2e/fixture_image.h"

/* What a shell completes, one word a line; a shell that complains fails the test. */
static const char *shell_complete(struct arena *a, const char *shell, const char *script)
{
	struct oracle_run r = oracle_run(a, (const char *const[]){ shell, "-c", script, NULL });

	cr_assert(r.status == 0 && r.err.n == 0, "%s: %d %s", shell, r.status, r.err.p);
	return r.out.p;
}

/* Is it a line of the text? What shells say about it stands behind a tab. */
static bool has_line(const char *text, const char *line)
{
	struct str rest = str_of(text), one;

	while (str_next(&rest, '\n', &one)) {
		if (str_eq(one, str_of(line)) ||
		    (str_starts(one, str_of(line)) && one.p[strlen(line)] == '\t'))
			return true;
	}
	return false;
}

/* What is typed, a word that must come, and one that must not. */
static const struct {
	const char *words, *yes, *no;
} cases[] = {
	{ "gra", "graph", "audit" },
	{ "completion ", "fish", "graph" },
	{ "audit --f", "--format", "--archive" },
	{ "audit --f", "--fail-on", "--platform" },
	{ "--offline why --re", "--recipe", "--platform" },
	{ "store ve", "verify", "version" },
	{ "gc --m", "--max-size", "--keep" },
	{ "recipes/hello.json --arch", "--archive", "--tag" },
	{ "lock --mir", "--mirror", "--check" },
	{ "--progress ", "plain", "audit" },
	{ "--progress q", "quiet", "plain" },
	{ "audit out/x --format s", "sarif", "json" },
	{ "audit --format ", "html", "audit" },
	{ "diff --pl", "--platform", "--policy" },
	{ "test a --ou", "--output", "--offline" },
	{ "-j 4 grap", "graph", "audit" },
	{ "build --platform ", "linux/arm64", "build" },
	{ "help au", "audit", "diff" },
	{ "pull x --tls-verify ", "false", "pull" },
	{ "lock --offline recipes/he", "recipes/hello.json", "recipes/hello.tests.yaml" },
};

/* Words as readline has them: it splits at "=", too. */
static const char *bash_completes(struct arena *a, const char *words)
{
	return shell_complete(
		a, "bash",
		arena_printf(
			a,
			"eval \"$(./imgbuild completion bash)\"; line='imgbuild %s'; read -ra COMP_WORDS <<< \"${line//=/ = }\"; "
			"[[ $line != *' ' ]] || COMP_WORDS+=(''); COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); "
			"_imgbuild; printf '%%s\\n' \"${COMPREPLY[@]}\"",
			words));
}

static const char *fish_completes(struct arena *a, const char *words)
{
	return shell_complete(a, "fish",
			      arena_printf(a,
					   "./imgbuild completion fish | source; "
					   "complete -C 'imgbuild %s'",
					   words));
}

/* zsh completes at a terminal only: its own builtins are replaced by ones that print. */
static const char *zsh_completes(struct arena *a, const char *words)
{
	return shell_complete(
		a, "zsh",
		arena_printf(
			a,
			"show() { for w in $@; do [[ $w == ${PREFIX}* ]] && print -r -- ${w%%%%:*}; done; return 0 }; "
			"compdef() { }; compadd() { shift; show $@ }; _describe() { show ${(P)2} }; "
			"compset() { PREFIX=${PREFIX#*=} }; _files() { [[ $1 != -g ]] || print -rl -- ${~${:-${PREFIX}$2}}(N) }; "
			"source <(./imgbuild completion zsh); line='imgbuild %s'; words=(${(s: :)line}); "
			"[[ $line != *' ' ]] || words+=(''); CURRENT=$#words; PREFIX=$words[-1]; _imgbuild",
			words));
}

Test(completion, of_bash, .timeout = 600)
{
	AUTO_ARENA a = { 0 };

	oracle_need("bash");
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const char *got = bash_completes(&a, cases[i].words);

		cr_expect(has_line(got, cases[i].yes), "%s: %s", cases[i].words, got);
		cr_expect(!has_line(got, cases[i].no), "%s: %s", cases[i].words, got);
	}
	cr_expect(has_line(bash_completes(&a, "audit x --format=s"), "sarif"));
	cr_expect(has_line(bash_completes(&a, "--progress="), "plain"));
	cr_expect(has_line(bash_completes(&a, "--progress=plain gra"), "graph"));
}

Test(completion, of_fish, .timeout = 600)
{
	AUTO_ARENA a = { 0 };

	oracle_need("fish");
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const char *got = fish_completes(&a, cases[i].words);

		/* newer ones offer what merely has the letters, too: "no" is not looked for */
		cr_expect(has_line(got, cases[i].yes), "%s: %s", cases[i].words, got);
	}
	cr_expect(has_line(fish_completes(&a, "audit x --format=s"), "--format=sarif"));
	cr_expect(has_line(fish_completes(&a, "--progress="), "--progress=plain"));
	cr_expect(has_line(fish_completes(&a, "--progress=plain gra"), "graph"));
}

Test(completion, of_zsh, .timeout = 600)
{
	AUTO_ARENA a = { 0 };

	oracle_need("zsh");
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const char *got = zsh_completes(&a, cases[i].words);

		cr_expect(has_line(got, cases[i].yes), "%s: %s", cases[i].words, got);
		cr_expect(!has_line(got, cases[i].no), "%s: %s", cases[i].words, got);
	}
	cr_expect(has_line(zsh_completes(&a, "audit x --format=s"), "sarif"));
	cr_expect(has_line(zsh_completes(&a, "--progress="), "plain"));
	cr_expect(has_line(zsh_completes(&a, "--progress=plain gra"), "graph"));
}

Test(completion, wants_a_shell_that_it_knows)
{
	AUTO_ARENA a = { 0 };
	struct oracle_run r = IMGBUILD(&a, "completion");

	cr_expect_eq(r.status, 2);
	cr_expect_str_eq(r.err.p, "imgbuild: error: completion: name a shell: bash, zsh or fish\n");
	r = IMGBUILD(&a, "completion", "tcsh");
	cr_expect_eq(r.status, 2);
	cr_expect_str_eq(r.err.p,
			 "imgbuild: error: completion is bash, zsh or fish, not \"tcsh\"\n");
}
