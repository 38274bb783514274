/* SPDX-License-Identifier: Apache-2.0 */
/* Sockets that listen in one network namespace and connect in another: a socket stays where it was
 * made (network_namespaces(7)), so a child goes inside, listens, and hands its sockets back. */

#include "make/compile/tunnel.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/nsfs.h>
#include <netdb.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/interrupt.h"
#include "base/io.h"

#define CONNECTIONS_MAX 128

/* Into the namespace: by right, or as the owner of the user namespace that it belongs to. */
static bool enter_network(pid_t init)
{
	char path[64];
	AUTO_FD net = -1;
	AUTO_FD user = -1;

	snprintf(path, sizeof(path), "/proc/%ld/ns/net", (long)init);
	net = open(path, O_RDONLY | O_CLOEXEC);
	if (net < 0)
		return false;
	if (setns(net, CLONE_NEWNET) == 0)
		return true;
	user = ioctl(net, NS_GET_USERNS);
	return user >= 0 && setns(user, CLONE_NEWUSER) == 0 && setns(net, CLONE_NEWNET) == 0;
}

/* On all addresses: loopback may not be up yet, and there is nothing else. */
static int listen_at(uint16_t port)
{
	const struct sockaddr_in at = { .sin_family = AF_INET, .sin_port = htons(port) };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd >= 0 &&
	    (bind(fd, (const struct sockaddr *)&at, sizeof(at)) < 0 || listen(fd, 128) < 0))
		fd_closep(&fd);
	return fd;
}

union rights {
	struct cmsghdr head;
	char bytes[CMSG_SPACE(TUNNEL_MAX * sizeof(int))];
};

static struct msghdr rights_message(struct iovec *iov, union rights *rights, size_t n)
{
	return (struct msghdr){ .msg_iov = iov,
				.msg_iovlen = 1,
				.msg_control = rights->bytes,
				.msg_controllen = CMSG_SPACE(n * sizeof(int)) };
}

/* The child that goes inside: its exit status is all it says besides the sockets. */
static _Noreturn void listen_inside(const struct tunnels *t, pid_t init, int to)
{
	int fds[TUNNEL_MAX];
	union rights rights = { .bytes = { 0 } };
	char byte = 0;
	struct iovec iov = { &byte, 1 };
	struct msghdr m = rights_message(&iov, &rights, t->n);

	interrupt_forget();
	if (!enter_network(init))
		_exit(1);
	for (size_t i = 0; i < t->n; i++) {
		fds[i] = listen_at(t->v[i].port);
		if (fds[i] < 0)
			_exit(2);
	}
	rights.head = (struct cmsghdr){ .cmsg_level = SOL_SOCKET,
					.cmsg_type = SCM_RIGHTS,
					.cmsg_len = CMSG_LEN(t->n * sizeof(int)) };
	memcpy(CMSG_DATA(&rights.head), fds, t->n * sizeof(int));
	_exit(sendmsg(to, &m, MSG_NOSIGNAL) == 1 ? 0 : 3);
}

static bool receive_rights(int from, int *fds, size_t n)
{
	union rights rights;
	char byte;
	struct iovec iov = { &byte, 1 };
	struct msghdr m = rights_message(&iov, &rights, n);

	if (recvmsg(from, &m, MSG_CMSG_CLOEXEC) != 1 || !CMSG_FIRSTHDR(&m) ||
	    rights.head.cmsg_len != CMSG_LEN(n * sizeof(int)))
		return false;
	memcpy(fds, CMSG_DATA(&rights.head), n * sizeof(int));
	return true;
}

static bool get_listeners(const struct tunnels *t, pid_t init, int *fds, struct error *e)
{
	int pair[2], status = 0;
	pid_t pid;
	bool ok;

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0)
		return err_sys(e, "open a way out of the sandbox");
	pid = fork();
	if (pid == 0)
		listen_inside(t, init, pair[1]);
	close(pair[1]);
	ok = pid > 0 && receive_rights(pair[0], fds, t->n);
	close(pair[0]);
	while (pid > 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	return ok || err_set(e, ERR_SYSTEM,
			     "open a way out of the sandbox: its network namespace cannot be "
			     "entered (%d); do without IMGBUILD_LAUNCHER",
			     WEXITSTATUS(status));
}

