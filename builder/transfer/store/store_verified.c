/* SPDX-License-Identifier: Apache-2.0 */
/* A table in which each digest has a few places, beginning with the one that its first bytes say.
 * When all are taken, the first is given to who comes. */

#include "transfer/store/store_verified.h"

#define VERIFIED_PLACES 8

static struct verified_file *verified_place(struct store_verified *v, const struct digest *d)
{
	struct verified_file *first = NULL;
	size_t at;

	memcpy(&at, d->b, sizeof(at));
	for (size_t i = 0; i < VERIFIED_PLACES; i++) {
		struct verified_file *f = &v->v[(at + i) % VERIFIED_MAX];

		if (!f->used || digest_eq(&f->digest, d))
			return f;
		if (!first)
			first = f;
	}
	return first;
}

static bool verified_same_time(const struct timespec *x, const struct timespec *y)
{
	return x->tv_sec == y->tv_sec && x->tv_nsec == y->tv_nsec;
}

static bool verified_is_of(const struct verified_file *f, const struct digest *d,
			   const struct stat *st)
{
	return f->used && digest_eq(&f->digest, d) && f->inode == st->st_ino &&
	       f->device == st->st_dev && f->size == st->st_size &&
	       verified_same_time(&f->written, &st->st_mtim) &&
	       (f->seen || verified_same_time(&f->changed, &st->st_ctim));
}

bool verified_has(struct store_verified *v, const struct digest *d, const struct stat *st)
{
	struct verified_file *f;
	bool has;

	if (!v)
		return false;
	pthread_mutex_lock(&v->mutex);
	f = verified_place(v, d);
	has = verified_is_of(f, d, st);
	f->seen |= has;
	v->found += has;
	pthread_mutex_unlock(&v->mutex);
	return has;
}

bool verified_is_young(const struct stat *st, const struct timespec *now)
{
	const struct timespec *from = &st->st_mtim;

	return (int64_t)(now->tv_sec - from->tv_sec) * 1000 +
		       (now->tv_nsec - from->tv_nsec) / 1000000 <
	       VERIFIED_YOUNG_MS;
}

void verified_note(struct store_verified *v, const struct digest *d, const struct stat *st)
{
	if (!v)
		return;
	pthread_mutex_lock(&v->mutex);
	*verified_place(v, d) = (struct verified_file){ *d,	     st->st_dev,  st->st_ino,
							st->st_size, st->st_mtim, st->st_ctim,
							true,	     true };
	pthread_mutex_unlock(&v->mutex);
}

void verified_recall(struct store_verified *v, const struct verified_file *noted)
{
	struct verified_file *f = verified_place(v, &noted->digest);

	if (f->seen)
		return;
	*f = *noted;
	f->seen = false;
	f->used = true;
}
