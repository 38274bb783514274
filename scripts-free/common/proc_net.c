/* SPDX-License-Identifier: Apache-2.0 */
/* /proc/net/tcp{,6} and /proc/PID, read with fixed buffers. */

#include "common/proc_net.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/dir_list.h"

bool proc_socket_parse(const char *line, size_t n, struct proc_socket *s)
{
	char copy[256];
	unsigned port, state;
	unsigned long long inode;

	if (n >= sizeof copy)
		n = sizeof copy - 1;
	memcpy(copy, line, n);
	copy[n] = '\0';
	/* sl local_address rem_address st tx:rx tr:when retrnsmt uid timeout inode */
	if (sscanf(copy,
		   " %*u: %*32[0-9A-Fa-f]:%4x %*32[0-9A-Fa-f]:%*4x %2x %*x:%*x %*x:%*x %*x %*u %*d "
		   "%llu",
		   &port, &state, &inode) != 3)
		return false;
	s->port = (uint16_t)port;
	s->state = state;
	s->inode = inode;
	return true;
}

static void proc_count_socket(const struct proc_socket *s, const uint16_t *ports, size_t n,
			      struct proc_ports *found)
{
	size_t i = 0;

	while (i < n && ports[i] != s->port)
		i++;
	if (i == n)
		return;
	if (s->state == 0x0a) {
		if (found->listening < sizeof found->inode / sizeof found->inode[0])
			found->inode[found->listening] = s->inode;
		found->listening++;
		found->listened |= i < 32 ? 1u << i : 0;
	} else if (s->state == 0x01 || s->state == 0x03 || s->state == 0x08) {
		found->busy++;
	}
}

static bool proc_scan_table(const char *path, const uint16_t *ports, size_t n, bool all,
			    struct proc_ports *found)
{
	char buf[8192];
	size_t have = 0;
	ssize_t got;
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return false;
	while ((got = read(fd, buf + have, sizeof buf - have)) > 0) {
		char *start = buf, *end = buf + have + got, *lf;
		struct proc_socket s;

		while ((lf = memchr(start, '\n', (size_t)(end - start))) != NULL) {
			if (proc_socket_parse(start, (size_t)(lf - start), &s)) {
				if (!all && s.state != 0x0a) { /* listeners come first */
					close(fd);
					return true;
				}
				proc_count_socket(&s, ports, n, found);
			}
			start = lf + 1;
		}
		have = start == buf && end == buf + sizeof buf ? 0 : (size_t)(end - start);
		memmove(buf, start, have);
	}
	close(fd);
	return got == 0;
}

static bool scan_both(const uint16_t *ports, size_t n, bool all, struct proc_ports *found)
{
	bool v4, v6;

	memset(found, 0, sizeof *found);
	v4 = proc_scan_table("/proc/net/tcp", ports, n, all, found);
	v6 = proc_scan_table("/proc/net/tcp6", ports, n, all, found);
	return v4 || v6;
}

bool proc_ports_count(const uint16_t *ports, size_t n, struct proc_ports *found)
{
	return scan_both(ports, n, true, found);
}

bool proc_ports_listening(const uint16_t *ports, size_t n, struct proc_ports *found)
{
	return scan_both(ports, n, false, found);
}

struct holder {
	const struct proc_ports *found;
	int fd;
	bool held;
};

static bool proc_look_at_link(const char *name, void *arg)
{
	struct holder *h = arg;
	char link[64];
	unsigned long long inode;
	ssize_t n = readlinkat(h->fd, name, link, sizeof link - 1);
	size_t known = sizeof h->found->inode / sizeof h->found->inode[0];

	if (n <= 0)
		return true;
	link[n] = '\0';
	if (sscanf(link, "socket:[%llu]", &inode) != 1)
		return true;
	for (size_t i = 0; i < h->found->listening && i < known; i++)
		h->held |= h->found->inode[i] == inode;
	return !h->held;
}

enum proc_held proc_ports_held_by(const struct proc_ports *found, int pid)
{
	struct holder h = { .found = found };
	char path[64];
	bool complete;

	snprintf(path, sizeof path, "/proc/%d/fd", pid);
	h.fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (h.fd < 0)
		return PROC_HELD_UNKNOWN;
	complete = dir_each(h.fd, proc_look_at_link, &h);
	close(h.fd);
	return h.held ? PROC_HELD_YES : complete ? PROC_HELD_NO : PROC_HELD_UNKNOWN;
}

char proc_state(int pid)
{
	char path[64], buf[256];
	const char *paren;
	ssize_t n;
	int fd;

	snprintf(path, sizeof path, "/proc/%d/stat", pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return 0;
	n = read(fd, buf, sizeof buf - 1);
	close(fd);
	if (n <= 0)
		return 0;
	buf[n] = '\0';
	paren = strrchr(buf, ')');
	return paren != NULL && paren[1] == ' ' ? paren[2] : 0;
}
