/* SPDX-License-Identifier: Apache-2.0 */
/* The rules of docs/architecture.md that a compiler does not check: who may include whom, which
 * library has one user, which calls nobody makes, how long functions and files may be. */

#include <criterion/criterion.h>

#include "support/files.h"

/* The order in which data flows: a stage sees itself and what stands before it. */
static const char *const stages[] = {
	"base", "format", "tree", "recipe", "fetch", "lock", "unpack", "compile", "closure",
	"layer", "image", "registry", "audit", "evidence", "structure", "build", "cli",
};
#define STAGES (sizeof(stages) / sizeof(stages[0]))

/* Headers that one file alone may include. */
static const struct {
	const char *header, *file;
} single_users[] = {
	{ "curl/curl.h", "builder/fetch/http.c" },
	{ "jansson.h", "builder/format/json.c" },
	{ "archive.h", "builder/format/tar.c" },
	{ "archive_entry.h", "builder/format/tar.c" },
	{ "yaml.h", "builder/format/yaml.c" },
	{ "pcre2.h", "builder/format/regex.c" },
};

static const char *const banned[] = {
	"strcpy", "strcat", "sprintf", "vsprintf", "strtok", "gets", "system", "popen",
	"tmpnam", "mktemp", "atoi", "atol", "alloca", "strncpy", "strncat", "rand", "srand",
};

static size_t stage_of(struct str name)
{
	size_t i = 0;

	while (i < STAGES && !str_eq(name, str_of(stages[i])))
		i++;
	return i;
}

/* "builder/fetch/http.c" -> the index of fetch; main.c sees everything. */
static size_t stage_of_file(const char *path)
{
	struct str rest = str_of(path + strlen("builder/")), stage, file;

	return str_cut(rest, '/', &stage, &file) ? stage_of(stage) : STAGES;
}

static bool is_audit_allowed(size_t stage)
{
	return stage <= stage_of(STR("tree")) || stage == stage_of(STR("audit"));
}

/* A bill of materials tells what was read of an image, not what its writer thinks of it. */
static bool is_evidence_allowed(size_t stage)
{
	return is_audit_allowed(stage) || stage == stage_of(STR("evidence"));
}

/* Registries need bytes over the network, the store to keep them, and the layout; nothing of recipes, locks
 * or packages. */
static bool is_registry_allowed(size_t stage, struct str header)
{
	return stage <= stage_of(STR("format")) || stage == stage_of(STR("image")) ||
	       stage == stage_of(STR("registry")) || str_starts(header, STR("fetch/http")) ||
	       str_eq(header, STR("fetch/store.h"));
}

static void check_include(const char *file, unsigned line, struct str header)
{
	struct str stage, rest;
	size_t from = stage_of_file(file), to;

	if (!str_cut(header, '/', &stage, &rest) || (to = stage_of(stage)) == STAGES)
		return;
	cr_expect(to <= from, "%s:%u: %s may not include " STR_FMT, file, line, stages[from],
		  STR_ARG(header));
	if (from == stage_of(STR("audit")))
		cr_expect(is_audit_allowed(to), "%s:%u: audit trusts no other stage", file, line);
	if (from == stage_of(STR("evidence")))
		cr_expect(is_evidence_allowed(to), "%s:%u: evidence trusts the audit alone", file, line);
	if (from == stage_of(STR("registry")))
		cr_expect(is_registry_allowed(to, header), "%s:%u: registry may not include " STR_FMT, file,
			  line, STR_ARG(header));
}

static void check_single_user(const char *file, unsigned line, struct str header)
{
	for (size_t i = 0; i < sizeof(single_users) / sizeof(single_users[0]); i++) {
		if (str_eq(header, str_of(single_users[i].header)))
			cr_expect_str_eq(file, single_users[i].file, "%s:%u: only %s includes <%s>", file,
					 line, single_users[i].file, single_users[i].header);
	}
}

static void check_file_includes(struct arena *a, const char *file)
{
	struct str text = str_of(files_get(a, file)), line, name, rest;
	unsigned number = 0;

	while (str_next(&text, '\n', &line)) {
		number++;
		if (!str_starts(line, STR("#include ")))
			continue;
		line = str_from(line, strlen("#include "));
		if (line.p[0] == '"' && str_cut(str_from(line, 1), '"', &name, &rest))
			check_include(file, number, name);
		else if (line.p[0] == '<' && str_cut(str_from(line, 1), '>', &name, &rest))
			check_single_user(file, number, name);
	}
}

