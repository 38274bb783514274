/* SPDX-License-Identifier: Apache-2.0 */
/* From the source that Cargo.lock names to an index, and from there to the place of files. */

#include "input/resolve/cargo_registry.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/path.h"
#include "format/json/jsonx.h"
#include "format/text/cargo_lock.h"
#include "format/text/toml.h"
#include "transfer/http/http_url.h"
#include "transfer/retry/retry.h"

#define CARGO_CONFIG_MAX (1u << 20)
#define CARGO_CHAIN_MAX 8
#define SPARSE "sparse+"

/* One registry that Cargo.lock names. */
struct cargo_origin {
	const char *source;
	struct strings downloads; /* "dl" of each index that stands for it */
};

struct cargo_search {
	struct arena *a;
	const struct source_recipe *recipe;
	struct http http;
	struct LIST(struct toml) configs; /* the nearest first */
	struct LIST(struct cargo_origin) origins;
};

/* "config" goes before "config.toml", whose older name it is. Without both nothing is said. */
static bool cargo_add_config(struct cargo_search *s, const char *dir, struct error *e)
{
	static const char *const names[] = { "config", "config.toml" };

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		const char *path = arena_printf(s->a, "%s/%s", dir, names[i]);
		struct toml t = { .v = { NULL, 0, 0 } };
		struct str text;

		if (access(path, F_OK) < 0 && (errno == ENOENT || errno == ENOTDIR))
			continue;
		if (!io_read_file(s->a, AT_FDCWD, path, CARGO_CONFIG_MAX, &text, e) ||
		    !toml_read(s->a, text, path, &t, e))
			return false;
		*list_push(s->a, &s->configs) = t;
		return true;
	}
	return true;
}

/* From the folder up to the repository; then the user's. */
static bool cargo_find_configs(struct cargo_search *s, struct error *e)
{
	const char *home = getenv("CARGO_HOME"), *user = getenv("HOME");
	const char *dir, *top;

	if (!file_real_path(s->a, s->recipe->folder, &dir, e) ||
	    !file_real_path(s->a, s->recipe->repository, &top, e))
		return false;
	for (;;) {
		if (!cargo_add_config(s, arena_printf(s->a, "%s/.cargo", dir), e))
			return false;
		if (strcmp(dir, top) == 0 || !strchr(dir + 1, '/'))
			break;
		dir = arena_printf(s->a, "/%s", path_dir(s->a, dir + 1));
	}
	if (home && home[0])
		return cargo_add_config(s, home, e);
	return !user || !user[0] || cargo_add_config(s, arena_printf(s->a, "%s/.cargo", user), e);
}

static const char *cargo_setting(const struct cargo_search *s, const char *table, const char *name,
				 const char *key)
{
	for (size_t i = 0; i < s->configs.n; i++) {
		const struct toml_value *v = TOML_STRING_AT(&s->configs.v[i], table, name, key);

		if (v)
			return v->text;
	}
	return NULL;
}

/* The name that settings give to a source of Cargo.lock; that of the public registry is fixed. */
static const char *cargo_source_name(const struct cargo_search *s, const char *source)
{
	static const char git[] = "registry+";
	bool of_git = strncmp(source, git, sizeof(git) - 1) == 0;
	const char *url = of_git ? source + sizeof(git) - 1 : source;

	for (size_t i = 0; i < s->configs.n; i++) {
		for (size_t k = 0; k < s->configs.v[i].v.n; k++) {
			const struct toml_value *v = &s->configs.v[i].v.v[k];
			bool registry = v->keys.n == 3 &&
					((strcmp(v->keys.v[0], "source") == 0 &&
					  strcmp(v->keys.v[2], "registry") == 0) ||
					 (strcmp(v->keys.v[0], "registries") == 0 &&
					  strcmp(v->keys.v[2], "index") == 0));

			if (registry && strcmp(v->text, url) == 0)
				return v->keys.v[1];
		}
	}
	return cargo_lock_is_public(source) ? "crates-io" : NULL;
}

/* What replaces it, at the end of the chain; NULL: nothing does. */
static const char *cargo_replacement(const struct cargo_search *s, const char *source)
{
	const char *name = cargo_source_name(s, source), *next;
	unsigned n = 0;

	for (; name && n < CARGO_CHAIN_MAX; n++) {
		next = cargo_setting(s, "source", name, "replace-with");
		if (!next)
			break;
		name = next;
	}
	if (n == 0 || n == CARGO_CHAIN_MAX)
		return NULL;
	next = cargo_setting(s, "source", name, "registry");
	return next ? next : cargo_setting(s, "registries", name, "index");
}

static bool cargo_refuse(const struct cargo_search *s, const struct dependency *d,
			 const char *index, struct error *e)
{
	const struct dependencies *l = &s->recipe->dependencies;

	if (index)
		err_set(e, ERR_INPUT,
			"%s %s: \"%s\" is not a sparse index; name one: sparse+https://...",
			d->name, d->version, index);
	else
		err_set(e, ERR_INPUT,
			"%s %s comes from %s, and nothing says where its files can be fetched; name a "
			"sparse index, \"from\": [\"https://...\"] in \"dependencies\" of %s, or "
			"[source.crates-io] replace-with in .cargo/config.toml",
			d->name, d->version, d->origin, l->at.file);
	return err_at(e, l->file, d->line, 1);
}

