/* SPDX-License-Identifier: Apache-2.0 */
/* From state to state. What to do about an event is policy.c's business, how to do it that of the
 * files named after the nouns. */

#include "entrypoint/run.h"

#include <sys/prctl.h>
#include <unistd.h>

#include "common/clock.h"
#include "entrypoint/health.h"
#include "entrypoint/loop.h"
#include "entrypoint/prepare.h"
#include "entrypoint/reload.h"
#include "entrypoint/squid.h"
#include "entrypoint/stop.h"

void run_act(struct supervisor *s, enum act a, int signo)
{
	switch (a) {
	case ACT_NONE:
	case ACT_MOVE:
		break;
	case ACT_ABANDON:
		stop_abandon(s, signo);
		break;
	case ACT_TERMINATE:
		stop_begin(s, signo);
		break;
	case ACT_INTERRUPT:
		stop_interrupt(s);
		break;
	case ACT_KILL:
		stop_kill(s, signo);
		break;
	case ACT_FORWARD:
		log_info(&s->log, "Passing signal %d on to Squid (PID: %d)", signo, s->squid.pid);
		child_signal(&s->squid, signo);
		break;
	case ACT_RELOAD:
		s->reload_asked = true;
		break;
	case ACT_REPORT_SQUID:
		squid_report(s);
		stop_begin(s, 0);
		break;
	case ACT_RESTART_HEALTH:
		health_lost(s);
		break;
	}
}

static void run_initialize(struct supervisor *s)
{
	log_info(&s->log, "CephaloProxy entrypoint starting (UID: %u, GID: %u)", (unsigned)getuid(),
		 (unsigned)getgid());
	for (size_t i = 0; i < s->set.n_notes; i++)
		log_warn(&s->log, "%s", s->set.notes[i]);
	if (getpid() != 1 && prctl(PR_SET_CHILD_SUBREAPER, 1) != 0)
		log_warn(&s->log, "Not PID 1 and no subreaper: orphans will not be reaped");
	supervisor_post(s, EV_DONE, 0);
}

/* One step of a start-up: it succeeds, fails, or a stop has changed the state meanwhile. */
static void run_one_step(struct supervisor *s, bool (*work)(struct supervisor *))
{
	enum state here = s->state;
	bool ok = work(s);

	if (s->state == here)
		supervisor_post(s, ok ? EV_DONE : EV_FAILED, 0);
}

static void run_watch(struct supervisor *s)
{
	int ms = 1000;

	if (!s->health.running && s->health_due == 0)
		supervisor_post(s, EV_HEALTH_GONE, 0); /* it died while Squid was starting */
	if (s->state == ST_RUNNING && s->reload_asked)
		reload_configuration(s);
	if (s->state != ST_RUNNING)
		return;
	if (s->health_due != 0) {
		ms = clock_left(s->health_due, ms);
		if (ms == 0)
			health_restart(s);
	}
	supervisor_turn(s, ms);
}

int supervisor_run(struct supervisor *s)
{
	run_initialize(s);
	while (s->state != ST_EXITED) {
		switch (s->state) {
		case ST_INITIALIZING:
		case ST_EXITED:
			break;
		case ST_VALIDATING:
			run_one_step(s, prepare_everything);
			break;
		case ST_STARTING_HEALTH:
			run_one_step(s, health_start);
			break;
		case ST_STARTING_SQUID:
			run_one_step(s, squid_start);
			break;
		case ST_RUNNING:
			run_watch(s);
			break;
		case ST_SHUTTING_DOWN:
		case ST_ERROR:
			stop_continue(s);
			break;
		default:
			s->state = ST_EXITED;
		}
	}
	log_info(&s->log, s->exit_code == 0 ? "Shutdown complete" : "Main loop exiting");
	log_drain(&s->log, 1000);
	return s->exit_code;
}
