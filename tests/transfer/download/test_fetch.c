/* SPDX-License-Identifier: Apache-2.0 */
/* Downloads from servers that do what servers do on a bad day (F6-F11 of the fault plan). In every
 * case: either the right bytes are in the store, or nothing is and the error says what to know. */

#include <criterion/criterion.h>

#include "support/fixture_depot.h"
#include "support/fixture_faultd.h"
#include "support/fixture_files.h"

#define SIZE 1000
#define URLS_MAX 3

/* One file, at up to three paths, in turn on one of two servers that misbehave as scripted. */
struct fetch_scene {
	const char *name;
	struct fault_reply script[4];
	const char *paths[URLS_MAX]; /* where the file is said to be; default "/f" */
	enum err_kind kind;	     /* ERR_NONE: the file arrives */
	const char *says;	     /* part of the message */
	size_t hits;		     /* requests in all; 0: not looked at */
};

#define RIGHT { NULL, SIZE }	/* replaced by the right bytes */
#define WRONG { "", SIZE }	/* replaced by wrong bytes of the right length */
#define LONGER { "", SIZE + 1 } /* ... and by the right ones with one more */
#define PORTAL STR("<html>please log in</html>")

static struct str body_of(struct arena *a, struct str wanted, struct str right)
{
	if (wanted.n == SIZE && !wanted.p)
		return right;
	if (wanted.n == SIZE && !wanted.p[0])
		return depot_noise(a, SIZE, 2);
	if (wanted.n == SIZE + 1)
		return str_of(arena_printf(a, STR_FMT "x", STR_ARG(right)));
	return wanted;
}

/* Letters only, so that the scripts of raw replies can hold them. */
static struct str body_of_letters(struct arena *a, size_t n)
{
	char *p = arena_alloc(a, n + 1);

	for (size_t i = 0; i < n; i++)
		p[i] = (char)('a' + i * i % 23);
	return (struct str){ p, n };
}

/* What a want tells of itself: whether its bytes could be read when it said that they came. */
struct fetch_arrival {
	const struct store *store;
	const struct want *want;
	size_t told, there;
};

static void count_arrival(void *ctx)
{
	struct fetch_arrival *x = ctx;

	x->told++;
	x->there += store_has_blob(x->store, &x->want->sha256, x->want->size);
}

static void play_fetch_scene(const struct fetch_scene *scene, bool addressed)
{
	struct depot d;
	struct faultd server[2];
	struct fault_reply script[4];
	size_t hits;
	struct want want = { .name = "libfoo1 1.0 (amd64)", .size = SIZE, .addressed = addressed };
	enum err_kind kind;
	const char *text;
	struct str right;
	size_t n = 0;
	struct fetch_arrival arrival = { &d.store, &want, 0, 0 };

	want.arrived = count_arrival;
	want.ctx = &arrival;
	depot_open(&d);
	right = body_of_letters(&d.a, SIZE);
	want.sha256 = digest_of(right);
	for (; n < 4 && (n == 0 || scene->script[n].path); n++) {
		script[n] = scene->script[n];
		script[n].body = body_of(&d.a, script[n].body, right);
	}
	faultd_start(&server[0], script, n);
	faultd_start(&server[1], script, n);
	for (size_t i = 0; i < URLS_MAX && (i == 0 || scene->paths[i]); i++)
		*list_push(&d.a, &want.urls) = faultd_url(&d.a, &server[i % 2],
							  scene->paths[i] ? scene->paths[i] : "/f");
	depot_fetch(&d, &want, 1, &kind, &text);
	cr_expect_eq(kind, scene->kind, "%s: kind %d: %s", scene->name, kind, text);
	cr_expect(!scene->says || strstr(text, scene->says), "%s: %s", scene->name, text);
	cr_expect_eq(depot_blobs(&d).n, scene->kind == ERR_NONE, "%s: what is in the store",
		     scene->name);
	cr_expect_eq(store_has_blob(&d.store, &want.sha256, SIZE), scene->kind == ERR_NONE, "%s",
		     scene->name);
	cr_expect_eq(arrival.told, scene->kind == ERR_NONE, "%s", scene->name);
	cr_expect_eq(arrival.there, arrival.told, "%s", scene->name);
	hits = faultd_hits(&server[0], NULL) + faultd_hits(&server[1], NULL);
	cr_expect(!scene->hits || hits == scene->hits, "%s: %zu requests", scene->name, hits);
	faultd_stop(&server[0]);
	faultd_stop(&server[1]);
	depot_close(&d);
}

