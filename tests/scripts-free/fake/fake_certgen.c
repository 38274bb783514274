/* SPDX-License-Identifier: Apache-2.0 */
/* Stands for security_file_certgen -c -s DIR: makes the database in the same order as the real one.
 * $FAKE: certgen-hang (after the directory), certgen-fail. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void certgen_put(const char *dir, const char *name, const char *text)
{
	char path[1024];
	FILE *f;

	snprintf(path, sizeof path, "%s/%s", dir, name);
	f = fopen(path, "we");
	if (f == NULL)
		exit(1);
	fputs(text, f);
	fclose(f);
}

int main(int argc, char **argv)
{
	const char *fake = getenv("FAKE"), *dir = NULL;
	char path[1024];

	for (int i = 1; i + 1 < argc; i++)
		if (strcmp(argv[i], "-s") == 0)
			dir = argv[i + 1];
	if (dir == NULL || (fake != NULL && strstr(fake, "certgen-fail") != NULL)) {
		fprintf(stderr, "certgen: cannot create\n");
		return 1;
	}
	if (mkdir(dir, 0777) != 0)
		return 1;
	printf("certgen works\n");
	fflush(stdout);
	if (fake != NULL && strstr(fake, "certgen-hang") != NULL)
		pause();
	snprintf(path, sizeof path, "%s/certs", dir);
	mkdir(path, 0777);
	certgen_put(dir, "size", "0");
	certgen_put(dir, "index.txt", "");
	return 0;
}
