/* SPDX-License-Identifier: Apache-2.0 */
/* A loop on threads. */

#include "base/parallel.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>

struct loop {
	bool (*work)(void *ctx, size_t i, struct error *e);
	void *ctx;
	size_t n;
	atomic_size_t next;
	atomic_bool failed;
	pthread_mutex_t lock;
	size_t failed_item; /* under lock, like *error */
	struct error *error;
};

unsigned parallel_cpus(void)
{
	cpu_set_t set;
	int n;

	if (sched_getaffinity(0, sizeof(set), &set) < 0)
		return 1;
	n = CPU_COUNT(&set);
	return n < 1 ? 1 : n > PARALLEL_MAX ? PARALLEL_MAX : (unsigned)n;
}

static void note_failure(struct loop *l, size_t item, const struct error *e)
{
	pthread_mutex_lock(&l->lock);
	if (l->error->kind == ERR_NONE || item < l->failed_item) {
		*l->error = *e;
		l->failed_item = item;
	}
	pthread_mutex_unlock(&l->lock);
	atomic_store(&l->failed, true);
}

static void *loop_run(void *arg)
{
	struct loop *l = arg;

	while (!atomic_load(&l->failed)) {
		size_t i = atomic_fetch_add(&l->next, 1);
		struct error e = { 0 };

		if (i >= l->n)
			break;
		if (!l->work(l->ctx, i, &e))
			note_failure(l, i, &e);
	}
	return NULL;
}

bool parallel_for(size_t n, unsigned jobs, bool (*work)(void *ctx, size_t i, struct error *e),
		  void *ctx, struct error *e)
{
	struct loop l = {
		.work = work, .ctx = ctx, .n = n, .error = e, .lock = PTHREAD_MUTEX_INITIALIZER
	};
	pthread_t threads[PARALLEL_MAX];
	unsigned started = 0;

	if (jobs == 0)
		jobs = parallel_cpus();
	if (jobs > PARALLEL_MAX)
		jobs = PARALLEL_MAX;
	/* this thread works too; a thread that cannot be started only makes it slower */
	while (started + 1 < jobs && started + 1 < n &&
	       pthread_create(&threads[started], NULL, loop_run, &l) == 0)
		started++;
	loop_run(&l);
	while (started)
		pthread_join(threads[--started], NULL);
	return e->kind == ERR_NONE;
}
