/* SPDX-License-Identifier: Apache-2.0 */
/* Many files at once: what is asked once, what is not asked at all, and how much at a time. */

#include <criterion/criterion.h>
#include <errno.h>
#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>

#include "support/fixture_depot.h"
#include "support/fixture_faultd.h"
#include "support/fixture_files.h"

#define MANY 24
#define SIZE 4000
#define LARGE (4u << 20)

struct crowd {
	struct depot d;
	struct faultd server;
	struct fault_reply script[MANY];
	struct want want[MANY];
};

static void crowd_gather(struct crowd *c, unsigned delay_ms)
{
	memset(c->want, 0, sizeof(c->want));
	depot_open(&c->d);
	for (unsigned i = 0; i < MANY; i++) {
		struct str body = depot_noise(&c->d.a, SIZE, i);

		c->script[i] = (struct fault_reply){
			.path = arena_printf(&c->d.a, "/%u", i),
			.body = body,
			.delay_ms = delay_ms,
		};
		c->want[i].name = c->script[i].path;
		c->want[i].size = SIZE;
		c->want[i].sha256 = digest_of(body);
	}
	faultd_start(&c->server, c->script, MANY);
	for (unsigned i = 0; i < MANY; i++)
		*list_push(&c->d.a, &c->want[i].urls) = faultd_url(&c->d.a, &c->server,
								   c->script[i].path);
}

static void crowd_disperse(struct crowd *c)
{
	faultd_stop(&c->server);
	depot_close(&c->d);
}

Test(fetch, several_files_travel_at_once_and_no_more_than_the_limit_of_a_host)
{
	struct crowd c;
	enum err_kind kind;
	const char *text;

	crowd_gather(&c, 20);
	c.d.settings.per_host = 3;
	cr_expect(depot_fetch(&c.d, c.want, MANY, &kind, &text), "%s", text);
	cr_expect_eq(depot_blobs(&c.d).n, MANY);
	cr_expect(faultd_most(&c.server) > 1, "they did not overlap");
	/* a server thread may outlive its request by a moment: the client has the reply already */
	cr_expect(faultd_most(&c.server) <= 2 * 3, "%u at once", faultd_most(&c.server));
	crowd_disperse(&c);
}

/* The server holds each reply back for a while: three at once would be seen. */
Test(fetch, large_files_of_a_server_travel_one_after_another)
{
	struct crowd c;
	enum err_kind kind;
	const char *text;

	crowd_gather(&c, 100);
	for (unsigned i = 0; i < 3; i++) {
		c.script[i].body = depot_noise(&c.d.a, LARGE, i);
		c.want[i].size = LARGE;
		c.want[i].sha256 = digest_of(c.script[i].body);
	}
	faultd_stop(&c.server);
	faultd_start(&c.server, c.script, MANY);
	for (unsigned i = 0; i < 3; i++)
		c.want[i].urls.v[0] = faultd_url(&c.d.a, &c.server, c.script[i].path);
	cr_expect(depot_fetch(&c.d, c.want, 3, &kind, &text), "%s", text);
	cr_expect_eq(depot_blobs(&c.d).n, 3);
	/* a server thread may outlive its request by a moment */
	cr_expect(faultd_most(&c.server) < 3, "%u at once", faultd_most(&c.server));
	crowd_disperse(&c);
}

/* How often the server had been asked for small files when the large one had come. */
struct large_came {
	struct crowd *crowd;
	size_t small;
};

static void note_large_came(void *ctx)
{
	struct large_came *l = ctx;

	l->small = faultd_hits(&l->crowd->server, NULL) -
		   faultd_hits(&l->crowd->server, l->crowd->script[0].path);
}

static size_t small_before_large(struct crowd *c)
{
	struct large_came came = { .crowd = c };
	enum err_kind kind;
	const char *text;

	faultd_stop(&c->server);
	c->script[0].body = depot_noise(&c->d.a, LARGE, 0);
	c->want[0].size = LARGE;
	c->want[0].sha256 = digest_of(c->script[0].body);
	c->want[0].arrived = note_large_came;
	c->want[0].ctx = &came;
	faultd_start(&c->server, c->script, MANY);
	for (unsigned i = 0; i < MANY; i++)
		c->want[i].urls.v[0] = faultd_url(&c->d.a, &c->server, c->script[i].path);
	cr_expect(depot_fetch(&c->d, c->want, MANY, &kind, &text), "%s", text);
	cr_expect_eq(depot_blobs(&c->d).n, MANY);
	return came.small;
}

