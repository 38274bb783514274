/* SPDX-License-Identifier: Apache-2.0 */
/* Networks that are not there, archives that have moved on (F12, F16 of the fault plan), and the
 * verbs that lock, on a small archive of the test's own. */

#include <criterion/criterion.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/path.h"
#include "support/fixture_files.h"
#include "support/fixture_minirepo.h"
#include "support/fixture_sandbox.h"
#include "support/fixture_snapshot.h"

#define CONNECT_S 10 /* the program waits so long, and tries no more than twice */

static bool network_text_has(struct str text, const char *part)
{
	return strstr(text.p, part) != NULL;
}

/* A port of 127.0.0.1 that swallows connections: its queue is full. The sockets are left open. */
static unsigned swallowing_port(void)
{
	struct sockaddr_in at = { .sin_family = AF_INET, .sin_addr = { htonl(INADDR_LOOPBACK) } };
	socklen_t size = sizeof(at);
	int listener = socket(AF_INET, SOCK_STREAM, 0);

	cr_assert_eq(bind(listener, (struct sockaddr *)&at, size), 0);
	cr_assert_eq(listen(listener, 0), 0);
	cr_assert_eq(getsockname(listener, (struct sockaddr *)&at, &size), 0);
	for (int i = 0; i < 4; i++) {
		int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);

		(void)!connect(fd, (struct sockaddr *)&at, sizeof(at));
	}
	return ntohs(at.sin_port);
}

Test(network, F12_without_a_network_only_a_full_store_serves, .timeout = 600)
{
	static const char *const alone[] = { "unshare", "--net", "--map-root-user", NULL };
	AUTO_ARENA a = { 0 };
	struct minirepo m;
	const struct {
		const char *mirror, *proxy;
	} cases[] = {
		{ "http://mirror.invalid/debian", NULL },
		{ "http://[2001:db8::1]/debian", NULL },
		{ "http://127.0.0.1:9/debian", "http://[::1" },
		{ NULL, NULL }, /* silence */
	};

	minirepo_open(&m, &a);
	cr_assert_eq(minirepo_build(&m).status, 0);
	files_remove(m.out);
	cr_expect_eq(MINIREPO_RUN(&m, "--frozen", m.recipe, "-o", m.out).status, 0);
	files_remove(m.out);
	files_remove(m.store);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		time_t began = time(NULL);
		bool isolated = cases[i].mirror && !cases[i].proxy;
		struct strings argv = { 0 };
		struct oracle_run r;

		setenv("IMGBUILD_MIRROR",
		       cases[i].mirror
			       ? cases[i].mirror
			       : arena_printf(&a, "http://127.0.0.1:%u/debian", swallowing_port()),
		       1);
		if (cases[i].proxy) {
			setenv("http_proxy", cases[i].proxy, 1);
			unsetenv("no_proxy");
		}
		for (size_t k = 0; isolated && alone[k]; k++)
			*list_push(&a, &argv) = alone[k];
		*list_push(&a, &argv) = minirepo_program;
		*list_push(&a, &argv) = m.recipe;
		*list_push(&a, &argv) = "-o";
		*list_push(&a, &argv) = m.out;
		*list_push(&a, &argv) = NULL;
		r = oracle_run(&a, argv.v);
		cr_expect_eq(r.status, 4, "case %zu: %d %s", i, r.status, r.err.p);
		cr_expect(network_text_has(r.err, "imgbuild: error: ") &&
				  network_text_has(r.err, "app 1.0-1"),
			  "case %zu: %s", i, r.err.p);
		cr_expect_lt(time(NULL) - began, 3 * CONNECT_S, "case %zu", i);
		cr_expect_eq(access(m.out, F_OK), -1);
	}
	minirepo_close(&m);
}

Test(network, F16_a_store_on_a_read_only_disk_is_built_from, .timeout = 600)
{
	AUTO_ARENA a = { 0 };
	struct minirepo m;
	struct oracle_run r;
	const char *image, *store;

	if (!sandbox_enter())
		cr_skip_test("no mount namespaces here");
	minirepo_open(&m, &a);
	cr_assert_eq(minirepo_build(&m).status, 0);
	image = minirepo_digest(&a, m.out);
	files_remove(m.out);
	store = minirepo_digest(&a, m.store);
	sandbox_readonly(m.store);
	r = MINIREPO_RUN(&m, "--frozen", m.recipe, "-o", m.out);
	cr_expect_eq(r.status, 0, "%s", r.err.p);
	cr_expect_str_eq(minirepo_digest(&a, m.out), image);
	cr_expect_str_eq(minirepo_digest(&a, m.store), store);
	cr_expect_eq(MINIREPO_RUN(&m, "store", "verify").status, 0);
	r = MINIREPO_RUN(&m, "gc");
	cr_expect_eq(r.status, 6);
	cr_expect(network_text_has(r.err, "the store is read-only"), "%s", r.err.p);
	sandbox_unmount(m.store);
	minirepo_close(&m);
}

