/* SPDX-License-Identifier: Apache-2.0 */
/* What was left for later, in one batch. */

#include "transfer/store/store_action.h"
#include "transfer/store/store_later.h"
#include "transfer/store/store_verified.h"
#include "transfer/store/verified_file.h"

/* The files, and what keeps a collection from their places (store_hold_place). */
struct settling {
	struct arena a;
	struct file_batch files;
	struct LIST(int) held;
};

static void settle_close(struct settling *w)
{
	file_batch_abort(&w->files);
	list_each(fd, &w->held)
		fd_closep(fd);
	arena_free(&w->a);
}

static bool settle_add_results(const struct store *s, struct settling *w, struct error *e)
{
	list_each(r, &s->later->results) {
		AUTO_FILE f = FILE_NEW_INIT;

		f.names_later = true;
		*list_push(&w->a, &w->held) = store_hold_place(s->actions, r->name);
		if (!action_write(s, &f, r->name, r->text, e))
			return false;
		file_batch_add(&w->files, &f);
	}
	return true;
}

static bool settle_sync_names(const struct store *s, struct error *e)
{
	const struct store_later *l = s->later;

	return ((l->results.n == 0 && !l->actions) || file_sync_names(s->actions, "actions", e)) &&
	       (!l->blobs || file_sync_names(s->blobs, "blobs", e));
}

static bool settle_all(const struct store *s, struct settling *w, struct error *e)
{
	if (!settle_add_results(s, w, e) || !verified_file_add(s, &w->files, e) ||
	    !file_batch_commit(&w->files, e) || !settle_sync_names(s, e))
		return false;
	later_drop(s->later);
	return true;
}

bool store_settle(const struct store *s, struct error *e)
{
	struct settling w = { .a = { 0 } };
	bool ok;

	if (s->readonly || !s->later)
		return true;
	w.files.a = &w.a;
	pthread_mutex_lock(&s->later->mutex);
	ok = settle_all(s, &w, e);
	pthread_mutex_unlock(&s->later->mutex);
	settle_close(&w);
	return ok || err_wrap(e, "store %s", s->path);
}
