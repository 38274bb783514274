/* SPDX-License-Identifier: Apache-2.0 */
/* E1, E2, E7, B4, B10, B14: stops, in every phase and by every signal. */

#include <criterion/criterion.h>
#include <criterion/parameterized.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "support/fixture_port.h"

#include "fixture_box.h"

static struct box box;

static void stop_box_make(void)
{
	box_make(&box);
}

static void stop_box_remove(void)
{
	box_remove(&box);
}

TestSuite(scenario_stop, .init = stop_box_make, .fini = stop_box_remove, .timeout = 300);

static const struct phase {
	const char *fake, *marker;
} phases[] = {
	{ "parse-hang", "Validating Squid configuration..." },
	{ "certgen-hang", "certgen works" },
	{ "z-hang", "Initializing Squid cache directories" },
	{ "deaf", "fake squid runs" },
	{ "stopped", "Starting Squid proxy..." },
	{ "deaf,ignore-term,ignore-int", "fake squid runs" },
	{ "", "Container ready" },
};

Test(scenario_stop, a_stop_in_any_phase_ends_in_two_seconds_with_zero)
{
	for (size_t i = 0; i < sizeof phases / sizeof phases[0]; i++) {
		long long start;

		if (i > 0) {
			box_remove(&box);
			box_make(&box);
		}
		box_put(&box, "/etc/squid/squid.conf",
			"http_port 127.0.0.1:%P ssl-bump cert=%R/c.pem\ncache_dir ufs %R/var/spool/squid 1 2 4\n");
		box_put(&box, "/c.pem", "x");
		box_start(&box, phases[i].fake, NULL);
		cr_assert(box_wait_text(&box, phases[i].marker, 15000), "%s: %s", phases[i].fake,
			  box_out(&box));
		start = now_ms();
		kill(box.pid, SIGTERM);
		cr_expect_eq(box_wait_end(&box, 10000), 0, "%s\n%s", phases[i].fake, box_out(&box));
		cr_expect_lt(now_ms() - start, 8000, "%s took %lld ms", phases[i].fake,
			     now_ms() - start);
		cr_expect(strstr(box_out(&box),
				 "Received signal SIGTERM, initiating graceful shutdown..."));
		cr_expect(strstr(box_out(&box), "Shutdown complete"));
		cr_expect_str_empty(box_err(&box));
		cr_expect_eq(processes_of(&box), 0, "%s left a process", phases[i].fake);
	}
}

Test(scenario_stop, lines_come_in_the_order_of_the_contract)
{
	static const char *const lines[] = {
		"[INFO] CephaloProxy entrypoint starting (UID: ",
		"[INFO] Validating Squid configuration...\n",
		"[INFO] Configuration validation passed\n",
		"[INFO] Starting health check server on port ",
		"[INFO] Health check server started (PID: ",
		"[INFO] Starting Squid proxy...\n",
		"[INFO] Squid started with PID ",
		"[INFO] Container ready, entering monitoring loop\n",
		"[INFO] Received signal SIGINT, initiating graceful shutdown...\n",
		"[INFO] Shutdown complete\n",
	};
	const char *at;

	box_start(&box, "", NULL);
	cr_assert(box_wait_text(&box, "Container ready", 15000), "%s", box_out(&box));
	kill(box.pid, SIGINT);
	cr_expect_eq(box_wait_end(&box, 10000), 0);
	at = box_out(&box);
	for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
		at = strstr(at, lines[i]);
		cr_assert_not_null(at, "no '%s' in its place:\n%s", lines[i], box_out(&box));
	}
}

Test(scenario_stop, a_squid_that_ignores_everything_is_killed_and_the_exit_is_zero)
{
	long long start;

	box_start(&box, "ignore-term,ignore-int", "SHUTDOWN_GRACE=4", NULL);
	cr_assert(box_wait_text(&box, "Container ready", 15000));
	start = now_ms();
	kill(box.pid, SIGTERM);
	cr_expect_eq(box_wait_end(&box, 15000), 0);
	cr_expect_geq(now_ms() - start, 3900);
	cr_expect_lt(now_ms() - start, 8000);
	cr_expect(strstr(box_out(&box),
			 "[WARNING] Graceful shutdown timeout (4s) exceeded, forcing kill"));
	cr_expect(strstr(box_out(&box), "Sending SIGINT to Squid"));
	cr_expect_str_empty(box_err(&box));
	cr_expect_eq(processes_of(&box), 0);
}

Test(scenario_stop, a_second_term_ends_at_once)
{
	long long start;

	box_start(&box, "ignore-term,ignore-int", NULL);
	cr_assert(box_wait_text(&box, "Container ready", 15000));
	kill(box.pid, SIGTERM);
	cr_assert(box_wait_text(&box, "Sending SIGTERM", 5000));
	start = now_ms();
	kill(box.pid, SIGTERM);
	cr_expect_eq(box_wait_end(&box, 10000), 0);
	cr_expect_lt(now_ms() - start, 8000);
}

Test(scenario_stop, readiness_is_gone_at_the_first_sign_and_the_server_stays_until_the_end)
{
	char answer[4096];
	int busy;

	box_start(&box, "ignore-term,ignore-int", "SHUTDOWN_GRACE=8", NULL);
	cr_assert(box_wait_text(&box, "Container ready", 15000));
	busy = connect_to(box.port); /* a client in flight: no early interrupt */
	kill(box.pid, SIGTERM);
	cr_assert(box_wait_text(&box, "Sending SIGTERM", 5000));
	cr_expect_eq(http_get(box.health_port, "/ready", answer, sizeof answer), 503);
	cr_expect(strstr(answer, "  - Shutting down\n"), "%s", answer);
	cr_expect_eq(http_get(box.health_port, "/health", answer, sizeof answer), 200);
	close(busy);
	kill(box.pid, SIGTERM);
	cr_expect_eq(box_wait_end(&box, 10000), 0);
}

