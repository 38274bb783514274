/* SPDX-License-Identifier: Apache-2.0 */
/* PID 1 of the image. Blocks every signal before anything else, so that none is lost and none
 * finds us unprepared; then hands over to the supervisor. */

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <linux/close_range.h>

#include "common/paths.h"
#include "common/version.h"
#include "entrypoint/argument.h"
#include "entrypoint/copy_out.h"
#include "entrypoint/diagnose.h"
#include "entrypoint/run.h"

static const char usage[] =
	"Usage: entrypoint                    run Squid (this is what the image does)\n"
	"       entrypoint --diagnose         print the state of this container as JSON\n"
	"       entrypoint --copy-out PATH    write a tar archive of PATH to stdout\n"
	"       entrypoint --version | --help\n"
	"Environment: SQUID_PORT HEALTH_PORT LOG_LEVEL CACHE_DIR SHUTDOWN_GRACE SQUID_HUP "
	"SQUID_MAX_FD\n";

static int print_out(const char *text)
{
	return fputs(text, stdout) < 0 || fflush(stdout) != 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}

/* Verbs for operators: ordinary programs with ordinary signals. -1 if `argv` is none. */
static int simple_verb(int argc, char **argv)
{
	if (argc == 2 && strcmp(argv[1], "--help") == 0)
		return print_out(usage);
	if (argc == 2 && strcmp(argv[1], "--version") == 0)
		return print_out("entrypoint " ENTRYPOINT_VERSION "\n");
	if (argc == 3 && strcmp(argv[1], "--copy-out") == 0)
		return copy_out(paths_get(), argv[2]);
	if (argc == 1 || (argc == 2 && strcmp(argv[1], "--diagnose") == 0))
		return -1;
	argument_answer(argv + 1);
	fputs(usage, stderr);
	return EXIT_FAILURE;
}

/* A missing one of the three would be the next descriptor that is opened, and lost in a child. */
static void entrypoint_fill_descriptors(void)
{
	for (int fd = 0; fd <= 2; fd++)
		if (fcntl(fd, F_GETFD) < 0)
			open("/dev/null", O_RDWR);
}

int main(int argc, char **argv)
{
	static struct supervisor supervisor;
	sigset_t all, before;
	int status;

	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, &before);
	if (argc > 1) {
		sigprocmask(SIG_SETMASK, &before, NULL);
		status = simple_verb(argc, argv);
		if (status >= 0)
			return status;
		sigprocmask(SIG_SETMASK, &all, NULL);
	}
	signal(SIGCHLD, SIG_DFL); /* an inherited SIG_IGN would hide our children's ends */
	entrypoint_fill_descriptors();
	close_range(3, ~0U, CLOSE_RANGE_CLOEXEC);
	umask(0007);
	if (!supervisor_init(&supervisor, paths_get(), run_act)) {
		log_error(&supervisor.log, "Fatal error: %s", strerror(errno));
		return EXIT_FAILURE;
	}
	return argc == 2 ? diagnose_state(&supervisor) : supervisor_run(&supervisor);
}
