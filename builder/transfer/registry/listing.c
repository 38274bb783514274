/* SPDX-License-Identifier: Apache-2.0 */
/* Lists in pages. */

#include "transfer/registry/listing.h"

#include "format/json/jsonx.h"

#define PAGE_BYTES_MAX (8u << 20)
#define PAGES_MAX 1000
#define CATALOGUE "_catalog"

struct listing {
	struct arena *a;
	struct session session;
	const char *what;   /* for messages */
	const char *member; /* of a page that has the names */
	const char *prefix; /* of those that are wanted */
	bool may_lack;	    /* what is not there has no names */
	struct strings *out;
};

static bool listing_take(const struct listing *l, struct str text, struct error *e)
{
	AUTO_JSON doc = { 0 };
	struct json_node root, list;
	struct strings names = { 0 };

	if (!json_parse(l->what, text, &doc, e))
		return false;
	root = json_root(&doc);
	if (!json_want_object(&root, e))
		return false;
	if (!jsonx_get(&root, l->member, &list))
		return true;
	if (!json_as_strings(l->a, &list, &names, e))
		return false;
	for (size_t i = 0; i < names.n; i++) {
		if (!str_starts(str_of(names.v[i]), str_of(l->prefix)))
			continue;
		if (l->out->n == LISTING_MAX)
			return json_fail(&list, e, "has more than %d names", LISTING_MAX);
		*list_push(l->a, l->out) = names.v[i];
	}
	return true;
}

static bool listing_get(struct listing *l, const char *url, struct error *e)
{
	for (unsigned i = 0; url && i < PAGES_MAX; i++) {
		struct buf page = { .a = l->a, .max = PAGE_BYTES_MAX };
		struct session_call c = { .what = l->what, .http.url = url };

		if (!session_get(l->a, &l->session, &c, &page, e))
			return false;
		if (c.http.status == 404 && l->may_lack)
			return true;
		if (c.http.status != 200)
			return session_refused(l->a, &l->session, &c, e);
		if (!listing_take(l, page.n ? buf_str(&page) : STR(""), e))
			return false;
		url = session_next_page(l->a, &c);
	}
	return !url || err_set(e, ERR_INPUT, "%s has more than %d pages", l->what, PAGES_MAX);
}

/* Below a repository; the list of repositories is where one would be. */
static const char *listing_url(struct arena *a, const struct session *s)
{
	const char *base = session_url(a, s, "%s", "");

	return strcmp(s->ref->name, CATALOGUE) == 0 ? arena_strndup(a, base, strlen(base) - 1)
						    : session_url(a, s, "tags/list");
}

static bool listing_run(struct arena *a, const struct session_options *o,
			const struct reference *ref, const char *scope, struct listing *l,
			struct error *e)
{
	struct strings scopes = { 0 };
	bool ok;

	*list_push(a, &scopes) = scope;
	l->a = a;
	*l->out = (struct strings){ 0 };
	ok = session_open(&l->session, ref, o, &scopes, e) &&
	     listing_get(l, listing_url(a, &l->session), e);
	session_close(&l->session);
	return ok;
}

bool listing_repositories(struct arena *a, const struct session_options *o, const char *host,
			  const char *prefix, struct strings *out, struct error *e)
{
	struct listing l = { .what = "list of repositories",
			     .member = "repositories",
			     .prefix = prefix,
			     .out = out };
	const struct reference ref = { .text = host, .host = host, .name = CATALOGUE };

	return listing_run(a, o, &ref, "registry:catalog:*", &l, e);
}

bool listing_tags(struct arena *a, const struct session_options *o, const struct reference *ref,
		  struct strings *out, struct error *e)
{
	struct strings all = { 0 };
	struct listing l = { .what = arena_printf(a, "tags of %s", ref->name),
			     .member = "tags",
			     .prefix = "",
			     .may_lack = true,
			     .out = &all };

	*out = (struct strings){ 0 };
	if (!listing_run(a, o, ref, arena_printf(a, "repository:%s:pull", ref->name), &l, e))
		return false;
	for (size_t i = 0; i < all.n; i++) {
		if (!str_starts(str_of(all.v[i]), STR("sha256-")))
			*list_push(a, out) = all.v[i];
	}
	return true;
}
