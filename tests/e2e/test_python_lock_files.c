/* SPDX-License-Identifier: Apache-2.0 */
/* Python projects with the lock files of uv, Poetry and PEP 751: imgbuild init, from a server on
 * 127.0.0.1 that has one wheel. Each runs in a container. */

#include <criterion/criterion.h>
#include <stdlib.h>
#include <unistd.h>

#include "e2e/fixture_init_project.h"
#include "e2e/fixture_run.h"
#include "e2e/fixture_web.h"
#include "support/fixture_files.h"
#include "support/fixture_oracle.h"

#define WHEEL "word-1.0-py3-none-any.whl"
#define OTHER "word-1.0-cp312-cp312-win_amd64.whl"
#define ZEROS "0000000000000000000000000000000000000000000000000000000000000000"

/* A wheel in a folder, and the page of an index with it; prints the SHA-256. */
static const char word_script[] =
	"import hashlib, os, sys, zipfile\n"
	"folder, name = sys.argv[1], '" WHEEL "'\n"
	"own = 'word-1.0.dist-info/'\n"
	"files = {'word.py': \"WORD = 'word'\\n\",\n"
	"         own + 'METADATA': 'Metadata-Version: 2.1\\nName: word\\nVersion: 1.0\\n',\n"
	"         own + 'WHEEL': 'Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n'}\n"
	"files[own + 'RECORD'] = ''.join(p + ',,\\n' for p in files)\n"
	"with zipfile.ZipFile(folder + '/' + name, 'w') as z:\n"
	"    for p in files: z.writestr(zipfile.ZipInfo(p), files[p])\n"
	"digest = hashlib.sha256(open(folder + '/' + name, 'rb').read()).hexdigest()\n"
	"os.makedirs(folder + '/simple/word')\n"
	"open(folder + '/simple/word/index.html', 'w').write(\n"
	"    '<a href=\"../../%s#sha256=%s\">%s</a>' % (name, digest, name))\n"
	"print(digest, end='')\n";

struct word_server {
	struct web web;
	const char *sha256, *url;
};

static void word_open(struct arena *a, struct word_server *s)
{
	run_needs_time();
	web_start(a, &s->web);
	s->sha256 = str_dup(a, ORACLE(a, "python3", "-c", word_script, s->web.dir));
	s->url = arena_printf(a, "http://127.0.0.1:%u/" WHEEL, s->web.port);
}

/* The program needs a package of others and one of the workspace. */
Test(python_lock_files, a_workspace_of_uv, .timeout = 900)
{
	AUTO_ARENA a = { 0 };
	struct word_server s;
	const char *files[] = {
		"pyproject.toml",
		"[project]\nname = \"shop\"\nversion = \"1.0\"\ndependencies = [\"word>=1\", \"lib\"]\n"
		"[tool.uv.workspace]\nmembers = [\"packages/*\"]\n",
		"main.py",
		"import sys\n\nimport lib\nimport word\n\nprint(word.WORD, lib.WORD, sys.argv[1])\n",
		"packages/lib/pyproject.toml",
		"[project]\nname = \"lib\"\nversion = \"0.1\"\n"
		"[build-system]\nrequires = [\"hatchling\"]\nbuild-backend = \"hatchling.build\"\n",
		"packages/lib/src/lib/__init__.py",
		"WORD = 'lib'\n",
		"requirements.txt",
		"word\n",
		"uv.lock",
		NULL,
		NULL
	};

	word_open(&a, &s);
	files[11] = arena_printf(
		&a,
		"version = 1\nrevision = 3\nrequires-python = \">=3.12\"\n\n"
		"[manifest]\nmembers = [\n    \"lib\",\n    \"shop\",\n]\n\n"
		"[[package]]\nname = \"lib\"\nversion = \"0.1\"\n"
		"source = { editable = \"packages/lib\" }\n\n"
		"[[package]]\nname = \"shop\"\nversion = \"1.0\"\nsource = { virtual = \".\" }\n"
		"dependencies = [\n    { name = \"lib\" },\n    { name = \"winget\", marker = "
		"\"sys_platform == 'win32'\" },\n    { name = \"word\" },\n]\n\n"
		"[[package]]\nname = \"word\"\nversion = \"1.0\"\n"
		"source = { registry = \"http://a.test/simple\" }\nwheels = [\n"
		"    { url = \"http://a.test/" OTHER "\", hash = \"sha256:" ZEROS
		"\", size = 1 },\n"
		"    { url = \"%s\", hash = \"sha256:%s\", size = 1 },\n]\n",
		s.url, s.sha256);
	init_project_run("--python .", "shop", files, "word lib you\n");
	web_stop(&s.web);
}

