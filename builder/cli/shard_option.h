/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_SHARD_OPTION_H
#define CLI_SHARD_OPTION_H

/* --shard I/N, and --shard auto: which part of a plan this machine builds. */

#include "cli/cli.h"

struct shard {
	unsigned part, of; /* from 1 to `of`; of == 0: all of it */
	const char *said;  /* "GitLab's CI_NODE_INDEX and CI_NODE_TOTAL", of auto; or NULL */
};

/* Reads "2/12" into a struct shard, or what the engine says that runs this job: the variables of
 * Slurm's arrays, GitLab's parallel, Buildkite's parallelism and Kubernetes' Indexed Jobs.
 * ERR_USAGE for a part that there is not, for none of these variables, and for two engines that
 * disagree. */
MUST_CHECK bool shard_read(struct arena *a, const char *option, const char *value, void *target,
			   struct error *e);

/* How many parts: a number from 1. ERR_USAGE. */
MUST_CHECK bool shards_read(struct arena *a, const char *option, const char *value, void *target,
			    struct error *e);

#endif
