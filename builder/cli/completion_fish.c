/* SPDX-License-Identifier: Apache-2.0 */
/* Completion for fish: one "complete" for each verb, option and operand. */

#include "cli/completion.h"

#include "base/buf.h"
#include "cli/commands.h"
#include "cli/common_options.h"
#include "cli/operands.h"

/* `s` within single quotes of fish. */
static const char *fish_quoted(struct arena *a, const char *s)
{
	struct buf b = { .a = a };

	for (; *s; s++) {
		buf_puts(&b, *s == '\'' || *s == '\\' ? "\\" : "");
		buf_putc(&b, *s);
	}
	return buf_cstr(&b);
}

/* __imgbuild_is VERB...: whether the verb before the cursor is one of these; '' means none yet. */
static void fish_is_print(struct cli *c)
{
	fputs("function __imgbuild_is\n"
	      "\tset -l verb ''\n"
	      "\tset -l skip 0\n"
	      "\tset -l words (commandline -opc)\n"
	      "\tset -e words[1]\n"
	      "\tfor word in $words\n"
	      "\t\tif test $skip = 1\n"
	      "\t\t\tset skip 0\n"
	      "\t\telse if contains -- $word",
	      c->out);
	option_each(row, common_options)
	{
		if (row->value)
			fprintf(c->out, " %s", row->name);
		if (row->value && row->letter)
			fprintf(c->out, " -%c", row->letter);
	}
	fputs("\n"
	      "\t\t\tset skip 1\n"
	      "\t\telse if string match -q -- '*.json' $word; or string match -q -- '*/*' $word\n"
	      "\t\t\tset verb build\n"
	      "\t\t\tbreak\n"
	      "\t\telse if not string match -q -- '-*' $word\n"
	      "\t\t\tset verb $word\n"
	      "\t\t\tbreak\n"
	      "\t\tend\n"
	      "\tend\n"
	      "\tcontains -- \"$verb\" $argv\n"
	      "end\n",
	      c->out);
}

/* What a word may be, as options of "complete". */
static const char *fish_words(struct arena *a, enum word_kind kind, const char *const *choices)
{
	struct strings values = { 0 };

	word_values(a, kind, choices, &values);
	if (kind == WORD_VERB) {
		command_each(k)
		{
			if (!(*k)->hidden)
				*list_push(a, &values) = (*k)->name;
		}
	}
	if (values.n)
		return arena_printf(a, " -x -a '%s'",
				    fish_quoted(a, strings_join(a, &values, " ")));
	if (kind == WORD_FOLDER)
		return " -x -a '(__fish_complete_directories)'";
	if (kind == WORD_RECIPE)
		return " -x -a '(__fish_complete_suffix .json)'";
	return kind == WORD_FILE || kind == WORD_IMAGE ? " -r -F" : " -x";
}

static void fish_rows_print(struct cli *c, const char *condition, const struct option_row *rows)
{
	option_each(row, rows)
	{
		fprintf(c->out, "complete -c imgbuild%s -l %s", condition, row->name + 2);
		if (row->letter)
			fprintf(c->out, " -s %c", row->letter);
		fprintf(c->out, "%s -d '%s'\n",
			row->value ? fish_words(c->a, row->word, row->choices) : "",
			fish_quoted(c->a, row->help));
	}
}

static void fish_verb_print(struct cli *c, const struct command *k)
{
	const char *condition = arena_printf(c->a, " -n '__imgbuild_is %s'", k->name);
	bool files = false;

	fprintf(c->out, "complete -c imgbuild -n \"__imgbuild_is ''\" -a %s -d '%s'\n", k->name,
		fish_quoted(c->a, k->summary));
	for (size_t i = 0; i < OPERANDS_MAX && k->operands[i].name; i++) {
		const struct operand *o = &k->operands[i];

		if (o->word == WORD_TEXT || o->word == WORD_FILE || o->word == WORD_IMAGE ||
		    o->word == WORD_RECIPE)
			files = files || o->word != WORD_TEXT;
		else
			fprintf(c->out, "complete -c imgbuild%s%s\n", condition,
				fish_words(c->a, o->word, o->choices));
	}
	if (!files)
		fprintf(c->out, "complete -c imgbuild%s -f\n", condition);
	fish_rows_print(c, condition, k->options);
}

void completion_fish(struct cli *c)
{
	fputs("# imgbuild completion for fish: imgbuild completion fish | source\n", c->out);
	fish_is_print(c);
	command_each(k)
	{
		if (!(*k)->hidden)
			fish_verb_print(c, *k);
	}
	fish_rows_print(c, "", common_options);
}