/* config.json: { "dl": "https://..." } */
static bool cargo_ask_index(struct cargo_search *s, const char *index, const char **dl,
			    struct error *e)
{
	struct str address = str_of(index), body;
	AUTO_JSON doc = { 0 };
	struct json_node root;
	struct http_url split;
	const char *url;
	int status;

	while (str_ends(address, STR("/")))
		address.n--;
	url = arena_printf(s->a, STR_FMT "/config.json", STR_ARG(address));
	if (!http_get(s->a, &s->http, url, CARGO_CONFIG_MAX, &body, &status, e))
		return err_wrap(e, "the index of crates");
	if (status != 200)
		return err_set(e, ERR_NETWORK, "%s: HTTP %d%s; is it a sparse index of crates?",
			       url, status, http_auth_hint(status));
	if (!json_parse(url, body, &doc, e))
		return false;
	root = json_root(&doc);
	*dl = NULL;
	if (!json_want_object(&root, e) || !jsonx_string(s->a, &root, "dl", dl, e))
		return false;
	return (*dl && http_url_split(str_of(*dl), &split) && !split.userinfo.n) ||
	       json_fail(&root, e, "\"dl\" is not an http or https address");
}

static bool cargo_add_index(struct cargo_search *s, const struct dependency *d, const char *index,
			    struct cargo_origin *o, struct error *e)
{
	const char *plain = strncmp(index, SPARSE, strlen(SPARSE)) == 0 ? index + strlen(SPARSE)
									: NULL;
	const char *dl;

	if (!plain || strncmp(plain, "http", 4) != 0)
		return cargo_refuse(s, d, index, e);
	if (!cargo_ask_index(s, plain, &dl, e))
		return false;
	*list_push(s->a, &o->downloads) = dl;
	return true;
}

static bool cargo_find_origin(struct cargo_search *s, const struct dependency *d,
			      const struct cargo_origin **out, struct error *e)
{
	const struct strings *from = &s->recipe->dependencies.from;
	struct cargo_origin *o;
	const char *index;

	for (size_t i = 0; i < s->origins.n; i++) {
		*out = &s->origins.v[i];
		if (strcmp((*out)->source, d->origin) == 0)
			return true;
	}
	o = list_push(s->a, &s->origins);
	o->source = d->origin;
	*out = o;
	for (size_t i = 0; i < from->n; i++) {
		if (!cargo_add_index(s, d, arena_printf(s->a, SPARSE "%s", from->v[i]), o, e))
			return false;
	}
	if (from->n)
		return true;
	index = cargo_replacement(s, d->origin);
	if (!index && strncmp(d->origin, SPARSE, strlen(SPARSE)) == 0)
		index = d->origin;
	return index ? cargo_add_index(s, d, index, o, e) : cargo_refuse(s, d, NULL, e);
}

/* "se/rd" of serde, "3/f" of fnv: folders of an index. */
static const char *cargo_prefix(struct arena *a, const char *name, bool lower)
{
	char *out;
	size_t n = strlen(name);

	if (n <= 2)
		return arena_printf(a, "%zu", n);
	out = n == 3 ? arena_printf(a, "3/%.1s", name)
		     : arena_printf(a, "%.2s/%.2s", name, name + 2);
	for (char *p = out; lower && *p; p++)
		*p = (char)tolower((unsigned char)*p);
	return out;
}

const char *cargo_download(struct arena *a, const char *dl, const struct dependency *d)
{
	const struct {
		const char *marker, *value;
	} markers[] = {
		{ "{crate}", d->name },
		{ "{version}", d->version },
		{ "{prefix}", cargo_prefix(a, d->name, false) },
		{ "{lowerprefix}", cargo_prefix(a, d->name, true) },
		{ "{sha256-checksum}", digest_hex_dup(a, &d->hash) },
	};
	struct buf out = { .a = a };
	bool any = false;

	while (*dl) {
		size_t i = 0;

		while (i < ARRAY_SIZE(markers) &&
		       strncmp(dl, markers[i].marker, strlen(markers[i].marker)) != 0)
			i++;
		if (i == ARRAY_SIZE(markers)) {
			buf_putc(&out, *dl++);
			continue;
		}
		buf_puts(&out, markers[i].value);
		dl += strlen(markers[i].marker);
		any = true;
	}
	if (!any)
		buf_printf(&out, "/%s/%s/download", d->name, d->version);
	return buf_cstr(&out);
}

static bool cargo_search_all(struct cargo_search *s, struct dependency_offer *offers,
			     struct error *e)
{
	const struct dependencies *l = &s->recipe->dependencies;
	const struct cargo_origin *o;

	if (l->from.n == 0 && !cargo_find_configs(s, e))
		return false;
	for (size_t i = 0; i < l->v.n; i++) {
		if (!cargo_find_origin(s, &l->v.v[i], &o, e))
			return false;
		for (size_t k = 0; k < o->downloads.n; k++)
			*list_push(s->a, &offers[i].addresses) =
				cargo_download(s->a, o->downloads.v[k], &l->v.v[i]);
	}
	return true;
}

bool cargo_addresses(struct arena *a, const struct source_recipe *r,
		     struct dependency_offer *offers, struct error *e)
{
	struct cargo_search s = { .a = a, .recipe = r, .http = HTTP_INIT };
	bool ok = http_open(a, NULL, &s.http, e) && cargo_search_all(&s, offers, e);

	http_close(&s.http);
	return ok;
}
