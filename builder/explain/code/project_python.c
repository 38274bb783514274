/* SPDX-License-Identifier: Apache-2.0 */
/* A folder of Python: a file that starts, or a project that its back end builds and that installs a
 * command; with a requirements file. */

#include "explain/code/python_lock_choice.h"
#include "explain/code/python_server.h"
#include "explain/code/python_setup.h"
#include "explain/code/python_wheel.h"

#include <fnmatch.h>

#include "base/path.h"
#include "format/text/python_marker.h"
#include "format/text/toml.h"

#define PYPROJECT "pyproject.toml"

/* Files that are the program by their names. */
static const char *const python_named[] = { "main.py", "app.py", "__main__.py", "server.py" };

/* What pyproject.toml tells. */
struct python_project {
	struct own_project *p;
	const char *back_end;	 /* "hatchling.build"; NULL: none is named */
	struct strings tools;	 /* that build it */
	struct strings commands; /* of [project.scripts] and [project.gui-scripts] */
	const char *commands_in; /* the file that names them */
	struct python_needs_told told;
	struct strings folders; /* of own packages that the lock file has besides this one */
	struct strings wheels;	/* that the lock file has in the folder */
	struct strings member_commands; /* of theirs */
	const char *member_commands_in; /* the file that names the first */
	bool poetry;			/* the commands are those of [tool.poetry.scripts] */
};

static bool python_keys(const struct toml_value *v, size_t n, const char *a, const char *b,
			const char *c)
{
	return v->keys.n == n && v->element == 0 && strcmp(v->keys.v[0], a) == 0 &&
	       strcmp(v->keys.v[1], b) == 0 && (!c || strcmp(v->keys.v[2], c) == 0);
}

static void python_note_need(struct python_project *y, const struct toml_value *v,
			     const char *needs)
{
	struct own_project *p = y->p;
	const char *at = arena_printf(p->a, "%s:%u", own_path(p, PYPROJECT), v->line);

	if (strcmp(v->keys.v[0], "tool") == 0)
		python_wants_add_poetry(p->a, &(struct strings){ v->keys.v + 3, v->keys.n - 3, 0 },
					v->text, at, &y->told.all);
	else
		python_wants_add(p->a, str_of(needs), at, &y->told.all);
	if (y->told.needs || !python_need_holds(str_of(needs)))
		return;
	y->told.needs = needs;
	y->told.in = PYPROJECT;
	y->told.at = at;
}

/* [project] is everybody's; [tool.poetry] what Poetry had before. */
static void python_note(struct python_project *y, const struct toml_value *v)
{
	static const char *const tools[] = { "poetry", "uv", "pdm" };
	struct own_project *p = y->p;

	if (v->keys.n > 2 && strcmp(v->keys.v[0], "tool") == 0 &&
	    name_among(v->keys.v[1], tools, ARRAY_SIZE(tools)))
		y->told.tool = v->keys.v[1];
	if (python_keys(v, 3, "project", "scripts", NULL) ||
	    python_keys(v, 3, "project", "gui-scripts", NULL))
		*list_push(p->a, &y->commands) = v->keys.v[2];
	else if (python_keys(v, 4, "tool", "poetry", "scripts")) {
		*list_push(p->a, &y->commands) = v->keys.v[3];
		y->poetry = true;
	} else if (python_keys(v, 2, "build-system", "build-backend", NULL))
		y->back_end = v->text;
	else if (python_keys(v, 2, "project", "dynamic", NULL))
		y->told.all.unknown |= strings_has(&v->list, "dependencies");
	else if (python_keys(v, 2, "build-system", "requires", NULL))
		y->tools = v->list;
	else if (python_keys(v, 2, "project", "dependencies", NULL)) {
		list_each(need, &v->list)
			python_note_need(y, v, *need);
	} else if (v->keys.n >= 4 && strcmp(v->keys.v[0], "tool") == 0 &&
		   strcmp(v->keys.v[1], "poetry") == 0 &&
		   strcmp(v->keys.v[2], "dependencies") == 0 && strcmp(v->keys.v[3], "python") != 0)
		python_note_need(y, v, v->keys.v[3]);
}

