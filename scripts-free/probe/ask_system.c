/* SPDX-License-Identifier: Apache-2.0 */
/* stat(2) and /proc, without allocating. */

#include "probe/ask_system.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <stddef.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define COMM_MAX 15

bool ask_file(const struct target *t, struct objection *why)
{
	struct timespec now;
	struct stat st;
	int64_t age;

	if (stat(t->path, &st) != 0) {
		objection_add(why, "%s", strerror(errno));
		return false;
	}
	clock_gettime(CLOCK_REALTIME, &now);
	age = (int64_t)(now.tv_sec - st.st_mtim.tv_sec) * 1000 +
	      (now.tv_nsec - st.st_mtim.tv_nsec) / 1000000;
	if (age <= 0 || (uint64_t)age <= t->max_age_ms)
		return true;
	objection_add(why, "written %lld.%lld s ago, which is more than %llu.%03llu s",
		      (long long)age / 1000, (long long)age % 1000 / 100,
		      (unsigned long long)t->max_age_ms / 1000,
		      (unsigned long long)t->max_age_ms % 1000);
	return false;
}

struct process_search {
	const char *name;
	unsigned running, ended;
};

/* What getdents64(2) writes. */
struct process_entry {
	uint64_t inode;
	int64_t next;
	unsigned short size;
	unsigned char type;
	char name[];
};

/* The first bytes of a file of /proc; 0: it cannot be read. */
static size_t ask_proc_read(uint64_t pid, const char *file, char *buf, size_t cap)
{
	char path[64];
	ssize_t n;
	int fd;

	snprintf(path, sizeof path, "/proc/%llu/%s", (unsigned long long)pid, file);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return 0;
	n = read(fd, buf, cap - 1);
	close(fd);
	buf[n > 0 ? n : 0] = '\0';
	return n > 0 ? (size_t)n : 0;
}

static bool ask_proc_is_named(uint64_t pid, const char *name)
{
	char buf[4096], *slash;
	size_t n = ask_proc_read(pid, "comm", buf, sizeof buf);

	if (n && buf[n - 1] == '\n')
		buf[n - 1] = '\0';
	if (n && strncmp(buf, name, COMM_MAX) == 0 && strlen(name) <= COMM_MAX)
		return true;
	if (ask_proc_read(pid, "cmdline", buf, sizeof buf) == 0)
		return n && strlen(buf) == COMM_MAX && strncmp(buf, name, COMM_MAX) == 0;
	slash = strrchr(buf, '/');
	return strcmp(slash ? slash + 1 : buf, name) == 0;
}

/* Whether it is more than a number in the table (proc(5), stat: its state follows the name, which
 * may hold brackets itself). */
static bool ask_proc_runs(uint64_t pid)
{
	char buf[1024], *end;

	if (ask_proc_read(pid, "stat", buf, sizeof buf) == 0)
		return false;
	end = strrchr(buf, ')');
	return end && end[1] == ' ' && end[2] && !strchr("ZXx", end[2]);
}

static void ask_proc_look(const char *entry, struct process_search *s)
{
	uint64_t pid;

	if (!number_parse(entry, strlen(entry), INT32_MAX, &pid) || pid == (uint64_t)getpid() ||
	    !ask_proc_is_named(pid, s->name))
		return;
	if (ask_proc_runs(pid))
		s->running++;
	else
		s->ended++;
}

/* opendir(3) allocates; this does not. */
static bool ask_proc_each(int proc, struct process_search *s)
{
	_Alignas(struct process_entry) char buf[16384];
	long n;

	while ((n = syscall(SYS_getdents64, proc, buf, sizeof buf)) > 0) {
		for (long at = 0; at < n && s->running == 0;) {
			const struct process_entry *entry = (const void *)(buf + at);

			ask_proc_look(entry->name, s);
			at += entry->size;
		}
	}
	return n == 0;
}

bool ask_process(const struct target *t, struct objection *why)
{
	struct process_search s = { .name = t->path };
	int fd = open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	bool ok = fd >= 0 && ask_proc_each(fd, &s);

	if (!ok)
		objection_add(why, "cannot read /proc: %s", strerror(errno));
	else if (s.running == 0)
		objection_add(why, s.ended ? "the process has ended" : "no such process");
	if (fd >= 0)
		close(fd);
	return ok && s.running > 0;
}
