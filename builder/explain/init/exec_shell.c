/* SPDX-License-Identifier: Apache-2.0 */
/* The last command of a script. */

#include "explain/init/exec_shell.h"

#include "base/buf.h"
#include "base/path.h"
#include "make/scripts/shell.h"

#define EXEC_NAME "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_"

static bool exec_is_shell(const char *program)
{
	static const char *const shells[] = { "sh", "bash", "dash" };

	return name_among(path_base(program), shells, ARRAY_SIZE(shells));
}

static const char *exec_shell_value(const struct unit *variables, struct str name)
{
	const char *value = NULL;

	for (size_t i = 0; i < variables->n; i++) {
		if (str_eq(str_of(variables->v[i].key), name))
			value = variables->v[i].value;
	}
	return value && !strpbrk(value, "$`") ? value : NULL;
}

/* "/run/x/$NAME.pid" with the values; NULL: only a shell would know. */
static const char *exec_shell_fill(struct arena *a, const struct unit *variables, const char *word)
{
	struct buf out = { .a = a };

	while (*word) {
		const char *name = word + 1 + (word[0] == '$' && word[1] == '{'), *value;
		size_t n = strspn(name, EXEC_NAME);

		if (*word != '$') {
			buf_putc(&out, *word++);
			continue;
		}
		value = exec_shell_value(variables, (struct str){ name, n });
		if (!value || (word[1] == '{' && name[n] != '}'))
			return NULL;
		buf_puts(&out, value);
		word = name + n + (word[1] == '{');
	}
	return buf_cstr(&out);
}

/* The value of "$NAME", split; other words that only a shell would know are left out. */
static void exec_shell_word(struct arena *a, const struct unit *variables, const char *word,
			    struct strings *out, struct strings *unknown)
{
	const char *name = word[0] == '$' ? word + 1 + (word[1] == '{') : "", *filled;
	size_t n = strspn(name, EXEC_NAME);
	bool alone = n && !name[n + (name[n] == '}')];

	filled = strchr(word, '`') ? NULL : exec_shell_fill(a, variables, word);
	if (filled && alone)
		(void)!unit_words(a, str_of(filled), out);
	else if (filled)
		*list_push(a, out) = filled;
	else if (alone) {
		name = arena_strndup(a, name, n);
		*list_push(a, unknown) = arena_printf(a, "$%s", name);
		(void)exec_drop_option(a, out, name, false);
	}
}

bool exec_shell_read(struct arena *a, const struct unit *variables, struct exec_line *line)
{
	const struct shell_command *last = NULL;
	struct strings words = { 0 };
	struct shell_script s;
	size_t from = 0;

	if (line->words.n < 3 || !exec_is_shell(line->words.v[0]) ||
	    strcmp(line->words.v[1], "-c") != 0 ||
	    (!shell_read(a, str_of(line->words.v[2]), &s) && s.commands.n == 0))
		return false;
	for (size_t i = 0; i < s.commands.n; i++) {
		const struct shell_command *x = &s.commands.v[i];
		size_t at = x->words.n > 1 && strcmp(x->words.v[0], "exec") == 0;

		if (x->words.n > at && x->words.v[at][0] == '/') {
			last = x;
			from = at;
		}
	}
	if (!last)
		return false;
	for (size_t i = from; i < last->words.n; i++)
		exec_shell_word(a, variables, last->words.v[i], &words, &line->unknown);
	line->words = words;
	return true;
}

/* Where the comment of a line of a script begins, or its end. */
static size_t script_code(struct str line)
{
	char quote = '\0';

	for (size_t i = 0; i < line.n; i++) {
		char ch = line.p[i];

		if (ch == '\\')
			i++;
		else if (quote)
			quote = ch == quote ? '\0' : quote;
		else if (ch == '"' || ch == '\'')
			quote = ch;
		else if (ch == '#' && (i == 0 || strchr(" \t;", line.p[i - 1])))
			return i;
	}
	return line.n;
}

void exec_script_variables(struct arena *a, struct str text, struct unit *out)
{
	struct buf code = { .a = a };

	for (struct str line; str_next(&text, '\n', &line);)
		buf_printf(&code, "%.*s\n", (int)script_code(line), line.p);
	unit_read_variables(a, buf_str(&code), out);
}

/* The option's value, and *i is its last word: "--chuid irc" or "--chuid=irc". */
static const char *script_option(const struct strings *l, size_t *i, const char *brief,
				 const char *name)
{
	const char *word = l->v[*i];
	size_t n = strlen(name);

	if (strncmp(word, name, n) == 0 && word[n] == '=')
		return word + n + 1;
	if ((strcmp(word, brief) != 0 && strcmp(word, name) != 0) || *i + 1 >= l->n)
		return NULL;
	return l->v[++*i];
}

/* One start-stop-daemon of the script. */
static void script_command(struct arena *a, const struct unit *variables,
			   const struct shell_command *c, struct exec_script *out)
{
	struct strings ignored = { 0 };
	bool behind = false;

	for (size_t i = 1; i < c->words.n; i++) {
		const char *user = behind ? NULL : script_option(&c->words, &i, "-c", "--chuid");

		if (user) {
			struct strings value = { 0 };

			exec_shell_word(a, variables, arena_strndup(a, user, strcspn(user, ":")),
					&value, &ignored);
			out->user = value.n == 1 ? value.v[0] : out->user;
		} else if (behind) {
			exec_shell_word(a, variables, c->words.v[i], &out->words, &ignored);
		} else {
			out->background = out->background ||
					  strcmp(c->words.v[i], "--background") == 0 ||
					  strcmp(c->words.v[i], "-b") == 0;
			behind = strcmp(c->words.v[i], "--") == 0;
		}
	}
}

bool exec_script_read(struct arena *a, struct str text, const struct unit *variables,
		      struct exec_script *out)
{
	struct shell_script s;

	*out = (struct exec_script){ 0 };
	if (!shell_read(a, text, &s) && s.commands.n == 0)
		return false;
	list_each(c, &s.commands) {
		bool starts = strings_has(&c->words, "--start") || strings_has(&c->words, "-S");

		/* --test asks only whether it runs */
		if (c->words.n == 0 || strcmp(path_base(c->words.v[0]), "start-stop-daemon") != 0 ||
		    !starts || strings_has(&c->words, "--test"))
			continue;
		script_command(a, variables, c, out);
		return true;
	}
	return false;
}
