/* SPDX-License-Identifier: Apache-2.0 */
/* How fast the libraries of a folder are found: closure [ROOT [FOLDER...]], FOLDERs below ROOT
 * (default: / usr/bin usr/lib). Prints the seconds for reading the folders, following all programs,
 * comparing symbol versions and reading all symbols, the peak of memory, and how imgbuild elf does
 * beside libtree and lddtree. */

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
#include "support/fixture_bench.h"

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

/* One program over the same files. Seconds, or -1: it is not installed, or says nothing. */
static double time_program(const char *const *argv)
{
	AUTO_FD out = memfd_create("out", MFD_CLOEXEC),
		none = open("/dev/null", O_WRONLY | O_CLOEXEC);
	const struct spawn_fd fds[] = { { out, 1 }, { none, 2 } };
	double at = bench_now();
	struct error e = { 0 };
	int status;
	pid_t pid;

	if (spawn_start(&(struct spawn){ .argv = argv, .fds = fds, .n = 2 }, &pid, &e) <= 0 ||
	    !spawn_wait(pid, argv[0], &status, &e) || lseek(out, 0, SEEK_END) <= 0)
		return -1;
	return (bench_now() - at) / 1e3;
}

#define BESIDE_MAX 1000
#define PROGRAMS 4

/* The library tree of each of up to 1,000 files, by imgbuild and by two others, as ratios.
 * Everything was read before, so that all find it in memory. */
static void beside_others(const struct closure *c, const char *root)
{
	/* -vvv: all libraries, as the others list them; without it some well-known ones are left
	 * out */
	static const char *const programs[PROGRAMS][3] = { { "./imgbuild", "elf", NULL },
							   { "libtree", "-vvv", NULL },
							   { "libtree", NULL },
							   { "lddtree", NULL } };
	AUTO_ARENA a = { 0 };
	double took[PROGRAMS];
	struct strings names = { 0 };

	setenv("PATH", "/usr/bin:/bin", 1); /* Debian's lddtree runs with Debian's Python */
	for (size_t i = 0; i < c->objects.n && names.n < BESIDE_MAX; i++)
		if (c->objects.v[i].elf.needed.n)
			*list_push(&a, &names) = arena_printf(&a, "%s/%s",
							      strcmp(root, "/") == 0 ? "" : root,
							      c->objects.v[i].node->path);
	for (size_t p = 0; p < PROGRAMS; p++) {
		struct strings argv = { 0 };

		for (size_t k = 0; programs[p][k]; k++)
			*list_push(&a, &argv) = programs[p][k];
		for (size_t i = 0; i < names.n; i++)
			*list_push(&a, &argv) = names.v[i];
		*list_push(&a, &argv) = NULL;
		took[p] = time_program(argv.v);
		printf("%-10s %-5s ", programs[p][0], programs[p][1] ? programs[p][1] : "");
		if (took[p] < 0)
			puts("did not run");
		else
			printf("%8.3f s   the trees of %zu files, %.1f times imgbuild's\n", took[p],
			       names.n, took[p] / took[0]);
		fflush(stdout);
	}
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
