/* SPDX-License-Identifier: Apache-2.0 */
/* What an input twice as large costs: the layer of a folder with libraries of this machine, and the
 * audit of an image that umoci makes of it; with half of the libraries, and with all. The ratio is
 * for exactly twice the bytes. The audit of all stands beside the reading of the same layer
 * (fixture_bench_limit.h), too. scale [ROUNDS [MEBIBYTES]], the size of all: "scale 3 2048" audits
 * a tree of 2 GB. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "make/layer/layers.h"
#include "make/tree/tree_folder.h"
#include "support/fixture_bench_limit.h"
#include "support/fixture_bench_rounds.h"
#include "support/fixture_debs.h"
#include "support/fixture_files.h"

#define MEBIBYTES "192"
#define FILE_MAX (16 << 20) /* of a library: one alone must not decide */
#define GOAL 2.05
#define AUDIT_GOAL 1.5 /* times what sha256sum and gzip take */

/* The smaller input, or the larger. */
struct scale_input {
	const char *dir; /* with root/, and an image in image/ */
	double bytes;
	struct strings files;
	struct bench_rounds layers, audit;
};

struct scale {
	struct arena a;
	const char *dir;
	struct scale_input once, twice;
	struct bench_rounds programs, limit; /* beside the audit of the larger input */
};

/* Each second file is in the smaller input, too: then both have the same kinds and sizes. */
static void scale_choose(struct scale *s, double bytes_max)
{
	struct strings all = files_below(&s->a, debs_libraries(&s->a, ""), "");
	struct stat st;
	bool in_both = true;

	list_each(path, &all) {
		if (!strstr(*path, ".so") || lstat(*path, &st) != 0 || st.st_size > FILE_MAX)
			continue;
		if (s->twice.bytes + (double)st.st_size > bytes_max)
			break;
		*list_push(&s->a, &s->twice.files) = *path;
		s->twice.bytes += (double)st.st_size;
		if (in_both) {
			*list_push(&s->a, &s->once.files) = *path;
			s->once.bytes += (double)st.st_size;
		}
		in_both = !in_both;
	}
	if (!s->once.files.n)
		bench_die("libraries");
}

static void scale_make(struct scale *s, struct scale_input *in, const char *name)
{
	struct strings argv = { 0 };
	const char *root, *layout, *image;

	in->dir = arena_printf(&s->a, "%s/%s", s->dir, name);
	root = arena_printf(&s->a, "%s/root", in->dir);
	layout = arena_printf(&s->a, "%s/image", in->dir);
	image = arena_printf(&s->a, "%s:a", layout);
	*list_push(&s->a, &argv) = "cp";
	*list_push(&s->a, &argv) = "--parents";
	*list_push(&s->a, &argv) = "--target-directory";
	*list_push(&s->a, &argv) = root;
	list_each(path, &in->files)
		*list_push(&s->a, &argv) = *path;
	*list_push(&s->a, &argv) = NULL;
	ORACLE(&s->a, "mkdir", "--parents", root);
	oracle_ask(&s->a, argv.v);
	ORACLE(&s->a, "umoci", "init", "--layout", layout);
	ORACLE(&s->a, "umoci", "new", "--image", image);
	ORACLE(&s->a, "umoci", "insert", "--rootless", "--image", image, root, "/");
}

static void scale_write(struct arena *a, const char *root, const char *store)
{
	static const char *names[] = { "all" };
	static const struct owner owner = { .name = "all", .layer = "all" };
	const struct layer_order order = { .names = { names, 1, 1 } };
	const struct compressor with = compressor_host(COMPRESS_GZIP);
	AUTO_FOLDER folder = FOLDER_INIT;
	AUTO_STORE s = STORE_INIT;
	struct layers out = { 0 };
	struct error e = { 0 };
	struct tree t;

	tree_init(&t, a);
	if (!folder_open(&folder, a, root, &e) || !folder_reach(&folder, &t, "usr/lib", &e) ||
	    !folder_walk(&folder, &t, "usr/lib", &e) || !store_open(a, store, &s, &e))
		bench_give_up(&e);
	for (size_t i = 0; i < t.n; i++)
		t.v[i]->owner = &owner;
	if (!layer_write_all(a, &s, &t, &order, &with, &out, &e))
		bench_give_up(&e);
	if (out.v.n != 1)
		bench_die("no layer");
}

