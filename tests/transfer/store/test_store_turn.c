/* SPDX-License-Identifier: Apache-2.0 */
/* Turns, taken by threads of one process: a lock of a process would not keep them apart. */

#include "transfer/store/store_turn.h"

#include <criterion/criterion.h>
#include <pthread.h>
#include <stdatomic.h>

#include "support/fixture_depot.h"

struct turn_second {
	const struct store *store;
	atomic_bool waits, has;
};

static void turn_waits(void *ctx)
{
	struct turn_second *s = ctx;

	atomic_store(&s->waits, true);
}

static void *turn_take_second(void *arg)
{
	struct turn_second *s = arg;
	AUTO_FD turn = store_turn_take(s->store, "one", turn_waits, s);

	atomic_store(&s->has, turn >= 0);
	return NULL;
}

Test(store_turn, the_second_waits_until_the_first_is_done, .timeout = 50)
{
	struct depot d;
	struct turn_second s;
	pthread_t thread;
	int first, other;

	depot_open(&d);
	s = (struct turn_second){ .store = &d.store };
	first = store_turn_take(&d.store, "one", turn_waits, &s);
	other = store_turn_take(&d.store, "another", turn_waits, &s);
	cr_assert(first >= 0 && other >= 0);
	cr_expect_not(atomic_load(&s.waits));
	cr_assert_eq(pthread_create(&thread, NULL, turn_take_second, &s), 0);
	while (!atomic_load(&s.waits))
		sched_yield();
	cr_expect_not(atomic_load(&s.has));
	fd_closep(&first);
	pthread_join(thread, NULL);
	cr_expect(atomic_load(&s.has));
	fd_closep(&other);
	depot_close(&d);
}
