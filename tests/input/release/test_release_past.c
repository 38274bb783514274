/* SPDX-License-Identifier: Apache-2.0 */
/* States of the past: where they are looked for, in which order, and what is taken for one. */

#include <criterion/criterion.h>
#include <stdlib.h>

#include "base/date.h"
#include "input/release/release.h"
#include "support/fixture_depot.h"
#include "support/fixture_files.h"
#include "support/fixture_oracle.h"
#include "support/fixture_snapshot.h"

#define DAY1 "Sat, 12 Sep 2026 07:55:41 UTC"
#define DAY0 "Fri, 11 Sep 2026 07:55:41 UTC"
#define DAY2 "Sun, 13 Sep 2026 07:55:41 UTC"
#define WHEN1 1789199741 /* date -d, GNU coreutils */
#define HOUR 3600

struct past_world {
	struct arena a;
	struct archivegen g;
	struct depot d;
	struct mirrors m;
	struct suite suite;
	const char *one, *two; /* the InRelease file of each day */
	struct digest wanted;  /* of the first */
	struct release r;
	const char *message;
};

static void past_open(struct past_world *w)
{
	*w = (struct past_world){ .message = "" };
	archivegen_open(&w->g, &w->a);
	depot_open(&w->d);
	w->suite = (struct suite){ .entry = "test",
				   .archive = "debian",
				   .codename = "trixie",
				   .keyrings = w->g.keyrings,
				   .signers = w->g.signers };
	w->one = archivegen_inrelease(&w->g, &(struct archivegen_suite){ .codename = "trixie",
									 .date = DAY1 });
	w->two = archivegen_inrelease(&w->g, &(struct archivegen_suite){ .codename = "trixie",
									 .date = DAY2 });
	w->wanted = digest_of(str_of(w->one));
}

static void past_close(struct past_world *w)
{
	depot_close(&w->d);
	archivegen_close(&w->g);
	arena_free(&w->a);
}

/* A mirror that has this InRelease file. */
static void past_mirror(struct past_world *w, const char *file)
{
	archivegen_file(&w->g, "dists/trixie/InRelease", file);
	archivegen_serve(&w->g);
	mirrors_add(&w->a, &w->m, "debian", archivegen_mirror(&w->g), "the test");
}

static enum err_kind past_read(struct past_world *w, bool online, const char *date)
{
	struct release_context c = { &w->d.store, &w->m, NULL, 0, false, NULL };
	struct error e = { 0 };
	AUTO_HTTP http = HTTP_INIT;
	char text[1600] = "";
	bool ok;

	w->d.settings.ca_file = getenv("SSL_CERT_FILE");
	cr_assert(http_open(&w->a, &w->d.settings, &http, &e));
	c.http = online ? &http : NULL;
	ok = release_past(&w->a, &c, &w->suite, date, &w->wanted, &w->r, &e);
	cr_expect_eq(ok, e.kind == ERR_NONE);
	if (!ok)
		err_format(&e, text, sizeof(text));
	w->message = arena_strdup(&w->a, text);
	return e.kind;
}

static void past_says(struct past_world *w, const char *where)
{
	cr_expect_str_eq(w->message, arena_printf(&w->a,
						  "InRelease of trixie of " DAY1
						  " (sha256:%s) is not in the store%s",
						  digest_hex_dup(&w->a, &w->wanted), where));
}

Test(release_past, a_mirror_that_still_has_it_gives_it_to_the_store)
{
	struct past_world w;

	past_open(&w);
	cr_expect_eq(past_read(&w, false, DAY1), ERR_NETWORK);
	past_says(&w, ", and --offline forbids fetching");
	past_mirror(&w, w.one);
	cr_expect_eq(past_read(&w, true, DAY1), ERR_NONE, "%s", w.message);
	cr_expect(w.r.past && w.r.kept_at == 0 && w.r.when == WHEN1);
	cr_expect_str_eq(w.r.signers.v[0], w.g.key.fingerprint);
	/* from the store, without a network */
	cr_expect_eq(past_read(&w, false, DAY1), ERR_NONE, "%s", w.message);
	cr_expect(w.r.past && w.r.when == WHEN1);
	cr_expect_eq(faultd_hits(&w.g.server, NULL), 1);
	past_close(&w);
}

/* A mirror that does not answer has not got it; the next one is asked. */
Test(release_past, a_mirror_that_has_gone_is_passed_over)
{
	struct past_world w;

	past_open(&w);
	mirrors_add(&w.a, &w.m, "debian", "http://127.0.0.1:1/debian", "the test");
	past_mirror(&w, w.one);
	cr_expect_eq(past_read(&w, true, DAY1), ERR_NONE, "%s", w.message);
	cr_expect_eq(w.r.when, WHEN1);
	past_close(&w);
}

