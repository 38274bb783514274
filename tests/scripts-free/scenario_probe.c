/* SPDX-License-Identifier: Apache-2.0 */
/* The probe as engines run it, against servers that do well, badly and nothing. */

#include <criterion/criterion.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "fixture_box.h"

static char said[8192]; /* by the last probe, on stderr */

/* Runs the probe; its exit status. */
static int probe_run(const char *x, const char *y, const char *z)
{
	const char *path = program_path("scripts-free/probe/probe");
	int out[2], status = -1;
	size_t n = 0;
	ssize_t got;
	pid_t pid;

	cr_assert_eq(pipe(out), 0);
	pid = fork();
	if (pid == 0) {
		dup2(out[1], 2);
		close(out[0]);
		close(out[1]);
		execl(path, "probe", x, y, z, (char *)NULL);
		_exit(127);
	}
	close(out[1]);
	while ((got = read(out[0], said + n, sizeof said - 1 - n)) > 0)
		n += (size_t)got;
	said[n] = '\0';
	close(out[0]);
	cr_assert_eq(waitpid(pid, &status, 0), pid);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/* Answers every connection with the bytes `text`; NULL: with nothing, and keeps it open. */
static void probe_serve(int s, const char *text)
{
	char buf[4096];
	int c;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	while ((c = accept(s, NULL, NULL)) >= 0) {
		if (text == NULL)
			continue;
		if (read(c, buf, sizeof buf) > 0 && text[0] && write(c, text, strlen(text)) < 0)
			_exit(1);
		close(c);
	}
	_exit(0);
}

/* A server in a child; `port` gets where it listens. */
static pid_t probe_server_start(const char *text, unsigned *port)
{
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t n = sizeof a;
	int s = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	pid_t pid;

	cr_assert(bind(s, (struct sockaddr *)&a, sizeof a) == 0 && listen(s, 8) == 0 &&
		  getsockname(s, (struct sockaddr *)&a, &n) == 0);
	*port = ntohs(a.sin_port);
	pid = fork();
	if (pid == 0)
		probe_serve(s, text);
	close(s);
	return pid;
}

static void probe_server_end(pid_t pid)
{
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

/* One HTTP server, asked once. */
static int probe_answer(const char *text)
{
	char target[64];
	unsigned port;
	pid_t pid = probe_server_start(text, &port);
	int status;

	snprintf(target, sizeof target, "http://127.0.0.1:%u/health", port);
	status = probe_run("--timeout=700ms", target, NULL);
	probe_server_end(pid);
	return status;
}

Test(scenario_probe, answers_decide, .timeout = 60)
{
	static const struct {
		const char *answer;
		int status;
		const char *why;
	} cases[] = {
		{ "HTTP/1.1 200 OK\r\n\r\n", 0, "" },
		{ "HTTP/1.0 302 Found\r\nLocation: /x\r\n\r\n", 0, "" },
		{ "HTTP/1.1 404 Not Found\r\n\r\n", 1, "the answer is 404 Not Found\n" },
		{ "HTTP/1.1 503 \x1b[31mred\r\n\r\n", 1, "the answer is 503 \\x1b[31mred\n" },
		{ "HTTP/1.1 100 Continue\r\n\r\n", 1, "the answer is 100 Continue\n" },
		{ "SSH-2.0-x\r\n", 1, "the answer is not HTTP/1: SSH-2.0-x\n" },
		{ "", 1, "closed without an answer\n" },
		{ NULL, 1, "no answer: " },
	};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		int status = probe_answer(cases[i].answer);

		cr_expect_eq(status, cases[i].status, "%zu: %d %s", i, status, said);
		cr_expect(strstr(said, cases[i].why), "%zu: %s", i, said);
		cr_expect(cases[i].status || !said[0], "%zu: %s", i, said);
	}
}

Test(scenario_probe, the_timeout_is_for_everything, .timeout = 60)
{
	long long before;
	char target[64];
	unsigned port;
	pid_t pid = probe_server_start(NULL, &port);

	snprintf(target, sizeof target, "http://127.0.0.1:%u/", port);
	before = now_ms();
	cr_expect_eq(probe_run("--timeout=300ms", target, target), 1, "%s", said);
	cr_expect_geq(now_ms() - before, 250);
	cr_expect_leq(now_ms() - before, 5000);
	cr_expect(strstr(said, "timed out"), "%s", said);
	probe_server_end(pid);
}

Test(scenario_probe, tcp_and_unix_sockets_accept_or_not, .timeout = 60)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	char target[128], dir[] = "/tmp/probe.XXXXXX";
	unsigned port;
	pid_t pid = probe_server_start("", &port);
	int s = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	snprintf(target, sizeof target, "tcp://localhost:%u", port);
	cr_expect_eq(probe_run(target, NULL, NULL), 0, "%s", said);
	probe_server_end(pid);
	cr_expect_eq(probe_run(target, NULL, NULL), 1);
	cr_expect(strstr(said, ": cannot connect: Connection refused\n"), "%s", said);

	cr_assert(mkdtemp(dir));
	snprintf(a.sun_path, sizeof a.sun_path, "%s/s", dir);
	snprintf(target, sizeof target, "unix://%s", a.sun_path);
	cr_expect_eq(probe_run(target, NULL, NULL), 1);
	cr_expect(strstr(said, "No such file or directory"), "%s", said);
	cr_assert(bind(s, (struct sockaddr *)&a, sizeof a) == 0 && listen(s, 0) == 0);
	cr_expect_eq(probe_run(target, NULL, NULL), 0, "%s", said);
	/* the queue is full now: a connection that nobody takes must not hang */
	cr_expect_eq(probe_run("--timeout=200ms", target, target), 1, "%s", said);
	close(s);
	unlink(a.sun_path);
	rmdir(dir);
}

