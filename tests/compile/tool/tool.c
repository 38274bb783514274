/* SPDX-License-Identifier: Apache-2.0 */
/* A toolchain in one static program, for tests of the compile stage:
 *   tool args TO WORD...    writes its words, one a line
 *   tool env TO NAME...     writes "NAME=value" lines
 *   tool fail N             writes 60 lines, then ends with status N
 *   tool parts DIR N       twenty files in DIR by N writers at once
 *   tool hang, tool nothing */

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static int write_words(int argc, char **argv)
{
	FILE *f = fopen(argv[2], "w");

	for (int i = 3; f && i < argc; i++)
		fprintf(f, "%s\n", argv[i]);
	return f && fclose(f) == 0 ? 0 : 1;
}

static int write_environment(int argc, char **argv)
{
	FILE *f = fopen(argv[2], "w");

	for (int i = 3; f && i < argc; i++)
		fprintf(f, "%s=%s\n", argv[i], getenv(argv[i]) ? getenv(argv[i]) : "(unset)");
	return f && fclose(f) == 0 ? 0 : 1;
}

static int fail(const char *status)
{
	for (int i = 1; i <= 60; i++)
		printf("line %d\n", i);
	fflush(stdout);
	return atoi(status);
}

/* Some writers at once, in an order that differs from run to run. */
static int write_parts(const char *dir, int jobs)
{
	char path[4096];

	if (mkdir(dir, 0700) < 0)
		return 1;
	for (int job = 0; job < jobs; job++) {
		if (fork() > 0)
			continue;
		for (int i = job; i < 20; i += jobs) {
			FILE *f;

			usleep((useconds_t)(rand() % 2000));
			snprintf(path, sizeof(path), "%s/part-%d", dir, i);
			f = fopen(path, "w");
			if (!f || fprintf(f, "part %d\n", i) < 0 || fclose(f) < 0 ||
			    chmod(path, i % 2 ? 0700 : 0640) < 0)
				_exit(1);
		}
		_exit(0);
	}
	for (int status, ok = 0;;) {
		if (wait(&status) < 0)
			return ok;
		ok |= status != 0;
	}
}

int main(int argc, char **argv)
{
	const char *verb = argc > 1 ? argv[1] : "";

	if (strcmp(verb, "args") == 0 && argc > 2)
		return write_words(argc, argv);
	if (strcmp(verb, "env") == 0 && argc > 2)
		return write_environment(argc, argv);
	if (strcmp(verb, "fail") == 0 && argc > 2)
		return fail(argv[2]);
	if (strcmp(verb, "parts") == 0 && argc > 3)
		return write_parts(argv[2], atoi(argv[3]));
	while (strcmp(verb, "hang") == 0)
		pause();
	return strcmp(verb, "nothing") == 0 ? 0 : 99;
}
