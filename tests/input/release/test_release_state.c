/* SPDX-License-Identifier: Apache-2.0 */
/* The state of a suite from one run to the next: what the store remembers, what --offline and
 * --allow-older do with it, and what a Release file may say at all. */

#include <criterion/criterion.h>
#include <stdio.h>

#include "base/date.h"
#include "input/release/release.h"
#include "input/release/signature.h"
#include "support/fixture_depot.h"
#include "support/gen_archive.h"

#define DAY1 "Sat, 12 Sep 2026 07:55:41 UTC"
#define DAY2 "Sun, 13 Sep 2026 07:55:41 UTC"
#define DAY3 "Mon, 14 Sep 2026 07:55:41 UTC"
#define WHEN1 1789199741 /* date -d, GNU coreutils */
#define DAY 86400

struct state_world {
	struct arena a;
	struct archivegen g;
	struct depot d;
	struct mirrors m;
	struct suite suite;
	struct release r;
	const char *message;
	bool allow_older;
};

/* A mirror that has the state of one day after the other. */
static void state_open(struct state_world *w, const char *const *days)
{
	*w = (struct state_world){ .message = "" };
	archivegen_open(&w->g, &w->a);
	depot_open(&w->d);
	w->suite = (struct suite){ .entry = "test",
				   .archive = "debian",
				   .codename = "trixie",
				   .keyrings = w->g.keyrings,
				   .signers = w->g.signers };
	for (; *days; days++)
		archivegen_add(&w->g,
			       &(struct archivegen_suite){ .codename = "trixie", .date = *days });
	archivegen_serve(&w->g);
	mirrors_add(&w->a, &w->m, "debian", archivegen_mirror(&w->g), "the test");
}

static void state_close(struct state_world *w)
{
	depot_close(&w->d);
	archivegen_close(&w->g);
	arena_free(&w->a);
}

static enum err_kind state_fetch(struct state_world *w, bool online, int64_t not_before)
{
	struct release_context c = {
		&w->d.store, &w->m, NULL, WHEN1 + 2 * DAY, w->allow_older, NULL
	};
	AUTO_HTTP http = HTTP_INIT;
	struct error e = { 0 };
	char text[1600] = "";
	bool ok;

	cr_assert(http_open(&w->a, &w->d.settings, &http, &e));
	c.http = online ? &http : NULL;
	ok = release_fetch(&w->a, &c, &w->suite, not_before, &w->r, &e);
	cr_expect_eq(ok, e.kind == ERR_NONE);
	if (!ok)
		err_format(&e, text, sizeof(text));
	w->message = arena_strdup(&w->a, text);
	return e.kind;
}

#define DAYS(...) ((const char *const[]){ __VA_ARGS__, NULL })
#define NOT_STORED \
	"the state of trixie is not in the store: run imgbuild lock once without --offline"

Test(release_state, the_store_has_the_last_one)
{
	struct state_world w;

	state_open(&w, DAYS(DAY2));
	cr_expect_eq(state_fetch(&w, false, 0), ERR_NETWORK);
	cr_expect_str_eq(w.message, NOT_STORED);
	cr_expect_eq(state_fetch(&w, true, 0), ERR_NONE, "%s", w.message);
	cr_expect_eq(state_fetch(&w, false, 0), ERR_NONE, "%s", w.message);
	cr_expect_str_eq(w.r.date, DAY2);
	/* a lock that has seen a later one does not take it */
	cr_expect_eq(state_fetch(&w, false, WHEN1 + 2 * DAY), ERR_VERIFY);
	cr_expect_str_eq(w.message,
			 "InRelease of trixie is dated " DAY2 ", older than the one of " DAY3
			 " seen before (another mirror, or --allow-older)");
	w.allow_older = true;
	cr_expect_eq(state_fetch(&w, false, WHEN1 + 2 * DAY), ERR_NONE, "%s", w.message);
	/* the bytes are gone, what is remembered is not */
	cr_assert_eq(remove(depot_blob_path(&w.d, &w.r.inrelease)), 0);
	cr_expect_eq(state_fetch(&w, false, 0), ERR_NETWORK);
	cr_expect_str_eq(w.message, NOT_STORED);
	state_close(&w);
}

