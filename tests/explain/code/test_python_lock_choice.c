/* SPDX-License-Identifier: Apache-2.0 */
/* Which lock file of a Python folder init takes, and what it makes of it. That images of such
 * projects run is tested with whole images (tests/e2e/test_python_lock_files.c). */

#include <criterion/criterion.h>

#include "support/fixture_own_project.h"

#define FILES 12
#define ZEROS "0000000000000000000000000000000000000000000000000000000000000000"
#define HASHED "idna==3.7 --hash=sha256:" ZEROS "\n"
#define WHEEL "idna-3.7-py3-none-any.whl"
#define PYLOCK                                                                       \
	"lock-version = \"1.0\"\n[[packages]]\nname = \"idna\"\nversion = \"3.7\"\n" \
	"wheels = [{ url = \"https://a.test/" WHEEL "\", hashes = {sha256 = \"" ZEROS "\"} }]\n"
#define UV_IDNA                                                                            \
	"[[package]]\nname = \"idna\"\nversion = \"3.7\"\nsource = { registry = \"x\" }\n" \
	"wheels = [{ url = \"https://a.test/" WHEEL "\", hash = \"sha256:" ZEROS "\" }]\n"
#define UV                                                                                     \
	"version = 1\n" UV_IDNA "[[package]]\nname = \"shop\"\nsource = { virtual = \".\" }\n" \
	"dependencies = [{ name = \"idna\" }]\n"
#define POETRY(version)                                                          \
	"[[package]]\nname = \"idna\"\nversion = \"3.7\"\ngroups = [\"main\"]\n" \
	"files = [{ file = \"" WHEEL "\", hash = \"sha256:" ZEROS "\" }]\n"      \
	"[metadata]\nlock-version = \"" version "\"\n"
#define PROJECT "[project]\nname = \"shop\"\ndependencies = [\"idna\"]\n"
#define MEMBER(back_end)                                                  \
	"[project]\nname = \"lib\"\n[build-system]\nrequires = [\"x\"]\n" \
	"build-backend = \"" back_end "\"\n"
#define UV_WORKSPACE                                                                 \
	"version = 1\n[[package]]\nname = \"shop\"\nsource = { virtual = \".\" }\n"  \
	"dependencies = [{ name = \"lib\" }, { name = \"plain\" }]\n"                \
	"[[package]]\nname = \"lib\"\nsource = { editable = \"packages/lib\" }\n"    \
	"[[package]]\nname = \"plain\"\nsource = { virtual = \"packages/plain\" }\n" \
	"[[package]]\nname = \"unused\"\nsource = { editable = \"packages/unused\" }\n"

