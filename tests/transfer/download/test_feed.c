/* SPDX-License-Identifier: Apache-2.0 */
/* Files that change: what is asked of the server, what is kept, and what is refused. */

#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/date.h"
#include "support/fixture_depot.h"
#include "support/fixture_faultd.h"
#include "transfer/download/feed.h"

#define MODIFIED "Sat, 12 Sep 2026 07:55:41 GMT"
#define MODIFIED_AT 1789199741

/* Opens a feed and reads it: its text, or the error's. *when may be NULL. */
static const char *read_feed(struct depot *d, const char *url, bool offline, struct error *e,
			     int64_t *when)
{
	const struct feed_context c = { &d->store, offline, NULL };
	char text[4096] = "";
	struct feed f;
	ssize_t n;

	*e = (struct error){ 0 };
	if (!feed_open(&d->a, &c, url, &f, e)) {
		err_format(e, text, sizeof(text));
		return arena_strdup(&d->a, text);
	}
	n = read(f.fd, text, sizeof(text) - 1);
	cr_assert_geq(n, 0);
	text[n] = '\0';
	close(f.fd);
	if (when)
		*when = f.when;
	return arena_strdup(&d->a, text);
}

#define READ(d, url) read_feed((d), (url), false, &e, NULL)
#define READ_OFFLINE(d, url) read_feed((d), (url), true, &e, NULL)

Test(feed, the_server_is_asked_whether_it_has_something_newer)
{
	static const struct fault_reply script[] = {
		{ .path = "/a", .body = STR("[1]"), .headers = "ETag: W/\"one\"\r\n" },
		{ .path = "/a", .status = 304 },
		{ .path = "/a", .body = STR("[2]"), .headers = "Last-Modified: " MODIFIED "\r\n" },
		{ .path = "/a", .status = 304 },
	};
	struct faultd server;
	struct depot d;
	struct error e;
	const char *url;
	int64_t when = 0;

	depot_open(&d);
	faultd_start(&server, script, ARRAY_SIZE(script));
	url = faultd_url(&d.a, &server, "/a");
	cr_expect_str_eq(READ(&d, url), "[1]");
	cr_expect_not(faultd_saw(&server, "/a", "If-"), "nothing is known yet");
	cr_expect_str_eq(READ(&d, url), "[1]");
	cr_expect(faultd_saw(&server, "/a", "If-None-Match: W/\"one\"\r\n"));
	cr_expect_str_eq(READ(&d, url), "[2]");
	cr_expect_str_eq(read_feed(&d, url, false, &e, &when), "[2]");
	cr_expect(faultd_saw(&server, "/a", "If-Modified-Since: " MODIFIED "\r\n"));
	cr_expect_eq(when, MODIFIED_AT, "%lld", (long long)when);
	cr_expect_eq(faultd_hits(&server, "/a"), 4);
	faultd_stop(&server);
	cr_expect_str_eq(READ_OFFLINE(&d, url), "[2]");
	depot_close(&d);
}

/* A copy that was damaged is no reason to believe a 304. */
Test(feed, a_damaged_copy_is_fetched_again)
{
	static const struct fault_reply script[] = {
		{ .path = "/a", .body = STR("[1]"), .headers = "ETag: \"one\"\r\n" },
	};
	struct digest digest = digest_of(STR("[1]"));
	struct faultd server;
	struct depot d;
	struct error e;
	const char *url, *blob;

	depot_open(&d);
	faultd_start(&server, script, ARRAY_SIZE(script));
	url = faultd_url(&d.a, &server, "/a");
	cr_expect_str_eq(READ(&d, url), "[1]");
	blob = depot_blob_path(&d, &digest);
	cr_assert_eq(unlink(blob), 0);
	cr_expect_str_eq(READ(&d, url), "[1]");
	cr_expect_not(faultd_saw(&server, "/a", "If-None-Match"));
	cr_assert_eq(unlink(blob), 0);
	cr_expect(strstr(READ_OFFLINE(&d, url), "is not in the store"));
	cr_expect_eq(e.kind, ERR_NETWORK);
	faultd_stop(&server);
	depot_close(&d);
}

