/* SPDX-License-Identifier: Apache-2.0 */
/* pip takes the paths of -r and -c from the folder of the file that has them, and goes on in a
 * circle for ever. */

#include "input/recipe/python_requirements.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/io.h"
#include "base/path.h"
#include "format/text/pipfile_lock.h"
#include "format/text/requirements.h"

#define REQUIREMENTS_MAX ((size_t)16 << 20)
#define REQUIREMENTS_DEPTH_MAX 16

/* A file that is being read, in one that is being read. */
struct requirements_step {
	const struct requirements_step *up;
	const char *path; /* below the folder of the source */
	bool constraints;
};

struct requirements_files {
	struct requirements_include base;
	struct arena *a;
	struct requirements *all;
	const char *root; /* the folder of the source, as it can be opened; "": this one */
	const struct requirements_step *now;
	struct strings done; /* "r PATH", "c PATH" */
	struct strings *inputs;
	struct buf *texts;
};

static unsigned requirements_depth(const struct requirements_files *f)
{
	unsigned n = 0;

	for (const struct requirements_step *at = f->now; at; at = at->up)
		n++;
	return n;
}

static bool requirements_check_circle(const struct requirements_files *f, const char *path,
				      struct error *e)
{
	for (const struct requirements_step *at = f->now; at; at = at->up) {
		if (strcmp(at->path, path) == 0)
			return err_set(e, ERR_INPUT, "%s includes itself%s%s: remove this line",
				       path, at->up || at != f->now ? ", by " : "",
				       at != f->now ? f->now->path : "");
	}
	return requirements_depth(f) < REQUIREMENTS_DEPTH_MAX ||
	       err_set(e, ERR_INPUT, "%s: more than %u files stand in one another", path,
		       REQUIREMENTS_DEPTH_MAX);
}

static bool requirements_enter(struct requirements_files *f, const char *path, bool constraints,
			       struct error *e)
{
	const struct requirements_step step = { f->now, path, constraints };
	const char *file = f->root[0] ? arena_printf(f->a, "%s/%s", f->root, path) : path;
	struct str text;
	bool ok;

	if (access(file, R_OK) != 0)
		return err_set(e, ERR_INPUT, "%s: %s", file, strerror(errno));
	if (!io_read_file(f->a, AT_FDCWD, file, REQUIREMENTS_MAX, &text, e))
		return false;
	*list_push(f->a, f->inputs) = file;
	buf_add(f->texts, text);
	f->now = &step;
	ok = requirements_read(f->a, text, file, constraints, f->all, e);
	f->now = step.up;
	return ok;
}

/* What two files include is read once. */
static bool requirements_include_file(struct requirements_include *base, struct str name,
				      bool constraints, struct error *e)
{
	struct requirements_files *f = (struct requirements_files *)base;
	const char *path = name.p[0] == '/'
				   ? NULL
				   : path_in_folder(f->a, path_dir(f->a, f->now->path), name);
	const char *mark;

	if (!path || !path[0])
		return err_set(e, ERR_INPUT,
			       STR_FMT " is outside of the source's folder, %s: copy it there",
			       STR_ARG(name), f->root[0] ? f->root : ".");
	if (!requirements_check_circle(f, path, e))
		return false;
	mark = arena_printf(f->a, "%c %s", constraints ? 'c' : 'r', path);
	if (strings_has(&f->done, mark))
		return true;
	*list_push(f->a, &f->done) = mark;
	return requirements_enter(f, path, constraints, e);
}

static bool requirement_is_as(const struct dependency *d, const struct requirement *r)
{
	if (d->line != r->line || d->lock != r->file || strcmp(d->version, r->version) != 0 ||
	    d->hashes.n != r->hashes.n)
		return false;
	for (size_t i = 0; i < r->hashes.n; i++) {
		if (!content_digest_eq(&d->hashes.v[i], &r->hashes.v[i]))
			return false;
	}
	return true;
}

/* Of one requirement on one machine; machines that agree share a dependency. */
static void requirement_add(struct arena *a, const struct requirement *r, const struct platform *p,
			    struct dependencies *out)
{
	struct dependency *d = out->v.n ? &out->v.v[out->v.n - 1] : NULL;

