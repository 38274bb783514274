/* SPDX-License-Identifier: Apache-2.0 */
/* Completion for bash and zsh. Both walk the words before the cursor in the same way; a table,
 * written as a case statement, says what may follow an option or stand as an operand: fixed words,
 * or a kind in angle brackets. */

#include "cli/completion.h"

#include "base/buf.h"
#include "cli/commands.h"
#include "cli/common_options.h"
#include "cli/operands.h"

/* The verb, the number of operands after it, and in `expect` what the word at the cursor is the
 * value of. bash makes
 * "--name=value" three words. */
static const char posix_walk[] =
	"_imgbuild_walk()\n{\n"
	"\tlocal word\n"
	"\tfor word in \"$@\"; do\n"
	"\t\tif [[ $word == '=' && -n $expect ]]; then\n"
	"\t\t\tcontinue\n"
	"\t\telif [[ -n $expect ]]; then\n"
	"\t\t\texpect=\n"
	"\t\telif [[ -z $ended && $word == -- ]]; then\n"
	"\t\t\tended=1\n"
	"\t\telif [[ -z $ended && $word == -* ]]; then\n"
	"\t\t\t_imgbuild_value \"${verb:-build} $word\"\n"
	"\t\t\texpect=$value\n"
	"\t\telif [[ -z $verb && ($word == *.json || $word == */*) ]]; then\n"
	"\t\t\tverb=build count=1\n"
	"\t\telif [[ -z $verb ]]; then\n"
	"\t\t\tverb=$word count=0\n"
	"\t\telse\n"
	"\t\t\tcount=$((count + 1))\n"
	"\t\tfi\n"
	"\tdone\n"
	"}\n";

static const char *const kinds[] = {
	[WORD_TEXT] = "<text>",	    [WORD_FILE] = "<file>",  [WORD_FOLDER] = "<folder>",
	[WORD_RECIPE] = "<recipe>", [WORD_IMAGE] = "<file>", [WORD_CHOICE] = "",
	[WORD_PLATFORM] = "",	    [WORD_VERB] = "",
};

/* `s` within single quotes of bash and zsh. */
static const char *posix_quoted(struct arena *a, const char *s)
{
	struct buf b = { .a = a };

	for (; *s; s++)
		buf_puts(&b, *s == '\'' ? "'\\''" : (char[]){ *s, '\0' });
	return buf_cstr(&b);
}

static const char *posix_verbs(struct arena *a)
{
	struct strings names = { 0 };

	command_each(k)
	{
		if (!(*k)->hidden)
			*list_push(a, &names) = (*k)->name;
	}
	return strings_join(a, &names, " ");
}

static const char *posix_words(struct arena *a, enum word_kind kind, const char *const *choices)
{
	struct strings values = { 0 };

	if (kind == WORD_VERB)
		return posix_verbs(a);
	word_values(a, kind, choices, &values);
	return values.n ? strings_join(a, &values, " ") : kinds[kind];
}

/* One line for the value of each option: its pattern is "VERB OPTION", or "* OPTION" for those of
 * every verb. */
static void posix_rows(struct cli *c, const char *verb, const struct option_row *rows)
{
	option_each(row, rows)
	{
		if (!row->value)
			continue;
		fprintf(c->out, "\t%s' %s'", verb, row->name);
		if (row->letter)
			fprintf(c->out, "|%s' -%c'", verb, row->letter);
		fprintf(c->out, ") value='%s' ;;\n", posix_words(c->a, row->word, row->choices));
	}
}

static void posix_table(struct cli *c)
{
	fputs("_imgbuild_value()\n{\n\tcase $1 in\n", c->out);
	posix_rows(c, "*", common_options);
	command_each(k)
	{
		const struct operand *o;

		if ((*k)->hidden)
			continue;
		posix_rows(c, (*k)->name, (*k)->options);
		for (size_t i = 0; (o = operand_at(*k, i)); i++) {
			bool repeated = operand_is_repeated(o);

			fprintf(c->out, "\t%s' '%s) value='%s' ;;\n", (*k)->name,
				repeated ? "[0-9]*" : (const char *)arena_printf(c->a, "%zu", i),
				posix_words(c->a, o->word, o->choices));
			if (repeated)
				break;
		}
	}
	fputs("\t*) value= ;;\n\tesac\n}\n", c->out);
}

static const char *bash_options(struct arena *a, const struct option_row *rows)
{
	struct strings names = { 0 };

	option_each(row, rows) * list_push(a, &names) = row->name;
	return strings_join(a, &names, " ");
}

