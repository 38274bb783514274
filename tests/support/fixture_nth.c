/* SPDX-License-Identifier: Apache-2.0 */
/* The child installs the filter and sends its listener over a socket; the parent answers. */

#include "support/fixture_nth.h"

#include <errno.h>
#include <poll.h>
#include <seccomp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define NO_FILTER 99 /* exit status of a child that could not be set up */

union control {
	char bytes[CMSG_SPACE(sizeof(int))];
	struct cmsghdr align;
};

static bool send_fd(int socket, int fd)
{
	union control control = { 0 };
	char byte = 0;
	struct iovec one = { &byte, 1 };
	struct msghdr msg = {
		.msg_iov = &one,
		.msg_iovlen = 1,
		.msg_control = control.bytes,
		.msg_controllen = sizeof(control.bytes),
	};
	struct cmsghdr *c = CMSG_FIRSTHDR(&msg);

	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_RIGHTS;
	c->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(c), &fd, sizeof(int));
	return sendmsg(socket, &msg, 0) == 1;
}

static int receive_fd(int socket)
{
	union control control = { 0 };
	char byte;
	struct iovec one = { &byte, 1 };
	struct msghdr msg = {
		.msg_iov = &one,
		.msg_iovlen = 1,
		.msg_control = control.bytes,
		.msg_controllen = sizeof(control.bytes),
	};
	int fd = -1;

	if (recvmsg(socket, &msg, MSG_CMSG_CLOEXEC) == 1 && CMSG_FIRSTHDR(&msg))
		memcpy(&fd, CMSG_DATA(CMSG_FIRSTHDR(&msg)), sizeof(int));
	return fd;
}

static void run_child(int socket, const char *const *calls, int (*work)(void *), void *user)
{
	scmp_filter_ctx ctx = seccomp_init(SCMP_ACT_ALLOW);
	bool ok = ctx != NULL;

	for (size_t i = 0; ok && calls[i]; i++) {
		int nr = seccomp_syscall_resolve_name(calls[i]);

		if (nr >= 0)
			ok = seccomp_rule_add(ctx, SCMP_ACT_NOTIFY, nr, 0) == 0;
	}
	if (!ok || seccomp_load(ctx) != 0 || !send_fd(socket, seccomp_notify_fd(ctx)))
		_exit(NO_FILTER);
	syscall(SYS_close, socket);
	_exit(work(user));
}

/* Whether a call is one of the child's own threads. */
static bool is_own_thread(pid_t pid, unsigned thread)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%ld/task/%u", (long)pid, thread);
	return access(path, F_OK) == 0;
}

/* Answers one call. */
static void nth_answer(int listener, pid_t pid, const struct nth_fault *fault,
		       struct nth_result *result)
{
	struct seccomp_notif *req = NULL;
	struct seccomp_notif_resp *resp = NULL;
	bool dies = false;

	if (seccomp_notify_alloc(&req, &resp) != 0)
		abort();
	if (seccomp_notify_receive(listener, req) == 0) {
		resp->id = req->id;
		resp->flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE;
		if (is_own_thread(pid, req->pid) && ++result->count == fault->at) {
			char *name = seccomp_syscall_resolve_num_arch(SCMP_ARCH_NATIVE,
								      req->data.nr);

			result->hit = true;
			snprintf(result->call, sizeof(result->call), "%s", name ? name : "?");
			free(name);
			resp->flags = fault->error ? 0 : resp->flags;
			resp->error = -fault->error;
			dies = !fault->error;
			if (dies)
				kill(pid, SIGKILL);
		}
		if (!dies) /* else it might still go on to the call */
			seccomp_notify_respond(listener, resp);
	}
	seccomp_notify_free(req, resp);
}

static void nth_supervise(int listener, pid_t pid, const struct nth_fault *fault,
			  struct nth_result *result)
{
	for (;;) {
		struct pollfd p = { .fd = listener, .events = POLLIN };

		if (poll(&p, 1, -1) < 0 && errno == EINTR)
			continue;
		if (!(p.revents & POLLIN))
			return; /* hung up: no task has the filter any more */
		nth_answer(listener, pid, fault, result);
	}
}

bool nth_run(const struct nth_fault *fault, int (*work)(void *user), void *user,
	     struct nth_result *result)
{
	int sockets[2], listener, status = 0;
	pid_t pid;

	*result = (struct nth_result){ 0 };
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sockets) < 0)
		return false;
	fflush(NULL);
	pid = fork();
	if (pid == 0)
		run_child(sockets[1], fault->calls, work, user);
	close(sockets[1]);
	listener = receive_fd(sockets[0]);
	close(sockets[0]);
	if (listener >= 0) {
		nth_supervise(listener, pid, fault, result);
		close(listener);
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		return false;
	result->killed = WIFSIGNALED(status);
	result->status = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
	return listener >= 0 && result->status != NO_FILTER;
}
