/* SPDX-License-Identifier: Apache-2.0 */
/* A table with one place for each digest's first bytes: the later file takes the place of the
 * earlier one. */

#include "transfer/store/store_verified.h"

static struct verified_file *verified_place(struct store_verified *v, const struct digest *d)
{
	size_t at;

	memcpy(&at, d->b, sizeof(at));
	return &v->v[at % VERIFIED_MAX];
}

static int64_t milliseconds_between(const struct timespec *from, const struct timespec *to)
{
	return (int64_t)(to->tv_sec - from->tv_sec) * 1000 +
	       (to->tv_nsec - from->tv_nsec) / 1000000;
}

bool verified_has(struct store_verified *v, const struct digest *d, const struct stat *st)
{
	const struct verified_file *f;
	bool has;

	if (!v)
		return false;
	pthread_mutex_lock(&v->mutex);
	f = verified_place(v, d);
	has = digest_eq(&f->digest, d) && f->inode == st->st_ino && f->device == st->st_dev &&
	      f->size == st->st_size && f->written.tv_sec == st->st_mtim.tv_sec &&
	      f->written.tv_nsec == st->st_mtim.tv_nsec;
	v->found += has;
	pthread_mutex_unlock(&v->mutex);
	return has;
}

void verified_note(struct store_verified *v, const struct digest *d, const struct stat *st,
		   const struct timespec *now)
{
	if (!v || milliseconds_between(&st->st_mtim, now) < VERIFIED_YOUNG_MS)
		return;
	pthread_mutex_lock(&v->mutex);
	*verified_place(v, d) = (struct verified_file){ *d, st->st_dev, st->st_ino, st->st_size,
							st->st_mtim };
	pthread_mutex_unlock(&v->mutex);
}
