/* SPDX-License-Identifier: Apache-2.0 */
#ifndef COMMON_PROC_NET_H
#define COMMON_PROC_NET_H

/* The TCP sockets of this network namespace, as the kernel tells them: who listens, and how
 * many connections are open, without ever connecting to anything. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct proc_socket {
	uint16_t port;	/* local */
	unsigned state; /* 0x0a listening, 0x01 established, 0x08 close-wait */
	uint64_t inode;
};

/* Reads one line of /proc/net/tcp or tcp6 of `n` bytes. False for the heading or nonsense. Pure. */
bool proc_socket_parse(const char *line, size_t n, struct proc_socket *s);

struct proc_ports {
	unsigned listening; /* sockets that listen on one of the ports */
	uint32_t listened;  /* bit i: somebody listens on the port at i */
	unsigned busy;	    /* connections to one of them that are not over */
	uint64_t inode[8];  /* of the first listeners */
};

/* Counts the sockets of the `n` ports in /proc/net/tcp and tcp6. False if neither can be read. */
bool proc_ports_count(const uint16_t *ports, size_t n, struct proc_ports *found);

/* The same for listeners only (found->busy stays 0): cheap however many connections there are. */
bool proc_ports_listening(const uint16_t *ports, size_t n, struct proc_ports *found);

enum proc_held {
	PROC_HELD_NO,
	PROC_HELD_YES,
	PROC_HELD_UNKNOWN /* its descriptors may not be looked at, or it is about to be gone */
};

/* Does process `pid` hold one of the listening sockets of `found`? */
enum proc_held proc_ports_held_by(const struct proc_ports *found, int pid);

/* The state letter of process `pid` (R, S, D, T, Z, ...), or 0 if it cannot be read. */
char proc_state(int pid);

#endif
