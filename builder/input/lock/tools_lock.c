/* SPDX-License-Identifier: Apache-2.0 */
/* Where the lock of tools is, and what is in it. */

#include "input/lock/tools_lock.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "base/file.h"
#include "base/path.h"

#define TOOLS_LOCK "locks/tools.lock.json"

const char *tools_path(struct arena *a, const char *repository)
{
	return strcmp(repository, ".") == 0 ? TOOLS_LOCK
					    : arena_printf(a, "%s/" TOOLS_LOCK, repository);
}

int tools_load(struct arena *a, const char *path, struct lock *out, struct error *e)
{
	if (access(path, F_OK) != 0 && errno == ENOENT)
		return 0;
	return lock_load_tools(a, path, out, e) ? 1 : -1;
}

bool tools_write(struct arena *a, const char *path, const struct lock *lock, struct error *e)
{
	struct buf text = { .a = a };

	lock_format(lock, &text);
	return file_mkdirs(AT_FDCWD, path_dir(a, path), e) &&
	       file_write_path(path, 0644, buf_str(&text), e);
}

const struct locked_package *tools_find(const struct lock *lock, const char *name,
					const struct platform *machine)
{
	for (size_t i = 0; i < lock->tools.n; i++) {
		const struct locked_package *p = &lock->tools.v[i];

		if (strcmp(p->name, name) == 0 &&
		    strcmp(p->architecture, machine->machine->debian) == 0)
			return p;
	}
	return NULL;
}

void tools_for(struct arena *a, const struct lock *lock, const char *name,
	       const struct platform *machine, struct lock *out)
{
	*out = (struct lock){ .file = lock->file,
			      .format = lock->format,
			      .architecture = machine->machine->debian };
	for (size_t i = 0; i < lock->tools.n; i++) {
		const struct locked_package *p = &lock->tools.v[i];

		if (strcmp(p->architecture, machine->machine->debian) != 0 ||
		    (name && strcmp(p->name, name) != 0))
			continue;
		*list_push(a, &out->packages) = *p;
		lock_add_state(a, out, p->state);
	}
}
