/* SPDX-License-Identifier: Apache-2.0 */
#include "explain/code/node_script.h"

#include <ctype.h>

#include "format/json/jsonx.h"

#define SCRIPTS_DEPTH_MAX 6
#define COMMANDS_MAX 64
#define SCRIPT_MAX 16384 /* bytes of one */

/* Commands that packages install, and their files, as the packages of today have them ("bin" of
 * their package.json). */
static const struct node_tool {
	const char *command, *package, *file;
} node_tools[] = {
	{ "babel", "@babel/cli", "bin/babel.js" },
	{ "copyfiles", "copyfiles", "copyfiles" },
	{ "esbuild", "esbuild", "bin/esbuild" },
	{ "ncc", "@vercel/ncc", "dist/ncc/cli.js" },
	{ "nest", "@nestjs/cli", "bin/nest.js" },
	{ "next", "next", "dist/bin/next" },
	{ "nuxt", "nuxt", "bin/nuxt.mjs" },
	{ "parcel", "parcel", "lib/bin.js" },
	{ "remix", "@remix-run/dev", "dist/cli.js" },
	{ "remix-serve", "@remix-run/serve", "dist/cli.js" },
	{ "rollup", "rollup", "dist/bin/rollup" },
	{ "swc", "@swc/cli", "bin/swc.js" },
	{ "tsc", "typescript", "bin/tsc" },
	{ "tsc-alias", "tsc-alias", "dist/bin/index.js" },
	{ "tsdown", "tsdown", "dist/run.mjs" },
	{ "tsup", "tsup", "dist/cli-default.js" },
	{ "tsx", "tsx", "dist/cli.mjs" },
	{ "unbuild", "unbuild", "dist/cli.mjs" },
	{ "vite", "vite", "bin/vite.js" },
	{ "vue-tsc", "vue-tsc", "bin/vue-tsc.js" },
	{ "webpack", "webpack", "bin/webpack.js" },
};

static const struct node_tool *node_find_tool(const char *command)
{
	for (size_t i = 0; i < ARRAY_SIZE(node_tools); i++) {
		if (strcmp(command, node_tools[i].command) == 0)
			return &node_tools[i];
	}
	return NULL;
}

const char *node_tool_path(struct arena *a, const struct json_node *root, const char *command,
			   bool development)
{
	static const char *const sections[] = { "dependencies", "devDependencies" };
	const struct node_tool *tool = node_find_tool(command);
	struct json_node section;

	for (size_t i = 0; tool && i < (development ? 2u : 1u); i++) {
		if (jsonx_get(root, sections[i], &section) && json_node_is_object(&section) &&
		    jsonx_text(a, &section, tool->package))
			return arena_printf(a, "node_modules/%s/%s", tool->package, tool->file);
	}
	return NULL;
}

/* What a shell reads otherwise than as a letter of a word. */
static bool script_is_special(char c)
{
	return strchr("$&|;<>()'\"`*?[]{}\\~#!\n", c) != NULL;
}

/* One word, with its quotes read. false: it is for a shell. */
static bool script_word(struct str *rest, struct buf *out)
{
	while (rest->n && !strchr(" \t&", rest->p[0])) {
		char c = rest->p[0];
		const char *end;

		*rest = str_from(*rest, 1);
		if (c == '"' || c == '\'') {
			end = memchr(rest->p, c, rest->n);
			if (!end || memchr(rest->p, '\\', (size_t)(end - rest->p)) ||
			    memmem(rest->p, (size_t)(end - rest->p), "${", 2) || /* of steps */
			    (c == '"' && (memchr(rest->p, '$', (size_t)(end - rest->p)) ||
					  memchr(rest->p, '`', (size_t)(end - rest->p)))))
				return false;
			buf_add(out, (struct str){ rest->p, (size_t)(end - rest->p) });
			*rest = str_from(*rest, (size_t)(end - rest->p) + 1);
		} else if (script_is_special(c)) {
			return false;
		} else {
			buf_putc(out, c);
		}
	}
	return true;
}

/* "NODE_ENV=production" */
static bool script_is_variable(const char *word)
{
	size_t n = 0;

	while (isalnum((unsigned char)word[n]) || word[n] == '_')
		n++;
	return n > 0 && word[n] == '=' && !isdigit((unsigned char)word[0]);
}

/* The variable of the same name; NULL: there is none. */
static const char **script_find_env(const struct strings *env, const char *word)
{
	size_t n = strcspn(word, "=") + 1;

	list_each(x, env) {
		if (strncmp(*x, word, n) == 0)
			return x;
	}
	return NULL;
}

