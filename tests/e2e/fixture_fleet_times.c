/* SPDX-License-Identifier: Apache-2.0 */
#include "e2e/fixture_fleet_times.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "base/parallel.h"
#include "support/fixture_files.h"
#include "support/fixture_fleet_model.h"

#define QUIET 0.75 /* of the processors */

double fleet_now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* The number behind the word that begins a line. */
static double fleet_number(struct str report, const char *word)
{
	struct str line;

	while (str_next(&report, '\n', &line)) {
		if (str_starts(line, str_of(word)))
			return strtod(line.p + strlen(word), NULL);
	}
	return 0;
}

void fleet_take_timing(struct fleet_times *t, const char *report)
{
	t->compile = fleet_number(str_of(report), "compile ");
	t->processor = fleet_number(str_of(report), "processor ");
	cr_assert(t->processor > 0, "%s", report);
}

static double fleet_moment(const char *line, const char *field)
{
	const char *at = strstr(line, field);
	struct tm t = { 0 };

	cr_assert(at && strptime(at + strlen(field), "%Y-%m-%dT%H:%M:%S", &t), "%s", line);
	return (double)timegm(&t);
}

/* From the first start of the jobs of this name to their last end. */
static double fleet_wave(struct arena *a, struct str jobs, const char *name)
{
	double from = 0, to = 0;
	struct str line;

	while (str_next(&jobs, '\n', &line)) {
		const char *text = str_dup(a, line);
		double start, end;

		if (!strstr(text, name) || !strstr(text, " Restarts=0 "))
			continue;
		start = fleet_moment(text, " StartTime=");
		end = fleet_moment(text, " EndTime=");
		from = from > 0 && from < start ? from : start;
		to = end > to ? end : to;
	}
	return to - from;
}

void fleet_take_waves(struct arena *a, struct fleet_times *t, struct str jobs)
{
	t->waves = fleet_wave(a, jobs, " JobName=imgbuild-compiles ") +
		   fleet_wave(a, jobs, " JobName=imgbuild-images ");
	t->idle = fleet_wave(a, jobs, " JobName=" FLEET_IDLE " ");
}

/* What processors did since the machine started, and how much of it was nothing: the first line of
 * /proc/stat, proc(5). */
static void fleet_read_work(double *all, double *nothing)
{
	unsigned long long n[8] = { 0 }; /* user nice system idle iowait irq softirq steal */
	FILE *f = fopen("/proc/stat", "re");

	cr_assert(f && fscanf(f, "cpu %llu %llu %llu %llu %llu %llu %llu %llu", &n[0], &n[1], &n[2],
			      &n[3], &n[4], &n[5], &n[6], &n[7]) == 8);
	fclose(f);
	*all = *nothing = (double)(n[3] + n[4]);
	for (size_t i = 0; i < ARRAY_SIZE(n); i++)
		*all += i == 3 || i == 4 ? 0 : (double)n[i];
}

bool fleet_is_quiet(void)
{
	double all, nothing, all_then, nothing_then;

	fleet_read_work(&all_then, &nothing_then);
	sleep(1);
	fleet_read_work(&all, &nothing);
	return nothing - nothing_then >= QUIET * (all - all_then);
}

void fleet_judge_model(struct arena *a, const struct fleet_times *t, unsigned images,
		       unsigned sources, unsigned jobs, unsigned nodes)
{
	struct fleet_model m = {
		.workers = nodes, .jobs = jobs, .sources = sources, .processors = parallel_cpus()
	};
	double wall;

	m.compile = sources ? t->compile / sources : 0;
	m.image = (t->all - t->compile) / images;
	m.image_cpu = (t->processor - t->compile) / images;
	/* each job is handed out, and begins with a store that knows little */
	m.start_cpu = t->one - m.image;
	m.start = t->idle * nodes / jobs + m.start_cpu;
	m.images = sources;
	wall = fleet_model_run(&m).wall;
	m.images = images - sources;
	m.sources = 0;
	m.workers = nodes - 1;
	wall += fleet_model_run(&m).wall;
	files_put("build/fleet-model.txt",
		  arena_printf(a,
			       "%u images, %u sources, %u jobs a wave on %u nodes\n"
			       "one machine: %.2f s for one image, %.2f s for all (%.2f of "
			       "processors, %.2f compiling); idle jobs: %.2f s\n"
			       "cluster: %.1f s, model: %.1f s, ratio %.2f\n",
			       images, sources, jobs, nodes, t->one, t->all, t->processor,
			       t->compile, t->idle, t->waves, wall, wall / t->waves));
	cr_expect(wall < 2 * t->waves && t->waves < 2 * wall, "the model says %.1f s, it took %.1f",
		  wall, t->waves);
}
