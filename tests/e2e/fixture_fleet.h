/* SPDX-License-Identifier: Apache-2.0 */
#ifndef E2E_FIXTURE_FLEET_H
#define E2E_FIXTURE_FLEET_H

#include <stdbool.h>

/* A repository of many small images, built once by one machine and once by an engine: a cluster of
 * Slurm that shares compiled results over a registry, or a runner of GitLab. A quarter of the
 * recipes compile something, two the same each; one recipe is bad; one needs a package whose
 * download stops the first time that the cluster asks for it, and while it hangs there the node is
 * killed. */

/* The images of the cluster are those of the one machine, one job has failed with the status of
 * imgbuild, one was run twice, and each source was compiled once. `judge_model`: it took as long as
 * the model of fleets says (fixture_fleet_times.h), for runs of some length. */
void fleet_run_on_slurm(unsigned recipes, unsigned shards, bool judge_model);

/* The same, without the download that stops, by the program `runner`, a line for sh that runs all
 * jobs of the file .gitlab-ci.yml. */
void fleet_run_on_gitlab(unsigned recipes, unsigned shards, const char *runner);

#endif