	if (!d || !requirement_is_as(d, r)) {
		d = list_push(a, &out->v);
		*d = (struct dependency){ .name = r->name,
					  .version = r->version,
					  .path = arena_printf(a, "%s/%s/", r->name, r->version),
					  .lock = r->file,
					  .line = r->line };
		list_append(a, &d->hashes, &r->hashes);
	}
	*list_push(a, &d->platforms) = p;
}

static bool requirements_take(struct arena *a, const struct requirements *all,
			      struct dependencies *out, struct error *e)
{
	struct platforms platforms = { NULL, 0, 0 };

	platforms_all(a, &platforms);
	list_each(r, &all->v) {
		for (size_t i = 0; i < platforms.n; i++) {
			const char *machine = platforms.v[i]->machine->uname[0];
			struct requirement is;
			int holds = requirement_holds(r, machine, e);

			if (holds < 0 || (holds && !requirement_constrain(all, r, machine, &is, e)))
				return false;
			if (holds)
				requirement_add(a, &is, platforms.v[i], out);
		}
	}
	return true;
}

static int compare_projects(const void *x, const void *y)
{
	const struct dependency *a = x, *b = y;
	int order = strcmp(a->path, b->path);

	return order ? order : (a->line > b->line) - (a->line < b->line);
}

/* Sorted, the requirements of a project stand together. */
static bool python_check_twice(const struct dependencies *l, const struct dependency *before,
			       const struct dependency *d, struct error *e)
{
	for (size_t i = 0; i < d->platforms.n; i++) {
		if (!platforms_have(&before->platforms, d->platforms.v[i]))
			continue;
		err_set(e, ERR_INPUT, "%s is there twice for %s (see line %u%s%s)", d->name,
			d->platforms.v[i]->name, before->line,
			d->lock != before->lock ? " of " : "",
			d->lock != before->lock ? before->lock : "");
		return dependency_fail_at(l, d, e);
	}
	return true;
}

/* Of one name there are not more than platforms, once these have been looked at. */
bool python_check_projects(struct dependencies *l, struct error *e)
{
	if (l->v.n > 1)
		qsort(l->v.v, l->v.n, sizeof(*l->v.v), compare_projects);
	for (size_t i = 1; i < l->v.n; i++) {
		const struct dependency *d = &l->v.v[i], *before = d;

		while (before > l->v.v && strcmp(before[-1].name, d->name) == 0) {
			if (!python_check_twice(l, --before, d, e))
				return false;
		}
	}
	return true;
}

bool python_requirements_read(struct arena *a, struct str text, struct dependencies *out,
			      struct strings *inputs, struct buf *texts, struct error *e)
{
	const char *name = path_base(out->file);
	const struct requirements_step step = {
		.path = out->dir[0] ? arena_printf(a, "%s/%s", out->dir, name) : name
	};
	struct requirements all = { .v = { NULL, 0, 0 } };
	struct requirements_files f = { .base = { requirements_include_file },
					.a = a,
					.root = "",
					.all = &all,
					.now = &step,
					.inputs = inputs,
					.texts = texts };

	if (strlen(out->file) > strlen(step.path))
		f.root = arena_strndup(a, out->file, strlen(out->file) - strlen(step.path) - 1);
	all.include = &f.base;
	if (!requirements_read(a, text, out->file, false, &all, e) ||
	    !requirements_take(a, &all, out, e))
		return false;
	out->again = "pip-compile --generate-hashes";
	out->indexes = all.indexes;
	out->indexes_alone = all.indexes_alone;
	return python_check_projects(out, e);
}

bool python_pipfile_read(struct arena *a, struct str text, struct dependencies *out,
			 struct strings *inputs, struct buf *texts, struct error *e)
{
	struct requirements all = { .v = { NULL, 0, 0 } };

	(void)inputs, (void)texts;
	if (!pipfile_lock_read(a, text, out->file, &all, e) || !requirements_take(a, &all, out, e))
		return false;
	out->again = "pipenv lock";
	out->indexes = all.indexes;
	out->indexes_alone = all.indexes_alone;
	return python_check_projects(out, e);
}
