/* SPDX-License-Identifier: Apache-2.0 */
/* A state of the past, known by its digest. snapshot.debian.org took states some hours apart and
 * answers a moment with the one before it; which of them is the right one is found by looking at
 * the moments after the date of the state, until a later one comes. */

#include "base/date.h"
#include "transfer/retry/retry.h"
#include "input/release/release.h"

#define INRELEASE_MAX (16u << 20)

/* Hours after its date at which a state is looked for. */
static const int64_t lags[] = { 1, 2, 4, 6, 12, 18, 24, 48 };

/* 1 these are the bytes, and they are kept; 0 they are not; -1. A server that does not answer has
 * not got them. */
static int take_url(struct arena *a, const struct release_context *c, const char *url,
		    const struct digest *wanted, struct str *file, struct error *e)
{
	struct error silent = { 0 };
	struct digest got;
	int status;

	if (!http_get(a, c->http, url, INRELEASE_MAX, file, &status, &silent) || status != 200)
		return 0;
	got = digest_of(*file);
	if (!digest_eq(&got, wanted))
		return 0;
	return c->store->readonly || store_put_bytes(c->store, *file, &got, e) ? 1 : -1;
}

static int take_from_mirrors(struct arena *a, const struct release_context *c,
			     const struct suite *suite, const struct digest *wanted,
			     struct str *file, struct error *e)
{
	const char *path = arena_printf(a, "dists/%s/InRelease", suite->codename);
	struct strings urls = { 0 };
	int got = 0;

	mirrors_urls(a, c->mirrors, suite->archive, path, NULL, &urls);
	for (size_t i = 0; got == 0 && i < urls.n; i++)
		got = take_url(a, c, urls.v[i], wanted, file, e);
	return got;
}

/* Whether a file is of a later date than the state that is looked for: nothing later can be it. */
static bool is_later(struct arena *a, const struct suite *suite, struct str file, int64_t when)
{
	struct error ignored = { 0 };
	struct release r;

	return file.n && release_read(a, suite, file, &r, &ignored) && r.when > when;
}

static int take_from_snapshot(struct arena *a, const struct release_context *c,
			      const struct suite *suite, int64_t when, const struct digest *wanted,
			      struct str *file, int64_t *moment, struct error *e)
{
	const char *path = arena_printf(a, "dists/%s/InRelease", suite->codename);
	int got = 0;

	for (size_t i = 0; got == 0 && i < ARRAY_SIZE(lags); i++) {
		const char *url;

		*moment = when + lags[i] * 3600;
		*file = (struct str){ "", 0 };
		url = mirrors_snapshot(a, suite->archive, path, *moment);
		if (!url)
			return 0;
		got = take_url(a, c, url, wanted, file, e);
		if (got == 0 && is_later(a, suite, *file, when))
			return 0;
	}
	return got;
}

static bool cannot_be_had(struct arena *a, const struct release_context *c,
			  const struct suite *suite, const char *date,
			  const struct digest *inrelease, struct error *e)
{
	return err_set(e, ERR_NETWORK, "InRelease of %s of %s (sha256:%s) is not in the store%s",
		       suite->codename, date, digest_hex_dup(a, inrelease),
		       c->http ? ", on no mirror, and not at snapshot.debian.org"
			       : ", and --offline forbids fetching");
}

bool release_past(struct arena *a, const struct release_context *c, const struct suite *suite,
		  const char *date, const struct digest *inrelease, struct release *out,
		  struct error *e)
{
	int64_t when = 0, moment = 0;
	struct str file;
	int got = release_stored(a, c, suite, inrelease, out, e);

	if (got == 0 && c->http && date_parse(str_of(date), &when)) {
		got = take_from_mirrors(a, c, suite, inrelease, &file, e);
		if (got == 0)
			got = take_from_snapshot(a, c, suite, when, inrelease, &file, &moment, e);
		if (got > 0 && !release_read(a, suite, file, out, e))
			return false;
	}
	if (got == 0)
		return cannot_be_had(a, c, suite, date, inrelease, e);
	out->past = true;
	out->kept_at = moment;
	return got > 0;
}
