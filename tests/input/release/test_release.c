/* SPDX-License-Identifier: Apache-2.0 */
/* InRelease files: whose signature counts (T16), which dates and suites (T17), which hashes
 * (T18). */

#include <criterion/criterion.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>

#include "base/date.h"
#include "input/release/release.h"
#include "input/release/signature.h"
#include "support/fixture_depot.h"
#include "support/fixture_files.h"
#include "support/fixture_oracle.h"
#include "support/gen_archive.h"

#define DAY1 "Sat, 12 Sep 2026 07:55:41 UTC"
#define DAY2 "Sun, 13 Sep 2026 07:55:41 UTC"
#define DAY3 "Mon, 14 Sep 2026 07:55:41 UTC"

static const struct suite trixie = { .archive = "debian", .codename = "trixie" };

static int64_t date_at(const char *text)
{
	int64_t when;

	cr_assert(date_parse(str_of(text), &when), "%s", text);
	return when;
}

Test(date, only_the_form_of_release_files_is_read)
{
	static const char *const bad[] = {
		"",
		"Sat, 12 Sep 2026 07:55:41",
		"Sun, 12 Sep 2026 07:55:41 UTC",
		"Sat, 32 Sep 2026 07:55:41 UTC",
		"Sat, 12 Foo 2026 07:55:41 UTC",
		"Sat, 12 Sep 2026 24:00:00 UTC",
		"Sat, 12 Sep 2026 07:55:41 CEST",
		"Sat, 12 Sep 2026 07:55:41 UTC ",
		"Sat 12 Sep 2026 07:55:41 UTC",
		"Wed, 31 Jun 2026 07:55:41 UTC",
		"Sat, 12 Sep 2026 7:5:41 UTC",
	};
	char text[DATE_TEXT], stamp[DATE_STAMP];
	int64_t when;

	cr_assert_eq(date_at(DAY1), 1789199741); /* date -d, GNU coreutils */
	cr_assert_eq(date_at("Sat, 12 Sep 2026 07:55:41 +0000"), 1789199741);
	date_text(1789199741, text);
	cr_assert_str_eq(text, DAY1);
	date_stamp(1789199741, stamp);
	cr_assert_str_eq(stamp, "20260912T075541Z");
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		cr_assert_not(date_parse(str_of(bad[i]), &when), "%s", bad[i]);
}

/* T18 */
Test(release, T18_malformed_release_files_are_refused)
{
#define GOOD "Codename: trixie\nDate: " DAY1 "\nSHA256:\n"
#define HEX "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
	static const struct {
		const char *text;
		enum err_kind kind;
	} cases[] = {
		{ GOOD " " HEX " 0 main/a\n " HEX "\t12 main/b\n", ERR_NONE },
		{ "", ERR_INPUT },
		{ "Date: " DAY1 "\nSHA256:\n " HEX " 0 a\n", ERR_INPUT },
		{ "Codename: sid\nDate: " DAY1 "\nSHA256:\n " HEX " 0 a\n", ERR_VERIFY },
		{ "Codename: trixie\nSHA256:\n " HEX " 0 a\n", ERR_INPUT },
		{ "Codename: trixie\nDate: yesterday\nSHA256:\n " HEX " 0 a\n", ERR_INPUT },
		{ "Codename: trixie\nDate: " DAY1 "\n", ERR_INPUT },
		{ "Codename: trixie\nDate: " DAY1
		  "\nMD5Sum:\n d41d8cd98f00b204e9800998ecf8427e 0 a\n",
		  ERR_INPUT },
		{ GOOD " " HEX " 0 a\nSHA256:\n " HEX " 0 b\n", ERR_INPUT },
		{ GOOD " " HEX " 0 a\n " HEX " 1 a\n", ERR_INPUT },
		{ GOOD " d41d8cd98f00b204e9800998ecf8427e 0 a\n", ERR_INPUT },
		{ GOOD " " HEX " -1 a\n", ERR_INPUT },
		{ GOOD " " HEX " 0\n", ERR_INPUT },
		{ GOOD " " HEX " 0 /etc/passwd\n", ERR_INPUT },
		{ GOOD " " HEX " 0 main/../../x\n", ERR_INPUT },
		{ GOOD " " HEX " 0 main/./x\n", ERR_INPUT },
		{ GOOD " " HEX " 0 a%2fb\n", ERR_INPUT },
		{ GOOD " " HEX " 0 http://evil/a\n", ERR_INPUT },
		{ GOOD " " HEX " 0 a@evil\n", ERR_INPUT },
		{ GOOD " " HEX " 0 a b\n", ERR_INPUT },
		{ GOOD " " HEX "\n", ERR_INPUT },
		{ GOOD " " HEX " 0 a/\n", ERR_INPUT },
		{ GOOD " " HEX " 0 a//b\n", ERR_INPUT },
		{ GOOD " " HEX " 0 a\x7f\n", ERR_INPUT },
		{ GOOD " " HEX " 0 \xc3\xa4\n", ERR_INPUT },
		{ GOOD " " HEX " 0 a\x01\n", ERR_INPUT },
		{ GOOD " " HEX " 0 a\n\nCodename: sid\n", ERR_INPUT },
		{ "Valid-Until: soon\n" GOOD " " HEX " 0 a\n", ERR_INPUT },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		AUTO_ARENA a = { 0 };
		struct release r = { .suite = &trixie };
		struct error e = { 0 };
		bool ok = release_parse(&a, str_of(cases[i].text), "f", &r, &e);

		cr_assert_eq(e.kind, cases[i].kind, "case %zu: %s", i, e.cause);
		cr_assert_eq(ok, e.kind == ERR_NONE);
		cr_assert(!ok || release_find(&r, STR("main/b"))->size == 12);
	}
}