void completion_bash(struct cli *c)
{
	fputs("# imgbuild completion for bash: eval \"$(imgbuild completion bash)\"\n", c->out);
	fputs(posix_walk, c->out);
	posix_table(c);
	fputs("_imgbuild()\n{\n"
	      "\tlocal cur=${COMP_WORDS[COMP_CWORD]} verb= count=0 value= expect= ended= options=\n"
	      "\t_imgbuild_walk \"${COMP_WORDS[@]:1:COMP_CWORD-1}\"\n"
	      "\t[[ $cur != '=' || -z $expect ]] || cur=\n"
	      "\tcase $verb in\n",
	      c->out);
	command_each(k)
	{
		if (!(*k)->hidden && (*k)->options)
			fprintf(c->out, "\t%s) options='%s' ;;\n", (*k)->name,
				bash_options(c->a, (*k)->options));
	}
	fprintf(c->out,
		"\tesac\n"
		"\tif [[ -n $expect ]]; then\n"
		"\t\tvalue=$expect\n"
		"\telif [[ -z $ended && $cur == -* ]]; then\n"
		"\t\tvalue=\"$options %s\"\n"
		"\telif [[ -z $verb ]]; then\n"
		"\t\tvalue='%s'\n"
		"\telse\n"
		"\t\t_imgbuild_value \"$verb $count\"\n"
		"\tfi\n"
		"\tcase $value in\n"
		"\t'<file>') COMPREPLY=() ;;\n"
		"\t'<folder>') COMPREPLY=($(compgen -d -- \"$cur\")) ;;\n"
		"\t'<recipe>') COMPREPLY=($(compgen -f -X '!*.json' -- \"$cur\"; compgen -d -- \"$cur\")) ;;\n"
		"\t'<text>'|'') COMPREPLY=(); compopt +o default 2>/dev/null ;;\n"
		"\t*) COMPREPLY=($(compgen -W \"$value\" -- \"$cur\")) ;;\n"
		"\tesac\n"
		"}\n"
		"complete -o default -o filenames -F _imgbuild imgbuild\n",
		bash_options(c->a, common_options), posix_verbs(c->a));
}

/* '--name:what it does', one a line. */
static void zsh_options(struct cli *c, const struct option_row *rows)
{
	option_each(row, rows)
		fprintf(c->out, "\t\t'%s:%s'\n", row->name, posix_quoted(c->a, row->help));
}

void completion_zsh(struct cli *c)
{
	fputs("#compdef imgbuild\n"
	      "# imgbuild completion for zsh: source <(imgbuild completion zsh)\n",
	      c->out);
	fputs(posix_walk, c->out);
	posix_table(c);
	fputs("_imgbuild()\n{\n"
	      "\tlocal verb= count=0 value= expect= ended=\n"
	      "\tlocal -a verbs options\n"
	      "\t_imgbuild_walk \"${(@)words[2,CURRENT-1]}\"\n"
	      "\tif [[ -z $expect$ended && $PREFIX == --*=* ]]; then\n"
	      "\t\t_imgbuild_value \"${verb:-build} ${PREFIX%%=*}\"\n"
	      "\t\texpect=$value\n"
	      "\t\tcompset -P '*='\n"
	      "\tfi\n"
	      "\toptions=(\n",
	      c->out);
	zsh_options(c, common_options);
	fputs("\t)\n\tcase $verb in\n", c->out);
	command_each(k)
	{
		if ((*k)->hidden || !(*k)->options)
			continue;
		fprintf(c->out, "\t%s) options+=(\n", (*k)->name);
		zsh_options(c, (*k)->options);
		fputs("\t\t) ;;\n", c->out);
	}
	fputs("\tesac\n\tverbs=(\n", c->out);
	command_each(k)
	{
		if (!(*k)->hidden)
			fprintf(c->out, "\t\t'%s:%s'\n", (*k)->name,
				posix_quoted(c->a, (*k)->summary));
	}
	fputs("\t)\n"
	      "\tif [[ -n $expect ]]; then\n"
	      "\t\tvalue=$expect\n"
	      "\telif [[ -z $ended && $PREFIX == -* ]]; then\n"
	      "\t\t_describe option options\n"
	      "\t\treturn\n"
	      "\telif [[ -z $verb ]]; then\n"
	      "\t\t_describe verb verbs\n"
	      "\t\tvalue='<recipe>'\n"
	      "\telse\n"
	      "\t\t_imgbuild_value \"$verb $count\"\n"
	      "\tfi\n"
	      "\tcase $value in\n"
	      "\t'<file>') _files ;;\n"
	      "\t'<folder>') _files -/ ;;\n"
	      "\t'<recipe>') _files -g '*.json' ;;\n"
	      "\t'<text>'|'') ;;\n"
	      "\t*) compadd -- ${=value} ;;\n"
	      "\tesac\n"
	      "}\n"
	      "if [[ ${funcstack[1]} == _imgbuild ]]; then _imgbuild \"$@\"; "
	      "else compdef _imgbuild imgbuild; fi\n",
	      c->out);
}
