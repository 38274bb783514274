/* SPDX-License-Identifier: Apache-2.0 */
/* An image from nothing, the network included: a locked recipe with an empty store, from Debian's
 * archive on 127.0.0.1, at once and behind a link (fixture_bench_link.h); beside mmdebstrap, which
 * unpacks what the recipe asks for with all that it needs, and beside apt-get update and download
 * of the packages that the image has files of, with dpkg-deb -x of each. The limit is the larger of
 * what curl takes for these packages and of what the libraries take for their bytes
 * (fixture_bench_limit.h). network [ROUNDS [NAME [VARIANT]]], in the root of the repository; the
 * recipe is recipes/services/NAME.json, for whose variant nothing is compiled. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/fixture_bench_apt.h"
#include "support/fixture_bench_archive.h"
#include "support/fixture_bench_limit.h"
#include "support/fixture_bench_link.h"
#include "support/fixture_bench_packages.h"
#include "support/fixture_bench_rounds.h"
#include "support/fixture_files.h"

#define NAME "postgresql-17"
#define VARIANT "initdb" /* its image needs no probe, which would be compiled */
#define MEGABITS 100
#define ROUND_TRIP_MS 20
#define GOAL 0.4

enum { OURS, MMDEBSTRAP, APT, LIMIT, WAYS };

struct network {
	struct arena a;
	const char *dir, *recipe, *variant;
	struct bench_archive archive;
	unsigned port;			/* of the archive, or of the link */
	struct bench_packages packages; /* of the image */
	struct strings names;		/* the same */
	struct strings asked;		/* those that the recipes ask for */
	struct bench_limit work;	/* what is done with the packages once they are here */
};

static const char *network_path(struct network *t, const char *name)
{
	return arena_printf(&t->a, "%s/%s", t->dir, name);
}

static void network_ours(struct network *t, struct bench_rounds *r)
{
	const char *security = bench_archive_url(&t->a, t->port, "debian-security");
	struct bench_usage u = { 0 };
	const char *const argv[] = { "./imgbuild",
				     "--progress=quiet",
				     "--no-audit",
				     "--variant",
				     t->variant,
				     "--mirror",
				     bench_archive_url(&t->a, t->port, "debian"),
				     "--mirror",
				     arena_printf(&t->a, "debian-security=%s", security),
				     "--cache-dir",
				     network_path(t, "store"),
				     "-o",
				     network_path(t, "out"),
				     t->recipe,
				     NULL };

	files_remove(network_path(t, "store"));
	files_remove(network_path(t, "out"));
	bench_run(NULL, argv, &u);
	rounds_add(r, &u);
}

static void network_mmdebstrap(struct network *t, struct bench_rounds *r)
{
	static const char *const suites[][2] = { { "debian", "trixie" },
						 { "debian", "trixie-updates" },
						 { "debian-security", "trixie-security" } };
	const char *to = network_path(t, "mmdebstrap");
	struct strings argv = { 0 };
	struct bench_usage u = { 0 };
	const char *const words[] = { "mmdebstrap",
				      "--quiet",
				      "--variant=extract",
				      "--format=directory",
				      "--architectures=amd64",
				      "--aptopt=Acquire::Languages \"none\"",
				      arena_printf(&t->a, "--include=%s",
						   strings_join(&t->a, &t->asked, ",")),
				      "trixie",
				      to };

	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		*list_push(&t->a, &argv) = words[i];
	for (size_t i = 0; i < ARRAY_SIZE(suites); i++)
		*list_push(&t->a, &argv) =
			arena_printf(&t->a, "deb %s %s main",
				     bench_archive_url(&t->a, t->port, suites[i][0]), suites[i][1]);
	*list_push(&t->a, &argv) = NULL;
	bench_run(NULL, argv.v, &u);
	files_remove(to);
	rounds_add(r, &u);
}

static void network_apt(struct network *t, struct bench_rounds *r)
{
	static const char *const update[] = { "update", NULL }, *const download[] = { "download",
										      NULL };
	const char *root = network_path(t, "root");
	struct bench_apt apt;
	struct strings debs;
	struct bench_usage u = { 0 };

	bench_apt_open(&apt, network_path(t, "apt"), t->port);
	ORACLE(&t->a, "mkdir", root);
	bench_apt_run(&apt, "", update, NULL, &u);
	bench_apt_run(&apt, "debs", download, &t->names, &u);
	debs = files_below(&t->a, network_path(t, "apt/debs"), ".deb");
	list_each(deb, &debs)
		bench_run(NULL, (const char *const[]){ "dpkg-deb", "-x", *deb, root, NULL }, &u);
	rounds_add(r, &u);
	files_remove(root);
	bench_apt_close(&apt);
}

