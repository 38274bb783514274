/* SPDX-License-Identifier: Apache-2.0 */
/* PID 1 of the image. Blocks every signal before anything else, so that none is lost and none
 * finds us unprepared; then hands over to the supervisor. */

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <linux/close_range.h>

#include "common/paths.h"
#include "entrypoint/supervisor.h"

int main(int argc, char **argv)
{
	static struct supervisor supervisor;
	sigset_t all;

	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, NULL);
	signal(SIGCHLD, SIG_DFL);       /* an inherited SIG_IGN would hide our children's ends */
	close_range(3, ~0U, CLOSE_RANGE_CLOEXEC);
	umask(0007);
	(void)argc;
	(void)argv;
	if (!supervisor_init(&supervisor, paths_get())) {
		fprintf(stderr, "Fatal error: %s\n", strerror(errno));
		return EXIT_FAILURE;
	}
	return supervisor_run(&supervisor);
}
