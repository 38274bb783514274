/* SPDX-License-Identifier: Apache-2.0 */
/* E12: too few processes, descriptors, bytes of memory; system calls that fail. Each ends with the
 * right exit code or is survived, soon, without burning the processor. */

#include <criterion/criterion.h>
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fixture_box.h"

static struct box box;

static void limits_box_make(void)
{
	box_make(&box);
}

static void limits_box_remove(void)
{
	box_remove(&box);
}

TestSuite(scenario_limits, .init = limits_box_make, .fini = limits_box_remove, .timeout = 300);

/* CPU time of ended children, in milliseconds. */
static long long burnt_ms(void)
{
	struct rusage u;

	getrusage(RUSAGE_CHILDREN, &u);
	return (u.ru_utime.tv_sec + u.ru_stime.tv_sec) * 1000LL +
	       (u.ru_utime.tv_usec + u.ru_stime.tv_usec) / 1000;
}

static struct limit_case {
	int resource;
	rlim_t value;
	const char *text;
} limits[] = {
	{ RLIMIT_NOFILE, 3, "[ERROR] Fatal error: Too many open files\n" },
	{ RLIMIT_NOFILE, 8, "squid.conf: not started: Invalid argument\n" },
	{ RLIMIT_NOFILE, 12, "not started: Too many open files\n" },
};

static const struct limit_case *the_limit;

static void set_limit(struct box *b)
{
	struct rlimit r = { the_limit->value, the_limit->value };

	(void)b;
	if (setrlimit((__rlimit_resource_t)the_limit->resource, &r) != 0)
		_exit(93);
}

Test(scenario_limits, too_little_of_anything_is_an_error_at_once)
{
	if (SANITIZED)
		cr_skip_test("a sanitizer needs descriptors before we do");
	for (size_t i = 0; i < sizeof limits / sizeof limits[0]; i++) {
		long long before = burnt_ms(), start = now_ms();

		box_put(&box, "/out", "");
		box_put(&box, "/err", "");
		the_limit = &limits[i];
		box.prepare = set_limit;
		box_start(&box, "", NULL);
		cr_expect_eq(box_wait_end(&box, 10000), 1, "case %zu:\n%s", i, box_out(&box));
		cr_expect_lt(now_ms() - start, 5000);
		cr_expect_lt(burnt_ms() - before, 2000, "case %zu burnt %lld ms", i,
			     burnt_ms() - before);
		cr_expect(strstr(box_err(&box), limits[i].text), "case %zu: no '%s' in:\n%s", i,
			  limits[i].text, box_err(&box));
		cr_expect_eq(processes_of(&box), 0);
	}
}

static void no_more_processes(struct box *b)
{
	struct rlimit r = { 1, 1 };

	(void)b;
	if (setresgid(0, 0, 0) != 0 || setrlimit(RLIMIT_NPROC, &r) != 0 ||
	    setresuid(1000650123, 1000650123, 1000650123) != 0)
		_exit(93);
}

Test(scenario_limits, a_fork_that_is_refused_for_long_is_an_error)
{
	static const char *const dirs[] = { "/var/run/squid", "/var/log/squid", "/var/lib/squid",
					    "/var/spool/squid", "/var/cache/squid" };

	if (getuid() != 0 || SANITIZED)
		cr_skip_test(
			"needs root, to become a user without other processes, and no sanitizer");
	for (size_t i = 0; i < sizeof dirs / sizeof dirs[0]; i++)
		cr_assert(chmod(box_path(&box, dirs[i]), 0777) == 0);
	box.prepare = no_more_processes;
	box_start(&box, "", NULL);
	cr_expect_eq(box_wait_end(&box, 10000), 1, "%s", box_out(&box));
	cr_expect(strstr(box_err(&box), "not started: Resource temporarily unavailable"), "%s",
		  box_err(&box));
	cr_expect_lt(burnt_ms(), 2000);
}

static void little_memory(struct box *b)
{
	struct rlimit r = { 2300 << 10, 2300 << 10 };

	(void)b;
	if (setrlimit(RLIMIT_AS, &r) != 0)
		_exit(93);
}

/* The programs take no memory while they run; what they start does. */
Test(scenario_limits, a_squid_without_memory_is_an_error_with_its_code)
{
	if (SANITIZED)
		cr_skip_test("a sanitizer's shadow memory is not little");
	box.prepare = little_memory;
	box_start(&box, "", NULL);
	cr_expect_eq(box_wait_end(&box, 10000), 1);
	cr_expect(strstr(box_err(&box), "Squid configuration validation failed:"), "%s",
		  box_err(&box));
	cr_expect(strstr(box_err(&box), "squid.conf: exit code "), "%s", box_err(&box));
}

