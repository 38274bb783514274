/* SPDX-License-Identifier: Apache-2.0 */
#ifndef INPUT_RELEASE_MIRRORS_H
#define INPUT_RELEASE_MIRRORS_H

/* Where an archive may be had from. In this order: --mirror, $IMGBUILD_MIRROR (blank-separated),
 * the recipe's archive entry, the host's own apt configuration (deb822 .sources files and
 * one-line lists), and last - for Debian's own archives - snapshot.debian.org, the one host name
 * that is built in. A mirror is "[ARCHIVE=]URL", where ARCHIVE is the name that suites of
 * images.json give: "debian" (the default), "debian-security", or one of another archive. */

#include "base/progress.h"
#include "base/str.h"
#include "input/recipe/archives.h"

struct mirror {
	const char *archive; /* "debian", "debian-security", "pgdg" */
	const char *url;     /* without a final slash */
	const char *origin;  /* for messages: "--mirror", "the host's apt configuration", ... */
};

struct mirrors {
	struct LIST(struct mirror) v; /* in the order to be tried */
	const char *lacking; /* the archives of the recipe that have none: "debian"; or NULL */
};

/* `apt_root` is "/" but in tests. Sources that cannot be read are skipped; a malformed --mirror or
 * IMGBUILD_MIRROR is ERR_USAGE. `env` is the value of IMGBUILD_MIRROR or NULL. */
MUST_CHECK bool mirrors_find(struct arena *a, const struct strings *options, const char *env,
			     const struct archive *archive, const char *apt_root,
			     struct mirrors *out, struct error *e);

/* To be called before the snapshot stands in for a mirror of `archive`: says so when none is known.
 */
void mirrors_tell(const struct mirrors *m, const char *archive, struct progress *progress);

/* Sets *e: nothing is known that serves `archive`. ERR_NETWORK. Returns false. */
bool mirrors_none(const char *archive, struct error *e);

/* The URLs of `path` ("pool/main/...", "dists/...") in `archive`, in order. With `date` (a Release
 * file's Date; may be NULL) snapshot.debian.org comes last, half a day after it, for the archives
 * that it keeps. */
void mirrors_urls(struct arena *a, const struct mirrors *m, const char *archive, const char *path,
		  const char *date, struct strings *out);

/* The URL of `path` in snapshot.debian.org as of a moment, seconds since the epoch: the server
 * leads to the state that it took last before that. NULL for an archive that it does not keep. */
const char *mirrors_snapshot(struct arena *a, const char *archive, const char *path,
			     int64_t moment);

/* For those who find mirrors: adds one, unless it is there already for this archive. */
void mirrors_add(struct arena *a, struct mirrors *m, const char *archive, const char *url,
		 const char *origin);

/* Whether any is known for an archive. */
bool mirrors_have(const struct mirrors *m, const char *archive);

/* http or https, a host, no query, no fragment, no credentials, no control or blank bytes. */
bool mirror_url_valid(struct str url);

#endif
