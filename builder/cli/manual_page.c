/* SPDX-License-Identifier: Apache-2.0 */
/* The man page, in the macros of man(7). */

#include "cli/manual.h"

#include "base/buf.h"
#include "base/version.h"
#include "cli/commands.h"
#include "cli/common_options.h"
#include "cli/conventions.h"
#include "cli/operands.h"
#include "cli/usage.h"
#include "cli/wrapped.h"

#define PAGE_DATE "2026-11-28"
#define PAGE_COLUMNS 100

static const char page_begin[] =
	".\\\" SPDX-License-Identifier: Apache-2.0\n"
	".\\\" Made from the tables in builder/cli by \"make docs\"; change them there.\n"
	".TH IMGBUILD 1 " PAGE_DATE " \"imgbuild " IMGBUILD_VERSION "\" \"User Commands\"\n"
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

/* The text as roff takes it: a backslash and a hyphen as they are. */
static const char *roff_escaped(struct arena *a, const char *text)
{
	struct buf b = { .a = a };

	for (const char *p = text; *p; p++)
		buf_puts(&b, *p == '\\'	  ? "\\e"
			     : *p == '-'  ? "\\-"
			     : *p == '~'  ? "\\(ti"
			     : *p == '\'' ? "\\(aq"
					  : (char[]){ *p, '\0' });
	return buf_cstr(&b);
}

/* Filled text. A word that begins with a dot never begins a line: the first letter of a line would
 * be a request. */
static void roff_print(struct arena *a, FILE *out, const char *text)
{
	struct str rest = str_of(roff_escaped(a, text)), word;
	size_t column = 0;

	while (str_next(&rest, ' ', &word)) {
		bool breaks = column && column + 1 + word.n > PAGE_COLUMNS - 2;

		fprintf(out, "%s%s" STR_FMT,
			breaks	 ? "\n"
			: column ? " "
				 : "",
			(breaks || !column) && word.n && word.p[0] == '.' ? "\\&" : "",
			STR_ARG(word));
		column = (breaks ? 0 : column + (column > 0)) + word.n;
	}
	fputc('\n', out);
}

/* A paragraph with a bold tag. */
static void tagged_print(struct arena *a, FILE *out, const char *tag, const char *text)
{
	fprintf(out, ".TP\n\\fB%s\\fR\n", tag);
	roff_print(a, out, text);
}

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
	option_each(row, rows) tagged_print(a, out, roff_label(a, row), option_text(a, row));
}

static void page_conventions_print(struct arena *a, FILE *out, const char *title,
				   const struct convention *table)
{
	fprintf(out, ".SH %s\n", title);
	convention_each(x, table) tagged_print(a, out, roff_escaped(a, x->name), x->text);
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
	      ".BR bwrap (1),\n"
	      ".BR sqv (1),\n"
	      ".BR containers\\-auth.json (5),\n"
	      ".BR skopeo (1)\n",
	      out);
}
