/* SPDX-License-Identifier: Apache-2.0 */
/* Stands for Squid: does what $FAKE says, a comma-separated list of words, and otherwise behaves.
 *
 *   parse-fail parse-hang parse-busy parse-segv parse-warn parse-error     -k parse
 *   z-hang z-fail                                       -z
 *   pid-file                                            makes the PID file
 *   exit=N segv stopped fatal                           the proxy itself, at once
 *   deaf                                                never listens
 *   mute                                                listens, but never answers
 *   slow-start                                          listens after a second
 *   reload                                              HUP: starts again with the configuration as
 * it is ignore-term ignore-int                              signals flood=MB noline binary output
 * once it listens orphans=N                                           double-forked children that
 * exit busy                                                an orphan and a line every few
 * milliseconds signal-init                                         SIGKILL, SIGSTOP and SIGSEGV to
 * PID 1 no-manager                                          the manager is refused helper a child
 * that outlives it log-helper                                          a child that has work left
 * when Squid is gone
 */

#include <arpa/inet.h>
#include <ctype.h>
#include <errno.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static const char *fake_option(const char *word)
{
	const char *all = getenv("FAKE");
	size_t n = strlen(word);

	for (const char *p = all; p != NULL && *p != '\0'; p += strcspn(p, ","), p += *p == ',') {
		if (strncmp(p, word, n) == 0 && (p[n] == ',' || p[n] == '\0' || p[n] == '='))
			return p[n] == '=' ? p + n + 1 : p + n;
	}
	return NULL;
}

struct cache {
	char dir[512];
	unsigned l1, l2;
};

static unsigned port_in(const char *path, struct cache *c)
{
	FILE *f = fopen(path, "re");
	char line[1024], word[512];
	unsigned port = 0, found;

	while (f != NULL && fgets(line, sizeof line, f) != NULL) {
		if (sscanf(line, "include %511s", word) == 1 && (found = port_in(word, c)) != 0)
			port = found;
		if (sscanf(line, "http_port 127.0.0.1:%u", &found) == 1)
			port = found;
		sscanf(line, "cache_dir ufs %511s %*u %u %u", c->dir, &c->l1, &c->l2);
	}
	if (f != NULL)
		fclose(f);
	return port;
}

/* By the signal itself, whatever handler a sanitizer has installed. */
static void die_of(int signo)
{
	signal(signo, SIG_DFL);
	raise(signo);
}

/* Does a line of the file begin with `word`? */
static bool conf_says(const char *conf, const char *word)
{
	FILE *f = fopen(conf, "re");
	char line[1024];
	bool found = false;

	while (f != NULL && !found && fgets(line, sizeof line, f) != NULL)
		found = strncmp(line, word, strlen(word)) == 0;
	if (f != NULL)
		fclose(f);
	return found;
}

/* The configuration has words of its own: "bungled" is refused, "doomed" is found out at the start.
 */
static int fake_parse(const char *conf)
{
	if (conf_says(conf, "doomed"))
		fprintf(stderr, "2026/01/01 00:00:00| FATAL: this will not start\n");
	if (conf_says(conf, "bungled")) {
		fprintf(stderr, "2026/01/01 00:00:00| FATAL: Bungled %s line 2: bungled\n", conf);
		return 1;
	}
	if (fake_option("parse-hang") != NULL)
		pause();
	while (fake_option("parse-busy") != NULL && clock() < 6 * CLOCKS_PER_SEC)
		;
	if (fake_option("parse-segv") != NULL)
		die_of(SIGSEGV);
	if (fake_option("parse-warn") != NULL)
		fprintf(stderr, "2026/01/01 00:00:00| WARNING: something odd\n");
	if (fake_option("parse-error") != NULL)
		fprintf(stderr, "2026/01/01 00:00:00| ERROR: Can not open file /acl for reading\n");
	if (fake_option("parse-fail") != NULL) {
		fprintf(stderr, "2026/01/01 00:00:00| Processing: http_port 1\n");
		fprintf(stderr, "2026/01/01 00:00:00| FATAL: Bungled %s line 3: nonsense\n", conf);
		return 1;
	}
	return 0;
}

