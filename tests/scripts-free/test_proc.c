/* SPDX-License-Identifier: Apache-2.0 */
/* What is read from /proc, and the names in directories. */

#include <criterion/criterion.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <netinet/in.h>
#include <unistd.h>

#include "common/board.h"
#include "common/dir_list.h"
#include "common/proc_net.h"
#include "entrypoint/remove.h"

Test(proc_net, lines_of_both_families)
{
	static const char v4[] =
		"   0: 0100007F:0C38 00000000:0000 0A 00000000:00000000 00:00000000 00000000"
		"  1000        0 12345 1 0000000000000000 100 0 0 10 0";
	static const char v6[] = "   1: 00000000000000000000000000000000:1F90 "
				 "00000000000000000000000000000000:0000 01 00000000:00000000 "
				 "02:00000000 00000000     0        0 777 1 0";
	struct proc_socket s;

	cr_expect(proc_socket_parse(v4, sizeof v4 - 1, &s));
	cr_expect(s.port == 3128 && s.state == 0x0a && s.inode == 12345);
	cr_expect(proc_socket_parse(v6, sizeof v6 - 1, &s));
	cr_expect(s.port == 8080 && s.state == 1 && s.inode == 777);
	cr_expect(!proc_socket_parse("  sl  local_address rem_address   st", 36, &s));
	cr_expect(!proc_socket_parse(v4, 40, &s));
	cr_expect(!proc_socket_parse("", 0, &s));
}

Test(proc_net, a_listener_of_ours_is_found_and_known_to_be_ours)
{
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t len = sizeof a;
	struct proc_ports found;
	int client, fd = socket(AF_INET, SOCK_STREAM, 0);
	uint16_t port;

	cr_assert(bind(fd, (struct sockaddr *)&a, sizeof a) == 0 && listen(fd, 1) == 0);
	cr_assert(getsockname(fd, (struct sockaddr *)&a, &len) == 0);
	port = ntohs(a.sin_port);
	cr_assert(proc_ports_count(&port, 1, &found));
	cr_expect(found.listening == 1 && found.busy == 0);
	cr_assert(proc_ports_listening(&port, 1, &found));
	cr_expect_eq(found.listening, 1);
	cr_expect_eq(proc_ports_held_by(&found, getpid()), PROC_HELD_YES);
	cr_expect_eq(proc_ports_held_by(&found, getppid()), PROC_HELD_NO);
	cr_expect_eq(proc_ports_held_by(&found, 1 << 30), PROC_HELD_UNKNOWN);
	client = socket(AF_INET, SOCK_STREAM, 0);
	cr_assert(connect(client, (struct sockaddr *)&a, sizeof a) == 0);
	cr_assert(proc_ports_count(&port, 1, &found));
	cr_expect_geq(found.busy, 1);
	close(fd);
	found.listening = 1;
	cr_expect_eq(proc_ports_held_by(&found, getpid()), PROC_HELD_NO);
	close(client);
}

Test(proc_net, states_of_processes)
{
	pid_t pid = fork();

	if (pid == 0) {
		pause();
		_exit(0);
	}
	kill(pid, SIGSTOP);
	waitpid(pid, NULL, WUNTRACED);
	cr_expect_eq(proc_state(pid), 'T');
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	cr_expect_eq(proc_state(pid), 0);
	cr_expect_eq(proc_state(getpid()), 'R');
}

Test(dir_list, matches_come_in_order_and_trees_go_away)
{
	char root[] = "/tmp/dirs.XXXXXX", path[256], last[256] = "";
	static const char *const names[] = { "b.conf", "a.conf", "c.txt", ".d.conf" };
	struct dir_name name;

	cr_assert_not_null(mkdtemp(root));
	for (size_t i = 0; i < 4; i++) {
		snprintf(path, sizeof path, "%s/%s", root, names[i]);
		close(open(path, O_WRONLY | O_CREAT, 0600));
	}
	cr_assert(dir_next_match(root, "*.conf", last, &name));
	cr_expect_str_eq(name.s, "a.conf");
	memcpy(last, name.s, sizeof last);
	cr_assert(dir_next_match(root, "*.conf", last, &name));
	cr_expect_str_eq(name.s, "b.conf");
	memcpy(last, name.s, sizeof last);
	cr_expect(!dir_next_match(root, "*.conf", last, &name));
	cr_expect(!dir_next_match("/nonexistent", "*", "", &name));
	cr_expect(remove_tree(root));
	cr_expect(remove_tree(root), "removing nothing is fine");
}

Test(board, the_reader_sees_the_writer_and_cannot_write)
{
	int fd;
	struct board *b = board_create(&fd);
	const struct board *r;

	cr_assert_not_null(b);
	r = board_open(fd);
	cr_assert_not_null(r);
	atomic_store(&b->squid_pid, 42);
	cr_expect_eq(atomic_load(&r->squid_pid), 42);
	cr_expect_lt(write(fd, "x", 1), 0);
	b->size = 1;
	cr_expect_null(board_open(fd));
	cr_expect_null(board_open(0));
}
