/* SPDX-License-Identifier: Apache-2.0 */
/* What of a Python project starts, and what it needs. That the images run is tested with whole
 * images (tests/e2e/test_init_forms.c). */

#include <criterion/criterion.h>

#include "support/fixture_own_project.h"

#define FILES 12
#define BUILT "[build-system]\nrequires = [\"hatchling>=1\"]\nbuild-backend = \"hatchling.build\"\n"
#define PROJECT BUILT "[project]\nname = \"shop\"\nversion = \"1\"\n"
#define HASHED                     \
	"idna==3.7 --hash=sha256:" \
	"0000000000000000000000000000000000000000000000000000000000000000\n"

static const struct {
	const char *name, *files[FILES], *says;
} starts[] = {
	{ "a command of a project in src",
	  { "pyproject.toml",
	    PROJECT "[project.scripts]\nadmin = \"shop.admin:main\"\nshop = \"shop:main\"\n",
	    "src/shop/__init__.py", "" },
	  "\"entrypoint\": [\"/usr/local/bin/shop\"]" },
	{ "it is built by its back end",
	  { "pyproject.toml", PROJECT "[project.gui-scripts]\nshop = \"shop:main\"\n" },
	  "\"toolchain\": \"python-build\",\n\"steps\": [\n{ \"name\": \"build\", \"run\": "
	  "[\"python3\", \"-m\", \"build\", \"--wheel\", \"--no-isolation\", "
	  "\"--skip-dependency-check\", \"--outdir\", \"/build/wheel\", \".\"] }" },
	{ "a command as Poetry had it before",
	  { "pyproject.toml", BUILT "[tool.poetry]\nname = \"shop\"\nversion = \"0.3\"\n"
				    "[tool.poetry.dependencies]\npython = \"^3.11\"\n"
				    "[tool.poetry.scripts]\nshop = \"shop:main\"\n" },
	  "\"version\": \"0.3\",\n\"toolchain\": \"python-build\"" },
	{ "a file goes before a command",
	  { "pyproject.toml", PROJECT "[project.scripts]\nshop = \"shop:main\"\n", "main.py", "" },
	  "\"entrypoint\": [\"/usr/bin/python3\", \"/app/main.py\"]" },
	{ "a package is started as one",
	  { "shop/__init__.py", "", "shop/__main__.py", "" },
	  "\"entrypoint\": [\"/usr/bin/python3\", \"-m\", \"shop\"],\n"
	  "\"env\": { \"PYTHONPATH\": \"/app\" }" },
	{ "a package in src",
	  { "src/shop/__init__.py", "", "src/shop/__main__.py", "" },
	  "\"-m\", \"shop\"],\n\"env\": { \"PYTHONPATH\": \"/app/src\" }" },
	{ "a folder is none",
	  { "shop/__main__.py", "" },
	  "\"entrypoint\": [\"/usr/bin/python3\", \"/app/shop\"],\n\"user\"" },
	{ "no lock of what only development needs",
	  { "main.py", "", "requirements.txt", "idna\n", "requirements-dev.txt", HASHED },
	  "app/requirements.txt has no hashes: pip-compile --generate-hashes" },
	{ "requirements without any",
	  { "main.py", "", "requirements.txt", "# none yet\n\n" },
	  "\"keep\": [\"/app/**\"]" },
	{ "dependencies that nothing has locked",
	  { "main.py", "", "pyproject.toml", PROJECT "dependencies = [\"idna\"]\n" },
	  "app/pyproject.toml:7: the project needs idna, and no lock file is there: pip-compile" },
	{ "dependencies of Poetry that nothing has locked",
	  { "main.py", "", "pyproject.toml", "[tool.poetry.dependencies]\nidna = \"^3\"\n" },
	  "app/pyproject.toml:2: the project needs idna, and " },
	{ "a command without a back end: pip builds by setuptools",
	  { "pyproject.toml",
	    "[project]\nname = \"shop\"\n[project.scripts]\nshop = \"shop:m\"\n" },
	  "\"toolchain\": \"python-build\"" },
	{ "but not what is Poetry's alone",
	  { "pyproject.toml", "[tool.poetry.scripts]\nshop = \"shop:m\"\n" },
	  "app has nothing that starts: no main.py, app.py, server.py or __main__.py, no folder "
	  "with __main__.py, not one file alone that says \"if __name__\", and no command: "
	  "[project.scripts] in pyproject.toml, or console_scripts in setup.cfg or, as strings, in "
	  "setup.py" },
	{ "the only file",
	  { "tool.py", "print(1)\n", "test_tool.py", "if __name__ == '__main__': pass\n",
	    "conftest.py", "", "hatch_build.py", "if __name__ == '__main__': pass\n" },
	  "\"entrypoint\": [\"/usr/bin/python3\", \"/app/tool.py\"]" },
	{ "the one that says that it is the program",
	  { "manage.py", "import lib\nif __name__ == \"__main__\":\n    lib.x()\n", "lib.py", "" },
	  "\"entrypoint\": [\"/usr/bin/python3\", \"/app/manage.py\"]" },
	{ "two files, of which none says so",
	  { "one.py", "", "two.py", "" },
	  "app has nothing that starts: " },
	{ "commands of setup.cfg",
	  { "setup.cfg",
	    "[flake8]\nconsole_scripts =\n  no = no:no\n[metadata]\nname = shop\n"
	    "version = 1.5\n# x = y\n[options.entry_points]\nconsole_scripts =\n"
	    "    admin = shop.admin:main\n    shop = shop:main [extra]\nother =\n    x = y:z\n",
	    "setup.py", "from setuptools import setup\nsetup()\n" },
	  "\"version\": \"1.5\",\n\"toolchain\": \"python-build\"" },
	{ "the command of the project's name in setup.cfg",
	  { "setup.cfg", "[metadata]\nname = shop\nversion = attr: shop.version\n"
			 "[options.entry_points]\nconsole_scripts =\n  a = a:b\n  shop = a:b\n" },
	  "\"entrypoint\": [\"/usr/local/bin/shop\"]" },
	{ "commands of setup.py",
	  { "setup.py",
	    "package_name = 'x'\nsetup(name = \"shop\", version='2', entry_points={\n"
	    "  'console_scripts': ['shop=shop:main', \"admin = shop:a\"], 'x': ['y=z:z']})\n" },
	  "\"entrypoint\": [\"/usr/local/bin/shop\"]" },
	{ "commands of setup.py in one text",
	  { "setup.py", "setup(name='shop', entry_points=\"\"\"\n[x]\nno = a:b\n[console_scripts]\n"
			"shop = shop:main\n\"\"\")\n" },
	  "\"entrypoint\": [\"/usr/local/bin/shop\"]" },
	{ "scripts of setup.py",
	  { "setup.py",
	    "print('  scripts : %s' % x)\nsetup(name='shop', scripts=['bin/sh', 'bin/shop'])\n",
	    "bin/shop", "#!/usr/bin/env python3\n", "bin/sh", "#!/bin/sh\n" },
	  "\"entrypoint\": [\"/usr/local/bin/shop\"]" },
	{ "scripts of setup.cfg",
	  { "setup.cfg", "[metadata]\nname = shop\n[options]\nscripts =\n  bin/shop\n", "bin/shop",
	    "#!/usr/bin/python3\n" },
	  "\"entrypoint\": [\"/usr/local/bin/shop\"]" },
	{ "a script without an ending",
	  { "shop", "#!/usr/bin/python3\nprint(1)\n", "lib.py", "", "notes", "#!/bin/sh\n" },
	  "\"entrypoint\": [\"/usr/bin/python3\", \"/app/shop\"]" },
	{ "commands that only Python knows",
	  { "setup.py", "setup(name=NAME, entry_points={'console_scripts': scripts()})\n" },
	  "console_scripts in setup.cfg or, as strings, in setup.py" },
	{ "dependencies of setup.cfg that nothing has locked",
	  { "setup.cfg", "[metadata]\nname = shop\n[options]\ninstall_requires =\n  idna>=3\n",
	    "main.py", "" },
	  "app/setup.cfg:5: the project needs idna, and no lock file is there: pip-compile "
	  "--generate-hashes -o requirements.txt setup.cfg writes one" },
	{ "what other Pythons need is no need",
	  { "pyproject.toml",
	    "[project]\nname = \"shop\"\ndependencies = [\n  \"tomli>=2; python_version < '3.11'\",\n"
	    "  \"pywin32; sys_platform == 'win32'\",\n]\n[project.scripts]\nshop = \"shop:m\"\n" },
	  "\"entrypoint\": [\"/usr/local/bin/shop\"]" },
	{ "what this one needs beside them",
	  { "main.py", "", "pyproject.toml",
	    "[project]\ndependencies = [\"a; python_version < '3.8'\", \"idna; os_name == 'posix'\"]\n" },
	  "app/pyproject.toml:2: the project needs idna; os_name == 'posix', and no lock file" },
	{ "the same of setup.cfg and setup.py",
	  { "setup.cfg", "[options]\ninstall_requires =\n  tomli; python_version < '3.11'\n",
	    "setup.py",
	    "setup(install_requires=['a; python_version<\"3\"', \"b;os_name=='nt'\"])\n", "main.py",
	    "" },
	  "\"entrypoint\": [\"/usr/bin/python3\", \"/app/main.py\"]" },
	{ "needs of setup.py by a name",
	  { "setup.py",
	    "requires = ['idna']\ntests = ['pytest']\n"
	    "setup(install_requires=requires,\n  extras_require={'testing': tests})\n",
	    "main.py", "" },
	  "app/setup.py:1: the project needs idna, and no lock file is there" },
	{ "no needs by a name",
	  { "setup.py",
	    "requires = []\nsetup(install_requires=requires,\n"
	    "  extras_require={'testing': ['pytest']})\n",
	    "main.py", "" },
	  "\"entrypoint\": [\"/usr/bin/python3\", \"/app/main.py\"]" },
	{ "needs that only Python knows",
	  { "setup.py", "setup(\n  install_requires=read('requirements.txt'), x=['y'])\n",
	    "main.py", "" },
	  "app/setup.py:2: the project needs packages (install_requires), and no lock file" },
	{ "a newer Python",
	  { "main.py", "", "pyproject.toml", "[project]\nrequires-python = \">=3.14\"\n" },
	  "app/pyproject.toml:2: Python >=3.14 is asked for, and Debian 13 has Python 3.13" },
	{ "dependencies of setup.py that nothing has locked",
	  { "setup.py", "setup(\n  install_requires=[\n    'idna>=3'])\n", "main.py", "" },
	  "app/setup.py:3: the project needs idna, and no lock file is there: pip-compile "
	  "--generate-hashes -o requirements.txt setup.py writes one" },
};