static void script_set_env(struct arena *a, struct strings *env, const char *word)
{
	const char **there = script_find_env(env, word);

	*(there ? there : list_push(a, env)) = word;
}

/* "A && B": the words of each. */
static bool script_words(struct arena *a, struct str text, struct node_commands *out)
{
	struct node_command *c = list_push(a, &out->v);

	*c = (struct node_command){ .words = { NULL, 0, 0 } };
	for (text = str_trim(text); text.n; text = str_trim(text)) {
		struct buf word = { .a = a };

		if (text.p[0] == '&') {
			if (!str_starts(text, STR("&&")) || !c->words.n)
				return false;
			text = str_from(text, 2);
			c = list_push(a, &out->v);
			*c = (struct node_command){ .words = { NULL, 0, 0 } };
			continue;
		}
		if (!script_word(&text, &word))
			return false;
		if (!c->words.n && script_is_variable(buf_cstr(&word)))
			script_set_env(a, &c->env, buf_cstr(&word));
		else if (c->words.n || strcmp(buf_cstr(&word), "cross-env") != 0)
			*list_push(a, &c->words) = buf_cstr(&word);
	}
	return c->words.n > 0;
}

/* Takes away the first word. */
static void script_shift(struct strings *words)
{
	words->v++;
	words->n--;
}

struct script_walk {
	struct arena *a;
	const struct json_node *scripts;
	struct node_commands *out;
};

static bool script_run(const struct script_walk *w, const char *name, bool around, unsigned depth);

/* The scripts that a command runs: "npm run NAME", "run-s NAME NAME". n == 0: it is none of these.
 */
static struct strings script_others(const struct script_walk *w, const struct strings *words)
{
	static const char *const managers[] = { "npm", "pnpm", "yarn" };
	static const char *const runs[] = { "run", "run-script" };
	static const char *const many[] = { "run-s", "run-p", "npm-run-all" };
	struct strings none = { NULL, 0, 0 }, rest = *words;
	const char *first = words->v[0];

	script_shift(&rest);
	if (name_among(first, many, ARRAY_SIZE(many)))
		return rest;
	if (!name_among(first, managers, ARRAY_SIZE(managers)))
		return none;
	if (rest.n && name_among(rest.v[0], runs, ARRAY_SIZE(runs)))
		script_shift(&rest);
	else if (strcmp(first, "npm") == 0)
		return none;
	while (rest.n && rest.v[0][0] == '-')
		script_shift(&rest);
	return rest.n == 1 && jsonx_text(w->a, w->scripts, rest.v[0]) ? rest : none;
}

static bool script_take(const struct script_walk *w, struct node_command *c, unsigned depth)
{
	static const char *const passed[] = { "npx", "cross-env" };
	struct strings others;

	while (c->words.n && name_among(c->words.v[0], passed, ARRAY_SIZE(passed)))
		script_shift(&c->words);
	if (!c->words.n || w->out->v.n == COMMANDS_MAX)
		return false;
	others = script_others(w, &c->words);
	if (!others.n) {
		*list_push(w->a, &w->out->v) = *c;
		return true;
	}
	list_each(name, &others) {
		size_t before = w->out->v.n;

		if (!script_run(w, *name, true, depth + 1))
			return false;
		for (size_t i = before; i < w->out->v.n; i++) {
			struct strings *env = &w->out->v.v[i].env;

			list_each(x, &c->env) {
				if (!script_find_env(env, *x))
					*list_push(w->a, env) = *x;
			}
		}
	}
	return true;
}

/* `around`: with what npm runs before and after. */
static bool script_run(const struct script_walk *w, const char *name, bool around, unsigned depth)
{
	const char *text = jsonx_text(w->a, w->scripts, name);
	const char *before = arena_printf(w->a, "pre%s", name);
	const char *after = arena_printf(w->a, "post%s", name);
	struct node_commands commands = { .v = { NULL, 0, 0 } };

	if (!text || strlen(text) > SCRIPT_MAX || depth == SCRIPTS_DEPTH_MAX ||
	    !script_words(w->a, str_of(text), &commands))
		return false;
	if (around && jsonx_text(w->a, w->scripts, before) &&
	    !script_run(w, before, false, depth + 1))
		return false;
	list_each(c, &commands.v) {
		if (!script_take(w, c, depth))
			return false;
	}
	return !around || !jsonx_text(w->a, w->scripts, after) ||
	       script_run(w, after, false, depth + 1);
}

bool node_script_split(struct arena *a, const struct json_node *scripts, const char *name,
		       struct node_commands *out)
{
	const struct script_walk w = { a, scripts, out };

	*out = (struct node_commands){ .v = { NULL, 0, 0 } };
	return script_run(&w, name, true, 0);
}