#define PLAY(scenes)                                    \
	for (size_t i = 0; i < ARRAY_SIZE(scenes); i++) \
	play_fetch_scene(&(scenes)[i], false)

Test(fetch, good_replies_of_every_framing_arrive)
{
	static const struct fetch_scene scenes[] = {
		{ "length", { { "/f", .body = RIGHT } }, .hits = 1 },
		{ "chunked", { { "/f", .body = RIGHT, .framing = FAULT_CHUNKED } }, .hits = 1 },
		{ "to the end", { { "/f", .body = RIGHT, .framing = FAULT_CLOSE } }, .hits = 1 },
		{ "chunked and a length, which does not count",
		  { { "/f", .body = RIGHT, .framing = FAULT_CHUNKED,
		      .headers = "Content-Length: 5\r\n" } },
		  .hits = 1 },
		{ "content encoding that says nothing about the bytes",
		  { { "/f", .body = RIGHT, .headers = "Content-Encoding: x-gzip\r\n" } },
		  .hits = 1 },
		{ "behind a redirect",
		  { { "/f", .status = 302, .headers = "Location: /g\r\n" },
		    { "/g", .body = RIGHT } },
		  .hits = 2 },
	};

	PLAY(scenes);
}

Test(fetch, F10_wrong_bytes_lead_to_the_next_url_and_never_into_the_store)
{
	static const struct fetch_scene scenes[] = {
		{ "wrong then right",
		  { { "/f", .body = WRONG }, { "/g", .body = RIGHT } },
		  { "/f", "/g" },
		  .hits = 2 },
		{ "wrong everywhere",
		  { { "/f", .body = WRONG }, { "/g", .body = WRONG } },
		  { "/f", "/g" },
		  ERR_VERIFY,
		  "libfoo1 1.0 (amd64): expected 1000 bytes with SHA-256",
		  2 },
		{ "the message names the URL",
		  { { "/f", .body = WRONG } },
		  { "/f" },
		  ERR_VERIFY,
		  "/f;",
		  1 },
		{ "wrong, then a dead end",
		  { { "/f", .body = WRONG } },
		  { "/f", "/none" },
		  ERR_VERIFY,
		  "found 1000 bytes",
		  2 },
		{ "one byte more, announced",
		  { { "/f", .body = LONGER } },
		  { "/f" },
		  ERR_VERIFY,
		  "1001 bytes announced",
		  1 },
		{ "one byte more, in chunks",
		  { { "/f", .body = LONGER, .framing = FAULT_CHUNKED } },
		  { "/f" },
		  ERR_VERIFY,
		  "more bytes than expected",
		  1 },
		{ "one byte more, unframed",
		  { { "/f", .body = LONGER, .framing = FAULT_CLOSE } },
		  { "/f" },
		  ERR_VERIFY,
		  "more bytes than expected",
		  1 },
		{ "an empty file",
		  { { "/f", .body = { "", 0 } } },
		  { "/f" },
		  ERR_VERIFY,
		  "found 0 bytes",
		  1 },
		{ "a length that is too small",
		  { { "/f", .body = RIGHT, .framing = FAULT_CLAIM, .claim = 999 } },
		  { "/f" },
		  ERR_VERIFY,
		  "found 999 bytes",
		  1 },
	};

	PLAY(scenes);
}

Test(fetch, T20_captive_portals_are_not_believed)
{
	static const struct fetch_scene scenes[] = {
		{ "portal",
		  { { NULL, .body = PORTAL, .headers = "Content-Type: text/html\r\n" } },
		  { "/f", "/g" },
		  ERR_VERIFY,
		  "found 26 bytes",
		  2 },
		{ "a redirect to a portal",
		  { { "/f", .status = 302, .headers = "Location: /login\r\n" },
		    { "/login", .body = PORTAL } },
		  { "/f" },
		  ERR_VERIFY,
		  "/login",
		  2 },
	};

	PLAY(scenes);
}

