/* SPDX-License-Identifier: Apache-2.0 */
/* A toolchain in one static program, for tests of the compile stage:
 *   tool args TO WORD...    writes its words, one a line
 *   tool env TO NAME...     writes "NAME=value" lines
 *   tool fail N [WORD]      writes 60 lines and the word, then ends with status N
 *   tool need FILE         fails as with 1 where there is no such file
 *   tool parts DIR N       twenty files in DIR by N writers at once
 *   tool get TO ADDRESS PORT  writes what a web server there answers, or the error
 *   tool remember TO WORD  writes what $GOCACHE/word has, else WORD, which is kept there
 *   tool append TO FILE    what FILE has, or "(missing)", at the end of TO
 *   tool sleep             for a second
 *   tool hold FILE         hangs if there is such a file
 *   tool await FILE TO     writes a line when there is such a file, and a moment has passed
 *   tool hang, tool nothing */

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
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

static int fail_after_lines(const char *status, const char *word)
{
	for (int i = 1; i <= 60; i++)
		printf("line %d\n", i);
	if (word)
		printf("%s\n", word);
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

static int get_page_to_file(const char *to, const char *address, int port)
{
	static const char request[] = "GET /cache HTTP/1.0\r\n\r\n";
	struct sockaddr_in at = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port) };
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	FILE *f = fopen(to, "w");
	char block[4096];
	ssize_t n;

	if (!f)
		return 1;
	inet_pton(AF_INET, address, &at.sin_addr);
	if (fd < 0 || connect(fd, (struct sockaddr *)&at, sizeof(at)) < 0)
		return fprintf(f, "%s\n", strerror(errno)) < 0 || fclose(f) != 0;
	n = write(fd, request, sizeof(request) - 1) == sizeof(request) - 1 ? 1 : -1;
	while (n > 0 && (n = read(fd, block, sizeof(block))) > 0)
		fwrite(block, 1, (size_t)n, f);
	return fclose(f) != 0 || n < 0;
}

static int write_remembered(const char *to, const char *word)
{
	const char *dir = getenv("GOCACHE");
	char path[4096], line[4096] = "";
	FILE *f;

	snprintf(path, sizeof(path), "%s/word", dir ? dir : "/tmp");
	f = fopen(path, "r");
	if (f && fgets(line, sizeof(line), f))
		word = line;
	if (!f) {
		mkdir(dir ? dir : "/tmp", 0755);
		f = fopen(path, "w");
		if (!f || fputs(word, f) < 0)
			return 1;
	}
	fclose(f);
	f = fopen(to, "w");
	return !f || fputs(word, f) < 0 || fclose(f) != 0;
}

static int append_file(const char *to, const char *from)
{
	FILE *in = fopen(from, "r"), *out = fopen(to, "a");
	int c;

	while (in && out && (c = fgetc(in)) != EOF)
		fputc(c, out);
	if (in)
		fclose(in);
	else if (out)
		fputs("(missing)", out);
	return !out || fputc('\n', out) == EOF || fclose(out) != 0;
}

static int await_file(const char *path, const char *to)
{
	FILE *f;

	while (access(path, F_OK) != 0)
		usleep(1000);
	usleep(300 * 1000);
	f = fopen(to, "w");
	return !f || fputs("went on\n", f) < 0 || fclose(f) != 0;
}

int main(int argc, char **argv)
{
	const char *verb = argc > 1 ? argv[1] : "";

	if (strcmp(verb, "args") == 0 && argc > 2)
		return write_words(argc, argv);
	if (strcmp(verb, "env") == 0 && argc > 2)
		return write_environment(argc, argv);
	if (strcmp(verb, "fail") == 0 && argc > 2)
		return fail_after_lines(argv[2], argc > 3 ? argv[3] : NULL);
	if (strcmp(verb, "need") == 0 && argc > 2)
		return access(argv[2], F_OK) == 0 ? 0 : fail_after_lines("1", NULL);
	if (strcmp(verb, "parts") == 0 && argc > 3)
		return write_parts(argv[2], atoi(argv[3]));
	if (strcmp(verb, "get") == 0 && argc > 4)
		return get_page_to_file(argv[2], argv[3], atoi(argv[4]));
	if (strcmp(verb, "remember") == 0 && argc > 3)
		return write_remembered(argv[2], argv[3]);
	if (strcmp(verb, "append") == 0 && argc > 3)
		return append_file(argv[2], argv[3]);
	if (strcmp(verb, "sleep") == 0)
		return (int)sleep(1);
	if (strcmp(verb, "await") == 0 && argc > 3)
		return await_file(argv[2], argv[3]);
	if (strcmp(verb, "hold") == 0 && argc > 2)
		verb = access(argv[2], F_OK) == 0 ? "hang" : "nothing";
	while (strcmp(verb, "hang") == 0)
		pause();
	return strcmp(verb, "nothing") == 0 ? 0 : 99;
}
