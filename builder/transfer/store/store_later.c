/* SPDX-License-Identifier: Apache-2.0 */
/* A list under a lock, and two marks. */

#include "transfer/store/store_later.h"

#include <string.h>

bool later_find(struct arena *a, struct store_later *l, const char *name, struct str *text)
{
	bool found = false;

	if (!l)
		return false;
	pthread_mutex_lock(&l->mutex);
	for (size_t i = l->results.n; !found && i-- > 0;) {
		found = strcmp(l->results.v[i].name, name) == 0;
		if (found)
			*text = str_copy(a, l->results.v[i].text);
	}
	pthread_mutex_unlock(&l->mutex);
	return found;
}

bool later_add(struct store_later *l, const char *name, struct str text)
{
	bool room;

	pthread_mutex_lock(&l->mutex);
	room = l->results.n < LATER_MAX;
	if (room) {
		struct later_result *r = list_push(&l->a, &l->results);

		memcpy(r->name, name, sizeof(r->name));
		r->text = str_copy(&l->a, text);
	}
	pthread_mutex_unlock(&l->mutex);
	return room;
}

void later_add_name(struct store_later *l, bool *folder)
{
	pthread_mutex_lock(&l->mutex);
	*folder = true;
	pthread_mutex_unlock(&l->mutex);
}

void later_drop(struct store_later *l)
{
	arena_free(&l->a);
	l->results.v = NULL;
	l->results.n = l->results.cap = 0;
	l->blobs = l->actions = false;
}
