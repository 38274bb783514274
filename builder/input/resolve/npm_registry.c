/* SPDX-License-Identifier: Apache-2.0 */
/* From a package of the lock file to the addresses of its file. */

#include "input/resolve/npm_registry.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/path.h"
#include "format/json/json_member.h"
#include "format/json/jsonx.h"
#include "format/text/npmrc.h"
#include "transfer/http/http_url.h"
#include "transfer/retry/retry.h"

#define NPMRC_MAX (1u << 20)
#define PACKUMENT_MAX ((size_t)48 << 20)

/* The form that npm asks for when it installs: without what only people read. */
#define PACKUMENT_FORM "application/vnd.npm.install-v1+json, application/json;q=0.9"

/* What npm takes addresses of lock files for unless told otherwise. */
#define NPM_PUBLIC_HOST "registry.npmjs.org"

struct npm_search {
	struct arena *a;
	const struct source_recipe *recipe;
	struct http http;
	struct npmrc settings;
};

struct strings npm_setting_files(struct arena *a, const struct dependencies *l)
{
	const char *file = getenv("NPM_CONFIG_USERCONFIG"), *home = getenv("HOME");
	const char *slash = strrchr(l->file, '/');
	struct strings out = { NULL, 0, 0 };

	*list_push(a, &out) = arena_printf(a, "%.*s.npmrc", slash ? (int)(slash + 1 - l->file) : 0,
					   l->file);
	if (file && file[0])
		*list_push(a, &out) = file;
	else if (home && home[0])
		*list_push(a, &out) = arena_printf(a, "%s/.npmrc", home);
	return out;
}

/* A file that is not there says nothing. */
static bool npm_add_settings(struct npm_search *s, const char *path, struct error *e)
{
	struct str text;

	if (access(path, F_OK) < 0 && (errno == ENOENT || errno == ENOTDIR))
		return true;
	return io_read_file(s->a, AT_FDCWD, path, NPMRC_MAX, &text, e) &&
	       npmrc_read(s->a, text, path, &s->settings, e);
}

/* The first that names a registry wins: the environment, the project, the user. */
static bool npm_find_settings(struct npm_search *s, struct error *e)
{
	const char *names[] = { "npm_config_registry", "NPM_CONFIG_REGISTRY" };
	struct strings files = npm_setting_files(s->a, &s->recipe->dependencies);

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		const char *value = getenv(names[i]);
		const char *line = arena_printf(s->a, "registry=%s", value ? value : "");

		if (value && value[0] && !npmrc_read(s->a, str_of(line), names[i], &s->settings, e))
			return false;
	}
	list_each(file, &files) {
		if (!npm_add_settings(s, *file, e))
			return false;
	}
	return true;
}

const char *npm_address_at(struct arena *a, const char *registry, const struct dependency *d)
{
	const char *slash = strchr(d->name, '/');
	const char *forms[] = {
		arena_printf(a, "/%s/-/", d->name),
		slash ? arena_printf(a, "/%.*s%%2f%s/-/", (int)(slash - d->name), d->name,
				     slash + 1)
		      : NULL,
	};

	for (size_t i = 0; d->origin && i < ARRAY_SIZE(forms); i++) {
		const char *at = forms[i] ? strstr(d->origin, forms[i]) : NULL;

		if (at)
			return arena_printf(a, "%s%s%s", registry, forms[0], at + strlen(forms[i]));
	}
	return NULL;
}

static bool npm_refuse(const struct npm_search *s, const struct dependency *d, struct error *e)
{
	const struct dependencies *l = &s->recipe->dependencies;

	err_set(e, ERR_INPUT,
		"the lock file has no address for %s %s, and nothing says which registry has it; "
		"name one: \"from\": [\"https://...\"] in \"dependencies\" of %s, or "
		"registry=https://... in .npmrc",
		d->name, d->version, l->at.file);
	return err_at(e, l->file, d->line, 1);
}

/* { "dist": { "tarball": "https://..." } } */
static bool npm_read_version(struct npm_search *s, const struct json_node *version,
			     const char **out, struct error *e)
{
	struct json_node dist;
	struct http_url split;

	*out = NULL;
	if (!json_want_object(version, e) || !json_need(version, "dist", &dist, e) ||
	    !json_want_object(&dist, e) || !jsonx_string(s->a, &dist, "tarball", out, e))
		return false;
	return (*out && http_url_split(str_of(*out), &split) && !split.userinfo.n) ||
	       json_fail(&dist, e, "\"tarball\" is not an http or https address");
}

