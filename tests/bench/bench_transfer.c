/* SPDX-License-Identifier: Apache-2.0 */
/* An image to Debian's registry on 127.0.0.1 and back, beside skopeo and crane: transfer LAYOUT, a
 * folder with one image. "First": the registry, or the folder and the store, have nothing - each
 * tool has a registry of its own each time, for skopeo remembers which repository of a host has a
 * blob and sends it no more; "unchanged": the same again. The limit is what curl takes for the same
 * bytes over four connections: to send each blob and to get it, and one question about the
 * manifest. Of processors: what each tool took, and the registry while ours was at work. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "support/fixture_bench.h"
#include "support/fixture_bench_registry.h"
#include "support/fixture_debs.h"
#include "support/fixture_files.h"

#define ROUNDS 5
#define GOAL_FIRST 0.6
#define GOAL_UNCHANGED 0.2

enum { OURS, SKOPEO, CRANE, CURL, TOOLS };
enum { PUSH_FIRST, PUSH_AGAIN, PULL_FIRST, PULL_AGAIN, ROWS };

struct transfer {
	struct arena a;
	const char *dir, *layout, *host;
	const char *crane;    /* or NULL */
	struct strings blobs; /* paths */
	struct bench_registry registry;
	double took[ROWS][TOOLS][ROUNDS], cpu[ROWS][TOOLS][ROUNDS], served[ROWS][ROUNDS];
};

/* crane tells of each blob, whether one wants to hear it or not */
#define QUIETLY "sh", "-c", "exec \"$@\" 2>/dev/null", "sh"

/* What a program took. */
static struct bench_usage transfer_time(const char *const *argv)
{
	struct bench_usage u = { 0 };

	bench_run(NULL, argv, &u);
	return u;
}
#define TRANSFER_TIME(...) transfer_time((const char *const[]){ __VA_ARGS__, NULL })

static struct bench_usage transfer_push(struct transfer *t, int tool, const char *name)
{
	const char *ref = arena_printf(&t->a, "docker://%s/%s:1", t->host, name);

	if (tool == OURS)
		return TRANSFER_TIME("./imgbuild", "push", "--progress=quiet", t->layout, ref);
	if (tool == SKOPEO)
		return TRANSFER_TIME("skopeo", "copy", "--quiet", "--insecure-policy",
				     "--dest-tls-verify=false",
				     arena_printf(&t->a, "oci:%s", t->layout), ref);
	return TRANSFER_TIME(QUIETLY, t->crane, "push", "--insecure", t->layout,
			     ref + strlen("docker://"));
}

/* Into DIR/to-NAME, with DIR/store-NAME where there is a store. */
static struct bench_usage transfer_pull(struct transfer *t, int tool, const char *name)
{
	const char *ref = arena_printf(&t->a, "docker://%s/%s:1", t->host, name);
	const char *to = arena_printf(&t->a, "%s/to-%s", t->dir, name);

	if (tool == OURS)
		return TRANSFER_TIME("./imgbuild", "pull", "--progress=quiet", "--cache-dir",
				     arena_printf(&t->a, "%s/store-%s", t->dir, name), ref, "-o",
				     to);
	if (tool == SKOPEO)
		return TRANSFER_TIME("skopeo", "copy", "--quiet", "--insecure-policy",
				     "--src-tls-verify=false", ref,
				     arena_printf(&t->a, "oci:%s:1", to));
	return TRANSFER_TIME(QUIETLY, t->crane, "pull", "--insecure", "--format=oci",
			     ref + strlen("docker://"), to);
}

static const char *transfer_url(struct transfer *t, const char *name, const char *path)
{
	return arena_printf(&t->a, "http://%s/v2/%s/%s", t->host, name, path);
}

static void limit_begin(struct transfer *t, struct strings *words)
{
	static const char *const first[] = {
		"curl", "--parallel",		"--parallel-max",
		"4",	"--parallel-immediate", "--no-progress-meter"
	};

	words->n = 0;
	for (size_t i = 0; i < ARRAY_SIZE(first); i++)
		*list_push(&t->a, words) = first[i];
}

/* Sends each blob in two requests, as registries want it: any upload takes any blob. */
static double limit_push(struct transfer *t, const char *name)
{
	double start = bench_now();
	struct strings words = { 0 };
	struct str places, line;
	size_t i = 0;

	limit_begin(t, &words);
	for (i = 0; i < t->blobs.n; i++) {
		const char *const one[] = {
			"--silent", "--fail",	   "--request",
			"POST",	    "--write-out", "%{redirect_url}%header{location}\n",
			"--output", "/dev/null",   transfer_url(t, name, "blobs/uploads/"),
			"--next"
		};

		for (size_t k = 0; k < ARRAY_SIZE(one) - (i + 1 == t->blobs.n); k++)
			*list_push(&t->a, &words) = one[k];
	}
	*list_push(&t->a, &words) = NULL;
	places = oracle_ask(&t->a, words.v);
	limit_begin(t, &words);
	for (i = 0; i < t->blobs.n && str_next(&places, '\n', &line); i++) {
		const char *digest = strrchr(t->blobs.v[i], '/') + 1;
		const char *const one[] = { "--silent",
					    "--fail",
					    "--upload-file",
					    t->blobs.v[i],
					    arena_printf(&t->a, STR_FMT "&digest=sha256:%s",
							 STR_ARG(line), digest),
					    "--next" };

		for (size_t k = 0; k < ARRAY_SIZE(one) - (i + 1 == t->blobs.n); k++)
			*list_push(&t->a, &words) = one[k];
	}
	*list_push(&t->a, &words) = NULL;
	oracle_ask(&t->a, words.v);
	return (bench_now() - start) / 1e3;
}