/* Beside the configuration it was given: both are in the run directory. */
static void make_file(const char *conf, const char *name)
{
	char path[1024];
	const char *slash = strrchr(conf, '/');
	FILE *f;

	snprintf(path, sizeof path, "%.*s/%s", (int)(slash - conf), conf, name);
	f = fopen(path, "we");
	if (f == NULL)
		exit(1);
	fprintf(f, "%d\n", getpid());
	fclose(f);
}

static int fake_create(const struct cache *c)
{
	char path[1024];

	if (fake_option("z-hang") != NULL)
		pause();
	if (fake_option("z-fail") != NULL) {
		printf("FATAL: Failed to make swap directory\nCPU Usage: 0\n");
		return 1;
	}
	for (unsigned i = 0; i < c->l1; i++) {
		snprintf(path, sizeof path, "%s/%02X", c->dir, i);
		mkdir(path, 0750);
		for (unsigned k = 0; k < c->l2; k++) {
			snprintf(path, sizeof path, "%s/%02X/%02X", c->dir, i, k);
			mkdir(path, 0750);
		}
	}
	return 0;
}

static void fake_flood(unsigned long mb)
{
	char block[65536];
	bool line = fake_option("noline") == NULL;

	memset(block, fake_option("binary") != NULL ? 0x1b : 'x', sizeof block);
	for (size_t i = 99; line && i < sizeof block; i += 100)
		block[i] = '\n';
	for (unsigned long i = 0; i < mb * 16; i++)
		if (write(1, block, sizeof block) < 0)
			break;
	printf("\nflood over\n");
	fflush(stdout);
}

/* A grandchild whose parent is gone. vfork, because fork is slow under a sanitizer. */
__attribute__((noinline)) static pid_t make_orphan(void)
{
	pid_t pid = vfork();

	if (pid == 0) {
		vfork();
		_exit(0);
	}
	return pid;
}

static void fake_orphans(unsigned long n)
{
	for (unsigned long i = 0; i < n; i++) {
		pid_t pid = make_orphan();

		if (pid > 0)
			waitpid(pid, NULL, 0);
	}
	printf("orphans over\n");
	fflush(stdout);
}