static bool python_read_pyproject(struct python_project *y, struct error *e)
{
	const struct toml_value *name, *version, *python;
	struct own_project *p = y->p;
	struct toml t = { .v = { NULL, 0, 0 } };
	struct str text;

	if (!own_has(p, PYPROJECT))
		return true;
	if (!own_text(p, PYPROJECT, &text, e) ||
	    !toml_read(p->a, text, own_path(p, PYPROJECT), &t, e))
		return false;
	list_each(v, &t.v)
		python_note(y, v);
	python = TOML_STRING_AT(&t, "project", "requires-python");
	if (python && !python_release_fits(str_of(python->text)))
		return err_set(
			e, ERR_INPUT,
			"%s:%u: Python %s is asked for, and Debian 13 has Python " PYTHON_OF_DEBIAN,
			own_path(p, PYPROJECT), python->line, python->text);
	name = TOML_STRING_AT(&t, "project", "name");
	version = TOML_STRING_AT(&t, "project", "version");
	name = name ? name : TOML_STRING_AT(&t, "tool", "poetry", "name");
	version = version ? version : TOML_STRING_AT(&t, "tool", "poetry", "version");
	p->name = name ? name->text : NULL;
	p->version = version ? version->text : NULL;
	if (name)
		draft_chose(p->d, "name", p->name, "%s:%u", own_path(p, PYPROJECT), name->line);
	return true;
}

/* Where pyproject.toml says nothing, setup.cfg and setup.py may; pip builds such a project by
 * setuptools. */
static bool python_read_setup(struct python_project *y, struct error *e)
{
	struct own_project *p = y->p;
	struct python_setup setup;

	y->commands_in = PYPROJECT;
	if (!python_setup_read(p, &setup, e))
		return false;
	if (!y->back_end && !y->poetry && (setup.file || own_has(p, PYPROJECT)))
		y->back_end = "setuptools";
	if (!setup.file)
		return true;
	if (!y->commands.n) {
		y->commands = setup.commands;
		y->commands_in = setup.file;
	}
	if (!p->name && setup.name) {
		p->name = setup.name;
		draft_chose(p->d, "name", p->name, "%s", own_path(p, setup.file));
	}
	p->version = p->version ? p->version : setup.version;
	if (setup.pbr)
		python_wants_tool(p, "pbr", own_path(p, setup.file));
	if (!y->told.needs && setup.needs) {
		y->told.needs = setup.needs;
		y->told.all = setup.all;
		y->told.in = setup.needs_file;
		y->told.at = setup.needs_at;
	}
	return true;
}

static void python_start(struct own_project *p, const char *file)
{
	*list_push(p->a, &p->entrypoint) = "/usr/bin/python3";
	*list_push(p->a, &p->entrypoint) = arena_printf(p->a, "/app/%s", file);
	draft_chose(p->d, "entrypoint", p->entrypoint.v[1], "%s is there", own_path(p, file));
}

/* A package knows its own modules only if it is started as one. */
static void python_start_package(struct own_project *p, const char *name)
{
	*list_push(p->a, &p->entrypoint) = "/usr/bin/python3";
	*list_push(p->a, &p->entrypoint) = "-m";
	*list_push(p->a, &p->entrypoint) = name;
	draft_chose(p->d, "entrypoint", arena_printf(p->a, "-m %s", name),
		    "it is a package with __main__.py");
}

/* The command of the project's name, else the first. */
static void python_start_command(const struct python_project *y)
{
	struct own_project *p = y->p;
	const char *chosen = y->commands.v[0];

	list_each(x, &y->commands) {
		if (p->name && strcmp(*x, p->name) == 0)
			chosen = *x;
	}
	list_each(x, &y->commands) {
		if (*x != chosen)
			draft_leave(p->d, "%s is a command, too: the recipe starts %s", *x, chosen);
	}
	*list_push(p->a, &p->entrypoint) = arena_printf(p->a, "/usr/local/bin/%s", chosen);
	draft_chose(p->d, "entrypoint", p->entrypoint.v[0], "%s: a script of the project",
		    own_path(p, y->commands_in));
}

/* What the toolchain python-build lacks. */
static void python_tell_back_end(const struct python_project *y)
{
	static const char *const known[] = { "setuptools", "wheel",	  "flit_core",	"flit-core",
					     "hatchling",  "poetry-core", "poetry_core" };
	struct own_project *p = y->p;

	if (python_wheel_is_uv(y->back_end))
		return;
	list_each(x, &y->tools) {
		size_t n = strcspn(*x, " <>=!~;[(@");
		const char *name = arena_strndup(p->a, *x, n);

		if (!name_among(name, known, ARRAY_SIZE(known)))
			python_wants_tool(p, name, own_path(p, PYPROJECT));
	}
}

static bool python_add_built(const struct python_project *y, struct error *e)
{
	struct own_project *p = y->p;
	const char *file = own_has(p, PYPROJECT) ? PYPROJECT : y->commands_in;

	if (!python_wheel_check(p, PYPROJECT, e))
		return false;
	python_wheel_add(p, ".", "");
	*list_push(p->a, &p->keep) = "/usr/local/**";
	if (!python_wheel_is_uv(y->back_end))
		draft_chose(p->d, "steps", y->back_end, "%s", own_path(p, file));
	python_tell_back_end(y);
	return true;
}