Test(fetch, nothing_is_begun_beside_a_large_file_that_comes_quickly)
{
	struct crowd c;

	crowd_gather(&c, 0);
	c.d.settings.alone_ms = 600000;
	cr_expect_eq(small_before_large(&c), 0);
	crowd_disperse(&c);
}

Test(fetch, a_large_file_that_comes_slowly_holds_nothing_up)
{
	struct crowd c;

	crowd_gather(&c, 0);
	c.script[0].delay_ms = 400;
	c.d.settings.alone_rate = UINT32_MAX;
	cr_expect(small_before_large(&c) > 0);
	crowd_disperse(&c);
}

/* Files in the order of their arrival. */
struct arrivals {
	const struct want *v[MANY];
	size_t n;
};

struct one_arrival {
	struct arrivals *all;
	const struct want *want;
};

static void note_arrival(void *ctx)
{
	const struct one_arrival *one = ctx;

	one->all->v[one->all->n++] = one->want;
}

Test(fetch, what_comes_first_comes_before_what_is_larger)
{
	struct crowd c;
	struct arrivals all = { .n = 0 };
	struct one_arrival one[MANY];
	enum err_kind kind;
	const char *text;

	crowd_gather(&c, 0);
	c.d.settings.per_host = 1;
	c.want[0].size = SIZE + 1;
	c.script[0].body = depot_noise(&c.d.a, SIZE + 1, 0);
	c.want[0].sha256 = digest_of(c.script[0].body);
	c.want[MANY - 1].first = true;
	for (unsigned i = 0; i < MANY; i++) {
		one[i] = (struct one_arrival){ &all, &c.want[i] };
		c.want[i].arrived = note_arrival;
		c.want[i].ctx = &one[i];
	}
	cr_expect(depot_fetch(&c.d, c.want, MANY, &kind, &text), "%s", text);
	cr_assert_eq(all.n, MANY);
	cr_expect_eq(all.v[0], &c.want[MANY - 1]);
	cr_expect_eq(all.v[1], &c.want[0]);
	cr_expect_eq(all.v[2], &c.want[1]);
	crowd_disperse(&c);
}

Test(fetch, what_is_there_is_not_asked_for_again)
{
	struct crowd c;
	enum err_kind kind;
	const char *text;

	crowd_gather(&c, 0);
	cr_expect(depot_fetch(&c.d, c.want, MANY / 2, &kind, &text), "%s", text);
	cr_expect_eq(faultd_hits(&c.server, NULL), MANY / 2);
	cr_expect(depot_fetch(&c.d, c.want, MANY, &kind, &text), "%s", text);
	cr_expect_eq(faultd_hits(&c.server, NULL), MANY);
	crowd_disperse(&c);
}

Test(fetch, F13_a_damaged_file_in_the_store_is_fetched_again)
{
	struct crowd c;
	enum err_kind kind;
	const char *text, *path;
	AUTO_FD fd = -1;
	struct error e = { 0 };

	crowd_gather(&c, 0);
	cr_expect(depot_fetch(&c.d, c.want, 1, &kind, &text), "%s", text);
	path = depot_blob_path(&c.d, &c.want[0].sha256);
	cr_assert(unlink(path) == 0);
	files_put(path, "not these bytes");
	cr_expect(depot_fetch(&c.d, c.want, 1, &kind, &text), "%s", text);
	cr_expect_eq(faultd_hits(&c.server, NULL), 2);
	cr_expect_eq(store_open_blob(&c.d.store, &c.want[0].sha256, SIZE, &fd, &e), 1);
	crowd_disperse(&c);
}