Test(feed, what_cannot_be_had_or_is_none_is_told)
{
	static const struct fault_reply script[] = {
		{ .path = "/gone", .status = 404 },
		{ .path = "/page", .body = STR("\n<!DOCTYPE html><p>log in</p>") },
		{ .path = "/large", .framing = FAULT_CLAIM, .claim = (uint64_t)1 << 30 },
	};
	static const struct {
		const char *path, *says;
		enum err_kind kind;
	} cases[] = {
		{ "/gone", "/gone: HTTP 404", ERR_NETWORK },
		{ "/page", "/page: it is a web page, not vulnerability data", ERR_VERIFY },
		{ "/large",
		  "bytes announced, at most 536870912 expected; vulnerability data have at "
		  "most 512 MiB",
		  ERR_VERIFY },
	};
	struct faultd server;
	struct depot d;
	struct error e;

	depot_open(&d);
	faultd_start(&server, script, ARRAY_SIZE(script));
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const char *said = READ(&d, faultd_url(&d.a, &server, cases[i].path));

		cr_expect(e.kind == cases[i].kind && strstr(said, cases[i].says), "%d %s", e.kind,
			  said);
		said = READ_OFFLINE(&d, faultd_url(&d.a, &server, cases[i].path));
		cr_expect(strstr(said, "is not in the store: run this once without --offline"),
			  "%s", said);
	}
	faultd_stop(&server);
	depot_close(&d);
}

Test(feed, an_older_copy_is_taken_only_by_who_asks_for_it)
{
	static const struct fault_reply script[] = {
		{ .path = "/a", .body = STR("[1]"), .headers = "Last-Modified: " MODIFIED "\r\n" },
		{ .path = "/a", .status = 403 },
	};
	struct faultd server;
	struct depot d;
	struct error e;
	const char *url, *said;

	depot_open(&d);
	faultd_start(&server, script, ARRAY_SIZE(script));
	url = faultd_url(&d.a, &server, "/a");
	cr_expect_str_eq(READ(&d, url), "[1]");
	said = READ(&d, url);
	cr_expect(e.kind == ERR_NETWORK && strstr(said, "HTTP 403; --offline takes what the store "
							"has, of Sat, 12 Sep 2026 07:55:41 UTC"),
		  "%s", said);
	cr_expect_str_eq(READ_OFFLINE(&d, url), "[1]");
	faultd_stop(&server);
	depot_close(&d);
}

Test(feed, only_https_and_this_machine_are_asked)
{
	struct depot d;
	struct error e;
	const char *said;

	depot_open(&d);
	said = READ(&d, "http://user:secret@tracker.example/data/json");
	cr_expect(e.kind == ERR_USAGE &&
			  strstr(said, "nobody signs such data, so they have to come by https") &&
			  !strstr(said, "secret"),
		  "%s", said);
	said = READ(&d, "ftp://127.0.0.1/x");
	cr_expect(e.kind == ERR_USAGE && strstr(said, "is not an http or https address"), "%s",
		  said);
	depot_close(&d);
}

/* What a server sends is sent back to it as one line, or not at all. */
Test(feed, a_validator_that_is_no_text_is_forgotten)
{
	static const struct fault_reply script[] = {
		{ .path = "/a", .body = STR("[1]"), .headers = "ETag: \"a\tb\"\r\n" },
		{ .path = "/a", .body = STR("[2]"), .headers = "ETag: \"good\"\r\n" },
	};
	struct faultd server;
	struct depot d;
	struct error e;
	const char *url;

	depot_open(&d);
	faultd_start(&server, script, ARRAY_SIZE(script));
	url = faultd_url(&d.a, &server, "/a");
	cr_expect_str_eq(READ(&d, url), "[1]");
	cr_expect_str_eq(READ(&d, url), "[2]");
	cr_expect_not(faultd_saw(&server, "/a", "If-None-Match"));
	faultd_stop(&server);
	depot_close(&d);
}
