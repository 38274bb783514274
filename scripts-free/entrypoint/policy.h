/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ENTRYPOINT_POLICY_H
#define ENTRYPOINT_POLICY_H

/* What PID 1 does about what happens: one table, state by event. It does nothing itself, so it
 * is tested without a process. The states only ever move forward. */

enum state {
	ST_INITIALIZING,
	ST_VALIDATING,
	ST_STARTING_HEALTH,
	ST_STARTING_SQUID,
	ST_RUNNING,
	ST_SHUTTING_DOWN,
	ST_ERROR,
	ST_EXITED,
	N_STATE
};

enum event {
	EV_DONE,	  /* the work of this state succeeded */
	EV_FAILED,	  /* it failed; the cause has been logged */
	EV_STOP,	  /* first TERM, INT, or HUP */
	EV_STOP_AGAIN,	  /* a further one */
	EV_RECONFIGURE,	  /* HUP with SQUID_HUP=reconfigure */
	EV_ROTATE,	  /* USR1 */
	EV_TOGGLE_DEBUG,  /* USR2 */
	EV_OTHER_SIGNAL,  /* any other; meaningless to us */
	EV_SQUID_GONE,	  /* Squid ended */
	EV_HEALTH_GONE,	  /* the health server ended */
	EV_INTERRUPT_DUE, /* grace minus three seconds, or no connection is left */
	EV_KILL_DUE,	  /* the grace is over */
	EV_ALL_GONE,	  /* no child is left */
	N_EVENT
};

enum act {
	ACT_NONE,
	ACT_MOVE,	   /* go to `next`, nothing else */
	ACT_ABANDON,	   /* stop what is being prepared, then go on to `next` */
	ACT_TERMINATE,	   /* tell Squid to finish, arm the deadlines */
	ACT_INTERRUPT,	   /* tell Squid to finish now */
	ACT_KILL,	   /* SIGKILL to every child */
	ACT_FORWARD,	   /* hand the signal to Squid */
	ACT_RELOAD,	   /* check the configuration, then tell Squid to read it again */
	ACT_REPORT_SQUID,  /* log how Squid ended, then stop the rest */
	ACT_RESTART_HEALTH /* unless that happened too often */
};

struct state_rule {
	enum act act;
	enum state next;
};

/* The rule for `ev` in state `st`. */
struct state_rule policy_rule(enum state st, enum event ev);

/* What signal `signo` means; `hup_reconfigures` as in the settings, `stopping` if a stop was
 * asked for before. SIGCHLD is not a policy matter and gives EV_OTHER_SIGNAL. */
enum event policy_signal(int signo, int hup_reconfigures, int stopping);

/* Names for messages: "RUNNING". */
const char *policy_state_name(enum state st);

#endif
