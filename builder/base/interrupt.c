/* SPDX-License-Identifier: Apache-2.0 */
/* What a signal handler may do while other threads have stopped anywhere, locks in their hands:
 * system calls. Nothing here allocates, and no state is kept: what a stopping thread has to know
 * comes with its signal. */

#include "base/interrupt.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"

#define STOP_SIGNAL SIGUSR2
#define ROUNDS 1000 /* of a thread or a child that does not end */
#define ROUND_NS 2000000
#define SECONDS_MAX 300 /* for all of it */

static const int caught[] = { SIGINT, SIGTERM, SIGHUP };

/* Calls `each` for the entries of a folder whose name is a number. */
static void each_number(const char *path, void (*each)(long number, void *ctx), void *ctx)
{
	char block[4096] __attribute__((aligned(__alignof__(struct dirent64))));
	AUTO_FD fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	ssize_t n;

	while (fd >= 0 && (n = getdents64(fd, block, sizeof(block))) > 0) {
		for (ssize_t at = 0; at < n;) {
			const struct dirent64 *entry =
				(const struct dirent64 *)(const void *)(block + at);
			char *end;
			long number = strtol(entry->d_name, &end, 10);

			if (end != entry->d_name && *end == '\0')
				each(number, ctx);
			at += entry->d_reclen;
		}
	}
}

static void short_pause(void)
{
	nanosleep(&(struct timespec){ .tv_nsec = ROUND_NS }, NULL);
}

/* Where a thread of ours stays for good. */
static void stay_for_good(int sig, siginfo_t *info, void *context)
{
	(void)sig, (void)context;
	atomic_fetch_add((atomic_long *)info->si_value.sival_ptr, 1);
	for (;;)
		pause();
}

struct stopping {
	atomic_long *stopped;
	long others;
};

static void stop_thread(long tid, void *ctx)
{
	struct stopping *s = ctx;
	siginfo_t info = { .si_signo = STOP_SIGNAL, .si_code = SI_QUEUE };

	if (tid == (long)gettid())
		return;
	info.si_value.sival_ptr = s->stopped;
	if (syscall(SYS_rt_tgsigqueueinfo, getpid(), tid, STOP_SIGNAL, &info) == 0)
		s->others++;
}

static void stop_threads(atomic_long *stopped)
{
	struct sigaction action = { .sa_sigaction = stay_for_good, .sa_flags = SA_SIGINFO };

	sigfillset(&action.sa_mask);
	if (sigaction(STOP_SIGNAL, &action, NULL) < 0)
		return;
	for (int i = 0; i < ROUNDS; i++) {
		struct stopping s = { .stopped = stopped };

		each_number("/proc/self/task", stop_thread, &s);
		if (atomic_load(stopped) >= s.others)
			return;
		short_pause();
	}
}

/* The children that one of our threads has started. */
static void end_children_of(long tid, void *ctx)
{
	bool *any = ctx;
	char path[64], text[4096];
	const char *p = text;
	AUTO_FD fd = -1;
	ssize_t n;

	snprintf(path, sizeof(path), "/proc/self/task/%ld/children", tid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	n = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);
	text[n > 0 ? n : 0] = '\0';
	for (char *end; *p; p = end) {
		long pid = strtol(p, &end, 10);

		if (end == p)
			break;
		*any = true;
		if (pid > 1)
			kill((pid_t)pid, SIGKILL);
	}
}

/* A sandbox whose first process was its parent's child becomes ours then: so long as there are any.
 */
static void end_children(void)
{
	for (int i = 0; i < ROUNDS; i++) {
		bool any = false;

		each_number("/proc/self/task", end_children_of, &any);
		while (waitpid(-1, NULL, WNOHANG) > 0)
			any = true;
		if (!any)
			return;
		short_pause();
	}
}

/* Whether this very descriptor holds a lock that no other can have. */
static bool is_held(long fd)
{
	char path[64], text[1024];
	AUTO_FD info = -1;
	ssize_t n;

	snprintf(path, sizeof(path), "/proc/self/fdinfo/%ld", fd);
	info = open(path, O_RDONLY | O_CLOEXEC);
	n = info < 0 ? -1 : read(info, text, sizeof(text) - 1);
	text[n > 0 ? n : 0] = '\0';
	return strstr(text, "FLOCK") && strstr(text, "WRITE");
}

/* ".tmp-" and at the end 16 digits or more: what another process has, it has locked. An image that
 * waits for the end of its audit is one that we have locked (line/publish.c); later nobody has. */
static bool is_temporary(long fd, struct str name)
{
	size_t digits = 0;

	if (str_ends(name, STR(".rejected")))
		return is_held(fd);
	while (digits < name.n && strchr("0123456789abcdef", name.p[name.n - 1 - digits]))
		digits++;
	return str_starts(name, STR(".tmp-")) && digits >= 16 &&
	       (flock((int)fd, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK);
}

/* The name of what is gone ends in " (deleted)". */
static void remove_temporary(long fd, void *ctx)
{
	static const char stays[] = "imgbuild: something temporary stays; run imgbuild gc\n";
	char link[64], path[4096];
	struct error ignored = { 0 };
	const char *base;
	ssize_t n;

	(void)ctx;
	snprintf(link, sizeof(link), "/proc/self/fd/%ld", fd);
	n = readlink(link, path, sizeof(path) - 1);
	path[n > 0 ? n : 0] = '\0';
	base = strrchr(path, '/');
	if (base && is_temporary(fd, str_of(base + 1)) &&
	    !file_remove_tree(AT_FDCWD, path, &ignored))
		(void)!write(STDERR_FILENO, stays, sizeof(stays) - 1);
}

static void end_process(int sig, const char *line)
{
	atomic_long stopped = 0;
	sigset_t one;

	alarm(SECONDS_MAX);
	stop_threads(&stopped);
	signal(SIGINT, SIG_DFL); /* who asks twice does not want to wait */
	sigemptyset(&one);
	sigaddset(&one, SIGINT);
	sigprocmask(SIG_UNBLOCK, &one, NULL);
	end_children();
	each_number("/proc/self/fd", remove_temporary, NULL);
	(void)!write(STDERR_FILENO, line, strlen(line));
	signal(sig, SIG_DFL);
	sigaddset(&one, sig);
	raise(sig);
	sigprocmask(SIG_UNBLOCK, &one, NULL);
	_exit(128 + sig); /* the first process of a container, which no signal ends */
}

static void end_plain(int sig)
{
	end_process(sig, "imgbuild: interrupted\n");
}

static void end_json(int sig)
{
	end_process(sig, "{\"state\":\"error\",\"error\":\"interrupted\"}\n");
}

void interrupt_catch(bool json)
{
	struct sigaction action = { .sa_handler = json ? end_json : end_plain }, now;

	sigfillset(&action.sa_mask);
	sigdelset(&action.sa_mask, SIGALRM);
	for (size_t i = 0; i < ARRAY_SIZE(caught); i++) {
		if (sigaction(caught[i], NULL, &now) == 0 && now.sa_handler != SIG_IGN)
			sigaction(caught[i], &action, NULL);
	}
}

void interrupt_forget(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(caught); i++)
		signal(caught[i], SIG_DFL);
}
