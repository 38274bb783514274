/* SPDX-License-Identifier: Apache-2.0 */
/* Lines of Python are looked at, and names of packages in the lock file. */

#include "explain/code/python_server.h"

#include <ctype.h>

#include "base/io.h"
#include "base/path.h"

#define LOCK_MAX (32u << 20)
#define PORT "8000"

/* A server, and the words that it is started with. */
static const struct server_kind {
	const char *package, *before[3], *after[5];
} asgi_servers[] = {
	{ "uvicorn", { NULL }, { "--host", "0.0.0.0", "--port", PORT, NULL } },
	{ "hypercorn", { "--bind", "0.0.0.0:" PORT, NULL }, { NULL } },
}, wsgi_servers[] = {
	{ "gunicorn", { "--bind", "0.0.0.0:" PORT, NULL }, { NULL } },
	{ "waitress", { "--listen=*:" PORT, NULL }, { NULL } },
};

/* Whether a line of the lock file names a package, in capitals or not: "Flask==3.0" of
 * requirements.txt, "\"gunicorn\": {" of JSON, "name = \"uvicorn\"" of TOML, where "uvicorn = "
 * says what a package may be used with. */
static bool server_is_named(struct str line, const char *package, bool toml)
{
	size_t n = strlen(package);
	struct str name = str_trim(line);

	if (toml && !str_starts(name, STR("name = \"")))
		return false;
	if (toml)
		name = str_from(name, strlen("name = \""));
	else if (str_starts(name, STR("\"")))
		name = str_from(name, 1);
	else
		name = line;
	return name.n > n && strncasecmp(name.p, package, n) == 0 &&
	       strchr("=[ \";~<>@", name.p[n]) != NULL;
}

static bool server_is_locked(const struct own_project *p, const char *package)
{
	AUTO_ARENA a = { 0 };
	struct error ignored = { .kind = ERR_NONE };
	struct str text, line;
	bool toml;

	if (!p->lock || !io_read_named(&a, own_path(p, p->lock), LOCK_MAX, &text, &ignored))
		return false;
	toml = !str_ends(str_of(p->lock), STR(".txt")) &&
	       !str_ends(str_of(p->lock), STR("Pipfile.lock"));
	while (str_next(&text, '\n', &line)) {
		if (server_is_named(line, package, toml))
			return true;
	}
	return false;
}

/* "app.main" of "app/main.py" */
static const char *server_module(struct arena *a, const char *file)
{
	char *module = arena_strndup(a, file, strlen(file) - strlen(".py"));

	for (char *c = module; *c; c++)
		*c = *c == '/' ? '.' : *c;
	return module;
}

static bool server_choose(struct own_project *p, const struct server_kind *kinds, size_t n,
			  const char *application, const char *at)
{
	for (size_t i = 0; i < n; i++) {
		if (!server_is_locked(p, kinds[i].package))
			continue;
		*list_push(p->a, &p->entrypoint) = "/usr/bin/python3";
		*list_push(p->a, &p->entrypoint) = "-m";
		*list_push(p->a, &p->entrypoint) = kinds[i].package;
		for (size_t k = 0; kinds[i].before[k]; k++)
			*list_push(p->a, &p->entrypoint) = kinds[i].before[k];
		*list_push(p->a, &p->entrypoint) = application;
		for (size_t k = 0; kinds[i].after[k]; k++)
			*list_push(p->a, &p->entrypoint) = kinds[i].after[k];
		draft_chose(p->d, "entrypoint",
			    arena_printf(p->a, "%s %s", kinds[i].package, application),
			    "%s makes it; port " PORT, at);
		return true;
	}
	return false;
}

struct server_application {
	const char *name, *at; /* "app"; NULL: the file makes none */
	bool asgi, flask;
};

/* "app = FastAPI(", "app: Flask = create_app(", at the beginning of a line. */
static void server_read_line(struct own_project *p, const char *file, struct str text,
			     struct str line, struct server_application *out)
{
	static const char *const asgi[] = { "FastAPI(", "Starlette(", "Quart(", "Litestar(" };
	static const char *const others[] = { "Flask(", "create_app(", "Bottle(" };
	struct str value, name = { line.p, 0 };

	while (name.n < line.n && (isalnum((unsigned char)line.p[name.n]) || line.p[name.n] == '_'))
		name.n++;
	if (!name.n || out->name || !str_cut(str_from(line, name.n), '=', &line, &value))
		return;
	line = str_trim(line);
	if (line.n && line.p[0] != ':')
		return;
	value = str_trim(value);
	for (size_t i = 0; i < ARRAY_SIZE(asgi); i++)
		out->asgi |= memmem(value.p, value.n, asgi[i], strlen(asgi[i])) != NULL;
	if (!out->asgi) {
		bool made = false;

		for (size_t i = 0; i < ARRAY_SIZE(others); i++)
			made |= memmem(value.p, value.n, others[i], strlen(others[i])) != NULL;
		if (!made)
			return;
	}
	out->name = str_dup(p->a, name);
	out->at = own_place(p, file, text, name.p);
}

