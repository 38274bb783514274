/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MAKE_SCRIPTS_SHELL_H
#define MAKE_SCRIPTS_SHELL_H

/* The commands in a shell script (POSIX XCU 2, as far as maintainer scripts go), without running
 * it: every simple command wherever it stands - in conditions, branches, functions, loops,
 * subshells and substitutions -, as if all branches were taken. Words keep their text without
 * quotes; what is only known when the script runs ("$x", `...`) stays as it is written. */

#include "make/scripts/shell_script.h"

/* false when the text cannot be followed: unbalanced quotes or brackets, or nested too deep. What
 * was found before is in `out`. */
MUST_CHECK bool shell_read(struct arena *a, struct str text, struct shell_script *out);

#endif
