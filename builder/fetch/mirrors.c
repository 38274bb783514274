/* SPDX-License-Identifier: Apache-2.0 */
/* The list of mirrors, and URLs made from it. Knows where mirrors may be named; knows no network.
 */

#include "fetch/mirrors.h"

#include <stdlib.h>

#include "fetch/apt_sources.h"
#include "fetch/date.h"
#include "format/deb822.h"

#define SNAPSHOT "https://snapshot.debian.org/archive"
/* A moment is answered with the state taken last before it, which is some hours older than the archive
 * was then; what a suite replaced stays in the pool for longer than that. */
#define SNAPSHOT_LAG_S (12 * 60 * 60)

bool mirror_url_valid(struct str url)
{
	struct str host;

	if (str_starts(url, STR("http://")))
		host = str_from(url, 7);
	else if (str_starts(url, STR("https://")))
		host = str_from(url, 8);
	else
		return false;
	if (host.n == 0 || host.p[0] == '/' || url.n > 1024)
		return false;
	for (size_t i = 0; i < url.n; i++) {
		if (url.p[i] <= ' ' || url.p[i] >= 0x7f || strchr("?#@\\\"<>^`{|}", url.p[i]))
			return false;
	}
	return true;
}

void mirrors_add(struct arena *a, struct mirrors *m, const char *archive, const char *url,
		 const char *origin)
{
	for (size_t i = 0; i < m->v.n; i++) {
		if (strcmp(m->v.v[i].archive, archive) == 0 && strcmp(m->v.v[i].url, url) == 0)
			return;
	}
	*list_push(a, &m->v) = (struct mirror){ archive, url, origin };
}

/* "[ARCHIVE=]URL" */
static bool add_named(struct arena *a, struct mirrors *m, struct str text, const char *origin,
		      struct error *e)
{
	const char *archive = "debian";
	struct str head, url;

	if (str_starts(text, STR("http")) || !str_cut(text, '=', &head, &url)) {
		url = text;
	} else if (str_eq(head, STR("debian-security"))) {
		archive = "debian-security";
	} else if (!str_eq(head, STR("debian"))) {
		return err_set(e, ERR_USAGE, "%s: \"%.*s\" is no archive; known are debian and "
			       "debian-security", origin, STR_ARG(head));
	}
	if (!mirror_url_valid(url))
		return err_set(e, ERR_USAGE,
			       "%s: expected [ARCHIVE=]URL with http:// or https:// and "
			       "without credentials",
			       origin);
	while (str_ends(url, STR("/")))
		url.n--;
	mirrors_add(a, m, archive, str_dup(a, url), origin);
	return true;
}

static bool add_list(struct arena *a, struct mirrors *m, const struct strings *l,
		     const char *origin, struct error *e)
{
	for (size_t i = 0; i < l->n; i++) {
		if (!add_named(a, m, str_of(l->v[i]), origin, e))
			return false;
	}
	return true;
}

bool mirrors_find(struct arena *a, const struct strings *options, const char *env,
		  const struct archive *archive, const char *apt_root, struct mirrors *out,
		  struct error *e)
{
	struct str rest = str_of(env ? env : ""), word;

	*out = (struct mirrors){ 0 };
	if (options && !add_list(a, out, options, "--mirror", e))
		return false;
	while (deb822_word(&rest, &word)) {
		if (!add_named(a, out, word, "IMGBUILD_MIRROR", e))
			return false;
	}
	if (archive && !add_list(a, out, &archive->mirrors,
				 arena_printf(a, "archive %s", archive->name), e)) {
		e->kind = ERR_INPUT;	/* a recipe's mistake, not the command line's */
		return false;
	}
	apt_sources_find(a, apt_root, out);
	return true;
}

const char *mirrors_snapshot(struct arena *a, const char *archive, const char *path, int64_t moment)
{
	char stamp[DATE_STAMP];

	if (strcmp(archive, "debian") != 0 && strcmp(archive, "debian-security") != 0)
		return NULL;
	date_stamp(moment, stamp);
	return arena_printf(a, SNAPSHOT "/%s/%s/%s", archive, stamp, path);
}

void mirrors_urls(struct arena *a, const struct mirrors *m, const char *archive, const char *path,
		  const char *date, struct strings *out)
{
	const char *kept = NULL;
	int64_t when;

	for (size_t i = 0; i < m->v.n; i++) {
		if (strcmp(m->v.v[i].archive, archive) == 0)
			*list_push(a, out) = arena_printf(a, "%s/%s", m->v.v[i].url, path);
	}
	if (date && date_parse(str_of(date), &when))
		kept = mirrors_snapshot(a, archive, path, when + SNAPSHOT_LAG_S);
	if (kept)
		*list_push(a, out) = kept;
}
