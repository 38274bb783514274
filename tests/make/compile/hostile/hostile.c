/* SPDX-License-Identifier: Apache-2.0 */
/* A "configure" written by an enemy. Each word on the command line is one attempt to get out of the
 * sandbox or to outlive it; exit status 0: it was stopped, 1: it got through, 2: it could not even
 * be tried. Linked statically: it is the only file of the root that the test gives the sandbox. */

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/vm_sockets.h>
#include <netinet/in.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/time.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define STOPPED 0
#define THROUGH 1
#define UNTRIED 2

static int through_if(int condition)
{
	return condition ? THROUGH : STOPPED;
}

static int can_connect(int family, int type, const void *address, socklen_t size)
{
	struct timeval second = { 1, 0 };
	int fd = socket(family, type, 0);
	char answer;

	if (fd < 0)
		return 0;
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &second, sizeof(second));
	if (connect(fd, address, size) < 0)
		return 0;
	return type == SOCK_STREAM || (send(fd, "?", 1, 0) == 1 && recv(fd, &answer, 1, 0) == 1);
}

static int reach_tcp(const char *arg)
{
	struct sockaddr_in to = { .sin_family = AF_INET,
				  .sin_port = htons((unsigned short)atoi(arg)),
				  .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };

	return through_if(can_connect(AF_INET, SOCK_STREAM, &to, sizeof(to)));
}

static int reach_udp(const char *arg)
{
	struct sockaddr_in to = { .sin_family = AF_INET,
				  .sin_port = htons((unsigned short)atoi(arg)),
				  .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };

	return through_if(can_connect(AF_INET, SOCK_DGRAM, &to, sizeof(to)));
}

static int reach_interfaces(const char *arg)
{
	DIR *d = opendir("/sys/class/net");
	FILE *f = fopen("/proc/net/dev", "r");
	char line[512];
	int others = 0;

	(void)arg;
	while (f && fgets(line, sizeof(line), f))
		others += strchr(line, ':') && !strstr(line, "lo:");
	return !f ? UNTRIED : through_if(others > 0 || d);
}

static int reach_abstract(const char *arg)
{
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	size_t n = strlen(arg);

	memcpy(to.sun_path + 1, arg, n);
	return through_if(can_connect(AF_UNIX, SOCK_STREAM, &to,
				      (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + n)));
}

static int reach_machine(const char *arg)
{
	struct sockaddr_vm to = { .svm_family = AF_VSOCK,
				  .svm_cid = VMADDR_CID_HOST,
				  .svm_port = 1 };

	(void)arg;
	return through_if(socket(AF_VSOCK, SOCK_STREAM, 0) >= 0 ||
			  can_connect(AF_VSOCK, SOCK_STREAM, &to, sizeof(to)));
}

static int odd_sockets(const char *arg)
{
	(void)arg;
	return through_if(syscall(SYS_socket, AF_ALG | 1ul << 32, SOCK_SEQPACKET, 0) >= 0 ||
			  socket(AF_ALG, SOCK_SEQPACKET, 0) >= 0 ||
			  socket(AF_PACKET, SOCK_RAW, 0) >= 0 ||
			  socket(AF_INET, SOCK_RAW, IPPROTO_ICMP) >= 0);
}

static int read_host_files(const char *arg)
{
	static const char *const paths[] = { "/root",	    "/home",   "/etc/shadow", "/etc/passwd",
					     "/sys/kernel", "/var",    "/run",	      "/dev/mem",
					     "/dev/kmsg",   "/dev/vda" };

	for (size_t i = 0; i < sizeof(paths) / sizeof(*paths); i++) {
		if (open(paths[i], O_RDONLY) >= 0)
			return THROUGH;
	}
	return through_if(open(arg, O_RDONLY) >= 0);
}

static int read_through_init(const char *arg)
{
	char path[4096];
	struct stat root, init;

	snprintf(path, sizeof(path), "/proc/1/root%s", arg);
	if (open(path, O_RDONLY) >= 0)
		return THROUGH;
	return through_if(stat("/", &root) == 0 && stat("/proc/1/root/", &init) == 0 &&
			  (root.st_ino != init.st_ino || root.st_dev != init.st_dev));
}

static int find_inherited(const char *arg)
{
	(void)arg;
	for (int fd = 3; fd < 4096; fd++) {
		if (fcntl(fd, F_GETFD) >= 0)
			return THROUGH;
	}
	return STOPPED;
}

static int read_environment(const char *arg)
{
	extern char **environ;

	for (char **v = environ; *v; v++) {
		if (strncmp(*v, "GIVEN=", 6) != 0 && strncmp(*v, "PWD=", 4) != 0)
			return THROUGH;
	}
	return through_if(getenv(arg) != NULL);
}