/* Both may be done at the same time: the larger counts. */
static void network_limit(struct network *t, struct bench_rounds *r)
{
	static const char *const first[] = { "curl", "--parallel",	    "--parallel-max",
					     "8",    "--no-progress-meter", "--fail" };
	struct strings argv = { 0 };
	struct bench_usage get = { 0 };
	struct bench_limit_took work;

	for (size_t i = 0; i < ARRAY_SIZE(first); i++)
		*list_push(&t->a, &argv) = first[i];
	list_each(p, &t->packages) {
		*list_push(&t->a, &argv) = "--output";
		*list_push(&t->a, &argv) = "/dev/null";
		*list_push(&t->a, &argv) = bench_archive_url(&t->a, t->port, p->path);
	}
	*list_push(&t->a, &argv) = NULL;
	bench_run(NULL, argv.v, &get);
	bench_limit_run(&t->work, &work);
	get.wall = work.both.wall > get.wall ? work.both.wall : get.wall;
	get.cpu += work.both.cpu;
	rounds_add(r, &get);
}

/* Once, so that the archive has what all ask for; and with what that shows. */
static void network_open(struct network *t, const char *name)
{
	const char *files[] = { arena_printf(&t->a, "recipes/services/%s.lock.json", name),
				"recipes/cc-debian13.lock.json" };
	const struct strings locks = { files, ARRAY_SIZE(files), ARRAY_SIZE(files) };
	struct bench_rounds unmeasured = { .n = 0 };

	t->dir = files_temporary(&t->a);
	t->recipe = arena_printf(&t->a, "recipes/services/%s.json", name);
	t->port = t->archive.port;
	network_ours(t, &unmeasured);
	bench_packages_of_image(&t->a, "./imgbuild", network_path(t, "out"), &locks, &t->packages);
	list_each(file, &locks)
		bench_packages_asked_for(&t->a, *file, t->variant, &t->asked);
	list_each(p, &t->packages) {
		*list_push(&t->a, &t->names) = p->name;
		*list_push(&t->a, &t->work.debs) = arena_printf(&t->a, "%s/kept/%s", t->archive.dir,
								p->path);
	}
	t->work.blobs = files_below(&t->a, network_path(t, "out/blobs/sha256"), "");
	network_mmdebstrap(t, &unmeasured);
	network_apt(t, &unmeasured);
}

static void network_round(struct network *t, struct bench_rounds r[static WAYS])
{
	network_ours(t, &r[OURS]);
	network_mmdebstrap(t, &r[MMDEBSTRAP]);
	network_apt(t, &r[APT]);
	network_limit(t, &r[LIMIT]);
}

/* Beside the faster one, the other on a line of its own. */
static void network_report(const char *what, const struct bench_rounds r[static WAYS])
{
	double apt = rounds_median(&r[APT]).wall, whole = rounds_median(&r[MMDEBSTRAP]).wall;
	int fast = whole < apt ? MMDEBSTRAP : APT, slow = whole < apt ? APT : MMDEBSTRAP;
	static const char *const names[WAYS] = { [MMDEBSTRAP] = "mmdebstrap", [APT] = "apt+dpkg" };

	rounds_row((struct bench_row){ .what = what, .peer_name = names[fast], .goal = GOAL },
		   &r[OURS], &r[fast], &r[LIMIT]);
	rounds_row((struct bench_row){ .what = "  beside the other", .peer_name = names[slow] },
		   &r[OURS], &r[slow], NULL);
}

int main(int argc, char **argv)
{
	static struct network t;
	struct bench_rounds at_once[WAYS] = { 0 }, behind[WAYS] = { 0 };
	size_t rounds = rounds_asked(argc > 1 ? argv[1] : "3");
	struct bench_link link;

	if (!bench_archive_open(&t.archive))
		return 0;
	t.variant = argc > 3 ? argv[3] : argc > 2 ? "latest" : VARIANT;
	network_open(&t, argc > 2 ? argv[2] : NAME);
	for (size_t i = 0; i < rounds; i++)
		network_round(&t, at_once);
	bench_link_open(&link, t.archive.port, MEGABITS, ROUND_TRIP_MS);
	t.port = link.port;
	for (size_t i = 0; i < rounds; i++)
		network_round(&t, behind);
	bench_link_close(&link);
	printf("%zu packages in the image; the link: %d Mbit/s, %d ms there and back\n",
	       t.packages.n, MEGABITS, ROUND_TRIP_MS);
	bench_row_head();
	network_report("network, at once", at_once);
	network_report("network, link", behind);
	bench_archive_close(&t.archive);
	files_remove(t.dir);
	arena_free(&t.a);
	return 0;
}