Test(release_state, an_older_one_is_taken_when_that_is_asked_for)
{
	struct state_world w;

	state_open(&w, DAYS(DAY2, DAY1, DAY1, DAY1));
	cr_expect_eq(state_fetch(&w, true, 0), ERR_NONE, "%s", w.message);
	cr_expect_eq(state_fetch(&w, true, 0), ERR_VERIFY);
	/* what the store remembers counts where it is later than what the lock has seen */
	cr_expect(strstr(w.message, "older than the one of " DAY2), "%s", w.message);
	cr_expect_eq(state_fetch(&w, true, WHEN1 + 2 * DAY), ERR_VERIFY);
	cr_expect(strstr(w.message, "older than the one of " DAY3), "%s", w.message);
	w.allow_older = true;
	cr_expect_eq(state_fetch(&w, true, 0), ERR_NONE, "%s", w.message);
	cr_expect_str_eq(w.r.date, DAY1);
	state_close(&w);
}

Test(release_state, a_store_that_may_not_be_written_remembers_nothing)
{
	struct state_world w;

	state_open(&w, DAYS(DAY2));
	w.d.store.readonly = true;
	cr_expect_eq(state_fetch(&w, true, 0), ERR_NONE, "%s", w.message);
	w.d.store.readonly = false;
	cr_expect_eq(state_fetch(&w, false, 0), ERR_NETWORK);
	cr_expect_str_eq(w.message, NOT_STORED);
	state_close(&w);
}

/* Folders of the store that cannot be used any more. */
Test(release_state, a_store_that_broke_is_told)
{
	struct state_world w;
	int blobs, actions;

	state_open(&w, DAYS(DAY2));
	blobs = w.d.store.blobs;
	actions = w.d.store.actions;
	w.d.store.blobs = 9999;
	cr_expect_eq(state_fetch(&w, true, 0), ERR_SYSTEM, "%s", w.message);
	w.d.store.blobs = blobs;
	w.d.store.actions = 9999;
	cr_expect_eq(state_fetch(&w, true, 0), ERR_SYSTEM, "%s", w.message);
	w.d.store.actions = actions;
	cr_expect_eq(state_fetch(&w, true, 0), ERR_NONE, "%s", w.message);
	w.d.store.blobs = 9999;
	cr_expect_eq(state_fetch(&w, false, 0), ERR_SYSTEM, "%s", w.message);
	w.d.store.blobs = blobs;
	state_close(&w);
}

Test(release_state, what_cannot_be_read_is_not_remembered)
{
	static const char *const texts[] = { "", DAY1, DAY1 "\n", DAY1 "\nxyz\n",
					     "yesterday\n00\n" };

	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		struct state_world w;
		struct error e = { 0 };
		struct digest key = digest_of(STR("release/1\ntest\ndebian\ntrixie\n"));

		state_open(&w, DAYS(DAY2));
		cr_assert(store_put_action(&w.d.store, &key, str_of(texts[i]), &e));
		cr_expect_eq(state_fetch(&w, false, 0), ERR_NETWORK, "%zu: %s", i, w.message);
		cr_expect_str_eq(w.message, NOT_STORED);
		cr_expect_eq(state_fetch(&w, true, 0), ERR_NONE, "%zu: %s", i, w.message);
		state_close(&w);
	}
}

Test(release_state, where_nothing_is_known_that_is_told)
{
	struct state_world w;

	state_open(&w, DAYS(DAY2));
	w.m.v.n = 0;
	w.suite.archive = "other";
	cr_expect_eq(state_fetch(&w, true, 0), ERR_NETWORK);
	cr_expect_str_eq(w.message,
			 "no mirror of archive \"other\" is known: name one with --mirror "
			 "other=URL, IMGBUILD_MIRROR or \"mirrors\" in images.json");
	state_close(&w);
}

