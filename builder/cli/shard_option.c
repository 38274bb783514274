/* SPDX-License-Identifier: Apache-2.0 */
/* Which part of a plan is this machine's. */

#include "cli/shard_option.h"

#include <stdlib.h>

#define SHARDS_MAX 100000

/* How an engine tells its jobs which of them they are. */
struct shard_engine {
	const char *name, *index, *count;
	const char *first; /* the variable with the number of the first, or NULL: it is `from` */
	const char *last;  /* that of the last, or NULL: no number is left out */
	uint64_t from;
};

static const struct shard_engine engines[] = {
	{ "Slurm", "SLURM_ARRAY_TASK_ID", "SLURM_ARRAY_TASK_COUNT", "SLURM_ARRAY_TASK_MIN",
	  "SLURM_ARRAY_TASK_MAX", 0 },
	{ "GitLab", "CI_NODE_INDEX", "CI_NODE_TOTAL", NULL, NULL, 1 },
	{ "Buildkite", "BUILDKITE_PARALLEL_JOB", "BUILDKITE_PARALLEL_JOB_COUNT", NULL, NULL, 0 },
	{ "Kubernetes", "JOB_COMPLETION_INDEX", "IMGBUILD_SHARDS", NULL, NULL, 0 },
};

static bool shard_number(const char *name, uint64_t *out, struct error *e)
{
	const char *text = getenv(name);

	return (text && str_u64(str_of(text), out)) ||
	       err_set(e, ERR_USAGE, "--shard auto: $%s is \"%s\", not a number", name,
		       text ? text : "");
}

static bool shard_in_range(const char *option, uint64_t part, uint64_t of, struct shard *out,
			   struct error *e)
{
	if (of < 1 || of > SHARDS_MAX || part < 1 || part > of)
		return err_set(e, ERR_USAGE,
			       "%s: there is no part %llu of %llu; parts are 1 to the number of "
			       "parts, at most %d",
			       option, (unsigned long long)part, (unsigned long long)of,
			       SHARDS_MAX);
	out->part = (unsigned)part;
	out->of = (unsigned)of;
	return true;
}

/* Who starts some jobs of an array again gets an array of these numbers alone, in which each would
 * take another part. */
static bool shard_has_all_numbers(const struct shard_engine *x, uint64_t first, uint64_t count,
				  struct error *e)
{
	uint64_t last;

	if (!x->last || !getenv(x->last))
		return true;
	if (!shard_number(x->last, &last, e))
		return false;
	return (last >= first && last - first == count - 1) ||
	       err_set(e, ERR_USAGE,
		       "--shard auto: $%s says that there are %llu jobs, and they are numbered "
		       "from %llu to %llu: some numbers are left out, so no job can tell its part; "
		       "write --shard I/N",
		       x->count, (unsigned long long)count, (unsigned long long)first,
		       (unsigned long long)last);
}

static bool shard_of_engine(struct arena *a, const struct shard_engine *x, struct shard *out,
			    struct error *e)
{
	uint64_t index, count, first = x->from;

	if (!getenv(x->count))
		return err_set(e, ERR_USAGE,
			       "--shard auto: $%s says which part this is, and $%s does not say "
			       "of how many: set it",
			       x->index, x->count);
	if (!shard_number(x->index, &index, e) || !shard_number(x->count, &count, e) ||
	    (x->first && getenv(x->first) && !shard_number(x->first, &first, e)) ||
	    !shard_has_all_numbers(x, first, count, e))
		return false;
	out->said = arena_printf(a, "%s's $%s", x->name, x->index);
	return shard_in_range(out->said, index < first ? 0 : index - first + 1, count, out, e);
}

static bool shard_detect(struct arena *a, struct shard *out, struct error *e)
{
	*out = (struct shard){ 0 };
	for (size_t i = 0; i < ARRAY_SIZE(engines); i++) {
		struct shard found;

		if (!getenv(engines[i].index))
			continue;
		if (!shard_of_engine(a, &engines[i], &found, e))
			return false;
		if (out->of && (out->of != found.of || out->part != found.part))
			return err_set(
				e, ERR_USAGE,
				"--shard auto: %s says %u/%u and %s says %u/%u; unset one, or "
				"write --shard I/N",
				out->said, out->part, out->of, found.said, found.part, found.of);
		if (!out->of)
			*out = found;
	}
	return out->of ||
	       err_set(e, ERR_USAGE,
		       "--shard auto: no engine says which part this is (variables of Slurm, "
		       "GitLab, Buildkite and Kubernetes are read); write --shard I/N");
}

bool shard_read(struct arena *a, const char *option, const char *value, void *target,
		struct error *e)
{
	struct shard *out = target;
	struct str part, of;
	uint64_t n[2];

	if (strcmp(value, "auto") == 0)
		return shard_detect(a, out, e);
	if (!str_cut(str_of(value), '/', &part, &of) || !str_u64(part, &n[0]) ||
	    !str_u64(of, &n[1]))
		return err_set(e, ERR_USAGE, "%s takes a part like 2/12, or auto, not \"%s\"",
			       option, value);
	return shard_in_range(option, n[0], n[1], out, e);
}

bool shards_read(struct arena *a, const char *option, const char *value, void *target,
		 struct error *e)
{
	uint64_t n;

	(void)a;
	if (!str_u64(str_of(value), &n) || n < 1 || n > SHARDS_MAX)
		return err_set(e, ERR_USAGE, "%s takes a number from 1 to %d, not \"%s\"", option,
			       SHARDS_MAX, value);
	*(unsigned *)target = (unsigned)n;
	return true;
}
