/* SPDX-License-Identifier: Apache-2.0 */
/* A collection may take an old folder between its making and its mark; the next one is new, and
 * what is as new as this build stays. */

#include "make/compile/compiler_cache.h"

#include <errno.h>
#include <fcntl.h>

#define TRIES 4

bool compiler_cache_open(struct arena *a, const struct store *s, const char *kind, const char *name,
			 const char **path, struct error *e)
{
	const char *folder = arena_printf(a, "%s/%s", kind, name);

	*path = arena_printf(a, "%s/%s", s->path, folder);
	for (int tries = 0; tries < TRIES; tries++) {
		AUTO_FD parent = -1, fd = -1;

		if (!file_mkdirs(s->fd, folder, e))
			return false;
		parent = file_open_dir(s->fd, kind, e);
		if (parent < 0)
			return false;
		fd = store_open_entry(parent, name, O_DIRECTORY);
		if (fd >= 0)
			return true;
		if (errno != ENOENT)
			break;
	}
	return err_sys(e, "open the compiler's cache %s", *path);
}
