/* SPDX-License-Identifier: Apache-2.0 */
/* A process that ends a sandbox which waits, when imgbuild is killed meanwhile. bwrap takes the end
 * of what it waits on (--block-fd) for leave to start, and the first process inside is tied to the
 * life of bwrap (--die-with-parent) only after that. */
#ifndef MAKE_COMPILE_SANDBOX_GUARD_H
#define MAKE_COMPILE_SANDBOX_GUARD_H

#include <sys/types.h>

/* Keeps `gate` open, and ends the processes of `group` when the calling thread has ended with
 * imgbuild. The pid, or -1. */
pid_t guard_start(pid_t group, int gate);

/* The sandbox has started or ended. *guard: 0 or -1 afterwards, as also when there was none. */
void guard_end(pid_t *guard);

#endif
