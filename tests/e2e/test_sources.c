/* SPDX-License-Identifier: Apache-2.0 */
/* Compiling a real Debian source package: what comes out, through which launcher, and what is said when
 * it fails. */

#include <criterion/criterion.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "e2e/image.h"
#include "e2e/repo.h"
#include "e2e/web.h"
#include "fetch/store.h"
#include "support/files.h"

Test(sources, a_native_source_becomes_a_program_that_scanners_know, .timeout = 600)
{
	AUTO_ARENA a = { 0 };
	struct repo r;
	const char *root, *control;

	repo_open(&r, &a);
	repo_source(&r, "");
	repo_digest(&r);
	root = image_unpack(&a, r.dir, arena_printf(&a, "%s/out/tiny", r.dir), "tiny");
	control = files_get(&a, arena_printf(&a, "%s/var/lib/dpkg/status.d/hostname", root));
	cr_expect(strstr(control, "Package: hostname\nSource: hostname (") && strstr(control, "+test1\n"), "%s",
		  control);
	cr_expect(strstr(ORACLE(&a, "readelf", "--notes", arena_printf(&a, "%s/usr/bin/hostname", root)).p,
			 "\"name\":\"hostname\""));
	cr_expect_eq(ORACLE(&a, "dpkg", "--compare-versions", "3.25+test1", "gt", "3.25").n, 0);
	repo_close(&r);
}

/* A server that ends with the test. */
static pid_t start(const char *const *argv, unsigned port)
{
	pid_t pid = fork();

	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		execvp(argv[0], (char *const *)argv);
		_exit(127);
	}
	for (unsigned i = 0; i < 100 && !web_is_open(port); i++)
		usleep(100000);
	cr_assert(web_is_open(port), "%s does not listen", argv[0]);
	return pid;
}

static void stop(pid_t pid)
{
	kill(pid, SIGTERM);
	waitpid(pid, NULL, 0);
}

/* The store's own memory of the compiler cache, so that only the remote one can answer. */
static void forget_cache(struct arena *a)
{
	AUTO_STORE s = STORE_INIT;
	struct error e = { 0 };

	cr_assert(store_open(a, NULL, &s, &e), "%s", e.cause);
	files_remove(arena_printf(a, "%s/ccache/tiny", s.path));
}

/* "keyspace_hits:2" */
static unsigned long hits(struct arena *a, const char *port)
{
	const char *text = ORACLE(a, "redis-cli", "-p", port, "info", "stats").p;
	const char *at = strstr(text, "keyspace_hits:");

	cr_assert(at, "%s", text);
	return strtoul(at + strlen("keyspace_hits:"), NULL, 10);
}

Test(sources, remote_storage_of_ccache_is_used_and_gives_the_same_bytes, .timeout = 600)
{
	AUTO_ARENA a = { 0 };
	unsigned number = web_free_port();
	const char *port = arena_printf(&a, "%u", number), *without, *first, *second;
	struct repo r;
	pid_t redis;

	oracle_need("redis-server");
	redis = start((const char *const[]){ "redis-server", "--port", port, "--bind", "127.0.0.1", "--save", "",
					     "--loglevel", "warning", NULL }, number);
	repo_open(&r, &a);
	repo_source(&r, "");
	without = repo_digest(&r);
	setenv("IMGBUILD_LAUNCHER", "ccache", 1);
	setenv("CCACHE_REMOTE_STORAGE", arena_printf(&a, "redis://127.0.0.1:%s", port), 1);
	repo_source(&r, "");
	first = repo_digest(&r);
	cr_expect_eq(hits(&a, port), 0);
	forget_cache(&a);
	repo_source(&r, "");
	second = repo_digest(&r);
	cr_expect_gt(hits(&a, port), 0, "the remote storage was not asked");
	cr_expect_str_eq(first, without);
	cr_expect_str_eq(second, without);
	stop(redis);
	repo_close(&r);
}

