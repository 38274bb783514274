/* SPDX-License-Identifier: Apache-2.0 */
/* Texts like "type=http,url=https://cache.example/imgbuild". */

#include "trust/cache/cache_place.h"

#include "transfer/http/http_url.h"

/* The kinds, in the order of enum cache_kind, each with the one key that it takes. */
static const struct {
	const char *type, *key, *form;
} place_kinds[] = {
	[CACHE_LOCAL] = { "local", "dir", "type=local,dir=DIR" },
	[CACHE_HTTP] = { "http", "url", "type=http,url=URL" },
	[CACHE_REGISTRY] = { "registry", "ref", "type=registry,ref=HOST/NAME" },
};

static bool place_read_folder(struct arena *a, const char *value, const char *folder,
			      struct cache_place *out)
{
	out->address = folder && value[0] != '/' ? arena_printf(a, "%s/%s", folder, value) : value;
	out->shown = out->address;
	return true;
}

static bool place_read_url(struct arena *a, const char *option, const char *value,
			   struct cache_place *out, struct error *e)
{
	struct str text = str_of(value);
	struct http_url url;

	while (str_ends(text, STR("/")))
		text.n--;
	out->shown = out->address = str_dup(a, text);
	if (!http_url_split(text, &url) || text.n > HTTP_URL_MAX / 2)
		return err_set(e, ERR_USAGE, "%s: url=%s is not an http or https address", option,
			       value);
	if (url.userinfo.n)
		return err_set(
			e, ERR_USAGE,
			"%s: an address holds no user and no password; write them into ~/.config/imgbuild/auth, or into a file that $IMGBUILD_NETRC names",
			option);
	return !strpbrk(out->address, "?#") ||
	       err_set(e, ERR_USAGE, "%s: url=%s has a query; an address ends with its path",
		       option, value);
}

static bool place_read_reference(struct arena *a, const char *option, const char *value,
				 struct cache_place *out, struct error *e)
{
	bool whole = str_starts(str_of(value), STR("docker://"));
	const char *text = whole ? value : arena_printf(a, "docker://%s", value);

	if (!reference_parse(a, text, &out->ref, e))
		return err_wrap(e, "%s", option);
	out->shown = arena_printf(a, "docker://%s/%s", out->ref.host, out->ref.name);
	if (strcmp(out->shown, text) != 0)
		return err_set(
			e, ERR_USAGE,
			"%s: ref=%s has a tag or a digest; a cache is a repository, which has a tag for each entry",
			option, value);
	out->ref.text = out->shown;
	out->ref.tag = NULL;
	return true;
}

/* Whether a value goes on as another tool's list would: "x,mode=max". */
static bool place_has_more(struct str value)
{
	struct str part, rest = value;

	while (str_cut(rest, ',', &part, &rest)) {
		size_t n = 0;

		while (n < rest.n && ((rest.p[n] >= 'a' && rest.p[n] <= 'z') || rest.p[n] == '-'))
			n++;
		if (n > 0 && n < rest.n && rest.p[n] == '=')
			return true;
	}
	return false;
}

/* Finds the kind; the rest of the text is *value. */
static bool place_find_kind(const char *option, const char *text, struct str *value,
			    enum cache_kind *kind, struct error *e)
{
	struct str type, rest, key;

	str_cut(str_of(text), ',', &type, &rest);
	for (size_t i = 0; i < ARRAY_SIZE(place_kinds); i++) {
		if (!str_starts(type, STR("type=")) ||
		    !str_eq(str_from(type, strlen("type=")), str_of(place_kinds[i].type)))
			continue;
		*kind = (enum cache_kind)i;
		if (str_cut(rest, '=', &key, value) && str_eq(key, str_of(place_kinds[i].key)) &&
		    value->n && !place_has_more(*value))
			return true;
		return err_set(e, ERR_USAGE, "%s takes %s, not \"%s\"", option, place_kinds[i].form,
			       text);
	}
	return err_set(e, ERR_USAGE, "%s takes %s, %s or %s, not \"%s\"", option,
		       place_kinds[CACHE_REGISTRY].form, place_kinds[CACHE_HTTP].form,
		       place_kinds[CACHE_LOCAL].form, text);
}

bool cache_place_parse(struct arena *a, const char *option, const char *text, const char *folder,
		       struct cache_place *out, struct error *e)
{
	struct str value;
	const char *copy;

	*out = (struct cache_place){ .kind = CACHE_LOCAL };
	if (!place_find_kind(option, text, &value, &out->kind, e))
		return false;
	copy = str_dup(a, value);
	switch (out->kind) {
	case CACHE_LOCAL:
		return place_read_folder(a, copy, folder, out);
	case CACHE_HTTP:
		return place_read_url(a, option, copy, out, e);
	case CACHE_REGISTRY:
		break;
	}
	return place_read_reference(a, option, copy, out, e);
}