Test(python_starts, what_people_have)
{
	for (size_t i = 0; i < ARRAY_SIZE(starts); i++) {
		AUTO_ARENA a = { 0 };
		const char *text = own_project_texts(&a, project_read_python, starts[i].files);

		cr_expect(strstr(text, starts[i].says) ||
				  strstr(arena_printf(&a, "app/%s", text), starts[i].says),
			  "%s: %s", starts[i].name, text);
	}
}

Test(python_starts, what_is_left_to_decide)
{
	static const struct {
		const char *files[FILES], *says;
	} cases[] = {
		{ { "pyproject.toml",
		    "[build-system]\nrequires = [\"hatchling\", \"hatch-vcs>=0.3\"]\n"
		    "build-backend = \"hatchling.build\"\n[project.scripts]\na = \"a:b\"\n" },
		  "app/pyproject.toml needs hatch-vcs to be built: add its Debian package" },
		{ { "pyproject.toml", PROJECT "[project.scripts]\na = \"a:b\"\nb = \"a:b\"\n" },
		  "b is a command, too: the recipe starts a" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		AUTO_ARENA a = { 0 };
		const char *left = own_project_left(&a, project_read_python, cases[i].files);

		cr_expect(strstr(left, cases[i].says), "%zu: %s", i, left);
	}
}
