/* SPDX-License-Identifier: Apache-2.0 */
/* What engines start the jobs of a plan from. A wave without an image has no job. */

#include "cli/plan_report.h"

#include "format/json/jsonw.h"

#define TRIES_MAX 2 /* after a job that a machine lost */

/* One word for sh(1). */
static void engine_shell_word(struct buf *out, const char *word)
{
	static const char plain[] =
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./-+=:,@%";

	if (word[0] && word[strspn(word, plain)] == '\0') {
		buf_puts(out, word);
		return;
	}
	buf_putc(out, '\'');
	for (; *word; word++) {
		if (*word == '\'')
			buf_puts(out, "'\\''");
		else
			buf_putc(out, *word);
	}
	buf_putc(out, '\'');
}

/* The line of a script; `shard` may be a variable of it. */
static const char *engine_shell_line(struct arena *a, const struct plan_report *r,
				     const char *shard, enum plan_wave wave)
{
	struct strings words = plan_command(a, r, shard, wave);
	struct buf line = { .a = a };

	for (size_t i = 0; i < words.n; i++) {
		if (i)
			buf_putc(&line, ' ');
		if (words.v[i] == shard)
			buf_printf(&line, "\"%s\"", shard);
		else
			engine_shell_word(&line, words.v[i]);
	}
	return buf_cstr(&line);
}

static void engine_begin(struct jsonw *w, struct buf *text)
{
	jsonw_init(w, text, true);
	jsonw_object(w, NULL);
}

static void engine_end(struct jsonw *w, const struct buf *text, FILE *out)
{
	jsonw_object_end(w);
	jsonw_finish(w);
	fprintf(out, "%s", buf_cstr(text));
}

/* A job of GitLab for each part: a matrix. What failed on its own is not tried again. */
static void gitlab_put_job(struct arena *a, const struct plan_report *r, struct jsonw *w,
			   enum plan_wave wave, const struct strings *parts)
{
	jsonw_object(w, plan_wave_name(wave));
	jsonw_cstr(w, "stage", plan_wave_name(wave));
	if (r->image)
		jsonw_cstr(w, "image", r->image);
	jsonw_object(w, "parallel");
	jsonw_array(w, "matrix");
	jsonw_object(w, NULL);
	jsonw_strings(w, "SHARD", parts);
	jsonw_object_end(w);
	jsonw_array_end(w);
	jsonw_object_end(w);
	jsonw_object(w, "retry");
	jsonw_u64(w, "max", TRIES_MAX);
	jsonw_array_inline(w, "when");
	jsonw_cstr(w, NULL, "runner_system_failure");
	jsonw_cstr(w, NULL, "stuck_or_timeout_failure");
	jsonw_array_end(w);
	jsonw_object_end(w);
	jsonw_array(w, "script");
	jsonw_cstr(w, NULL, engine_shell_line(a, r, "$SHARD", wave));
	jsonw_array_end(w);
	jsonw_object_end(w);
}

/* A pipeline without a job is an error. */
static void gitlab_put_nothing(const struct plan_report *r, struct jsonw *w)
{
	jsonw_object(w, "nothing");
	if (r->image)
		jsonw_cstr(w, "image", r->image);
	jsonw_array(w, "script");
	jsonw_cstr(w, NULL, "echo nothing is to be built");
	jsonw_array_end(w);
	jsonw_object_end(w);
}

static void gitlab_put_waves(struct arena *a, const struct plan_report *r, struct jsonw *w)
{
	struct strings parts[PLAN_IMAGES + 1] = { 0 };

	jsonw_array_inline(w, "stages");
	for (unsigned wave = PLAN_COMPILES; wave <= PLAN_IMAGES; wave++) {
		plan_list_parts(a, r->plan, wave, &parts[wave]);
		if (parts[wave].n)
			jsonw_cstr(w, NULL, plan_wave_name(wave));
	}
	jsonw_array_end(w);
	for (unsigned wave = PLAN_COMPILES; wave <= PLAN_IMAGES; wave++) {
		if (parts[wave].n)
			gitlab_put_job(a, r, w, wave, &parts[wave]);
	}
}

void plan_print_gitlab(struct arena *a, const struct plan_report *r, FILE *out)
{
	struct buf text = { .a = a };
	struct jsonw w;

	engine_begin(&w, &text);
	if (r->plan->n)
		gitlab_put_waves(a, r, &w);
	else
		gitlab_put_nothing(r, &w);
	engine_end(&w, &text, out);
}

