/* SPDX-License-Identifier: Apache-2.0 */
/* What the scenarios share. */

#include "fixture_box.h"

#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <netinet/in.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "support/fixture_port.h"

long long now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000LL + t.tv_nsec / 1000000;
}

static void make_dirs(char *path)
{
	for (char *p = path + 1; *p != '\0'; p++) {
		if (*p != '/')
			continue;
		*p = '\0';
		mkdir(path, 0755);
		*p = '/';
	}
}

const char *box_path(struct box *b, const char *path)
{
	static char full[4][1024];
	static unsigned next;
	char *to = full[next++ % 4];

	snprintf(to, sizeof full[0], "%s%s", b->root, path);
	return to;
}

void box_put(struct box *b, const char *path, const char *text)
{
	char full[1024];
	FILE *f;

	snprintf(full, sizeof full, "%s%s", b->root, path);
	make_dirs(full);
	f = fopen(full, "we");
	cr_assert_not_null(f, "%s: %s", full, strerror(errno));
	for (; *text != '\0'; text++) {
		if (text[0] == '%' && text[1] == 'R')
			fputs(b->root, f), text++;
		else if (text[0] == '%' && text[1] == 'P')
			fprintf(f, "%u", b->port), text++;
		else
			fputc(*text, f);
	}
	fclose(f);
}

const char *program_path(const char *name)
{
	static char path[1024];
	ssize_t n = readlink("/proc/self/exe", path, sizeof path - 1);
	char *slash;

	cr_assert(n > 0);
	path[n] = '\0';
	slash = strrchr(path, '/');
	snprintf(slash, sizeof path - (size_t)(slash - path), "/%s", name);
	return path;
}

static void link_program(struct box *b, const char *from, const char *to)
{
	char target[1024], full[1024];

	snprintf(target, sizeof target, "%s", program_path(from));
	snprintf(full, sizeof full, "%s%s", b->root, to);
	make_dirs(full);
	unlink(full);
	cr_assert(symlink(target, full) == 0, "%s: %s", full, strerror(errno));
}

void box_make(struct box *b)
{
	static const char *const dirs[] = { "/var/run/squid/",	 "/var/log/squid/",
					    "/var/lib/squid/",	 "/var/spool/squid/",
					    "/var/cache/squid/", "/run/" };
	char full[512];

	memset(b, 0, sizeof *b);
	snprintf(b->root, sizeof b->root, "/tmp/box.XXXXXX");
	cr_assert_not_null(mkdtemp(b->root));
	chmod(b->root, 0755);
	for (size_t i = 0; i < sizeof dirs / sizeof dirs[0]; i++) {
		snprintf(full, sizeof full, "%s%s", b->root, dirs[i]);
		make_dirs(full);
	}
	b->port = free_port();
	b->health_port = free_port();
	link_program(b, "fake/squid", "/usr/sbin/squid");
	link_program(b, "fake/certgen", "/usr/lib/squid/security_file_certgen");
	link_program(b, "scripts-free/healthcheck/healthcheck", "/usr/local/bin/healthcheck");
	box_put(b, "/etc/squid/squid.conf", "http_port 127.0.0.1:%P\n");
}

void box_fake_health(struct box *b)
{
	link_program(b, "fake/health", "/usr/local/bin/healthcheck");
}

static int open_output(struct box *b, const char *name)
{
	int fd = open(box_path(b, name), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);

	cr_assert(fd >= 0);
	return fd;
}

static void box_put_text(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);

	if (fd < 0 || write(fd, text, strlen(text)) < 0)
		_exit(98);
	close(fd);
}

/* Who is not root becomes it in a user namespace: `flags` as for unshare. */
static int with_user_namespace(int flags)
{
	return geteuid() == 0 ? flags : flags | CLONE_NEWUSER;
}

static void become_root(uid_t uid, gid_t gid)
{
	char map[64];

	if (uid == 0)
		return;
	box_put_text("/proc/self/setgroups", "deny");
	snprintf(map, sizeof map, "0 %u 1", (unsigned)uid);
	box_put_text("/proc/self/uid_map", map);
	snprintf(map, sizeof map, "0 %u 1", (unsigned)gid);
	box_put_text("/proc/self/gid_map", map);
}

