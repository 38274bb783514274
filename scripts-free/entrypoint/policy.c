/* SPDX-License-Identifier: Apache-2.0 */
/* The table. An empty cell keeps the state and does nothing. */

#include "entrypoint/policy.h"

#include <signal.h>

#define STAY(a, s) { (a), (s) }
#define GO(a, s) { (a), (s) }

/* The three states of a start-up differ only in where success leads. */
#define STARTING(self, after)                                                                  \
	[EV_DONE] = GO(ACT_MOVE, after), [EV_FAILED] = GO(ACT_TERMINATE, ST_ERROR),            \
	[EV_STOP] = GO(ACT_ABANDON, ST_SHUTTING_DOWN), [EV_SQUID_GONE] = STAY(ACT_NONE, self), \
	[EV_HEALTH_GONE] = STAY(ACT_NONE, self)

#define STOPPING(self)                                                                        \
	[EV_STOP] = STAY(ACT_NONE, self), [EV_STOP_AGAIN] = STAY(ACT_KILL, self),             \
	[EV_INTERRUPT_DUE] = STAY(ACT_INTERRUPT, self), [EV_KILL_DUE] = STAY(ACT_KILL, self), \
	[EV_ALL_GONE] = GO(ACT_MOVE, ST_EXITED)

static const struct state_rule policy[N_STATE][N_EVENT] = {
	[ST_INITIALIZING] = { STARTING(ST_INITIALIZING, ST_VALIDATING) },
	[ST_VALIDATING] = { STARTING(ST_VALIDATING, ST_STARTING_HEALTH) },
	[ST_STARTING_HEALTH] = { STARTING(ST_STARTING_HEALTH, ST_STARTING_SQUID) },
	[ST_STARTING_SQUID] = { STARTING(ST_STARTING_SQUID, ST_RUNNING) },
	[ST_RUNNING] = {
		[EV_FAILED] = GO(ACT_TERMINATE, ST_ERROR),
		[EV_STOP] = GO(ACT_TERMINATE, ST_SHUTTING_DOWN),
		[EV_RECONFIGURE] = STAY(ACT_RELOAD, ST_RUNNING),
		[EV_ROTATE] = STAY(ACT_FORWARD, ST_RUNNING),
		[EV_TOGGLE_DEBUG] = STAY(ACT_FORWARD, ST_RUNNING),
		[EV_SQUID_GONE] = GO(ACT_REPORT_SQUID, ST_ERROR),
		[EV_HEALTH_GONE] = STAY(ACT_RESTART_HEALTH, ST_RUNNING),
	},
	[ST_SHUTTING_DOWN] = { STOPPING(ST_SHUTTING_DOWN) },
	[ST_ERROR] = { STOPPING(ST_ERROR) },
};

struct state_rule policy_rule(enum state st, enum event ev)
{
	struct state_rule r = policy[st][ev];

	if (r.act == ACT_NONE)
		r.next = st;
	return r;
}

enum event policy_signal(int signo, int hup_reconfigures, int stopping)
{
	switch (signo) {
	case SIGHUP:
		if (hup_reconfigures)
			return EV_RECONFIGURE;
		/* fallthrough */
	case SIGTERM:
	case SIGINT:
		return stopping ? EV_STOP_AGAIN : EV_STOP;
	case SIGUSR1:
		return EV_ROTATE;
	case SIGUSR2:
		return EV_TOGGLE_DEBUG;
	default:
		return EV_OTHER_SIGNAL;
	}
}

const char *policy_state_name(enum state st)
{
	static const char *const names[N_STATE] = {
		[ST_INITIALIZING] = "INITIALIZING",
		[ST_VALIDATING] = "VALIDATING",
		[ST_STARTING_HEALTH] = "STARTING_HEALTH",
		[ST_STARTING_SQUID] = "STARTING_SQUID",
		[ST_RUNNING] = "RUNNING",
		[ST_SHUTTING_DOWN] = "SHUTTING_DOWN",
		[ST_ERROR] = "ERROR",
		[ST_EXITED] = "EXITED",
	};

	return names[st];
}
