/* SPDX-License-Identifier: Apache-2.0 */
/* Compiling a real Debian source package: what comes out, through which launcher, and what is said
 * when it fails. */

#include <criterion/criterion.h>
#include <fcntl.h>
#include <pty.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "e2e/fixture_image.h"
#include "e2e/fixture_repo.h"
#include "e2e/fixture_run.h"
#include "e2e/fixture_web.h"
#include "support/fixture_files.h"
#include "support/fixture_port.h"
#include "transfer/store/store.h"

Test(sources, a_native_source_becomes_a_program_that_scanners_know, .timeout = 600)
{
	AUTO_ARENA a = { 0 };
	struct repo r;
	const char *root, *control;

	repo_open(&r, &a);
	repo_source(&r, "");
	repo_layers(&r);
	root = image_unpack(&a, r.dir, arena_printf(&a, "%s/out/tiny", r.dir), "tiny");
	control = files_get(&a, arena_printf(&a, "%s/var/lib/dpkg/status.d/hostname", root));
	cr_expect(strstr(control, "Package: hostname\nSource: hostname (") &&
			  strstr(control, "+test1\n"),
		  "%s", control);
	cr_expect(strstr(ORACLE(&a, "readelf", "--notes",
				arena_printf(&a, "%s/usr/bin/hostname", root))
				 .p,
			 "\"name\":\"hostname\""));
	cr_expect_eq(ORACLE(&a, "dpkg", "--compare-versions", "3.25+test1", "gt", "3.25").n, 0);
	repo_close(&r);
}

/* Format 1.0: a tarball and one compressed diff, which brings debian/. */
Test(sources, the_diff_of_an_old_source_format_is_applied, .timeout = 600)
{
	AUTO_ARENA a = { 0 };
	struct repo r;
	const char *root;

	repo_open(&r, &a);
	repo_source_text(
		&r,
		"{ \"name\": \"tiny\", \"debian-source\": \"chrpath\", \"toolchain\": \"../toolchain/cxx.json\",\n"
		"  \"steps\": [ { \"name\": \"keep\", \"run\": [\"install\", \"-D\", \"-m\", \"0644\",\n"
		"      \"debian/changelog\", \"${destdir}/usr/share/tiny/changelog\"] } ],\n"
		"  \"keep\": [\"/usr/share/tiny/changelog\"] }\n");
	r.option = "--no-audit"; /* it would miss the entrypoint */
	repo_layers(&r);
	root = image_unpack(&a, r.dir, arena_printf(&a, "%s/out/tiny", r.dir), "tiny");
	cr_expect(str_starts(str_of(files_get(&a, arena_printf(&a, "%s/usr/share/tiny/changelog",
							       root))),
			     STR("chrpath (")));
	repo_close(&r);
}

/* Types into a terminal of its own and gives all that it showed. */
static const char *at_terminal(struct arena *a, const char *const *argv, const char *typed,
			       int *status)
{
	struct buf shown = { .a = a };
	char block[4096];
	ssize_t n;
	int terminal;
	pid_t pid = forkpty(&terminal, NULL, NULL, NULL);

	if (pid == 0) {
		execvp(argv[0], (char *const *)argv);
		_exit(127);
	}
	cr_assert_eq(write(terminal, typed, strlen(typed)), (ssize_t)strlen(typed));
	while ((n = read(terminal, block, sizeof(block))) > 0)
		buf_add(&shown, (struct str){ block, (size_t)n });
	waitpid(pid, status, 0);
	return buf_cstr(&shown);
}