/* What could not be verified outranks what is not there, whichever comes first. */
Test(release_state, the_worst_of_all_mirrors_is_told)
{
	static const char *const orders[][2] = { { "bad", "gone" }, { "gone", "bad" } };

	for (size_t i = 0; i < ARRAY_SIZE(orders); i++) {
		struct state_world w;

		state_open(&w, DAYS(DAY2));
		archivegen_file(&w.g, "bad/dists/trixie/InRelease", "<html>");
		archivegen_serve(&w.g);
		w.m.v.n = 0;
		for (size_t k = 0; k < 2; k++)
			mirrors_add(&w.a, &w.m, "debian",
				    arena_printf(&w.a, "%s/%s", archivegen_mirror(&w.g),
						 orders[i][k]),
				    "the test");
		cr_expect_eq(state_fetch(&w, true, 0), ERR_VERIFY, "%s", w.message);
		cr_expect(strstr(w.message, "/debian/bad/dists/trixie/InRelease: "), "%s",
			  w.message);
		state_close(&w);
	}
}

Test(release_state, a_mirror_that_has_gone_is_told)
{
	struct state_world w;

	state_open(&w, DAYS(DAY2));
	faultd_stop(&w.g.server);
	w.g.running = false;
	cr_expect_eq(state_fetch(&w, true, 0), ERR_NETWORK, "%s", w.message);
	state_close(&w);
}

/* ---- what a Release file says ---- */

#define HEX "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
#define HEAD "Codename: trixie\nDate: " DAY1 "\n"

static const struct suite trixie = { .archive = "debian", .codename = "trixie" };

Test(release_state, paths_of_indexes_are_plain)
{
	static const struct {
		const char *line;
		bool ok;
	} cases[] = {
		{ HEX " 0 main/a-b_c.d+e~f", true },
		{ HEX " 0 a/", false },
		{ HEX " 0 /a", false },
		{ HEX " 0 a//b", false },
		{ HEX " 0 .", false },
		{ HEX " 0 ..", false },
		{ HEX " 0 a/..", false },
		{ HEX " 0 ...", true },
		{ HEX " 0 a\x01", false },
		{ HEX " 0 a\x7f", false },
		{ HEX " 0 a\xc3\xa9", false },
		{ HEX " 0 a?", false },
		{ HEX " 0 a#", false },
		{ HEX " 0 a\\", false },
		{ HEX " 0 a:", false },
		{ HEX " 0 a%", false },
		{ HEX " x a", false },
		{ HEX "", false },
		{ HEX " 0 a b", false },
		{ "00 0 a", false },
		{ "", false },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		AUTO_ARENA a = { 0 };
		struct release r = { .suite = &trixie };
		struct error e = { 0 };

		cr_expect_eq(release_parse(&a,
					   str_of(arena_printf(&a, HEAD "SHA256:\n %s\n",
							       cases[i].line)),
					   "f", &r, &e),
			     cases[i].ok, "%s: %s", cases[i].line, e.cause);
		cr_expect_eq(e.kind, cases[i].ok ? ERR_NONE : ERR_INPUT);
	}
}

Test(release_state, a_path_has_a_length)
{
	for (int more = 0; more < 2; more++) {
		AUTO_ARENA a = { 0 };
		struct release r = { .suite = &trixie };
		struct error e = { 0 };
		char *path = arena_alloc(&a, 514);

		memset(path, 'a', 512 + (size_t)more);
		cr_expect_eq(release_parse(&a,
					   str_of(arena_printf(&a, HEAD "SHA256:\n " HEX " 7 %s\n",
							       path)),
					   "f", &r, &e),
			     more == 0);
		cr_expect(more || release_find(&r, str_of(path))->size == 7);
		cr_expect_null(release_find(&(struct release){ .suite = &trixie }, str_of(path)));
	}
}

