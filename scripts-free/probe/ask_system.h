/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PROBE_ASK_SYSTEM_H
#define PROBE_ASK_SYSTEM_H

/* What the kernel knows of this container: files and processes. */

#include "probe/target.h"

/* Whether the file of a target exists and was written at most its max-age ago. A time in the future
 * counts as now. False: `why` says what is the case. */
bool ask_file(const struct target *t, struct objection *why);

/* Whether a process of that name runs: by the name of its program, or by the name that it gave
 * itself (proc(5), comm: of at most 15 bytes). Not one that has ended and waits for its parent, nor
 * this one. False: `why` says what is the case. */
bool ask_process(const struct target *t, struct objection *why);

#endif