Test(release, valid_until_is_kept_as_it_stands)
{
	static const char text[] = "Valid-Until:  " DAY3 "\n" GOOD " " HEX " 0 a\n";
	AUTO_ARENA a = { 0 };
	struct release r = { .suite = &trixie };
	struct error e = { 0 };

	cr_assert(release_parse(&a, STR(text), "f", &r, &e), "%s", e.cause);
	cr_expect_str_eq(r.valid_until, DAY3);
	cr_expect_str_eq(r.date, DAY1);
	r = (struct release){ .suite = &trixie };
	cr_assert(release_parse(&a, str_from(STR(text), strlen("Valid-Until:  " DAY3 "\n")), "f",
				&r, &e));
	cr_expect_null(r.valid_until);
}

/* T17 */
Test(release, T17_F17_dates_are_judged)
{
	static const struct {
		const char *date, *until, *now, *seen;
		bool good;
	} cases[] = {
		{ DAY2, NULL, DAY3, NULL, true },
		{ DAY2, NULL, DAY3, DAY2, true },
		{ DAY2, NULL, DAY3, DAY1, true },
		{ DAY1, NULL, DAY3, DAY2, false },
		{ DAY3, NULL, DAY2, NULL, false },
		{ "Sat, 12 Sep 2026 08:55:41 UTC", NULL, DAY1, NULL, true },
		{ "Sat, 12 Sep 2026 08:55:42 UTC", NULL, DAY1, NULL, false },
		{ DAY1, DAY3, DAY2, NULL, true },
		{ DAY1, DAY3, DAY3, NULL, true }, /* its last second */
		{ DAY1, DAY2, DAY3, NULL, false },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct release r = { .suite = &trixie,
				     .date = cases[i].date,
				     .valid_until = cases[i].until,
				     .when = date_at(cases[i].date) };
		struct error e = { 0 };

		cr_assert_eq(release_judge(&r, date_at(cases[i].now),
					   cases[i].seen ? date_at(cases[i].seen) : 0, &e),
			     cases[i].good, "case %zu", i);
		cr_assert_eq(e.kind, cases[i].good ? ERR_NONE : ERR_VERIFY);
	}
}

/* A suite that trusts the generated key. */
static struct suite suite_trusting(const struct archivegen *g)
{
	return (struct suite){ .entry = "test",
			       .archive = "debian",
			       .codename = "trixie",
			       .keyrings = g->keyrings,
			       .signers = g->signers };
}

static struct archivegen_suite suite_of(const char *date)
{
	return (struct archivegen_suite){ .codename = "trixie", .date = date };
}

static enum err_kind read_kind(struct archivegen *g, const char *file, struct error *e)
{
	struct suite suite = suite_trusting(g);
	struct release r;

	*e = (struct error){ 0 };
	if (release_read(g->a, &suite, str_of(file), &r, e))
		return ERR_NONE;
	return e->kind;
}

