/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_PLAN_REPORT_H
#define CLI_PLAN_REPORT_H

/* A plan in words, as JSON, and as what engines start their jobs from. All but Slurm's script are
 * JSON, which is YAML, too. */

#include <stdio.h>

#include "line/plan.h"

struct plan_report {
	const struct fleet_plan *plan;
	const struct strings *operands; /* what the jobs build: images.json, or recipes */
	bool listed;			/* they are the recipes that --against left */
	const char *image;		/* of containers, where engines want one */
	const char *platforms; /* that the jobs build, with commas; NULL: nothing is said */
};

/* The words of a job: imgbuild, operands, --platform, --shard `shard`, --wave WAVE. In `a`. */
struct strings plan_command(struct arena *a, const struct plan_report *r, const char *shard,
			    enum plan_wave wave);

/* "3/12" for each part of a wave that has an image. */
void plan_list_parts(struct arena *a, const struct fleet_plan *p, enum plan_wave wave,
		     struct strings *out);

/* "compiles", "images". */
const char *plan_wave_name(enum plan_wave wave);

/* Each writes a whole document. */
void plan_print_text(struct arena *a, const struct plan_report *r, FILE *out);
void plan_print_json(struct arena *a, const struct plan_report *r, FILE *out);
void plan_print_github(struct arena *a, const struct plan_report *r, FILE *out);
void plan_print_gitlab(struct arena *a, const struct plan_report *r, FILE *out);
void plan_print_k8s(struct arena *a, const struct plan_report *r, FILE *out);
void plan_print_slurm(struct arena *a, const struct plan_report *r, FILE *out);
void plan_print_tekton(struct arena *a, const struct plan_report *r, FILE *out);

#endif