static int fake_listen(unsigned port)
{
	struct sockaddr_in a = { .sin_family = AF_INET,
				 .sin_port = htons((unsigned short)port),
				 .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int on = 1, fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
	if (bind(fd, (struct sockaddr *)&a, sizeof a) != 0 || listen(fd, 64) != 0) {
		fprintf(stderr, "FATAL: cannot bind %u: %s\n", port, strerror(errno));
		exit(1);
	}
	return fd;
}

static void at_once(void)
{
	const char *code = fake_option("exit");

	if (fake_option("fatal") != NULL) {
		fprintf(stderr, "a line\nFATAL: failed to open it\nan exception\n");
		exit(1);
	}
	if (code != NULL)
		exit(atoi(code));
	if (fake_option("segv") != NULL)
		die_of(SIGSEGV);
	if (fake_option("stopped") != NULL)
		raise(SIGSTOP);
}

/* Only as PID 1 of a namespace is the parent harmed by none of them. */
static void signal_init(void)
{
	if (getppid() != 1)
		exit(5);
	kill(1, SIGKILL);
	kill(1, SIGSTOP);
	kill(1, SIGSEGV);
	printf("init was signalled\n");
	fflush(stdout);
}

/* A day in short: what helpers leave behind, and lines to log, until Squid is gone. */
static void be_busy(void)
{
	if (fork() != 0)
		return;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (;;) {
		fake_orphans(1);
		usleep(2000);
	}
}

/* Answers the manager like Squid, everything else with 403. */
static void serve_one(int fd)
{
	char buf[2048],
		body[] = "client_http.requests = 7\nserver.all.requests = 3\ncpu_time = 1.5\n";
	ssize_t n = read(fd, buf, sizeof buf - 1);

	if (n <= 0)
		return;
	buf[n] = '\0';
	if (strstr(buf, "/squid-internal-mgr/counters") != NULL &&
	    fake_option("no-manager") == NULL)
		dprintf(fd, "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n%s", body);
	else
		dprintf(fd, "HTTP/1.1 403 Forbidden\r\n\r\n");
}

/* Its pipe ends with Squid; then it still writes a file beside the configuration, slowly. */
static void start_log_helper(const char *conf, int fd)
{
	int p[2];
	char c;

	if (pipe(p) != 0 || fork() != 0)
		return;
	setsid();
	close(fd);
	close(p[1]);
	if (read(p[0], &c, 1) == 0) {
		usleep(500000);
		make_file(conf, "written");
	}
	_exit(0);
}

__attribute__((noreturn)) static void fake_run(const char *conf)
{
	struct cache cache = { .dir = "" };
	unsigned port = port_in(conf, &cache);
	const char *n;
	int fd = -1;

	at_once();
	if (fake_option("ignore-term") != NULL)
		signal(SIGTERM, SIG_IGN);
	if (fake_option("ignore-int") != NULL)
		signal(SIGINT, SIG_IGN);
	printf("fake squid runs\n");
	fflush(stdout);
	if (fake_option("slow-start") != NULL)
		sleep(1);
	if (fake_option("pid-file") != NULL)
		make_file(conf, "squid.pid");
	if (fake_option("deaf") == NULL)
		fd = fake_listen(port);
	if (fake_option("helper") != NULL && fork() == 0) {
		setsid();
		close(fd);
		pause();
	}
	if (fake_option("log-helper") != NULL)
		start_log_helper(conf, fd);
	if ((n = fake_option("flood")) != NULL)
		fake_flood(strtoul(n, NULL, 10));
	if ((n = fake_option("orphans")) != NULL)
		fake_orphans(strtoul(n, NULL, 10));
	if (fake_option("signal-init") != NULL)
		signal_init();
	if (fake_option("busy") != NULL)
		be_busy();
	for (;;) {
		int c = fd >= 0 && fake_option("mute") == NULL ? accept(fd, NULL, NULL) : -1;

		if (c < 0) {
			pause();
			continue;
		}
		serve_one(c);
		close(c);
	}
}

/* TERM, INT: an orderly end; anything else that arrives is reported. */
static void on_end(int signo)
{
	(void)signo;
	_exit(0);
}

static void on_other(int signo)
{
	char text[] = "got signal 00\n";

	text[11] = (char)('0' + signo / 10);
	text[12] = (char)('0' + signo % 10);
	if (write(1, text, sizeof text - 1) < 0)
		_exit(3);
}

static char **arguments;

static void on_reload(int signo)
{
	(void)signo;
	execv("/proc/self/exe", arguments);
}

int main(int argc, char **argv)
{
	bool k = false, z = false;
	const char *conf = "";
	struct cache cache = { .dir = "" };

	for (int i = 1; i < argc; i++) {
		k |= strcmp(argv[i], "-k") == 0;
		z |= strcmp(argv[i], "-z") == 0;
		if (strcmp(argv[i], "-f") == 0 && i + 1 < argc)
			conf = argv[++i];
		if (strcmp(argv[i], "-v") == 0)
			return puts("Squid Cache: Version 0.0 (fake)") < 0;
	}
	if (k)
		return fake_parse(conf);
	if (z)
		return port_in(conf, &cache) == 0 ? 1 : fake_create(&cache);
	signal(SIGTERM, on_end);
	signal(SIGINT, on_end);
	signal(SIGUSR1, on_other);
	signal(SIGUSR2, on_other);
	arguments = argv;
	signal(SIGHUP, fake_option("reload") != NULL ? on_reload : on_other);
	fake_run(conf);
}