Test(python_lock_files, a_pylock, .timeout = 900)
{
	AUTO_ARENA a = { 0 };
	struct word_server s;
	const char *files[] = { "main.py",
				"import sys\n\nimport word\n\nprint(word.WORD, sys.argv[1])\n",
				"pylock.toml", NULL, NULL };

	word_open(&a, &s);
	files[3] = arena_printf(&a,
				"lock-version = \"1.0\"\ncreated-by = \"pip\"\n\n[[packages]]\n"
				"name = \"word\"\nversion = \"1.0\"\n\n[[packages.wheels]]\n"
				"name = \"" WHEEL "\"\nurl = \"%s\"\n\n[packages.wheels.hashes]\n"
				"sha256 = \"%s\"\n",
				s.url, s.sha256);
	init_project_run("--python . --name pylocked", "pylocked", files, "word you\n");
	web_stop(&s.web);
}

/* The settings of pip say which index has the files. */
Test(python_lock_files, a_lock_of_poetry, .timeout = 900)
{
	AUTO_ARENA a = { 0 };
	struct word_server s;
	const char *files[] = {
		"pyproject.toml",
		"[tool.poetry]\nname = \"poem\"\nversion = \"1.0\"\npackage-mode = false\n"
		"[tool.poetry.dependencies]\npython = \"^3.11\"\nword = \"^1.0\"\n"
		"[tool.poetry.group.dev.dependencies]\nruff = \"*\"\n",
		"main.py",
		"import sys\n\nimport word\n\nprint(word.WORD, sys.argv[1])\n",
		"poetry.lock",
		NULL,
		NULL
	};

	word_open(&a, &s);
	files[5] = arena_printf(
		&a,
		"[[package]]\nname = \"ruff\"\nversion = \"1\"\noptional = false\n"
		"groups = [\"dev\"]\nfiles = []\n\n"
		"[[package]]\nname = \"word\"\nversion = \"1.0\"\noptional = false\n"
		"python-versions = \">=3.8\"\ngroups = [\"main\", \"dev\"]\nfiles = [\n"
		"    {file = \"" WHEEL "\", hash = \"sha256:%s\"},\n"
		"    {file = \"" OTHER "\", hash = \"sha256:" ZEROS "\"},\n]\n\n"
		"[metadata]\nlock-version = \"2.1\"\npython-versions = \"^3.11\"\n"
		"content-hash = \"0\"\n",
		s.sha256);
	setenv("PIP_INDEX_URL", arena_printf(&a, "http://127.0.0.1:%u/simple", s.web.port), 1);
	init_project_run("--python .", "poem", files, "word you\n");
	unsetenv("PIP_INDEX_URL");
	web_stop(&s.web);
}

Test(python_lock_files, a_lock_of_pdm, .timeout = 900)
{
	AUTO_ARENA a = { 0 };
	struct word_server s;
	const char *files[] = {
		"pyproject.toml",
		"[project]\nname = \"pedum\"\nversion = \"1.0\"\nrequires-python = \">=3.11\"\n"
		"dependencies = [\"word>=1\"]\n"
		"[dependency-groups]\ndev = [\"ruff\"]\n"
		"[tool.pdm]\ndistribution = false\n",
		"main.py",
		"import sys\n\nimport word\n\nprint(word.WORD, sys.argv[1])\n",
		"pdm.lock",
		NULL,
		NULL
	};

	word_open(&a, &s);
	files[5] = arena_printf(&a,
				"[metadata]\ngroups = [\"default\", \"dev\"]\n"
				"strategy = [\"inherit_metadata\"]\nlock_version = \"4.5.0\"\n"
				"content_hash = \"sha256:0\"\n\n"
				"[[metadata.targets]]\nrequires_python = \">=3.11\"\n\n"
				"[[package]]\nname = \"ruff\"\nversion = \"1\"\nsummary = \"\"\n"
				"groups = [\"dev\"]\nfiles = []\n\n"
				"[[package]]\nname = \"word\"\nversion = \"1.0\"\nsummary = \"\"\n"
				"groups = [\"default\"]\nfiles = [\n"
				"    {file = \"" WHEEL "\", hash = \"sha256:%s\"},\n]\n",
				s.sha256);
	setenv("PIP_INDEX_URL", arena_printf(&a, "http://127.0.0.1:%u/simple", s.web.port), 1);
	init_project_run("--python .", "pedum", files, "word you\n");
	unsetenv("PIP_INDEX_URL");
	web_stop(&s.web);
}

