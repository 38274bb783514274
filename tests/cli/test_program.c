/* SPDX-License-Identifier: Apache-2.0 */
/* The program as the system sees it: limits, signals, and what it leaves. */

#include <criterion/criterion.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/digest.h"
#include "base/file.h"
#include "support/fixture_faultd.h"
#include "support/fixture_files.h"
#include "support/fixture_patience.h"

static _Noreturn void become_limited(const char *const *argv, const char *said, rlim_t stack)
{
	struct rlimit limit = { stack, stack };

	dup2(open(said, O_WRONLY | O_CREAT | O_TRUNC, 0600), STDERR_FILENO);
	dup2(STDERR_FILENO, STDOUT_FILENO);
	if (stack)
		setrlimit(RLIMIT_STACK, &limit);
	execv(argv[0], (char *const *)argv);
	_exit(127);
}

Test(program, a_small_stack_is_told)
{
	static const char *const argv[] = { "./imgbuild", "diff", "/nowhere", "/nowhere", NULL };
	static const rlim_t kib[] = { 20, 32, 64, 512, 1023, 1024 };
	AUTO_ARENA a = { 0 };
	const char *dir = files_temporary(&a), *said = arena_printf(&a, "%s/said", dir);

	for (size_t i = 0; i < ARRAY_SIZE(kib); i++) {
		int status = -1;
		pid_t pid = fork();

		if (pid == 0)
			become_limited(argv, said, kib[i] << 10);
		cr_assert_eq(waitpid(pid, &status, 0), pid);
		cr_assert(WIFEXITED(status), "%lu KiB: %x", (unsigned long)kib[i],
			  (unsigned)status);
		if (kib[i] < 1024) {
			cr_expect_eq(WEXITSTATUS(status), 6);
			cr_expect_str_eq(
				files_get(&a, said),
				"imgbuild: error: the stack is limited to less than the 1024 KiB that imgbuild "
				"needs: ulimit -s 8192\n");
		} else {
			cr_expect(strstr(files_get(&a, said), "no image at /nowhere"), "%s",
				  files_get(&a, said));
		}
	}
	files_remove(dir);
}

/* In the middle of a download, with half of a blob in a temporary file. */
/* Of the blob nothing is kept, nor of the manifest, which is kept when all that it names is. */
Test(program, an_interrupted_pull_leaves_nothing_half)
{
	AUTO_ARENA a = { 0 };
	const char *dir = files_temporary(&a), *said = arena_printf(&a, "%s/said", dir);
	const char *store = arena_printf(&a, "%s/store", dir);
	struct str blob = { arena_alloc(&a, 100000), 100000 };
	const char *hex;
	struct digest d;
	struct fault_reply script[2];
	struct faultd server;
	struct strings names = { 0 };
	struct error e = { 0 };
	struct test_patience p = PATIENCE;
	int status = -1, fd;
	pid_t pid;

	memset((char *)(uintptr_t)blob.p, 'x', blob.n);
	d = digest_of(blob);
	hex = digest_hex_dup(&a, &d);
	script[0] = (struct fault_reply){
		.path = "/v2/a/manifests/1",
		.headers = "Content-Type: application/vnd.oci.image.manifest.v1+json\r\n",
		.body = str_of(arena_printf(
			&a,
			"{\"schemaVersion\":2,\"config\":{\"mediaType\":\"x\",\"digest\":\"sha256:%s\","
			"\"size\":100000},\"layers\":[]}",
			hex))
	};
	script[1] = (struct fault_reply){ .path = arena_printf(&a, "/v2/a/blobs/sha256:%s", hex),
					  .body = blob,
					  .cuts = true,
					  .cut = 60000,
					  .end = FAULT_HANG };
	faultd_start(&server, script, 2);
	pid = fork();
	if (pid == 0)
		become_limited((const char *const[]){ "./imgbuild", "pull",
						      arena_printf(&a, "docker://127.0.0.1:%u/a:1",
								   server.port),
						      "--cache-dir", store, "-o",
						      arena_printf(&a, "%s/out", dir),
						      "--progress=quiet", NULL },
			       said, 0);
	while (!faultd_hits(&server, script[1].path) && patience_left(&p))
		;
	cr_assert_eq(kill(pid, SIGTERM), 0);
	cr_assert_eq(waitpid(pid, &status, 0), pid);
	faultd_stop(&server);
	cr_expect(WIFSIGNALED(status) && WTERMSIG(status) == SIGTERM, "%x", (unsigned)status);
	cr_expect_str_eq(files_get(&a, said), "imgbuild: interrupted\n");
	fd = open(arena_printf(&a, "%s/blobs/sha256", store), O_RDONLY | O_DIRECTORY);
	cr_assert(fd >= 0 && file_names(&a, fd, "blobs", &names, &e));
	cr_expect_eq(names.n, 0, "%zu blobs stay", names.n);
	close(fd);
	files_remove(dir);
}
