/* SPDX-License-Identifier: Apache-2.0 */
/* Help, made from the tables. */

#include "cli/usage.h"

#include "cli/commands.h"
#include "cli/common_options.h"
#include "cli/conventions.h"
#include "cli/operands.h"
#include "cli/wrapped.h"

#define LABEL_COLUMNS 29
#define NAME_COLUMNS 13

const char *usage_synopsis(struct arena *a, const struct command *command)
{
	const char *operands = operands_text(a, command);

	return arena_printf(a, "imgbuild %s%s%s%s", command->name,
			    command->options ? " [OPTION...]" : "", *operands ? " " : "", operands);
}

const char *usage_label(struct arena *a, const struct option_row *row)
{
	const char *value = row->value ? arena_printf(a, " %s", row->value) : "";

	return row->letter ? arena_printf(a, "-%c, %s%s", row->letter, row->name, value)
			   : arena_printf(a, "%s%s", row->name, value);
}

/* A label and its text beside it, or below it when the label is too long. */
static void pair_print(FILE *out, const char *label, const char *text, unsigned columns)
{
	if (strlen(label) + 2 > columns)
		fprintf(out, "%s\n%*s", label, (int)columns, "");
	else
		fprintf(out, "%-*s", (int)columns, label);
	wrapped_print(out, text, columns, WRAPPED_COLUMNS);
}

static void rows_print(struct arena *a, const struct option_row *rows, FILE *out)
{
	option_each(row, rows) pair_print(out,
					  arena_printf(a, "  %s%s", row->letter ? "" : "    ",
						       usage_label(a, row)),
					  option_text(a, row), LABEL_COLUMNS);
}

static void examples_print(const char *examples, FILE *out)
{
	struct str rest = str_of(examples ? examples : ""), line;

	while (str_next(&rest, '\n', &line))
		fprintf(out, "  imgbuild " STR_FMT "\n", STR_ARG(line));
}

void usage_print(struct arena *a, FILE *out)
{
	fputs("Builds distroless Debian images from a recipe.\n\n"
	      "Usage: imgbuild [VERB] [OPTION...] [OPERAND...]\n\n"
	      "  imgbuild recipes/hello.json          build an image into out/hello\n"
	      "  imgbuild lock recipes/hello.json     pin every byte it stands on\n"
	      "  imgbuild audit out/hello             judge what is in it\n\n"
	      "Verbs:\n",
	      out);
	command_each(c)
	{
		if (!(*c)->hidden)
			fprintf(out, "  %-10s %s\n", (*c)->name, (*c)->summary);
	}
	fputs("\nOptions of every verb:\n", out);
	rows_print(a, common_options, out);
	fputs("\nExit status:\n", out);
	convention_each(x, exit_statuses)
		pair_print(out, arena_printf(a, "  %s", x->name), x->text, NAME_COLUMNS);
	fputs("\nimgbuild help VERB shows the options of a verb.\n", out);
}

void usage_print_verb(struct arena *a, const struct command *command, FILE *out)
{
	fprintf(out, "%s\n\nUsage: %s\n", command->summary, usage_synopsis(a, command));
	if (command->examples)
		fputc('\n', out);
	examples_print(command->examples, out);
	if (command->text) {
		fputc('\n', out);
		wrapped_print(out, command->text, 0, WRAPPED_COLUMNS);
	}
	if (command->options)
		fputs("\nOptions:\n", out);
	rows_print(a, command->options, out);
	fputs("\nimgbuild --help shows the options of every verb and the exit statuses.\n", out);
}
