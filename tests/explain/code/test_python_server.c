/* SPDX-License-Identifier: Apache-2.0 */
/* Applications that a server starts: as the documents of FastAPI, Flask, gunicorn and Django have
 * people start them. */

#include <criterion/criterion.h>

#include "support/fixture_own_project.h"

#define LOCK(name)                                             \
	"requirements.txt",                                    \
		name "==1.0 --hash=sha256:" /* of 64 digits */ \
		     "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef\n"
#define PYLOCK(name)                                                                              \
	"lock-version = \"1.0\"\ncreated-by = \"x\"\n[[packages]]\nname = \"" name                \
	"\"\nversion = "                                                                          \
	"\"1.0\"\n[[packages.wheels]]\nname = \"" name "-1.0-py3-none-any.whl\"\nurl = "          \
	"\"http://127.0.0.1/" name "-1.0-py3-none-any.whl\"\n[packages.wheels.hashes]\nsha256 = " \
	"\"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef\"\n"
#define POETRY(name)                                                           \
	"[[package]]\nname = \"" name                                          \
	"\"\nversion = \"1.0\"\ngroups = [\"main\"]\nfiles = [{file = \"" name \
	"-1.0-py3-none-any.whl\", hash = "                                     \
	"\"sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef\"}]\n"
#define START(words) "\"entrypoint\": [\"/usr/bin/python3\", \"-m\", " words "]"
#define MANAGE                                                                           \
	"import os\ndef main():\n    os.environ.setdefault(\"DJANGO_SETTINGS_MODULE\", " \
	"'shop.settings.local')\nif __name__ == '__main__':\n    main()\n"

