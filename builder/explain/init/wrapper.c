/* SPDX-License-Identifier: Apache-2.0 */
/* What a wrapper starts. */

#include "explain/init/wrapper.h"

#include "base/path.h"
#include "explain/init/shebang.h"
#include "format/text/unit.h"
#include "make/scripts/shell.h"

#define WRAPPER_MAX 20000
#define JARS "/usr/share/java/"

/* Commands that a run alone answers. */
static const char *const wrapper_choices[] = {
	"if", "case", "while", "for", "until", "eval", "cd", "set", "shift", "export", "exit",
};

struct wrapper {
	struct arena *a;
	struct unit variables;
	struct strings jars; /* of find_jars */
	struct strings *out;
	bool java; /* run_java starts it */
};

static bool wrapper_is_choice(struct str text)
{
	for (struct str line; str_next(&text, '\n', &line);) {
		struct str word = str_trim(line);

		for (size_t i = 0; i < ARRAY_SIZE(wrapper_choices); i++) {
			struct str choice = str_of(wrapper_choices[i]);

			if (str_starts(word, choice) &&
			    (word.n == choice.n || word.p[choice.n] == ' '))
				return true;
		}
	}
	return false;
}

/* The value of a variable that the script sets once, or NULL. */
static const char *wrapper_value(const struct wrapper *w, struct str name)
{
	const char *value = NULL;

	for (size_t i = 0; i < w->variables.n; i++) {
		if (!str_eq(str_of(w->variables.v[i].key), name))
			continue;
		if (value)
			return NULL;
		value = w->variables.v[i].value;
	}
	return value && !strpbrk(value, "$`") ? value : NULL;
}

/* "$UBUNTUCP:/usr/share/pdftk/pdftk.jar" with the values; NULL: one is not known. */
static const char *wrapper_word(const struct wrapper *w, const char *word)
{
	struct buf out = { .a = w->a };

	while (*word) {
		bool brace = word[0] == '$' && word[1] == '{';
		const char *name = word + 1 + brace, *value;
		size_t n;

		if (*word == '`')
			return NULL;
		if (*word != '$') {
			buf_putc(&out, *word++);
			continue;
		}
		n = strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_0123456789");
		value = wrapper_value(w, (struct str){ name, n });
		if (!value || (brace && name[n] != '}'))
			return NULL;
		buf_puts(&out, value);
		word = name + n + brace;
	}
	return buf_cstr(&out);
}

/* A variable alone may be several words: "find_jars $JARS". */
static bool wrapper_split(const struct wrapper *w, const char *word, struct strings *out)
{
	const char *value = wrapper_word(w, word);

	if (value && word[0] == '$')
		return unit_words(w->a, str_of(value), out);
	if (value)
		*list_push(w->a, out) = value;
	return value != NULL;
}

/* Words from `from` on, until "$@", which has to be the last. */
static bool wrapper_words(struct wrapper *w, const struct shell_command *c, size_t from,
			  struct strings *out)
{
	size_t last = c->words.n - 1;

	if (strcmp(c->words.v[last], "$@") != 0)
		return false;
	for (size_t i = from; i < last; i++) {
		if (!wrapper_split(w, c->words.v[i], out))
			return false;
	}
	return out->n > 0;
}

static bool wrapper_jars(struct wrapper *w, const struct shell_command *c)
{
	for (size_t i = 1; i < c->words.n; i++) {
		struct strings words = { 0 };

		if (!wrapper_split(w, c->words.v[i], &words))
			return false;
		list_each(x, &words) {
			const char *end = str_ends(str_of(*x), STR(".jar")) ? "" : ".jar";

			*list_push(w->a, &w->jars) = arena_printf(w->a, "%s%s%s",
								  **x == '/' ? "" : JARS, *x, end);
		}
	}
	return true;
}

/* "run_java MAIN -option "$@"" */
static bool wrapper_run_java(struct wrapper *w, const struct shell_command *c)
{
	*list_push(w->a, w->out) = "java";
	if (w->jars.n) {
		*list_push(w->a, w->out) = "-cp";
		*list_push(w->a, w->out) = strings_join(w->a, &w->jars, ":");
	}
	return wrapper_words(w, c, 1, w->out);
}

bool wrapper_read(struct arena *a, struct str script, struct strings *words)
{
	struct wrapper w = { .a = a, .out = words };
	struct shell_script s;

	words->n = 0;
	if (script.n > WRAPPER_MAX || wrapper_is_choice(script) || !shell_read(a, script, &s) ||
	    s.commands.n == 0)
		return false;
	unit_read_variables(a, script, &w.variables);
	list_each(c, &s.commands) {
		const char *name = c->words.n ? c->words.v[0] : "";
		bool exec = strcmp(name, "exec") == 0;

		if (strcmp(name, "find_jars") == 0 && !wrapper_jars(&w, c))
			return false;
		if (strcmp(name, "run_java") == 0)
			return wrapper_run_java(&w, c);
		if (c == &s.commands.v[s.commands.n - 1])
			return c->words.n > (exec ? 2 : 1) && wrapper_words(&w, c, exec, words);
	}
	return false;
}

const char *wrapper_program(const struct collecting *c, const char *name)
{
	static const char *const folders[] = { "/usr/bin/", "/usr/sbin/" };
	const struct tree *t = &c->chain->tree;

	if (name[0] == '/')
		return tree_resolve(t, name) ? name : NULL;
	for (size_t i = 0; i < ARRAY_SIZE(folders); i++) {
		const char *path = arena_printf(c->a, "%s%s", folders[i], name);

		if (tree_resolve(t, path))
			return path;
	}
	for (size_t i = tree_lower(t, "usr/lib/jvm/"); strcmp(name, "java") == 0 && i < t->n; i++) {
		const struct node *n = t->v[i];

		if (strncmp(n->path, "usr/lib/jvm/", strlen("usr/lib/jvm/")) != 0)
			return NULL;
		if (n->type == NODE_FILE && str_ends(str_of(n->path), STR("/bin/java")))
			return arena_printf(c->a, "/%s", n->path);
	}
	return NULL;
}

bool wrapper_find(struct collecting *c, const char *script, struct strings *words, bool *found,
		  struct error *e)
{
	const struct node *n = tree_resolve(&c->chain->tree, script);
	static const char *const shells[] = { "sh", "bash", "dash" };
	AUTO_MAPPING map = { 0 };
	struct shebang line;
	const char *program;

	*found = false;
	if (!n || n->type != NODE_FILE || n->content.size < 4)
		return true;
	if (!node_map(n, &map, e))
		return false;
	if (!shebang_read(map.bytes, &line) ||
	    !name_among(path_base(str_dup(c->a, line.program)), shells, ARRAY_SIZE(shells)) ||
	    !wrapper_read(c->a, str_copy(c->a, map.bytes), words))
		return true;
	program = wrapper_program(c, words->v[0]);
	*found = program != NULL;
	if (program)
		words->v[0] = program;
	return true;
}
