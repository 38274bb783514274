/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ENTRYPOINT_RELAY_H
#define ENTRYPOINT_RELAY_H

/* A child's output, cut into lines and handed on, without ever making the child wait for long:
 * a line is capped, and output that nobody takes is dropped by the log. */

#include <stdbool.h>
#include <stddef.h>

#include "entrypoint/log.h"

struct relay {
	int fd;	    /* our end of the pipe; -1 when closed */
	size_t len; /* bytes of an unfinished line */
	size_t cut; /* bytes of it that did not fit */
	void (*line)(void *arg, const char *s, size_t n);
	void *arg;
	char *buf; /* own, or a wider one */
	size_t cap;
	char own[LOG_TEXT_MAX];
};

/* Takes `fd` over and calls `line` for each line, without its line feed. */
void relay_open(struct relay *r, int fd, void (*line)(void *, const char *, size_t), void *arg);

/* Lines may have `cap` bytes from now on, in the caller's `buf`. To be called before anything is
 * read. */
void relay_widen(struct relay *r, char *buf, size_t cap);

/* Reads what is there, at most 64 KiB. False at the end of file: the relay is then closed and
 * the last, unfinished line was handed on. */
bool relay_read(struct relay *r);

/* Reads until nothing is left, hands on an unfinished line, closes. Does not wait: somebody
 * else may hold the other end. */
void relay_finish(struct relay *r);

/* Is the pipe at least half full? Then it has to be read whatever the log can take. */
bool relay_urgent(const struct relay *r);

#endif