/* "packages/lib" -> "packages-lib" */
static const char *python_label(struct arena *a, const char *folder)
{
	char *label = arena_strdup(a, folder);

	for (char *c = label; *c; c++)
		*c = *c == '/' ? '-' : *c;
	return label;
}

static bool python_read_member(struct python_project *y, const char *folder, struct error *e)
{
	struct own_project *p = y->p;
	const char *file = arena_printf(p->a, "%s/" PYPROJECT, folder);
	struct toml t = { .v = { NULL, 0, 0 } };
	struct str text;

	if (!path_in_folder(p->a, "", str_of(folder)))
		return err_set(e, ERR_INPUT,
			       "%s has a package of %s, which is outside of %s: name a folder that "
			       "holds both",
			       own_path(p, p->lock), folder, p->folder);
	if (!own_has(p, file))
		return err_set(e, ERR_INPUT, "%s is not there, and %s has that package",
			       own_path(p, file), p->lock);
	if (!own_text(p, file, &text, e) || !toml_read(p->a, text, own_path(p, file), &t, e))
		return false;
	list_each(v, &t.v) {
		if (!python_keys(v, 3, "project", "scripts", NULL))
			continue;
		if (!y->member_commands.n)
			y->member_commands_in = file;
		*list_push(p->a, &y->member_commands) = v->keys.v[2];
	}
	return python_wheel_check(p, file, e);
}

static bool python_read_members(struct python_project *y, struct error *e)
{
	list_each(folder, &y->folders) {
		if (!python_read_member(y, *folder, e))
			return false;
	}
	return true;
}

/* Own packages that the program needs: the members of a workspace. */
static void python_add_members(const struct python_project *y)
{
	list_each(folder, &y->folders) {
		python_wheel_add(y->p, *folder, python_label(y->p->a, *folder));
		draft_chose(y->p->d, "steps", *folder, "%s has that package",
			    own_path(y->p, y->p->lock));
	}
}

/* In a workspace that has no program of its own a member may have one. */
static void python_start_member(struct python_project *y)
{
	y->commands = y->member_commands;
	y->commands_in = y->member_commands_in;
	python_start_command(y);
	*list_push(y->p->a, &y->p->keep) = "/usr/local/**";
}

static bool python_add_copied(const struct python_project *y, struct error *e)
{
	struct own_project *p = y->p;

	PROJECT_STEP(p, "folder", "mkdir", "-p", "${destdir}/app");
	PROJECT_STEP(p, "install", "cp", "-R", ".", "${destdir}/app");
	*list_push(p->a, &p->keep) = "/app/**";
	p->workdir = "/app";
	if (p->lock) {
		*list_push(p->a, &p->keep) = "/usr/local/**";
		*list_push(p->a, &p->drop) = arena_printf(p->a, "/app/%s", p->lock);
	}
	list_each(wheel, &y->wheels)
		*list_push(p->a, &p->drop) = arena_printf(p->a, "/app/%s", *wheel);
	if (own_has(p, ".gitignore"))
		*list_push(p->a, &p->drop) = "/app/.gitignore";
	draft_chose(p->d, "steps", "cp -R . /app", "what git does not ignore");
	return own_drop_scripts(p, "python", e);
}

/* "shop" of "src/shop/__main__.py"; NULL: no folder has that file. */
static bool python_find_package(struct own_project *p, const char *folder, const char **out,
				struct error *e)
{
	struct strings names = { NULL, 0, 0 };

	*out = NULL;
	if (!own_names(p, folder, &names, e))
		return false;
	for (size_t i = 0; i < names.n && !*out; i++) {
		const char *path = folder[0] ? arena_printf(p->a, "%s/%s", folder, names.v[i])
					     : names.v[i];

		if (own_has(p, arena_printf(p->a, "%s/__main__.py", path)))
			*out = path;
	}
	return true;
}

/* A folder that Python starts: as a package if it is one, and knows where it is. */
static void python_start_folder(struct own_project *p, const char *path)
{
	const char *above = path_dir(p->a, path);

	if (!own_has(p, arena_printf(p->a, "%s/__init__.py", path))) {
		python_start(p, path);
		return;
	}
	python_start_package(p, path_base(path));
	*list_push(p->a, &p->image_env) = (struct draft_variable){
		"PYTHONPATH", above[0] ? arena_printf(p->a, "/app/%s", above) : "/app"
	};
}

/* Whether it may be the program: "tool.py", not what tests and builds are made of. */
static bool python_is_script(const char *name)
{
	static const char *const others[] = { "setup.py",	"conftest.py",	 "__init__.py",
					      "test_*",		"*_test.py",	 "noxfile.py",
					      "hatch_build.py", "versioneer.py", "ez_setup.py" };

	for (size_t i = 0; i < ARRAY_SIZE(others); i++) {
		if (fnmatch(others[i], name, 0) == 0)
			return false;
	}
	return fnmatch("*.py", name, 0) == 0;
}

