/* SPDX-License-Identifier: Apache-2.0 */
/* One image whose packages are in the store: from nothing decoded, from nothing compressed, and
 * with nothing changed; beside dpkg-deb and umoci with the same packages, and ninja -n with 1,000
 * edges. The limit is what the libraries take for the same bytes (fixture_bench_limit.h). On one
 * processor and on two, the peak of memory, and the image's audit beside the reading of its layers
 * by sha256sum and gzip. build [ROUNDS [NAME [VARIANT]]], in the root of the repository, with a
 * store that has the packages of recipes/services/NAME.json, for whose variant nothing is compiled.
 * Seconds of the clock and of processors; the latter hold on a busy machine, too. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/fixture_bench_limit.h"
#include "support/fixture_bench_packages.h"
#include "support/fixture_bench_repository.h"
#include "support/fixture_bench_rounds.h"
#include "support/fixture_files.h"
#include "support/fixture_oracle.h"

#define NAME "postgresql-17"
#define VARIANT "initdb" /* its image needs no probe, which would be compiled */
#define BASE_LOCK "recipes/cc-debian13.lock.json"
#define EDGES 1000
#define MIB_MAX 64
#define UNCHANGED_MIB_MAX 20
#define LIMITS 3
#define WAYS (8 + LIMITS)

struct builds {
	struct arena a;
	const char *dir, *program, *name, *variant, *recipe;
	struct strings debs; /* those that the image has files of */
	size_t rounds;
};

static const char *build_path(struct builds *b, const char *name)
{
	return arena_printf(&b->a, "%s/%s", b->dir, name);
}

static void builds_make(struct builds *b, const char *cpus, struct bench_rounds *w)
{
	struct bench_usage u = { 0 };
	const char *const argv[] = { "taskset",
				     "--cpu-list",
				     cpus,
				     b->program,
				     "--progress=quiet",
				     "--offline",
				     "--no-audit",
				     "--variant",
				     b->variant,
				     "--cache-dir",
				     build_path(b, "store"),
				     "-o",
				     build_path(b, "out"),
				     b->recipe,
				     NULL };

	bench_run(NULL, argv + (cpus ? 0 : 3), &u);
	rounds_add(w, &u);
}

static void build_forget(struct builds *b)
{
	files_remove(build_path(b, "store/actions"));
	files_remove(build_path(b, "out"));
}

/* Takes the image and its layers away; what they are made of stays decoded. */
static void build_lose_layers(struct builds *b)
{
	struct strings made = files_below(&b->a, build_path(b, "out/blobs/sha256"), "");

	list_each(path, &made)
		remove(arena_printf(&b->a, "%s/store/blobs/sha256%s", b->dir, strrchr(*path, '/')));
	files_remove(build_path(b, "out"));
}

/* The .deb files of the packages that the image names. */
static void build_find_debs(struct builds *b)
{
	const char *files[] = { arena_printf(&b->a, "recipes/services/%s.lock.json", b->name),
				BASE_LOCK };
	const struct strings locks = { files, ARRAY_SIZE(files), ARRAY_SIZE(files) };
	struct bench_packages packages = { 0 };

	bench_packages_of_image(&b->a, b->program, build_path(b, "out"), &locks, &packages);
	list_each(p, &packages)
		*list_push(&b->a, &b->debs) = arena_printf(&b->a, "%s/store/blobs/sha256/%s",
							   b->dir, p->sha256);
}

/* What people do without imgbuild: unpack all, and put the tree into an image. */
static void builds_peer(struct builds *b, struct bench_rounds *w)
{
	const char *root = build_path(b, "root"), *layout = build_path(b, "umoci");
	const char *image = arena_printf(&b->a, "%s:a", layout);
	struct bench_usage u = { 0 };

	files_remove(root);
	files_remove(layout);
	ORACLE(&b->a, "mkdir", root);
	list_each(deb, &b->debs)
		bench_run(NULL, (const char *const[]){ "dpkg-deb", "-x", *deb, root, NULL }, &u);
	bench_run(NULL, (const char *const[]){ "umoci", "init", "--layout", layout, NULL }, &u);
	bench_run(NULL, (const char *const[]){ "umoci", "new", "--image", image, NULL }, &u);
	bench_run(NULL,
		  (const char *const[]){ "umoci", "insert", "--rootless", "--image", image, root,
					 "/", NULL },
		  &u);
	rounds_add(w, &u);
}

