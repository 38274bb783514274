/* SPDX-License-Identifier: Apache-2.0 */
#include "explain/code/python_wheel.h"

#include <ctype.h>

#include "base/path.h"
#include "format/text/toml.h"

#define WHEEL_PYPROJECT "pyproject.toml"
#define WHEEL_FOLDER "/build/wheel"

bool python_wheel_is_uv(const char *back_end)
{
	return back_end && (strcmp(back_end, "uv_build") == 0 || strcmp(back_end, "uv") == 0);
}

static bool wheel_read(const struct own_project *p, const char *file, struct toml *t,
		       struct error *e)
{
	struct str text;

	*t = (struct toml){ .v = { NULL, 0, 0 } };
	return !own_has(p, file) ||
	       (own_text(p, file, &text, e) && toml_read(p->a, text, own_path(p, file), t, e));
}

static bool wheel_by_uv(const struct toml *t)
{
	const struct toml_value *v = TOML_STRING_AT(t, "build-system", "build-backend");

	return v && python_wheel_is_uv(v->text);
}

/* The module of a project of this name: "my_app" of "My.App". */
static const char *wheel_module(struct arena *a, const char *name)
{
	char *module = arena_strdup(a, name);

	for (char *c = module; *c; c++)
		*c = *c == '-' || *c == '.' ? '_' : (char)tolower((unsigned char)*c);
	return module;
}

/* `what` hatchling does in another way. */
static bool wheel_refuse(const char *at, const char *what, struct error *e)
{
	return err_set(
		e, ERR_INPUT,
		"%s: Debian 13 has no uv_build, and hatchling, which builds in its place, "
		"%s: requires = [\"hatchling\"] and build-backend = \"hatchling.build\" in "
		"[build-system], with hatchling's own settings, build the same, with uv, too",
		at, what);
}

/* Settings that change nothing, or only what a source distribution has. */
static bool wheel_setting_is_usual(const struct toml_value *v, const char *module)
{
	static const char *const harmless[] = { "default-excludes", "source-include",
						"source-exclude" };
	const char *key = v->keys.v[3];
	const char *value = v->text ? v->text : "";

	if (name_among(key, harmless, ARRAY_SIZE(harmless)))
		return true;
	if (strcmp(key, "module-name") == 0)
		return module && strcmp(value, module) == 0;
	return strcmp(key, "module-root") == 0 && (!value[0] || strcmp(value, "src") == 0);
}

/* hatchling looks for the module beside pyproject.toml first, uv_build in src unless module-root is
 * "". */
static bool wheel_check_root(const struct own_project *p, const char *file, const char *folder,
			     const struct toml *t, const char *module, struct error *e)
{
	const struct toml_value *root = TOML_STRING_AT(t, "tool", "uv", "build-backend",
						       "module-root");

	if (!module || (root && !root->text[0]) ||
	    !own_has(p, arena_printf(p->a, "%s%s/__init__.py", folder, module)) ||
	    !own_has(p, arena_printf(p->a, "%ssrc/%s/__init__.py", folder, module)))
		return true;
	return wheel_refuse(own_path(p, file),
			    arena_printf(p->a, "takes %s where uv_build takes src/%s", module,
					 module),
			    e);
}

bool python_wheel_check(const struct own_project *p, const char *file, struct error *e)
{
	const char *dir = path_dir(p->a, file);
	const char *folder = dir[0] ? arena_printf(p->a, "%s/", dir) : "";
	const struct toml_value *name;
	const char *module;
	struct toml t;

	if (!wheel_read(p, file, &t, e))
		return false;
	if (!wheel_by_uv(&t))
		return true;
	name = TOML_STRING_AT(&t, "project", "name");
	module = name ? wheel_module(p->a, name->text) : NULL;
	list_each(v, &t.v) {
		if (v->keys.n < 4 || strcmp(v->keys.v[0], "tool") != 0 ||
		    strcmp(v->keys.v[1], "uv") != 0 || strcmp(v->keys.v[2], "build-backend") != 0 ||
		    wheel_setting_is_usual(v, module))
			continue;
		return wheel_refuse(arena_printf(p->a, "%s:%u", own_path(p, file), v->line),
				    arena_printf(p->a, "does not read %s", v->keys.v[3]), e);
	}
	return wheel_check_root(p, file, folder, &t, module, e);
}

/* The step that writes the wheel. */
static void wheel_add_build(struct own_project *p, const char *folder, const char *step,
			    const char *wheels)
{
	const char *file = strcmp(folder, ".") == 0
				   ? WHEEL_PYPROJECT
				   : arena_printf(p->a, "%s/" WHEEL_PYPROJECT, folder);
	struct error ignored = { .kind = ERR_NONE };
	struct toml t;

	if (!wheel_read(p, file, &t, &ignored) || !wheel_by_uv(&t)) {
		PROJECT_STEP(p, step, "python3", "-m", "build", "--wheel", "--no-isolation",
			     "--skip-dependency-check", "--outdir", wheels, folder);
		return;
	}
	PROJECT_STEP(p, step, "env", "-C", folder, "python3", "-m", "hatchling", "build",
		     "--target", "wheel", "--directory", wheels);
	draft_chose(p->d, "steps", "hatchling", "%s names uv_build, which Debian 13 has not",
		    own_path(p, file));
}

void python_wheel_add(struct own_project *p, const char *folder, const char *label)
{
	const char *dash = label[0] ? "-" : "";
	const char *wheels = arena_printf(p->a, WHEEL_FOLDER "%s%s", dash, label);

	p->toolchain = "python-build";
	wheel_add_build(p, folder, arena_printf(p->a, "build%s%s", dash, label), wheels);
	PROJECT_STEP(p, arena_printf(p->a, "install%s%s", dash, label), "find", wheels, "-name",
		     "*.whl", "-exec", "python3", "-m", "installer", "--no-compile-bytecode",
		     "--destdir=${destdir}", "{}", "+");
}