static void k8s_put_rules(struct jsonw *w)
{
	static const char *const wrong[] = { "1", "2", "3" }; /* the input: no use in another try */

	jsonw_object(w, "podFailurePolicy");
	jsonw_array(w, "rules");
	jsonw_object(w, NULL);
	jsonw_cstr(w, "action", "FailIndex");
	jsonw_object(w, "onExitCodes");
	jsonw_cstr(w, "containerName", "imgbuild");
	jsonw_cstr(w, "operator", "In");
	jsonw_array_inline(w, "values");
	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++)
		jsonw_literal(w, NULL, wrong[i]);
	jsonw_array_end(w);
	jsonw_object_end(w);
	jsonw_object_end(w);
	jsonw_object(w, NULL);
	jsonw_cstr(w, "action", "Ignore");
	jsonw_array(w, "onPodConditions");
	jsonw_object(w, NULL);
	jsonw_cstr(w, "type", "DisruptionTarget");
	jsonw_object_end(w);
	jsonw_array_end(w);
	jsonw_object_end(w);
	jsonw_array_end(w);
	jsonw_object_end(w);
}

/* The repository is a volume: the claim imgbuild-repository. */
static void k8s_put_pod(struct arena *a, const struct plan_report *r, struct jsonw *w,
			enum plan_wave wave)
{
	struct strings words = plan_command(a, r, "auto", wave);

	jsonw_object(w, "spec");
	jsonw_cstr(w, "restartPolicy", "Never");
	jsonw_array(w, "containers");
	jsonw_object(w, NULL);
	jsonw_cstr(w, "name", "imgbuild");
	jsonw_cstr(w, "image", r->image);
	jsonw_strings(w, "command", &words);
	jsonw_cstr(w, "workingDir", "/repository");
	jsonw_array(w, "env");
	jsonw_object(w, NULL);
	jsonw_cstr(w, "name", "IMGBUILD_SHARDS");
	jsonw_printf(w, "value", "%u", r->plan->shards);
	jsonw_object_end(w);
	jsonw_array_end(w);
	jsonw_array(w, "volumeMounts");
	jsonw_object(w, NULL);
	jsonw_cstr(w, "name", "repository");
	jsonw_cstr(w, "mountPath", "/repository");
	jsonw_object_end(w);
	jsonw_array_end(w);
	jsonw_object_end(w);
	jsonw_array_end(w);
	jsonw_array(w, "volumes");
	jsonw_object(w, NULL);
	jsonw_cstr(w, "name", "repository");
	jsonw_object(w, "persistentVolumeClaim");
	jsonw_cstr(w, "claimName", "imgbuild-repository");
	jsonw_object_end(w);
	jsonw_object_end(w);
	jsonw_array_end(w);
	jsonw_object_end(w);
}

/* An Indexed Job for a wave (batch/v1). Jobs know no order: the second one waits, suspended. */
static void k8s_put_job(struct arena *a, const struct plan_report *r, struct jsonw *w,
			enum plan_wave wave, bool waits)
{
	jsonw_object(w, NULL);
	jsonw_cstr(w, "apiVersion", "batch/v1");
	jsonw_cstr(w, "kind", "Job");
	jsonw_object(w, "metadata");
	jsonw_printf(w, "name", "imgbuild-%s", plan_wave_name(wave));
	jsonw_object_end(w);
	jsonw_object(w, "spec");
	jsonw_bool(w, "suspend", waits);
	jsonw_cstr(w, "completionMode", "Indexed");
	jsonw_u64(w, "completions", r->plan->shards);
	jsonw_u64(w, "parallelism", r->plan->shards);
	jsonw_u64(w, "backoffLimitPerIndex", TRIES_MAX);
	jsonw_u64(w, "maxFailedIndexes", r->plan->shards);
	k8s_put_rules(w);
	jsonw_object(w, "template");
	k8s_put_pod(a, r, w, wave);
	jsonw_object_end(w);
	jsonw_object_end(w);
	jsonw_object_end(w);
}

void plan_print_k8s(struct arena *a, const struct plan_report *r, FILE *out)
{
	struct strings parts[PLAN_IMAGES + 1] = { 0 };
	struct buf text = { .a = a };
	struct jsonw w;

	engine_begin(&w, &text);
	jsonw_cstr(&w, "apiVersion", "v1");
	jsonw_cstr(&w, "kind", "List");
	jsonw_array(&w, "items");
	for (unsigned wave = PLAN_COMPILES; wave <= PLAN_IMAGES; wave++) {
		plan_list_parts(a, r->plan, wave, &parts[wave]);
		if (parts[wave].n)
			k8s_put_job(a, r, &w, wave, wave == PLAN_IMAGES && parts[PLAN_COMPILES].n);
	}
	jsonw_array_end(&w);
	engine_end(&w, &text, out);
}