Test(release, T16_only_files_signed_by_a_pinned_key_are_taken)
{
	AUTO_ARENA a = { 0 };
	struct archivegen g;
	struct archivegen_key other;
	struct archivegen_suite s = suite_of(DAY1);
	const char *good, *forged;
	struct error e;

	archivegen_open(&g, &a);
	other = archivegen_key(&g, "other", "never");
	good = archivegen_inrelease(&g, &s);
	cr_assert_eq(read_kind(&g, good, &e), ERR_NONE, "%s", e.cause);
	forged = arena_strdup(&a, good);
	memcpy(strstr(forged, "stable"), "unable", 6);
	cr_assert_eq(read_kind(&g, forged, &e), ERR_VERIFY, "one changed word");
	s.signer = other.fingerprint;
	cr_assert_eq(read_kind(&g, archivegen_inrelease(&g, &s), &e), ERR_VERIFY, "an unknown key");
	*list_push(&a, &g.keyrings) = other.keyring;
	cr_assert_eq(read_kind(&g, archivegen_inrelease(&g, &s), &e), ERR_VERIFY,
		     "a known key that is not pinned");
	*list_push(&a, &g.signers) = other.fingerprint;
	cr_assert_eq(read_kind(&g, archivegen_inrelease(&g, &s), &e), ERR_NONE, "%s", e.cause);
	s.claims = "sid";
	cr_assert_eq(read_kind(&g, archivegen_inrelease(&g, &s), &e), ERR_VERIFY, "another suite");
	g.keyrings.v[0] = g.keyrings.v[1] = "/nonexistent/keyring.gpg";
	cr_assert_eq(read_kind(&g, good, &e), ERR_SYSTEM, "no keyring");
	cr_assert(strstr(e.cause, "debian-archive-keyring"), "%s", e.cause);
	archivegen_close(&g);
}

/* Bytes that could not all be handed to the program that checks them are not "good". */
Test(release, T15_a_limit_on_files_during_the_split_is_an_error_of_the_system)
{
	AUTO_ARENA a = { 0 };
	struct archivegen g;
	struct archivegen_suite s = suite_of(DAY1);
	struct rlimit limit;
	const char *good;
	struct error e;

	archivegen_open(&g, &a);
	good = archivegen_inrelease(&g, &s);
	cr_assert_eq(read_kind(&g, good, &e), ERR_NONE);
	signal(SIGXFSZ, SIG_IGN);
	cr_assert_eq(getrlimit(RLIMIT_FSIZE, &limit), 0);
	for (rlim_t size = 0; size < 400; size += 100) {
		cr_assert_eq(setrlimit(RLIMIT_FSIZE, &(struct rlimit){ size, limit.rlim_max }), 0);
		cr_expect_eq(read_kind(&g, good, &e), ERR_SYSTEM, "%lu bytes: %s",
			     (unsigned long)size, e.cause);
	}
	cr_assert_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
	archivegen_close(&g);
}

/* What sqv and gpgv each make of several signers. 1 and the number of signers, 0 skipped, -1. */
static int checked_by(struct archivegen *g, enum signature_tool tool, const char *text,
		      const char *armour, size_t *n)
{
	struct signature s = { str_of(text), str_of(armour), &g->keyrings, &g->signers, 0 };
	struct strings signers = { 0 };
	struct error e = { 0 };
	int got = signature_check_by(g->a, tool, &s, &signers, &e);

	*n = signers.n;
	return got;
}

static const char *detached_signature(struct archivegen *g, const char *text,
				      const char *const *signers)
{
	return strstr(archivegen_sign(g, text, signers), "-----BEGIN PGP SIGNATURE");
}

Test(signature, T16_both_programs_agree_about_co_signers)
{
	AUTO_ARENA a = { 0 };
	struct archivegen g;
	struct archivegen_key unknown;
	const char *both, *only_unknown;

	archivegen_open(&g, &a);
	unknown = archivegen_key(&g, "unknown", "never");
	both = detached_signature(&g, "text",
				  (const char *[]){ unknown.fingerprint, g.key.fingerprint, NULL });
	only_unknown = detached_signature(&g, "text",
					  (const char *[]){ unknown.fingerprint, NULL });
	for (enum signature_tool tool = SIGNATURE_SQV; tool <= SIGNATURE_GPGV; tool++) {
		size_t n;
		int got = checked_by(&g, tool, "text", both, &n);

		if (got == 0)
			continue; /* not installed: the other one is tested */
		cr_assert(got == 1 && n == 1,
			  "an unknown co-signer does not spoil a good signature");
		cr_assert_eq(checked_by(&g, tool, "texT", both, &n), -1);
		cr_assert_eq(checked_by(&g, tool, "text", only_unknown, &n), -1);
		cr_assert_eq(checked_by(&g, tool, "text", "no armour", &n), -1);
		cr_assert_eq(checked_by(&g, tool, "text", "", &n), -1);
	}
	archivegen_close(&g);
}