Test(release_state, a_release_file_has_so_many_entries)
{
	for (unsigned more = 0; more < 2; more++) {
		AUTO_ARENA a = { 0 };
		struct release r = { .suite = &trixie };
		struct error e = { 0 };
		struct buf text = { .a = &a };

		buf_puts(&text, HEAD "SHA256:\n");
		for (unsigned i = 0; i < 200000 + more; i++)
			buf_printf(&text, " " HEX " 7 a%u\n", i);
		cr_expect_eq(release_parse(&a, buf_str(&text), "f", &r, &e), more == 0, "%s",
			     e.cause);
		cr_expect(more == 0 ? release_find(&r, STR("a199999")) != NULL
				    : strstr(e.cause, "more than 200000 entries") != NULL,
			  "%s", e.cause);
	}
}

/* As apt understands it: https://wiki.debian.org/DebianRepository/Format */
Test(release_state, by_hash_and_priority_are_read_as_apt_does)
{
	static const struct {
		const char *fields;
		bool by_hash;
		unsigned priority;
	} cases[] = {
		{ "", false, 500 },
		{ "Acquire-By-Hash: yes\n", true, 500 },
		{ "Acquire-By-Hash: YES\n", true, 500 },
		{ "Acquire-By-Hash: true\n", true, 500 },
		{ "Acquire-By-Hash: 1\n", true, 500 },
		{ "Acquire-By-Hash: no\n", false, 500 },
		{ "Acquire-By-Hash: yep\n", false, 500 },
		{ "Acquire-By-Hash: yesx\n", false, 500 },
		{ "NotAutomatic: yes\n", false, 1 },
		{ "NotAutomatic: yes\nButAutomaticUpgrades: yes\n", false, 100 },
		{ "ButAutomaticUpgrades: yes\n", false, 500 },
		{ "NotAutomatic: no\nButAutomaticUpgrades: yes\n", false, 500 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		AUTO_ARENA a = { 0 };
		struct release r = { .suite = &trixie };
		struct error e = { 0 };

		cr_assert(release_parse(&a,
					str_of(arena_printf(&a,
							    "%s" HEAD
							    "Components: main\nSHA256:\n " HEX
							    " 0 a\n",
							    cases[i].fields)),
					"f", &r, &e),
			  "%s", e.cause);
		cr_expect_eq(r.by_hash, cases[i].by_hash, "%zu", i);
		cr_expect_eq(r.priority, cases[i].priority, "%zu: %u", i, r.priority);
		cr_expect(str_eq(r.components, STR("main")));
	}
}

/* ---- keyrings ---- */

Test(release_state, of_many_keyrings_those_that_fit_are_used)
{
	struct state_world w;
	struct strings signers;
	struct signature s;
	struct error e = { 0 };
	struct strings keyrings = { NULL, 0, 0 };

	state_open(&w, DAYS(DAY2));
	s = (struct signature){ .text = STR("text"),
				.armour = STR("none"),
				.keyrings = &keyrings,
				.signers = &w.g.signers };
	cr_expect_not(signature_check(&w.a, &s, &signers, &e));
	cr_expect_eq(e.kind, ERR_SYSTEM);
	cr_expect_str_eq(e.cause,
			 "no keyring to check signatures with (none is not on this machine): "
			 "install debian-archive-keyring, or name another in \"keyrings\"");
	err_clear(&e);
	*list_push(&w.a, &keyrings) = "/nonexistent/a.gpg";
	cr_expect_not(signature_check(&w.a, &s, &signers, &e));
	cr_expect(strstr(e.cause, "(/nonexistent/a.gpg is not on this machine)"), "%s", e.cause);
	err_clear(&e);
	*list_push(&w.a, &keyrings) = "/nonexistent/b.gpg";
	cr_expect_not(signature_check(&w.a, &s, &signers, &e));
	cr_expect(strstr(e.cause,
			 "(/nonexistent/a.gpg, or another that is named, is not on this machine)"),
		  "%s", e.cause);
	err_clear(&e);
	for (int i = 0; i < 100; i++)
		*list_push(&w.a, &keyrings) = w.g.key.keyring;
	w.suite.keyrings = keyrings;
	cr_expect_eq(state_fetch(&w, true, 0), ERR_NONE, "%s", w.message);
	state_close(&w);
}
