/* SPDX-License-Identifier: Apache-2.0 */
#include "base/file_state.h"

#include <stdint.h>
#include <time.h>

static bool file_state_same_time(const struct timespec *x, const struct timespec *y)
{
	return x->tv_sec == y->tv_sec && x->tv_nsec == y->tv_nsec;
}

bool file_state_same(const struct stat *x, const struct stat *y)
{
	return x->st_ino == y->st_ino && x->st_dev == y->st_dev && x->st_size == y->st_size &&
	       file_state_same_time(&x->st_mtim, &y->st_mtim) &&
	       file_state_same_time(&x->st_ctim, &y->st_ctim);
}

bool file_state_young(const struct stat *st)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return (int64_t)(now.tv_sec - st->st_ctim.tv_sec) * 1000 +
		       (now.tv_nsec - st->st_ctim.tv_nsec) / 1000000 <
	       FILE_YOUNG_MS;
}
