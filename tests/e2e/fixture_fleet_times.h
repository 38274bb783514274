/* SPDX-License-Identifier: Apache-2.0 */
#ifndef E2E_FIXTURE_FLEET_TIMES_H
#define E2E_FIXTURE_FLEET_TIMES_H

/* How long a fleet took, on one machine and on a cluster, for a model to be put beside. */

#include "support/fixture_oracle.h"

/* Seconds. */
struct fleet_times {
	double one;	  /* a process on one machine that builds one image, with an empty store */
	double all;	  /* one that builds all images, ... */
	double compile;	  /* ... and compiles for so long, ... */
	double processor; /* ... and uses so much of processors */
	double idle;	  /* the cluster, for a wave of jobs that do nothing; 0: it had none */
	double waves;	  /* the cluster, for both waves, less the job that was run again */
};

/* Seconds since some moment. */
double fleet_now(void);

/* What --timing told of the run of all. */
void fleet_take_timing(struct fleet_times *t, const char *report);

/* What `scontrol --oneliner show job` tells of the waves; that of idle jobs has this name. Its
 * times are whole seconds. */
#define FLEET_IDLE "idle"
void fleet_take_waves(struct arena *a, struct fleet_times *t, struct str jobs);

/* Whether the machine has little else to do in the next second: seconds of a busy one are no
 * figures. */
bool fleet_is_quiet(void);

/* The test fails if the model of support/fixture_fleet_model.h, asked for this fleet, which loses a
 * node at the begin of its second wave, is further from the cluster's time than by a factor of two.
 * Writes both to build/fleet-model.txt. */
void fleet_judge_model(struct arena *a, const struct fleet_times *t, unsigned images,
		       unsigned sources, unsigned jobs, unsigned nodes);

#endif
