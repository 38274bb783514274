/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PROBE_STREAM_H
#define PROBE_STREAM_H

/* Bytes to and from a socket that does not block, until a deadline. */

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "probe/deadline.h"

/* Waits for `events` of poll(2). False: errno; ETIMEDOUT at the deadline. */
bool stream_wait(int fd, short events, struct deadline deadline);

/* Sends all `n` bytes. False: errno. */
bool stream_send(int fd, const void *p, size_t n, struct deadline deadline);

/* Receives at least one and at most `cap` bytes; 0: the peer closed; -1: errno. */
ssize_t stream_receive(int fd, void *p, size_t cap, struct deadline deadline);

#endif
