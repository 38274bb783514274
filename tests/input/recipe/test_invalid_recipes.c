/* SPDX-License-Identifier: Apache-2.0 */
/* Bad recipes: tests/data/recipe/invalid/<case>/recipe.json must fail with exactly the text in
 * <case>/error, and docs/recipe.schema.json must refuse the same files. */

#include <criterion/criterion.h>
#include <stdlib.h>
#include <stdio.h>
#include <sys/wait.h>

#include "input/recipe/recipe.h"
#include "base/path.h"
#include "support/fixture_files.h"

#define INVALID "tests/data/recipe/invalid"

/* What no JSON schema can say: names and paths that must exist, names that must differ, text that
 * is not a JSON at all or says a key twice. */
static const char *const beyond_schema[] = {
	"variable-version-of-packages",
	"archive-list-twice",
	"archive-list-same-suite",
	"archive-mirror-of-which",
	"archive-mirror-of-none",
	"target-unknown",
	"component-suite-unknown",
	"healthcheck-probe-brackets",
	"program-toolchain-by-path",
	"archive-unknown",
	"base-unknown",
	"component-twice",
	"dir-twice",
	"duplicate-key",
	"empty-file",
	"not-json",
	"file-leaves-repository",
	"file-leaves-through-link",
	"source-is-no-source",
	"source-leaves-repository",
	"source-missing-file",
	"program-pkg-config-without-pkgconf",
	"source-folder-and-urls",
	"source-folder-is-a-file",
	"source-folder-missing",
	"source-folder-leaves-repository",
	"source-ignore-without-folder",
	"tests-missing-file",
	"ca-bundle-missing-file",
	"ca-bundle-without-certificates",
	/* the fault stands in a file that the recipe names */
	"source-limit-zero",
	"source-step-outside",
	"source-step-runs-nothing",
	"source-until-before",
	"source-until-unknown",
	"source-without-steps",
	"source-signature-without-signers",
	"cross-unknown-platform",
	"cross-of-the-compilers",
	"cross-without-packages",
	"cross-unknown-key",
	"source-platform-unknown",
	"source-platform-twice",
	"source-platforms-empty",
	"source-url-with-password",
	"dependencies-without-folder",
	"dependencies-of-a-stranger",
	"dependencies-missing-file",
	"dependencies-seen-from-recipe",
	"dependencies-other-tool",
	"dependencies-dotted",
	"program-source-is-a-file",
	"probe-http-with-authorities",
	"dependencies-outside",
	"dependencies-malformed",
	"dependencies-dev-of-go",
	"dependencies-two-of-one-version",
	"dependencies-of-old-npm",
	"dependencies-from-no-address",
	"dependencies-from-with-password",
	"dependencies-unknown-key",
	"base-platform-unknown",
	"accepted-finding-until-no-day",
	/* what Debian's packages have no file below */
	"keep-through-sbin",
	"drop-through-lib",
	"drop-through-lib64",
	"needs-file-through-bin",
	"alternative-through-bin",
	/* what another recipe has, or says wrong */
	"extends-loop",
	"extends-itself",
	"extends-missing-file",
	"extends-leaves-repository",
	"extends-a-lock",
	"extends-a-source",
	"extends-no-json",
	"extends-too-deep",
	"extends-unknown-key-in-parent",
	"extends-unknown-key-in-section",
	"extends-fault-in-parent",
	"extends-list-of-another-type-in-parent",
	"extends-component-twice",
	"extends-path-of-another-folder",
	"extends-path-missing-in-parent",
	"remove-component-unknown",
	"remove-program-unknown",
	"remove-file-unknown",
	"remove-dir-unknown",
	"remove-link-unknown",
	"remove-user-unknown",
	"remove-group-unknown",
	"remove-library-unknown",
	"remove-test-unknown",
	"remove-variable-unknown",
	"remove-label-unknown",
	"remove-annotation-unknown",
	"remove-port-unknown",
	"remove-volume-unknown",
	"remove-effect-unknown",
	"remove-finding-unknown",
	"remove-of-nothing",
	"remove-own-entry",
	"remove-variant-unknown",
	"variant-removes-nothing",
	"base-variant-unknown",
	"archive-keyring-absent",
	"archive-keyring-outside",
	"base-image-malformed",
	"base-image-absent",
	"base-image-outside",
	"base-entry-registry",
	"base-entry-empty",
	/* the schema is that of these files too */
	"a-catalogue",
	"a-toolchain",
};