/* A program in the place of sqv or gpgv, that says these words and ends with this status. */
static int checked_by_fake(struct archivegen *g, enum signature_tool tool, const char *says,
			   int status)
{
	const char *name = tool == SIGNATURE_SQV ? "sqv" : "gpgv";
	const char *path = arena_printf(g->a, "%s/fake/%s", g->dir, name);
	const char *before = arena_strdup(g->a, getenv("PATH"));
	size_t n;
	int got;

	files_put(path, arena_printf(g->a, "#!/bin/sh\necho '%s'\nexit %d\n", says, status));
	chmod(path, 0755);
	setenv("PATH", arena_printf(g->a, "%s/fake:%s", g->dir, before), 1);
	got = checked_by(g, tool, "text", "signature", &n);
	setenv("PATH", before, 1);
	return got;
}

/* gpgv ends with 2 where one of several keys is unknown to it; sqv with 0, or nothing counts. */
Test(signature, T16_the_status_of_a_verifier_counts_with_what_it_says)
{
	AUTO_ARENA a = { 0 };
	struct archivegen g;
	const char *valid;

	archivegen_open(&g, &a);
	valid = arena_printf(&a,
			     "[GNUPG:] NEWSIG\n[GNUPG:] GOODSIG 1 x\n"
			     "[GNUPG:] VALIDSIG %s 2026-01-01 1767225600 0 4 0 1 10 01 %s",
			     g.key.fingerprint, g.key.fingerprint);
	cr_expect_eq(checked_by_fake(&g, SIGNATURE_SQV, g.key.fingerprint, 0), 1);
	cr_expect_eq(checked_by_fake(&g, SIGNATURE_SQV, g.key.fingerprint, 1), -1);
	cr_expect_eq(checked_by_fake(&g, SIGNATURE_SQV, g.key.fingerprint, 2), -1);
	cr_expect_eq(checked_by_fake(&g, SIGNATURE_SQV, "", 0), -1);
	cr_expect_eq(checked_by_fake(&g, SIGNATURE_GPGV, valid, 0), 1);
	cr_expect_eq(checked_by_fake(&g, SIGNATURE_GPGV, valid, 2), 1);
	cr_expect_eq(checked_by_fake(&g, SIGNATURE_GPGV, valid, 1), -1);
	/* a line that is no status line says nothing, whatever stands in it */
	cr_expect_eq(checked_by_fake(&g, SIGNATURE_GPGV,
				     arena_printf(&a, "%s\n[gpgv:*] BADSIG 1 x", valid), 0),
		     1);
	cr_expect_eq(checked_by_fake(&g, SIGNATURE_GPGV,
				     arena_printf(&a, "%s\n[GNUPG:] BADSIG 1 x", valid), 0),
		     -1);
	archivegen_close(&g);
}

/* The keyring of a key, revoked by the certificate that gpg makes along with it. */
static const char *revoked_keyring(struct archivegen *g, const struct archivegen_key *key)
{
	const char *path = arena_printf(g->a, "%s/gnupg/openpgp-revocs.d/%s.rev", g->dir,
					key->fingerprint);
	const char *text = strstr(files_get(g->a, path), "\n:-----BEGIN") + 2;
	const char *keyring = arena_printf(g->a, "%s/revoked.gpg", g->dir);

	files_put(path, text);
	ORACLE(g->a, "gpg", "--homedir", arena_printf(g->a, "%s/gnupg", g->dir), "--batch",
	       "--quiet", "--import", path);
	ORACLE(g->a, "gpg", "--homedir", arena_printf(g->a, "%s/gnupg", g->dir), "--batch",
	       "--quiet", "--output", keyring, "--export", key->fingerprint);
	return keyring;
}

Test(signature, T16_revoked_keys_do_not_count)
{
	AUTO_ARENA a = { 0 };
	struct archivegen g;
	const char *armour;
	size_t n;

	archivegen_open(&g, &a);
	armour = detached_signature(&g, "text", (const char *[]){ g.key.fingerprint, NULL });
	for (enum signature_tool tool = SIGNATURE_SQV; tool <= SIGNATURE_GPGV; tool++)
		cr_assert_neq(checked_by(&g, tool, "text", armour, &n), -1);
	g.keyrings.v[0] = revoked_keyring(&g, &g.key);
	for (enum signature_tool tool = SIGNATURE_SQV; tool <= SIGNATURE_GPGV; tool++)
		cr_assert_neq(checked_by(&g, tool, "text", armour, &n), 1);
	archivegen_close(&g);
}

