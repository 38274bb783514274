/* SPDX-License-Identifier: Apache-2.0 */
#ifndef COMMON_BOARD_H
#define COMMON_BOARD_H

/* What PID 1 tells the health server: one page of shared memory that PID 1 writes and the
 * health server can only read. The constant part is complete before the health server starts (but
 * for the ports, which may change when Squid reconfigures); the rest are single atomic values, so
 * a reader never waits and PID 1 never does. */

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "common/conf_facts.h"

#define BOARD_FD 3 /* the descriptor the health server finds it at */

enum board_phase { BOARD_STARTING, BOARD_RUNNING, BOARD_STOPPING };

struct board {
	uint32_t size; /* sizeof(struct board): same build */
	uint32_t health_port;
	uint16_t ports[CONF_PORTS]; /* Squid's */
	uint32_t n_ports;
	uint32_t wanted; /* bit i: Squid has to listen on ports[i] */
	uint16_t twice;	 /* a port that two lines ask for; 0: none */
	uint32_t n_caches;
	char caches[CONF_CACHES][CONF_PATH];
	char conf[CONF_PATH];	/* the user's file, or the default */
	char cert[CONF_PATH];	/* first signing certificate; empty if none */
	char ssl_db[CONF_PATH]; /* empty if none */

	_Atomic int32_t squid_pid; /* 0 while there is none */
	_Atomic uint32_t phase;	   /* enum board_phase */
	_Atomic uint64_t beat_ms;  /* PID 1's loop was alive then (clock_ms) */
	_Atomic uint32_t health_restarts;
	_Atomic uint64_t reaped;  /* orphans */
	_Atomic uint64_t dropped; /* log lines nobody took */
};

/* Makes an empty board in memory shared with children. NULL, errno set, if that fails.
 * `*fd` can be read and mapped, not written, and is close-on-exec. */
struct board *board_create(int *fd);

/* Maps the board at `fd` for reading. NULL if it is not one of this build. */
const struct board *board_open(int fd);

#endif