static double limit_pull(struct transfer *t, const char *name)
{
	struct strings words = { 0 };

	limit_begin(t, &words);
	*list_push(&t->a, &words) = "--silent";
	*list_push(&t->a, &words) = "--fail";
	for (size_t i = 0; i < t->blobs.n; i++) {
		*list_push(&t->a, &words) = "--output";
		*list_push(&t->a, &words) = "/dev/null";
		*list_push(&t->a,
			   &words) = transfer_url(t, name,
						  arena_printf(&t->a, "blobs/sha256:%s",
							       strrchr(t->blobs.v[i], '/') + 1));
	}
	*list_push(&t->a, &words) = NULL;
	return transfer_time(words.v).wall;
}

/* `name` is where ours went. */
static double limit_question(struct transfer *t, const char *name)
{
	return TRANSFER_TIME("curl", "--silent", "--fail", "--head", "--output", "/dev/null",
			     "--header", "Accept: application/vnd.oci.image.manifest.v1+json",
			     transfer_url(t, name, "manifests/1"))
		.wall;
}

/* Seconds of processors that the registry has taken. */
static double transfer_served(const struct transfer *t)
{
	char path[64], text[1024];
	unsigned long user = 0, system = 0;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/stat", t->registry.pid);
	f = fopen(path, "re");
	if (!f || !fgets(text, sizeof(text), f) || !strrchr(text, ')') ||
	    sscanf(strrchr(text, ')') + 1, " %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu",
		   &user, &system) != 2)
		bench_die(path);
	fclose(f);
	return (double)(user + system) / (double)sysconf(_SC_CLK_TCK);
}

static void transfer_take(struct transfer *t, int row, int tool, int round)
{
	static const char name[] = "cephalo";
	double served = transfer_served(t);
	struct bench_usage u = row == PUSH_FIRST || row == PUSH_AGAIN
				       ? transfer_push(t, tool, name)
				       : transfer_pull(t, tool, name);

	t->took[row][tool][round] = u.wall;
	t->cpu[row][tool][round] = u.cpu;
	if (tool == OURS)
		t->served[row][round] = transfer_served(t) - served;
}

static void transfer_clear(struct transfer *t)
{
	files_remove(t->dir);
	t->dir = files_temporary(&t->a);
}

static void transfer_with(struct transfer *t, int tool, int round)
{
	bench_registry_open(&t->registry);
	t->host = t->registry.host;
	for (int row = 0; row < ROWS; row++)
		transfer_take(t, row, tool, round);
	if (tool == OURS) {
		t->took[PUSH_FIRST][CURL][round] = limit_push(t, "limit");
		t->took[PULL_FIRST][CURL][round] = limit_pull(t, "limit");
		t->took[PUSH_AGAIN][CURL][round] = limit_question(t, "cephalo");
		t->took[PULL_AGAIN][CURL][round] = limit_question(t, "cephalo");
	}
	bench_registry_close(&t->registry);
	transfer_clear(t);
}

static void transfer_round(struct transfer *t, int round)
{
	for (int i = 0; i < CURL; i++) {
		int tool = (i + round) % CURL; /* nobody is always first */

		if (tool != CRANE || t->crane)
			transfer_with(t, tool, round);
	}
}

static int transfer_compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static double transfer_median(double *v)
{
	qsort(v, ROUNDS, sizeof(*v), transfer_compare);
	return v[ROUNDS / 2];
}

static const char *const rows[] = { "push, first", "push, unchanged", "pull, first",
				    "pull, unchanged" };

static void transfer_report_cpu(struct transfer *t)
{
	printf("\n%-24s%9s%9s%9s%9s\n", "ms of processors", "ours", "skopeo", "crane", "registry");
	for (int r = 0; r < ROWS; r++)
		printf("%-24s%9.1f%9.1f%9.1f%9.0f\n", rows[r],
		       1e3 * transfer_median(t->cpu[r][OURS]),
		       1e3 * transfer_median(t->cpu[r][SKOPEO]),
		       1e3 * transfer_median(t->cpu[r][CRANE]),
		       1e3 * transfer_median(t->served[r]));
}

static void transfer_report(struct transfer *t)
{
	bench_row_head();
	for (int r = 0; r < ROWS; r++) {
		double skopeo = transfer_median(t->took[r][SKOPEO]);
		double crane = t->crane ? transfer_median(t->took[r][CRANE]) : 0;
		bool is_crane = t->crane && crane < skopeo;

		bench_row(&(struct bench_row){
			.what = rows[r],
			.ours = transfer_median(t->took[r][OURS]),
			.peer_name = is_crane ? "crane" : "skopeo",
			.peer = is_crane ? crane : skopeo,
			.limit = transfer_median(t->took[r][CURL]),
			.goal = r % 2 ? GOAL_UNCHANGED : GOAL_FIRST,
		});
	}
}

int main(int argc, char **argv)
{
	static struct transfer t;
	const char *crane;

	if (argc != 2) {
		fprintf(stderr, "usage: transfer LAYOUT\n");
		return 2;
	}
	t.layout = argv[1];
	t.dir = files_temporary(&t.a);
	t.blobs = files_below(&t.a, arena_printf(&t.a, "%s/blobs", t.layout), "");
	crane = debs_unpack_suite(&t.a, "crane", "sid", (const char *const[]){ "crane", NULL });
	if (crane)
		t.crane = arena_printf(&t.a, "%s/usr/bin/crane", crane);
	else
		printf("transfer: no crane beside it, its package cannot be downloaded\n");
	for (int i = 0; i < ROUNDS; i++)
		transfer_round(&t, i);
	transfer_report(&t);
	transfer_report_cpu(&t);
	files_remove(t.dir);
	arena_free(&t.a);
	return 0;
}