/* What starts itself says so: "if __name__". */
static bool server_look_into(struct own_project *p, const char *file,
			     struct server_application *out, struct error *e)
{
	AUTO_ARENA scratch = { 0 };
	struct str text, rest, line;

	*out = (struct server_application){ .name = NULL };
	if (!own_head(&scratch, p, file, &text, e))
		return false;
	if (memmem(text.p, text.n, "if __name__", strlen("if __name__")))
		return true;
	for (rest = text; str_next(&rest, '\n', &line);) {
		out->flask |= str_starts(line, STR("from flask")) ||
			      str_starts(line, STR("import flask"));
		server_read_line(p, file, text, line, out);
	}
	return true;
}

static void server_start_flask(struct own_project *p, const char *module, const char *at)
{
	static const char *const words[] = { "run", "--host=0.0.0.0", "--port=" PORT };

	*list_push(p->a, &p->entrypoint) = "/usr/bin/python3";
	*list_push(p->a, &p->entrypoint) = "-m";
	*list_push(p->a, &p->entrypoint) = "flask";
	*list_push(p->a, &p->entrypoint) = "--app";
	*list_push(p->a, &p->entrypoint) = module;
	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		*list_push(p->a, &p->entrypoint) = words[i];
	draft_chose(p->d, "entrypoint", arena_printf(p->a, "flask --app %s run", module),
		    "%s makes it; port " PORT, at);
	draft_leave(p->d, "flask run is a server for development: with gunicorn or waitress in the "
			  "lock file init takes that");
}

bool python_server_add(struct own_project *p, const char *file, bool *out, struct error *e)
{
	struct server_application found;
	const char *module = server_module(p->a, file), *application;

	*out = false;
	if (!server_look_into(p, file, &found, e))
		return false;
	if (!found.name)
		return true;
	application = arena_printf(p->a, "%s:%s", module, found.name);
	*out = found.asgi ? server_choose(p, asgi_servers, ARRAY_SIZE(asgi_servers), application,
					  found.at)
			  : server_choose(p, wsgi_servers, ARRAY_SIZE(wsgi_servers), application,
					  found.at);
	if (!*out && found.flask && server_is_locked(p, "flask")) {
		server_start_flask(p, module, found.at);
		*out = true;
	}
	if (!*out)
		draft_leave(p->d,
			    "%s makes %s and does not start it: that does a server such as %s, "
			    "which no lock file here has",
			    found.at, found.name, found.asgi ? "uvicorn" : "gunicorn");
	return true;
}

/* "mysite" of os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mysite.settings.local") */
static const char *django_package(struct arena *a, struct str text)
{
	static const struct str word = STR("DJANGO_SETTINGS_MODULE");
	const char *at = memmem(text.p, text.n, word.p, word.n);
	struct str rest;
	size_t n = 0;

	if (!at)
		return NULL;
	rest = str_from(text, (size_t)(at - text.p) + word.n + 1);
	while (rest.n && strchr("\"', \t\r\n", rest.p[0]))
		rest = str_from(rest, 1);
	while (n < rest.n && (isalnum((unsigned char)rest.p[n]) || strchr("_.", rest.p[n])))
		n++;
	at = memmem(rest.p, n, ".settings", strlen(".settings"));
	return at && at > rest.p ? arena_strndup(a, rest.p, (size_t)(at - rest.p)) : NULL;
}

static bool django_has(const struct own_project *p, const char *package, const char *name)
{
	char *folder = arena_strdup(p->a, package);

	for (char *c = folder; *c; c++)
		*c = *c == '.' ? '/' : *c;
	return own_has(p, arena_printf(p->a, "%s/%s", folder, name));
}

bool python_django_add(struct own_project *p, bool *out, struct error *e)
{
	static const char *const words[] = { "/app/manage.py", "runserver", "--noreload",
					     "0.0.0.0:" PORT };
	const char *package, *at;
	struct str text;

	*out = false;
	if (!own_has(p, "manage.py"))
		return true;
	if (!own_text(p, "manage.py", &text, e))
		return false;
	package = django_package(p->a, text);
	if (!package)
		return true;
	*out = true;
	at = own_path(p, "manage.py");
	if ((django_has(p, package, "wsgi.py") &&
	     server_choose(p, wsgi_servers, ARRAY_SIZE(wsgi_servers),
			   arena_printf(p->a, "%s.wsgi:application", package), at)) ||
	    (django_has(p, package, "asgi.py") &&
	     server_choose(p, asgi_servers, ARRAY_SIZE(asgi_servers),
			   arena_printf(p->a, "%s.asgi:application", package), at)))
		return true;
	*list_push(p->a, &p->entrypoint) = "/usr/bin/python3";
	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		*list_push(p->a, &p->entrypoint) = words[i];
	draft_chose(p->d, "entrypoint", "manage.py runserver", "%s; port " PORT, at);
	draft_leave(p->d,
		    "manage.py runserver is a server for development: with gunicorn, waitress "
		    "or uvicorn in the lock file init takes that");
	return true;
}