static int tunnel_connect(const struct tunnel *t)
{
	const struct addrinfo hints = { .ai_socktype = SOCK_STREAM };
	struct addrinfo *found = NULL;
	int fd = -1;

	if (getaddrinfo(t->host, t->service, &hints, &found) != 0)
		return -1;
	for (const struct addrinfo *one = found; one && fd < 0; one = one->ai_next) {
		fd = socket(one->ai_family, SOCK_STREAM | SOCK_CLOEXEC, one->ai_protocol);
		if (fd >= 0 && connect(fd, one->ai_addr, one->ai_addrlen) < 0)
			fd_closep(&fd);
	}
	freeaddrinfo(found);
	return fd;
}

/* Moves what can be read; at the end of one direction tells the other side. false: broken. */
static bool tunnel_move(struct pollfd *from, int to)
{
	char block[65536];
	struct error ignored = { 0 };
	ssize_t n;

	if (!(from->revents & (POLLIN | POLLHUP | POLLERR)))
		return true;
	n = read(from->fd, block, sizeof(block));
	if (n > 0)
		return fd_write(to, (struct str){ block, (size_t)n }, "tunnel", &ignored);
	from->fd = -1;
	return n == 0 && shutdown(to, SHUT_WR) == 0;
}

static _Noreturn void tunnel_carry(const struct tunnel *t, int inside)
{
	int outside = tunnel_connect(t);
	struct pollfd p[2] = { { .fd = inside, .events = POLLIN },
			       { .fd = outside, .events = POLLIN } };

	signal(SIGPIPE, SIG_IGN);
	while (outside >= 0 && (p[0].fd >= 0 || p[1].fd >= 0)) {
		if (poll(p, 2, -1) < 0 || !tunnel_move(&p[0], outside) ||
		    !tunnel_move(&p[1], inside))
			break;
	}
	_exit(0);
}

/* One process for each connection; those that have ended are collected before the next. */
static void accept_one(const struct tunnel *t, int listener, unsigned *running)
{
	int fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
	int ignored;

	while (*running > 0 && waitpid(-1, &ignored, *running < CONNECTIONS_MAX ? WNOHANG : 0) > 0)
		(*running)--;
	if (fd < 0)
		return;
	switch (fork()) {
	case 0:
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		tunnel_carry(t, fd);
	case -1:
		break;
	default:
		(*running)++;
	}
	close(fd);
}

static _Noreturn void tunnel_serve(const struct tunnels *t, const int *listeners)
{
	struct pollfd p[TUNNEL_MAX];
	unsigned running = 0;

	setpgid(0, 0);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	interrupt_forget();
	for (size_t i = 0; i < t->n; i++)
		p[i] = (struct pollfd){ .fd = listeners[i], .events = POLLIN };
	while (poll(p, t->n, -1) > 0 || errno == EINTR) {
		for (size_t i = 0; i < t->n; i++) {
			if (p[i].revents)
				accept_one(&t->v[i], p[i].fd, &running);
		}
	}
	_exit(1);
}

bool tunnels_open(const struct tunnels *t, pid_t init, pid_t *carrier, struct error *e)
{
	int listeners[TUNNEL_MAX];

	*carrier = 0;
	if (t->n == 0)
		return true;
	if (t->n > TUNNEL_MAX)
		return err_set(e, ERR_USAGE, "more than %d hosts for the launcher", TUNNEL_MAX);
	if (!get_listeners(t, init, listeners, e))
		return false;
	*carrier = fork();
	if (*carrier == 0)
		tunnel_serve(t, listeners);
	if (*carrier > 0)
		setpgid(*carrier, *carrier);
	for (size_t i = 0; i < t->n; i++)
		close(listeners[i]);
	return *carrier > 0 || err_sys(e, "open a way out of the sandbox");
}

/* Its connections are in its process group. */
void tunnels_close(pid_t carrier)
{
	int ignored;

	if (carrier <= 0)
		return;
	kill(-carrier, SIGKILL);
	while (waitpid(-carrier, &ignored, 0) > 0 || errno == EINTR)
		;
}
