/* SPDX-License-Identifier: Apache-2.0 */
/* Reads what was measured and says which cases grow too fast; with two cases that do so on purpose.
 */

#include "growth/growth.h"

void growth_tell(const struct growth_case *c, const struct growth_cost costs[2])
{
	fprintf(stderr,
		"growth: %s: %s: n = %zu, 2n: instructions %llu, %llu (%.2f); bytes %llu, %llu (%.2f)\n",
		c->parsers, c->shape, c->n, (unsigned long long)costs[0].instructions,
		(unsigned long long)costs[1].instructions,
		(double)costs[1].instructions / (double)(costs[0].instructions + 1),
		(unsigned long long)costs[0].bytes, (unsigned long long)costs[1].bytes,
		(double)costs[1].bytes / (double)(costs[0].bytes + 1));
}

static bool judge_fine(uint64_t once, uint64_t twice, uint64_t least)
{
	return twice <= once / 100 * GROWTH_PERCENT + least;
}

/* Whether the case is as it should be. */
static bool judge_case(const struct growth_case *c, const struct growth_cost costs[2])
{
	bool fine = judge_fine(costs[0].instructions, costs[1].instructions,
			       GROWTH_FLOOR_INSTRUCTIONS) &&
		    judge_fine(costs[0].bytes, costs[1].bytes, GROWTH_FLOOR_BYTES);

	if (fine == c->too_fast || costs[0].instructions == 0)
		growth_tell(c, costs);
	return fine != c->too_fast && costs[0].instructions;
}

size_t growth_judge(const struct growth_list *l, struct str measured)
{
	size_t bad = 0;

	for (size_t i = 0; i < l->n; i++) {
		struct str line = { "", 0 }, field;
		uint64_t v[5] = { 0 };
		size_t n = 0;

		str_next(&measured, '\n', &line);
		while (n < ARRAY_SIZE(v) && str_next(&line, ' ', &field) && str_u64(field, &v[n]))
			n++;
		if (n < ARRAY_SIZE(v) || v[0] != i) {
			fprintf(stderr, "growth: %s: %s: was not measured\n", l->v[i]->parsers,
				l->v[i]->shape);
			return bad + 1;
		}
		bad += !judge_case(l->v[i],
				   (struct growth_cost[]){ { v[1], v[3] }, { v[2], v[4] } });
	}
	return bad;
}

/* Two readers of lines that are wrong in what they cost, and one that is not. */

static bool judge_looks_back(struct arena *a, struct str input, struct error *e)
{
	struct LIST(struct str) seen = { NULL, 0, 0 };
	struct str line;

	(void)e;
	while (str_next(&input, '\n', &line)) {
		for (size_t i = 0; i < seen.n; i++) {
			if (str_eq(seen.v[i], line))
				return false;
		}
		*list_push(a, &seen) = line;
	}
	return true;
}

static bool judge_keeps_rests(struct arena *a, struct str input, struct error *e)
{
	struct str line;

	(void)e;
	while (str_next(&input, '\n', &line))
		str_dup(a, input);
	return true;
}

static bool judge_keeps_lines(struct arena *a, struct str input, struct error *e)
{
	struct str line;

	(void)e;
	while (str_next(&input, '\n', &line))
		str_dup(a, line);
	return true;
}

static const struct growth_case judge_table[] = {
	{ .parsers = "",
	  .shape = "looks at all lines before",
	  .n = 1000,
	  .item = "#\n",
	  .run = judge_looks_back,
	  .too_fast = true },
	{ .parsers = "",
	  .shape = "keeps a copy of all lines behind",
	  .n = 500,
	  .item = "#\n",
	  .run = judge_keeps_rests,
	  .too_fast = true },
	{ .parsers = "",
	  .shape = "keeps a copy of each line",
	  .n = 20000,
	  .item = "#\n",
	  .run = judge_keeps_lines },
};
const struct growth_cases growth_judge_cases = { judge_table, ARRAY_SIZE(judge_table) };