/* { "versions": { "1.2.3": { ... } } }: some packages have thousands, of which one is read. */
static bool npm_read_packument(struct npm_search *s, const struct dependency *d, const char *url,
			       struct str body, const char **out, struct error *e)
{
	const char *const keys[] = { "versions", d->version };
	AUTO_JSON doc = { 0 };
	struct json_node root, versions, version;
	struct str text;

	if (json_member_find(body, keys, ARRAY_SIZE(keys), &text)) {
		if (!json_parse(arena_printf(s->a, "%s, version %s", url, d->version), text, &doc,
				e))
			return false;
		version = json_root(&doc);
		return npm_read_version(s, &version, out, e);
	}
	if (!json_parse(url, body, &doc, e))
		return false;
	root = json_root(&doc);
	if (!json_want_object(&root, e) || !json_need(&root, "versions", &versions, e) ||
	    !json_want_object(&versions, e))
		return false;
	if (!json_get(&versions, d->version, &version))
		return err_set(e, ERR_NETWORK, "%s has no version %s of %s", url, d->version,
			       d->name);
	return npm_read_version(s, &version, out, e);
}

/* "@scope/name" is "@scope%2fname" in such an address. */
static bool npm_ask_registry(struct npm_search *s, const char *registry, const struct dependency *d,
			     const char **out, struct error *e)
{
	const char *slash = strchr(d->name, '/');
	const char *url = slash ? arena_printf(s->a, "%s/%.*s%%2f%s", registry,
					       (int)(slash - d->name), d->name, slash + 1)
				: arena_printf(s->a, "%s/%s", registry, d->name);
	struct str body;
	int status;

	if (!http_get_form(s->a, &s->http, url, PACKUMENT_FORM, PACKUMENT_MAX, &body, &status, e))
		return err_wrap(e, "%s %s", d->name, d->version);
	if (status != 200)
		return err_set(e, ERR_NETWORK, "%s %s: %s: HTTP %d%s; is it a registry of npm?",
			       d->name, d->version, url, status, http_auth_hint(status));
	return npm_read_packument(s, d, url, body, out, e);
}

static bool npm_add_registry(struct npm_search *s, const char *registry, const struct dependency *d,
			     struct strings *out, struct error *e)
{
	const char *address = npm_address_at(s->a, registry, d);

	if (!d->origin && d->by_name)
		address = arena_printf(s->a, "%s/%s", registry, d->path);
	if (!address && !d->origin && !npm_ask_registry(s, registry, d, &address, e))
		return false;
	if (address)
		*list_push(s->a, out) = address;
	return true;
}

static bool npm_is_public(const struct dependency *d)
{
	struct http_url url;

	return !d->origin ||
	       (http_url_split(str_of(d->origin), &url) && str_eq(url.host, STR(NPM_PUBLIC_HOST)));
}

/* yarn has another name for the same registry. Any that is called like one may be it: then the
 * address itself comes after the registry of the settings, for the hash says which bytes count. */
static bool npm_may_be_public(const struct dependencies *l, const struct dependency *d)
{
	struct http_url url;

	return strcmp(path_base(l->file), "yarn.lock") == 0 && d->origin &&
	       http_url_split(str_of(d->origin), &url) && str_starts(url.host, STR("registry."));
}

static bool npm_find_addresses(struct npm_search *s, const struct dependency *d,
			       struct strings *out, struct error *e)
{
	const struct dependencies *l = &s->recipe->dependencies;
	const char *registry = npmrc_registry_of(&s->settings, d->name);
	bool perhaps = npm_may_be_public(l, d);

	if (!dependency_check_origin(l, d, e))
		return false;
	for (size_t i = 0; i < l->from.n; i++) {
		if (!npm_add_registry(s, l->from.v[i], d, out, e))
			return false;
	}
	if (l->from.n == 0 && registry && (perhaps || npm_is_public(d)) &&
	    !npm_add_registry(s, registry, d, out, e))
		return false;
	if ((out->n == 0 || (perhaps && l->from.n == 0)) && d->origin)
		*list_push(s->a, out) = d->origin;
	return out->n > 0 || npm_refuse(s, d, e);
}

bool npm_addresses(struct arena *a, const struct source_recipe *r, const size_t *of, size_t n,
		   struct dependency_offer *offers, struct error *e)
{
	struct npm_search s = { .a = a, .recipe = r, .http = HTTP_INIT };
	bool ok = http_open(a, NULL, &s.http, e) &&
		  (r->dependencies.from.n > 0 || npm_find_settings(&s, e));

	for (size_t i = 0; ok && i < n; i++)
		ok = npm_find_addresses(&s, &r->dependencies.v.v[of[i]], &offers[of[i]].addresses,
					e);
	http_close(&s.http);
	return ok;
}