Test(fetch, equal_digests_are_one_download_from_any_of_their_urls)
{
	struct crowd c;
	struct want twice[2];
	enum err_kind kind;
	const char *text;

	crowd_gather(&c, 0);
	twice[0] = c.want[0];
	twice[0].urls = (struct strings){ 0 };
	*list_push(&c.d.a, &twice[0].urls) = faultd_url(&c.d.a, &c.server, "/gone");
	twice[1] = c.want[0];
	cr_expect(depot_fetch(&c.d, twice, 2, &kind, &text), "%s", text);
	cr_expect_eq(faultd_hits(&c.server, "/0"), 1);
	twice[1].size++;
	cr_expect(!depot_fetch(&c.d, twice, 2, &kind, &text));
	cr_expect_eq(kind, ERR_INPUT, "%s", text);
	crowd_disperse(&c);
}

Test(fetch, the_first_failure_in_order_is_told_with_the_number_of_failures)
{
	struct crowd c;
	enum err_kind kind;
	const char *text;

	crowd_gather(&c, 0);
	for (unsigned i = 5; i < 8; i++)
		c.script[i].status = 404;
	cr_expect(!depot_fetch(&c.d, c.want, MANY, &kind, &text));
	cr_expect_eq(kind, ERR_NETWORK);
	cr_expect(strstr(text, "3 of 24 files cannot be fetched; the first: /5: "), "%s", text);
	cr_expect_eq(depot_blobs(&c.d).n, MANY - 3, "the others have arrived");
	crowd_disperse(&c);
}

Test(fetch, optional_files_may_be_missing_but_not_wrong)
{
	struct crowd c;
	enum err_kind kind;
	const char *text;

	crowd_gather(&c, 0);
	c.script[1].status = 404;
	c.script[2].body = STR("something else");
	c.want[0].optional = c.want[1].optional = c.want[2].optional = true;
	cr_expect(depot_fetch(&c.d, c.want, 2, &kind, &text), "%s", text);
	cr_expect(!c.want[0].missing && c.want[1].missing);
	cr_expect(!depot_fetch(&c.d, &c.want[2], 1, &kind, &text));
	cr_expect_eq(kind, ERR_VERIFY, "%s", text);
	crowd_disperse(&c);
}

Test(fetch, a_dead_mirror_is_not_asked_for_every_file)
{
	struct crowd c;
	enum err_kind kind;
	const char *text;

	crowd_gather(&c, 0);
	c.d.settings.tries = 1;
	for (unsigned i = 0; i < MANY; i++) {
		struct strings urls = { 0 };

		/* port 1 of this machine: refused */
		*list_push(&c.d.a, &urls) = "http://127.0.0.1:1/x";
		*list_push(&c.d.a, &urls) = c.want[i].urls.v[0];
		c.want[i].urls = urls;
	}
	cr_expect(depot_fetch(&c.d, c.want, MANY, &kind, &text), "%s", text);
	cr_expect_eq(faultd_hits(&c.server, NULL), MANY);
	for (unsigned i = 0; i < MANY; i++)
		c.want[i].urls.n = 1;
	files_remove(arena_printf(&c.d.a, "%s/blobs/sha256", c.d.path));
	store_close(&c.d.store);
	cr_assert(store_open(&c.d.a, c.d.path, &c.d.store, &(struct error){ 0 }));
	cr_expect(!depot_fetch(&c.d, c.want, MANY, &kind, &text));
	cr_expect_eq(kind, ERR_NETWORK);
	cr_expect(strstr(text, "24 of 24 files"), "%s", text);
	cr_expect(strstr(text, "127.0.0.1:1/x"), "%s", text);
	crowd_disperse(&c);
}

Test(fetch, offline_names_what_is_missing_and_asks_nobody)
{
	struct crowd c;
	struct fetch_options options = { .offline = true };
	struct error e = { 0 };

	crowd_gather(&c, 0);
	options.settings = &c.d.settings;
	cr_expect(!fetch_wants_with(&c.d.store, &options, c.want, MANY, &e));
	cr_expect_eq(e.kind, ERR_NETWORK);
	cr_expect(strstr(e.cause, "/0, /1, /2"), "%s", e.cause);
	cr_expect(strstr(e.cause, "and 16 more"), "%s", e.cause);
	cr_expect_eq(faultd_hits(&c.server, NULL), 0);
	e = (struct error){ 0 };
	options.offline = false;
	cr_expect(fetch_wants_with(&c.d.store, &options, c.want, MANY, &e), "%s", e.cause);
	options.offline = true;
	cr_expect(fetch_wants_with(&c.d.store, &options, c.want, MANY, &e),
		  "a full store needs no network");
	crowd_disperse(&c);
}