static const struct {
	const char *name, *files[FILES], *says;
} choices[] = {
	{ "the standard goes first",
	  { "main.py", "", "pylock.toml", PYLOCK, "uv.lock", UV, "poetry.lock", POETRY("2.1"),
	    "requirements.txt", HASHED },
	  "{ \"lock\": \"pylock.toml\" }" },
	{ "also under another name",
	  { "main.py", "", "pylock.dev.toml", PYLOCK, "pylock.web.toml", PYLOCK, "uv.lock", UV },
	  "{ \"lock\": \"pylock.web.toml\" }" },
	{ "then uv's",
	  { "main.py", "", "uv.lock", UV, "poetry.lock", POETRY("2.1"), "requirements.txt",
	    HASHED },
	  "{ \"lock\": \"uv.lock\" }" },
	{ "then Poetry's",
	  { "main.py", "", "poetry.lock", POETRY("2.1"), "requirements.txt", HASHED },
	  "{ \"lock\": \"poetry.lock\" }" },
	{ "also that of Poetry 1",
	  { "main.py", "", "poetry.lock", POETRY("2.0"), "pyproject.toml",
	    "[tool.poetry.dependencies]\npython = \"^3.9\"\n", "requirements.txt", HASHED },
	  "{ \"lock\": \"poetry.lock\" }" },
	{ "of which nobody says what the program needs",
	  { "main.py", "", "poetry.lock", POETRY("2.0") },
	  "lock-version 2.0 of poetry.lock does not say which packages only development needs, and no "
	  "pyproject.toml beside it has [tool.poetry.dependencies] alone: poetry lock of Poetry 2 "
	  "writes 2.1, which does" },
	{ "hashes of an included file",
	  { "main.py", "", "requirements.txt", "-r parts/base.txt\n", "parts/base.txt", HASHED },
	  "{ \"lock\": \"requirements.txt\" }" },
	{ "a folder of requirements, and what is for production",
	  { "main.py", "", "requirements/base.txt", HASHED, "requirements/prod.txt",
	    "-r base.txt\n", "requirements/dev.txt", HASHED },
	  "{ \"lock\": \"requirements/prod.txt\" }" },
	{ "a folder of requirements without hashes",
	  { "main.py", "", "requirements/base.txt", "idna\n", "requirements/dev.txt", HASHED },
	  "app/requirements/base.txt has no hashes: pip-compile --generate-hashes -o "
	  "requirements-lock.txt requirements/base.txt writes" },
	{ "of which the includes are wrong",
	  { "main.py", "", "requirements.txt", HASHED "-r base.txt\n" },
	  "app/base.txt: No such file or directory" },
	{ "requirements without hashes beside a lock",
	  { "main.py", "", "requirements.txt", "idna\n", "uv.lock", UV },
	  "{ \"lock\": \"uv.lock\" }" },
	{ "a lock that the project has left behind",
	  { "main.py", "", "uv.lock", UV, "pyproject.toml",
	    "[project]\ndependencies = [\"idna\", \"six\"]\n" },
	  "six is not in uv.lock: uv lock adds it" },
	{ "requirements that the project has left behind",
	  { "main.py", "", "requirements.txt", HASHED, "pyproject.toml",
	    "[project]\ndependencies = [\"idna\", \"six\"]\n" },
	  "six is not in requirements.txt: pip-compile --generate-hashes adds it" },
	{ "a package without a wheel that fits",
	  { "main.py", "", "pylock.toml",
	    "lock-version = \"1.0\"\n[[packages]]\nname = \"idna\"\nversion = \"3.7\"\n"
	    "wheels = [{ url = \"https://a.test/idna-3.7-cp313-cp313-win_amd64.whl\", hashes = "
	    "{sha256 = \"" ZEROS "\"} }]\nsdist = { url = \"https://a.test/idna-3.7.tar.gz\", "
	    "hashes = {sha256 = \"" ZEROS "\"} }\n" },
	  "\"toolchain\": \"python-build\"" },
	{ "wheels in the folder are installed, not copied",
	  { "main.py", "", "pylock.toml",
	    "lock-version = \"1.0\"\n[[packages]]\nname = \"idna\"\nversion = \"3.7\"\n"
	    "wheels = [{ path = \"wheels/" WHEEL "\", hashes = {sha256 = \"" ZEROS "\"} }]\n",
	    "wheels/" WHEEL, "" },
	  "\"drop\": [\"/app/pylock.toml\", \"/app/wheels/" WHEEL "\"]" },
	{ "a lock of pdm",
	  { "main.py", "", "pdm.lock", "" },
	  "lock_version (none) of pdm.lock is not known; 4.4 and 4.5 are" },
	{ "a lock of Pipenv",
	  { "main.py", "", "Pipfile.lock",
	    "{ \"_meta\": { \"pipfile-spec\": 6 }, \"default\": { \"idna\": { \"version\": "
	    "\"==3.7\", \"hashes\": [\"sha256:" ZEROS "\"] } } }",
	    "requirements.txt", HASHED },
	  "{ \"lock\": \"Pipfile.lock\" }" },
	{ "which is wrong",
	  { "main.py", "", "Pipfile.lock", "{}" },
	  "it has no \"pipfile-spec\": pipenv lock writes it anew" },
	{ "no lock of a project for uv",
	  { "main.py", "", "pyproject.toml", PROJECT "[tool.uv]\npackage = false\n" },
	  "app/pyproject.toml:3: the project needs idna, and no lock file is there: uv lock writes "
	  "one, and it belongs into the repository (pylock*.toml, uv.lock, poetry.lock, "
	  "pdm.lock, Pipfile.lock, requirements*.txt with hashes: the first counts)" },
	{ "which has requirements without hashes, too",
	  { "main.py", "", "requirements.txt", "idna\n", "pyproject.toml",
	    PROJECT "[tool.uv]\npackage = false\n" },
	  "the project needs idna, and no lock file is there: uv lock writes one" },
	{ "a merge that is not done",
	  { "main.py", "", "uv.lock", "version = 1\n<<<<<<< HEAD\n" },
	  "a merge conflict stands here: resolve it" },
	{ "no lock of a project for Poetry",
	  { "main.py", "", "pyproject.toml", "[tool.poetry.dependencies]\nidna = \"*\"\n" },
	  "app/pyproject.toml:2: the project needs idna, and no lock file is there: poetry lock "
	  "writes" },
	{ "no lock of a project for pdm",
	  { "main.py", "", "pyproject.toml", PROJECT "[tool.pdm]\ndistribution = false\n" },
	  "no lock file is there: pdm lock writes" },
	{ "own packages of a workspace are installed",
	  { "main.py", "", "uv.lock", UV_WORKSPACE, "packages/lib/pyproject.toml",
	    MEMBER("hatchling.build"), "packages/plain/x.py", "" },
	  "{ \"name\": \"build-packages-lib\", \"run\": [\"python3\", \"-m\", \"build\", \"--wheel\", "
	  "\"--no-isolation\", \"--skip-dependency-check\", \"--outdir\", \"/build/wheel-packages-lib\", "
	  "\"packages/lib\"] },\n{ \"name\": \"install-packages-lib\", \"run\": [\"find\", "
	  "\"/build/wheel-packages-lib\"" },
	{ "by the toolchain that builds",
	  { "main.py", "", "uv.lock", UV_WORKSPACE, "packages/lib/pyproject.toml",
	    MEMBER("hatchling.build") },
	  "\"toolchain\": \"python-build\"" },
	{ "one that is not there",
	  { "main.py", "", "uv.lock", UV_WORKSPACE },
	  "app/packages/lib/pyproject.toml is not there, and uv.lock has that package" },
	{ "one whose back end Debian has not",
	  { "main.py", "", "uv.lock", UV_WORKSPACE, "packages/lib/pyproject.toml",
	    MEMBER("uv_build") },
	  "{ \"name\": \"build-packages-lib\", \"run\": [\"env\", \"-C\", \"packages/lib\", "
	  "\"python3\", \"-m\", \"hatchling\", \"build\", \"--target\", \"wheel\", "
	  "\"--directory\", \"/build/wheel-packages-lib\"] }" },
	{ "with a setting that no other back end knows",
	  { "main.py", "", "uv.lock", UV_WORKSPACE, "packages/lib/pyproject.toml",
	    MEMBER("uv_build") "[tool.uv.build-backend]\nmodule-root = \"\"\nnamespace = true\n" },
	  "app/packages/lib/pyproject.toml:8: Debian 13 has no uv_build, and hatchling, which builds "
	  "in its place, does not read namespace: requires = [\"hatchling\"] and build-backend = "
	  "\"hatchling.build\" in [build-system], with hatchling's own settings, build the same, "
	  "with uv, too" },
	{ "with a module of that name beside src",
	  { "main.py", "", "uv.lock", UV_WORKSPACE, "packages/lib/pyproject.toml",
	    MEMBER("uv_build"), "packages/lib/lib/__init__.py", "",
	    "packages/lib/src/lib/__init__.py", "" },
	  "app/packages/lib/pyproject.toml: Debian 13 has no uv_build, and hatchling, which builds "
	  "in its place, takes lib where uv_build takes src/lib: requires = [\"hatchling\"] and" },
	{ "which is the one that is meant",
	  { "main.py", "", "uv.lock", UV_WORKSPACE, "packages/lib/pyproject.toml",
	    MEMBER("uv_build") "[tool.uv.build-backend]\nmodule-root = \"\"\n",
	    "packages/lib/lib/__init__.py", "", "packages/lib/src/lib/__init__.py", "" },
	  "\"env\", \"-C\", \"packages/lib\", \"python3\", \"-m\", \"hatchling\"" },
	{ "one that stands elsewhere",
	  { "main.py", "", "uv.lock",
	    "version = 1\n[[package]]\nname = \"shop\"\nsource = { virtual = \".\" }\n"
	    "dependencies = [{ name = \"lib\" }]\n"
	    "[[package]]\nname = \"lib\"\nsource = { editable = \"../lib\" }\n" },
	  "app/uv.lock has a package of ../lib, which is outside of " },
	{ "a command of a member, where the workspace has no program",
	  { "uv.lock",
	    "version = 1\n[[package]]\nname = \"web\"\nsource = { editable = \"apps/web\" }\n",
	    "apps/web/pyproject.toml",
	    MEMBER("hatchling.build") "[project.scripts]\nserve = \"web:main\"\n" },
	  "\"entrypoint\": [\"/usr/local/bin/serve\"]" },
	{ "which is installed",
	  { "uv.lock",
	    "version = 1\n[[package]]\nname = \"web\"\nsource = { editable = \"apps/web\" }\n",
	    "apps/web/pyproject.toml",
	    MEMBER("hatchling.build") "[project.scripts]\nserve = \"web:main\"\n" },
	  "\"/build/wheel-apps-web\", \"apps/web\"] }" },
	{ "a member alone, whose lock stands above",
	  { "../uv.lock", UV, "main.py", "", "pyproject.toml", PROJECT },
	  "/uv.lock: imgbuild init --python " },
	{ "a program that needs nothing, below it",
	  { "../uv.lock", UV, "main.py", "" },
	  "\"entrypoint\": [\"/usr/bin/python3\", \"/app/main.py\"]" },
	{ "a project of that back end",
	  { "uv.lock", UV, "src/shop/__init__.py", "", "pyproject.toml",
	    MEMBER("uv_build") "[project.scripts]\nshop = \"shop:main\"\n" },
	  "\"run\": [\"env\", \"-C\", \".\", \"python3\", \"-m\", \"hatchling\"," },
};