static const struct {
	const char *name, *files[12], *says;
} server_forms[] = {
	{ "FastAPI",
	  { "main.py", "from fastapi import FastAPI\n\napp = FastAPI(title='x')\n",
	    LOCK("uvicorn[standard]") },
	  START("\"uvicorn\", \"main:app\", \"--host\", \"0.0.0.0\", \"--port\", \"8000\"") },
	{ "FastAPI of several files",
	  { "app/__init__.py", "", "app/main.py", "api: FastAPI = FastAPI()\n", "app/db.py", "",
	    LOCK("hypercorn") },
	  START("\"hypercorn\", \"--bind\", \"0.0.0.0:8000\", \"app.main:api\"") },
	{ "the form of uv.lock and poetry.lock",
	  { "main.py", "app = FastAPI()\n", "pylock.toml", PYLOCK("uvicorn") },
	  "\"-m\", \"uvicorn\", \"main:app\"," },
	{ "a server that a package may be used with, and one that is there",
	  { "main.py", "app = FastAPI()\n", "poetry.lock",
	    POETRY("fastapi") "[package.dependencies]\nuvicorn = {version = \"*\", optional = true}\n" POETRY(
		    "hypercorn") "[metadata]\nlock-version = \"2.1\"\npython-versions = \"*\"\n" },
	  START("\"hypercorn\", \"--bind\", \"0.0.0.0:8000\", \"main:app\"") },
	{ "Flask and gunicorn",
	  { "app.py", "from flask import Flask\napp = Flask(__name__)\n", LOCK("gunicorn") },
	  START("\"gunicorn\", \"--bind\", \"0.0.0.0:8000\", \"app:app\"") },
	{ "Flask by a function, and waitress",
	  { "wsgi.py", "from shop import create_app\napplication = create_app()\n",
	    "shop/__init__.py", "", LOCK("waitress") },
	  START("\"waitress\", \"--listen=*:8000\", \"wsgi:application\"") },
	{ "Flask alone",
	  { "app.py", "import flask\napp = flask.Flask(__name__)\n", LOCK("flask") },
	  START("\"flask\", \"--app\", \"app\", \"run\", \"--host=0.0.0.0\", \"--port=8000\"") },
	{ "a name in capitals, as Flask writes its own",
	  { "app.py", "import flask\napp = flask.Flask(__name__)\n", LOCK("Flask") },
	  START("\"flask\", \"--app\", \"app\", \"run\", \"--host=0.0.0.0\", \"--port=8000\"") },
	{ "a lock of Pipenv",
	  { "app.py", "app = Flask(__name__)\n", "Pipfile.lock",
	    "{ \"_meta\": { \"pipfile-spec\": 6 }, \"default\": {\n    \"gunicorn\": {\n"
	    "\"version\": \"==1\", \"hashes\": [\"sha256:0123456789abcdef0123456789abcdef"
	    "0123456789abcdef0123456789abcdef\"] } } }" },
	  START("\"gunicorn\", \"--bind\", \"0.0.0.0:8000\", \"app:app\"") },
	{ "a package that begins alike",
	  { "main.py", "app = FastAPI()\n", LOCK("uvicorn-worker") },
	  "[\"/usr/bin/python3\", \"/app/main.py\"]" },
	{ "what starts itself",
	  { "app.py", "app = Flask(__name__)\nif __name__ == '__main__':\n    app.run()\n",
	    LOCK("gunicorn") },
	  "[\"/usr/bin/python3\", \"/app/app.py\"]" },
	{ "what is made in a function is no application",
	  { "app.py", "def make():\n    app = Flask(__name__)\n", LOCK("gunicorn") },
	  "[\"/usr/bin/python3\", \"/app/app.py\"]" },
	{ "a keyword is none either",
	  { "app.py", "run(\n  app=Flask(__name__))\nif app == Flask(1): pass\n",
	    LOCK("gunicorn") },
	  "[\"/usr/bin/python3\", \"/app/app.py\"]" },
	{ "a server of another name",
	  { "app.py", "app = Flask(__name__)\n", LOCK("gunicorn-more") },
	  "[\"/usr/bin/python3\", \"/app/app.py\"]" },
	{ "Django and gunicorn",
	  { "manage.py", MANAGE, "shop/wsgi.py", "", "shop/asgi.py", "", LOCK("gunicorn") },
	  START("\"gunicorn\", \"--bind\", \"0.0.0.0:8000\", \"shop.wsgi:application\"") },
	{ "Django and uvicorn",
	  { "manage.py", MANAGE, "shop/wsgi.py", "", "shop/asgi.py", "", LOCK("uvicorn") },
	  START("\"uvicorn\", \"shop.asgi:application\", \"--host\", \"0.0.0.0\", \"--port\", "
		"\"8000\"") },
	{ "Django alone",
	  { "manage.py", MANAGE, "shop/wsgi.py", "", LOCK("django") },
	  "[\"/usr/bin/python3\", \"/app/manage.py\", \"runserver\", \"--noreload\", "
	  "\"0.0.0.0:8000\"]" },
};

Test(python_server, what_people_have)
{
	for (size_t i = 0; i < ARRAY_SIZE(server_forms); i++) {
		AUTO_ARENA a = { 0 };
		const char *text = own_project_texts(&a, project_read_python,
						     server_forms[i].files);

		cr_expect(strstr(text, server_forms[i].says), "%s: %s", server_forms[i].name, text);
	}
}

Test(python_server, what_is_left_to_decide)
{
	static const struct {
		const char *files[8], *says;
	} cases[] = {
		{ { "main.py", "\napp = FastAPI()\n" },
		  "app/main.py:2 makes app and does not start it: that does a server such as "
		  "uvicorn, which no lock file here has" },
		{ { "app.py", "from flask import Flask\napp = Flask(__name__)\n", LOCK("flask") },
		  "flask run is a server for development: with gunicorn or waitress in the lock" },
		{ { "manage.py", MANAGE },
		  "manage.py runserver is a server for development: with gunicorn, waitress or" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		AUTO_ARENA a = { 0 };
		const char *left = own_project_left(&a, project_read_python, cases[i].files);

		cr_expect(strstr(left, cases[i].says), "%zu: %s", i, left);
	}
}
