/* SPDX-License-Identifier: Apache-2.0 */
#include "make/compile/compile_turn.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <time.h>

#include "base/file.h"

static const char *turn_log_name(struct arena *a, const struct compile_request *rq,
				 const struct digest *key)
{
	return arena_printf(a, "logs/%s-%.12s.log", rq->source->name, digest_hex_dup(a, key));
}

void compile_turn_end(struct compile_turn *t)
{
	fd_closep(&t->log);
}

/* flock(2) alone could not be told to stop. */
static bool compile_wait_turn(const atomic_bool *stop, const struct compile_turn *t,
			      struct error *e)
{
	const struct timespec pause = { .tv_nsec = 50 * 1000 * 1000 };

	while (flock(t->log, LOCK_EX | LOCK_NB) < 0) {
		if (errno != EWOULDBLOCK && errno != EINTR)
			return err_sys(e, "wait for the lock %s", t->path);
		if (stop && atomic_load(stop))
			return err_set(e, ERR_SYSTEM, "stopped while waiting for %s", t->path);
		nanosleep(&pause, NULL);
	}
	return true;
}

bool compile_take_turn(struct arena *a, const struct compile_request *rq, const struct digest *key,
		       struct compile_turn *t, struct error *e)
{
	const char *name = turn_log_name(a, rq, key);

	t->path = arena_printf(a, "%s/%s", rq->store->path, name);
	if (!store_takes(rq->store, arena_printf(a, "the compiled %s", rq->source->name), e) ||
	    !file_mkdirs(rq->store->fd, "logs", e))
		return false;
	t->log = openat(rq->store->fd, name, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW,
			0644);
	if (t->log < 0)
		return err_sys(e, "create the log %s", t->path);
	t->waited = flock(t->log, LOCK_EX | LOCK_NB) < 0 && errno == EWOULDBLOCK;
	if (!t->waited)
		return true; /* or there are no locks here: then twice is better than never */
	progress_note(rq->progress, "%s is being compiled by another imgbuild: waiting for it",
		      rq->source->name);
	return compile_wait_turn(rq->stop, t, e);
}