void own_mounts(void)
{
	uid_t uid = geteuid();
	gid_t gid = getegid();

	if (unshare(with_user_namespace(CLONE_NEWNS)) != 0)
		_exit(97);
	become_root(uid, gid);
	if (mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0)
		_exit(96);
}

static pid_t fork_init(void)
{
	uid_t uid = geteuid();
	gid_t gid = getegid();
	pid_t pid = (pid_t)syscall(SYS_clone,
				   with_user_namespace(CLONE_NEWPID | CLONE_NEWNS) | SIGCHLD, 0, 0,
				   0, 0);

	if (pid != 0)
		return pid;
	become_root(uid, gid);
	if (mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0 ||
	    mount("proc", "/proc", "proc", 0, NULL) != 0)
		_exit(96);
	return 0;
}

__attribute__((noreturn)) static void become_entrypoint(struct box *b, va_list *more)
{
	char program[1024], port[16];
	const char *argv[16] = { NULL };
	size_t n = 0;

	snprintf(port, sizeof port, "%u", b->health_port);
	snprintf(program, sizeof program, "%s", program_path("test-runtime/entrypoint"));
	setenv("TEST_ROOT", b->root, 1);
	setenv("HEALTH_PORT", port, 1);
	for (; b->under != NULL && b->under[n] != NULL && n < 8; n++)
		argv[n] = b->under[n];
	argv[n++] = program;
	while (n < 15 && more != NULL && (argv[n] = va_arg(*more, const char *)) != NULL)
		n++;
	if (b->prepare != NULL)
		b->prepare(b);
	execvp(argv[0], (char *const *)(uintptr_t)argv);
	_exit(99);
}

/* The child has its output in files and dies with the test. */
static pid_t fork_child(struct box *b)
{
	int out = open_output(b, "/out"), err = open_output(b, "/err");

	b->pid = b->as_init ? fork_init() : fork();
	if (b->pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		dup2(out, 1);
		dup2(err, 2);
	}
	close(out);
	close(err);
	cr_assert(b->pid >= 0, "%s", strerror(errno));
	return b->pid;
}

void box_start(struct box *b, const char *fake, ...)
{
	va_list ap;
	const char *name;

	if (fork_child(b) != 0)
		return;
	setenv("FAKE", fake, 1);
	va_start(ap, fake);
	while ((name = va_arg(ap, const char *)) != NULL)
		putenv(strdup(name));
	va_end(ap);
	become_entrypoint(b, NULL);
}

int box_verb(struct box *b, ...)
{
	va_list ap;

	box_put(b, "/out", "");
	box_put(b, "/err", "");
	va_start(ap, b);
	if (fork_child(b) == 0)
		become_entrypoint(b, &ap);
	va_end(ap);
	return box_wait_end(b, 20000);
}

static const char *read_back(struct box *b, const char *name, char *to, size_t cap)
{
	int fd = open(box_path(b, name), O_RDONLY | O_CLOEXEC);
	ssize_t n = fd >= 0 ? read(fd, to, cap - 1) : 0;

	if (fd >= 0)
		close(fd);
	to[n > 0 ? n : 0] = '\0';
	return to;
}

const char *box_out(struct box *b)
{
	return read_back(b, "/out", b->text, sizeof b->text / 2);
}

const char *box_err(struct box *b)
{
	return read_back(b, "/err", b->text + sizeof b->text / 2, sizeof b->text / 2);
}

bool box_wait_text(struct box *b, const char *text, int ms)
{
	long long deadline = now_ms() + ms;
	bool over = false;

	while (now_ms() < deadline) {
		siginfo_t info = { 0 };

		if (strstr(box_out(b), text) != NULL || strstr(box_err(b), text) != NULL)
			return true;
		if (over)
			return false; /* it has ended: nothing more will come */
		over = waitid(P_PID, (id_t)b->pid, &info, WEXITED | WNOHANG | WNOWAIT) != 0 ||
		       info.si_pid != 0;
		usleep(5000);
	}
	return false;
}

