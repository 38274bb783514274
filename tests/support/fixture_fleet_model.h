/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SUPPORT_FIXTURE_FLEET_MODEL_H
#define SUPPORT_FIXTURE_FLEET_MODEL_H

/* How long a fleet takes for many images, worked out: two waves of jobs, as `imgbuild plan` deals
 * them, on workers that share one registry and that may be lost. What one image costs is measured
 * by who asks (tests/bench/bench_simulation.c). */

struct fleet_model {
	unsigned workers;
	unsigned jobs; /* of a wave, each for the worker that is free first; 0: one a worker */
	unsigned images, sources;
	double start;	       /* seconds of a job before its first image */
	double image, compile; /* seconds of a worker for one image, for one source */
	unsigned processors;   /* that all workers share; 0: each has its own */
	/* seconds of a processor before the first image of a job, and for one image, where they
	 * share some: who waits for a job to be handed out takes none */
	double start_cpu, image_cpu;
	double requests;    /* of one image, one after another */
	double round_trip;  /* seconds */
	double served;	    /* requests that the registry answers in a second; 0: any number */
	double lost;	    /* probability that the machine of a job is lost */
	double requeue;	    /* seconds until such a job starts again, from its beginning */
	unsigned long seed; /* of what is lost, and when */
};

struct fleet_outcome {
	double wall;	  /* seconds */
	double ideal;	  /* with no start, no loss, no registry, and shares of one size */
	double rate;	  /* requests a second, at most */
	unsigned retried; /* jobs */
};

struct fleet_outcome fleet_model_run(const struct fleet_model *m);

#endif
