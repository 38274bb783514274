/* SPDX-License-Identifier: Apache-2.0 */
/* The model behind bench/simulation, by cases that can be worked out on paper. */

#include <criterion/criterion.h>

#include "support/fixture_fleet_model.h"

static void model_expect(const struct fleet_model *m, double wall)
{
	cr_expect_float_eq(fleet_model_run(m).wall, wall, 1e-6, "%f", fleet_model_run(m).wall);
}

Test(fleet_model, waves_wait_for_their_largest_share)
{
	struct fleet_model m = { .workers = 1, .images = 10, .image = 2, .start = 1 };

	model_expect(&m, 1 + 10 * 2);
	m.workers = 4; /* 3, 3, 2, 2 */
	model_expect(&m, 1 + 3 * 2);
	m.workers = 64; /* no more jobs than images */
	model_expect(&m, 1 + 2);
	m.workers = 4;
	m.sources = 2; /* compiled first, each on a worker, and 8 images behind them */
	m.compile = 30;
	model_expect(&m, (1 + 2 + 30) + (1 + 2 * 2));
	cr_expect_float_eq(fleet_model_run(&m).ideal, (10 * 2 + 2 * 30) / 4.0, 1e-9);
}

Test(fleet_model, jobs_wait_for_a_worker)
{
	struct fleet_model m = { .workers = 2, .jobs = 3, .images = 8, .image = 2, .start = 1 };

	model_expect(&m, 7 + 5); /* 3 and 3 images, then 2 for who was first */
	m.jobs = 8;
	model_expect(&m, 4 * 3);
	m.workers = 8;
	model_expect(&m, 3);
}

Test(fleet_model, what_is_shared_is_waited_for)
{
	struct fleet_model m = { .workers = 4, .images = 8, .image = 1, .image_cpu = 1 };
	struct fleet_outcome o;

	model_expect(&m, 2);
	m.processors = 2;
	model_expect(&m, 4);
	m.start_cpu = 0.5; /* four jobs of 2.5 seconds on two processors */
	model_expect(&m, 5);
	m.processors = 0;
	m.requests = 10;
	m.round_trip = 0.1;
	o = fleet_model_run(&m);
	cr_expect_float_eq(o.wall, 2 * (1 + 1), 1e-6);
	cr_expect_float_eq(o.rate, 80 / 4.0, 1e-6);
	m.served = 10; /* 80 requests take 8 seconds, whoever asks */
	o = fleet_model_run(&m);
	cr_expect_float_eq(o.wall, 8, 0.01, "%f", o.wall);
	cr_expect_float_eq(o.rate, 10, 0.02, "%f", o.rate);
}

Test(fleet_model, a_lost_job_begins_again_three_times_at_most)
{
	struct fleet_model m = {
		.workers = 5, .images = 5, .image = 10, .lost = 1, .requeue = 60, .seed = 7
	};
	struct fleet_outcome o = fleet_model_run(&m);

	cr_expect_eq(o.retried, 10u);
	cr_expect(o.wall > 10 + 2 * 60 && o.wall < 3 * 10 + 2 * 60, "%f", o.wall);
	m.lost = 0;
	cr_expect_eq(fleet_model_run(&m).retried, 0u);
}
