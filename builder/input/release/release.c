/* SPDX-License-Identifier: Apache-2.0 */
/* InRelease: from a mirror or the store to a verified struct release. A mirror that has a bad or
 * old file is passed over with a warning; when none has a good one, the gravest reason is told. The
 * last good file of each suite stays in the store: its date is the rollback guard, its bytes serve
 * --offline. */

#include "input/release/release.h"

#include <unistd.h>

#include "input/release/clearsign.h"
#include "base/date.h"
#include "transfer/retry/retry.h"
#include "input/release/signature.h"

#define INRELEASE_MAX (16u << 20)
#define CLOCK_SLACK 3600

/* When a text says that it was made, or 0. Nobody has proven it yet: this is
 * what the check of the signature is asked about, and nothing else. */
static int64_t claimed_date(struct str text)
{
	static const char field[] = "\nDate: ";
	const char *found = memmem(text.p, text.n, field, sizeof(field) - 1);
	struct str line, rest;
	int64_t when;

	if (!found)
		return 0;
	rest = str_from(text, (size_t)(found - text.p) + sizeof(field) - 1);
	return str_next(&rest, '\n', &line) && date_parse(line, &when) ? when : 0;
}

/* Checks at once that the text is signed, and not before the date that it claims: true is as good
 * as both answers of release_read(), false says nothing. */
static bool signed_since(struct arena *a, struct signature s, struct str text,
			 struct strings *signers, int64_t *when)
{
	struct error ignored = { 0 };

	*when = claimed_date(text);
	if (*when <= CLOCK_SLACK)
		return false;
	s.not_before = *when - CLOCK_SLACK;
	return signature_check(a, &s, signers, &ignored);
}

bool release_read(struct arena *a, const struct suite *suite, struct str file, struct release *out,
		  struct error *e)
{
	const char *name = arena_printf(a, "InRelease of %s", suite->codename);
	struct signature s = { .keyrings = &suite->keyrings, .signers = &suite->signers };
	struct clearsign split;
	int64_t claimed;
	bool known;

	*out = (struct release){ .suite = suite, .inrelease = digest_of(file) };
	if (!clearsign_split(file, name, &split, e))
		return false;
	s.text = split.signed_text;
	s.armour = split.signature;
	known = signed_since(a, s, split.text, &out->signers, &claimed);
	if (!known && !signature_check(a, &s, &out->signers, e))
		return err_wrap(e, "%s", name);
	if (!release_parse(a, split.text, name, out, e))
		return false;
	if (known && out->when == claimed)
		return true;
	/* nobody signs a file before it is made; a key that has expired or is lost to somebody
	 * could only be used with a signature that claims to be old */
	s.not_before = out->when - CLOCK_SLACK;
	return signature_check(a, &s, &out->signers, e) ||
	       err_wrap(e, "%s: signed before its own date %s", name, out->date);
}

bool release_judge(const struct release *r, int64_t now, int64_t not_before, struct error *e)
{
	char text[DATE_TEXT];
	int64_t until;

	if (r->when > now + CLOCK_SLACK) {
		date_text(now, text);
		return err_set(e, ERR_VERIFY,
			       "InRelease of %s is dated %s, but this machine's clock "
			       "says %s",
			       r->suite->codename, r->date, text);
	}
	if (r->when < not_before) {
		date_text(not_before, text);
		return err_set(e, ERR_VERIFY,
			       "InRelease of %s is dated %s, older than the one of %s "
			       "seen before (another mirror, or --allow-older)",
			       r->suite->codename, r->date, text);
	}
	if (r->valid_until && date_parse(str_of(r->valid_until), &until) && until < now)
		return err_set(e, ERR_VERIFY,
			       "InRelease of %s was valid until %s: the mirror is not "
			       "up to date, or the clock is wrong",
			       r->suite->codename, r->valid_until);
	return true;
}

/* What the store remembers of a suite: "DATE\nDIGEST\n". */
static struct digest memory_key(struct arena *a, const struct suite *suite)
{
	return digest_of(str_of(arena_printf(a, "release/1\n%s\n%s\n%s\n", suite->entry,
					     suite->archive, suite->codename)));
}

struct release_memory {
	int64_t when;
	struct digest inrelease;
};

/* 1 remembered, 0 not (or not readable any more), -1 error. */
static int release_recall(struct arena *a, const struct release_context *c,
			  const struct suite *suite, struct release_memory *m, struct error *e)
{
	struct digest key = memory_key(a, suite);
	struct str text, date, hex;
	int got = store_get_action(a, c->store, &key, &text, e);

	if (got <= 0)
		return got;
	return str_next(&text, '\n', &date) && str_next(&text, '\n', &hex) &&
	       date_parse(date, &m->when) && digest_parse(hex, &m->inrelease);
}

/* Whether the store has this very state as the last one of the suite, and its bytes. 1, 0, -1. */
static int is_remembered(struct arena *a, const struct release_context *c, const struct release *r,
			 struct str file, struct error *e)
{
	struct release_memory m = { 0 };
	int got = release_recall(a, c, r->suite, &m, e);
	AUTO_FD fd = -1;

