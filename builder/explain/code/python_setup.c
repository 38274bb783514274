/* SPDX-License-Identifier: Apache-2.0 */
/* setup.cfg goes first, as with setuptools what it says counts beside setup.py. */

#include "explain/code/python_setup.h"

#include <ctype.h>

#include "base/path.h"

#define SETUP_CFG "setup.cfg"
#define SETUP_PY "setup.py"

/* A key of setup.cfg, with the lines that go on with its value. */
struct setup_line {
	struct str section, key, value;
};

struct setup_reading {
	const struct own_project *p;
	struct arena *a;
	struct python_setup *out;
	const char *file;
	struct str text; /* of the file */
	struct setup_line at;
};

/* "shop" of "shop = shop.cli:main"; NULL: it is no entry point. */
static const char *setup_command(struct arena *a, struct str line)
{
	struct str name, target, module, object;

	if (!str_cut(line, '=', &name, &target) || !str_cut(target, ':', &module, &object))
		return NULL;
	name = str_trim(name);
	for (size_t i = 0; i < name.n; i++) {
		if (!isalnum((unsigned char)name.p[i]) && !strchr("._-", name.p[i]))
			return NULL;
	}
	return name.n ? str_dup(a, name) : NULL;
}

static void setup_note_need(struct setup_reading *r, struct str need, const char *at)
{
	size_t n = 0;

	while (n < need.n && (isalnum((unsigned char)need.p[n]) || strchr("._-", need.p[n])))
		n++;
	if (n == 0 || !python_need_holds(need))
		return;
	python_wants_add(r->a, need, own_place(r->p, r->file, r->text, at), &r->out->all);
	if (r->out->needs)
		return;
	r->out->needs = arena_strndup(r->a, need.p, n);
	r->out->needs_file = r->file;
	r->out->needs_at = own_place(r->p, r->file, r->text, at);
}

/* A file that is installed as a command, if it is one of Python's. */
static void setup_add_script(struct setup_reading *r, struct str name)
{
	const char *path = str_dup(r->a, name);

	if (own_is_python(r->p, path))
		*list_push(r->a, &r->out->commands) = path_base(path);
}

/* One line of a value; "attr: shop.__version__" is no version. */
static void setup_take_value(struct setup_reading *r, struct str value)
{
	const struct setup_line *at = &r->at;
	const char *command;

	if (!value.n)
		return;
	if (str_eq(at->section, STR("metadata")) && !memchr(value.p, ':', value.n)) {
		if (str_eq(at->key, STR("name")))
			r->out->name = str_dup(r->a, value);
		if (str_eq(at->key, STR("version")))
			r->out->version = str_dup(r->a, value);
	} else if (str_eq(at->section, STR("options"))) {
		if (str_eq(at->key, STR("install_requires")))
			setup_note_need(r, value, value.p);
		if (str_eq(at->key, STR("scripts")))
			setup_add_script(r, value);
	} else if ((str_eq(at->section, STR("options.entry_points")) ||
		    str_eq(at->section, STR("entry_points"))) && /* of pbr */
		   (str_eq(at->key, STR("console_scripts")) ||
		    str_eq(at->key, STR("gui_scripts")))) {
		command = setup_command(r->a, value);
		if (command)
			*list_push(r->a, &r->out->commands) = command;
	}
}

static void setup_read_cfg(struct setup_reading *r)
{
	struct str text = r->text, line, name;

	while (str_next(&text, '\n', &line)) {
		struct str inner = str_trim(line);

		if (!inner.n || inner.p[0] == '#' || inner.p[0] == ';')
			continue;
		if (line.p[0] == ' ' || line.p[0] == '\t') {
			setup_take_value(r, inner);
		} else if (inner.p[0] == '[') {
			str_cut(str_from(inner, 1), ']', &r->at.section, &name);
			r->at.key.n = 0;
		} else if (str_cut(inner, '=', &name, &r->at.value)) {
			r->at.key = str_trim(name);
			setup_take_value(r, str_trim(r->at.value));
		}
	}
}

/* The next string of Python in `rest`, up to `end`; of one in three quotes all lines. */
static bool setup_next_string(struct str *rest, const char *end, struct str *out)
{
	for (; rest->n && !strchr(end, rest->p[0]); *rest = str_from(*rest, 1)) {
		struct str quote = { rest->p, 1 };
		const char *close;

		if (rest->p[0] != '"' && rest->p[0] != '\'')
			continue;
		if (str_starts(*rest, STR("\"\"\"")) || str_starts(*rest, STR("'''")))
			quote.n = 3;
		*rest = str_from(*rest, quote.n);
		close = memmem(rest->p, rest->n, quote.p, quote.n);
		if (!close)
			return false;
		*out = (struct str){ rest->p, (size_t)(close - rest->p) };
		*rest = str_from(*rest, out->n + quote.n);
		return true;
	}
	return false;
}

/* What follows a word of setup.py, such as "name" of "name='shop'"; p == NULL: it is not there. */
static struct str setup_after(struct str text, const char *word)
{
	size_t n = strlen(word);