Test(sources, a_shell_opens_where_a_step_failed, .timeout = 600)
{
	AUTO_ARENA a = { 0 };
	const char *shown;
	struct repo r;
	int status;

	repo_open(&r, &a);
	repo_source_text(
		&r,
		arena_printf(
			&a,
			"{ \"name\": \"tiny\", \"debian-source\": \"hostname\", \"toolchain\": \"../toolchain/cxx.json\",\n"
			"  \"steps\": [ { \"name\": \"break\", \"run\": [\"false\", \"%ld\"] } ], \"keep\": [\"/x\"] }\n",
			(long)getpid()));
	shown = at_terminal(&a,
			    (const char *const[]){
				    "./imgbuild", "--shell-on-failure", "--progress=plain",
				    arena_printf(&a, "%s/recipes/tiny.json", r.dir), "-o",
				    arena_printf(&a, "%s/out/tiny", r.dir), NULL },
			    "echo in $PWD as $(( 6 * 7 )); ls debian/control; exit\n", &status);
	cr_expect(strstr(shown, "this is a shell in its sandbox, in /build/src"), "%s", shown);
	cr_expect(strstr(shown, "in /build/src as 42") && strstr(shown, "debian/control\r\n"), "%s",
		  shown);
	cr_expect(strstr(shown, "step \"break\" failed with exit status 1"), "%s", shown);
	cr_expect(WIFEXITED(status) && WEXITSTATUS(status) == 3);
	/* without a terminal there is nobody to type */
	setenv("IMGBUILD_PROGRESS", "plain", 1);
	cr_expect_eq(IMGBUILD(&a, "--shell-on-failure", "recipes/hello.json").status, 2);
	repo_close(&r);
}

/* A server that ends with the test. */
static pid_t server_start(const char *program, const char *const *argv, unsigned port)
{
	AUTO_FD said = open("/tmp", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	pid_t pid = fork();

	cr_assert(said >= 0 && pid >= 0);
	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		dup2(said, 1);
		dup2(said, 2);
		execvp(program, (char *const *)argv);
		_exit(127);
	}
	web_await(pid, port, argv[0], said);
	return pid;
}

static void server_stop(pid_t pid)
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
static unsigned long cache_hits(struct arena *a, const char *port)
{
	const char *text = ORACLE(a, "redis-cli", "-p", port, "info", "stats").p;
	const char *at = strstr(text, "keyspace_hits:");

	cr_assert(at, "%s", text);
	return strtoul(at + strlen("keyspace_hits:"), NULL, 10);
}

Test(sources, remote_storage_of_ccache_is_used_and_gives_the_same_bytes, .timeout = 600)
{
	AUTO_ARENA a = { 0 };
	unsigned number = free_port();
	const char *port = arena_printf(&a, "%u", number), *without, *first, *second;
	struct repo r;
	pid_t redis;

	/* the server by another name: the package redis-server would leave one running on the
	 * machine */
	oracle_need("redis-check-rdb");
	redis = server_start("redis-check-rdb",
			     (const char *const[]){ "redis-server", "--port", port, "--bind",
						    "127.0.0.1", "--save", "", "--logfile",
						    "/dev/null", NULL },
			     number);
	run_take_turn(&a, "cache_of_tiny");
	repo_open(&r, &a);
	repo_source(&r, "");
	without = repo_layers(&r);
	forget_cache(&a);
	setenv("IMGBUILD_LAUNCHER", "ccache", 1);
	setenv("CCACHE_REMOTE_STORAGE", arena_printf(&a, "redis://127.0.0.1:%s", port), 1);
	repo_source(&r, "");
	first = repo_layers(&r);
	cr_expect_eq(cache_hits(&a, port), 0);
	forget_cache(&a);
	repo_source(&r, "");
	second = repo_layers(&r);
	cr_expect_gt(cache_hits(&a, port), 0, "the remote storage was not asked");
	cr_expect_str_eq(first, without);
	cr_expect_str_eq(second, without);
	server_stop(redis);
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
		const char *root = arena_strndup(a, found.v[i],
						 strlen(found.v[i]) - strlen("/usr/bin/distccd"));

		if (access(arena_printf(a, "%s/usr/lib/distcc/x86_64-linux-gnu-gcc", root), F_OK) !=
		    0)
			continue;
		return root;
	}
	cr_assert_fail("no toolchain with a distcc server");
	return NULL;
}

