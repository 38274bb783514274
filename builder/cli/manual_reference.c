/* SPDX-License-Identifier: Apache-2.0 */
/* The command line in Markdown. */

#include "cli/manual.h"

#include "base/buf.h"
#include "cli/commands.h"
#include "cli/common_options.h"
#include "cli/conventions.h"
#include "cli/operands.h"
#include "cli/usage.h"
#include "cli/wrapped.h"

#define REFERENCE_COLUMNS 100

static void reference_item_print(struct arena *a, FILE *out, const char *name, const char *text)
{
	fputs("- ", out);
	wrapped_print(out, arena_printf(a, "%s: %s", name, text), 2, REFERENCE_COLUMNS);
}

/* "`-o`, `--output DIR`" */
static const char *reference_label(struct arena *a, const struct option_row *row)
{
	const char *name = arena_printf(a, "`%s%s%s`", row->name, row->value ? " " : "",
					row->value ? row->value : "");

	return row->letter ? arena_printf(a, "`-%c`, %s", row->letter, name) : name;
}

static void reference_options_print(struct arena *a, FILE *out, const struct option_row *rows)
{
	option_each(row, rows)
		reference_item_print(a, out, reference_label(a, row), option_text(a, row));
}

/* "`A`, `B`" of "A, B" */
static const char *code_names(struct arena *a, const char *names)
{
	struct str rest = str_of(names), name;
	struct buf text = { .a = a };

	while (str_next(&rest, ',', &name)) {
		name = str_trim(name);
		buf_printf(&text, "%s`" STR_FMT "`", buf_str(&text).n ? ", " : "", STR_ARG(name));
	}
	return buf_cstr(&text);
}

static void reference_conventions_print(struct arena *a, FILE *out, const char *title,
					const struct convention *table)
{
	fprintf(out, "\n## %s\n\n", title);
	convention_each(x, table) reference_item_print(a, out, code_names(a, x->name), x->text);
}

static void reference_verb_print(struct arena *a, FILE *out, const struct command *command)
{
	struct str rest = str_of(command->examples ? command->examples : ""), line;

	fprintf(out, "\n### %s\n\n", command->name);
	wrapped_print(out,
		      arena_printf(a, "`%s`: %s.", usage_synopsis(a, command), command->summary), 0,
		      REFERENCE_COLUMNS);
	if (command->text) {
		fputc('\n', out);
		wrapped_print(out, command->text, 0, REFERENCE_COLUMNS);
	}
	if (command->options)
		fputc('\n', out);
	reference_options_print(a, out, command->options);
	if (!rest.n)
		return;
	fputs("\n```sh\n", out);
	while (str_next(&rest, '\n', &line))
		fprintf(out, "imgbuild " STR_FMT "\n", STR_ARG(line));
	fputs("```\n", out);
}

void manual_reference_print(struct arena *a, FILE *out)
{
	fputs("# The command line\n\n"
	      "<!-- Made from the tables in builder/cli by `make docs`; change them there. -->\n\n"
	      "```\nimgbuild [VERB] [OPTION...] [OPERAND...]\n```\n\n"
	      "Results go to standard output, messages to standard error. `imgbuild help VERB` shows what stands\n"
	      "here of one verb.\n\n"
	      "The verb `build` may be left out before a recipe, the name of an image that images.json has, or\n"
	      "images.json itself.\n\n"
	      "Options stand before or after operands: `--name VALUE`, `--name=VALUE`, `-n VALUE` or `-nVALUE`;\n"
	      "letters without a value may be joined. Only the options of every verb may stand before the verb.\n"
	      "`--` ends the options. An option is given once, unless it is repeatable.\n\n"
	      "## Options of every verb\n\n",
	      out);
	reference_options_print(a, out, common_options);
	fputs("\n## Verbs\n", out);
	command_each(c)
	{
		if (!(*c)->hidden)
			reference_verb_print(a, out, *c);
	}
	reference_conventions_print(a, out, "Exit status", exit_statuses);
	reference_conventions_print(a, out, "Environment", environment_variables);
	reference_conventions_print(a, out, "Files", standard_files);
}
