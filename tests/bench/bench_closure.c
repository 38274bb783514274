/* SPDX-License-Identifier: Apache-2.0 */
/* How fast the libraries of a folder are found: closure [ROOT [FOLDER...]], FOLDERs below ROOT
 * (default: / usr/bin usr/lib). Prints the seconds for reading the folders, following all programs,
 * comparing symbol versions and reading all symbols, the peak of memory, and how imgbuild elf does
 * beside eu-readelf, libtree and lddtree. */

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/spawn.h"
#include "make/closure/closure.h"
#include "make/closure/closure_folder.h"
#include "make/closure/symbol_versions.h"
#include "support/fixture_bench_rounds.h"
#include "support/fixture_debs.h"

static double report_closure(const char *what, size_t n, const char *of, double since)
{
	printf("%-10s %8.3f s   %zu %s\n", what, (bench_now() - since) / 1e3, n, of);
	return bench_now();
}

static size_t read_all_symbols(const struct closure *c, struct error *e)
{
	size_t n = 0;

	for (size_t i = 0; i < c->objects.n; i++) {
		AUTO_ARENA a = { 0 };
		AUTO_MAPPING m = { 0 };
		struct elf_symbols symbols;

		if (!node_map(c->objects.v[i].node, &m, e) ||
		    !elf_read_symbols(&a, m.bytes, &symbols, e))
			bench_give_up(e);
		n += symbols.v.n;
	}
	return n;
}

/* One program over the same files. false: it is not installed, or says nothing. */
static bool time_program(const char *const *argv, struct bench_usage *u)
{
	AUTO_FD out = memfd_create("out", MFD_CLOEXEC),
		none = open("/dev/null", O_WRONLY | O_CLOEXEC);
	const struct spawn_fd fds[] = { { out, 1 }, { none, 2 } };
	double at = bench_now(), cpu = bench_cpu(RUSAGE_CHILDREN);
	struct error e = { 0 };
	int status;
	pid_t pid;

	if (spawn_start(&(struct spawn){ .argv = argv, .fds = fds, .n = 2 }, &pid, &e) <= 0 ||
	    !spawn_wait(pid, argv[0], &status, &e) || lseek(out, 0, SEEK_END) <= 0)
		return false;
	u->wall = (bench_now() - at) / 1e3;
	u->cpu = bench_cpu(RUSAGE_CHILDREN) - cpu;
	return true;
}

#define BESIDE_MAX 1000
#define BESIDE_ROUNDS 3

/* A program over the same files, and at most how much of its time imgbuild's is to be. */
struct beside {
	const char *name;
	const char *argv[5]; /* NULL-terminated */
	double goal;	     /* 0: none */
	bool once;	     /* it takes half a minute */
	bool failed;
	struct bench_rounds took;
};

/* Up to 1,000 files that need libraries. */
static struct strings beside_files(struct arena *a, const struct closure *c, const char *root)
{
	struct strings names = { 0 };

	for (size_t i = 0; i < c->objects.n && names.n < BESIDE_MAX; i++)
		if (c->objects.v[i].elf->needed.n)
			*list_push(a, &names) = arena_printf(a, "%s/%s",
							     strcmp(root, "/") == 0 ? "" : root,
							     c->objects.v[i].node->path);
	return names;
}

static void beside_time(struct beside *b, const struct strings *names)
{
	AUTO_ARENA a = { 0 };
	struct strings argv = { 0 };
	struct bench_usage u = { 0 };

	for (size_t k = 0; b->argv[k]; k++)
		*list_push(&a, &argv) = b->argv[k];
	for (size_t i = 0; i < names->n; i++)
		*list_push(&a, &argv) = names->v[i];
	*list_push(&a, &argv) = NULL;
	b->failed = !time_program(argv.v, &u);
	if (!b->failed)
		rounds_add(&b->took, &u);
}

