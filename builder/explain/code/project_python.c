/* SPDX-License-Identifier: Apache-2.0 */
/* A folder of Python with a requirements file, and a pyproject.toml if there is one. */

#include "explain/code/project.h"

#include <fnmatch.h>

#include "format/text/toml.h"

#define PYPROJECT "pyproject.toml"

/* Name and version; only [project] is everybody's. */
static bool python_read_pyproject(struct own_project *p, struct error *e)
{
	const struct toml_value *name, *version;
	struct toml t = { { NULL, 0, 0 } };
	struct str text;

	if (!own_has(p, PYPROJECT))
		return true;
	if (!own_text(p, PYPROJECT, &text, e) ||
	    !toml_read(p->a, text, own_path(p, PYPROJECT), &t, e))
		return false;
	name = TOML_STRING_AT(&t, "project", "name");
	version = TOML_STRING_AT(&t, "project", "version");
	p->name = name ? name->text : NULL;
	p->version = version ? version->text : NULL;
	if (name)
		draft_chose(p->d, "name", p->name, "%s:%u", own_path(p, PYPROJECT), name->line);
	return true;
}

/* requirements.txt before requirements-prod.txt and the like; one of them has hashes. */
static bool python_find_lock(struct own_project *p, struct error *e)
{
	struct strings names = { NULL, 0, 0 };
	const char *without = NULL;

	if (own_has(p, "requirements.txt"))
		*list_push(p->a, &names) = "requirements.txt";
	if (!own_names(p, "", &names, e))
		return false;
	for (size_t i = 0; i < names.n; i++) {
		struct str text;

		if (fnmatch("requirements*.txt", names.v[i], 0) != 0)
			continue;
		if (!own_text(p, names.v[i], &text, e))
			return false;
		if (strstr(text.p, "--hash")) {
			p->lock = names.v[i];
			draft_chose(
				p->d, "dependencies", p->lock,
				"%s has hashes; servers: \"from\" of the recipe, or pip's settings",
				own_path(p, p->lock));
			return true;
		}
		without = without ? without : names.v[i];
	}
	if (without)
		return err_set(e, ERR_INPUT,
			       "%s has no hashes: pip-compile --generate-hashes or uv pip compile "
			       "--generate-hashes writes a requirements file with them",
			       own_path(p, without));
	draft_leave(p->d,
		    "no requirements*.txt is there: the image has Python's own modules alone");
	return true;
}

static bool python_find_main(struct own_project *p, struct error *e)
{
	static const char *const names[] = { "main.py", "app.py", "__main__.py", "server.py" };
	struct strings files = { NULL, 0, 0 };
	const char *found = NULL;

	for (size_t i = 0; i < ARRAY_SIZE(names) && !found; i++)
		found = own_has(p, names[i]) ? names[i] : NULL;
	if (!found && !own_names(p, "", &files, e))
		return false;
	for (size_t i = 0; i < files.n; i++) {
		const char *path = arena_printf(p->a, "%s/__main__.py", files.v[i]);

		if (!found && own_has(p, path))
			found = files.v[i]; /* Python starts a folder that has this file */
	}
	if (!found)
		return err_set(e, ERR_INPUT,
			       "%s has nothing that starts: no main.py, app.py, server.py or "
			       "__main__.py, and no folder with __main__.py",
			       p->folder);
	*list_push(p->a, &p->entrypoint) = "/usr/bin/python3";
	*list_push(p->a, &p->entrypoint) = arena_printf(p->a, "/app/%s", found);
	draft_chose(p->d, "entrypoint", p->entrypoint.v[1], "%s is there", own_path(p, found));
	return true;
}

bool project_read_python(struct own_project *p, struct error *e)
{
	p->base = "python3";
	p->toolchain = "python";
	if (!python_read_pyproject(p, e) || !python_find_lock(p, e) || !python_find_main(p, e))
		return false;
	PROJECT_STEP(p, "folder", "mkdir", "-p", "${destdir}/app");
	PROJECT_STEP(p, "install", "cp", "-R", ".", "${destdir}/app");
	*list_push(p->a, &p->keep) = "/app/**";
	if (p->lock) {
		*list_push(p->a, &p->keep) = "/usr/local/**";
		*list_push(p->a, &p->drop) = arena_printf(p->a, "/app/%s", p->lock);
	}
	if (own_has(p, ".gitignore"))
		*list_push(p->a, &p->drop) = "/app/.gitignore";
	draft_chose(p->d, "steps", "cp -R . /app", "what git does not ignore");
	return true;
}
