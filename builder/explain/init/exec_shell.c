/* SPDX-License-Identifier: Apache-2.0 */
/* The last command of a script. */

#include "explain/init/exec_shell.h"

#include "base/path.h"
#include "make/scripts/shell.h"

static bool exec_is_shell(const char *program)
{
	static const char *const shells[] = { "sh", "bash", "dash" };

	return name_among(path_base(program), shells, ARRAY_SIZE(shells));
}

/* The value of "$NAME", split; other words that hold a "$" or "`" are left out. */
static void exec_shell_word(struct arena *a, const struct unit *variables, const char *word,
			    struct strings *out)
{
	const char *name = word[0] == '$' ? word + 1 + (word[1] == '{') : "", *value = NULL;
	size_t n = strcspn(name, "}");

	if (!strpbrk(word, "$`")) {
		*list_push(a, out) = word;
		return;
	}
	for (size_t i = 0; i < variables->n; i++) {
		if (strlen(variables->v[i].key) == n && strncmp(variables->v[i].key, name, n) == 0)
			value = variables->v[i].value;
	}
	if (value && !strpbrk(value, "$`"))
		(void)!unit_words(a, str_of(value), out);
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
		exec_shell_word(a, variables, last->words.v[i], &words);
	line->words = words;
	return true;
}