/* The archive as it is after libapp1 got an update and its old file went; `lost`: and the new one
 * has not come. */
static void move_on(struct minirepo *m, bool lost)
{
	minirepo_forget(m);
	minirepo_package(m, &(struct minirepo_package){ "app", "1.0-1", "libapp1 (>= 1.0), libcap",
							false, NULL, NULL });
	minirepo_package(m,
			 &(struct minirepo_package){ "libapp1", "1.0-2", NULL, lost, NULL, NULL });
	minirepo_package(m,
			 &(struct minirepo_package){ "libcap", "2.0-1", NULL, false, NULL, NULL });
	minirepo_publish(m, 3);
}

Test(network, an_entry_that_vanished_is_replaced_loudly_unless_locked, .timeout = 600)
{
	AUTO_ARENA a = { 0 };
	struct minirepo m;
	struct oracle_run r;
	const char *lock;

	minirepo_open(&m, &a);
	cr_assert_eq(MINIREPO_RUN(&m, "lock", m.recipe).status, 0);
	lock = files_get(&a, m.lock);
	files_remove(m.store);
	move_on(&m, false);
	r = MINIREPO_RUN(&m, "--locked", m.recipe, "-o", m.out);
	cr_expect_eq(r.status, 4, "%d %s", r.status, r.err.p);
	cr_expect(network_text_has(r.err,
				   "libapp1 1.0-1 (amd64): no mirror that answers has it any more"),
		  "%s", r.err.p);
	cr_expect(network_text_has(r.err, "imgbuild update"), "%s", r.err.p);
	cr_expect_eq(MINIREPO_RUN(&m, "--locked", "fetch", m.recipe).status, 4);
	cr_expect_str_eq(files_get(&a, m.lock), lock, "--locked changes nothing");
	r = MINIREPO_RUN(&m, m.recipe, "-o", m.out);
	cr_expect_eq(r.status, 0, "%s", r.err.p);
	cr_expect(network_text_has(r.err,
				   "no mirror that answers has libapp1 1.0-1 (amd64) any more"),
		  "%s", r.err.p);
	cr_expect(network_text_has(r.err, "package libapp1 was 1.0-1, is now 1.0-2"), "%s",
		  r.err.p);
	cr_expect(strstr(files_get(&a, m.lock), "libapp1_1.0-2_amd64.deb"));
	minirepo_close(&m);
}

#define ALONE                                                                            \
	"{ \"name\": \"mini\", \"archive\": \"mini\",\n"                                 \
	"  \"components\": [ { \"name\": \"app\", \"providers\": [ { \"packages\":"      \
	" [\"libapp1\"] } ] } ],\n"                                                      \
	"  \"libraries\": [ \"libcap\" ],\n"                                             \
	"  \"config\": { \"user\": \"1000:0\", \"env\": { \"PATH\": \"/usr/bin\" } },\n" \
	"  \"audit\": { \"policy\": \"report-only\" } }\n"

static bool store_has_package(struct minirepo *m, const char *name)
{
	struct digest d;
	struct strings blobs = files_below(m->a, arena_printf(m->a, "%s/blobs", m->store), "");
	const char *at = strstr(files_get(m->a, m->lock), arena_printf(m->a, "/%s_", name));

	at = at ? strstr(at, "\"sha256\": \"") : NULL;
	cr_assert(at && digest_parse((struct str){ at + 11, 64 }, &d), "%s", name);
	list_each(blob, &blobs) {
		if (strcmp(path_base(*blob), digest_hex_dup(m->a, &d)) == 0)
			return true;
	}
	return false;
}

/* app depends on libcap, of which nothing is known until it is opened. */
Test(network, what_a_build_opened_is_noted, .timeout = 600)
{
	AUTO_ARENA a = { 0 };
	struct minirepo m;
	const char *lock;

	minirepo_open(&m, &a);
	cr_assert_eq(minirepo_build(&m).status, 0);
	lock = files_get(&a, m.lock);
	cr_expect(strstr(lock, "\"libraries\": [],\n      \"opened-by\": [\"latest\"],"), "%s",
		  lock);
	files_remove(m.store);
	files_remove(m.out);
	cr_assert_eq(minirepo_build(&m).status, 0);
	cr_expect_str_eq(files_get(&a, m.lock), lock);
	cr_expect(store_has_package(&m, "libcap"));
	minirepo_close(&m);
}

