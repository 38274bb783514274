/* SPDX-License-Identifier: Apache-2.0 */
#ifndef E2E_FIXTURE_FLEET_H
#define E2E_FIXTURE_FLEET_H

/* A repository of many small images, built once by one machine and once by a cluster of Slurm that
 * shares compiled results over a registry. A quarter of the recipes compile something, two the same
 * each; one recipe is bad; one needs a package whose download stops the first time that the cluster
 * asks for it, and while it hangs there the node is killed. */

/* The images of the cluster are those of the one machine, one job has failed with the status of
 * imgbuild, one was run twice, and each source was compiled once. */
void fleet_run_on_slurm(unsigned recipes, unsigned shards);

#endif
