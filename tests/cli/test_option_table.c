/* SPDX-License-Identifier: Apache-2.0 */
/* The tables of options: whether they make sense, and whether all that is made of them has every
 * row. */

#include <criterion/criterion.h>
#include <stdlib.h>

#include "cli/commands.h"
#include "cli/manual.h"
#include "cli/common_options.h"
#include "cli/conventions.h"
#include "cli/operands.h"
#include "cli/usage.h"
#include "support/fixture_files.h"
#include "support/fixture_oracle.h"
#include "support/fixture_verb.h"

static const struct option_row *find_row(const struct command *c, struct str name)
{
	const struct option_row *own = option_named(c->options, name);

	return own ? own : option_named(common_options, name);
}

static size_t count_letter(const struct command *c, char letter)
{
	size_t n = 0;

	option_each(row, c->options) n += row->letter == letter;
	option_each(row, common_options) n += row->letter == letter;
	return n;
}

static size_t count_name(const struct command *c, const char *name)
{
	size_t n = 0;

	option_each(row, c->options) n += strcmp(row->name, name) == 0;
	option_each(row, common_options) n += strcmp(row->name, name) == 0;
	return n;
}

static void check_option_names(const struct command *c, const char *names)
{
	struct str rest = str_of(names ? names : ""), name;

	while (str_next(&rest, ' ', &name))
		cr_expect(find_row(c, name), "%s: no option " STR_FMT, c->name, STR_ARG(name));
}

static void check_row(const struct command *c, const struct option_row *row)
{
	size_t letters = strspn(row->name + 2, "abcdefghijklmnopqrstuvwxyz-");

	cr_expect(strncmp(row->name, "--", 2) == 0 && letters > 0 && !row->name[2 + letters], "%s",
		  row->name);
	cr_expect_eq(count_name(c, row->name), 1, "%s %s", c->name, row->name);
	cr_expect(!row->letter || count_letter(c, row->letter) == 1, "%s -%c", c->name,
		  row->letter);
	cr_expect(row->help && *row->help && !str_ends(str_of(row->help), STR(".")), "%s %s",
		  c->name, row->name);
	cr_expect_eq(row->value == NULL, row->kind == OPTION_FLAG, "%s %s", c->name, row->name);
	cr_expect_eq(row->read != NULL, row->kind == OPTION_READ, "%s %s", c->name, row->name);
	cr_expect(row->choices || row->word != WORD_CHOICE, "%s %s", c->name, row->name);
	cr_expect(!(row->initial && row->otherwise), "%s %s has two defaults", c->name, row->name);
	check_option_names(c, row->needs);
	check_option_names(c, row->excludes);
	option_each(other, c->options)
		cr_expect(other == row || row < c->options || other->target != row->target ||
				  option_named(common_options, str_of(row->name)) == row,
			  "%s: %s and %s have one target", c->name, row->name, other->name);
}

Test(option_table, rows_make_sense)
{
	command_each(c)
	{
		AUTO_ARENA a = { 0 };

		option_each(row, common_options) check_row(*c, row);
		option_each(row, (*c)->options)
		{
			check_row(*c, row);
			cr_expect_lt(row->target, (*c)->options_size, "%s %s", (*c)->name,
				     row->name);
		}
		cr_expect((*c)->wanted || !operand_at(*c, 0) || (*c)->operands[0].name[0] == '[',
			  "%s", (*c)->name);
		cr_expect_eq(command_named((*c)->name), *c, "%s stands twice", (*c)->name);
		cr_expect(*operands_text(&a, *c) || !operand_at(*c, 0));
	}
}

/* Defaults are values that the reader takes. */
Test(option_table, defaults_can_be_set)
{
	command_each(c)
	{
		option_each(row, (*c)->options)
		{
			AUTO_ARENA a = { 0 };
			struct error e = { 0 };

			cr_expect(!row->initial ||
					  option_set(&a, row, arena_alloc(&a, (*c)->options_size),
						     row->name, row->initial, &e),
				  "%s: %s", row->name, e.cause);
		}
	}
}