/* A task of Tekton for each part: a matrix. */
static void tekton_put_task(struct arena *a, const struct plan_report *r, struct jsonw *w,
			    enum plan_wave wave, const struct strings *parts, bool follows)
{
	struct strings words = plan_command(a, r, "$(params.shard)", wave);

	jsonw_object(w, NULL);
	jsonw_cstr(w, "name", plan_wave_name(wave));
	if (follows) {
		jsonw_array_inline(w, "runAfter");
		jsonw_cstr(w, NULL, plan_wave_name(PLAN_COMPILES));
		jsonw_array_end(w);
	}
	jsonw_object(w, "matrix");
	jsonw_array(w, "params");
	jsonw_object(w, NULL);
	jsonw_cstr(w, "name", "shard");
	jsonw_strings(w, "value", parts);
	jsonw_object_end(w);
	jsonw_array_end(w);
	jsonw_object_end(w);
	jsonw_array(w, "workspaces");
	jsonw_object(w, NULL);
	jsonw_cstr(w, "name", "repository");
	jsonw_cstr(w, "workspace", "repository");
	jsonw_object_end(w);
	jsonw_array_end(w);
	jsonw_object(w, "taskSpec");
	jsonw_array(w, "params");
	jsonw_object(w, NULL);
	jsonw_cstr(w, "name", "shard");
	jsonw_cstr(w, "type", "string");
	jsonw_object_end(w);
	jsonw_array_end(w);
	jsonw_array(w, "workspaces");
	jsonw_object(w, NULL);
	jsonw_cstr(w, "name", "repository");
	jsonw_object_end(w);
	jsonw_array_end(w);
	jsonw_array(w, "steps");
	jsonw_object(w, NULL);
	jsonw_cstr(w, "name", "build");
	jsonw_cstr(w, "image", r->image);
	jsonw_cstr(w, "workingDir", "$(workspaces.repository.path)");
	jsonw_strings(w, "command", &words);
	jsonw_object_end(w);
	jsonw_array_end(w);
	jsonw_object_end(w);
	jsonw_object_end(w);
}

void plan_print_tekton(struct arena *a, const struct plan_report *r, FILE *out)
{
	struct strings parts[PLAN_IMAGES + 1] = { 0 };
	struct buf text = { .a = a };
	struct jsonw w;

	engine_begin(&w, &text);
	jsonw_cstr(&w, "apiVersion", "tekton.dev/v1");
	jsonw_cstr(&w, "kind", "Pipeline");
	jsonw_object(&w, "metadata");
	jsonw_cstr(&w, "name", "imgbuild");
	jsonw_object_end(&w);
	jsonw_object(&w, "spec");
	jsonw_array(&w, "workspaces");
	jsonw_object(&w, NULL);
	jsonw_cstr(&w, "name", "repository");
	jsonw_object_end(&w);
	jsonw_array_end(&w);
	jsonw_array(&w, "tasks");
	for (unsigned wave = PLAN_COMPILES; wave <= PLAN_IMAGES; wave++) {
		plan_list_parts(a, r->plan, wave, &parts[wave]);
		if (parts[wave].n)
			tekton_put_task(a, r, &w, wave, &parts[wave],
					wave == PLAN_IMAGES && parts[PLAN_COMPILES].n);
	}
	jsonw_array_end(&w);
	jsonw_object_end(&w);
	engine_end(&w, &text, out);
}

/* A script that hands both waves to Slurm. The second begins when the first has ended, well or not:
 * one bad recipe keeps no other image from being built. */
void plan_print_slurm(struct arena *a, const struct plan_report *r, FILE *out)
{
	bool first = true;

	fprintf(out, "#!/bin/sh\n# Hands the plan to Slurm; run it in the repository.\nset -e\n");
	for (unsigned wave = PLAN_COMPILES; wave <= PLAN_IMAGES; wave++) {
		struct strings parts = { 0 };

		plan_list_parts(a, r->plan, wave, &parts);
		if (parts.n == 0)
			continue;
		fprintf(out,
			"%s=$(sbatch --parsable --requeue --job-name=imgbuild-%s --array=0-%u%s <<'END'\n#!/bin/sh\nexec %s\nEND\n)\necho \"%s: job $%s\"\n",
			plan_wave_name(wave), plan_wave_name(wave), r->plan->shards - 1,
			first ? "" : " --dependency=afterany:$compiles",
			engine_shell_line(a, r, "auto", wave), plan_wave_name(wave),
			plan_wave_name(wave));
		first = false;
	}
}
