/* SPDX-License-Identifier: Apache-2.0 */
/* Lock files of Python's tools. */

#include "growth/growth.h"

#include "format/text/pipfile_lock.h"
#include "format/text/pdm_lock.h"
#include "format/text/poetry_lock.h"
#include "format/text/pylock.h"
#include "format/text/uv_lock.h"

#define SUM "c30bb24b7f1e9a19b11b55a546434f74e739bb4c271a3e3a80ff4380d49f7adb"

static bool python_run_tree(struct arena *a, struct str input, struct error *e)
{
	struct toml_node root;

	return toml_tree_read(a, input, "x.toml", &root, e) &&
	       !toml_node_text(toml_node_get(&root, "no"), "key");
}

typedef bool python_reader(struct python_lock_reading *r, struct str text, struct error *e);

static bool python_run(struct arena *a, struct str input, python_reader *read, struct error *e)
{
	struct strings machines = { NULL, 0, 0 };
	struct python_lock lock = { .again = "" };
	/* what Poetry 1 leaves to another file stands in the same */
	struct python_lock_reading r = { .a = a,
					 .file = "lock",
					 .machines = &machines,
					 .project_file = "project",
					 .project = input,
					 .out = &lock };

	*list_push(a, &machines) = "x86_64";
	*list_push(a, &machines) = "aarch64";
	return read(&r, input, e) && lock.v.n > 0;
}

static bool python_run_pipfile(struct arena *a, struct str input, struct error *e)
{
	struct requirements found = { .v = { NULL, 0, 0 } };

	return pipfile_lock_read(a, input, "Pipfile.lock", &found, e) && found.v.n > 0;
}

static bool python_run_pylock(struct arena *a, struct str input, struct error *e)
{
	return python_run(a, input, pylock_read, e);
}

static bool python_run_uv(struct arena *a, struct str input, struct error *e)
{
	return python_run(a, input, uv_lock_read, e);
}

static bool python_run_poetry(struct arena *a, struct str input, struct error *e)
{
	return python_run(a, input, poetry_lock_read, e);
}

static bool python_run_pdm(struct arena *a, struct str input, struct error *e)
{
	return python_run(a, input, pdm_lock_read, e);
}

#define PYLOCK "lock-version = \"1.0\"\n"
#define WHEEL "{url = 'https://a.test/a#.whl', hashes = {sha256 = '" SUM "'}},\n"
#define UV "version = 1\n[[package]]\nname = 'a'\nsource = { virtual = '.' }\ndependencies = ["
#define UV_FILE "{url = 'https://a.test/a#.whl', hash = 'sha256:" SUM "'},\n"
#define UV_PACKAGE "[[package]]\nname = 'p#'\nversion = '1'\nsource = { url = 'x' }\n"

static const struct growth_case python_table[] = {
	{ "toml_tree_read", "many tables", 500, "", "[a#]\nx = 1\n[b.c#]\nx = 'y'\n", "",
	  .run = python_run_tree },
	{ "toml_tree_read", "tables in lists", 300, "a = [\n", "{ x# = [ { y = 1 } ] },\n", "]\n",
	  .run = python_run_tree },
	{ "toml_tree_read", "a list below headers", 300, "", "[[a]]\nx = 1\n[[a.b]]\ny = 1\n", "",
	  .run = python_run_tree },
	{ "pylock_read python_lock_read_machines", "many packages", 150,
	  PYLOCK "environments = [\"os_name == 'posix'\"]\n",
	  "[[packages]]\nname = 'p#'\nversion = '1'\nmarker = \"os_name == 'posix'\"\nwheels = [\n" WHEEL
	  "]\n",
	  "", .run = python_run_pylock },
	{ "pylock_read", "one package of many wheels", 150,
	  PYLOCK "[[packages]]\nname = 'p'\nversion = '1'\nwheels = [\n", WHEEL, "]\n",
	  .run = python_run_pylock },
	{ "uv_lock_read", "a chain of packages", 150, UV "{ name = 'p000001' }]\n",
	  UV_PACKAGE "wheels = [" UV_FILE
		     "]\ndependencies = [{ name = 'a' }, { name = 'p000001' }]\n",
	  "", .run = python_run_uv },
	{ "uv_lock_read", "many needs of one", 300,
	  UV "{ name = 'p' }]\n[[package]]\nname = 'p'\nversion = '1'\nsource = { url = 'x' }\n"
	     "sdist = { url = 'https://a.test/p.zip', hash = 'sha256:" SUM
	     "' }\ndependencies = [\n",
	  "{ name = 'a', marker = \"os_name == 'posix'\" },\n", "]\n", .run = python_run_uv },
	{ "uv_lock_read", "many extras of one", 300,
	  "version = 1\n[[package]]\nname = 'p'\nversion = '1'\nsource = { url = 'x' }\n"
	  "sdist = { url = 'https://a.test/p.zip', hash = 'sha256:" SUM
	  "' }\n[[package]]\nname = 'a'\nsource = { virtual = '.' }\n"
	  "dependencies = [{ name = 'p', extra = [\n",
	  "'x#',\n", "]}]\n", .run = python_run_uv },
	{ "uv_lock_read", "many of one name", 300, UV "]\n",
	  "[[package]]\nname = 'p'\nversion = '#'\n", "", .run = python_run_uv, .refused = true },
	{ "poetry_lock_read", "many packages", 150, "",
	  "[[package]]\nname = 'p#'\nversion = '1'\ngroups = ['main']\nfiles = [\n"
	  "{file = 'a#.whl', hash = 'sha256:" SUM "'},\n]\n",
	  "[metadata]\nlock-version = '2.1'\n", .run = python_run_poetry },
	{ "poetry_lock_read", "many needs of Poetry 1", 150, "",
	  "[[package]]\nname = 'p#'\nversion = '1'\nfiles = [\n"
	  "{file = 'a#.whl', hash = 'sha256:" SUM "'},\n]\n[package.dependencies]\np000001 = '*'\n"
	  "[tool.poetry.dependencies.p#]\nversion = '^1'\n",
	  "[metadata]\nlock-version = '2.0'\n", .run = python_run_poetry },
	{ "pdm_lock_read", "many packages", 150,
	  "[metadata]\nlock_version = '4.5.0'\nstrategy = ['inherit_metadata']\n",
	  "[[package]]\nname = 'p#'\nversion = '1'\ngroups = ['default']\nfiles = [\n"
	  "{file = 'a#.whl', hash = 'sha256:" SUM "'},\n]\n",
	  "", .run = python_run_pdm },
	{ "pipfile_lock_read", "many packages", 300,
	  "{ \"_meta\": { \"pipfile-spec\": 6 }, \"default\": {\n",
	  "\"p#\": { \"version\": \"==1\", \"hashes\": [\"sha256:" SUM "\"] },\n",
	  "\"z\": { \"version\": \"==1\", \"hashes\": [\"sha256:" SUM "\"] } } }\n",
	  .run = python_run_pipfile },
};

const struct growth_cases growth_python_cases = { python_table, ARRAY_SIZE(python_table) };