Test(recipe, F22_every_bad_recipe_fails_with_its_place_and_text)
{
	AUTO_ARENA a = { 0 };
	struct strings cases = files_below(&a, INVALID, "/recipe.json");

	cr_assert_gt(cases.n, 50);
	for (size_t i = 0; i < cases.n; i++) {
		struct recipe r = { 0 };
		struct error e = { 0 };
		char text[sizeof(e) * 4];
		const char *dir = path_dir(&a, cases.v[i]);
		struct str want = str_trim(
			str_of(files_get(&a, arena_printf(&a, "%s/error", dir))));

		cr_expect(!recipe_load(&a, cases.v[i], &r, &e), "%s was accepted", cases.v[i]);
		err_format(&e, text, sizeof(text));
		cr_expect(str_eq(str_of(text), want), "%s:\n  says    %s\n  wanted  " STR_FMT, dir,
			  text, STR_ARG(want));
		cr_expect_eq(e.kind, ERR_INPUT, "%s: exit status %d", dir, err_status(e.kind));
	}
}

/* Runs jsonschema over files; gives the names of those it accepts, one a line. */
static struct str accepted_by_schema(struct arena *a, const struct strings *files)
{
	struct buf command = { .a = a }, out = { .a = a };
	char block[4096];
	size_t n;
	FILE *f;

	buf_puts(&command, "/usr/bin/python3 -c 'import json, sys, jsonschema\n"
			   "schema = json.load(open(\"docs/recipe.schema.json\"))\n"
			   "jsonschema.Draft7Validator.check_schema(schema)\n"
			   "check = jsonschema.Draft7Validator(schema)\n"
			   "for name in sys.argv[1:]:\n"
			   "    try: value = json.load(open(name))\n"
			   "    except ValueError: continue\n"
			   "    if check.is_valid(value): print(name)' 2>&1");
	for (size_t i = 0; i < files->n; i++)
		buf_printf(&command, " %s", files->v[i]);
	f = popen(buf_cstr(&command), "r");
	cr_assert(f);
	while ((n = fread(block, 1, sizeof(block), f)) > 0)
		buf_add(&out, (struct str){ block, n });
	cr_assert_eq(pclose(f), 0, "python3-jsonschema is needed: %s", buf_cstr(&out));
	return buf_str(&out);
}

static bool is_beyond_schema(const char *path)
{
	for (size_t i = 0; i < ARRAY_SIZE(beyond_schema); i++) {
		if (strstr(path, beyond_schema[i]) && strstr(path, beyond_schema[i])[-1] == '/' &&
		    strstr(path, beyond_schema[i])[strlen(beyond_schema[i])] == '/')
			return true;
	}
	return false;
}

Test(recipe, schema_refuses_what_the_reader_refuses)
{
	AUTO_ARENA a = { 0 };
	struct strings cases = files_below(&a, INVALID, "/recipe.json");
	struct str rest = accepted_by_schema(&a, &cases), line;

	while (str_next(&rest, '\n', &line))
		cr_expect(is_beyond_schema(str_dup(&a, line)), "the schema accepts " STR_FMT,
			  STR_ARG(line));
}

Test(recipe, schema_refuses_the_faulty_files_that_bad_recipes_name)
{
	static const char *const names[] = { "/source.json", "/toolchain.json", "/images.json" };
	AUTO_ARENA a = { 0 };

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		struct strings files = files_below(&a, INVALID, names[i]);
		struct str accepted = accepted_by_schema(&a, &files);

		cr_expect_gt(files.n, 0);
		cr_expect_eq(accepted.n, 0, "the schema accepts " STR_FMT, STR_ARG(accepted));
	}
}

static struct strings written_files(struct arena *a)
{
	struct strings all = files_below(a, "recipes", ".json"), out = { 0 };

	for (size_t i = 0; i < all.n; i++) {
		if (!str_ends(str_of(all.v[i]), STR(".lock.json")) &&
		    !str_ends(str_of(all.v[i]), STR(".tests.json")))
			*list_push(a, &out) = all.v[i];
	}
	*list_push(a, &out) = "images.json";
	*list_push(a, &out) = "tests/data/recipe/valid/everything/recipe.json";
	*list_push(a, &out) = "tests/data/recipe/valid/extends/recipe.json";
	return out;
}

Test(recipe, schema_accepts_every_file_of_the_repository)
{
	AUTO_ARENA a = { 0 };
	struct strings files = written_files(&a);
	struct str text = accepted_by_schema(&a, &files);

	for (size_t i = 0; i < files.n; i++)
		cr_expect(strstr(text.p, files.v[i]), "the schema refuses %s", files.v[i]);
}

Test(recipe, reader_accepts_every_recipe_of_the_repository)
{
	AUTO_ARENA a = { 0 };
	struct strings files = written_files(&a);

	setenv("IMGBUILD_DATA", ".", 1); /* some take programs of what comes with imgbuild */
	for (size_t i = 0; i < files.n; i++) {
		struct recipe r = { 0 };
		struct error e = { 0 };

		if (strstr(files.v[i], "/sources/") || strstr(files.v[i], "/toolchain/") ||
		    strcmp(files.v[i], "images.json") == 0)
			continue;
		cr_expect(recipe_load(&a, files.v[i], &r, &e), "%s: %s", files.v[i], e.cause);
	}
}
