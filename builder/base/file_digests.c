/* SPDX-License-Identifier: Apache-2.0 */
#include "base/file_digests.h"

#include "base/file_state.h"

struct hashed_file {
	struct stat state;
	struct digest digest;
};

void file_digests_close(struct file_digests *m)
{
	arena_free(&m->a);
	m->files = (struct strmap){ 0 };
}

bool file_digests_find(struct file_digests *m, const char *path, const struct stat *now,
		       struct digest *d)
{
	const struct hashed_file *known;
	bool same;

	if (!m)
		return false;
	pthread_mutex_lock(&m->mutex);
	known = strmap_get(&m->files, str_of(path));
	same = known && file_state_same(&known->state, now);
	if (same)
		*d = known->digest;
	pthread_mutex_unlock(&m->mutex);
	return same;
}

void file_digests_note(struct file_digests *m, const char *path, const struct stat *before,
		       const struct stat *after, const struct digest *d)
{
	void **place;

	if (!m || !file_state_same(before, after) || file_state_young(after))
		return;
	pthread_mutex_lock(&m->mutex);
	if (!strmap_get(&m->files, str_of(path)))
		path = arena_strdup(&m->a, path);
	place = strmap_slot(&m->a, &m->files, str_of(path));
	if (!*place)
		*place = arena_alloc(&m->a, sizeof(struct hashed_file));
	*(struct hashed_file *)*place = (struct hashed_file){ *after, *d };
	pthread_mutex_unlock(&m->mutex);
}