	if (got <= 0 || m.when != r->when || !digest_eq(&m.inrelease, &r->inrelease))
		return got < 0 ? -1 : 0;
	return store_open_blob(c->store, &r->inrelease, file.n, &fd, e);
}

static bool release_remember(struct arena *a, const struct release_context *c,
			     const struct release *r, struct str file, struct error *e)
{
	struct digest key = memory_key(a, r->suite), stored;
	char hex[DIGEST_TEXT];
	int known = c->store->readonly ? 1 : is_remembered(a, c, r, file, e);

	if (known)
		return known > 0;
	if (!store_put_bytes(c->store, file, &stored, e))
		return false;
	digest_hex(&stored, hex);
	return store_put_action(c->store, &key, str_of(arena_printf(a, "%s\n%s\n", r->date, hex)),
				e);
}

static bool not_stored(const struct suite *suite, struct error *e)
{
	return err_set(e, ERR_NETWORK,
		       "the state of %s is not in the store: run imgbuild lock once "
		       "without --offline",
		       suite->codename);
}

int release_stored(struct arena *a, const struct release_context *c, const struct suite *suite,
		   const struct digest *inrelease, struct release *out, struct error *e)
{
	AUTO_MAPPING map = { 0 };
	AUTO_FD fd = -1;
	off_t size;
	int got = store_open_blob(c->store, inrelease, UINT64_MAX, &fd, e);

	if (got <= 0)
		return got;
	size = lseek(fd, 0, SEEK_END);
	if (size < 0)
		err_sys(e, "read InRelease of %s in the store", suite->codename);
	return size >= 0 && io_map(fd, 0, (uint64_t)size, "InRelease", &map, e) &&
			       release_read(a, suite, str_copy(a, map.bytes), out, e)
		       ? 1
		       : -1;
}

static bool read_offline(struct arena *a, const struct release_context *c,
			 const struct suite *suite, const struct digest *inrelease,
			 int64_t not_before, struct release *out, struct error *e)
{
	int got = release_stored(a, c, suite, inrelease, out, e);

	if (got <= 0)
		return got == 0 && not_stored(suite, e);
	return c->allow_older || release_judge(out, out->when, not_before, e);
}

/* One mirror's file. */
static bool read_url(struct arena *a, const struct release_context *c, const struct suite *suite,
		     const char *url, int64_t not_before, struct release *out, struct error *e)
{
	uint64_t begun = http_clock_ms();
	struct str file;
	uint64_t speed;
	int status;

	if (!http_get(a, c->http, url, INRELEASE_MAX, &file, &status, e))
		return false;
	if (status != 200)
		return err_set(e, ERR_NETWORK, "%s: HTTP status %d", url, status);
	speed = file.n * 1000 / (http_clock_ms() - begun + 1);
	if (!release_read(a, suite, file, out, e) || !release_judge(out, c->now, not_before, e))
		return err_wrap(e, "%s", url);
	out->speed = speed;
	return release_remember(a, c, out, file, e);
}

/* Tries the mirrors in order. What could not be verified outranks what could not be had. */
static bool release_read_mirrors(struct arena *a, const struct release_context *c,
				 const struct suite *suite, int64_t not_before, struct release *out,
				 struct error *e)
{
	const char *path = arena_printf(a, "dists/%s/InRelease", suite->codename);
	struct strings urls = { 0 };
	struct error worst = { 0 };
	char now[DATE_TEXT];

	date_text(c->now, now);
	mirrors_urls(a, c->mirrors, suite->archive, path, NULL, &urls);
	if (urls.n == 0) {
		mirrors_tell(c->mirrors, suite->archive, c->progress);
		mirrors_urls(a, c->mirrors, suite->archive, path, now, &urls);
	}
	if (urls.n == 0)
		return mirrors_none(suite->archive, e);
	for (size_t i = 0; i < urls.n; i++) {
		struct error one = { 0 };
		char text[1024];

		if (read_url(a, c, suite, urls.v[i], not_before, out, &one))
			return true;
		if (worst.kind == ERR_NONE || one.kind > worst.kind)
			worst = one;
		err_format(&one, text, sizeof(text));
		if (i + 1 < urls.n)
			progress_warn(c->progress, "%s; trying the next mirror", text);
	}
	*e = worst;
	return false;
}

bool release_fetch(struct arena *a, const struct release_context *c, const struct suite *suite,
		   int64_t not_before, struct release *out, struct error *e)
{
	struct release_memory m = { 0 };
	int known = release_recall(a, c, suite, &m, e);

	if (known < 0)
		return false;
	if (!c->http && !known)
		return not_stored(suite, e);
	if (!c->http)
		return read_offline(a, c, suite, &m.inrelease, not_before, out, e);
	if (known && m.when > not_before)
		not_before = m.when;
	return release_read_mirrors(a, c, suite, c->allow_older ? 0 : not_before, out, e);
}