/* Mirrors have nothing to do with a crate or a release of upstream. */
Test(fetch, files_with_an_address_of_their_own_are_told_of_by_it)
{
	static const struct fetch_scene scenes[] = {
		{ "gone",
		  { { "/f", .status = 404 } },
		  { "/f" },
		  ERR_NETWORK,
		  "name another address or another version, then run imgbuild update",
		  1 },
		{ "changed",
		  { { "/f", .body = WRONG } },
		  { "/f" },
		  ERR_VERIFY,
		  "has changed: find out why before you run imgbuild update",
		  1 },
		{ "down",
		  { { "/f", .status = 403 } },
		  { "/f" },
		  ERR_NETWORK,
		  "; check the network",
		  1 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(scenes); i++)
		play_fetch_scene(&scenes[i], true);
}

Test(fetch, F8_F9_statuses_decide_whether_to_ask_again)
{
	static const struct fetch_scene scenes[] = {
		{ "404",
		  { { "/f", .status = 404 } },
		  { "/f" },
		  ERR_NETWORK,
		  "no mirror that answers has it any more",
		  1 },
		{ "404 twice",
		  { { "/x", .body = RIGHT } },
		  { "/f", "/g" },
		  ERR_NETWORK,
		  "imgbuild update",
		  2 },
		{ "404 then there", { { "/g", .body = RIGHT } }, { "/f", "/g" }, .hits = 2 },
		{ "410", { { "/f", .status = 410 } }, { "/f" }, ERR_NETWORK, "HTTP 410", 1 },
		{ "403", { { "/f", .status = 403 } }, { "/f" }, ERR_NETWORK, "HTTP 403", 1 },
		{ "401", { { "/f", .status = 401 } }, { "/f" }, ERR_NETWORK, "HTTP 401", 1 },
		{ "500", { { "/f", .status = 500 } }, { "/f" }, ERR_NETWORK, "HTTP 500", 3 },
		{ "502, then well",
		  { { "/f", .status = 502 }, { "/f", .body = RIGHT } },
		  .hits = 2 },
		{ "503 and 504, then well",
		  { { "/f", .status = 503 }, { "/f", .status = 504 }, { "/f", .body = RIGHT } },
		  .hits = 3 },
		{ "429 with seconds",
		  { { "/f", .status = 429, .headers = "Retry-After: 1000000000\r\n" },
		    { "/f", .body = RIGHT } },
		  .hits = 2 },
		{ "503 with a date",
		  { { "/f", .status = 503,
		      .headers = "Retry-After: Sun, 06 Nov 2094 08:49:37 GMT\r\n" },
		    { "/f", .body = RIGHT } },
		  .hits = 2 },
		{ "503 with nonsense",
		  { { "/f", .status = 503, .headers = "Retry-After: -5\r\n" },
		    { "/f", .body = RIGHT } },
		  .hits = 2 },
		{ "304 without a condition",
		  { { "/f", .status = 304 } },
		  { "/f" },
		  ERR_NETWORK,
		  "HTTP 304",
		  1 },
		{ "204", { { "/f", .status = 204 } }, { "/f" }, ERR_NETWORK, "HTTP 204", 1 },
		{ "206 without a range",
		  { { "/f", .status = 206, .body = RIGHT,
		      .headers = "Content-Range: bytes 0-999/1000\r\n" } },
		  { "/f" },
		  ERR_NETWORK,
		  "not asked for",
		  1 },
	};

	PLAY(scenes);
}

Test(fetch, T19_redirects_are_few_and_stay_on_the_web)
{
	static const struct fetch_scene scenes[] = {
		{ "loop",
		  { { "/f", .status = 301, .headers = "Location: /f\r\n" } },
		  { "/f" },
		  ERR_NETWORK,
		  "on and on",
		  6 },
		{ "file",
		  { { "/f", .status = 302, .headers = "Location: file:///etc/passwd\r\n" } },
		  { "/f" },
		  ERR_NETWORK,
		  "not an http or https address",
		  1 },
		{ "scp",
		  { { "/f", .status = 302, .headers = "Location: scp://127.0.0.1/f\r\n" } },
		  { "/f" },
		  ERR_NETWORK,
		  "not an http or https address",
		  1 },
		{ "line feed",
		  { { "/f", .status = 302, .headers = "Location: /g%0aX-Evil:%201\r\n" },
		    { "/g", .body = RIGHT } },
		  { "/f" },
		  ERR_NETWORK,
		  "control characters",
		  1 },
		{ "credentials",
		  { { "/f", .status = 302, .headers = "Location: http://a:b@127.0.0.1/\r\n" } },
		  { "/f" },
		  ERR_NETWORK,
		  "an address with credentials",
		  1 },
		{ "nowhere",
		  { { "/f", .status = 302 } },
		  { "/f" },
		  ERR_NETWORK,
		  "redirected to nowhere",
		  1 },
		{ "relative",
		  { { "/f", .status = 307, .headers = "Location: sub/g\r\n" },
		    { "/sub/g", .body = RIGHT } },
		  .hits = 2 },
	};

	PLAY(scenes);
}

Test(fetch, F11_T21_hostile_replies_end_early)
{
	static const struct fetch_scene scenes[] = {
		{ "HTTP/0.9",
		  { { "/f", .framing = FAULT_RAW, .body = RIGHT } },
		  { "/f" },
		  ERR_NETWORK,
		  "HTTP/0.9",
		  1 },
		{ "endless headers",
		  { { "/f", .framing = FAULT_RAW, .repeat = 1000000,
		      .body = { "HTTP/1.1 200 OK\r\nA: "
				"0123456789012345678901234567890123456789\r\n",
				62 } } },
		  { "/f" },
		  ERR_NETWORK,
		  NULL,
		  1 },
		{ "endless 1xx",
		  { { "/f", .framing = FAULT_RAW, .repeat = 1000000,
		      .body = { "HTTP/1.1 100 Continue\r\n\r\n", 25 } } },
		  { "/f" },
		  ERR_NETWORK,
		  "more headers",
		  1 },
		{ "endless error page",
		  { { "/f", .framing = FAULT_RAW, .repeat = 1000000,
		      .body = { "HTTP/1.1 404 No\r\n\r\n", 19 } } },
		  { "/f" },
		  ERR_NETWORK,
		  "HTTP 404",
		  1 },
		{ "an empty connection",
		  { { "/f", .framing = FAULT_RAW, .body = { "", 0 } } },
		  { "/f" },
		  ERR_NETWORK,
		  "Empty reply",
		  3 },
		{ "a reset",
		  { { "/f", .framing = FAULT_RAW, .body = { "", 0 }, .end = FAULT_RST } },
		  { "/f" },
		  ERR_NETWORK,
		  NULL,
		  3 },
	};

	PLAY(scenes);
}

Test(fetch, F7_slow_servers_are_left, .timeout = 60)
{
	static const struct fetch_scene scenes[] = {
		{ "silence, then another mirror",
		  { { "/f", .framing = FAULT_RAW, .end = FAULT_HANG }, { "/g", .body = RIGHT } },
		  { "/f", "/g" },
		  .hits = 4 },
		{ "a dripping body",
		  { { "/f", .framing = FAULT_RAW, .drip_ms = 50,
		      .body = { "HTTP/1.1 200 OK\r\nContent-Length: "
				"1000\r\n\r\nabcdefghijklmnopqrstuvwxyz"
				"abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz",
				119 } } },
		  { "/f" },
		  ERR_NETWORK,
		  NULL,
		  3 },
		{ "a dripping head",
		  { { "/f", .framing = FAULT_RAW, .drip_ms = 100,
		      .body = { "HTTP/1.1 200 OK\r\nX-A: abcdefghijklmnopqrstuvwxyz\r\n", 49 } } },
		  { "/f" },
		  ERR_NETWORK,
		  NULL,
		  3 },
	};

	PLAY(scenes);
}

/* F6: a first reply that is cut behind byte `cut` of the body as sent, and a good second one. */
static const struct cut_mode {
	const char *name;
	enum fault_framing framing;
	enum fault_end end;
	const char *etag, *second_etag;
	bool resumes;
} cut_modes[] = {
	{ "length, FIN", FAULT_LENGTH, FAULT_FIN, NULL, NULL, false },
	{ "length, RST", FAULT_LENGTH, FAULT_RST, NULL, NULL, false },
	{ "chunked, FIN", FAULT_CHUNKED, FAULT_FIN, NULL, NULL, false },
	{ "chunked, RST", FAULT_CHUNKED, FAULT_RST, NULL, NULL, false },
	{ "unframed, FIN", FAULT_CLOSE, FAULT_FIN, NULL, NULL, false },
	{ "unframed, RST", FAULT_CLOSE, FAULT_RST, NULL, NULL, false },
	{ "resumable", FAULT_LENGTH, FAULT_FIN, "\"v1\"", "\"v1\"", true },
	{ "resumable, unframed", FAULT_CLOSE, FAULT_FIN, "\"v1\"", "\"v1\"", true },
	{ "changed in between", FAULT_LENGTH, FAULT_FIN, "\"v0\"", "\"v1\"", false },
	{ "weak validator", FAULT_LENGTH, FAULT_FIN, "W/\"v1\"", "W/\"v1\"", false },
};

#define SMALL 29
#define CUTS 48 /* the chunked form of SMALL bytes is longer */

static void cut_everywhere(const struct cut_mode *mode)
{
	struct depot d;
	struct faultd server;
	struct fault_reply script[2 * CUTS];
	struct want want[CUTS] = { 0 };
	enum err_kind kind;
	const char *text;

	depot_open(&d);
	for (size_t k = 0; k < CUTS; k++) {
		struct str body = depot_noise(&d.a, SMALL, 100 + (unsigned)k);
		const char *path = arena_printf(&d.a, "/%zu", k);

		script[2 * k] = (struct fault_reply){
			.path = path,
			.body = body,
			.framing = mode->framing,
			.cuts = true,
			.cut = k,
			.end = mode->end,
			.etag = mode->etag,
		};
		script[2 * k + 1] = (struct fault_reply){
			.path = path,
			.body = body,
			.ranges = true,
			.etag = mode->second_etag,
		};
		want[k].name = path;
		want[k].size = SMALL;
		want[k].sha256 = digest_of(body);
	}
	faultd_start(&server, script, 2 * CUTS);
	for (size_t k = 0; k < CUTS; k++)
		*list_push(&d.a, &want[k].urls) = faultd_url(&d.a, &server, want[k].name);
	cr_expect(depot_fetch(&d, want, CUTS, &kind, &text), "%s: %s", mode->name, text);
	for (size_t k = 0; k < CUTS; k++) {
		AUTO_FD fd = -1;
		struct error e = { 0 };
		bool resumed = faultd_saw(&server, want[k].name, "Range: bytes=");

		cr_expect_eq(store_open_blob(&d.store, &want[k].sha256, SMALL, &fd, &e), 1,
			     "%s, cut at %zu", mode->name, k);
		if (mode->resumes && k > 0 && k < SMALL)
			cr_expect(faultd_saw(&server, want[k].name,
					     arena_printf(&d.a, "Range: bytes=%zu-\r\n", k)),
				  "%s, cut at %zu is resumed there", mode->name, k);
		if (!mode->etag || mode->etag[0] == 'W')
			cr_expect(!resumed, "%s, cut at %zu: a range without proof", mode->name, k);
	}
	cr_expect_eq(depot_blobs(&d).n, CUTS, "%s: nothing is left over", mode->name);
	faultd_stop(&server);
	depot_close(&d);
}

Test(fetch, F6_a_cut_at_any_byte_costs_one_more_try, .timeout = 60)
{
	for (size_t i = 0; i < ARRAY_SIZE(cut_modes); i++)
		cut_everywhere(&cut_modes[i]);
}

Test(fetch, a_server_that_always_cuts_is_given_up_after_three_tries)
{
	static const struct fetch_scene scenes[] = {
		{ "always",
		  { { "/f", .body = RIGHT, .cuts = true, .cut = 10 } },
		  { "/f" },
		  ERR_NETWORK,
		  NULL,
		  3 },
		{ "always, unframed",
		  { { "/f", .body = RIGHT, .framing = FAULT_CLOSE, .cuts = true, .cut = 10 } },
		  { "/f" },
		  ERR_NETWORK,
		  "ended early",
		  3 },
		{ "announces too much",
		  { { "/f", .body = RIGHT, .framing = FAULT_CLAIM, .claim = SIZE, .cuts = true,
		      .cut = 999 } },
		  { "/f" },
		  ERR_NETWORK,
		  NULL,
		  3 },
	};

	PLAY(scenes);
}

Test(fetch, a_wrong_range_is_not_spliced_in)
{
	static const struct fetch_scene scenes[] = {
		{ "wrong start",
		  { { "/f", .body = RIGHT, .cuts = true, .cut = 500, .etag = "\"a\"" },
		    { "/f", .status = 206, .body = RIGHT, .framing = FAULT_CLOSE,
		      .headers = "Content-Range: bytes 400-999/1000\r\n" } },
		  { "/f" },
		  ERR_NETWORK,
		  "not asked for",
		  2 },
		{ "no range said",
		  { { "/f", .body = RIGHT, .cuts = true, .cut = 500, .etag = "\"a\"" },
		    { "/f", .status = 206, .body = RIGHT, .framing = FAULT_CLOSE } },
		  { "/f" },
		  ERR_NETWORK,
		  "not asked for",
		  2 },
		{ "right range, wrong bytes",
		  { { "/f", .body = RIGHT, .cuts = true, .cut = 500, .etag = "\"a\"" },
		    { "/f", .body = WRONG, .ranges = true, .etag = "\"a\"" } },
		  { "/f" },
		  ERR_VERIFY,
		  "found 1000 bytes",
		  2 },
		{ "416 starts again",
		  { { "/f", .body = RIGHT, .cuts = true, .cut = 500, .etag = "\"a\"" },
		    { "/f", .status = 416 },
		    { "/f", .body = RIGHT } },
		  .hits = 3 },
	};

	PLAY(scenes);
}
