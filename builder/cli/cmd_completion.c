/* SPDX-License-Identifier: Apache-2.0 */
/* imgbuild completion: what bash, zsh or fish need to complete the command line, made from the table
 * of verbs and their help, so that it cannot say anything else. */

#include "base/buf.h"
#include "cli/cli.h"
#include "cli/commands.h"

/* The options named in a help text, each once. */
static void options_of(struct arena *a, const char *help, struct strings *out)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz-";

	for (const char *at = help; (at = strstr(at, "--")); ) {
		size_t n = strspn(at, letters);
		const char *option = arena_strndup(a, at, n);

		if (n > 2 && (at == help || at[-1] == ' ') && !strings_has(out, option))
			*list_push(a, out) = option;
		at += n;
	}
	strings_sort(out);
}

/* The fixed words that may follow a verb: "bash|zsh|fish", "verify". Names in capitals are
 * something to fill in. */
static void words_of(struct arena *a, const struct command *c, struct strings *out)
{
	struct str rest = str_of(c->usage), one;

	if (strpbrk(c->usage, "ABCDEFGHIJKLMNOPQRSTUVWXYZ["))
		return;
	while (str_next(&rest, '|', &one))
		*list_push(a, out) = str_dup(a, one);
}

static const char *join(struct arena *a, const struct strings *l)
{
	struct buf b = { .a = a };

	for (size_t i = 0; i < l->n; i++) {
		buf_puts(&b, i ? " " : "");
		buf_puts(&b, l->v[i]);
	}
	return buf_cstr(&b);
}

static const char *options_text(struct arena *a, const char *help)
{
	struct strings l = { 0 };

	options_of(a, help, &l);
	return join(a, &l);
}

static const char *words_text(struct arena *a, const struct command *c)
{
	struct strings l = { 0 };

	words_of(a, c, &l);
	return join(a, &l);
}

static const char *verbs_text(struct arena *a)
{
	struct strings l = { 0 };

	for (const struct command *c = commands; c->name; c++)
		*list_push(a, &l) = c->name;
	return join(a, &l);
}

/* One line for each verb, for the case statement of bash and zsh. A recipe in the place of a verb
 * means build. */
static void print_cases(struct cli *c, const char *open, const char *close)
{
	for (const struct command *k = commands; k->name; k++)
		fprintf(c->out, "\t%s%s) opts=%s%s%s fixed=%s%s%s ;;\n", k->name,
			strcmp(k->name, "build") == 0 ? "|*.json" : "", open,
			options_text(c->a, k->help), close, open, words_text(c->a, k), close);
}

static void print_bash(struct cli *c)
{
	fprintf(c->out,
		"# imgbuild completion for bash: eval \"$(imgbuild completion bash)\"\n"
		"_imgbuild()\n{\n"
		"\tlocal cur=${COMP_WORDS[COMP_CWORD]} verb= opts= fixed= i\n"
		"\tfor ((i = 1; i < COMP_CWORD; i++)); do\n"
		"\t\t[[ ${COMP_WORDS[i]} == -* ]] || { verb=${COMP_WORDS[i]}; break; }\n"
		"\tdone\n"
		"\tcase $verb in\n"
		"\t'') fixed='%s' ;;\n", verbs_text(c->a));
	print_cases(c, "'", "'");
	fprintf(c->out,
		"\tesac\n"
		"\t[[ $cur != -* ]] || fixed=\"$opts %s\"\n"
		"\tCOMPREPLY=($(compgen -W \"$fixed\" -- \"$cur\"))\n"
		"}\n"
		"complete -o default -F _imgbuild imgbuild\n", options_text(c->a, cli_common_help));
}

/* `s` within single quotes of zsh (and of bash). */
static const char *quoted(struct arena *a, const char *s)
{
	struct buf b = { .a = a };

	for (; *s; s++)
		buf_puts(&b, *s == '\'' ? "'\\''" : (char[]){ *s, '\0' });
	return buf_cstr(&b);
}

static void print_zsh(struct cli *c)
{
	fputs("#compdef imgbuild\n"
	      "# imgbuild completion for zsh: source <(imgbuild completion zsh)\n"
	      "_imgbuild()\n{\n"
	      "\tlocal verb word\n"
	      "\tlocal -a verbs opts fixed\n"
	      "\tfor word in ${words[2,CURRENT-1]}; do\n"
	      "\t\t[[ $word == -* ]] || { verb=$word; break }\n"
	      "\tdone\n"
	      "\tcase $verb in\n"
	      "\t'') verbs=(\n", c->out);
	for (const struct command *k = commands; k->name; k++)
		fprintf(c->out, "\t\t'%s:%s'\n", k->name, quoted(c->a, k->summary));
	fputs("\t\t) ;;\n", c->out);
	print_cases(c, "(", ")");
	fprintf(c->out,
		"\tesac\n"
		"\tif [[ $PREFIX == -* ]]; then\n"
		"\t\tcompadd -- $opts %s\n"
		"\telse\n"
		"\t\t(( ! $#verbs )) || _describe verb verbs\n"
		"\t\t(( ! $#fixed )) || compadd -- $fixed\n"
		"\t\t_files\n"
		"\tfi\n"
		"}\n"
		"if [[ ${funcstack[1]} == _imgbuild ]]; then _imgbuild \"$@\"; "
		"else compdef _imgbuild imgbuild; fi\n", options_text(c->a, cli_common_help));
}

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

static void print_fish_verb(struct cli *c, const struct command *k)
{
	struct strings options = { 0 };
	const char *words = words_text(c->a, k);

	options_of(c->a, k->help, &options);
	fprintf(c->out, "complete -c imgbuild -n __fish_use_subcommand -a %s -d '%s'\n", k->name,
		fish_quoted(c->a, k->summary));
	if (*words)
		fprintf(c->out, "complete -c imgbuild -n '__fish_seen_subcommand_from %s' -a '%s'\n",
			k->name, words);
	for (size_t i = 0; i < options.n; i++)
		fprintf(c->out, "complete -c imgbuild -n '__fish_seen_subcommand_from %s' -l %s\n",
			k->name, options.v[i] + 2);
}

static void print_fish(struct cli *c)
{
	struct strings common = { 0 };

	fputs("# imgbuild completion for fish: imgbuild completion fish | source\n", c->out);
	for (const struct command *k = commands; k->name; k++)
		print_fish_verb(c, k);
	options_of(c->a, cli_common_help, &common);
	for (size_t i = 0; i < common.n; i++)
		fprintf(c->out, "complete -c imgbuild -l %s\n", common.v[i] + 2);
}

bool cmd_completion(struct cli *c, struct error *e)
{
	static const char *const shells[] = { "bash", "zsh", "fish" };
	static void (*const print[])(struct cli *c) = { print_bash, print_zsh, print_fish };
	struct strings rest = { 0 };
	int shell;

	if (!cli_arguments(c, NULL, 0, 1, &rest, e))
		return false;
	if (rest.n == 0)
		return err_set(e, ERR_USAGE, "completion: name a shell: bash, zsh or fish");
	shell = cli_choice("completion", rest.v[0], shells, 3, e);
	if (shell < 0)
		return false;
	print[shell](c);
	return true;
}
