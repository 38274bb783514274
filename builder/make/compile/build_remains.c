/* SPDX-License-Identifier: Apache-2.0 */
#include "make/compile/build_remains.h"

#include <elf.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "make/compile/build_log.h"

#define REMAINS_DEPTH_MAX 16
#define REMAINS_MAX 200 /* programs */

/* By the first bytes, which are the same for both sizes of ELF: no library is one. */
static bool remains_is_program(int dir, const char *name)
{
	Elf32_Ehdr head; /* up to e_type that of 64 bits, too */
	AUTO_FD fd = openat(dir, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	struct stat st;

	return fd >= 0 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && (st.st_mode & 0100) &&
	       read(fd, &head, sizeof(head)) == sizeof(head) &&
	       memcmp(head.e_ident, ELFMAG, SELFMAG) == 0 &&
	       (head.e_type == ET_EXEC || (head.e_type == ET_DYN && !strstr(name, ".so")));
}

static void remains_walk(struct arena *a, int fd, const char *path, unsigned depth,
			 struct strings *out)
{
	struct error ignored = { 0 };
	struct strings names = { NULL, 0, 0 };

	if (!file_names(a, fd, path, &names, &ignored)) {
		err_clear(&ignored);
		return;
	}
	for (size_t i = 0; i < names.n && out->n < REMAINS_MAX; i++) {
		const char *below = path[0] ? arena_printf(a, "%s/%s", path, names.v[i])
					    : names.v[i];
		AUTO_FD deeper = openat(fd, names.v[i],
					O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

		if (deeper >= 0 && depth < REMAINS_DEPTH_MAX)
			remains_walk(a, deeper, below, depth + 1, out);
		else if (deeper < 0 && remains_is_program(fd, names.v[i]))
			*list_push(a, out) = below;
	}
}

static void remains_look(struct arena *a, int build, const char *name, struct strings *out)
{
	AUTO_FD fd = openat(build, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

	if (fd >= 0)
		remains_walk(a, fd, "", 0, out);
}

void build_remains_tell(struct build_remains *r, const char *line)
{
	pthread_mutex_lock(&r->lock);
	*list_push(r->a, &r->told) = arena_strdup(r->a, line);
	pthread_mutex_unlock(&r->lock);
}

void build_remains_name_step(struct build_remains *r, const char *step)
{
	pthread_mutex_lock(&r->lock);
	r->step = arena_strdup(r->a, step);
	pthread_mutex_unlock(&r->lock);
}

void build_remains_warn(struct build_remains *r, const char *text)
{
	pthread_mutex_lock(&r->lock);
	r->warning = arena_strdup(r->a, text);
	pthread_mutex_unlock(&r->lock);
}

void build_remains_take(struct build_remains *r, int build, const char *log_path)
{
	pthread_mutex_lock(&r->lock);
	r->log = build_log_end(r->a, log_path);
	r->step = r->step ? r->step : "";
	r->built = r->installed = (struct strings){ NULL, 0, 0 };
	remains_look(r->a, build, "src", &r->built);
	remains_look(r->a, build, "out", &r->installed);
	pthread_mutex_unlock(&r->lock);
}
