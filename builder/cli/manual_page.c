/* SPDX-License-Identifier: Apache-2.0 */
/* The man page, in the macros of man(7). */

#include "cli/manual.h"

#include "base/version.h"
#include "cli/commands.h"
#include "cli/common_options.h"
#include "cli/conventions.h"
#include "cli/operands.h"
#include "cli/roff.h"
#include "cli/usage.h"
#include "cli/wrapped.h"

static const char page_begin[] =
	".\\\" SPDX-License-Identifier: Apache-2.0\n"
	".\\\" Made from the tables in builder/cli by \"make docs\"; change them there.\n"
	".TH IMGBUILD 1 " MANUAL_DATE " \"imgbuild " IMGBUILD_VERSION "\" \"User Commands\"\n"
	".SH NAME\n"
	"imgbuild \\- build distroless Debian images from a recipe\n"
	".SH SYNOPSIS\n"
	".B imgbuild\n"
	".RI [ VERB ]\n"
	".RI [ OPTION ...]\n"
	".RI [ OPERAND ...]\n"
	".SH DESCRIPTION\n";

static const char *const page_description[] = {
	"imgbuild reads a recipe, obeys its lock, fetches and verifies every byte the lock names, compiles what has to be "
	"compiled in a sealed Debian sandbox, finds libraries by reading ELF headers, and writes a reproducible OCI image "
	"without a shell, which it then audits.",
	"Results go to standard output, messages to standard error. The verb build may be left out before a recipe, the "
	"name of an image that images.json has, or images.json itself.",
	"Options stand before or after operands: --name VALUE, --name=VALUE, -n VALUE or -nVALUE; letters without a value "
	"may be joined. Only the options of every verb may stand before the verb. -- ends the options. An option is given "
	"once, unless it is repeatable.",
	NULL,
};

/* "-o, --output DIR": names bold, the value in italics */
static const char *roff_label(struct arena *a, const struct option_row *row)
{
	const char *letter = row->letter ? arena_printf(a, "\\-%c\\fR, \\fB", row->letter) : "";
	const char *value = row->value ? arena_printf(a, "\\fR \\fI%s", roff_escaped(a, row->value))
				       : "";

	return arena_printf(a, "%s%s%s", letter, roff_escaped(a, row->name), value);
}

static void page_options_print(struct arena *a, FILE *out, const struct option_row *rows)
{
	option_each(row, rows) roff_tagged(a, out, roff_label(a, row), option_text(a, row));
}

static void page_conventions_print(struct arena *a, FILE *out, const char *title,
				   const struct convention *table)
{
	fprintf(out, ".SH %s\n", title);
	convention_each(x, table) roff_tagged(a, out, roff_escaped(a, x->name), x->text);
}

static void page_verb_print(struct arena *a, FILE *out, const struct command *command)
{
	struct str rest = str_of(command->examples ? command->examples : ""), line;

	fprintf(out, ".SS \"%s\"\n", roff_escaped(a, usage_synopsis(a, command)));
	roff_print(a, out, arena_printf(a, "%s.", command->summary));
	if (command->text) {
		fputs(".PP\n", out);
		roff_print(a, out, command->text);
	}
	page_options_print(a, out, command->options);
	if (!rest.n)
		return;
	fputs(".PP\n.EX\n", out);
	while (str_next(&rest, '\n', &line))
		fprintf(out, "    imgbuild %s\n", roff_escaped(a, str_dup(a, line)));
	fputs(".EE\n", out);
}

void manual_page_print(struct arena *a, FILE *out)
{
	fputs(page_begin, out);
	for (size_t i = 0; page_description[i]; i++) {
		fputs(i ? ".PP\n" : "", out);
		roff_print(a, out, page_description[i]);
	}
	fputs(".SH OPTIONS\n.SS Options of every verb\n", out);
	page_options_print(a, out, common_options);
	fputs(".SH VERBS\n", out);
	command_each(c)
	{
		if (!(*c)->hidden)
			page_verb_print(a, out, *c);
	}
	page_conventions_print(a, out, "EXIT STATUS", exit_statuses);
	page_conventions_print(a, out, "ENVIRONMENT", environment_variables);
	page_conventions_print(a, out, "FILES", standard_files);
	fputs(".SH SEE ALSO\n"
	      ".BR imgbuild\\-recipe (5),\n"
	      ".BR bwrap (1),\n"
	      ".BR sqv (1),\n"
	      ".BR containers\\-auth.json (5),\n"
	      ".BR skopeo (1)\n",
	      out);
}