static int trace_others(const char *arg)
{
	(void)arg;
	return through_if(ptrace(PTRACE_ATTACH, 1, NULL, NULL) == 0 ||
			  ptrace(PTRACE_ATTACH, getppid(), NULL, NULL) == 0 ||
			  ptrace(PTRACE_TRACEME, 0, NULL, NULL) == 0);
}

static int see_others(const char *arg)
{
	DIR *d = opendir("/proc");
	struct dirent *entry;
	int others = 0;

	(void)arg;
	while (d && (entry = readdir(d))) {
		long pid = atol(entry->d_name);

		others += pid > 1 && pid != getpid();
	}
	return !d ? UNTRIED : through_if(others > 0);
}

static int type_into_terminal(const char *arg)
{
	char c = 'x';

	(void)arg;
	return through_if(open("/dev/tty", O_RDWR) >= 0 || ioctl(0, TIOCSTI, &c) == 0 ||
			  (ioctl(0, TIOCSTI, &c) < 0 && errno != EPERM) ||
			  ioctl(1, TIOCSTI, &c) == 0 ||
			  (syscall(SYS_ioctl, 0, TIOCSTI | 1ul << 32, &c) < 0 && errno != EPERM));
}

/* As many as it may have; they all wait, so that they count at the same time. */
static int fork_bomb(const char *arg)
{
	int most = atoi(arg), n = 0;

	while (n <= most + 100) {
		pid_t pid = fork();

		if (pid == 0)
			for (;;)
				pause();
		if (pid < 0)
			break;
		n++;
	}
	printf("%d processes\n", n);
	return n == 0 ? UNTRIED : through_if(n > most);
}

static int large_file(const char *arg)
{
	int fd = open("/build/out/large", O_WRONLY | O_CREAT, 0644);

	(void)arg;
	signal(SIGXFSZ, SIG_IGN);
	if (fd < 0)
		return UNTRIED;
	return through_if(pwrite(fd, "x", 1, 10000000000) == 1 || ftruncate(fd, 10000000000) == 0);
}

static int large_memory(const char *arg)
{
	void *volatile p = malloc((size_t)64 << 30); /* volatile: else it may be left out */
	int got = p != NULL;

	(void)arg;
	free(p);
	return through_if(got);
}

static int raise_limits(const char *arg)
{
	struct rlimit r = { RLIM_INFINITY, RLIM_INFINITY };

	(void)arg;
	return through_if(setrlimit(RLIMIT_NPROC, &r) == 0 || setrlimit(RLIMIT_FSIZE, &r) == 0);
}

static int set_user(const char *arg)
{
	(void)arg;
	return through_if(getuid() == 0 || setuid(0) == 0 || seteuid(0) == 0 || setgid(0) == 0);
}

static int device_nodes(const char *arg)
{
	(void)arg;
	return through_if(mknod("/build/out/mem", S_IFCHR | 0666, makedev(1, 1)) == 0 ||
			  mknod("/tmp/disk", S_IFBLK | 0666, makedev(254, 0)) == 0);
}

static int change_mounts(const char *arg)
{
	(void)arg;
	return through_if(mount("none", "/tmp", "tmpfs", 0, NULL) == 0 ||
			  mount(NULL, "/", NULL, MS_REMOUNT | MS_BIND, NULL) == 0 ||
			  umount("/proc") == 0 || chroot("/tmp") == 0 ||
			  syscall(SYS_pivot_root, "/tmp", "/tmp") == 0);
}

static int make_namespaces(const char *arg)
{
	pid_t pid;

	(void)arg;
	if (unshare(CLONE_NEWUSER) == 0 || unshare(CLONE_NEWNS) == 0)
		return THROUGH;
	pid = (pid_t)syscall(SYS_clone, CLONE_NEWUSER | SIGCHLD, NULL, NULL, NULL, NULL);
	if (pid == 0)
		_exit(0);
	return through_if(pid > 0);
}

static int write_read_only(const char *arg)
{
	static const char *const paths[] = { "/x",
					     "/sources/x",
					     "/hostile",
					     "/proc/sysrq-trigger",
					     "/proc/sys/kernel/core_pattern",
					     "/proc/sys/kernel/hostname" };

	for (size_t i = 0; i < sizeof(paths) / sizeof(*paths); i++) {
		if (open(paths[i], O_WRONLY | O_CREAT, 0644) >= 0)
			return THROUGH;
	}
	return through_if(open(arg, O_WRONLY) >= 0 || chmod(arg, 0777) == 0 || unlink(arg) == 0);
}

static int signal_all(const char *arg)
{
	(void)arg;
	/* whoever else could be hit would be the test, which would not live to tell */
	kill(1, SIGKILL);
	kill(1, SIGTERM);
	return kill(-1, SIGKILL) == 0 ? THROUGH : STOPPED;
}