/* Its digest is the one that was asked for, and nobody signed it. */
Test(release_past, what_a_mirror_has_under_the_digest_has_to_be_signed)
{
	struct past_world w;

	past_open(&w);
	w.wanted = digest_of(STR("no InRelease file"));
	past_mirror(&w, "no InRelease file");
	cr_expect_eq(past_read(&w, true, DAY1), ERR_VERIFY, "%s", w.message);
	past_close(&w);
}

Test(release_past, a_store_that_may_not_be_written_is_not)
{
	struct past_world w;

	past_open(&w);
	past_mirror(&w, w.one);
	w.d.store.readonly = true;
	cr_expect_eq(past_read(&w, true, DAY1), ERR_NONE, "%s", w.message);
	w.d.store.readonly = false;
	cr_expect_eq(past_read(&w, false, DAY1), ERR_NETWORK);
	past_close(&w);
}

Test(release_past, what_is_in_the_store_has_to_be_signed)
{
	struct past_world w;
	struct error e = { 0 };

	past_open(&w);
	cr_assert(store_put_bytes(&w.d.store, STR("no InRelease file"), &w.wanted, &e));
	cr_expect_eq(past_read(&w, true, DAY1), ERR_VERIFY, "%s", w.message);
	past_close(&w);
}

Test(release_past, an_archive_that_nobody_keeps_is_not_asked_for)
{
	struct past_world w;

	past_open(&w);
	past_mirror(&w, w.two);
	w.suite.archive = "other";
	cr_expect_eq(past_read(&w, true, DAY1), ERR_NETWORK);
	past_says(&w, ", on no mirror, and not at snapshot.debian.org");
	cr_expect_eq(faultd_hits(&w.g.server, NULL), 0);
	/* nor is a date that is none */
	w.suite.archive = "debian";
	cr_expect_eq(past_read(&w, true, "yesterday"), ERR_NETWORK);
	cr_expect(strstr(w.message, "InRelease of trixie of yesterday (sha256:"), "%s", w.message);
	cr_expect_eq(faultd_hits(&w.g.server, NULL), 0);
	past_close(&w);
}

/* A moment in the snapshot has this InRelease file. */
static void past_keep(struct snapshot *s, int64_t moment, const char *file)
{
	files_put(arena_printf(s->a, "%s/dists/trixie/InRelease", snapshot_root(s, moment)), file);
}

Test(release_past, the_snapshot_is_asked_for_moments_after_the_date)
{
	static const struct {
		int hours,
			later_hours; /* when the state and one of the next day are there; 0: not */
		bool found;
	} cases[] = {
		{ 1, 0, true },	  { 12, 0, true }, { 48, 0, true }, { 12, 18, true },
		{ 12, 4, false }, { 0, 1, false }, { 3, 0, false },
	};

	oracle_need("openssl");
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct past_world w;
		struct snapshot s;

		past_open(&w);
		past_mirror(&w, w.two);
		snapshot_open_at(&s, &w.a, WHEN1);
		if (cases[i].hours)
			past_keep(&s, WHEN1 + cases[i].hours * HOUR, w.one);
		if (cases[i].later_hours)
			past_keep(&s, WHEN1 + cases[i].later_hours * HOUR, w.two);
		cr_expect_eq(past_read(&w, true, DAY1), cases[i].found ? ERR_NONE : ERR_NETWORK,
			     "%zu: %s", i, w.message);
		if (cases[i].found)
			cr_expect_eq(w.r.kept_at, WHEN1 + cases[i].hours * HOUR, "%zu", i);
		else
			past_says(&w, ", on no mirror, and not at snapshot.debian.org");
		snapshot_close(&s);
		past_close(&w);
	}
}

/* A page of its own and a state from before do not end the search; the state of that day does. */
Test(release_past, the_search_goes_on_over_what_is_not_later)
{
	struct past_world w;
	struct snapshot s;

	oracle_need("openssl");
	past_open(&w);
	snapshot_open_at(&s, &w.a, WHEN1);
	past_keep(&s, WHEN1 + 1 * HOUR, "<html>be patient</html>");
	past_keep(&s, WHEN1 + 2 * HOUR,
		  archivegen_inrelease(&w.g, &(struct archivegen_suite){ .codename = "trixie",
									 .date = DAY0 }));
	past_keep(&s, WHEN1 + 4 * HOUR, w.one);
	cr_expect_eq(past_read(&w, true, DAY1), ERR_NONE, "%s", w.message);
	cr_expect_eq(w.r.kept_at, WHEN1 + 4 * HOUR);
	snapshot_close(&s);
	past_close(&w);
}

Test(release_past, a_store_that_broke_is_told)
{
	struct past_world w;
	int blobs;

	past_open(&w);
	past_mirror(&w, w.one);
	blobs = w.d.store.blobs;
	w.d.store.blobs = 9999;
	cr_expect_eq(past_read(&w, true, DAY1), ERR_SYSTEM, "%s", w.message);
	w.d.store.blobs = blobs;
	past_close(&w);
}