/* gpgv judges the key of today; sqv the key at the moment of the signature, so that it takes what
 * an expired key signed while it was valid. Freshness is the business of dates. */
Test(signature, T16_gpgv_refuses_keys_that_have_expired_since)
{
	AUTO_ARENA a = { 0 };
	struct archivegen g;
	struct archivegen_key brief;
	const char *armour;
	size_t n;

	archivegen_open(&g, &a);
	brief = archivegen_key(&g, "brief", "seconds=1");
	armour = detached_signature(&g, "text", (const char *[]){ brief.fingerprint, NULL });
	*list_push(&a, &g.keyrings) = brief.keyring;
	*list_push(&a, &g.signers) = brief.fingerprint;
	ORACLE(&a, "sleep", "2");
	cr_assert_neq(checked_by(&g, SIGNATURE_GPGV, "text", armour, &n), 1);
	archivegen_close(&g);
}

/* So an expired key serves for files of its own time only: a signature older than the file it is of
 * does not count with either program. */
Test(signature, T16_signatures_made_before_the_file_do_not_count)
{
	AUTO_ARENA a = { 0 };
	struct archivegen g;
	struct archivegen_suite s = suite_of("Sat, 12 Sep 2099 07:55:41 UTC");
	struct signature check = { .text = STR("text") };
	struct error e = { 0 };
	const char *armour;

	archivegen_open(&g, &a);
	armour = detached_signature(&g, "text", (const char *[]){ g.key.fingerprint, NULL });
	check.armour = str_of(armour);
	check.keyrings = &g.keyrings;
	check.signers = &g.signers;
	for (enum signature_tool tool = SIGNATURE_SQV; tool <= SIGNATURE_GPGV; tool++) {
		struct strings signers;

		check.not_before = (int64_t)time(NULL) - 100;
		cr_expect_neq(signature_check_by(&a, tool, &check, &signers, &e), -1, "%s",
			      e.cause);
		check.not_before = (int64_t)time(NULL) + 100;
		cr_expect_neq(signature_check_by(&a, tool, &check, &signers, &e), 1, "tool %d",
			      tool);
		e = (struct error){ 0 };
	}
	cr_expect_eq(read_kind(&g, archivegen_inrelease(&g, &s), &e), ERR_VERIFY);
	cr_expect(strstr(e.context, "signed before its own date"), "%s%s", e.context, e.cause);
	archivegen_close(&g);
}

/* Signs "text" with gpg and these further options; the armour. */
static const char *gpg_signed(struct archivegen *g, const char *key, const char *digest)
{
	const char *path = arena_printf(g->a, "%s/text", g->dir);

	files_put(path, "text");
	return str_dup(g->a,
		       ORACLE(g->a, "gpg", "--homedir", arena_printf(g->a, "%s/gnupg", g->dir),
			      "--batch", "--quiet", "--yes", "--pinentry-mode", "loopback",
			      "--passphrase", "", "--allow-weak-digest-algos", "--digest-algo",
			      digest, "--local-user", key, "--armor", "--output", "-",
			      "--detach-sign", path));
}

Test(signature, T16_digests_must_be_strong_and_subkeys_sign_for_their_key)
{
	AUTO_ARENA a = { 0 };
	struct archivegen g;
	const char *home, *md, *by_subkey;
	size_t n;

	archivegen_open(&g, &a);
	home = arena_printf(&a, "%s/gnupg", g.dir);
	md = gpg_signed(&g, g.key.fingerprint, "SHA1");
	ORACLE(&a, "gpg", "--homedir", home, "--batch", "--quiet", "--pinentry-mode", "loopback",
	       "--passphrase", "", "--quick-add-key", g.key.fingerprint, "ed25519", "sign",
	       "never");
	ORACLE(&a, "gpg", "--homedir", home, "--batch", "--quiet", "--yes", "--output",
	       g.key.keyring, "--export", g.key.fingerprint);
	by_subkey = gpg_signed(&g, g.key.fingerprint, "SHA512");
	for (enum signature_tool tool = SIGNATURE_SQV; tool <= SIGNATURE_GPGV; tool++) {
		cr_expect_neq(checked_by(&g, tool, "text", md, &n), 1, "SHA-1, tool %d", tool);
		cr_expect_neq(checked_by(&g, tool, "text", by_subkey, &n), -1, "a subkey, tool %d",
			      tool);
	}
	archivegen_close(&g);
}

