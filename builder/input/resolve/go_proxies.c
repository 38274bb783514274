/* SPDX-License-Identifier: Apache-2.0 */
/* Settings as `go env` finds them (go.dev/ref/mod, environment variables): a variable that is empty
 * counts as not set. */

#include "input/resolve/go_proxies.h"

#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/io.h"
#include "transfer/http/http_url.h"

#define GO_ENV_MAX (1u << 20)

struct go_proxies {
	struct arena *a;
	const struct source_recipe *recipe;
	struct str settings; /* the file of go env */
	struct strings proxies;
	const char *private; /* patterns of modules that these are not asked for */
};

bool go_proxy_list(struct arena *a, const char *list, struct strings *out, struct error *e)
{
	struct str rest = str_of(list), some, one;
	struct http_url url;

	while (str_next(&rest, ',', &some)) {
		while (str_next(&some, '|', &one)) {
			one = str_trim(one);
			if (one.n == 0)
				continue;
			if (str_eq(one, STR("direct")) || str_eq(one, STR("off")))
				return true;
			if (!http_url_split(one, &url))
				return err_set(e, ERR_INPUT,
					       "GOPROXY: \"" STR_FMT
					       "\" is not an http or https address",
					       STR_ARG(one));
			if (url.userinfo.n)
				return err_set(
					e, ERR_INPUT,
					"GOPROXY holds credentials, which would stand in the "
					"lock; put them into the file of IMGBUILD_NETRC or "
					"~/.config/imgbuild/auth");
			while (str_ends(one, STR("/")))
				one.n--;
			*list_push(a, out) = str_dup(a, one);
		}
	}
	return true;
}

/* The file that go env -w writes; "": there is none, or GOENV is "off". */
static bool go_read_settings(struct go_proxies *g, struct error *e)
{
	const char *file = getenv("GOENV"), *config = getenv("XDG_CONFIG_HOME");
	const char *home = getenv("HOME");

	g->settings = (struct str){ "", 0 };
	if (file && strcmp(file, "off") == 0)
		return true;
	if (!file || !file[0])
		file = config && config[0] ? arena_printf(g->a, "%s/go/env", config)
		       : home && home[0]   ? arena_printf(g->a, "%s/.config/go/env", home)
					   : NULL;
	if (!file || (access(file, F_OK) < 0 && (errno == ENOENT || errno == ENOTDIR)))
		return true;
	return io_read_file(g->a, AT_FDCWD, file, GO_ENV_MAX, &g->settings, e);
}

static const char *go_setting(const struct go_proxies *g, const char *name)
{
	const char *value = getenv(name), *found = "";
	struct str rest = g->settings, line, key, text;

	if (value && value[0])
		return value;
	while (str_next(&rest, '\n', &line)) {
		if (str_cut(line, '=', &key, &text) && str_eq(str_trim(key), str_of(name)))
			found = str_dup(g->a, str_trim(text));
	}
	return found;
}

/* As many parts of the path as the pattern has. */
static const char *go_module_head(struct arena *a, const char *module, struct str pattern)
{
	size_t slashes = 0, n;

	for (size_t i = 0; i < pattern.n; i++)
		slashes += pattern.p[i] == '/';
	for (n = 0; module[n] && (module[n] != '/' || slashes); n++)
		slashes -= module[n] == '/';
	return slashes ? NULL : arena_strndup(a, module, n);
}

bool go_module_is_named(struct arena *a, const char *patterns, const char *module)
{
	struct str rest = str_of(patterns), one;

	while (str_next(&rest, ',', &one)) {
		const char *head;

		while (str_ends(one, STR("/")))
			one.n--;
		head = one.n ? go_module_head(a, module, one) : NULL;
		if (head && fnmatch(str_dup(a, one), head, FNM_PATHNAME) == 0)
			return true;
	}
	return false;
}

static bool go_find_proxies(struct go_proxies *g, struct error *e)
{
	const struct dependencies *l = &g->recipe->dependencies;

	g->private = "";
	g->proxies = l->from;
	if (g->proxies.n)
		return true;
	if (!go_read_settings(g, e) ||
	    !go_proxy_list(g->a, go_setting(g, "GOPROXY"), &g->proxies, e))
		return false;
	g->private = go_setting(g, "GONOPROXY");
	if (!g->private[0])
		g->private = go_setting(g, "GOPRIVATE");
	if (g->proxies.n)
		return true;
	err_set(e, ERR_INPUT,
		"nothing says where the modules of %s can be fetched; name a module proxy here, "
		"\"from\": [\"https://...\"], or in the variable GOPROXY",
		l->file);
	return err_at(e, l->at.file, l->at.line, l->at.col);
}

/* Every proxy has every module, but those that nobody outside may be asked for. */
static bool go_find_addresses(const struct go_proxies *g, const struct dependency *d,
			      struct dependency_offer *out, struct error *e)
{
	if (go_module_is_named(g->a, g->private, d->name)) {
		err_set(e, ERR_INPUT,
			"%s is private (GONOPROXY or GOPRIVATE name it), so no proxy of GOPROXY is "
			"asked for it: name in the recipe the proxy that has it, \"from\": "
			"[\"https://...\"], or put all modules into vendor/ with go mod vendor",
			d->name);
		return dependency_fail_at(&g->recipe->dependencies, d, e);
	}
	list_each(proxy, &g->proxies)
		*list_push(g->a, &out->addresses) = arena_printf(g->a, "%s/%s", *proxy, d->path);
	return true;
}

bool go_addresses(struct arena *a, const struct source_recipe *r, const size_t *of, size_t n,
		  struct dependency_offer *offers, struct error *e)
{
	struct go_proxies g = { .a = a, .recipe = r };

	if (!go_find_proxies(&g, e))
		return false;
	for (size_t i = 0; i < n; i++) {
		if (!go_find_addresses(&g, &r->dependencies.v.v[of[i]], &offers[of[i]], e))
			return false;
	}
	return true;
}
