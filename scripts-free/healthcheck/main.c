/* SPDX-License-Identifier: Apache-2.0 */
/* The health server and its client: `healthcheck` serves, `healthcheck --check` asks. */

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/board.h"
#include "common/log_escape.h"
#include "common/settings.h"
#include "common/version.h"
#include "healthcheck/probe.h"
#include "healthcheck/server.h"

static const char usage[] =
	"Usage: healthcheck --check [--ready]   ask this container's health server; exit 0 or 1\n"
	"       healthcheck --serve             be the health server (started by the entrypoint)\n"
	"       healthcheck --version | --help\n";

static const char *health_environment(const char *name)
{
	return getenv(name);
}

/* An answer of several lines stays one, with each of them made safe. */
static bool print_answer(const char *answer)
{
	char safe[LOG_ESCAPED_MAX(1024) + 1];
	bool ok = true;

	while (ok) {
		size_t n = strcspn(answer, "\n");

		log_escape(answer, n, safe, sizeof safe);
		ok = puts(safe) >= 0;
		if (answer[n] == '\0')
			break;
		answer += n + 1;
	}
	return ok && fflush(stdout) == 0;
}

static int check_health_once(bool ready)
{
	struct settings set;
	char answer[1024];
	struct text t = TEXT_OF(answer);
	bool ok;

	settings_read(&set, health_environment);
	ok = probe_server(set.health_port, ready ? "/ready" : "/health", &t);
	return print_answer(answer) && ok ? EXIT_SUCCESS : EXIT_FAILURE;
}

static int serve_health(void)
{
	static struct server server;
	const struct board *board = board_open(BOARD_FD);

	if (board == NULL) {
		fputs("[ERROR] --serve needs the entrypoint's state on descriptor 3\n", stderr);
		return EXIT_FAILURE;
	}
	if (!server_open(&server, board, board->health_port)) {
		fprintf(stderr, "[ERROR] Failed to start health check server: port %u: %s\n",
			board->health_port, strerror(errno));
		return EXIT_FAILURE;
	}
	if (write(STDOUT_FILENO, "listening\n", 10) != 10)
		return EXIT_FAILURE;
	server_run(&server);
	fprintf(stderr, "[ERROR] epoll_wait: %s\n", strerror(errno));
	return EXIT_FAILURE;
}

int main(int argc, char **argv)
{
	signal(SIGPIPE, SIG_IGN);
	if (argc == 2 && strcmp(argv[1], "--check") == 0)
		return check_health_once(false);
	if (argc == 3 && ((strcmp(argv[1], "--check") == 0 && strcmp(argv[2], "--ready") == 0) ||
			  (strcmp(argv[1], "--ready") == 0 && strcmp(argv[2], "--check") == 0)))
		return check_health_once(true);
	if (argc == 2 && strcmp(argv[1], "--serve") == 0)
		return serve_health();
	if (argc == 2 && strcmp(argv[1], "--version") == 0)
		return puts("healthcheck " ENTRYPOINT_VERSION) < 0;
	if (argc == 2 && strcmp(argv[1], "--help") == 0)
		return fputs(usage, stdout) < 0;
	fputs(usage, stderr);
	return EXIT_FAILURE;
}