static const char *verb_help(struct arena *a, const struct command *c)
{
	char *text = NULL;
	const char *copy;
	size_t n;
	FILE *out = open_memstream(&text, &n);

	usage_print_verb(a, c, out);
	cr_assert_eq(fclose(out), 0);
	copy = arena_strdup(a, text);
	free(text);
	return copy;
}

/* Every "--word" in the help of a verb is an option that it takes. */
static void check_mentions(const struct command *c, const char *help)
{
	for (const char *at = help; (at = strstr(at, "--"));) {
		size_t n = strspn(at, "abcdefghijklmnopqrstuvwxyz-");

		cr_expect(find_row(c, (struct str){ at, n }), "%s: help says \"%.*s\"", c->name,
			  (int)n, at);
		at += n;
	}
}

Test(option_table, help_of_a_verb_has_every_row_and_nothing_else)
{
	command_each(c)
	{
		AUTO_ARENA a = { 0 };
		const char *help = verb_help(&a, *c);
		struct str rest = str_of(help), line;

		option_each(row, (*c)->options)
		{
			const char *label = arena_printf(&a, "\n  %s%s", row->letter ? "" : "    ",
							 usage_label(&a, row));

			cr_expect(strstr(help, label), "%s --help: no \"%s\"", (*c)->name, label);
			for (size_t i = 0; row->choices && row->choices[i]; i++)
				cr_expect(strstr(help, row->choices[i]), "%s %s", (*c)->name,
					  row->choices[i]);
		}
		check_mentions(*c, help);
		cr_expect(strstr(help, usage_synopsis(&a, *c)));
		while (str_next(&rest, '\n', &line))
			cr_expect_leq(line.n, 100, "%s --help: " STR_FMT, (*c)->name,
				      STR_ARG(line));
	}
}

Test(option_table, help_has_verbs_common_options_and_exit_statuses)
{
	AUTO_ARENA a = { 0 };
	const char *help = VERB(&a, cmd_help, "help").out;

	command_each(c) cr_expect_eq(strstr(help, arena_printf(&a, "\n  %s ", (*c)->name)) != NULL,
				     !(*c)->hidden, "%s", (*c)->name);
	option_each(row, common_options)
		cr_expect(strstr(help, usage_label(&a, row)), "%s", row->name);
	convention_each(x, exit_statuses)
		cr_expect(strstr(help, arena_printf(&a, "\n  %s ", x->name)), "%s", x->name);
	cr_expect_str_eq(ORACLE(&a, "./imgbuild", "--help").p, help);
	cr_expect_str_eq(VERB(&a, cmd_help, "help", "audit").out, verb_help(&a, &cmd_audit));
	cr_expect_str_eq(ORACLE(&a, "./imgbuild", "audit", "-h").p, verb_help(&a, &cmd_audit));
	cr_expect_str_eq(ORACLE(&a, "./imgbuild", "audit", "--polcy=x", "--help").p,
			 verb_help(&a, &cmd_audit));
}

Test(option_table, every_status_that_a_run_may_have_is_told)
{
	AUTO_ARENA a = { 0 };

	for (unsigned kind = ERR_NONE; kind <= ERR_SYSTEM; kind++) {
		const char *status = arena_printf(&a, "%d", err_status((enum err_kind)kind));
		bool found = false;

		convention_each(x, exit_statuses) found = found || strcmp(x->name, status) == 0;
		cr_expect(found, "%s", status);
	}
}

static bool variable_is_told(struct str name)
{
	convention_each(x, environment_variables)
	{
		struct str rest = str_of(x->name), one;

		while (str_next(&rest, ',', &one)) {
			if (str_eq(str_trim(one), name))
				return true;
		}
	}
	return false;
}