/* The newest toolchain that holds a distcc server: what the build before left. */
static const char *find_server_root(struct arena *a)
{
	AUTO_STORE s = STORE_INIT;
	struct error e = { 0 };
	struct strings found;

	cr_assert(store_open(a, NULL, &s, &e), "%s", e.cause);
	found = files_below(a, arena_printf(a, "%s/roots", s.path), "/usr/bin/distccd");
	for (size_t i = 0; i < found.n; i++) {
		const char *root = arena_strndup(a, found.v[i], strlen(found.v[i]) - strlen("/usr/bin/distccd"));

		if (access(arena_printf(a, "%s/usr/lib/distcc/x86_64-linux-gnu-gcc", root), F_OK) != 0)
			continue;
		return root;
	}
	cr_assert_fail("no toolchain with a distcc server");
	return NULL;
}

Test(sources, distcc_servers_compile_and_give_the_same_bytes, .timeout = 600)
{
	AUTO_ARENA a = { 0 };
	unsigned number = web_free_port();
	const char *port = arena_printf(&a, "%u", number), *log, *without, *alone, *with;
	struct repo r;
	pid_t server;

	repo_open(&r, &a);
	log = arena_printf(&a, "%s/log", r.dir);
	repo_source(&r, "");
	without = repo_digest(&r);
	setenv("IMGBUILD_LAUNCHER", "distcc", 1);
	setenv("DISTCC_HOSTS", arena_printf(&a, "127.0.0.1:%s/2", port), 1);
	repo_source(&r, "");
	alone = repo_digest(&r);	/* nobody answers: it compiles by itself */
	files_put(log, "");
	server = start((const char *const[]){
		"bwrap", "--unshare-user", "--uid", "1000", "--gid", "1000", "--unshare-pid", "--die-with-parent",
		"--ro-bind", find_server_root(&a), "/", "--proc", "/proc", "--dev", "/dev", "--tmpfs", "/tmp",
		"--bind", log, "/tmp/log", "--clearenv", "--setenv", "PATH", "/usr/sbin:/usr/bin", "--", "distccd",
		"--no-detach", "--daemon", "--port", port, "--listen", "127.0.0.1", "--allow", "127.0.0.1", "--jobs", "2",
		"--log-file", "/tmp/log", NULL }, number);
	repo_source(&r, "");
	with = repo_digest(&r);
	stop(server);
	cr_expect(strstr(files_get(&a, log), "COMPILE_OK"), "nothing was compiled there:\n%s", files_get(&a, log));
	cr_expect_str_eq(alone, without);
	cr_expect_str_eq(with, without);
	repo_close(&r);
}

static void fails(struct repo *r, int status, const char *const *texts)
{
	struct oracle_run b = repo_build(r);

	cr_expect_eq(b.status, status, "%s", b.err.p);
	for (; *texts; texts++)
		cr_expect(strstr(b.err.p, *texts), "no \"%s\" in:\n%s", *texts, b.err.p);
	cr_expect_neq(access(arena_printf(r->a, "%s/out/tiny", r->dir), F_OK), 0);
}
#define FAILS(r, status, ...) fails((r), (status), (const char *const[]){ __VA_ARGS__, NULL })

Test(sources, failures_name_the_patch_the_package_and_the_step, .timeout = 600)
{
	AUTO_ARENA a = { 0 };
	struct repo r;

	repo_open(&r, &a);
	files_put(arena_printf(&a, "%s/recipes/sources/no-such-line.patch", r.dir),
		  "--- a/hostname.c\n+++ b/hostname.c\n@@ -1,3 +1,3 @@\n no such line\n-to be removed\n+to be added\n the end\n");
	repo_source(&r, ", \"patches\": [\"no-such-line.patch\"]");
	FAILS(&r, 3, "step \"patch-no-such-line.patch\" failed", "-to be removed", "+to be added",
	      "the whole log is in ");
	repo_source(&r, ", \"build-depends\": [\"libno-such-dev\"]");
	ORACLE(&a, "rm", arena_printf(&a, "%s/recipes/tiny.lock.json", r.dir));
	FAILS(&r, 3, "libno-such-dev");
	repo_close(&r);
}
