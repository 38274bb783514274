/* SPDX-License-Identifier: Apache-2.0 */
/* getdents64 into a buffer on the stack. */

#include "common/dir_list.h"

#include <dirent.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include "common/text.h"

bool dir_each(int fd, bool (*visit)(const char *name, void *arg), void *arg)
{
	_Alignas(struct dirent64) char buf[4096];
	ssize_t n;

	while ((n = getdents64(fd, buf, sizeof buf)) > 0) {
		for (ssize_t at = 0; at < n;) {
			const struct dirent64 *d = (const struct dirent64 *)(const void *)(buf +
											   at);

			at += d->d_reclen;
			if (strcmp(d->d_name, ".") == 0 || strcmp(d->d_name, "..") == 0)
				continue;
			if (!visit(d->d_name, arg))
				return true;
		}
	}
	return n == 0;
}

struct dir_search {
	const char *pattern, *after;
	struct dir_name *best;
	bool found;
};

static bool dir_consider(const char *name, void *arg)
{
	struct dir_search *s = arg;

	if (strcmp(name, s->after) > 0 && fnmatch(s->pattern, name, FNM_PERIOD) == 0 &&
	    (!s->found || strcmp(name, s->best->s) < 0))
		s->found = text_copy(s->best->s, sizeof s->best->s, name, strlen(name));
	return true;
}

bool dir_next_match(const char *dir, const char *pattern, const char *after, struct dir_name *name)
{
	struct dir_search s = { .pattern = pattern, .after = after, .best = name };
	int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0)
		return false;
	dir_each(fd, dir_consider, &s);
	close(fd);
	return s.found;
}
