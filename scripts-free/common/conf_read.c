/* SPDX-License-Identifier: Apache-2.0 */
/* Configuration files, includes followed. Bounded in depth, in number of files, and in memory. */

#include "common/conf_read.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/conf_lines.h"
#include "common/dir_list.h"
#include "common/text.h"

struct conf_reading {
	struct conf_facts *facts;
	struct conf_watch watch;
	unsigned depth, files;
	size_t bytes;
	bool over; /* the watch ended it, or an include was refused */
};

static bool conf_source_push(struct conf_reading *r, const char *path);

/* One pattern of an include line. How many files it matched; a plain name always counts as one. */
static unsigned pattern_read(struct conf_reading *r, const char *pattern)
{
	const char *slash = strrchr(pattern, '/');
	char dir[CONF_PATH], path[2 * CONF_PATH], last[256] = "";
	struct dir_name name;
	unsigned matched = 0;

	if (strpbrk(pattern, "*?[") == NULL || slash == NULL) {
		conf_source_push(r, pattern);
		return 1;
	}
	if (!text_copy(dir, sizeof dir, pattern, (size_t)(slash - pattern)) ||
	    strpbrk(dir, "*?[") != NULL)
		return 1;
	while (!r->over && dir_next_match(dir[0] != '\0' ? dir : "/", slash + 1, last, &name)) {
		snprintf(path, sizeof path, "%s/%s", dir, name.s);
		conf_source_push(r, path);
		memcpy(last, name.s, sizeof last);
		matched++;
	}
	return matched;
}

static void include_read(struct conf_reading *r, const char *rest)
{
	struct conf_facts *f = r->facts;
	struct conf_place here = f->place;
	char word[CONF_PATH];
	unsigned matched = 0;

	if (r->depth >= CONF_DEPTH)
		return;
	while (!r->over && conf_word(&rest, word, sizeof word)) {
		matched += pattern_read(r, word);
		f->place = here;
	}
	if (matched == 0 && r->depth == 1 && f->n_empty < CONF_EMPTY)
		f->empty[f->n_empty++] = here.line;
}

static void line_take(struct conf_reading *r, const char *line)
{
	char word[CONF_PATH];
	const char *rest = line;

	if (!conf_word(&rest, word, sizeof word))
		return;
	if (strcmp(word, "include") == 0)
		include_read(r, rest);
	else
		conf_facts_line(r->facts, line);
}

/* Another `n` bytes: is it still a configuration, and is somebody still waiting for it? */
static bool may_go_on(struct conf_reading *r, size_t n)
{
	r->bytes += n;
	if (r->bytes > CONF_BYTES)
		errno = EFBIG;
	else if (r->watch.go_on != NULL && !r->watch.go_on(r->watch.arg))
		errno = EINTR;
	else
		return true;
	r->over = true;
	return false;
}

/* Cuts what arrives into lines; a line longer than `piece` is handled as several, as in Squid. */
static bool lines_read(struct conf_reading *r, int fd)
{
	struct conf_lines lines = { 0 };
	struct conf_place *place = &r->facts->place;
	char piece[8192];
	size_t have = 0;
	ssize_t n;

	while (!r->over && (n = read(fd, piece + have, sizeof piece - have)) > 0) {
		char *start = piece, *end = piece + have + n, *lf;

		if (!may_go_on(r, (size_t)n))
			return false;
		while (!r->over && (lf = memchr(start, '\n', (size_t)(end - start))) != NULL) {
			place->line++;
			if (conf_lines_add(&lines, start, (size_t)(lf - start)))
				line_take(r, lines.buf);
			start = lf + 1;
		}
		have = (size_t)(end - start);
		if (have == sizeof piece) {
			if (conf_lines_add(&lines, start, have))
				line_take(r, lines.buf);
			have = 0;
		}
		memmove(piece, start, have);
	}
	if (r->over || n < 0)
		return r->over;
	place->line++;
	if (conf_lines_add(&lines, piece, have))
		line_take(r, lines.buf);
	return true;
}

/* The file as a descriptor; only of a regular file does every read come to an end. */
static int source_open(const char *path)
{
	struct stat st;

	if (stat(path, &st) != 0)
		return -1;
	if (S_ISREG(st.st_mode))
		return open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	errno = S_ISDIR(st.st_mode) ? EISDIR : ENODEV;
	return -1;
}

static void include_refuse(struct conf_reading *r, const char *path, const struct conf_place *from)
{
	struct conf_facts *f = r->facts;

	if (f->refused_why != NULL || r->depth == 0)
		return;
	if (errno == EISDIR)
		f->refused_why = "is a directory, not a file";
	else if (errno == ENODEV)
		f->refused_why = "is not a regular file";
	else if (errno == EFBIG)
		f->refused_why = "is too large for a configuration (64 MiB in all)";
	else
		return;
	r->over = true;
	f->refused = *from;
	text_copy(f->refused_path, sizeof f->refused_path, path, strlen(path));
}

static bool conf_source_push(struct conf_reading *r, const char *path)
{
	struct conf_place from = r->facts->place;
	int fd, saved;
	bool ok;

	if (r->files >= CONF_FILES) {
		errno = ELOOP;
		return false;
	}
	fd = source_open(path);
	if (fd < 0) {
		include_refuse(r, path, &from);
		return false;
	}
	r->files++;
	r->depth++;
	text_copy(r->facts->place.file, CONF_PATH, path, strlen(path));
	r->facts->place.line = 0;
	ok = lines_read(r, fd);
	saved = errno;
	r->depth--;
	close(fd);
	errno = saved;
	if (!ok)
		include_refuse(r, path, &from);
	r->facts->place = from;
	errno = saved;
	return ok;
}

bool conf_read_watched(const char *path, struct conf_facts *f, struct conf_watch watch)
{
	struct conf_reading r = { .facts = f, .watch = watch };

	conf_facts_init(f);
	if (!conf_source_push(&r, path))
		return false;
	errno = EINTR;
	return !r.over || f->refused_why != NULL;
}

bool conf_read(const char *path, struct conf_facts *f)
{
	return conf_read_watched(path, f, (struct conf_watch){ 0 });
}
