/* SPDX-License-Identifier: Apache-2.0 */
#include "make/compile/python_local.h"

#include <fcntl.h>
#include <sys/stat.h>

#include "base/path.h"
#include "format/text/simple_index.h"
#include "format/text/wheel_tags.h"

static const struct python_lock_file *local_choose(const struct compile_request *rq,
						   const struct dependency *d)
{
	const struct wheel_target target = { wheel_python_of(""),
					     compile_platform(rq->lock)->machine->uname[0] };
	const struct python_lock_file *best = NULL;
	unsigned most = 0;

	list_each(f, &d->files) {
		struct simple_wheel w;
		unsigned rank = simple_split_wheel(f->name, &w) ? wheel_tag_rank(w.tag, &target)
								: 0;

		if (f->path && rank > most) {
			most = rank;
			best = f;
		}
	}
	return best;
}

static bool local_put(const struct compile_request *rq, const char *path,
		      const struct python_lock_file *f, uint64_t *size, struct error *e)
{
	AUTO_FD fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	AUTO_PUT put = STORE_PUT_INIT;
	struct store_expect expect = { .digest = content_digest_short(&f->hash) };
	struct fd_source from;
	struct str chunk;
	struct stat st;
	int got;

	if (fd < 0)
		return err_set(e, ERR_INPUT, "%s: %m", path);
	if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode))
		return err_set(e, ERR_INPUT, "%s is not a regular file", path);
	*size = expect.size = (uint64_t)st.st_size;
	if (store_has_blob(rq->store, &expect.digest, *size))
		return true;
	if (!store_put_begin(rq->store, &put, path, e))
		return false;
	fd_source_init(&from, fd, 0, *size, path);
	while ((got = from.base.next(&from.base, &chunk, e)) == 1) {
		if (!put.sink.base.write(&put.sink.base, chunk, e))
			return false;
	}
	return got == 0 && store_put_commit(&put, &expect, NULL, NULL, e);
}

static bool local_take(struct arena *a, const struct compile_request *rq,
		       const struct dependency *d, struct python_local_wheels *out, struct error *e)
{
	const struct dependencies *l = &rq->source->dependencies;
	const struct python_lock_file *f = local_choose(rq, d);
	struct locked_file file = { .name = "" };

	if (!f)
		return err_set(e, ERR_INPUT,
			       "no wheel of those that %s knows by a path is for Python 3.%u on %s",
			       path_base(l->file), wheel_python_of(""),
			       compile_platform(rq->lock)->machine->uname[0]);
	file.path = file.name = arena_printf(a, "%s%s", d->path, f->name);
	file.sha256 = content_digest_short(&f->hash);
	if (!local_put(rq, arena_printf(a, "%s/%s", path_dir(a, l->file), f->path), f, &file.size,
		       e))
		return false;
	*list_push(a, out) = file;
	return true;
}

bool python_local_wheels(struct arena *a, const struct compile_request *rq,
			 struct python_local_wheels *out, struct error *e)
{
	const struct dependencies *l = &rq->source->dependencies;
	const struct platform *p = compile_platform(rq->lock);

	list_each(d, &l->v) {
		if (!d->local || !dependency_is_for(d, p))
			continue;
		if (!local_take(a, rq, d, out, e)) {
			err_wrap(e, "%s %s", d->name, d->version);
			return dependency_fail_at(l, d, e);
		}
	}
	return true;
}
