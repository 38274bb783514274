/* SPDX-License-Identifier: Apache-2.0 */
#ifndef INSPECT_SUITE_COMMAND_OUTPUT_H
#define INSPECT_SUITE_COMMAND_OUTPUT_H

/* Runs a program and keeps what it says. Private to inspect/suite. */

#include "base/io.h"

struct process_result {
	int status;	     /* exit status; 128 + signal */
	struct str out, err; /* at most 1 MiB of each */
};

/* argv ends with NULL; looked up in PATH; standard input is empty; `dir` is its working folder
 * (NULL: ours). 1, 0: not installed, -1 with ERR_SYSTEM. */
MUST_CHECK int process_run(struct arena *a, const char *const *argv, const char *dir,
			   struct process_result *out, struct error *e);

#endif
