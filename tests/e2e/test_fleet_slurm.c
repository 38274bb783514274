/* SPDX-License-Identifier: Apache-2.0 */
#include <criterion/criterion.h>

#include "e2e/fixture_fleet.h"

Test(fleet, slurm_builds_what_one_machine_builds, .timeout = 600)
{
	fleet_run_on_slurm(24, 3, false);
}