/* The names in quotes behind `before`; how many there were. */
static size_t check_variables(struct arena *a, const char *file, const char *before,
			      const char *prefix)
{
	const char *pattern = arena_printf(a, "%s\"%s", before, prefix);
	size_t n = 0;

	for (const char *at = files_get(a, file); (at = strstr(at, pattern)); n++) {
		struct str name;

		at += strlen(before) + 1;
		name = (struct str){ at, strspn(at, "ABCDEFGHIJKLMNOPQRSTUVWXYZ_") };
		cr_expect(variable_is_told(name), "%s has " STR_FMT, file, STR_ARG(name));
	}
	return n;
}

Test(option_table, every_variable_that_is_read_is_told)
{
	AUTO_ARENA a = { 0 };
	struct strings files = files_below(&a, "builder", ".c");
	size_t read = 0, own = 0;

	for (size_t i = 0; i < files.n; i++) {
		read += check_variables(&a, files.v[i], "getenv(", "");
		own += strcmp(files.v[i], "builder/cli/conventions.c") == 0
			       ? 0
			       : check_variables(&a, files.v[i], "", "IMGBUILD_");
	}
	cr_assert(read > 20 && own > 4, "%zu %zu", read, own);
}

Test(option_table, completion_of_each_shell_has_every_row)
{
	AUTO_ARENA a = { 0 };
	const char *bash = VERB(&a, cmd_completion, "completion", "bash").out;
	const char *zsh = VERB(&a, cmd_completion, "completion", "zsh").out;
	const char *fish = VERB(&a, cmd_completion, "completion", "fish").out;

	command_each(c)
	{
		option_each(row, (*c)->options)
		{
			const char *line = arena_printf(&a, "\n\t%s) options='", (*c)->name);
			const char *known = strstr(bash, line)
						    ? strchr(strstr(bash, line) + 1, '\'')
						    : "";
			struct str list, rest;

			str_cut(str_of(known + (*known != '\0')), '\'', &list, &rest);
			cr_expect_eq(strstr(arena_printf(&a, " " STR_FMT " ", STR_ARG(list)),
					    arena_printf(&a, " %s ", row->name)) != NULL,
				     !(*c)->hidden);
			cr_expect(strstr(zsh, arena_printf(&a, "\t'%s:", row->name)));
			cr_expect(strstr(fish, arena_printf(&a, "'__imgbuild_is %s' -l %s ",
							    (*c)->name, row->name + 2)));
			cr_expect(!row->value || strstr(bash, arena_printf(&a, "\t%s' %s'",
									   (*c)->name, row->name)));
		}
	}
	option_each(row, common_options)
	{
		cr_expect(strstr(bash, row->name) && strstr(zsh, row->name));
		cr_expect(strstr(fish,
				 arena_printf(&a, "complete -c imgbuild -l %s ", row->name + 2)));
	}
	cr_expect(!strstr(bash, "manual") && !strstr(zsh, "manual") && !strstr(fish, "manual"));
}

