/* SPDX-License-Identifier: Apache-2.0 */
/* check-growth [WORD]: judges all cases, or those that have WORD in their parsers or shape. Runs
 * itself under valgrind as "check-growth --measure FOLDER [WORD]". With GROWTH_VERBOSE set it shows
 * what was counted. */

#include "growth/growth.h"

#include <sys/wait.h>
#include <unistd.h>

#include "support/fixture_files.h"

void growth_all(struct arena *a, struct growth_list *out)
{
	const struct growth_cases *parts[] = {
		&growth_judge_cases,	&growth_text_cases,    &growth_debian_cases,
		&growth_elf_cases,	&growth_archive_cases, &growth_script_cases,
		&growth_image_cases,	&growth_layer_cases,   &growth_suite_cases,
		&growth_embedded_cases, &growth_python_cases,  &growth_vuln_cases,
		&growth_input_cases,	&growth_recipe_cases,  &growth_registry_cases,
		&growth_trust_cases,
	};

	for (size_t p = 0; p < ARRAY_SIZE(parts); p++) {
		for (size_t i = 0; i < parts[p]->n; i++)
			*list_push(a, out) = &parts[p]->v[i];
	}
}

static void main_only(struct growth_list *l, const char *word)
{
	size_t n = 0;

	for (size_t i = 0; i < l->n; i++) {
		if (strstr(l->v[i]->parsers, word) || strstr(l->v[i]->shape, word))
			l->v[n++] = l->v[i];
	}
	l->n = n;
}

static int main_measure(const struct growth_list *l, const char *folder)
{
	char path[4096];
	FILE *out;
	bool good;

	snprintf(path, sizeof(path), "%s/measured", folder);
	out = fopen(path, "we");
	good = out && growth_measure(l, folder, out);
	return out && fclose(out) == 0 && good ? 0 : 1;
}

static bool main_valgrind(const char *folder, const char *word)
{
	char out[4096], self[4096] = "";
	int status = 1;
	pid_t child;

	snprintf(out, sizeof(out), "--callgrind-out-file=%s/out", folder);
	if (readlink("/proc/self/exe", self, sizeof(self) - 1) < 0)
		return false;
	child = fork();
	if (child == 0) {
		execlp("valgrind", "valgrind", "-q", "--tool=callgrind", "--dump-line=no", out,
		       "--", self, "--measure", folder, word, (char *)NULL);
		perror("growth: valgrind");
		_exit(1);
	}
	return child > 0 && waitpid(child, &status, 0) == child && status == 0;
}

int main(int argc, char **argv)
{
	AUTO_ARENA a = { 0 };
	struct growth_list l = { NULL, 0, 0 };
	const bool measures = argc > 2 && strcmp(argv[1], "--measure") == 0;
	const char *word = measures ? argv[3] : argv[1];
	const char *folder;
	size_t bad;

	growth_all(&a, &l);
	bad = measures ? 0 : growth_parsers_missing(&a, &l);
	if (word)
		main_only(&l, word);
	if (measures)
		return main_measure(&l, argv[2]);
	folder = files_temporary(&a);
	bad += !main_valgrind(folder, word);
	bad += growth_judge(&l, str_of(files_get(&a, arena_printf(&a, "%s/measured", folder))));
	files_remove(folder);
	printf("growth: %zu cases, %zu bad\n", l.n, bad);
	return bad ? 1 : 0;
}