int box_wait_end(struct box *b, int ms)
{
	long long deadline = now_ms() + ms;
	int status;

	while (now_ms() < deadline) {
		if (waitpid(b->pid, &status, WNOHANG) == b->pid) {
			b->pid = 0;
			return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
		}
		usleep(5000);
	}
	return -1;
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *w)
{
	(void)st;
	(void)type;
	(void)w;
	remove(path);
	return 0;
}

void box_remove(struct box *b)
{
	if (b->pid > 0) {
		kill(b->pid, SIGKILL);
		waitpid(b->pid, NULL, 0);
	}
	nftw(b->root, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

int connect_to(unsigned port)
{
	struct sockaddr_in a = { .sin_family = AF_INET,
				 .sin_port = htons((unsigned short)port),
				 .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (connect(fd, (struct sockaddr *)&a, sizeof a) == 0)
		return fd;
	close(fd);
	return -1;
}

int http_exchange(unsigned port, const char *request, size_t n, char *answer, size_t cap, int ms)
{
	long long deadline = now_ms() + ms;
	int fd = connect_to(port), status = 0;
	size_t have = 0;

	answer[0] = '\0';
	if (fd < 0)
		return -1;
	if (send(fd, request, n, MSG_NOSIGNAL) < 0) {
		close(fd);
		return -1;
	}
	while (have < cap - 1) {
		struct pollfd p = { .fd = fd, .events = POLLIN };
		long long left = deadline - now_ms();
		ssize_t got;

		if (left <= 0 || poll(&p, 1, (int)left) <= 0) {
			close(fd);
			return -1;
		}
		got = recv(fd, answer + have, cap - 1 - have, 0);
		if (got <= 0)
			break;
		have += (size_t)got;
	}
	close(fd);
	answer[have] = '\0';
	sscanf(answer, "HTTP/1.1 %d", &status);
	return status;
}

int http_get(unsigned port, const char *path, char *answer, size_t cap)
{
	char request[512];
	int n = snprintf(request, sizeof request, "GET %s HTTP/1.1\r\nHost: x\r\n\r\n", path);

	return http_exchange(port, request, (size_t)n, answer, cap, 10000);
}

int processes_of(const struct box *b)
{
	DIR *d = opendir("/proc");
	struct dirent *e;
	int n = 0;

	while (d != NULL && (e = readdir(d)) != NULL) {
		char path[300], line[4096];
		int fd;
		ssize_t got;

		snprintf(path, sizeof path, "/proc/%s/cmdline", e->d_name);
		if (e->d_name[0] < '0' || e->d_name[0] > '9' || (fd = open(path, O_RDONLY)) < 0)
			continue;
		got = read(fd, line, sizeof line);
		close(fd);
		n += got > 0 && memmem(line, (size_t)got, b->root, strlen(b->root)) != NULL;
	}
	if (d != NULL)
		closedir(d);
	return n;
}

pid_t box_pid_after(struct box *b, const char *text)
{
	const char *p = strstr(box_out(b), text);

	cr_assert_not_null(p, "no '%s' in:\n%s", text, box_out(b));
	return atoi(p + strlen(text));
}

long long status_of(pid_t pid, const char *key, int base)
{
	char path[64], line[256];
	long long v = -1;
	FILE *f;

	snprintf(path, sizeof path, "/proc/%d/status", pid);
	f = fopen(path, "re");
	while (f != NULL && fgets(line, sizeof line, f) != NULL)
		if (strncmp(line, key, strlen(key)) == 0)
			v = (long long)strtoull(line + strlen(key), NULL, base);
	if (f != NULL)
		fclose(f);
	return v;
}

int descriptors_of(pid_t pid)
{
	char path[64];
	struct dirent *e;
	DIR *d;
	int n = 0;

	snprintf(path, sizeof path, "/proc/%d/fd", pid);
	d = opendir(path);
	while (d != NULL && (e = readdir(d)) != NULL)
		n += e->d_name[0] != '.';
	if (d != NULL)
		closedir(d);
	return n;
}