	for (const char *at = text.p; (at = memmem(at, text.n - (size_t)(at - text.p), word, n));
	     at += n) {
		struct str rest = str_from(text, (size_t)(at - text.p) + n);

		if (at > text.p && (isalnum((unsigned char)at[-1]) || at[-1] == '_'))
			continue;
		while (rest.n && strchr("\"' \t", rest.p[0])) /* also a key in quotes */
			rest = str_from(rest, 1);
		if (rest.n && strchr("=:", rest.p[0]))
			return str_trim(str_from(rest, 1));
	}
	return (struct str){ NULL, 0 };
}

/* "shop" of "name='shop'"; NULL: something else than a string stands there. */
static const char *setup_string(struct arena *a, struct str text, const char *word)
{
	struct str rest = setup_after(text, word), value;

	if (!rest.n || (rest.p[0] != '"' && rest.p[0] != '\'') ||
	    !setup_next_string(&rest, "", &value))
		return NULL;
	return str_dup(a, value);
}

static void setup_find_commands(struct setup_reading *r, struct str text, const char *word)
{
	struct str rest = setup_after(text, word), value, line;
	const char *command;

	while (rest.n && setup_next_string(&rest, "]})", &value)) {
		while (str_next(&value, '\n', &line)) {
			command = setup_command(r->a, line);
			if (command)
				*list_push(r->a, &r->out->commands) = command;
		}
	}
}

/* scripts=["bin/shop"]; a text that mentions scripts has no list behind the word. */
static void setup_find_scripts(struct setup_reading *r, struct str text)
{
	struct str rest = text, value;

	do
		rest = setup_after(rest, "scripts");
	while (rest.n && rest.p[0] != '[');
	while (rest.n && setup_next_string(&rest, "]", &value))
		setup_add_script(r, value);
}

/* entry_points as one text: "[console_scripts]\nshop = shop:main". */
static void setup_find_listed(struct setup_reading *r, struct str text)
{
	struct str rest = setup_after(text, "entry_points"), value, line;
	bool counts = false;
	const char *command;

	if (!rest.n || (rest.p[0] != '"' && rest.p[0] != '\'') ||
	    !setup_next_string(&rest, "", &value))
		return;
	while (str_next(&value, '\n', &line)) {
		line = str_trim(line);
		if (str_starts(line, STR("[")))
			counts = str_eq(line, STR("[console_scripts]")) ||
				 str_eq(line, STR("[gui_scripts]"));
		command = counts ? setup_command(r->a, line) : NULL;
		if (command)
			*list_push(r->a, &r->out->commands) = command;
	}
}

/* "requires" of "install_requires=requires,"; n == 0: something else stands there. */
static struct str setup_variable(struct str rest)
{
	struct str name = { rest.p, 0 };

	while (name.n < rest.n && (isalnum((unsigned char)rest.p[name.n]) || rest.p[name.n] == '_'))
		name.n++;
	rest = str_trim(str_from(rest, name.n));
	return rest.n && strchr(",)", rest.p[0]) ? name : (struct str){ "", 0 };
}

/* install_requires, as a list or by the name of one; what a function gives nobody knows here. */
static void setup_find_needs(struct setup_reading *r, struct str text)
{
	struct str rest = setup_after(text, "install_requires"), value, name;
	const char *at = rest.p;

	name = rest.n ? setup_variable(rest) : (struct str){ "", 0 };
	if (name.n)
		rest = setup_after(text, str_dup(r->a, name));
	if (rest.n && strchr("[(\"'", rest.p[0])) {
		bool list = strchr("[(", rest.p[0]);

		rest = list ? str_from(rest, 1) : rest;
		while (setup_next_string(&rest, "])}", &value)) {
			setup_note_need(r, str_trim(value), value.p);
			if (!list)
				break;
		}
	} else if (at && !r->out->needs) {
		r->out->all.unknown = true;
		r->out->needs = "packages (install_requires)";
		r->out->needs_file = r->file;
		r->out->needs_at = own_place(r->p, r->file, r->text, at);
	}
}

static void setup_read_py(struct setup_reading *r)
{
	const struct str text = r->text;

	if (!r->out->name)
		r->out->name = setup_string(r->a, text, "name");
	if (!r->out->version)
		r->out->version = setup_string(r->a, text, "version");
	if (r->out->commands.n == 0) {
		setup_find_commands(r, text, "console_scripts");
		setup_find_commands(r, text, "gui_scripts");
		setup_find_listed(r, text);
		setup_find_scripts(r, text);
	}
	r->out->pbr = memmem(text.p, text.n, "pbr=True", strlen("pbr=True")) != NULL;
	setup_find_needs(r, text);
}

bool python_setup_read(struct own_project *p, struct python_setup *out, struct error *e)
{
	struct setup_reading r = { .p = p, .a = p->a, .out = out, .file = SETUP_CFG };

	*out = (struct python_setup){ .file = NULL };
	if (own_has(p, SETUP_CFG)) {
		if (!own_text(p, SETUP_CFG, &r.text, e))
			return false;
		setup_read_cfg(&r);
		if (out->name || out->commands.n) /* else it is for flake8 and the like */
			out->file = SETUP_CFG;
	}
	if (own_has(p, SETUP_PY)) {
		r.file = SETUP_PY;
		if (!own_text(p, SETUP_PY, &r.text, e))
			return false;
		out->file = out->commands.n ? out->file : SETUP_PY;
		setup_read_py(&r);
	}
	return true;
}
