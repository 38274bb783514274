/* SPDX-License-Identifier: Apache-2.0 */
#include "support/fixture_fleet_model.h"

#include <assert.h>

#define MODEL_WORKERS 1024
#define ATTEMPTS 3 /* as the plan's jobs have */
#define ROUNDS 20  /* of looking how long requests wait for each other */

/* xorshift64: from 0 to 1. */
static double model_chance(unsigned long *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return (double)(*state >> 11) / (double)(1ul << 53);
}

/* One job of a wave. */
struct model_share {
	const struct fleet_model *m;
	double each, compile; /* seconds for one item, and to compile it */
	double wait;	      /* how many times as long as alone a request takes */
	unsigned rounds;      /* jobs of a worker, one after another */
};

static double model_job(const struct model_share *s, unsigned items)
{
	return s->m->start +
	       items * (s->each + s->compile + s->m->requests * s->m->round_trip * s->wait);
}

/* More than the registry answers makes everybody wait. */
static double model_rate(const struct model_share *s, unsigned items, unsigned jobs)
{
	double most = jobs ? s->rounds * model_job(s, (items + jobs - 1) / jobs) : 0;

	return most > 0 ? items * s->m->requests / most : 0;
}

static double model_with_losses(const struct fleet_model *m, double job, unsigned long *state,
				unsigned *retried)
{
	double sum = job;

	for (unsigned i = 1; i < ATTEMPTS && model_chance(state) < m->lost; i++) {
		sum += job * model_chance(state) + m->requeue;
		++*retried;
	}
	return sum;
}

/* The worker that is free first. */
static double *model_free(double *until, unsigned workers)
{
	double *first = until;

	for (unsigned i = 1; i < workers; i++)
		first = until[i] < *first ? &until[i] : first;
	return first;
}

static double model_wave(const struct fleet_model *m, unsigned items, double compile,
			 unsigned long *state, struct fleet_outcome *out)
{
	struct model_share s = { m, m->image, compile, 1, 1 };
	unsigned dealt = m->jobs ? m->jobs : m->workers;
	unsigned jobs = items < dealt ? items : dealt;
	double until[MODEL_WORKERS] = { 0 }, wall = 0, shared;

	assert(m->workers > 0 && m->workers <= MODEL_WORKERS);
	if (items == 0)
		return 0;
	s.rounds = (jobs + m->workers - 1) / m->workers;
	for (unsigned i = 0; m->served > 0 && i < ROUNDS; i++) {
		double over = model_rate(&s, items, jobs) / m->served;

		if (over > 1)
			s.wait *= over;
	}
	for (unsigned i = 0; i < jobs; i++) {
		double job = model_job(&s, items / jobs + (i < items % jobs));
		double *worker = model_free(until, m->workers);

		*worker += model_with_losses(m, job, state, &out->retried);
		wall = *worker > wall ? *worker : wall;
	}
	if (m->processors) {
		shared = (jobs * m->start_cpu + items * (m->image_cpu + compile)) / m->processors;
		wall = shared > wall ? shared : wall;
	}
	if (model_rate(&s, items, jobs) > out->rate)
		out->rate = model_rate(&s, items, jobs);
	return wall;
}

struct fleet_outcome fleet_model_run(const struct fleet_model *m)
{
	struct fleet_outcome out = { 0 };
	unsigned long state = m->seed ? m->seed : 1;

	out.wall = model_wave(m, m->sources, m->compile, &state, &out) +
		   model_wave(m, m->images - m->sources, 0, &state, &out);
	out.ideal = (m->images * m->image + m->sources * m->compile) / m->workers;
	return out;
}