/* What comes behind a part of a text; NULL: it is not there. */
static const char *text_behind(const char *text, const char *part)
{
	const char *at = text ? strstr(text, part) : NULL;

	return at ? at + strlen(part) : NULL;
}

/* libcap is a candidate that nothing asks for. A lock that says otherwise is believed as far as
 * nobody waits for it, and put right. */
Test(network, what_was_opened_is_fetched_before_anything_asks, .timeout = 600)
{
	static const char note[] = "\n      \"opened-by\": [\"latest\"],";
	AUTO_ARENA a = { 0 };
	struct minirepo m;
	struct oracle_run r;
	const char *lock, *noted, *at;

	minirepo_open(&m, &a);
	files_put(m.recipe, ALONE);
	cr_assert_eq(minirepo_build(&m).status, 0);
	lock = files_get(&a, m.lock);
	at = text_behind(text_behind(lock, "/libcap_"), "\"libraries\": [],");
	cr_assert(at && !strstr(lock, "opened-by"), "%s", lock);
	noted = arena_printf(&a, "%.*s%s%s", (int)(at - lock), lock, note, at);
	files_remove(m.store);
	files_remove(m.out);
	cr_assert_eq(minirepo_build(&m).status, 0);
	cr_expect(store_has_package(&m, "libapp1") && !store_has_package(&m, "libcap"));
	files_put(m.lock, noted);
	files_remove(m.store);
	files_remove(m.out);
	r = MINIREPO_RUN(&m, "--locked", m.recipe, "-o", m.out);
	cr_expect_eq(r.status, 0, "%s", r.err.p);
	cr_expect(store_has_package(&m, "libcap"));
	cr_expect_str_eq(files_get(&a, m.lock), noted, "--locked changes nothing");
	files_remove(m.out);
	r = minirepo_build(&m);
	cr_expect_eq(r.status, 0, "%s", r.err.p);
	cr_expect_str_eq(files_get(&a, m.lock), lock);
	files_put(m.lock, noted);
	files_remove(m.store);
	files_remove(m.out);
	minirepo_forget(&m);
	minirepo_package(&m,
			 &(struct minirepo_package){ "libapp1", "1.0-1", NULL, false, NULL, NULL });
	minirepo_publish(&m, 3);
	r = MINIREPO_RUN(&m, "--locked", m.recipe, "-o", m.out);
	cr_expect_eq(r.status, 0, "%s", r.err.p);
	cr_expect_not(store_has_package(&m, "libcap"));
	minirepo_close(&m);
}

Test(network, what_the_index_names_and_nobody_has_is_an_error_of_the_network, .timeout = 600)
{
	AUTO_ARENA a = { 0 };
	struct minirepo m;
	struct oracle_run r;

	minirepo_open(&m, &a);
	cr_assert_eq(MINIREPO_RUN(&m, "lock", m.recipe).status, 0);
	files_remove(m.store);
	move_on(&m, true);
	r = MINIREPO_RUN(&m, m.recipe, "-o", m.out);
	cr_expect_eq(r.status, 4, "%d %s", r.status, r.err.p);
	cr_expect(network_text_has(r.err,
				   "libapp1 1.0-2 (amd64): no mirror that answers has it any more"),
		  "%s", r.err.p);
	cr_expect_eq(access(m.out, F_OK), -1);
	minirepo_close(&m);
}

Test(network, lock_check_and_update_tell_what_is_newer, .timeout = 600)
{
	AUTO_ARENA a = { 0 };
	struct minirepo m;
	struct oracle_run r;
	const char *lock;

	minirepo_open(&m, &a);
	cr_assert_eq(MINIREPO_RUN(&m, "lock", m.recipe).status, 0);
	lock = files_get(&a, m.lock);
	cr_expect_eq(MINIREPO_RUN(&m, "lock", "--check", m.recipe).status, 0);
	move_on(&m, false);
	r = MINIREPO_RUN(&m, "lock", "--check", m.recipe);
	cr_expect_eq(r.status, 1, "%d %s", r.status, r.err.p);
	cr_expect(network_text_has(r.out, "would change"), "%s", r.out.p);
	cr_expect_str_eq(files_get(&a, m.lock), lock);
	r = MINIREPO_RUN(&m, "update", m.recipe, "libap1");
	cr_expect_eq(r.status, 2);
	cr_expect(network_text_has(r.err, "did you mean \"libapp1\"?"), "%s", r.err.p);
	r = MINIREPO_RUN(&m, "update", m.recipe, "libapp1");
	cr_expect_eq(r.status, 0, "%s", r.err.p);
	cr_expect(network_text_has(r.out,
				   "kind        name     old    new          size  suite\n"
				   "package     libapp1  1.0-1  1.0-2      0.7 kB  trixie\n"),
		  "%s", r.out.p);
	cr_expect_eq(MINIREPO_RUN(&m, "lock", "--check", m.recipe).status, 0);
	minirepo_close(&m);
}