Test(style, includes_point_up_the_list_of_stages)
{
	AUTO_ARENA a = { 0 };
	struct strings sources = files_below(&a, "builder", ".c");
	struct strings headers = files_below(&a, "builder", ".h");

	cr_assert_gt(sources.n, 20);
	for (size_t i = 0; i < sources.n; i++)
		check_file_includes(&a, sources.v[i]);
	for (size_t i = 0; i < headers.n; i++)
		check_file_includes(&a, headers.v[i]);
}

static bool is_identifier(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

/* A text with comments and strings blanked out, so that only code is looked at. */
static char *code_only(struct arena *a, const char *text)
{
	char *code = arena_strdup(a, text);

	for (char *p = code; *p; p++) {
		if (p[0] == '/' && p[1] == '*') {
			char *end = strstr(p, "*/");

			for (; end && p < end + 1; p++)
				*p = *p == '\n' ? '\n' : ' ';
			*p = ' ';
		} else if (*p == '"' || *p == '\'') {
			char quote = *p;

			for (p++; *p && *p != quote; p++) {
				if (*p == '\\')
					*p++ = ' ';
				*p = ' ';
			}
		}
		if (!*p)
			break;
	}
	return code;
}

/* Paths of recipes and images are walked with descriptors; a name that was worked out can be another's
 * by the time it is used. */
static const char *const banned_in_builder[] = { "realpath", "canonicalize_file_name" };

static void check_call(const char *file, const char *code, const char *name)
{
	size_t n = strlen(name);

	for (const char *p = strstr(code, name); p; p = strstr(p + n, name)) {
		if (p[n] == '(' && (p == code || !is_identifier(p[-1])))
			cr_expect(false, "%s calls %s()", file, name);
	}
}

Test(style, banned_calls_are_not_made)
{
	AUTO_ARENA a = { 0 };
	const char *const roots[] = { "builder", "scripts-free" };

	for (size_t r = 0; r < 2; r++) {
		struct strings sources = files_below(&a, roots[r], ".c");

		for (size_t i = 0; i < sources.n; i++) {
			const char *code = code_only(&a, files_get(&a, sources.v[i]));

			for (size_t k = 0; k < sizeof(banned) / sizeof(banned[0]); k++)
				check_call(sources.v[i], code, banned[k]);
			for (size_t k = 0; r == 0 && k < sizeof(banned_in_builder) / sizeof(banned_in_builder[0]); k++)
				check_call(sources.v[i], code, banned_in_builder[k]);
			if (r == 0 && strcmp(sources.v[i], "builder/main.c") != 0 &&
			    strcmp(sources.v[i], "builder/base/arena.c") != 0) {
				check_call(sources.v[i], code, "exit");
				cr_expect(!strstr(code, "stderr"), "%s writes stderr", sources.v[i]);
			}
		}
	}
}

/* The longest function of a text, braces included. */
static unsigned longest_function(const char *text)
{
	unsigned line = 0, start = 0, longest = 0;
	struct str rest = str_of(text), one;

	while (str_next(&rest, '\n', &one)) {
		line++;
		if (one.n && one.p[0] == '{')
			start = line;
		if (one.n && one.p[0] == '}' && start) {
			longest = line - start + 1 > longest ? line - start + 1 : longest;
			start = 0;
		}
	}
	return longest;
}

Test(style, functions_and_files_stay_short)
{
	AUTO_ARENA a = { 0 };
	const char *const roots[] = { "builder", "scripts-free" };

	for (size_t r = 0; r < 2; r++) {
		struct strings sources = files_below(&a, roots[r], ".c");

		for (size_t i = 0; i < sources.n; i++) {
			const char *text = files_get(&a, sources.v[i]);
			size_t lines = 0;

			for (const char *p = text; *p; p++)
				lines += *p == '\n';
			cr_expect_leq(lines, 500, "%s has %zu lines", sources.v[i], lines);
			cr_expect_leq(longest_function(text), 70, "%s has a function of %u lines",
				      sources.v[i], longest_function(text));
		}
	}
}

Test(style, no_script_is_in_the_tree)
{
	AUTO_ARENA a = { 0 };
	const char *const suffixes[] = { ".sh", ".bash", ".py", ".pl", ".rb", ".js" };
	const char *const roots[] = { "builder", "scripts-free", "recipes", "rootfs", "tests", "docs" };

	for (size_t s = 0; s < sizeof(suffixes) / sizeof(suffixes[0]); s++) {
		for (size_t r = 0; r < sizeof(roots) / sizeof(roots[0]); r++) {
			struct strings found = files_below(&a, roots[r], suffixes[s]);

			/* the report's page is run by its reader's browser, by nothing here */
			for (size_t i = 0; i < found.n; i++)
				cr_expect_str_eq(found.v[i], "builder/audit/page.js", "%s is a script",
						 found.v[i]);
		}
	}
}