static void ninja_make(struct builds *b)
{
	struct buf text = { .a = &b->a };

	buf_puts(&text, "rule copy\n  command = cp $in $out\n  generator = 1\n");
	ORACLE(&b->a, "mkdir", build_path(b, "ninja"));
	for (int i = 0; i < EDGES; i++) {
		buf_printf(&text, "build o%d: copy i%d\n", i, i);
		files_put(arena_printf(&b->a, "%s/ninja/i%d", b->dir, i), "");
	}
	for (int i = 0; i < EDGES; i++)
		files_put(arena_printf(&b->a, "%s/ninja/o%d", b->dir, i), "");
	files_put(build_path(b, "ninja/build.ninja"), buf_cstr(&text));
}

static void builds_ninja(struct builds *b, struct bench_rounds *w)
{
	struct bench_usage u = { 0 };

	bench_run(build_path(b, "ninja"), (const char *const[]){ "ninja", "-n", NULL }, &u);
	rounds_add(w, &u);
}

/* The audit, and the same bytes read by programs that do nothing else. */
static void builds_audit(struct builds *b, struct bench_rounds *w, struct bench_rounds *limit)
{
	struct bench_usage u = { 0 }, read = { 0 };

	bench_run(NULL,
		  (const char *const[]){ "sh", "-c",
					 "\"$0\" audit --progress=quiet \"$1\" || [ $? -le 1 ]",
					 b->program, build_path(b, "out"), NULL },
		  &u);
	rounds_add(w, &u);
	bench_read_image(build_path(b, "out/blobs/sha256"), &read);
	rounds_add(limit, &read);
}

static void builds_limit(struct builds *b, struct bench_rounds limits[static LIMITS])
{
	const struct bench_limit limit = {
		.debs = b->debs,
		.store = build_path(b, "store"),
		.blobs = files_below(&b->a, build_path(b, "out/blobs/sha256"), ""),
	};
	struct bench_limit_took took;

	bench_limit_run(&limit, &took);
	rounds_add(&limits[0], &took.both);
	rounds_add(&limits[1], &took.layers);
	rounds_add(&limits[2], &took.audit);
}

static void builds_round(struct builds *b, size_t round, struct bench_rounds w[static WAYS])
{
	build_forget(b);
	builds_make(b, "0", &w[1]);
	build_forget(b);
	builds_make(b, NULL, &w[0]);
	if (round == 0)
		build_find_debs(b);
	builds_make(b, NULL, &w[2]);
	builds_ninja(b, &w[3]);
	builds_audit(b, &w[4], &w[5]);
	build_lose_layers(b);
	builds_make(b, NULL, &w[6]);
	builds_peer(b, &w[7]);
	builds_limit(b, &w[8]);
}

int main(int argc, char **argv)
{
	static struct builds b;
	struct bench_rounds w[WAYS] = { 0 };

	b.rounds = rounds_asked(argc > 1 ? argv[1] : "3");
	b.dir = files_temporary(&b.a);
	b.program = "./imgbuild";
	b.name = argc > 2 ? argv[2] : NAME;
	b.variant = argc > 3 ? argv[3] : argc > 2 ? "latest" : VARIANT;
	b.recipe = arena_printf(&b.a, "recipes/services/%s.json", b.name);
	bench_store_copy(&b.a, build_path(&b, "store"));
	ninja_make(&b);
	for (size_t i = 0; i < b.rounds; i++)
		builds_round(&b, i, w);
	printf("%zu packages\n", b.debs.n);
	bench_row_head();
	rounds_row((struct bench_row){ .what = "nothing decoded",
				       .peer_name = "umoci",
				       .goal = 0.5,
				       .limit_goal = 1.3 },
		   &w[0], &w[7], &w[8]);
	rounds_row((struct bench_row){ .what = "decoded before",
				       .peer_name = "umoci",
				       .goal = 0.25 },
		   &w[6], &w[7], &w[9]);
	rounds_row((struct bench_row){ .what = "nothing changed", .peer_name = "ninja", .goal = 3 },
		   &w[2], &w[3], NULL);
	rounds_row((struct bench_row){ .what = "audit", .peer_name = "read", .goal = 1.5 }, &w[4],
		   &w[5], &w[10]);
	printf("%-20s %6.2f times as fast, goal 1.8\n", "two processors",
	       rounds_median(&w[1]).wall / rounds_median(&w[0]).wall);
	printf("%-20s %6.1f MiB with what decoders of xz hold; goal %d beside that\n",
	       "memory of a build", (double)w[0].peak / 1024, MIB_MAX);
	rounds_report_memory("memory, unchanged", &w[2], UNCHANGED_MIB_MAX);
	rounds_report_memory("memory of an audit", &w[4], MIB_MAX);
	files_remove(b.dir);
	arena_free(&b.a);
	return 0;
}