static void scale_round(struct scale_input *in)
{
	AUTO_ARENA a = { 0 };
	const char *store = arena_printf(&a, "%s/store", in->dir);
	struct bench_usage layers = { 0 }, audit = { 0 };
	double at = bench_now(), cpu = bench_cpu(RUSAGE_SELF);

	scale_write(&a, arena_printf(&a, "%s/root", in->dir), store);
	layers.wall = (bench_now() - at) / 1e3;
	layers.cpu = bench_cpu(RUSAGE_SELF) - cpu;
	rounds_add(&in->layers, &layers);
	files_remove(store);
	bench_run(NULL,
		  (const char *const[]){ "./imgbuild", "audit", "--progress=quiet",
					 "--policy=report-only", "--fail-on=never",
					 arena_printf(&a, "%s/image", in->dir), NULL },
		  &audit);
	rounds_add(&in->audit, &audit);
}

/* The layer of all, read by who does nothing else. */
static void scale_read(struct scale *s)
{
	AUTO_ARENA a = { 0 };
	const char *blobs = arena_printf(&a, "%s/image/blobs/sha256", s->twice.dir);
	const struct bench_limit limit = { .blobs = files_below(&a, blobs, "") };
	struct bench_limit_took took = { 0 };
	struct bench_usage programs = { 0 };

	bench_limit_run(&limit, &took);
	rounds_add(&s->limit, &took.audit);
	bench_read_image(blobs, &programs);
	rounds_add(&s->programs, &programs);
}

static void scale_report(const struct scale *s, const char *what, const struct bench_rounds *once,
			 const struct bench_rounds *twice)
{
	struct bench_usage less = rounds_median(once), more = rounds_median(twice);
	double exact = 2 * s->once.bytes / s->twice.bytes;
	double wall = more.wall / less.wall * exact, cpu = more.cpu / less.cpu * exact;

	printf("%-22s %8.3f %8.3f %6.2f %8.3f %8.3f %6.2f, goal %.2f: %s\n", what, less.wall,
	       more.wall, wall, less.cpu, more.cpu, cpu, GOAL, cpu <= GOAL ? "met" : "missed");
}

int main(int argc, char **argv)
{
	static struct scale s;
	size_t rounds = rounds_asked(argc > 1 ? argv[1] : "3");

	s.dir = files_temporary(&s.a);
	scale_choose(&s, strtod(argc > 2 ? argv[2] : MEBIBYTES, NULL) * (1 << 20));
	scale_make(&s, &s.once, "once");
	scale_make(&s, &s.twice, "twice");
	for (size_t i = 0; i < rounds; i++) {
		scale_round(&s.once);
		scale_round(&s.twice);
		scale_read(&s);
	}
	printf("%.0f and %.0f MiB in %zu and %zu files\n", s.once.bytes / (1 << 20),
	       s.twice.bytes / (1 << 20), s.once.files.n, s.twice.files.n);
	printf("%-22s %8s %8s %6s %8s %8s %6s\n", "seconds", "once", "twice", "ratio", "CPU once",
	       "twice", "ratio");
	scale_report(&s, "layer", &s.once.layers, &s.twice.layers);
	scale_report(&s, "audit", &s.once.audit, &s.twice.audit);
	bench_row_head();
	rounds_row((struct bench_row){ .what = "audit of all",
				       .peer_name = "read",
				       .goal = AUDIT_GOAL },
		   &s.twice.audit, &s.programs, &s.limit);
	files_remove(s.dir);
	arena_free(&s.a);
	return 0;
}