Test(sources, distcc_servers_compile_and_give_the_same_bytes, .timeout = 600)
{
	AUTO_ARENA a = { 0 };
	unsigned number = free_port();
	const char *port = arena_printf(&a, "%u", number), *log, *without, *alone, *with;
	struct repo r;
	pid_t server;

	run_take_turn(&a, "cache_of_tiny");
	repo_open(&r, &a);
	log = arena_printf(&a, "%s/log", r.dir);
	repo_source(&r, "");
	without = repo_layers(&r);
	setenv("IMGBUILD_LAUNCHER", "distcc", 1);
	setenv("DISTCC_HOSTS", arena_printf(&a, "127.0.0.1:%s/2", port), 1);
	repo_source(&r, "");
	alone = repo_layers(&r); /* nobody answers: it compiles by itself */
	files_put(log, "");
	server = server_start("bwrap",
			      (const char *const[]){ "bwrap",
						     "--unshare-user",
						     "--uid",
						     "1000",
						     "--gid",
						     "1000",
						     "--unshare-pid",
						     "--die-with-parent",
						     "--ro-bind",
						     find_server_root(&a),
						     "/",
						     "--proc",
						     "/proc",
						     "--dev",
						     "/dev",
						     "--tmpfs",
						     "/tmp",
						     "--bind",
						     log,
						     "/tmp/log",
						     "--clearenv",
						     "--setenv",
						     "PATH",
						     "/usr/sbin:/usr/bin",
						     "--",
						     "distccd",
						     "--no-detach",
						     "--daemon",
						     "--port",
						     port,
						     "--listen",
						     "127.0.0.1",
						     "--allow",
						     "127.0.0.1",
						     "--jobs",
						     "2",
						     "--log-file",
						     "/tmp/log",
						     NULL },
			      number);
	repo_source(&r, "");
	with = repo_layers(&r);
	server_stop(server);
	cr_expect(strstr(files_get(&a, log), "COMPILE_OK"), "nothing was compiled there:\n%s",
		  files_get(&a, log));
	cr_expect_str_eq(alone, without);
	cr_expect_str_eq(with, without);
	repo_close(&r);
}

static void build_fails(struct repo *r, int status, const char *const *texts)
{
	struct oracle_run b = repo_build(r);

	cr_expect_eq(b.status, status, "%s", b.err.p);
	for (; *texts; texts++)
		cr_expect(strstr(b.err.p, *texts), "no \"%s\" in:\n%s", *texts, b.err.p);
	cr_expect_neq(access(arena_printf(r->a, "%s/out/tiny", r->dir), F_OK), 0);
}
#define FAILS(r, status, ...) build_fails((r), (status), (const char *const[]){ __VA_ARGS__, NULL })

Test(sources, failures_name_the_patch_the_package_and_the_step, .timeout = 600)
{
	AUTO_ARENA a = { 0 };
	struct repo r;

	repo_open(&r, &a);
	files_put(
		arena_printf(&a, "%s/recipes/sources/no-such-line.patch", r.dir),
		"--- a/hostname.c\n+++ b/hostname.c\n@@ -1,3 +1,3 @@\n no such line\n-to be removed\n+to be added\n the end\n");
	repo_source(&r, ", \"patches\": [\"no-such-line.patch\"]");
	FAILS(&r, 3, "step \"patch-no-such-line.patch\" failed", "-to be removed", "+to be added",
	      "the whole log is in ");
	repo_source(&r, ", \"build-depends\": [\"libno-such-dev\"]");
	ORACLE(&a, "rm", arena_printf(&a, "%s/recipes/tiny.lock.json", r.dir));
	FAILS(&r, 3, "libno-such-dev");
	repo_close(&r);
}
