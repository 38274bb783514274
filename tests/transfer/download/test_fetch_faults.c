/* SPDX-License-Identifier: Apache-2.0 */
/* A fault at every system call of a download into an empty store (F1, F3, F4 of the fault plan):
 * the process is killed there, or the call fails. Afterwards what is visible in the store is whole,
 * an error has left nothing behind, and the next run succeeds. */

#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "support/fixture_depot.h"
#include "support/fixture_faultd.h"
#include "support/fixture_files.h"
#include "support/fixture_nth.h"

#define FILES 2
#define POINTS_MAX 400

/* One download, told in plain data so that a child process can do it from the start. */
struct fetch_errand {
	const char *path;
	struct http_settings settings;
	struct want want[FILES];
};

static int run_errand(void *user)
{
	const struct fetch_errand *errand = user;
	struct want want[FILES];
	struct fetch_options options = { .settings = &errand->settings };
	struct error e = { 0 };
	struct arena a = { 0 };
	struct store s = STORE_INIT;

	memcpy(want, errand->want, sizeof(want));
	signal(SIGXFSZ, SIG_IGN);
	if (store_open(&a, errand->path, &s, &e))
		(void)!fetch_wants_with(&s, &options, want, FILES, &e);
	store_close(&s);
	arena_free(&a);
	return err_status(e.kind);
}

static const char *const touching[] = {
	/* calls that change the disk */
	"mkdir",    "mkdirat",	 "write",  "pwrite64", "fsync",	    "rename",
	"renameat", "renameat2", "fchmod", "fchmodat", "utimensat", NULL,
};
static const char *const looking[] = {
	/* calls that only look */
	"open", "openat", "pread64", "read", "flock", "faccessat", "faccessat2", "getdents64", NULL,
};
static void fetch_expect_blobs(struct depot *d, const char *name, unsigned at, bool halves_allowed)
{
	struct strings names = depot_blobs(d);

	for (size_t i = 0; i < names.n; i++) {
		struct digest digest, found;
		struct error e = { 0 };
		AUTO_FD fd = -1;

		if (str_starts(str_of(names.v[i]), STR(".tmp-"))) {
			cr_expect(halves_allowed, "%s at %u: %s is left", name, at, names.v[i]);
			continue;
		}
		cr_assert(digest_parse(str_of(names.v[i]), &digest), "%s", names.v[i]);
		fd = open(depot_blob_path(d, &digest), O_RDONLY | O_CLOEXEC);
		cr_expect(digest_fd(fd, "blob", &found, NULL, &e) && digest_eq(&digest, &found),
			  "%s at %u: a visible blob is whole", name, at);
	}
}

static void expect_next_run_succeeds(struct depot *d, const struct fetch_errand *errand,
				     const char *name, unsigned at)
{
	cr_expect_eq(run_errand((void *)errand), 0, "%s at %u: the next run", name, at);
	for (size_t i = 0; i < FILES; i++) {
		struct error e = { 0 };
		AUTO_STORE s = STORE_INIT;
		AUTO_FD fd = -1;

		cr_assert(store_open(&d->a, errand->path, &s, &e), "%s", e.cause);
		cr_expect_eq(store_open_blob(&s, &errand->want[i].sha256, errand->want[i].size, &fd,
					     &e),
			     1, "%s at %u: file %zu", name, at, i);
	}
}

/* Strikes at every point in turn, each time from an empty store. */
static void strike_everywhere(const char *name, const char *const *calls, int error)
{
	struct depot d;
	struct faultd server;
	struct fault_reply script[FILES];
	struct fetch_errand errand = { 0 };
	struct nth_result result = { .hit = true };
	unsigned at = 1;

	depot_open(&d);
	for (unsigned i = 0; i < FILES; i++) {
		struct str body = depot_noise(&d.a, 30000 + i, i);

		script[i] = (struct fault_reply){ .path = arena_printf(&d.a, "/%u", i),
						  .body = body };
		errand.want[i] = (struct want){
			.name = script[i].path,
			.size = body.n,
			.sha256 = digest_of(body),
		};
	}
	errand.settings = d.settings;
	errand.path = d.path;
	store_close(&d.store);
	for (; result.hit && at < POINTS_MAX; at++) {
		struct nth_fault fault = { calls, at, error };

		files_remove(d.path);
		faultd_start(&server, script, FILES);
		for (unsigned i = 0; i < FILES; i++) {
			errand.want[i].urls = (struct strings){ 0 };
			*list_push(&d.a, &errand.want[i].urls) = faultd_url(&d.a, &server,
									    script[i].path);
		}
		if (!nth_run(&fault, run_errand, &errand, &result))
			cr_skip_test("no seccomp user notification here");
		cr_expect_eq(result.killed, result.hit && !error, "%s at %u", name, at);
		if (error && result.hit)
			cr_expect(result.status == 0 || result.status == err_status(ERR_SYSTEM),
				  "%s at %u (%s): status %d", name, at, result.call, result.status);
		if (access(arena_printf(&d.a, "%s/blobs/sha256", d.path), F_OK) == 0)
			fetch_expect_blobs(&d, name, at, result.killed);
		expect_next_run_succeeds(&d, &errand, name, at);
		faultd_stop(&server);
	}
	cr_expect(at > 3, "%s: only %u points", name, at);
	cr_expect(!result.hit, "%s: more than %u points", name, at);
	depot_close(&d);
}

Test(fetch_faults, killed_at_any_change_of_the_disk, .timeout = 120)
{
	strike_everywhere("kill", touching, 0);
}

Test(fetch_faults, no_space_at_any_change_of_the_disk, .timeout = 120)
{
	strike_everywhere("ENOSPC", touching, ENOSPC);
}

Test(fetch_faults, input_output_error_at_any_change_of_the_disk, .timeout = 120)
{
	strike_everywhere("EIO", touching, EIO);
}

Test(fetch_faults, input_output_error_at_any_look, .timeout = 120)
{
	strike_everywhere("EIO", looking, EIO);
}

Test(fetch_faults, no_descriptors_at_any_look, .timeout = 120)
{
	strike_everywhere("EMFILE", looking, EMFILE);
}
