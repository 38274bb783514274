/* SPDX-License-Identifier: Apache-2.0 */
/* --shard: as it is written, and as the engines' documentation says that they tell it. */

#include <criterion/criterion.h>
#include <stdlib.h>

#include "cli/shard_option.h"

struct shard_case {
	const char *value;
	const char *set[5][2];
	unsigned part, of; /* 0: an error */
	const char *error;
};

static const struct shard_case cases[] = {
	{ "1/1", { { NULL } }, 1, 1, NULL },
	{ "12/12", { { NULL } }, 12, 12, NULL },
	{ "0/3", { { NULL } }, 0, 0, "there is no part 0 of 3" },
	{ "4/3", { { NULL } }, 0, 0, "there is no part 4 of 3" },
	{ "1/0", { { NULL } }, 0, 0, "there is no part 1 of 0" },
	{ "1/100001", { { NULL } }, 0, 0, "at most 100000" },
	{ "3", { { NULL } }, 0, 0, "takes a part like 2/12, or auto, not \"3\"" },
	{ "-1/3", { { NULL } }, 0, 0, "takes a part like 2/12, or auto, not \"-1/3\"" },
	{ "auto", { { NULL } }, 0, 0, "no engine says which part this is" },
	/* sbatch --array=0-11 and --array=5-8 */
	{ "auto",
	  { { "SLURM_ARRAY_TASK_ID", "0" },
	    { "SLURM_ARRAY_TASK_COUNT", "12" },
	    { "SLURM_ARRAY_TASK_MIN", "0" } },
	  1,
	  12,
	  NULL },
	{ "auto",
	  { { "SLURM_ARRAY_TASK_ID", "8" },
	    { "SLURM_ARRAY_TASK_COUNT", "4" },
	    { "SLURM_ARRAY_TASK_MIN", "5" } },
	  4,
	  4,
	  NULL },
	{ "auto",
	  { { "SLURM_ARRAY_TASK_ID", "4" },
	    { "SLURM_ARRAY_TASK_COUNT", "4" },
	    { "SLURM_ARRAY_TASK_MIN", "5" } },
	  0,
	  0,
	  "Slurm's $SLURM_ARRAY_TASK_ID" },
	/* sbatch --array=3,7 and --array=0-22:2 */
	{ "auto",
	  { { "SLURM_ARRAY_TASK_ID", "3" },
	    { "SLURM_ARRAY_TASK_COUNT", "2" },
	    { "SLURM_ARRAY_TASK_MIN", "3" },
	    { "SLURM_ARRAY_TASK_MAX", "7" } },
	  0,
	  0,
	  "$SLURM_ARRAY_TASK_COUNT says that there are 2 jobs, and they are numbered from 3 to 7" },
	{ "auto",
	  { { "SLURM_ARRAY_TASK_ID", "2" },
	    { "SLURM_ARRAY_TASK_COUNT", "12" },
	    { "SLURM_ARRAY_TASK_MIN", "0" },
	    { "SLURM_ARRAY_TASK_MAX", "22" } },
	  0,
	  0,
	  "some numbers are left out, so no job can tell its part; write --shard I/N" },
	{ "auto",
	  { { "SLURM_ARRAY_TASK_ID", "6" },
	    { "SLURM_ARRAY_TASK_COUNT", "4" },
	    { "SLURM_ARRAY_TASK_MIN", "5" },
	    { "SLURM_ARRAY_TASK_MAX", "8" } },
	  2,
	  4,
	  NULL },
	{ "auto",
	  { { "SLURM_ARRAY_TASK_ID", "0" },
	    { "SLURM_ARRAY_TASK_COUNT", "0" },
	    { "SLURM_ARRAY_TASK_MIN", "0" },
	    { "SLURM_ARRAY_TASK_MAX", "0" } },
	  0,
	  0,
	  "there are 0 jobs" },
	{ "auto", { { "CI_NODE_INDEX", "1" }, { "CI_NODE_TOTAL", "3" } }, 1, 3, NULL },
	{ "auto", { { "CI_NODE_INDEX", "3" }, { "CI_NODE_TOTAL", "3" } }, 3, 3, NULL },
	{ "auto", { { "CI_NODE_TOTAL", "3" } }, 0, 0, "no engine" }, /* set without parallel, too */
	{ "auto",
	  { { "BUILDKITE_PARALLEL_JOB", "0" }, { "BUILDKITE_PARALLEL_JOB_COUNT", "2" } },
	  1,
	  2,
	  NULL },
	{ "auto", { { "JOB_COMPLETION_INDEX", "4" }, { "IMGBUILD_SHARDS", "5" } }, 5, 5, NULL },
	{ "auto", { { "JOB_COMPLETION_INDEX", "4" } }, 0, 0, "$IMGBUILD_SHARDS does not say" },
	{ "auto",
	  { { "CI_NODE_INDEX", "x" }, { "CI_NODE_TOTAL", "3" } },
	  0,
	  0,
	  "$CI_NODE_INDEX is \"x\", not a number" },
	{ "auto",
	  { { "CI_NODE_INDEX", "2" },
	    { "CI_NODE_TOTAL", "3" },
	    { "JOB_COMPLETION_INDEX", "1" },
	    { "IMGBUILD_SHARDS", "3" } },
	  2,
	  3,
	  NULL },
	{ "auto",
	  { { "CI_NODE_INDEX", "2" },
	    { "CI_NODE_TOTAL", "3" },
	    { "JOB_COMPLETION_INDEX", "2" },
	    { "IMGBUILD_SHARDS", "3" } },
	  0,
	  0,
	  "GitLab's $CI_NODE_INDEX says 2/3 and Kubernetes's $JOB_COMPLETION_INDEX says 3/3" },
};

static void shard_expect(const struct shard_case *x)
{
	AUTO_ARENA a = { 0 };
	struct shard s = { 0 };
	struct error e = { 0 };
	bool ok;

	for (size_t i = 0; i < 5 && x->set[i][0]; i++)
		setenv(x->set[i][0], x->set[i][1], 1);
	ok = shard_read(&a, "--shard", x->value, &s, &e);
	for (size_t i = 0; i < 5 && x->set[i][0]; i++)
		unsetenv(x->set[i][0]);
	if (x->of)
		cr_expect(ok && s.part == x->part && s.of == x->of, "%s: %u/%u %s", x->value,
			  s.part, s.of, e.cause);
	else
		cr_expect(!ok && e.kind == ERR_USAGE && strstr(e.cause, x->error), "%s: %s",
			  x->value, e.cause);
}

Test(shard, is_read_as_engines_tell_it)
{
	static const char *const names[] = {
		"SLURM_ARRAY_TASK_ID",
		"SLURM_ARRAY_TASK_COUNT",
		"SLURM_ARRAY_TASK_MIN",
		"CI_NODE_INDEX",
		"CI_NODE_TOTAL",
		"BUILDKITE_PARALLEL_JOB",
		"BUILDKITE_PARALLEL_JOB_COUNT",
		"JOB_COMPLETION_INDEX",
		"IMGBUILD_SHARDS",
	};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		unsetenv(names[i]);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		shard_expect(&cases[i]);
}
