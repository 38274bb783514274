/* SPDX-License-Identifier: Apache-2.0 */
/* The list of mirrors, and URLs made from it. Knows where mirrors may be named; knows no network.
 */

#include "input/release/mirrors.h"

#include <stdlib.h>

#include "input/release/apt_sources.h"
#include "base/date.h"
#include "format/debian/deb822.h"

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

static bool is_archive_name(struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];

		if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || (c == '-' && i)))
			return false;
	}
	return s.n > 0;
}

/* Whether snapshot.debian.org keeps an archive. */
static bool has_snapshot(const char *archive)
{
	return strcmp(archive, "debian") == 0 || strcmp(archive, "debian-security") == 0;
}

/* "[ARCHIVE=]URL" */
static bool add_named(struct arena *a, struct mirrors *m, struct str text, const char *origin,
		      struct error *e)
{
	struct str archive = STR("debian"), head, url = text;

	if (!str_starts(text, STR("http")) && str_cut(text, '=', &head, &url)) {
		archive = head;
		if (!is_archive_name(archive))
			return err_set(e, ERR_USAGE, "%s: \"%.*s\" is not the name of an archive: use "
				       "a-z, 0-9 and \"-\"", origin, STR_ARG(archive));
	}
	if (!mirror_url_valid(url))
		return err_set(e, ERR_USAGE,
			       "%s: expected [ARCHIVE=]URL with http:// or https:// and "
			       "without credentials",
			       origin);
	while (str_ends(url, STR("/")))
		url.n--;
	mirrors_add(a, m, str_dup(a, archive), str_dup(a, url), origin);
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

static bool has_mirror(const struct mirrors *m, const char *archive)
{
	for (size_t i = 0; i < m->v.n; i++) {
		if (strcmp(m->v.v[i].archive, archive) == 0)
			return true;
	}
	return false;
}

static void find_lacking(struct arena *a, const struct archive *archive, struct mirrors *out)
{
	struct strings names = { 0 };
	struct buf text = { .a = a };

	for (size_t i = 0; i < archive->suites.n; i++) {
		const char *name = archive->suites.v[i].archive;

		if (has_mirror(out, name) || strings_has(&names, name))
			continue;
		*list_push(a, &names) = name;
		buf_printf(&text, "%s%s", names.n > 1 ? " and " : "", name);
	}
	out->lacking = names.n ? buf_cstr(&text) : NULL;
}

/* A name given at the command line that is nearly one of the recipe's is a typing mistake; others are
 * of other recipes. */
static bool check_options(struct arena *a, const struct mirrors *given, const struct archive *archive,
			  struct error *e)
{
	struct strings names = { 0 };

	*list_push(a, &names) = "debian";
	*list_push(a, &names) = "debian-security";
	for (size_t i = 0; i < archive->suites.n; i++)
		*list_push(a, &names) = archive->suites.v[i].archive;
	for (size_t i = 0; i < given->v.n; i++) {
		const char *name = given->v.v[i].archive;
		const char *near = str_nearest(str_of(name), names.v, names.n);

		if (near && !strings_has(&names, name))
			return err_set(e, ERR_USAGE, "--mirror: no suite is of archive \"%s\"; did you mean "
				       "\"%s\"?", name, near);
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
	if (archive && !check_options(a, out, archive, e))
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
	if (archive)
		find_lacking(a, archive, out);
	return true;
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
	if (has_snapshot(archive) && !has_mirror(m, archive))
		progress_warn(progress, "no mirror of %s is configured: using snapshot.debian.org, which is "
			      "slow; name one with --mirror, IMGBUILD_MIRROR or \"mirrors\" in images.json",
			      m->lacking ? m->lacking : archive);
}

bool mirrors_none(const char *archive, struct error *e)
{
	return err_set(e, ERR_NETWORK, "no mirror of archive \"%s\" is known: name one with --mirror %s=URL, "
		       "IMGBUILD_MIRROR or \"mirrors\" in images.json", archive, archive);
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
