/* SPDX-License-Identifier: Apache-2.0 */
/* Configuration files, includes followed. Bounded in depth, in number of files, and in memory. */

#include "common/conf_read.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/conf_lines.h"
#include "common/dir_list.h"
#include "common/text.h"

struct reading {
	struct conf_facts *facts;
	unsigned depth, files;
};

static bool read_one(struct reading *r, const char *path);

/* One pattern of an include line. */
static void include_pattern(struct reading *r, const char *pattern)
{
	const char *slash = strrchr(pattern, '/');
	char dir[CONF_PATH], path[2 * CONF_PATH], last[256] = "";
	struct dir_name name;

	if (strpbrk(pattern, "*?[") == NULL || slash == NULL) {
		read_one(r, pattern);
		return;
	}
	if (!text_copy(dir, sizeof dir, pattern, (size_t)(slash - pattern)))
		return;
	while (dir_next_match(dir[0] != '\0' ? dir : "/", slash + 1, last, &name)) {
		snprintf(path, sizeof path, "%s/%s", dir, name.s);
		read_one(r, path);
		memcpy(last, name.s, sizeof last);
	}
}

static void take_line(struct reading *r, const char *line)
{
	char word[CONF_PATH];
	const char *rest = line;

	if (!conf_word(&rest, word, sizeof word))
		return;
	if (strcmp(word, "include") != 0) {
		conf_facts_line(r->facts, line);
		return;
	}
	while (r->depth < CONF_DEPTH && conf_word(&rest, word, sizeof word))
		include_pattern(r, word);
}

/* Cuts what arrives into lines; a line longer than `piece` is handled as several, as in Squid. */
static bool read_lines(struct reading *r, int fd)
{
	struct conf_lines lines = { 0 };
	char piece[8192];
	size_t have = 0;
	ssize_t n;

	while ((n = read(fd, piece + have, sizeof piece - have)) > 0) {
		char *start = piece, *end = piece + have + n, *lf;

		while ((lf = memchr(start, '\n', (size_t)(end - start))) != NULL) {
			if (conf_lines_add(&lines, start, (size_t)(lf - start)))
				take_line(r, lines.buf);
			start = lf + 1;
		}
		have = (size_t)(end - start);
		if (have == sizeof piece) {
			if (conf_lines_add(&lines, start, have))
				take_line(r, lines.buf);
			have = 0;
		}
		memmove(piece, start, have);
	}
	if (n == 0 && conf_lines_add(&lines, piece, have))
		take_line(r, lines.buf);
	return n == 0;
}

static bool read_one(struct reading *r, const char *path)
{
	int fd, saved;
	bool ok;

	if (r->files >= CONF_FILES) {
		errno = ELOOP;
		return false;
	}
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (fd < 0)
		return false;
	r->files++;
	r->depth++;
	ok = read_lines(r, fd);
	saved = errno;
	r->depth--;
	close(fd);
	errno = saved;
	return ok;
}

bool conf_read(const char *path, struct conf_facts *f)
{
	struct reading r = { .facts = f };

	conf_facts_init(f);
	return read_one(&r, path);
}