static int host_name(const char *arg)
{
	(void)arg;
	return through_if(sethostname("evil", 4) == 0);
}

static int host_clock(const char *arg)
{
	struct timespec t = { 1, 0 };

	(void)arg;
	return through_if(clock_settime(CLOCK_REALTIME, &t) == 0);
}

static int use_keyring(const char *arg)
{
	(void)arg;
	return through_if(syscall(SYS_add_key, "user", "imgbuild", "x", 1, -4) >= 0 ||
			  syscall(SYS_keyctl, 0, -3, 0) >= 0);
}

static int kernel_doors(const char *arg)
{
	(void)arg;
	return through_if(syscall(SYS_bpf, 0, NULL, 0) >= 0 || errno != EPERM ||
			  syscall(SYS_userfaultfd, 0) >= 0 ||
			  syscall(SYS_io_uring_setup, 1, NULL) >= 0 || errno != EPERM ||
			  syscall(SYS_perf_event_open, NULL, 0, -1, -1, 0) >= 0);
}

/* What follows succeeds; the test looks at what came of it. */

static int daemon_left(const char *arg)
{
	int ready[2];
	char c;

	(void)arg;
	if (pipe(ready) < 0)
		return UNTRIED;
	if (fork() == 0) {
		setsid();
		if (fork() > 0)
			_exit(0);
		signal(SIGTERM, SIG_IGN);
		signal(SIGHUP, SIG_IGN);
		for (int i = 0;; i++) {
			int fd = open("/build/out/alive", O_WRONLY | O_CREAT | O_APPEND, 0644);

			if (write(fd, ".", 1) < 0 || close(fd) < 0)
				_exit(1);
			if (i == 0 && write(ready[1], "", 1) < 0)
				_exit(1);
			usleep(1000);
		}
	}
	return read(ready[0], &c, 1) == 1 ? STOPPED : UNTRIED;
}

static int output_link(const char *arg)
{
	return symlink(arg, "/build/out/link") == 0 ? STOPPED : UNTRIED;
}

static int output_folder_link(const char *arg)
{
	return symlink(arg, "/build/out/usr") == 0 ? STOPPED : UNTRIED;
}

static int output_setuid(const char *arg)
{
	int fd = open("/build/out/tool", O_WRONLY | O_CREAT, 0755);

	(void)arg;
	return fchmod(fd, 04755) == 0 ? STOPPED : UNTRIED;
}

static int output_fifo(const char *arg)
{
	(void)arg;
	return mkfifo("/build/out/fifo", 0644) == 0 ? STOPPED : UNTRIED;
}

static int hang_forever(const char *arg)
{
	(void)arg;
	signal(SIGTERM, SIG_IGN);
	while (pause() < 0)
		;
	return UNTRIED;
}

static int dump_core(const char *arg)
{
	(void)arg;
	abort();
}

static const struct attempt {
	const char *name;
	int (*make)(const char *arg);
} attempts[] = {
	{ "tcp", reach_tcp },
	{ "udp", reach_udp },
	{ "interfaces", reach_interfaces },
	{ "abstract", reach_abstract },
	{ "machine", reach_machine },
	{ "odd-sockets", odd_sockets },
	{ "read-host", read_host_files },
	{ "read-through-init", read_through_init },
	{ "inherited", find_inherited },
	{ "environment", read_environment },
	{ "trace", trace_others },
	{ "see-others", see_others },
	{ "terminal", type_into_terminal },
	{ "fork-bomb", fork_bomb },
	{ "large-file", large_file },
	{ "large-memory", large_memory },
	{ "raise-limits", raise_limits },
	{ "set-user", set_user },
	{ "device-nodes", device_nodes },
	{ "mounts", change_mounts },
	{ "namespaces", make_namespaces },
	{ "write-read-only", write_read_only },
	{ "signal-all", signal_all },
	{ "host-name", host_name },
	{ "host-clock", host_clock },
	{ "keyring", use_keyring },
	{ "kernel-doors", kernel_doors },
	{ "daemon", daemon_left },
	{ "output-link", output_link },
	{ "output-folder-link", output_folder_link },
	{ "output-setuid", output_setuid },
	{ "output-fifo", output_fifo },
	{ "hang", hang_forever },
	{ "dump-core", dump_core },
};

int main(int argc, char **argv)
{
	for (size_t i = 0; i < sizeof(attempts) / sizeof(*attempts); i++) {
		if (argc > 1 && strcmp(attempts[i].name, argv[1]) == 0) {
			int rc = attempts[i].make(argc > 2 ? argv[2] : "");

			fflush(stdout);
			return rc;
		}
	}
	return UNTRIED;
}
