/* SPDX-License-Identifier: Apache-2.0 */
/* Credential helpers: a program that gets a host on standard input and prints JSON. What it prints
 * is secret and goes nowhere else; what it writes to standard error is for people and is passed on.
 */

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/spawn.h"
#include "format/json/jsonx.h"
#include "transfer/registry/credentials.h"

#define ANSWER_MAX (64u << 10)
#define SAID_MAX 600
#define NOT_FOUND "credentials not found in native keychain" /* what all helpers say then */

static bool is_helper_name(struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];

		if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
		      (c && strchr("._-", c))))
			return false;
	}
	return s.n > 0;
}

static bool read_answer(struct arena *a, const char *program, struct str text,
			struct credentials *out, struct error *e)
{
	AUTO_JSON doc = { 0 };
	struct error hidden = { 0 };
	struct json_node root;

	if (!json_parse(program, text, &doc, &hidden))
		return err_set(e, ERR_SYSTEM, "%s does not answer in JSON", program);
	root = json_root(&doc);
	out->user = jsonx_text(a, &root, "Username");
	out->password = jsonx_text(a, &root, "Secret");
	if (!out->user || !out->password)
		return err_set(e, ERR_SYSTEM, "%s answers without Username and Secret", program);
	if (strcmp(out->user, "<token>") == 0) {
		out->identity = out->password;
		out->user = out->password = NULL;
	}
	return true;
}

/* What the program writes to its end of the pipe. */
static bool helper_collect(int fd, const char *program, struct buf *text, struct error *e)
{
	char block[4096];
	ssize_t n;

	while ((n = read(fd, block, sizeof(block))) != 0) {
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_sys(e, "read from %s", program);
		buf_add(text, (struct str){ block, (size_t)n });
	}
	return !text->overflow ||
	       err_set(e, ERR_SYSTEM, "%s answers more than %u bytes", program, ANSWER_MAX);
}

/* The end of what it wrote to standard error, on one line; NULL: nothing. */
static const char *helper_words(struct arena *a, int fd)
{
	off_t size = lseek(fd, 0, SEEK_END), from = size > SAID_MAX ? size - SAID_MAX : 0;
	char *text = arena_alloc(a, SAID_MAX + 1);
	ssize_t n = size < 0 ? -1 : pread(fd, text, SAID_MAX, from);
	struct str words;

	for (ssize_t i = 0; i < n; i++) {
		if ((unsigned char)text[i] < ' ')
			text[i] = ' ';
	}
	words = str_trim((struct str){ text, n > 0 ? (size_t)n : 0 });
	return words.n ? str_dup(a, words) : NULL;
}

/* A pipe holds far more than a host name, so it is written before anybody reads. */
static bool helper_start(const char *program, const char *host, int words, pid_t *pid, int *answer,
			 struct error *e)
{
	const char *const argv[] = { program, "get", NULL };
	AUTO_FD in = -1, out = -1;
	int ends[2], got;

	if (pipe2(ends, O_CLOEXEC) < 0)
		return err_sys(e, "make a pipe");
	in = ends[0];
	out = ends[1];
	if (!fd_write(out, str_of(host), "a pipe", e) || !fd_close(&out, "a pipe", e))
		return false;
	if (pipe2(ends, O_CLOEXEC) < 0)
		return err_sys(e, "make a pipe");
	*answer = ends[0];
	out = ends[1];
	got = spawn_start(&(struct spawn){ .argv = argv,
					   .n = 3,
					   .fds = (const struct spawn_fd[]){ { in, 0 },
									     { out, 1 },
									     { words, 2 } } },
			  pid, e);
	if (got == 0)
		err_set(e, ERR_SYSTEM, "%s is not installed", program);
	return got > 0;
}

bool helper_ask(struct arena *a, const char *name, const char *host, struct credentials *out,
		struct error *e)
{
	const char *program = arena_printf(a, "docker-credential-%s", name), *words;
	AUTO_FD answer = -1, err = memfd_create("helper", MFD_CLOEXEC);
	struct buf text = { .a = a, .max = ANSWER_MAX };
	struct error unread = { 0 };
	pid_t pid = 0;
	int status = 0;

	if (!is_helper_name(str_of(name)))
		return err_set(e, ERR_INPUT, "\"%s\" is not the name of a credential helper", name);
	if (err < 0)
		return err_sys(e, "make a file in memory");
	if (!helper_start(program, host, err, &pid, &answer, e))
		return false;
	if (!helper_collect(answer, program, &text, &unread))
		fd_closep(&answer);
	if (!spawn_wait(pid, program, &status, e))
		return false;
	if (unread.kind) {
		*e = unread;
		return false;
	}
	words = helper_words(a, err);
	if (words)
		out->said = arena_printf(a, "%s says: %s", program, words);
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return read_answer(a, program, buf_str(&text), out, e);
	if (text.n && str_eq(str_trim(buf_str(&text)), STR(NOT_FOUND)))
		return true;
	return words ? err_set(e, ERR_SYSTEM, "%s fails and says: %s", program, words)
		     : err_set(e, ERR_SYSTEM, "%s fails; run it by hand to see why: %s get",
			       program, program);
}
