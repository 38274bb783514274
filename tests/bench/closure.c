/* SPDX-License-Identifier: Apache-2.0 */
/* How fast the libraries of a folder are found: closure [ROOT [FOLDER...]], FOLDERs below ROOT
 * (default: / usr/bin usr/lib). Prints the seconds for reading the folders, following all programs,
 * comparing symbol versions and reading all symbols, and the peak of memory. */

#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>

#include "closure/folder.h"
#include "closure/versions.h"

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static _Noreturn void give_up(const struct error *e)
{
	char text[2048];

	err_format(e, text, sizeof(text));
	fprintf(stderr, "closure: %s\n", text);
	exit(err_status(e->kind));
}

static double report(const char *what, size_t n, const char *of, double since)
{
	printf("%-10s %8.3f s   %zu %s\n", what, now() - since, n, of);
	return now();
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
			give_up(e);
		n += symbols.v.n;
	}
	return n;
}

int main(int argc, char **argv)
{
	static const char *const usual[] = { "usr/bin", "usr/lib" };
	AUTO_ARENA a = { 0 };
	AUTO_FOLDER folder = FOLDER_INIT;
	struct tree t;
	struct closure c;
	struct version_misses misses;
	struct error e = { 0 };
	struct rusage usage;
	double at = now();

	tree_init(&t, &a);
	if (!folder_open(&folder, &a, argc > 1 ? argv[1] : "/", &e))
		give_up(&e);
	for (int i = 0; i < (argc > 2 ? argc - 2 : 2); i++) {
		const char *below = argc > 2 ? argv[i + 2] : usual[i];

		if (!folder_reach(&folder, &t, below, &e) || !folder_walk(&folder, &t, below, &e))
			give_up(&e);
	}
	at = report("read", t.n, "files, folders and links", at);
	if (!closure_run(&a, &t, &folder.base, &c, &e))
		give_up(&e);
	at = report("follow", c.elf_files, "ELF files", at);
	printf("%21s   %zu libraries looked up, %zu missing\n", "", c.edges.n, c.missing);
	versions_check(&a, &c, &misses);
	at = report("versions", misses.v.n, "missing", at);
	report("symbols", read_all_symbols(&c, &e), "symbols", at);
	getrusage(RUSAGE_SELF, &usage);
	printf("%-10s %8ld KiB\n", "memory", usage.ru_maxrss);
	return 0;
}
