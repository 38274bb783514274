/* SPDX-License-Identifier: Apache-2.0 */
#ifndef E2E_FIXTURE_SLURM_H
#define E2E_FIXTURE_SLURM_H

/* A Slurm of the test's own: Debian's packages, unpacked below build/slurm and never installed,
 * with a controller and some nodes on this machine, whose state is in a temporary folder. */

#include <sys/types.h>

#include "support/fixture_oracle.h"

#define SLURM_NODES 3

struct slurm {
	struct arena *a;
	const char *dir;      /* slurm.conf, logs, jobs: one line for each that has ended */
	const char *programs; /* the folder they were unpacked to */
	pid_t controller, nodes[SLURM_NODES];
};

/* Starts it. Where it cannot be had (no root, no mirror), the test is skipped, by name. Sets PATH,
 * SLURM_CONF and LD_LIBRARY_PATH, so that sbatch works for whoever runs in this process. */
void slurm_open(struct slurm *s, struct arena *a);
void slurm_close(struct slurm *s);

/* Ends a node at once (SIGKILL), with what runs there; and starts it again. */
void slurm_kill_node(struct slurm *s, size_t node);
void slurm_start_node(struct slurm *s, size_t node);

/* Waits until no job is left; the test fails after so many seconds. */
void slurm_wait(struct slurm *s, unsigned seconds);

/* How many jobs ended with this text in their line: "ExitCode=3:0". */
size_t slurm_ended(const struct slurm *s, const char *text);

#endif