static void beside_report(const struct beside *ours, const struct beside *b, size_t files)
{
	AUTO_ARENA a = { 0 };

	if (b->failed) {
		printf("%s did not run\n", b->name);
		return;
	}
	rounds_row((struct bench_row){ .what = arena_printf(&a, "closure of %zu files", files),
				       .peer_name = b->name,
				       .goal = b->goal },
		   &ours->took, &b->took, NULL);
}

/* The library tree of each file, by imgbuild and by others; eu-readelf reads the files' dynamic
 * sections and nothing of what they need. Everything was read before, so that all find it in
 * memory. */
static void beside_others(const struct closure *c, const char *root)
{
	AUTO_ARENA a = { 0 };
	const char *elfutils = debs_unpack_closure(&a, "elfutils",
						   (const char *const[]){ "elfutils", NULL });
	const char *folder = elfutils ? elfutils : "/nonexistent";
	struct beside all[] = {
		{ .name = "imgbuild", .argv = { "./imgbuild", "elf" } },
		{ .name = "eu-readelf", .argv = { "env", NULL, NULL, "-d" }, .goal = 1.0 },
		/* -vvv: all libraries, as the others list them; without it some well-known ones
		 * are left out */
		{ .name = "libtree -vvv", .argv = { "libtree", "-vvv" }, .goal = 0.2 },
		{ .name = "libtree", .argv = { "libtree" } },
		{ .name = "lddtree", .argv = { "lddtree" }, .once = true },
	};
	struct strings names = beside_files(&a, c, root);

	all[1].argv[1] = arena_printf(&a, "LD_LIBRARY_PATH=%s", debs_libraries(&a, folder));
	all[1].argv[2] = arena_printf(&a, "%s/usr/bin/eu-readelf", folder);
	setenv("PATH", "/usr/bin:/bin", 1); /* Debian's lddtree runs with Debian's Python */
	for (int i = 0; i < BESIDE_ROUNDS; i++) {
		for (size_t p = 0; p < ARRAY_SIZE(all); p++) {
			if (i == 0 || !all[p].once)
				beside_time(&all[p], &names);
		}
	}
	bench_row_head();
	for (size_t p = 1; p < ARRAY_SIZE(all); p++)
		beside_report(&all[0], &all[p], names.n);
}

int main(int argc, char **argv)
{
	static const char *const usual[] = { "usr/bin", "usr/lib" };
	AUTO_ARENA a = { 0 };
	AUTO_FOLDER folder = FOLDER_INIT;
	struct closure_folder from = closure_folder_of(&folder);
	struct tree t;
	struct closure c;
	struct version_misses misses;
	struct error e = { 0 };
	struct rusage usage;
	double at = bench_now();

	tree_init(&t, &a);
	if (!folder_open(&folder, &a, argc > 1 ? argv[1] : "/", &e))
		bench_give_up(&e);
	for (int i = 0; i < (argc > 2 ? argc - 2 : 2); i++) {
		const char *below = argc > 2 ? argv[i + 2] : usual[i];

		if (!folder_reach(&folder, &t, below, &e) || !folder_walk(&folder, &t, below, &e))
			bench_give_up(&e);
	}
	at = report_closure("read", t.n, "files, folders and links", at);
	if (!closure_run(&a, &t, &from.base, &c, &e))
		bench_give_up(&e);
	at = report_closure("follow", c.elf_files, "ELF files", at);
	printf("%21s   %zu libraries looked up, %zu missing\n", "", c.edges.n, c.missing);
	versions_check(&a, &c, &misses);
	at = report_closure("versions", misses.v.n, "missing", at);
	report_closure("symbols", read_all_symbols(&c, &e), "symbols", at);
	getrusage(RUSAGE_SELF, &usage);
	printf("%-10s %8ld KiB\n", "memory", usage.ru_maxrss);
	beside_others(&c, argc > 1 ? argv[1] : "/");
	return 0;
}