Test(scenario_stop, hup_stops_unless_it_is_to_reconfigure)
{
	box_start(&box, "", NULL);
	cr_assert(box_wait_text(&box, "Container ready", 15000));
	kill(box.pid, SIGHUP);
	cr_expect_eq(box_wait_end(&box, 10000), 0);
	cr_expect(strstr(box_out(&box), "Received signal SIGHUP"));

	box_remove(&box);
	box_make(&box);
	box_start(&box, "", "SQUID_HUP=reconfigure", NULL);
	cr_assert(box_wait_text(&box, "Container ready", 15000));
	kill(box.pid, SIGHUP);
	cr_expect(box_wait_text(&box, "Squid: got signal 01", 5000), "%s", box_out(&box));
	kill(box.pid, SIGTERM);
	cr_expect_eq(box_wait_end(&box, 10000), 0);
}

Test(scenario_stop, after_a_reconfiguration_the_new_port_is_watched)
{
	char answer[4096];
	int busy, status = 0;

	box_start(&box, "reload,ignore-term", "SQUID_HUP=reconfigure", "SHUTDOWN_GRACE=5", NULL);
	cr_assert(box_wait_text(&box, "Container ready", 15000));
	box.port = free_port();
	box_put(&box, "/etc/squid/squid.conf", "http_port 127.0.0.1:%P\n");
	kill(box.pid, SIGHUP);
	for (int i = 0; i < 100 && (busy = connect_to(box.port)) < 0; i++)
		usleep(50000);
	cr_assert_geq(busy, 0, "%s", box_out(&box));
	for (int i = 0; i < 100 && status != 200; i++, usleep(50000))
		status = http_get(box.health_port, "/ready", answer, sizeof answer);
	cr_expect_eq(status, 200, "%s", answer);
	kill(box.pid, SIGTERM);
	cr_assert(box_wait_text(&box, "Sending SIGTERM", 5000));
	usleep(1300000);
	cr_expect(strstr(box_out(&box), "Sending SIGINT") == NULL,
		  "it was interrupted with a client in flight");
	close(busy);
	cr_expect_eq(box_wait_end(&box, 10000), 0);
}

/* Squid would cut them when its shutdown_lifetime ends; it is told to serve until the interrupt. */
Test(scenario_stop, clients_are_served_until_the_interrupt_and_counted_then)
{
	int one, two;
	long long start;

	box_start(&box, "ignore-term,mute", "SHUTDOWN_GRACE=6", NULL);
	cr_assert(box_wait_text(&box, "Container ready", 15000));
	one = connect_to(box.port);
	two = connect_to(box.port);
	kill(box.pid, SIGTERM);
	start = now_ms();
	cr_expect(box_wait_text(&box, " of 6 s (SHUTDOWN_GRACE): Squid is told to cut them\n",
				10000),
		  "%s", box_out(&box));
	cr_expect(strstr(box_out(&box), "[WARNING] 2 client connections are still open after "));
	cr_expect_geq(now_ms() - start, 2900);
	cr_expect_eq(box_wait_end(&box, 10000), 0);
	close(one);
	close(two);
}

Test(scenario_stop, all_other_signals_are_forwarded_or_ignored)
{
	box_start(&box, "", NULL);
	cr_assert(box_wait_text(&box, "Container ready", 15000));
	kill(box.pid, SIGUSR1);
	cr_expect(box_wait_text(&box, "Squid: got signal 10", 5000));
	kill(box.pid, SIGUSR2);
	cr_expect(box_wait_text(&box, "Squid: got signal 12", 5000));
	for (int signo = 1; signo <= 64; signo++) {
		if (signo == SIGKILL || signo == SIGSTOP || signo == SIGTERM || signo == SIGINT ||
		    signo == SIGHUP || signo == SIGUSR1 || signo == SIGUSR2 || signo == 32 ||
		    signo == 33)
			continue;
		kill(box.pid, signo);
	}
	usleep(200000);
	cr_expect_eq(box_wait_end(&box, 1), -1, "a signal ended it");
	kill(box.pid, SIGTERM);
	cr_expect_eq(box_wait_end(&box, 10000), 0);
	cr_expect_str_empty(box_err(&box));
}

Test(scenario_stop, a_helper_may_finish_what_squid_left_it)
{
	box_start(&box, "log-helper", NULL);
	cr_assert(box_wait_text(&box, "Container ready", 15000));
	kill(box.pid, SIGTERM);
	cr_expect_eq(box_wait_end(&box, 10000), 0);
	cr_expect(access(box_path(&box, "/var/run/squid/written"), F_OK) == 0);
	cr_expect_eq(processes_of(&box), 0);
}

Test(scenario_stop, a_helper_that_outlives_squid_is_killed)
{
	box_start(&box, "helper", NULL);
	cr_assert(box_wait_text(&box, "Container ready", 15000));
	kill(box.pid, SIGTERM);
	cr_expect_eq(box_wait_end(&box, 10000), 0);
	cr_expect_eq(processes_of(&box), 0);
}
