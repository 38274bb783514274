/* SPDX-License-Identifier: Apache-2.0 */
/* A table of habits. */

#include "entrypoint/argument.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "common/log_escape.h"

static const char mount_it[] =
	"mount your configuration instead: -v ./squid.conf:/etc/squid/squid.conf:ro";
static const char not_needed[] = "it is not needed: Squid always runs in the foreground, with -N";
static const char no_shell[] =
	"there is no shell in this image: docs/debugging.md says how to look inside";

static const struct habit {
	const char *argument;
	const char *next; /* what it is followed by; NULL: anything */
	const char *instead;
} habits[] = {
	{ "-f", NULL, mount_it },
	{ "-k", "reconfigure", "set SQUID_HUP=reconfigure and send HUP to the container" },
	{ "-k", "rotate", "send USR1 to the container" },
	{ "-k", "shutdown", "stop the container" },
	{ "-k", "interrupt", "stop the container" },
	{ "-k", "kill", "kill the container" },
	{ "-k", "debug", "send USR2 to the container" },
	{ "-k", "parse", "run --diagnose: it parses the configuration and prints what Squid says" },
	{ "-k", "check", "run --diagnose" },
	{ "-k", NULL, "send a signal to the container: docs/debugging.md lists them" },
	{ "-z", NULL, "it is not needed: cache directories are made at each start" },
	{ "-a", NULL, "write http_port into the configuration, or set SQUID_PORT" },
	{ "-u", NULL, "write icp_port into the configuration" },
	{ "-d", NULL, "write cache_log and debug_options into the configuration" },
	{ "-l", NULL, "write cache_log into the configuration" },
	{ "-v", NULL, "run --diagnose: it prints Squid's version and options" },
	{ "-N", NULL, not_needed },
	{ "-n", NULL, not_needed },
	{ "-s", NULL, not_needed },
	{ "-C", NULL, not_needed },
	{ "-D", NULL, not_needed },
	{ "-F", NULL, not_needed },
	{ "-R", NULL, not_needed },
	{ "-S", NULL, not_needed },
	{ "-X", NULL, not_needed },
	{ "-Y", NULL, not_needed },
	{ "--foreground", NULL, not_needed },
	{ "squid", NULL, mount_it },
	{ "/usr/sbin/squid", NULL, mount_it },
	{ "sh", NULL, no_shell },
	{ "bash", NULL, no_shell },
	{ "/bin/sh", NULL, no_shell },
	{ "/bin/bash", NULL, no_shell },
	{ "-c", NULL, no_shell },
};

/* Options of one letter come joined, too: -NYCd1. An -f among them is what matters. */
static bool habit_is_meant(const struct habit *h, const char *argument, const char *next)
{
	if (h->next != NULL && (next == NULL || strcmp(next, h->next) != 0))
		return false;
	if (strcmp(argument, h->argument) == 0)
		return true;
	return argument[0] == '-' && argument[1] != '-' && h->argument[0] == '-' &&
	       h->argument[1] != '-' && strchr(argument + 1, h->argument[1]) != NULL;
}

void argument_answer(char *const *arguments)
{
	char safe[LOG_ESCAPED_MAX(64) + 1];
	const char *instead = "Squid is told everything by its configuration and by variables";
	char *const *a = arguments;

	while (*a != NULL && strcmp(*a, "-f") != 0)
		a++;
	a = *a != NULL ? a : arguments;
	log_escape(*a, strnlen(*a, 64), safe, sizeof safe); /* NOLINT: there is one */
	for (size_t i = 0; i < sizeof habits / sizeof habits[0]; i++)
		if (habit_is_meant(&habits[i], *a, a[1])) {
			instead = habits[i].instead;
			break;
		}
	fprintf(stderr, "entrypoint: the argument '%s' is not taken: %s\n", safe, instead);
}