Test(scenario_probe, a_file_is_as_old_as_its_time, .timeout = 60)
{
	char path[] = "/tmp/probe.XXXXXX", target[128];
	struct timespec times[2] = { { .tv_nsec = UTIME_OMIT }, { 0 } };
	int fd = mkstemp(path);

	cr_assert_geq(fd, 0);
	snprintf(target, sizeof target, "file://%s?max-age=1h", path);
	cr_expect_eq(probe_run(target, NULL, NULL), 0, "%s", said);
	times[1].tv_sec = time(NULL) - 7200;
	cr_assert_eq(futimens(fd, times), 0);
	cr_expect_eq(probe_run(target, NULL, NULL), 1);
	cr_expect(strstr(said, "written 72") && strstr(said, "more than 3600.000 s"), "%s", said);
	times[1].tv_sec = time(NULL) + 7200;
	cr_assert_eq(futimens(fd, times), 0);
	cr_expect_eq(probe_run(target, NULL, NULL), 0, "a clock that jumped: %s", said);
	unlink(path);
	close(fd);
	cr_expect_eq(probe_run(target, NULL, NULL), 1);
	cr_expect(strstr(said, "No such file or directory"), "%s", said);
}

Test(scenario_probe, a_process_runs_until_it_has_ended, .timeout = 60)
{
	int ready[2];
	char c;
	pid_t pid;

	cr_assert_eq(pipe(ready), 0);
	cr_expect_eq(probe_run("process:) Z probe-me", NULL, NULL), 2, "a blank: %s", said);
	cr_expect_eq(probe_run("process:probe-me)R", NULL, NULL), 1, "%s", said);
	cr_expect(strstr(said, "no such process"), "%s", said);
	pid = fork();
	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		prctl(PR_SET_NAME, "probe-me)R");
		if (write(ready[1], "x", 1) == 1)
			pause();
		_exit(0);
	}
	cr_assert_eq(read(ready[0], &c, 1), 1);
	cr_expect_eq(probe_run("process:probe-me)R", NULL, NULL), 0, "%s", said);
	kill(pid, SIGKILL);
	cr_assert_eq(waitid(P_PID, (id_t)pid, &(siginfo_t){ 0 }, WEXITED | WNOWAIT), 0);
	cr_expect_eq(probe_run("process:probe-me)R", NULL, NULL), 1, "%s", said);
	cr_expect(strstr(said, "the process has ended"), "%s", said);
	waitpid(pid, NULL, 0);
	cr_expect_eq(probe_run("process:probe", NULL, NULL), 1, "it found itself");
}

Test(scenario_probe, bad_arguments_are_2_and_ask_nothing, .timeout = 60)
{
	cr_expect_eq(probe_run(NULL, NULL, NULL), 2);
	cr_expect(strstr(said, "Usage: probe"), "%s", said);
	cr_expect_eq(probe_run("--timeout=x", "process:x", NULL), 2);
	cr_expect(strstr(said, "--timeout wants"), "%s", said);
	cr_expect_eq(probe_run("--timeout=1s", NULL, NULL), 2);
	cr_expect_eq(probe_run("-v", "process:x", NULL), 2);
	cr_expect_eq(probe_run("process:nobody", "https://127.0.0.1/", NULL), 2, "%s", said);
	cr_expect_str_eq(said, "probe: https://127.0.0.1/: this program has no TLS: an image whose "
			       "recipe probes https:// has one that does, probe-tls\n");
}
