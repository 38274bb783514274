/* SPDX-License-Identifier: Apache-2.0 */
#ifndef E2E_FIXTURE_SLURM_H
#define E2E_FIXTURE_SLURM_H

/* A Slurm cluster on 127.0.0.1 for a test: munged, slurmctld and a slurmd for each node, from
 * Debian's packages, which are unpacked below build/debs and never installed. Configuration, keys,
 * sockets and state are in a temporary folder. Each node is a process namespace of its own: when it
 * is killed, all that runs on it is gone at once, as with a machine. */

#include <sys/types.h>

#include "support/fixture_oracle.h"

#define SLURM_NODES 4

struct slurm {
	struct arena *a;
	const char *dir;      /* slurm.conf, logs */
	const char *own;      /* a folder of which each node sees one of its own */
	const char *programs; /* where they were unpacked */
	pid_t munged, control, nodes[SLURM_NODES]; /* 0: not running */
};

/* Starts a cluster whose nodes n1, n2, ... take one job each. Where it cannot be had (no root, no
 * mirror), the test is skipped and the last line of the run says "not run: slurm". */
void slurm_open(struct slurm *s, struct arena *a);
void slurm_close(struct slurm *s);

/* Runs a program in a folder with Slurm's programs in PATH. */
struct oracle_run slurm_run(const struct slurm *s, const char *folder, const char *const *argv);
#define SLURM_RUN(s, folder, ...) \
	slurm_run((s), (folder), (const char *const[]){ __VA_ARGS__, NULL })

/* The machine fails: the node, its daemon and its jobs are killed, and the cluster hears of it. */
void slurm_kill_node(struct slurm *s, const char *node);

/* A job that a node lost begins anew when its old credentials have expired; who knows that it has
 * ended need not wait for that. */
void slurm_start_again(const struct slurm *s, const char *job);

/* Waits until no job is left; the test fails if that takes longer. */
void slurm_await(const struct slurm *s, unsigned seconds);

/* A job of an array as `scontrol show job` tells of it: the value of a field, "" without one. */
const char *slurm_field(const struct slurm *s, const char *job, const char *field);

#endif
