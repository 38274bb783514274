/* SPDX-License-Identifier: Apache-2.0 */
/* The list of mirrors, and URLs made from it. Knows no network. */

#include "input/release/mirrors.h"

#include <stdlib.h>

#include "base/date.h"

#define SNAPSHOT "https://snapshot.debian.org/archive"
/* A moment is answered with the state taken last before it, which is some hours older than the
 * archive was then; what a suite replaced stays in the pool for longer than that. */
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

bool mirrors_have(const struct mirrors *m, const char *archive)
{
	for (size_t i = 0; i < m->v.n; i++) {
		if (strcmp(m->v.v[i].archive, archive) == 0)
			return true;
	}
	return false;
}

/* Whether snapshot.debian.org keeps an archive. */
static bool has_snapshot(const char *archive)
{
	return strcmp(archive, "debian") == 0 || strcmp(archive, "debian-security") == 0;
}

const char *mirrors_snapshot(struct arena *a, const char *archive, const char *path, int64_t moment)
{
	char stamp[DATE_STAMP];

	if (!has_snapshot(archive))
		return NULL;
	date_stamp(moment, stamp);
	return arena_printf(a, SNAPSHOT "/%s/%s/%s", archive, stamp, path);
}

void mirrors_tell(const struct mirrors *m, const char *archive, struct progress *progress)
{
	if (has_snapshot(archive) && !mirrors_have(m, archive))
		progress_warn(
			progress,
			"no mirror of %s is configured: using snapshot.debian.org, which is "
			"slow; name one with --mirror, IMGBUILD_MIRROR or \"mirrors\" in images.json",
			m->lacking ? m->lacking : archive);
}

bool mirrors_none(const char *archive, struct error *e)
{
	return err_set(e, ERR_NETWORK,
		       "no mirror of archive \"%s\" is known: name one with --mirror %s=URL, "
		       "IMGBUILD_MIRROR or \"mirrors\" in images.json",
		       archive, archive);
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