/* Replaces the first `from` of the lock by `to`. */
static void tamper_lock(struct minirepo *m, const char *text, const char *from, const char *to)
{
	const char *at = strstr(text, from);

	cr_assert(at, "%s is not in the lock", from);
	files_put(m->lock,
		  arena_printf(m->a, "%.*s%s%s", (int)(at - text), text, to, at + strlen(from)));
}

/* What is written in a lock can be checked again offline, also when the archive has moved on. */
Test(network, lock_verify_goes_through_the_chain_again_without_a_network, .timeout = 600)
{
	static const struct {
		const char *from, *to, *says;
		int status;
	} cases[] = {
		{ "\"sha256\": \"", "\"sha256\": \"00", "", 3 },
		{ "\"version\": \"2.0-1\"", "\"version\": \"2.0-2\"",
		  "libcap package: the lock has 2.0-2", 5 },
		{ "libcap_2.0-1_amd64", "libcap_2.0-0_amd64",
		  "libcap file: the lock has pool/main/libcap_2.0-0", 5 },
		{ "\"depends\": \"libapp1", "\"depends\": \"libevil", "app depends", 5 },
		{ " UTC\"", " GMT\"", "trixie date", 5 },
		{ "\"inrelease\": \"", "\"inrelease\": \"0123456789abcdef", "", 3 },
	};
	AUTO_ARENA a = { 0 };
	struct minirepo m;
	struct oracle_run r;
	const char *lock;

	minirepo_open(&m, &a);
	cr_assert_eq(MINIREPO_RUN(&m, "lock", m.recipe).status, 0);
	lock = files_get(&a, m.lock);
	move_on(&m, false);
	cr_assert_eq(MINIREPO_RUN(&m, "lock", "--check", m.recipe).status, 1);
	faultd_stop(&m.archive.server);
	m.archive.running = false;
	r = MINIREPO_RUN(&m, "lock", "--verify", m.recipe);
	cr_expect_eq(r.status, 0, "%s", r.err.p);
	cr_expect(network_text_has(r.out, "3 packages and 0 Debian sources"), "%s", r.out.p);
	cr_expect(network_text_has(r.out, m.archive.key.fingerprint), "%s", r.out.p);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		tamper_lock(&m, lock, cases[i].from, cases[i].to);
		r = MINIREPO_RUN(&m, "lock", "--verify", m.recipe);
		cr_expect_eq(r.status, cases[i].status, "case %zu: %d %s", i, r.status, r.err.p);
		cr_expect(network_text_has(r.err, cases[i].says), "case %zu: %s", i, r.err.p);
	}
	tamper_lock(&m, lock, m.archive.key.fingerprint,
		    "0123456789ABCDEF0123456789ABCDEF01234567");
	r = MINIREPO_RUN(&m, "lock", "--verify", m.recipe);
	cr_expect(r.status == 5 && network_text_has(r.err, "trixie signers"), "%d %s", r.status,
		  r.err.p);
	files_put(m.lock, lock);
	files_remove(arena_printf(&a, "%s/blobs", m.store));
	r = MINIREPO_RUN(&m, "lock", "--verify", m.recipe);
	cr_expect(r.status == 4 && network_text_has(r.err, "not in the store"), "%d %s", r.status,
		  r.err.p);
	cr_expect_eq(MINIREPO_RUN(&m, "update", "--verify", m.recipe).status, 2);
	minirepo_close(&m);
}

/* Every file has snapshot.debian.org at the date of its suite as its second source. */
Test(network, the_snapshot_has_what_the_mirrors_lost, .timeout = 600)
{
	AUTO_ARENA a = { 0 };
	struct minirepo m;
	struct snapshot s;
	struct oracle_run r;

	oracle_need("openssl");
	minirepo_open(&m, &a);
	cr_assert_eq(MINIREPO_RUN(&m, "lock", m.recipe).status, 0);
	files_remove(m.store);
	snapshot_open(&s, &a, m.lock);
	snapshot_take(&s, &m.archive, "pool/main/libapp1_1.0-1_amd64.deb");
	move_on(&m, false);
	r = MINIREPO_RUN(&m, "--locked", m.recipe, "-o", m.out);
	cr_expect_eq(r.status, 0, "%s", r.err.p);
	snapshot_close(&s);
	minirepo_close(&m);
}
