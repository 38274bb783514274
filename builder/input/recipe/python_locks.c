/* SPDX-License-Identifier: Apache-2.0 */
#include "input/recipe/python_locks.h"

#include <fcntl.h>
#include <fnmatch.h>
#include <unistd.h>

#include "base/io.h"
#include "base/path.h"
#include "format/text/pdm_lock.h"
#include "format/text/poetry_lock.h"
#include "format/text/pylock.h"
#include "format/text/uv_lock.h"
#include "input/recipe/python_in_sync.h"
#include "input/recipe/python_requirements.h"

#define PYTHON_PROJECT_MAX ((size_t)4 << 20)

static const struct {
	const char *name;
	bool (*read)(struct python_lock_reading *r, struct str text, struct error *e);
} python_forms[] = {
	{ "pylock*.toml", pylock_read },
	{ "uv.lock", uv_lock_read },
	{ "poetry.lock", poetry_lock_read },
	{ "pdm.lock", pdm_lock_read },
};

static bool python_lock_read(struct python_lock_reading *r, struct str text, struct error *e)
{
	const char *name = path_base(r->file);
	size_t i = 0;

	while (fnmatch(python_forms[i].name, name, 0) != 0)
		i++;
	return python_forms[i].read(r, text, e);
}

/* Platforms of a set of machines. */
static struct platforms python_platforms(struct arena *a, const struct platforms *all,
					 unsigned machines)
{
	struct platforms out = { NULL, 0, 0 };

	for (size_t i = 0; i < all->n; i++) {
		if (machines & 1u << i)
			*list_push(a, &out) = all->v[i];
	}
	return out;
}

static void python_lock_take(struct arena *a, const struct python_lock_package *p,
			     const struct platforms *all, struct dependencies *out)
{
	struct dependency *d = list_push(a, &out->v);

	*d = (struct dependency){ .name = p->name,
				  .version = p->version,
				  .path = arena_printf(a, "%s/%s/", p->name, p->version),
				  .origin = p->index,
				  .platforms = python_platforms(a, all, p->machines),
				  .line = p->line };
	list_each(f, &p->files) {
		*list_push(a, &d->hashes) = f->hash;
		d->local = d->local || f->path;
		*list_push(a, &d->files) = *f;
	}
}

/* A lock for Windows alone has nothing for us, and is not to be added to. */
static bool python_check_machines(const struct python_lock *lock, const char *file, struct error *e)
{
	if (lock->machines)
		return true;
	err_set(e, ERR_INPUT,
		"%s is for no Linux machine, as it says here: lock it for one, too, with %s",
		path_base(file), lock->again);
	return err_at(e, file, lock->machines_line, 1);
}

/* What poetry.lock leaves to the pyproject.toml beside it: python_check_in_sync() makes that file
 * an input. */
static bool python_read_project(struct python_lock_reading *r, struct error *e)
{
	const char *dir = path_dir(r->a, r->file);
	const char *file = arena_printf(r->a, "%s%spyproject.toml", dir, dir[0] ? "/" : "");

	if (strcmp(path_base(r->file), "poetry.lock") != 0 || access(file, F_OK) != 0)
		return true;
	r->project_file = file;
	return io_read_file(r->a, AT_FDCWD, file, PYTHON_PROJECT_MAX, &r->project, e);
}

bool python_lock_gather(struct arena *a, struct str text, struct dependencies *out,
			struct strings *inputs, struct buf *texts, struct error *e)
{
	struct platforms all = { NULL, 0, 0 };
	struct strings machines = { NULL, 0, 0 };
	struct python_lock lock = { .again = "" };
	struct python_lock_reading r = {
		.a = a, .file = out->file, .machines = &machines, .out = &lock
	};

	if (!python_read_project(&r, e))
		return false;
	platforms_all(a, &all);
	for (size_t i = 0; i < all.n; i++)
		*list_push(a, &machines) = all.v[i]->machine->uname[0];
	if (!python_lock_read(&r, text, e) || !python_check_machines(&lock, out->file, e))
		return false;
	if (lock.reads_project)
		buf_add(texts, r.project);
	out->again = lock.again;
	out->folders = lock.installed;
	out->only = python_platforms(a, &all, lock.machines);
	out->only_line = lock.machines_line;
	list_each(p, &lock.v)
		python_lock_take(a, p, &all, out);
	return python_check_projects(out, e) &&
	       python_check_in_sync(a, out, &lock.own, &lock.folders, inputs, e);
}
