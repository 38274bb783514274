/* SPDX-License-Identifier: Apache-2.0 */
/* One program, one question. */

#include "base/dialogue.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/io.h"

#define WORDS_MAX 600

/* What the program writes to its end of the pipe. */
static bool dialogue_collect(int fd, const char *program, struct buf *text, struct error *e)
{
	char block[4096];
	ssize_t n;

	while ((n = read(fd, block, sizeof(block))) != 0) {
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_sys(e, "read from %s", program);
		buf_add(text, (struct str){ block, (size_t)n });
		if (text->overflow)
			return err_set(e, ERR_SYSTEM, "%s answers more than %zu bytes", program,
				       text->max);
	}
	return true;
}

static const char *dialogue_words(struct arena *a, int fd)
{
	off_t size = lseek(fd, 0, SEEK_END), from = size > WORDS_MAX ? size - WORDS_MAX : 0;
	char *text = arena_text(a, WORDS_MAX);
	ssize_t n = size < 0 ? -1 : pread(fd, text, WORDS_MAX, from);
	struct str words;

	for (ssize_t i = 0; i < n; i++) {
		if ((unsigned char)text[i] < ' ')
			text[i] = ' ';
	}
	words = str_trim((struct str){ text, n > 0 ? (size_t)n : 0 });
	return words.n ? str_dup(a, words) : NULL;
}

/* The question is whole before anybody reads: a file in memory. */
static bool dialogue_start(const struct dialogue *d, int words, pid_t *pid, int *answer,
			   struct error *e)
{
	AUTO_FD in = memfd_create("question", MFD_CLOEXEC), out = -1;
	int ends[2], got;

	if (in < 0)
		return err_sys(e, "make a file in memory");
	if (!fd_write(in, d->question, "a file in memory", e))
		return false;
	if (lseek(in, 0, SEEK_SET) < 0)
		return err_sys(e, "rewind a file in memory");
	if (pipe2(ends, O_CLOEXEC) < 0)
		return err_sys(e, "make a pipe");
	*answer = ends[0];
	out = ends[1];
	got = spawn_start(&(struct spawn){ .argv = d->argv,
					   .n = 3,
					   .fds = (const struct spawn_fd[]){ { in, 0 },
									     { out, 1 },
									     { words, 2 } } },
			  pid, e);
	if (got == 0)
		err_set(e, ERR_SYSTEM, "%s is not installed", d->argv[0]);
	return got > 0;
}

bool dialogue_run(struct arena *a, const struct dialogue *d, struct dialogue_answer *out,
		  struct error *e)
{
	AUTO_FD answer = -1, words = memfd_create("words", MFD_CLOEXEC);
	struct buf text = { .a = a, .max = d->max };
	struct error unread = { 0 };
	pid_t pid = 0;
	int status = 0;

	*out = (struct dialogue_answer){ .done = false };
	if (words < 0)
		return err_sys(e, "make a file in memory");
	if (!dialogue_start(d, words, &pid, &answer, e))
		return false;
	/* one that nobody listens to any more ends by SIGPIPE */
	if (!dialogue_collect(answer, d->argv[0], &text, &unread))
		fd_closep(&answer);
	if (!spawn_wait(pid, d->argv[0], &status, e))
		return false;
	if (unread.kind) {
		*e = unread;
		return false;
	}
	out->done = WIFEXITED(status) && WEXITSTATUS(status) == 0;
	out->text = buf_str(&text);
	out->words = dialogue_words(a, words);
	return true;
}