Test(option_table, documents_are_what_the_tables_say)
{
	static const struct {
		const char *name, *file;
	} documents[] = {
		{ "page", "docs/imgbuild.1" },
		{ "recipe-page", "docs/imgbuild-recipe.5" },
		{ "reference", "docs/reference/cli.md" },
		{ "recipe", "docs/reference/recipe.md" },
		{ "source", "docs/reference/source.md" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(documents); i++) {
		AUTO_ARENA a = { 0 };
		const char *made = VERB(&a, cmd_manual, "manual", documents[i].name).out;

		cr_expect(strcmp(made, files_get(&a, documents[i].file)) == 0,
			  "%s is out of date: make docs", documents[i].file);
	}
}

static const char *page_as_read(struct arena *a, const char *file)
{
	struct oracle_run r;

	oracle_need("groff");
	r = oracle_run(a, (const char *const[]){ "groff", "-ww", "-man", "-Tascii", "-P-cbou",
						 "-rLL=1000n", file, NULL });
	cr_assert(r.status == 0 && r.err.n == 0, "%s", r.err.p);
	return r.out.p;
}

Test(option_table, the_page_of_recipes_is_set_and_has_all_keys)
{
	AUTO_ARENA a = { 0 };
	const char *read = page_as_read(&a, "docs/imgbuild-recipe.5");
	static const char *const documents[] = { "recipe", "source" };

	for (size_t d = 0; d < ARRAY_SIZE(documents); d++) {
		struct manual_sections all = { 0 };
		struct error e = { 0 };

		cr_assert(manual_keys_collect(&a, documents[d], &all, &e), "%s", e.cause);
		for (size_t i = 0; i < all.n; i++) {
			for (size_t j = 0; j < all.v[i].keys.n; j++)
				cr_expect(strstr(read, arena_printf(&a, "\n       %s (",
								    all.v[i].keys.v[j].name)),
					  "%s", all.v[i].keys.v[j].name);
		}
	}
}

/* The page as a reader sees it has all rows, and roff has nothing to say against it. */
Test(option_table, the_man_page_is_set_without_a_warning)
{
	AUTO_ARENA a = { 0 };
	const char *read = page_as_read(&a, "docs/imgbuild.1");

	command_each(c)
	{
		if ((*c)->hidden)
			continue;
		cr_expect(strstr(read, usage_synopsis(&a, *c)), "%s", (*c)->name);
		option_each(row, (*c)->options)
		{
			cr_expect(strstr(read,
					 arena_printf(&a, "\n       %s", usage_label(&a, row))),
				  "%s %s", (*c)->name, row->name);
			cr_expect(strstr(read, option_text(&a, row)), "%s %s", (*c)->name,
				  row->name);
		}
	}
}

/* Editors show them, and the reference prints them: a validator agrees that each is what its key
 * takes. */
Test(option_table, every_key_of_the_schema_is_described_and_its_examples_are_valid)
{
	static const char program[] =
		"import json, jsonschema\n"
		"schema = json.load(open('docs/recipe.schema.json'))\n"
		"resolver = jsonschema.RefResolver.from_schema(schema)\n"
		"seen = 0\n"
		"def key(name, k):\n"
		"    global seen\n"
		"    if not isinstance(k, dict): return\n"
		"    seen += 1\n"
		"    assert k.get('description'), (name, 'has no description')\n"
		"    for x in k.get('examples', []) + ([k['default']] if 'default' in k else []):\n"
		"        jsonschema.Draft7Validator(k, resolver=resolver).validate(x)\n"
		"def walk(name, x):\n"
		"    for n, k in x.get('properties', {}).items():\n"
		"        key(name + [n], k); walk(name + [n], k)\n"
		"    for n in ('items', 'additionalProperties'):\n"
		"        if isinstance(x.get(n), dict): walk(name, x[n])\n"
		"for n, d in schema['definitions'].items():\n"
		"    walk([n], d)\n"
		"assert seen > 150, seen\n";
	AUTO_ARENA a = { 0 };
	struct oracle_run r;

	oracle_need("python3");
	r = oracle_run(&a, (const char *const[]){ "python3", "-c", program, NULL });
	cr_expect_eq(r.status, 0, "%s", r.err.p);
}

/* Shells complete the name of a folder with a slash; names are made of it: out/x.rejected. */
Test(option_table, a_folder_has_no_slash_at_its_end)
{
	static const char *const cases[][2] = { { "out/x/", "out/x" }, { "out/x///", "out/x" },
						{ "out/x", "out/x" },  { "/", "/" },
						{ "///", "/" },	       { "./", "." } };
	const struct option_row folder = { .name = "--output",
					   .word = WORD_FOLDER,
					   .kind = OPTION_TEXT };
	const struct option_row file = { .name = "--output",
					 .word = WORD_FILE,
					 .kind = OPTION_TEXT };
	AUTO_ARENA a = { 0 };
	struct error e = { 0 };

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const char *value;

		cr_assert(option_set(&a, &folder, &value, "-o", cases[i][0], &e));
		cr_expect_str_eq(value, cases[i][1]);
		cr_assert(option_set(&a, &file, &value, "-o", cases[i][0], &e));
		cr_expect_str_eq(value, cases[i][0]);
	}
}