Test(python_lock_choice, the_best_lock_that_is_there)
{
	for (size_t i = 0; i < ARRAY_SIZE(choices); i++) {
		AUTO_ARENA a = { 0 };
		const char *got = own_project_texts(&a, project_read_python, choices[i].files);

		cr_expect(strstr(got, choices[i].says), "%s: %s", choices[i].name, got);
	}
}

Test(python_lock_choice, no_lock_is_told)
{
	static const char *const files[] = { "main.py", "", NULL };
	AUTO_ARENA a = { 0 };

	cr_expect(strstr(
		own_project_left(&a, project_read_python, files),
		"no lock file is there (pylock*.toml, uv.lock, poetry.lock, pdm.lock, Pipfile.lock, "
		"requirements*.txt with hashes: the first counts): the image has Python's "
		"own modules alone"));
}

Test(python_lock_choice, what_was_passed_by_is_told)
{
	static const char *const files[] = { "main.py",		 "",	 "uv.lock", UV,
					     "requirements.txt", HASHED, NULL };
	AUTO_ARENA a = { 0 };
	const char *got = own_project_chosen(&a, project_read_python, files, "dependencies");

	cr_expect(
		str_starts(str_of(got), STR("uv.lock: ")) &&
			str_ends(
				str_of(got),
				STR("/app/uv.lock; not read: requirements.txt (pylock*.toml, uv.lock, "
				    "poetry.lock, pdm.lock, Pipfile.lock, requirements*.txt with hashes: the first counts)")),
		"%s", got);
}
