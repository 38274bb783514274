/* SPDX-License-Identifier: Apache-2.0 */
/* No shell reads the words here, so a script with anything of a shell's in it is left to people. */

#include "explain/code/node_start.h"

#include <ctype.h>

#include "base/path.h"
#include "explain/code/node_installed.h"
#include "explain/code/node_script.h"
#include "format/json/jsonx.h"

#define SCRIPTS_DEPTH_MAX 4 /* "start" that runs another script */

static const char *node_path(const struct own_project *p, const char *folder, const char *file)
{
	return folder[0] ? arena_printf(p->a, "%s/%s", folder, file) : file;
}

bool node_file_is_there(const struct own_project *p, const char *folder, const char *file)
{
	static const char *const ends[] = { ".js", ".json", "/package.json", "/index.js" };
	const char *path = node_path(p, folder, file);

	if (own_has(p, path) && !own_has(p, arena_printf(p->a, "%s/.", path)))
		return true;
	for (size_t i = 0; i < ARRAY_SIZE(ends); i++) {
		if (own_has(p, arena_printf(p->a, "%s%s", path, ends[i])))
			return true;
	}
	return false;
}

/* "NODE_ENV=production" */
static bool node_is_variable(struct str word)
{
	size_t n = 0;

	while (n < word.n && (isalnum((unsigned char)word.p[n]) || word.p[n] == '_'))
		n++;
	return n > 0 && n < word.n && word.p[n] == '=' && !isdigit((unsigned char)word.p[0]);
}

static bool node_next_word(struct str *rest, struct str *word)
{
	while (str_next(rest, ' ', word)) {
		*word = str_trim(*word);
		if (word->n)
			return true;
	}
	return false;
}

/* Options whose value is the next word. */
static bool node_takes_value(struct str option)
{
	static const char *const names[] = {
		"-r", "--require",   "--import", "--loader", "--experimental-loader",
		"-C", "--conditions"
	};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		if (str_eq(option, str_of(names[i])))
			return true;
	}
	return false;
}

/* What stands after "node". */
static bool node_parse_words(struct arena *a, struct str rest, struct node_start *out)
{
	struct str word;

	while (node_next_word(&rest, &word)) {
		if (out->file) {
			*list_push(a, &out->after) = str_dup(a, word);
		} else if (word.p[0] != '-') {
			out->file = str_dup(a, word);
		} else if (str_starts(word, STR("-e")) || str_starts(word, STR("-p")) ||
			   str_starts(word, STR("--eval")) || str_starts(word, STR("--watch"))) {
			return false;
		} else {
			*list_push(a, &out->before) = str_dup(a, word);
			if (node_takes_value(word) && node_next_word(&rest, &word))
				*list_push(a, &out->before) = str_dup(a, word);
		}
	}
	return out->file != NULL;
}

/* As in a shell the last of a name counts. */
static void node_set_env(struct arena *a, struct node_start *out, struct str name, struct str value)
{
	const char *text = str_dup(a, value);

	list_each(x, &out->env) {
		if (str_eq(str_of(x->name), name)) {
			x->value = text;
			return;
		}
	}
	*list_push(a, &out->env) = (struct draft_variable){ str_dup(a, name), text };
}

bool node_start_parse(struct arena *a, const char *script, struct node_start *out)
{
	struct str rest = str_of(script), word;

	if (strpbrk(script, "$&|;<>()'\"`*?\\~#"))
		return false;
	while (node_next_word(&rest, &word)) {
		struct str name, value;

		if (str_eq(word, STR("node")) ||
		    (str_eq(word, STR("nodemon")) && !str_starts(str_trim(rest), STR("-"))))
			return node_parse_words(a, rest, out);
		if (str_eq(word, STR("cross-env")))
			continue;
		if (!node_is_variable(word))
			return false;
		str_cut(word, '=', &name, &value);
		node_set_env(a, out, name, value);
	}
	return false;
}

/* "npm run serve" -> "serve" */
static const char *node_other_script(struct arena *a, const char *script)
{
	static const struct str runs[] = { STR("npm run "), STR("npm run-script ") };
	struct str text = str_trim(str_of(script));

	for (size_t i = 0; i < ARRAY_SIZE(runs); i++) {
		if (str_starts(text, runs[i])) {
			text = str_trim(str_from(text, runs[i].n));
			return text.n && !memchr(text.p, ' ', text.n) ? str_dup(a, text) : NULL;
		}
	}
	return NULL;
}

