/* SPDX-License-Identifier: Apache-2.0 */
/* Tokens in and out of a pipe that belongs to make. */

#include "base/jobserver.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/io.h"
#include "base/str.h"

/* The last word wins, as with any option of make; behind "--" stand variables. */
static struct str find_word(struct str makeflags)
{
	struct str word, name, value, found = { 0 };

	while (str_next(&makeflags, ' ', &word) && !str_eq(word, STR("--"))) {
		if (str_cut(word, '=', &name, &value) &&
		    (str_eq(name, STR("--jobserver-auth")) || str_eq(name, STR("--jobserver-fds"))))
			found = value;
	}
	return found;
}

/* A description of our own: O_NONBLOCK on make's would make its other children fail. */
static int jobserver_reopen(const char *path, int flags)
{
	struct stat st;
	int fd = open(path, flags | O_NONBLOCK | O_CLOEXEC);

	if (fd >= 0 && (fstat(fd, &st) < 0 || !S_ISFIFO(st.st_mode)))
		fd_closep(&fd);
	return fd;
}

static int reopen_descriptor(struct str number, int flags)
{
	uint64_t fd;
	char path[64];

	if (!str_u64(number, &fd))
		return -1;
	snprintf(path, sizeof(path), "/proc/self/fd/%llu", (unsigned long long)fd);
	return jobserver_reopen(path, flags);
}

static void open_descriptors(struct jobserver *j, struct str word)
{
	struct str in, out;

	if (!str_cut(word, ',', &in, &out))
		return;
	j->in = reopen_descriptor(in, O_RDONLY);
	j->out = reopen_descriptor(out, O_WRONLY);
}

static void open_fifo(struct jobserver *j, struct str name)
{
	char path[4096];

	if (name.n >= sizeof(path))
		return;
	snprintf(path, sizeof(path), STR_FMT, STR_ARG(name));
	j->in = jobserver_reopen(path, O_RDONLY);
	j->out = jobserver_reopen(path, O_WRONLY);
}

bool jobserver_open(struct jobserver *j, const char *makeflags)
{
	struct str word = makeflags ? find_word(str_of(makeflags)) : (struct str){ 0 };

	*j = (struct jobserver)JOBSERVER_INIT;
	if (str_starts(word, STR("fifo:")))
		open_fifo(j, str_from(word, 5));
	else
		open_descriptors(j, word);
	if (j->in >= 0 && j->out >= 0)
		return true;
	jobserver_close(j);
	return false;
}

unsigned jobserver_take(struct jobserver *j, unsigned want)
{
	while (j->in >= 0 && j->n < want && j->n < JOBSERVER_MAX &&
	       read(j->in, &j->tokens[j->n], 1) == 1)
		j->n++;
	return j->n;
}

void jobserver_give_back(struct jobserver *j)
{
	/* there is room: what is written has been read from it */
	while (j->n > 0 && write(j->out, &j->tokens[j->n - 1], 1) == 1)
		j->n--;
}

void jobserver_close(struct jobserver *j)
{
	jobserver_give_back(j);
	fd_closep(&j->in);
	fd_closep(&j->out);
}