Test(fetch, offline_marks_optional_files_as_missing)
{
	struct crowd c;
	struct fetch_options options = { .offline = true };
	struct error e = { 0 };

	crowd_gather(&c, 0);
	options.settings = &c.d.settings;
	c.want[0].optional = true;
	cr_expect(fetch_wants_with(&c.d.store, &options, c.want, 1, &e), "%s", e.cause);
	cr_expect(c.want[0].missing);
	crowd_disperse(&c);
}

Test(fetch, a_file_that_no_url_is_known_for_is_named)
{
	struct crowd c;
	enum err_kind kind;
	const char *text;

	crowd_gather(&c, 0);
	c.want[0].urls.n = 0;
	cr_expect(!depot_fetch(&c.d, c.want, MANY, &kind, &text));
	cr_expect_eq(kind, ERR_NETWORK);
	cr_expect_str_eq(
		text,
		"/0: no server is known that has it; name a mirror of its archive with --mirror NAME=URL");
	cr_expect_eq(depot_blobs(&c.d).n, MANY - 1, "the others have arrived");
	crowd_disperse(&c);
}

Test(fetch, a_disk_that_takes_no_more_ends_everything_and_names_file_and_store)
{
	struct crowd c;
	enum err_kind kind;
	const char *text;
	struct rlimit limit;

	crowd_gather(&c, 0);
	cr_assert_eq(getrlimit(RLIMIT_FSIZE, &limit), 0);
	limit.rlim_cur = SIZE / 2;
	signal(SIGXFSZ, SIG_IGN);
	cr_assert_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
	cr_expect(!depot_fetch(&c.d, c.want, MANY, &kind, &text));
	limit.rlim_cur = limit.rlim_max;
	cr_assert_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
	cr_expect_eq(kind, ERR_SYSTEM);
	cr_expect(strstr(text, "to the store") && strstr(text, c.d.path), "%s", text);
	cr_expect(strstr(text, strerror(EFBIG)), "%s", text);
	cr_expect_eq(depot_blobs(&c.d).n, 0, "no halves");
	crowd_disperse(&c);
}

struct fetch_counter {
	struct progress base;
	unsigned begins, ends, advances;
	uint64_t last, total;
};

static void count_begin(struct progress *p, const char *id, const char *text)
{
	(void)id, (void)text;
	((struct fetch_counter *)p)->begins++;
}

static void count_end(struct progress *p, const char *id, const char *text, bool cached)
{
	(void)id, (void)text, (void)cached;
	((struct fetch_counter *)p)->ends++;
}

static void count_advance(struct progress *p, const char *id, uint64_t current, uint64_t total)
{
	struct fetch_counter *c = (struct fetch_counter *)p;

	(void)id;
	cr_expect(current >= c->last, "progress goes forward");
	c->last = current;
	c->total = total;
	c->advances++;
}

static void crowd_ignore_warning(struct progress *p, const char *text)
{
	(void)p, (void)text;
}

Test(fetch, progress_ends_at_the_sum_of_all_bytes)
{
	struct crowd c;
	struct fetch_counter counter = {
		.base = { NULL, count_begin, count_end, count_advance, crowd_ignore_warning,
			  crowd_ignore_warning },
	};
	struct fetch_options options = { .progress = &counter.base };
	struct error e = { 0 };

	crowd_gather(&c, 5);
	options.settings = &c.d.settings;
	cr_expect(fetch_wants_with(&c.d.store, &options, c.want, MANY, &e), "%s", e.cause);
	cr_expect_eq(counter.begins, 1);
	cr_expect_eq(counter.ends, 1);
	cr_expect(counter.advances >= 1);
	cr_expect_eq(counter.last, MANY * SIZE);
	cr_expect_eq(counter.total, MANY * SIZE);
	crowd_disperse(&c);
}
