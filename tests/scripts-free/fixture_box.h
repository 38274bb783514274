/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCRIPTS_FREE_FIXTURE_BOX_H
#define SCRIPTS_FREE_FIXTURE_BOX_H

/* A container without a container: a tree below a temporary directory, the test build of the
 * entrypoint, and fake programs in it. */

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* Sanitizers need libraries, memory and processes of their own: limits mean something else then. */
#ifdef __SANITIZE_ADDRESS__
#define SANITIZED true
#else
#define SANITIZED false
#endif

struct box {
	char root[256];
	unsigned port, health_port;
	pid_t pid;    /* of the entrypoint; 0 if not started */
	bool as_init; /* start it as PID 1 of a PID namespace, with a /proc of its own */
	void (*prepare)(struct box *b); /* what its process does just before exec; may be NULL */
	const char *const *under;	/* a program that starts it, with arguments; may be NULL */
	char text[1 << 20];		/* for box_out and box_err */
};

/* The program `name` of the build this test belongs to; valid until the next call. */
const char *program_path(const char *name);

/* A fresh tree with fake squid and certgen, the real health server, and a configuration with one
 * http_port. `box` may be large: make it static. */
void box_make(struct box *b);

/* Makes or replaces a file below the root; `fmt` may use %R for the root and %P for the port. */
void box_put(struct box *b, const char *path, const char *text);

/* The full name of `path`, valid until the fourth next call. */
const char *box_path(struct box *b, const char *path);

/* Puts the fake `name` where the health server is. */
void box_fake_health(struct box *b);

/* Starts the entrypoint with FAKE=`fake` and further NAME=VALUE pairs, up to a NULL. */
void box_start(struct box *b, const char *fake, ...);

/* Waits until `text` is in stdout or stderr; false after `ms`. */
bool box_wait_text(struct box *b, const char *text, int ms);

/* Waits for the end; the exit code, 128 + signal, or -1 after `ms`. */
int box_wait_end(struct box *b, int ms);

/* Everything that was written so far. */
const char *box_out(struct box *b);
const char *box_err(struct box *b);

/* Ends what still runs and removes the tree. */
void box_remove(struct box *b);

/* Runs the entrypoint with arguments, up to a NULL, until it ends. Its exit code; box_out and
 * box_err have what it wrote. */
int box_verb(struct box *b, ...);

/* For `prepare`: a mount namespace of its own, in which tmpfs can be mounted by anybody. */
void own_mounts(void);

/* The process `text` in stdout ends with: "Squid started with PID " gives Squid. */
pid_t box_pid_after(struct box *b, const char *text);

/* A line of /proc/PID/status as a number (`key` with its colon), -1 if there is none. */
long long status_of(pid_t pid, const char *key, int base);

/* How many descriptors a process has open. */
int descriptors_of(pid_t pid);

/* One HTTP exchange with 127.0.0.1:`port`: sends `request`, reads to the end into `answer`. The
 * status, 0 if the server closed without one, -1 on failure or after `ms`. */
int http_exchange(unsigned port, const char *request, size_t n, char *answer, size_t cap, int ms);
int http_get(unsigned port, const char *path, char *answer, size_t cap);

/* Connected socket, or -1. */
int connect_to(unsigned port);

/* Milliseconds on a clock that does not jump. */
long long now_ms(void);

/* How many processes have `root` in their command line: 0 once nothing of a box is left. */
int processes_of(const struct box *b);

#endif