/* Faults that strace injects into the entrypoint alone. */
static const struct fault {
	const char *inject;
	int code; /* 0: it starts and stops as if nothing had happened */
	const char *text;
} faults[] = {
	{ "inject=signalfd4:error=ENOSYS", 1, "[ERROR] Fatal error: Function not implemented\n" },
	{ "inject=memfd_create:error=EMFILE", 1, "[ERROR] Fatal error: Too many open files\n" },
	{ "inject=clone:error=ENOMEM", 1, "not started: Cannot allocate memory\n" },
	{ "inject=clone:error=EAGAIN:when=1+4", 0, NULL },
	{ "inject=clone:error=EAGAIN:when=2..9", 0, NULL },
	{ "inject=pipe2:error=EMFILE:when=1", 1, "not started: Too many open files\n" },
	{ "inject=pipe2:error=ENFILE:when=2", 1, "not started: Too many open files in system\n" },
	{ "inject=pipe2:error=EMFILE:when=3", 1, "Failed to start health check server: " },
	{ "inject=pipe2:error=EMFILE:when=5", 1, "Failed to start Squid: " },
	{ "inject=poll:error=ENOMEM:when=1+2", 0, NULL },
	{ "inject=prctl:error=EINVAL:when=1", 0, "[WARNING] Not PID 1 and no subreaper" },
	{ "inject=setpgid:error=EPERM", 0, NULL },
	{ "inject=rename:error=ENOSPC", 1, "entrypoint.conf: No space left on device\n" },
	{ "inject=madvise:error=EINVAL", 0, NULL },
	{ "inject=statfs,fstatfs:error=EIO", 0, NULL },
};

static void check_fault(const struct fault *f)
{
	const char *const strace[] = { "strace",    "-D", "-q",	     "-o",
				       "/dev/null", "-e", f->inject, NULL };
	bool ready;

	box.under = strace;
	box_start(&box, "", "ASAN_OPTIONS=detect_leaks=0", NULL);
	ready = box_wait_text(&box, "Container ready", 20000);
	cr_expect_eq(ready, f->code == 0, "%s:\n%s%s", f->inject, box_out(&box), box_err(&box));
	if (ready)
		kill(box.pid, SIGTERM);
	cr_expect_eq(box_wait_end(&box, 15000), f->code, "%s", f->inject);
	if (f->text != NULL)
		cr_expect(strstr(box_err(&box), f->text) || strstr(box_out(&box), f->text),
			  "%s: no '%s' in:\n%s%s", f->inject, f->text, box_out(&box),
			  box_err(&box));
	if (f->code == 0)
		cr_expect_str_empty(box_err(&box), "%s", f->inject);
	cr_expect_eq(processes_of(&box), 0, "%s left a process", f->inject);
}

Test(scenario_limits, a_system_call_that_fails_is_an_error_or_survived)
{
	if (access("/usr/bin/strace", X_OK) != 0)
		cr_skip_test("strace is not installed");
	for (size_t i = 0; i < sizeof faults / sizeof faults[0]; i++) {
		box_remove(&box);
		box_make(&box);
		check_fault(&faults[i]);
	}
}

/* As in a sandbox that knows no pidfd_open, or with an old list of allowed calls. */
static void no_pidfd(struct box *b)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_pidfd_open, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = { sizeof code / sizeof code[0], code };

	(void)b;
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
	    prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0)
		_exit(93);
}

Test(scenario_limits, without_pidfd_open_squid_is_alive_all_the_same)
{
	char answer[4096];

	box.prepare = no_pidfd;
	box_start(&box, "", NULL);
	cr_assert(box_wait_text(&box, "Container ready", 15000), "%s%s", box_out(&box),
		  box_err(&box));
	cr_expect_eq(http_get(box.health_port, "/health", answer, sizeof answer), 200);
	cr_expect_eq(http_get(box.health_port, "/ready", answer, sizeof answer), 200, "%s", answer);
	kill(box_pid_after(&box, "Squid started with PID "), SIGKILL);
	cr_expect_eq(box_wait_end(&box, 2000), 1);
}

Test(scenario_limits, the_descriptors_of_squid_are_capped_and_ours_are_not)
{
	char path[64], line[256];
	unsigned soft = 0, hard = 0;
	FILE *f;

	box_start(&box, "", "SQUID_MAX_FD=128", NULL);
	cr_assert(box_wait_text(&box, "Container ready", 15000), "%s%s", box_out(&box),
		  box_err(&box));
	snprintf(path, sizeof path, "/proc/%d/limits",
		 box_pid_after(&box, "Squid started with PID "));
	f = fopen(path, "re");
	cr_assert_not_null(f);
	while (fgets(line, sizeof line, f) != NULL)
		sscanf(line, "Max open files %u %u", &soft, &hard);
	fclose(f);
	cr_expect_eq(soft, 128);
	cr_expect_gt(hard, 128, "the hard limit is left to max_filedescriptors");
	kill(box.pid, SIGTERM);
	cr_expect_eq(box_wait_end(&box, 10000), 0);
}