/* That of Poetry 1 has no groups: pyproject.toml says what is needed, by way of an extra here. */
Test(python_lock_files, a_lock_of_poetry_1, .timeout = 900)
{
	AUTO_ARENA a = { 0 };
	struct word_server s;
	const char *files[] = {
		"pyproject.toml",
		"[tool.poetry]\nname = \"poem\"\nversion = \"1.0\"\n"
		"[tool.poetry.dependencies]\npython = \"^3.11\"\n"
		"lib = { path = \"lib\", extras = [\"words\"] }\n"
		"[tool.poetry.group.dev.dependencies]\nruff = \"*\"\n",
		"main.py",
		"import sys\n\nimport lib\nimport word\n\nprint(word.WORD, lib.WORD, sys.argv[1])\n",
		"lib/pyproject.toml",
		"[tool.poetry]\nname = \"lib\"\nversion = \"0.1\"\ndescription = \"\"\nauthors = []\n"
		"[tool.poetry.dependencies]\nword = { version = \"^1.0\", optional = true }\n"
		"[tool.poetry.extras]\nwords = [\"word\"]\n"
		"[build-system]\nrequires = [\"poetry-core\"]\n"
		"build-backend = \"poetry.core.masonry.api\"\n",
		"lib/lib/__init__.py",
		"WORD = 'lib'\n",
		"poetry.lock",
		NULL,
		NULL
	};

	word_open(&a, &s);
	files[9] = arena_printf(
		&a,
		"[[package]]\nname = \"lib\"\nversion = \"0.1\"\ncategory = \"main\"\n"
		"optional = false\npython-versions = \"*\"\nfiles = []\ndevelop = false\n\n"
		"[package.dependencies]\nword = {version = \"^1.0\", optional = true}\n\n"
		"[package.extras]\nwords = [\"word (>=1.0,<2.0)\"]\n\n"
		"[package.source]\ntype = \"directory\"\nurl = \"lib\"\n\n"
		"[[package]]\nname = \"ruff\"\nversion = \"1\"\ncategory = \"dev\"\n"
		"optional = false\npython-versions = \"*\"\nfiles = []\n\n"
		"[[package]]\nname = \"word\"\nversion = \"1.0\"\ncategory = \"main\"\n"
		"optional = true\npython-versions = \">=3.8\"\nfiles = [\n"
		"    {file = \"" WHEEL "\", hash = \"sha256:%s\"},\n]\n\n"
		"[metadata]\nlock-version = \"2.0\"\npython-versions = \"^3.11\"\n"
		"content-hash = \"0\"\n",
		s.sha256);
	setenv("PIP_INDEX_URL", arena_printf(&a, "http://127.0.0.1:%u/simple", s.web.port), 1);
	init_project_run("--python .", "poem", files, "word lib you\n");
	unsetenv("PIP_INDEX_URL");
	web_stop(&s.web);
}

/* Its own index counts. */
Test(python_lock_files, a_lock_of_pipenv, .timeout = 900)
{
	AUTO_ARENA a = { 0 };
	struct word_server s;
	const char *files[] = { "Pipfile",
				"[packages]\nword = \"*\"\n",
				"main.py",
				"import sys\n\nimport word\n\nprint(word.WORD, sys.argv[1])\n",
				"Pipfile.lock",
				NULL,
				NULL };

	word_open(&a, &s);
	files[5] = arena_printf(
		&a,
		"{\n    \"_meta\": {\n        \"hash\": { \"sha256\": \"0\" },\n"
		"        \"pipfile-spec\": 6,\n        \"requires\": {},\n        \"sources\": [\n"
		"            { \"name\": \"own\", \"url\": \"http://127.0.0.1:%u/simple\", "
		"\"verify_ssl\": false }\n        ]\n    },\n    \"default\": {\n"
		"        \"winonly\": { \"hashes\": [\"sha256:" ZEROS "\"], \"markers\": "
		"\"os_name == 'nt'\", \"version\": \"==1\" },\n"
		"        \"word\": { \"hashes\": [\"sha256:%s\"], \"index\": \"own\", "
		"\"version\": \"==1.0\" }\n    },\n    \"develop\": {}\n}\n",
		s.web.port, s.sha256);
	init_project_run("--python . --name pipe", "pipe", files, "word you\n");
	web_stop(&s.web);
}