/* "next start", of a package that the image has. */
static bool node_parse_installed(struct own_project *p, const struct json_node *root,
				 const struct json_node *scripts, const char *name,
				 struct node_start *out)
{
	struct node_commands commands;
	const struct node_command *c;

	if (!node_script_split(p->a, scripts, name, &commands) || commands.v.n != 1)
		return false;
	c = &commands.v.v[0];
	out->file = node_installed_path(p, root, c->words.v[0], false);
	if (!out->file)
		return false;
	out->installed = true;
	list_each(x, &c->env) {
		size_t n = strcspn(*x, "=");

		*list_push(p->a, &out->env) = (struct draft_variable){ arena_strndup(p->a, *x, n),
								       *x + n + 1 };
	}
	for (size_t i = 1; i < c->words.n; i++)
		*list_push(p->a, &out->after) = c->words.v[i];
	return true;
}

/* What a script starts, by way of others. */
static bool node_follow_script(struct own_project *p, const struct json_node *root,
			       const struct json_node *scripts, const char *name,
			       struct node_start *out)
{
	const char *script = jsonx_text(p->a, scripts, name), *from = name;

	for (unsigned depth = 0; script && depth < SCRIPTS_DEPTH_MAX; depth++) {
		const struct node_start none = { .from = arena_printf(p->a, "\"%s\"", name),
						 .folder = out->folder };
		const char *other = node_other_script(p->a, script);

		*out = none;
		if (node_start_parse(p->a, script, out))
			return true;
		*out = none;
		if (node_parse_installed(p, root, scripts, from, out))
			return true;
		*out = (struct node_start){ .folder = none.folder };
		from = other;
		script = other ? jsonx_text(p->a, scripts, other) : NULL;
	}
	return false;
}

/* "start" may be for development, and another for what was built. */
static bool node_read_script(struct own_project *p, const struct json_node *root,
			     const char *folder, struct node_start *out)
{
	static const char *const names[] = { "start", "start:prod", "start:production",
					     "prod",  "production", "serve" };
	struct json_node scripts;
	const char *start;

	out->folder = folder;
	if (!jsonx_get(root, "scripts", &scripts) || !json_node_is_object(&scripts) ||
	    !(start = jsonx_text(p->a, &scripts, "start")))
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		if (node_follow_script(p, root, &scripts, names[i], out))
			return true;
	}
	out->unread = start;
	return false;
}

/* One command, or of several that of the package's name, else the first. */
static const char *node_read_bin(struct own_project *p, const struct json_node *root)
{
	const char *name = jsonx_text(p->a, root, "name"), *file = jsonx_text(p->a, root, "bin");
	struct strings names = { NULL, 0, 0 };
	struct error none = { .kind = ERR_NONE };
	struct json_node bin;

	if (file || !jsonx_get(root, "bin", &bin) || !json_node_is_object(&bin) ||
	    !jsonx_keys(root, "bin", p->a, &names, &none) || names.n == 0)
		return file;
	file = name ? jsonx_text(p->a, &bin, path_base(name)) : NULL;
	return file ? file : jsonx_text(p->a, &bin, names.v[0]);
}

static void node_choose_file(struct own_project *p, const struct json_node *root,
			     struct node_start *out)
{
	const char *bin = node_read_bin(p, root), *main = jsonx_text(p->a, root, "main");

	out->from = bin	   ? "\"bin\""
		    : main ? "\"main\""
			   : "neither \"start\", \"bin\" nor \"main\" names a file";
	out->file = bin ? bin : main;
	if (!out->file) /* npm start runs the first, node the other */
		out->file = node_file_is_there(p, out->folder, "server.js") ? "server.js"
									    : "index.js";
}

bool node_start_read(struct own_project *p, const char *folder, struct node_start *out,
		     struct error *e)
{
	const char *file = node_path(p, folder, NODE_PACKAGE);
	AUTO_JSON doc = { 0 };
	struct json_node root;

	*out = (struct node_start){ .folder = folder };
	if (!own_json(p, file, &doc, &root, e))
		return false;
	if (!node_read_script(p, &root, folder, out))
		node_choose_file(p, &root, out);
	else if (strcmp(out->file, ".") == 0)
		node_choose_file(p, &root, out);
	return true;
}
