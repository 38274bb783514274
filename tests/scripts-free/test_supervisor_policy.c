/* SPDX-License-Identifier: Apache-2.0 */
/* The table of PID 1, the deadlines of a stop, restarts, exit codes: decisions without processes.
 */

#include <criterion/criterion.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>

#include "entrypoint/cache.h"
#include "entrypoint/child.h"
#include "entrypoint/health.h"
#include "entrypoint/policy.h"
#include "entrypoint/stop.h"

Test(supervisor_policy, states_only_move_forward)
{
	for (int st = 0; st < N_STATE; st++)
		for (int ev = 0; ev < N_EVENT; ev++) {
			struct state_rule r = policy_rule((enum state)st, (enum event)ev);

			cr_expect_geq((int)r.next, st, "%s, event %d",
				      policy_state_name((enum state)st), ev);
		}
}

Test(supervisor_policy, a_stop_is_acted_on_in_every_state)
{
	static const struct {
		enum state st;
		enum act act;
	} cases[] = {
		{ ST_INITIALIZING, ACT_ABANDON },    { ST_VALIDATING, ACT_ABANDON },
		{ ST_STARTING_HEALTH, ACT_ABANDON }, { ST_STARTING_SQUID, ACT_ABANDON },
		{ ST_RUNNING, ACT_TERMINATE },
	};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct state_rule r = policy_rule(cases[i].st, EV_STOP);

		cr_expect_eq(r.act, cases[i].act, "%s", policy_state_name(cases[i].st));
		cr_expect_eq(r.next, ST_SHUTTING_DOWN);
	}
	cr_expect_eq(policy_rule(ST_SHUTTING_DOWN, EV_STOP_AGAIN).act, ACT_KILL);
	cr_expect_eq(policy_rule(ST_ERROR, EV_STOP_AGAIN).act, ACT_KILL);
}

Test(supervisor_policy, a_failure_in_any_working_state_leads_to_error)
{
	for (int st = ST_INITIALIZING; st <= ST_RUNNING; st++)
		cr_expect_eq(policy_rule((enum state)st, EV_FAILED).next, ST_ERROR);
	cr_expect_eq(policy_rule(ST_RUNNING, EV_SQUID_GONE).next, ST_ERROR);
	cr_expect_eq(policy_rule(ST_SHUTTING_DOWN, EV_SQUID_GONE).next, ST_SHUTTING_DOWN);
	cr_expect_eq(policy_rule(ST_ERROR, EV_STOP).next, ST_ERROR, "a stop cannot turn 1 into 0");
}

Test(supervisor_policy, exited_is_the_end)
{
	for (int ev = 0; ev < N_EVENT; ev++)
		cr_expect_eq(policy_rule(ST_EXITED, (enum event)ev).act, ACT_NONE);
	cr_expect_eq(policy_rule(ST_SHUTTING_DOWN, EV_ALL_GONE).next, ST_EXITED);
	cr_expect_eq(policy_rule(ST_ERROR, EV_ALL_GONE).next, ST_EXITED);
}

Test(supervisor_policy, every_signal_has_one_meaning)
{
	for (int signo = 1; signo <= 64; signo++) {
		enum event ev = policy_signal(signo, 0, 0);
		enum event want = signo == SIGTERM || signo == SIGINT || signo == SIGHUP ? EV_STOP
				  : signo == SIGUSR1					 ? EV_ROTATE
				  : signo == SIGUSR2 ? EV_TOGGLE_DEBUG
						     : EV_OTHER_SIGNAL;

		cr_expect_eq(ev, want, "signal %d", signo);
	}
	cr_expect_eq(policy_signal(SIGHUP, 1, 0), EV_RECONFIGURE);
	cr_expect_eq(policy_signal(SIGTERM, 0, 1), EV_STOP_AGAIN);
	cr_expect_eq(policy_signal(SIGHUP, 1, 1), EV_RECONFIGURE);
}

Test(supervisor_policy, signals_for_squid_are_forwarded_only_while_it_serves)
{
	for (int st = 0; st < N_STATE; st++) {
		bool serves = st == ST_RUNNING;

		cr_expect_eq(policy_rule((enum state)st, EV_RECONFIGURE).act,
			     serves ? ACT_RELOAD : ACT_NONE);
		cr_expect_eq(policy_rule((enum state)st, EV_ROTATE).act,
			     serves ? ACT_FORWARD : ACT_NONE);
		cr_expect_eq(policy_rule((enum state)st, EV_TOGGLE_DEBUG).act,
			     serves ? ACT_FORWARD : ACT_NONE);
	}
	for (int st = 0; st < N_STATE; st++)
		cr_expect_eq(policy_rule((enum state)st, EV_OTHER_SIGNAL).act, ACT_NONE);
}

Test(stop, squid_serves_until_the_interrupt_and_has_time_before_the_kill)
{
	for (unsigned grace = 1; grace <= 3600; grace++) {
		struct stop_times t = stop_deadlines(grace, true);

		cr_expect_eq(t.kill, grace * 1000ULL);
		cr_expect_lt(t.interrupt, t.kill);
		cr_expect_eq(t.interrupt, grace > 3 ? (grace - 3) * 1000ULL : 0);
		cr_expect_gt(stop_lifetime(grace) * 1000ULL, t.interrupt);
	}
	cr_expect_lt(stop_deadlines(30, false).kill, 2000);
}

Test(child, every_exit_code_is_mapped)
{
	char buf[64];

	for (int code = 0; code < 256; code++)
		cr_expect_eq(child_code(W_EXITCODE(code, 0)), code);
	for (int signo = 1; signo < 64; signo++)
		cr_expect_eq(child_code(W_EXITCODE(0, signo)), 128 + signo);
	cr_expect_str_eq(child_ending(W_EXITCODE(3, 0), buf, sizeof buf), "exit code 3");
	cr_expect_str_eq(child_ending(W_EXITCODE(0, SIGSEGV), buf, sizeof buf),
			 "exit code 139 (SIGSEGV)");
	cr_expect_str_eq(signal_name(SIGTERM, buf, sizeof buf), "SIGTERM");
	cr_expect_str_eq(signal_name(40, buf, sizeof buf), "signal 40");
}

Test(health, restarts_are_a_second_apart_and_five_in_a_minute)
{
	uint64_t born[6] = { 100000 };

	cr_expect_eq(health_next_start(born, 6, 100300), 101000);
	cr_expect_eq(health_next_start(born, 6, 105000), 105000);
	for (size_t i = 0; i < 6; i++)
		born[i] = 100000 - i * 2000;
	cr_expect_eq(health_next_start(born, 6, 101000), 0);
	cr_expect_eq(health_next_start(born, 6, 160000), 160000);
}

Test(cache, sizes_against_the_disk)
{
	cr_expect_eq(cache_size_fit(901, 1000), CACHE_TOO_BIG);
	cr_expect_eq(cache_size_fit(900, 1000), CACHE_FITS);
	cr_expect_eq(cache_size_fit(540, 1000), CACHE_FITS);
	cr_expect_eq(cache_size_fit(539, 1000), CACHE_UNDERUSED);
	cr_expect_eq(cache_size_fit(94881, 100000), CACHE_TOO_BIG,
		     "the reserve is 5120 MB at most");
	cr_expect_eq(cache_size_fit(94880, 100000), CACHE_FITS);
	cr_expect_eq(cache_size_fit(1, 0), CACHE_TOO_BIG);
}
