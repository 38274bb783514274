/* SPDX-License-Identifier: Apache-2.0 */
#include "support/fixture_fault_sweep.h"

#include <criterion/criterion.h>
#include <errno.h>

#include "support/fixture_nth.h"

#define POINTS_MAX 2000

enum sweep_status {
	SWEEP_DONE,
	SWEEP_TOLD,
	SWEEP_LIES,
};

static int sweep_work(void *user)
{
	const struct fault_sweep *s = user;
	struct error e = { 0 };
	bool ok = s->work(s->user, &e);

	if (ok != (e.kind == ERR_NONE))
		return SWEEP_LIES;
	return ok ? SWEEP_DONE : SWEEP_TOLD;
}

unsigned fault_sweep(const struct fault_sweep *s)
{
	struct nth_result result = { .hit = true };
	unsigned at;

	for (at = 1; at < POINTS_MAX; at++) {
		const struct nth_fault fault = { s->calls, at, EIO };

		if (!nth_run(&fault, sweep_work, (void *)s, &result))
			cr_skip_test("no user notification of seccomp");
		if (!result.hit)
			break;
		cr_expect(!result.killed && (result.status == SWEEP_TOLD ||
					     (!s->every && result.status == SWEEP_DONE)),
			  "call %u (%s) fails: %s, status %d", at, result.call,
			  result.killed ? "killed" : "exits", result.status);
	}
	cr_expect(!result.killed && result.status == SWEEP_DONE, "nothing fails: status %d",
		  result.status);
	return at - 1;
}
