/* SPDX-License-Identifier: Apache-2.0 */
#include <criterion/criterion.h>

#include "e2e/fixture_fleet.h"

/* The same as tests/e2e/test_fleet_slurm.c, ten times as large; and as long as the model behind
 * tests/bench/bench_simulation.c says. */
Test(fleet_240, slurm_builds_what_one_machine_builds, .timeout = 1800)
{
	fleet_run_on_slurm(240, 12, true);
}