/* A context for one mirror list. */
static bool fetch_release(struct archivegen *g, struct depot *d, const struct mirrors *m,
			  struct release *r, struct error *e)
{
	static struct suite suite;
	struct release_context c = { &d->store, m, NULL, 0, false, NULL };
	AUTO_HTTP http = HTTP_INIT;

	suite = suite_trusting(g);
	c.now = date_at(DAY3);
	cr_assert(http_open(g->a, &d->settings, &http, e));
	c.http = &http;
	*e = (struct error){ 0 };
	return release_fetch(g->a, &c, &suite, 0, r, e);
}

Test(release, T17_an_older_state_than_seen_before_is_refused)
{
	AUTO_ARENA a = { 0 };
	struct archivegen g;
	struct depot d;
	struct mirrors m = { 0 };
	struct release r;
	struct error e = { 0 };

	archivegen_open(&g, &a);
	depot_open(&d);
	archivegen_add(&g, &(struct archivegen_suite){ .codename = "trixie", .date = DAY2 });
	archivegen_add(&g, &(struct archivegen_suite){ .codename = "trixie", .date = DAY1 });
	archivegen_serve(&g);
	mirrors_add(&a, &m, "debian", archivegen_mirror(&g), "the test");
	cr_assert(fetch_release(&g, &d, &m, &r, &e), "%s", e.cause);
	cr_assert_str_eq(r.date, DAY2);
	cr_assert_str_eq(r.signers.v[0], g.key.fingerprint);
	cr_assert_not(fetch_release(&g, &d, &m, &r, &e), "the second reply is a day older");
	cr_assert_eq(e.kind, ERR_VERIFY);
	cr_assert(strstr(e.cause, "older"), "%s", e.cause);
	depot_close(&d);
	archivegen_close(&g);
}

/* T20: a captive portal, a broken mirror, then a good one. */
Test(release, T20_the_first_mirror_with_a_good_file_is_used)
{
	AUTO_ARENA a = { 0 };
	struct archivegen g;
	struct depot d;
	struct mirrors m = { 0 };
	struct release r;
	struct error e = { 0 };

	archivegen_open(&g, &a);
	depot_open(&d);
	archivegen_add(&g, &(struct archivegen_suite){ .codename = "trixie", .date = DAY2 });
	archivegen_file(&g, "portal/dists/trixie/InRelease", "<html>please log in</html>\n");
	archivegen_serve(&g);
	mirrors_add(&a, &m, "debian", arena_printf(&a, "%s/portal", archivegen_mirror(&g)), "one");
	cr_assert_not(fetch_release(&g, &d, &m, &r, &e));
	cr_assert_eq(e.kind, ERR_VERIFY);
	mirrors_add(&a, &m, "debian", arena_printf(&a, "%s/gone", archivegen_mirror(&g)), "two");
	cr_assert_not(fetch_release(&g, &d, &m, &r, &e));
	cr_assert_eq(e.kind, ERR_VERIFY, "what could not be verified outranks what was not there");
	mirrors_add(&a, &m, "debian", archivegen_mirror(&g), "three");
	cr_assert(fetch_release(&g, &d, &m, &r, &e), "%s", e.cause);
	depot_close(&d);
	archivegen_close(&g);
}

/* Of errors of one kind that of the first mirror is told. */
Test(release, T20_the_first_mirror_that_fails_is_named)
{
	AUTO_ARENA a = { 0 };
	struct archivegen g;
	struct depot d;
	struct mirrors m = { 0 };
	struct release r;
	struct error e = { 0 };
	const char *said;

	archivegen_open(&g, &a);
	depot_open(&d);
	archivegen_serve(&g);
	for (int i = 0; i < 2; i++)
		mirrors_add(&a, &m, "debian",
			    arena_printf(&a, "%s/%s", archivegen_mirror(&g), i ? "later" : "first"),
			    "the test");
	cr_expect_not(fetch_release(&g, &d, &m, &r, &e));
	said = arena_printf(&a, "%s%s", e.context, e.cause);
	cr_expect(strstr(said, "/first/") && !strstr(said, "/later/"), "%s", said);
	depot_close(&d);
	archivegen_close(&g);
}
