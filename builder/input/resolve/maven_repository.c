/* SPDX-License-Identifier: Apache-2.0 */
/* From a jar of the lock file to the addresses of its file. */

#include "input/resolve/maven_repository.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "format/text/maven_settings.h"
#include "transfer/http/http_url.h"

#define SETTINGS_MAX (1u << 20)

struct maven_search {
	struct arena *a;
	const struct dependencies *list;
	struct maven_mirrors mirrors;
};

/* A file that is not there says nothing. */
static bool maven_find_mirrors(struct maven_search *s, struct error *e)
{
	const char *home = getenv("HOME");
	const char *path = arena_printf(s->a, "%s/.m2/settings.xml", home ? home : "");
	struct str text;

	if (s->list->from.n || !home || !home[0] ||
	    (access(path, F_OK) < 0 && (errno == ENOENT || errno == ENOTDIR)))
		return true;
	return io_read_file(s->a, AT_FDCWD, path, SETTINGS_MAX, &text, e) &&
	       maven_settings_read(s->a, text, path, &s->mirrors, e);
}

/* What Maven calls "central"; a list of sums names no repository at all. */
static bool maven_is_public(const struct dependency *d)
{
	static const struct str hosts[] = { STR("repo.maven.apache.org"), STR("repo1.maven.org") };
	struct http_url url;

	if (!d->origin)
		return true;
	if (!http_url_split(str_of(d->origin), &url))
		return false;
	return str_eq(url.host, hosts[0]) || str_eq(url.host, hosts[1]);
}

/* As Maven chooses: one that names the repository, else the first whose pattern fits. */
static const struct maven_mirror *maven_mirror_of(const struct maven_search *s,
						  const struct dependency *d)
{
	bool public = maven_is_public(d);

	list_each(m, &s->mirrors) {
		if (public && m->by_name)
			return m;
	}
	list_each(m, &s->mirrors) {
		if (public ? m->central : m->all)
			return m;
	}
	return NULL;
}

static bool maven_find_addresses(struct maven_search *s, const struct dependency *d,
				 struct strings *out, struct error *e)
{
	const struct maven_mirror *mirror;

	if (!dependency_check_origin(s->list, d, e))
		return false;
	list_each(from, &s->list->from)
		*list_push(s->a, out) = arena_printf(s->a, "%s/%s", *from, d->path);
	mirror = out->n ? NULL : maven_mirror_of(s, d);
	if (mirror)
		*list_push(s->a, out) = arena_printf(s->a, "%s/%s", mirror->url, d->path);
	if (out->n == 0 && d->origin)
		*list_push(s->a, out) = d->origin;
	if (out->n)
		return true;
	err_set(e, ERR_INPUT,
		"nothing says which repository has %s %s; name one: \"from\": [\"https://...\"] in "
		"\"dependencies\" of %s, or a mirror in ~/.m2/settings.xml",
		d->name, d->version, s->list->at.file);
	return err_at(e, s->list->file, d->line, 1);
}

bool maven_addresses(struct arena *a, const struct source_recipe *r, const size_t *of, size_t n,
		     struct dependency_offer *offers, struct error *e)
{
	struct maven_search s = { .a = a, .list = &r->dependencies };

	if (!maven_find_mirrors(&s, e))
		return false;
	for (size_t i = 0; i < n; i++) {
		if (!maven_find_addresses(&s, &s.list->v.v[of[i]], &offers[of[i]].addresses, e))
			return false;
	}
	return true;
}
