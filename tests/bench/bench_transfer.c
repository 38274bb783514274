/* SPDX-License-Identifier: Apache-2.0 */
/* An image to Debian's registry on 127.0.0.1 and back, beside skopeo and crane: transfer LAYOUT, a
 * folder with one image. "First": the repository, or the folder and the store, have nothing;
 * "unchanged": the same again. The limit is what curl takes for the same bytes: to send each blob
 * and to get it, and one question about the manifest. */

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "support/fixture_bench.h"
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
	pid_t registry;
	double took[ROWS][TOOLS][ROUNDS];
};

static void transfer_start_registry(struct transfer *t)
{
	unsigned port = bench_free_port();
	const char *config = arena_printf(&t->a, "%s/config.yml", t->dir);
	int fd = -1;

	t->host = arena_printf(&t->a, "127.0.0.1:%u", port);
	files_put(config, arena_printf(&t->a,
				       "version: 0.1\nlog:\n  level: error\n  accesslog:\n    "
				       "disabled: true\nstorage:\n  filesystem:\n    "
				       "rootdirectory: %s/data\nhttp:\n  addr: \"%s\"\n",
				       t->dir, t->host));
	t->registry = fork();
	if (t->registry == 0) {
		int null = open("/dev/null", O_RDWR);

		prctl(PR_SET_PDEATHSIG, SIGKILL);
		unsetenv("REGISTRY_AUTH_FILE"); /* it would take it for auth: file: */
		dup2(null, 1);
		dup2(null, 2);
		execlp("docker-registry", "docker-registry", "serve", config, (char *)NULL);
		_exit(127);
	}
	for (int i = 0; i < 200 && (fd = bench_dial(port, 0)) < 0; i++)
		usleep(50000);
	if (fd < 0)
		bench_die("docker-registry");
	close(fd);
}

/* crane tells of each blob, whether one wants to hear it or not */
#define QUIETLY "sh", "-c", "exec \"$@\" 2>/dev/null", "sh"

/* Seconds of a program. */
static double transfer_time(const char *const *argv)
{
	struct bench_usage u = { 0 };

	bench_run(NULL, argv, &u);
	return u.wall;
}
#define TRANSFER_TIME(...) transfer_time((const char *const[]){ __VA_ARGS__, NULL })

static double transfer_push(struct transfer *t, int tool, const char *name)
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
static double transfer_pull(struct transfer *t, int tool, const char *name)
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

/* Sends each blob in two requests, as registries want it. */
static double limit_push(struct transfer *t, const char *name)
{
	double start = bench_now();
	struct strings words = { 0 };
	struct str places, line;
	size_t i = 0;

	*list_push(&t->a, &words) = "curl";
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
	words.n = 1;
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

	*list_push(&t->a, &words) = "curl";
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
	return transfer_time(words.v);
}

/* `name` is where ours went. */
static double limit_question(struct transfer *t, const char *name)
{
	return TRANSFER_TIME("curl", "--silent", "--fail", "--head", "--output", "/dev/null",
			     "--header", "Accept: application/vnd.oci.image.manifest.v1+json",
			     transfer_url(t, name, "manifests/1"));
}

static void transfer_round(struct transfer *t, int round)
{
	static const char *const tools[] = { "ours", "skopeo", "crane" };
	const char *name;

	for (int i = 0; i < CURL; i++) {
		int tool = (i + round) % CURL; /* nobody is always first */

		if (tool == CRANE && !t->crane)
			continue;
		name = arena_printf(&t->a, "%s-%d", tools[tool], round);
		t->took[PUSH_FIRST][tool][round] = transfer_push(t, tool, name);
		t->took[PUSH_AGAIN][tool][round] = transfer_push(t, tool, name);
		t->took[PULL_FIRST][tool][round] = transfer_pull(t, tool, name);
		t->took[PULL_AGAIN][tool][round] = transfer_pull(t, tool, name);
	}
	name = arena_printf(&t->a, "ours-%d", round);
	t->took[PUSH_FIRST][CURL][round] = limit_push(t, arena_printf(&t->a, "curl-%d", round));
	t->took[PULL_FIRST][CURL][round] = limit_pull(t, name);
	t->took[PUSH_AGAIN][CURL][round] = limit_question(t, name);
	t->took[PULL_AGAIN][CURL][round] = limit_question(t, name);
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

static void transfer_report(struct transfer *t)
{
	static const char *const rows[] = { "push, first", "push, unchanged", "pull, first",
					    "pull, unchanged" };

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
	transfer_start_registry(&t);
	for (int i = 0; i < ROUNDS; i++)
		transfer_round(&t, i);
	transfer_report(&t);
	kill(t.registry, SIGKILL);
	waitpid(t.registry, NULL, 0);
	files_remove(t.dir);
	arena_free(&t.a);
	return 0;
}