/* The one file that asks whether it is the program, or is called as one; else the only file. NULL:
 * neither. */
static bool python_find_script(struct own_project *p, const char **out, struct error *e)
{
	struct strings names = { NULL, 0, 0 }, scripts = { NULL, 0, 0 }, programs = { NULL, 0, 0 };

	*out = NULL;
	if (!own_names(p, "", &names, e))
		return false;
	list_each(name, &names) {
		AUTO_ARENA scratch = { 0 };
		struct str text;

		if (own_is_python(p, *name)) {
			*list_push(p->a, &programs) = *name;
			continue;
		}
		if (!python_is_script(*name))
			continue;
		*list_push(p->a, &scripts) = *name;
		if (!own_head(&scratch, p, *name, &text, e))
			return false;
		if (memmem(text.p, text.n, "if __name__", strlen("if __name__")))
			*list_push(p->a, &programs) = *name;
	}
	if (programs.n == 1)
		*out = programs.v[0];
	else if (scripts.n == 1)
		*out = scripts.v[0];
	return true;
}

/* Where frameworks tell people to put the application, if nothing else starts. */
static bool python_find_application(struct python_project *y, bool *out, struct error *e)
{
	static const char *const names[] = { "wsgi.py",	    "asgi.py",	   "application.py",
					     "api.py",	    "app/main.py", "src/main.py",
					     "api/main.py", "app/app.py",  "app/__init__.py" };
	struct own_project *p = y->p;

	*out = false;
	for (size_t i = 0; !*out && i < ARRAY_SIZE(names); i++) {
		if (own_has(p, names[i]) && !python_server_add(p, names[i], out, e))
			return false;
	}
	return true;
}

/* A file by its name: as it is, or by a server. */
static bool python_find_named(struct python_project *y, bool *out, struct error *e)
{
	struct own_project *p = y->p;

	if (!python_django_add(p, out, e) || *out)
		return *out;
	for (size_t i = 0; i < ARRAY_SIZE(python_named); i++) {
		if (!own_has(p, python_named[i]))
			continue;
		if (!python_server_add(p, python_named[i], out, e))
			return false;
		if (!*out)
			python_start(p, python_named[i]);
		*out = true;
		return true;
	}
	return true;
}

static bool python_find_main(struct python_project *y, struct error *e)
{
	struct own_project *p = y->p;
	const char *package, *script = NULL;
	bool found;

	if (!python_find_named(y, &found, e))
		return false;
	if (found)
		return python_add_copied(y, e);
	if (y->commands.n && y->back_end) {
		python_start_command(y);
		return python_add_built(y, e);
	}
	if (!python_find_package(p, "", &package, e) ||
	    (!package && !python_find_package(p, "src", &package, e)))
		return false;
	if (!package && !python_find_script(p, &script, e))
		return false;
	if (script) {
		if (!python_server_add(p, script, &found, e))
			return false;
		if (!found)
			python_start(p, script);
		return python_add_copied(y, e);
	}
	if (!package && y->member_commands.n) {
		python_start_member(y);
		return true;
	}
	if (!package && !python_find_application(y, &found, e))
		return false;
	if (found)
		return python_add_copied(y, e);
	if (!package)
		return err_set(e, ERR_INPUT,
			       "%s has nothing that starts: no main.py, app.py, server.py or "
			       "__main__.py, no folder with __main__.py, not one file alone that "
			       "says \"if __name__\", and no command: "
			       "[project.scripts] in pyproject.toml, or console_scripts in "
			       "setup.cfg or, as strings, in setup.py",
			       p->folder);
	python_start_folder(p, package);
	return python_add_copied(y, e);
}

/* Whether the back end installs it, and nothing of the folder is started as it stands. */
static bool python_is_installed(const struct python_project *y)
{
	for (size_t i = 0; i < ARRAY_SIZE(python_named); i++) {
		if (own_has(y->p, python_named[i]))
			return false;
	}
	return y->commands.n && y->back_end && !own_has(y->p, "manage.py");
}

bool project_read_python(struct own_project *p, struct error *e)
{
	struct python_project y = { .p = p };

	p->base = "python3";
	p->toolchain = "python";
	if (!python_read_pyproject(&y, e) || !python_read_setup(&y, e))
		return false;
	y.told.installed = python_is_installed(&y);
	if (!python_choose_lock(p, &y.told, &y.folders, &y.wheels, e) ||
	    !python_read_members(&y, e) || !python_find_main(&y, e))
		return false;
	python_add_members(&y);
	return true;
}
